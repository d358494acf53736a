//! Forgotten password: number, code to the phone, new password.

use askama::Template;

use super::{Frame, page};

/// Asks for the number. Posts `csrf`, `citizen_id` and, when `back` is set, `back` to `/account/recover`.
#[derive(Clone, Debug, Template)]
#[template(path = "recover_start.html")]
pub struct RecoverStartPage {
    /// Header and footer.
    pub frame: Frame,
    /// The CSRF token of this form.
    pub csrf: String,
    /// The number typed before; empty otherwise.
    pub citizen_id: String,
    /// Why the last try failed.
    pub problem: Option<RecoverStartProblem>,
    /// Relative URL of the sign-in page the citizen comes from. It comes back as the field `back`: the route must check it again.
    pub back: Option<String>,
}

/// Why no code was sent. Whether the number has an account is never said.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RecoverStartProblem {
    /// Not 12 digits.
    NumberMalformed,
    /// Too many tries.
    Throttled {
        /// Seconds until the next try is allowed.
        seconds: u64,
    },
    /// The server has too much to do.
    Busy,
}

/// Asks for the code and the new password. Posts `csrf`, `recovery`, `otp`, `second_code`, `password`, `password_again` to `/account/recover/confirm`.
#[derive(Clone, Debug, Template)]
#[template(path = "recover_code.html")]
pub struct RecoverCodePage {
    /// Header and footer.
    pub frame: Frame,
    /// The CSRF token of this form.
    pub csrf: String,
    /// The id of the recovery in progress.
    pub recovery: String,
    /// Why the last try failed.
    pub problem: Option<RecoverProblem>,
    /// Minutes the code is valid for.
    pub minutes: u64,
}

/// Why the new password was not set.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RecoverProblem {
    /// One of the codes is wrong, or no account has that number.
    CodeWrong,
    /// The codes are too old.
    Expired,
    /// The password breaks a rule.
    PasswordWeak,
    /// The two passwords differ.
    PasswordsDiffer,
    /// Too many tries.
    Throttled {
        /// Seconds until the next try is allowed.
        seconds: u64,
    },
    /// The server has too much to do.
    Busy,
}

/// Says that the new password is set.
#[derive(Clone, Debug, Template)]
#[template(path = "recover_done.html")]
pub struct RecoverDonePage {
    /// Header and footer.
    pub frame: Frame,
    /// Relative URL of the sign-in page the citizen comes from.
    pub back: Option<String>,
}

impl RecoverStartPage {
    fn problem_text(&self) -> Option<String> {
        self.problem.as_ref().map(|problem| self.text().recover_start_problem(problem))
    }

    fn number_is_wrong(&self) -> bool {
        matches!(self.problem, Some(RecoverStartProblem::NumberMalformed))
    }
}

impl RecoverCodePage {
    fn problem_text(&self) -> Option<String> {
        self.problem.as_ref().map(|problem| self.text().recover_problem(problem))
    }

    fn valid_for(&self) -> String {
        self.text().code_valid_for(self.minutes)
    }

    fn codes_are_wrong(&self) -> bool {
        matches!(self.problem, Some(RecoverProblem::CodeWrong | RecoverProblem::Expired))
    }

    fn password_is_wrong(&self) -> bool {
        matches!(self.problem, Some(RecoverProblem::PasswordWeak | RecoverProblem::PasswordsDiffer))
    }
}

page!(RecoverStartPage);

page!(RecoverCodePage);

page!(RecoverDonePage);
