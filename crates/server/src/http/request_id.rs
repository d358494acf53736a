//! A random id for every request: error pages show it, log lines carry it.

use actix_web::{HttpMessage, HttpRequest};

/// The id of one request, 16 hex digits.
#[derive(Clone, Debug)]
pub struct RequestId(pub String);

/// The id given to this request by the middleware.
#[must_use]
pub fn request_id(request: &HttpRequest) -> String {
    request.extensions().get::<RequestId>().map(|id| id.0.clone()).unwrap_or_default()
}
