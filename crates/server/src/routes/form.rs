//! The body of a form post, read with bounds.

use std::future::{Ready, ready};

use actix_web::http::header::CONTENT_TYPE;
use actix_web::{HttpRequest, web};
use oidc_provider::error::{INVALID_REQUEST, OAuthError, Registered};
use oidc_provider::parameters::{Parameters, ParametersError};

/// Why a body is no form.
#[derive(Debug, thiserror::Error)]
pub enum FormError {
    /// RFC 6749 §3.2 and HTML forms alike: `application/x-www-form-urlencoded`.
    #[error("the request body must be application/x-www-form-urlencoded")]
    ContentType,
    /// The form itself.
    #[error(transparent)]
    Parameters(#[from] ParametersError),
}

impl Registered for FormError {
    fn answer(&self) -> (OAuthError, &'static str) {
        match self {
            Self::ContentType => (INVALID_REQUEST, "the request body must be application/x-www-form-urlencoded"),
            Self::Parameters(_) => (INVALID_REQUEST, "the request body is malformed"),
        }
    }
}

/// Reads a form out of a body.
pub fn form(request: &HttpRequest, body: &web::Bytes) -> Result<Parameters, FormError> {
    let kind = request.headers().get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let essence = kind.split(';').next().unwrap_or_default().trim();
    if !body.is_empty() && !essence.eq_ignore_ascii_case("application/x-www-form-urlencoded") {
        return Err(FormError::ContentType);
    }
    Ok(Parameters::parse(body)?)
}

/// The query of a GET.
pub fn query(request: &HttpRequest) -> Result<Parameters, ParametersError> {
    Parameters::parse(request.query_string().as_bytes())
}

/// Guards a resource against methods it does not know, with the `Allow` header (RFC 9110 §15.5.6).
pub fn method_not_allowed(allow: &'static str) -> impl Fn() -> Ready<actix_web::HttpResponse> + Clone {
    move || ready(actix_web::HttpResponse::MethodNotAllowed().insert_header((actix_web::http::header::ALLOW, allow)).finish())
}
