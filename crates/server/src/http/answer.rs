//! Answers to programs: JSON, and errors of RFC 6749 §5.2 and RFC 6750 §3.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::http::header::{CACHE_CONTROL, PRAGMA, RETRY_AFTER, WWW_AUTHENTICATE};
use oidc_provider::error::{SERVER_ERROR, TEMPORARILY_UNAVAILABLE};
use serde::Serialize;

/// A JSON answer that nobody may store (RFC 6749 §5.1).
#[must_use]
pub fn json(value: &impl Serialize) -> HttpResponse {
    HttpResponse::Ok().insert_header((CACHE_CONTROL, "no-store")).insert_header((PRAGMA, "no-cache")).json(value)
}

/// An error answer with its registered code.
#[must_use]
pub fn error(status: u16, code: &str, description: &str) -> HttpResponse {
    let status = StatusCode::from_u16(status).unwrap_or(StatusCode::BAD_REQUEST);
    HttpResponse::build(status)
        .insert_header((CACHE_CONTROL, "no-store"))
        .insert_header((PRAGMA, "no-cache"))
        .json(serde_json::json!({ "error": code, "error_description": description }))
}

/// The same, with the challenge that a 401 needs (RFC 9110 §11.6.1).
#[must_use]
pub fn challenge(mut answer: HttpResponse, challenge: &str) -> HttpResponse {
    if let Ok(value) = challenge.parse() {
        answer.headers_mut().insert(WWW_AUTHENTICATE, value);
    }
    answer
}

/// 503: try again in a moment; nothing was changed.
#[must_use]
pub fn unavailable() -> HttpResponse {
    later(TEMPORARILY_UNAVAILABLE.status, "The provider cannot answer now; try again after the time in Retry-After.", 2)
}

/// 429: too many wrong tries (RFC 6585 §4).
#[must_use]
pub fn throttled(seconds: u64) -> HttpResponse {
    later(429, "Too many wrong credentials; try again after the time in Retry-After.", seconds)
}

fn later(status: u16, description: &str, seconds: u64) -> HttpResponse {
    let mut answer = error(status, TEMPORARILY_UNAVAILABLE.code, description);
    answer.headers_mut().insert(RETRY_AFTER, seconds.into());
    answer
}

/// 500: the cause is in the log under the request id.
#[must_use]
pub fn internal(error: &dyn std::fmt::Display) -> HttpResponse {
    tracing::error!(%error, "an answer failed");
    failed()
}

/// The same, when the log has the cause already.
#[must_use]
pub fn failed() -> HttpResponse {
    self::error(
        SERVER_ERROR.status,
        SERVER_ERROR.code,
        "The provider failed; its operator finds the cause in the log under the request id.",
    )
}
