//! The authorization endpoint (RFC 6749 §4.1.1, OpenID Connect Core §3.1.2).
//!
//! 1. [`client_id`] names the client; the server looks it up. Until then an error is a [`PageError`], never a redirect.
//! 2. [`resolve`] proves the redirect URI and reads every parameter into a [`ResolvedRequest`], or refuses with an [`ErrorRedirect`].
//! 3. [`decide`] says, again after every page the citizen has answered, what is due: a [`Decision`] from request, client and [`Situation`].
//! 4. [`success`] or [`failure`] writes the answer, a [`Delivery`].
//!
//! What was decided waits for the token endpoint as a [`Code`].

mod authentication;
mod code;
mod decide;
mod display;
mod error;
mod invalid_request;
mod page_error;
mod prompt;
mod read;
mod request;
mod resolve;
mod response;
mod response_mode;
mod situation;

pub use authentication::{Authentication, IdTokenHint};
pub use code::Code;
pub use decide::{AuthenticateReason, Decision, StepUpReason, decide};
pub use display::Display;
pub use error::AuthorizationError;
pub use invalid_request::InvalidRequest;
pub use page_error::PageError;
pub use prompt::{Prompt, PromptValue};
pub(crate) use read::ui_locales;
pub use request::ResolvedRequest;
pub use resolve::{ResolveContext, ResolveError, client_id, resolve};
pub(crate) use response::with_query;
pub use response::{Delivery, ErrorRedirect, failure, success};
pub use response_mode::ResponseMode;
pub use situation::{ConsentStanding, Situation, Standing};
