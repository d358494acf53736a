//! Answers to a browser: pages and redirects, each with its policy.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::http::header::{CACHE_CONTROL, CONTENT_SECURITY_POLICY, LOCATION, RETRY_AFTER};

use super::frame::Visit;
use crate::pages::{Notice, NoticePage, WayBack};

/// What a page may load and where its forms may lead.
/// Chromium applies `form-action` to the redirect after a post, so the portal's origin must stand there.
#[must_use]
pub fn content_security_policy(form_targets: &[String], script_nonce: Option<&str>) -> String {
    let targets: String = form_targets.iter().map(|origin| format!(" {origin}")).collect();
    let nonce = script_nonce.map(|nonce| format!(" 'nonce-{nonce}'")).unwrap_or_default();
    format!(
        "default-src 'none'; style-src 'self'; script-src 'self'{nonce}; img-src 'self'; connect-src 'self'; form-action 'self'{targets}; frame-ancestors 'none'; base-uri 'none'"
    )
}

impl Visit<'_> {
    /// A page whose forms lead to us, or through a redirect to one of `form_targets`.
    #[must_use]
    pub fn page(&self, status: StatusCode, html: Result<String, askama::Error>, form_targets: &[String]) -> HttpResponse {
        self.page_with_policy(status, html, content_security_policy(form_targets, None))
    }

    /// A page with a policy of its own.
    #[must_use]
    pub fn page_with_policy(&self, status: StatusCode, html: Result<String, askama::Error>, policy: String) -> HttpResponse {
        let html = match html {
            Ok(html) => html,
            Err(error) => {
                tracing::error!(%error, "a page could not be rendered");
                return HttpResponse::InternalServerError().content_type("text/plain; charset=utf-8").body("500");
            }
        };
        let mut answer = HttpResponse::build(status);
        for cookie in self.cookies() {
            answer.cookie(cookie);
        }
        answer
            .insert_header((CONTENT_SECURITY_POLICY, policy))
            .insert_header((CACHE_CONTROL, "no-store"))
            .content_type("text/html; charset=utf-8")
            .body(html)
    }

    /// A refusal or an error as a page.
    #[must_use]
    pub fn notice(&self, notice: Notice, here: &str, way_back: WayBack, form_targets: &[String]) -> HttpResponse {
        let status = StatusCode::from_u16(notice.status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let wait = match &notice {
            Notice::Throttled { seconds } => Some(*seconds),
            Notice::Busy => Some(2),
            _ => None,
        };
        let page = NoticePage { frame: self.frame(here), notice, way_back };
        let mut answer = self.page(status, page.render(), form_targets);
        if let Some(seconds) = wait {
            answer.headers_mut().insert(RETRY_AFTER, seconds.into());
        }
        answer
    }

    /// The same where there is no way back that we could vouch for.
    #[must_use]
    pub fn say(&self, notice: Notice) -> HttpResponse {
        self.notice(notice, &self.here(), WayBack::None, &[])
    }

    /// On to another address by GET (303: RFC 9700 §4.12 forbids 307 after a post with credentials).
    #[must_use]
    pub fn see_other(&self, location: &str) -> HttpResponse {
        let mut answer = HttpResponse::SeeOther();
        for cookie in self.cookies() {
            answer.cookie(cookie);
        }
        answer.insert_header((LOCATION, location)).insert_header((CACHE_CONTROL, "no-store")).finish()
    }
}
