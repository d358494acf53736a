//! Everything the pages say, in Vietnamese and English.
//!
//! [`of`] answers the [`Text`] of a [`Language`]. Each language fills the same structs, so that a missing text does not compile; what has a
//! variable in it is a function. The words stand in `vi.rs` and `en.rs`, the notices in `vi_notices.rs` and `en_notices.rs`.

mod en;
mod en_notices;
mod fields;
mod language;
mod vi;
mod vi_notices;

pub use fields::{ChooseAccount, Code, Common, Consent, FormPost, Home, NoticeWords, Phone, Recover, SignIn, SignOut};
pub use language::Language;

use crate::pages::{CodeProblem, CodeRecipient, Notice, RecoverProblem, RecoverStartProblem, SignInProblem};

/// All texts of one language.
pub struct Text {
    /// Header, footer and what several pages say.
    pub common: Common,
    /// The sign-in page.
    pub sign_in: SignIn,
    /// The page of the one-time code.
    pub code: Code,
    /// The consent page.
    pub consent: Consent,
    /// The choice of the account.
    pub choose_account: ChooseAccount,
    /// What stands around every notice.
    pub notices: NoticeWords,
    /// The page that carries the answer to the portal.
    pub form_post: FormPost,
    /// Sign-out and after.
    pub sign_out: SignOut,
    /// The forgotten password.
    pub recover: Recover,
    /// The demo phone.
    pub phone: Phone,
    /// The page at `/`.
    pub home: Home,
    phrases: Phrases,
}

/// What has a variable in it.
struct Phrases {
    duration: fn(u64) -> String,
    back_to: fn(&str) -> String,
    sign_in_problem: fn(&SignInProblem) -> String,
    code_problem: fn(&CodeProblem) -> String,
    code_sent_to: fn(&CodeRecipient) -> String,
    code_valid_for: fn(u64) -> String,
    resend_in: fn(u64) -> String,
    recover_start_problem: fn(&RecoverStartProblem) -> String,
    recover_problem: fn(&RecoverProblem) -> String,
    notice: fn(&Notice) -> NoticeText,
}

/// One notice in words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NoticeText {
    /// The heading.
    pub title: String,
    /// What happened, in a sentence or three.
    pub happened: String,
    /// The reasons on record, each with what lifts it.
    pub reasons: Vec<String>,
    /// What to do, step by step.
    pub steps: Vec<String>,
    /// What else is good to know.
    pub notes: Vec<String>,
    /// The law it rests on.
    pub basis: Option<&'static str>,
    /// A technical cause, for the portal's developers.
    pub detail: Option<String>,
}

/// The texts of a language.
#[must_use]
pub fn of(language: Language) -> &'static Text {
    match language {
        Language::Vi => &vi::TEXT,
        Language::En => &en::TEXT,
    }
}

impl Text {
    /// A span of time in words: "1 phút 30 giây".
    #[must_use]
    pub fn duration(&self, seconds: u64) -> String {
        (self.phrases.duration)(seconds)
    }

    /// "Back to …".
    #[must_use]
    pub fn back_to(&self, name: &str) -> String {
        (self.phrases.back_to)(name)
    }

    /// Why a try to sign in failed.
    #[must_use]
    pub fn sign_in_problem(&self, problem: &SignInProblem) -> String {
        (self.phrases.sign_in_problem)(problem)
    }

    /// Why a code was not accepted.
    #[must_use]
    pub fn code_problem(&self, problem: &CodeProblem) -> String {
        (self.phrases.code_problem)(problem)
    }

    /// Where the code was sent.
    #[must_use]
    pub fn code_sent_to(&self, recipient: &CodeRecipient) -> String {
        (self.phrases.code_sent_to)(recipient)
    }

    /// How many minutes a code is valid for.
    #[must_use]
    pub fn code_valid_for(&self, minutes: u64) -> String {
        (self.phrases.code_valid_for)(minutes)
    }

    /// When a new code may be asked for.
    #[must_use]
    pub fn resend_in(&self, seconds: u64) -> String {
        (self.phrases.resend_in)(seconds)
    }

    /// Why no code for a new password was sent.
    #[must_use]
    pub fn recover_start_problem(&self, problem: &RecoverStartProblem) -> String {
        (self.phrases.recover_start_problem)(problem)
    }

    /// Why the new password was not set.
    #[must_use]
    pub fn recover_problem(&self, problem: &RecoverProblem) -> String {
        (self.phrases.recover_problem)(problem)
    }

    /// A notice in words.
    #[must_use]
    pub fn notice(&self, notice: &Notice) -> NoticeText {
        (self.phrases.notice)(notice)
    }
}

impl NoticeText {
    /// A notice of a heading and one paragraph; the methods below add to it.
    fn new(title: impl Into<String>, happened: impl Into<String>) -> Self {
        Self {
            title: title.into(),
            happened: happened.into(),
            reasons: Vec::new(),
            steps: Vec::new(),
            notes: Vec::new(),
            basis: None,
            detail: None,
        }
    }

    fn reasons(mut self, reasons: Vec<String>) -> Self {
        self.reasons = reasons;
        self
    }

    fn steps(mut self, steps: &[&str]) -> Self {
        self.steps = steps.iter().map(ToString::to_string).collect();
        self
    }

    fn notes(mut self, notes: &[&str]) -> Self {
        self.notes = notes.iter().map(ToString::to_string).collect();
        self
    }

    fn basis(mut self, basis: &'static str) -> Self {
        self.basis = Some(basis);
        self
    }

    fn detail(mut self, detail: &str) -> Self {
        self.detail = Some(detail.to_owned());
        self
    }
}
