//! The refusal itself: 503 with `Retry-After`, made once and sent many times.

use std::sync::LazyLock;

use actix_web::http::header::{COOKIE, RETRY_AFTER};
use actix_web::web::Bytes;
use actix_web::{HttpRequest, HttpResponse};

use super::super::answer;
use super::super::headers::{secure, speaks_json};
use super::super::page::content_security_policy;
use super::{NoRoom, RETRY_AFTER_SECONDS};
use crate::pages::{Frame, Language, Notice, NoticePage, WayBack};
use crate::provider::Provider;

/// The notice in Vietnamese and in English.
static PAGES: LazyLock<[Bytes; 2]> = LazyLock::new(|| [page(Language::Vi), page(Language::En)]);

/// Answers that there is no room, as a page to people and as JSON to programs, and counts it.
pub fn refuse(provider: &Provider, request: &HttpRequest, no_room: NoRoom) -> HttpResponse {
    provider.metrics.shed(no_room.cause());
    let mut answer = if speaks_json(request.path()) {
        answer::unavailable()
    } else {
        HttpResponse::ServiceUnavailable()
            .insert_header(("content-security-policy", content_security_policy(&[], None)))
            .content_type("text/html; charset=utf-8")
            .body(PAGES[usize::from(wants_english(request))].clone())
    };
    answer.headers_mut().insert(RETRY_AFTER, RETRY_AFTER_SECONDS.into());
    secure(answer.headers_mut(), provider.config.issuer.starts_with("https://"));
    answer
}

/// By the cookie of the citizen's choice; nothing is parsed for somebody who is sent away.
fn wants_english(request: &HttpRequest) -> bool {
    request.headers().get(COOKIE).and_then(|value| value.to_str().ok()).is_some_and(|cookies| cookies.contains("dinhdanh_lang=en"))
}

fn page(language: Language) -> Bytes {
    let frame = Frame { language, switch_to: format!("/?lang={}", language.other().tag()), request_id: "–".to_owned(), sandbox: false };
    let page = NoticePage { frame, notice: Notice::Busy, way_back: WayBack::None };
    Bytes::from(page.render().unwrap_or_else(|_| "503".to_owned()))
}
