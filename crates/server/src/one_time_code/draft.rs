//! A code that is drawn and not yet stored, with the message that will carry it.

use account_policy::Person;
use persistence::accounts::Account;
use persistence::messages::{Channel, Message, MessageBody};
use persistence::one_time_codes::{CodeLimits, Issue, NewCode, OneTimeCode as OneTimeCodes};
use persistence::{Db, Keyring, QueryResult};
use time::{Duration, OffsetDateTime};

use super::{OneTimeCode, Purpose};
use crate::config::{Config, SignInNotice};
use crate::provider::Provider;
use crate::randomness::Randomness;

/// An officer's code is carried home by the citizen.
const OFFICER_LIFETIME: Duration = Duration::hours(24);
/// Mail is slower than a text message.
const MAIL_LIFETIME: Duration = Duration::minutes(10);
/// One subject for every message: a subject is shown on locked screens and in lists.
const SUBJECT: &str = "Tài khoản định danh điện tử / Electronic identification account";
/// How long a notice that is no code stays worth sending.
const NOTICE_LIFETIME: Duration = Duration::hours(24);

/// What codes and messages are made with.
#[derive(Clone, Copy)]
pub struct Drafting<'a> {
    /// Lifetimes, limits, and the sandbox's fixed code.
    pub config: &'a Config,
    /// Hashes codes and seals messages.
    pub keyring: &'a Keyring,
    /// Draws codes and ids.
    pub randomness: &'a Randomness,
    /// Now.
    pub now: OffsetDateTime,
}

/// A code with its message, ready for a transaction. Closures of the store may run twice: a draft is the same each time.
#[derive(Clone)]
pub struct Draft {
    keyring: Keyring,
    code: NewCode,
    limits: CodeLimits,
    message: Option<Message>,
}

/// What became of a draft.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Placed {
    /// Code and message are stored.
    Done,
    /// The last code is too fresh for another, or too many were sent or mistyped.
    TooSoon {
        /// Whole seconds until another may be asked for.
        seconds: u64,
    },
}

impl<'a> Drafting<'a> {
    /// With everything of a running node.
    #[must_use]
    pub fn of(provider: &'a Provider) -> Self {
        Self { config: &provider.config, keyring: &provider.keyring, randomness: &provider.randomness, now: provider.clock.now() }
    }

    /// A code for the phone of `to`, or nothing when there is no phone. `text` puts code and minutes into words.
    #[must_use]
    pub fn by_sms(&self, account: &Account, purpose: Purpose, to: &Person, text: impl FnOnce(&str, u64) -> String) -> Option<Draft> {
        let phone = to.phone.as_ref()?;
        Some(self.carried(account, purpose, self.config.lifetimes.one_time_code(), Channel::Sms, phone.as_e164(), text))
    }

    /// A code for the verified mailbox of `to`, or nothing when there is none.
    #[must_use]
    pub fn by_mail(&self, account: &Account, purpose: Purpose, to: &Person, text: impl FnOnce(&str, u64) -> String) -> Option<Draft> {
        Some(self.carried(account, purpose, MAIL_LIFETIME, Channel::Email, verified_mailbox(to)?, text))
    }

    /// A code that an officer hands out after seeing the citizen and the card (`dinhdanh accounts confirm-reset`), good for a day. No message carries it.
    #[must_use]
    pub fn by_officer(&self, account: &Account) -> (Draft, OneTimeCode) {
        let code = self.draw();
        (self.draft(account, Purpose::RecoveryByOfficer, OFFICER_LIFETIME, &code, None), code)
    }

    /// A notice about `account` without a code, on every channel that reaches `to`.
    #[must_use]
    pub fn notices(&self, account: &Account, to: &Person, text: &str) -> Vec<Message> {
        let phone = to.phone.as_ref().map(|phone| (Channel::Sms, phone.as_e164()));
        let mailbox = verified_mailbox(to).map(|address| (Channel::Email, address));
        let channels = phone.into_iter().chain(mailbox);
        channels.map(|(channel, to)| self.message(account, channel, to, text.to_owned(), None, NOTICE_LIFETIME)).collect()
    }

    /// The notice of a sign-in, by the one channel that `by` names for `to`; nothing where that reaches nobody. Its id is that of the session
    /// whose beginning it tells, and it is written in the same transaction.
    #[must_use]
    pub fn sign_in_notice(&self, account: &Account, to: &Person, by: SignInNotice, has_mail: bool, text: &str) -> Option<Message> {
        let mailbox = || verified_mailbox(to).filter(|_| has_mail).map(|address| (Channel::Email, address));
        let phone = || to.phone.as_ref().map(|phone| (Channel::Sms, phone.as_e164()));
        let (channel, to) = match by {
            SignInNotice::Email => mailbox()?,
            SignInNotice::EmailOrSms => mailbox().or_else(phone)?,
            SignInNotice::None => return None,
        };
        Some(self.message(account, channel, to, text.to_owned(), None, NOTICE_LIFETIME))
    }

