//! The token endpoint (RFC 6749 §3.2, OpenID Connect Core §3.1.3).
//!
//! 1. [`Credentials::extract`](crate::client_authentication::Credentials::extract), then authenticate the client;
//! 2. [`Grant::parse`] what it presents, [`permit`] its use;
//! 3. a code: the store consumes it in one step, [`redeem`] checks it; a refresh token: [`crate::refresh`];
//!    the client itself: [`client_credentials_scope`];
//! 4. one transaction, then the [`TokenResponse`].
//!
//! Every cause that can end this is a [`TokenError`]; its code is in [`crate::error`].

mod error;
#[cfg(test)]
pub(crate) mod fixtures;
mod grant;
mod presented;
mod redeem;
mod response;
mod scope;

pub use error::TokenError;
pub use grant::{Grant, permit};
pub(crate) use presented::TokenRequestError;
pub use presented::{LONGEST_TOKEN, TokenRequest, TokenTypeHint};
pub use redeem::redeem;
pub use response::TokenResponse;
pub use scope::{client_credentials_scope, refresh_scope};
