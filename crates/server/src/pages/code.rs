//! The one-time code: the second factor (Decree 69/2024/NĐ-CP, Art. 20, authentication level 2).

use askama::Template;

use super::{Frame, PortalBadge, page};

/// Asks for the code sent by SMS. Posts `interaction`, `csrf`, `otp` to `/interaction/otp`; other buttons go to
/// `/interaction/otp/resend`, `/interaction/otp/skip`, `/interaction/cancel`.
#[derive(Clone, Debug, Template)]
#[template(path = "code.html")]
pub struct CodePage {
    /// Header and footer.
    pub frame: Frame,
    /// The id of the authorization in progress.
    pub interaction: String,
    /// The CSRF token of this form.
    pub csrf: String,
    /// The portal that asks.
    pub portal: PortalBadge,
    /// Whose phone got the code.
    pub recipient: CodeRecipient,
    /// Why the last try failed.
    pub problem: Option<CodeProblem>,
    /// Seconds until a new code may be asked for; 0 when at once.
    pub resend_in: u64,
    /// Minutes the code is valid for.
    pub minutes: u64,
    /// Whether the portal also takes a sign-in at level 1, so that the code may be skipped.
    pub may_skip: bool,
}

/// Whose phone got the code.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CodeRecipient {
    /// The holder's own.
    Holder {
        /// The phone number with most digits hidden; empty when none is on record.
        phone_masked: String,
    },
    /// The representative's or guardian's, who uses the account on the child's behalf (Decree 69/2024/NĐ-CP, Art. 14.2).
    Guardian {
        /// The guardian's name, partly hidden.
        name_masked: String,
        /// The guardian's phone number with most digits hidden.
        phone_masked: String,
        /// The child whose account it is.
        child_name: String,
    },
}

/// Why a code was not accepted, or not sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CodeProblem {
    /// Not the code that was sent.
    Wrong {
        /// Tries left before the code is void.
        tries_left: u32,
    },
    /// The code is too old.
    Expired,
    /// The code had its last try.
    Exhausted,
    /// A new code was asked for too early.
    TooSoon {
        /// Seconds until a new code may be asked for.
        seconds: u64,
    },
    /// The message could not be sent.
    NotSent,
}

impl CodePage {
    fn problem_text(&self) -> Option<String> {
        self.problem.as_ref().map(|problem| self.text().code_problem(problem))
    }

    fn code_is_wrong(&self) -> bool {
        matches!(self.problem, Some(CodeProblem::Wrong { .. } | CodeProblem::Expired | CodeProblem::Exhausted))
    }

    /// Empty when there is no phone to send a code to.
    fn valid_for(&self) -> String {
        match &self.recipient {
            CodeRecipient::Holder { phone_masked } | CodeRecipient::Guardian { phone_masked, .. } if phone_masked.is_empty() => {
                String::new()
            }
            _ => self.text().code_valid_for(self.minutes),
        }
    }

    fn wait(&self) -> Option<String> {
        (self.resend_in > 0).then(|| self.text().resend_in(self.resend_in))
    }

    fn sent_to(&self) -> String {
        self.text().code_sent_to(&self.recipient)
    }
}

page!(CodePage);