    fn carried(
        &self,
        account: &Account,
        purpose: Purpose,
        lifetime: Duration,
        channel: Channel,
        to: &str,
        text: impl FnOnce(&str, u64) -> String,
    ) -> Draft {
        let code = self.draw();
        let text = text(code.expose(), minutes(lifetime));
        let message = self.message(account, channel, to, text, Some(code.expose().to_owned()), lifetime);
        self.draft(account, purpose, lifetime, &code, Some(message))
    }

    fn draw(&self) -> OneTimeCode {
        #[cfg(feature = "sandbox")]
        if let Some(fixed) = self.config.sandbox.fixed_otp.as_ref().filter(|_| self.config.sandbox.enabled)
            && let Some(fixed) = OneTimeCode::parse(fixed.expose())
        {
            return fixed;
        }
        OneTimeCode::draw(self.randomness)
    }

    fn draft(&self, account: &Account, purpose: Purpose, lifetime: Duration, code: &OneTimeCode, message: Option<Message>) -> Draft {
        Draft {
            keyring: self.keyring.clone(),
            code: NewCode {
                account_id: account.id,
                purpose: purpose.name().to_owned(),
                code_hash: self.keyring.one_time_code_hash(account.id, purpose.name(), code.expose()),
                expires_at: self.now + lifetime,
            },
            limits: limits(self.config),
            message,
        }
    }

    fn message(&self, account: &Account, channel: Channel, to: &str, text: String, code: Option<String>, lifetime: Duration) -> Message {
        let subject = (channel == Channel::Email).then(|| SUBJECT.to_owned());
        Message {
            id: self.randomness.uuid(self.now),
            channel,
            body: MessageBody { to: to.to_owned(), subject, text, code },
            number_hash: account.number_hash,
            created_at: self.now,
            expires_at: self.now + lifetime,
            attempts: 0,
            delivered_at: None,
        }
    }
}

impl Draft {
    /// Good at that portal alone.
    pub(super) fn for_portal(mut self, client_id: &str) -> Self {
        self.code.code_hash = super::sign_in::at_portal(self.code.code_hash, client_id);
        self
    }

    /// Without the wait after the last code, since that one was used: who signs in again at once needs another.
    pub(super) fn at_once(mut self) -> Self {
        self.limits.resend_after = Duration::ZERO;
        self
    }

    /// Stores code and message in this transaction, or neither when it is too soon for another code.
    ///
    /// # Errors
    /// Of the database.
    pub fn place(&self, db: &mut Db, now: OffsetDateTime) -> QueryResult<Placed> {
        match OneTimeCodes::issue(db, &self.code, &self.limits, now)? {
            Issue::Issued => {
                if let Some(message) = &self.message {
                    message.insert(db, &self.keyring)?;
                }
                Ok(Placed::Done)
            }
            Issue::TooSoon { after } | Issue::TooMany { after } => Ok(Placed::TooSoon { seconds: seconds_up(after) }),
        }
    }
}

/// The limits on codes of one account; a sandbox may switch them off, save the tries of a single code. The store counts over one window, a
/// day; the hour is counted by [`send`](super::send).
pub(crate) fn limits(config: &Config) -> CodeLimits {
    let limits = &config.limits;
    let number = |number: u32| i32::try_from(number).unwrap_or(i32::MAX);
    let tries = number(limits.one_time_code_tries);
    if config.sandbox.enabled && !config.sandbox.rate_limits {
        return CodeLimits { tries, resend_after: Duration::ZERO, sends: i32::MAX, failures: i32::MAX, window: Duration::DAY };
    }
    CodeLimits {
        tries,
        resend_after: Duration::seconds(i64::from(limits.one_time_code_resend_seconds)),
        sends: number(limits.one_time_codes_per_hour.saturating_mul(24)),
        failures: number(limits.one_time_code_failures_per_day),
        window: Duration::DAY,
    }
}

/// E-mail that nobody verified proves nothing.
fn verified_mailbox(person: &Person) -> Option<&str> {
    person.email.as_deref().filter(|_| person.email_verified)
}

fn minutes(lifetime: Duration) -> u64 {
    u64::try_from(lifetime.whole_seconds()).unwrap_or(0).div_ceil(60)
}

fn seconds_up(wait: Duration) -> u64 {
    u64::try_from(wait.whole_milliseconds().max(1)).map_or(1, |millis| millis.div_ceil(1000))
}
