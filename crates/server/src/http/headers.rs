//! The layer around every route: request id, log span, metrics, security headers, and no blank error page.

use actix_web::body::{BoxBody, MessageBody};
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::header::{self, HeaderMap, HeaderName, HeaderValue};
use actix_web::http::{Method, StatusCode};
use actix_web::middleware::Next;
use actix_web::{Error, HttpMessage, HttpResponse, web};
use oidc_provider::error::INVALID_REQUEST;
use tracing::Instrument;

use super::answer;
use super::body::Unfinished;
use super::frame::Visit;
use super::request_id::RequestId;
use crate::pages::Notice;
use crate::provider::Provider;

/// Wraps every route.
pub async fn guard(mut request: ServiceRequest, next: Next<impl MessageBody + 'static>) -> Result<ServiceResponse<BoxBody>, Error> {
    let Some(provider) = request.app_data::<web::Data<Provider>>().cloned() else {
        return next.call(request).await.map(ServiceResponse::map_into_boxed_body);
    };
    let id = hex(provider.randomness.distinct::<8>());
    request.extensions_mut().insert(RequestId(id.clone()));
    let method = request.method().clone();
    // RFC 9110 §9.1: "All general-purpose servers MUST support the methods GET and HEAD." Routes know GET; the connection leaves the body out.
    if method == Method::HEAD {
        request.head_mut().method = Method::GET;
    }
    let timer = provider.metrics.start_timer();
    // The path can carry an interaction id and the query personal data: only the route's pattern is logged.
    let span = tracing::info_span!("request", request_id = %id, method = %method);
    let answer = next.call(request).instrument(span.clone()).await?.map_into_boxed_body();
    let route = answer.request().match_pattern().unwrap_or_else(|| "unknown".to_owned());
    let mut answer = if is_blank_error(&answer) { explain(answer, &provider) } else { answer };
    let status = answer.status();
    let elapsed = provider.metrics.observe_request(&route, status.as_u16(), timer);
    span.in_scope(|| {
        tracing::info!(route, status = status.as_u16(), micros = u64::try_from(elapsed.as_micros()).unwrap_or(u64::MAX), "answered")
    });
    secure(answer.headers_mut(), provider.config.issuer.starts_with("https://"));
    if let Ok(value) = HeaderValue::from_str(&id) {
        answer.headers_mut().insert(HeaderName::from_static("x-request-id"), value);
    }
    Ok(answer)
}

/// The headers that every answer carries, whoever gives it.
pub(super) fn secure(headers: &mut HeaderMap, tls: bool) {
    let mut set = |name: HeaderName, value: &'static str| headers.insert(name, HeaderValue::from_static(value));
    set(header::X_CONTENT_TYPE_OPTIONS, "nosniff");
    set(header::X_FRAME_OPTIONS, "DENY");
    set(header::REFERRER_POLICY, "no-referrer");
    set(HeaderName::from_static("permissions-policy"), "camera=(), geolocation=(), microphone=(), payment=(), usb=()");
    set(HeaderName::from_static("cross-origin-opener-policy"), "same-origin");
    if tls {
        set(header::STRICT_TRANSPORT_SECURITY, "max-age=31536000; includeSubDomains");
    }
    if !headers.contains_key(header::CONTENT_SECURITY_POLICY) {
        headers.insert(header::CONTENT_SECURITY_POLICY, HeaderValue::from_static("default-src 'none'; frame-ancestors 'none'"));
    }
    if !headers.contains_key(header::CACHE_CONTROL) {
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    }
}

fn is_blank_error(answer: &ServiceResponse<BoxBody>) -> bool {
    let status = answer.status();
    if !status.is_client_error() && !status.is_server_error() {
        return false;
    }
    let kind = answer.headers().get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    !kind.starts_with("text/html") && !kind.starts_with("application/json")
}

/// Replaces a bare error of the framework (no route, wrong method, body too large) by one that says what to do.
fn explain(answer: ServiceResponse<BoxBody>, provider: &Provider) -> ServiceResponse<BoxBody> {
    let status = answer.status();
    let kept = [header::ALLOW, header::ACCEPT_ENCODING].map(|name| answer.headers().get(&name).cloned().map(|value| (name, value)));
    let (request, mut bare) = answer.into_parts();
    let mut explained = if speaks_json(request.path()) {
        let description = match status {
            StatusCode::NOT_FOUND => "There is nothing at this address; the endpoints are listed in /.well-known/openid-configuration.",
            StatusCode::METHOD_NOT_ALLOWED => "This endpoint does not answer to that method; see the Allow header.",
            StatusCode::PAYLOAD_TOO_LARGE => "The request body is too large.",
            StatusCode::REQUEST_TIMEOUT => "The request body did not arrive in time.",
            StatusCode::UNSUPPORTED_MEDIA_TYPE => "A compressed request body is not read.",
            _ => "The request could not be read.",
        };
        answer::error(status.as_u16(), INVALID_REQUEST.code, description)
    } else {
        let visit = Visit::new(provider, &request);
        let notice = match status {
            StatusCode::NOT_FOUND => Notice::NotFound,
            StatusCode::METHOD_NOT_ALLOWED => Notice::MethodNotAllowed,
            StatusCode::PAYLOAD_TOO_LARGE => Notice::TooLarge,
            status if status.is_client_error() => Notice::RequestWrong { detail: "request".to_owned() },
            _ => Notice::Internal,
        };
        let mut page: HttpResponse = visit.say(notice);
        *page.status_mut() = status;
        page
    };
    for (name, value) in kept.into_iter().flatten() {
        explained.headers_mut().insert(name, value);
    }
    Unfinished::pass(&mut bare, &mut explained);
    ServiceResponse::new(request, explained)
}

/// Whether programs, not people, call that path.
pub(super) fn speaks_json(path: &str) -> bool {
    const PROGRAMS: [&str; 9] = [
        "/.well-known/",
        "/oauth2/token",
        "/oauth2/userinfo",
        "/oauth2/jwks",
        "/oauth2/introspect",
        "/oauth2/revoke",
        "/api/",
        "/healthz",
        "/readyz",
    ];
    PROGRAMS.iter().any(|prefix| path.starts_with(prefix))
}

fn hex(bytes: [u8; 8]) -> String {
    use std::fmt::Write as _;
    bytes.iter().fold(String::with_capacity(16), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}
