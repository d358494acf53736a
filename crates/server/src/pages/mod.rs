//! What people see: one struct per page, filled by the routes, rendered by the template of the same name in `templates/`.
//!
//! 1. [`SignInPage`] asks for number and password, [`CodePage`] for the one-time code, [`ChooseAccountPage`] which account,
//!    [`ConsentPage`] for consent; these are the pages of one authorization in progress.
//! 2. [`NoticePage`] says every refusal and every error ([`Notice`]) kindly: what happened, what to do, on which legal basis.
//! 3. [`FormPostPage`] carries the answer to the portal by `response_mode=form_post`.
//! 4. [`SignOutPage`] and [`SignedOutPage`] end the session; [`RecoverStartPage`], [`RecoverCodePage`], [`RecoverDonePage`] set a new password.
//! 5. [`HomePage`] and, in the sandbox, [`PhonePage`].
//! 6. [`assets`] are the files under `/static/`.
//!
//! A page owns its strings, knows nothing of HTTP or of the database, and renders in the language of its [`Frame`]. Askama escapes every
//! value; no template switches that off. Every page works without scripts.

pub mod assets;
mod choose_account;
mod code;
mod consent;
mod demo_citizens;
mod form_post;
mod frame;
mod home;
mod notice;
mod phone;
mod recover;
#[cfg(test)]
mod samples;
mod sign_in;
mod sign_out;
#[cfg(test)]
mod tests;

pub use choose_account::ChooseAccountPage;
pub use code::{CodePage, CodeProblem, CodeRecipient};
pub use consent::{ConsentGroup, ConsentItem, ConsentPage};
pub use demo_citizens::{DEMO_CITIZENS, DEMO_PASSWORD, DemoCitizen};
pub use form_post::FormPostPage;
use frame::page;
pub use frame::{Frame, PortalBadge};
pub use home::HomePage;
pub use notice::{Notice, NoticePage, WayBack};
pub use phone::{PhoneMessage, PhonePage};
pub use recover::{RecoverCodePage, RecoverDonePage, RecoverProblem, RecoverStartPage, RecoverStartProblem};
pub use sign_in::{SignInPage, SignInProblem};
pub use sign_out::{SignOutPage, SignedOutPage};

pub use crate::text::Language;
