//! Number and password: the first factor (Decree 69/2024/NĐ-CP, Art. 20, authentication level 1).

use actix_web::http::StatusCode;
use askama::Template;

use super::{DEMO_CITIZENS, DEMO_PASSWORD, Frame, PortalBadge, page};

/// The sign-in form. Posts `interaction`, `csrf`, `citizen_id`, `password` to `/interaction/login`.
#[derive(Clone, Debug, Template)]
#[template(path = "sign_in.html")]
pub struct SignInPage {
    /// Header and footer.
    pub frame: Frame,
    /// The id of the authorization in progress.
    pub interaction: String,
    /// The CSRF token of this form.
    pub csrf: String,
    /// The portal that asks.
    pub portal: PortalBadge,
    /// The number typed before, or the portal's `login_hint`; empty otherwise.
    pub citizen_id: String,
    /// Why the last try failed.
    pub problem: Option<SignInProblem>,
    /// Whether the portal needs level 2, so that a code follows.
    pub needs_level_two: bool,
}

/// Why a try to sign in failed. A wrong number and a wrong password are one answer, so that nobody learns who has an account.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SignInProblem {
    /// Not 12 digits.
    NumberMalformed,
    /// Number or password wrong.
    Wrong,
    /// Too many tries.
    Throttled {
        /// Seconds until the next try is allowed.
        seconds: u64,
    },
    /// The server has too much to do.
    Busy,
}

impl SignInProblem {
    /// The HTTP status that goes with it (RFC 9110, 15.5 and 15.6).
    #[must_use]
    pub fn status(&self) -> StatusCode {
        match self {
            Self::NumberMalformed | Self::Wrong => StatusCode::BAD_REQUEST,
            Self::Throttled { .. } => StatusCode::TOO_MANY_REQUESTS,
            Self::Busy => StatusCode::SERVICE_UNAVAILABLE,
        }
    }
}

impl SignInPage {
    fn problem_text(&self) -> Option<String> {
        self.problem.as_ref().map(|problem| self.text().sign_in_problem(problem))
    }

    fn number_is_wrong(&self) -> bool {
        matches!(self.problem, Some(SignInProblem::NumberMalformed | SignInProblem::Wrong))
    }

    fn password_is_wrong(&self) -> bool {
        matches!(self.problem, Some(SignInProblem::Wrong))
    }
}

page!(SignInPage);
