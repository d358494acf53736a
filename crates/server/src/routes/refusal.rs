//! Errors of the direct endpoints on the wire: the cause goes to the log, its registered code to the client.

use actix_web::HttpResponse;
use oidc_provider::client_authentication::CHALLENGE;
use oidc_provider::error::{Registered, SERVER_ERROR, TEMPORARILY_UNAVAILABLE};
use persistence::StoreError;

use super::client_auth::Unproven;
use crate::http::answer;
use crate::observe;

/// Answers with the code that the one table gives for the cause.
#[must_use]
pub fn refuse(cause: &(impl Registered + std::fmt::Display)) -> HttpResponse {
    let (error, description) = cause.answer();
    tracing::info!(%cause, code = error.code, "refused");
    let answer = answer::error(error.status, error.code, description);
    match error.status {
        401 => answer::challenge(answer, CHALLENGE),
        503 => answer::unavailable(),
        _ => answer,
    }
}

/// The same for a client that was not proven.
#[must_use]
pub fn refuse_client(unproven: &Unproven) -> HttpResponse {
    match unproven {
        Unproven::Refused(cause) => refuse(cause),
        Unproven::Throttled(seconds) => answer::throttled(*seconds),
        Unproven::Store(error) => store_failed(error),
    }
}

/// The code of [`store_failed`]'s answer, for metrics.
#[must_use]
pub fn store_code(error: &StoreError) -> &'static str {
    if error.ailment().may_pass() { TEMPORARILY_UNAVAILABLE.code } else { SERVER_ERROR.code }
}

/// The store could not answer: 503 where it may later, so that a client comes back (RFC 9110 §15.6.4).
#[must_use]
pub fn store_failed(error: &StoreError) -> HttpResponse {
    if observe::store_failed(error).may_pass() { answer::unavailable() } else { answer::failed() }
}
