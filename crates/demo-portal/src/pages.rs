//! The four pages. askama escapes every value; no template marks anything as safe.

use actix_web::cookie::time::OffsetDateTime;
use actix_web::http::StatusCode;
use actix_web::http::header::{CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE, REFERRER_POLICY, X_CONTENT_TYPE_OPTIONS};
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;
use serde_json::{Map, Value};

use crate::Portal;
use crate::browser::{self, Remembered};
use crate::config::Accent;
use crate::problem::Problem;
use crate::sign_in::SignedIn;
use crate::text::{self, Language, Text};

/// What every page shows around its content.
struct Frame {
    language: Language,
    text: &'static Text,
    portal: &'static str,
    accent: &'static str,
    switch_to: String,
    signed_in: bool,
}

#[derive(Template)]
#[template(path = "home.html")]
struct Home {
    frame: Frame,
    service: &'static str,
    level: &'static str,
    scopes: String,
    provider: String,
    client_id: String,
    signed_out: bool,
}

#[derive(Template)]
#[template(path = "citizen.html")]
struct Citizen {
    frame: Frame,
    name: String,
    claims: Vec<ClaimRow>,
    checks: Vec<CheckRow>,
    may_refresh: bool,
}

#[derive(Template)]
#[template(path = "problem.html")]
struct ProblemPage {
    frame: Frame,
    title: &'static str,
    advice: &'static str,
    detail: String,
}

struct ClaimRow {
    label: String,
    name: String,
    value: String,
}

struct CheckRow {
    what: &'static str,
    source: &'static str,
    seen: String,
}

/// Who the portal is and what it asks for.
pub fn home(portal: &Portal, request: &HttpRequest, signed_out: bool) -> HttpResponse {
    let frame = frame(portal, request, "/");
    let (config, text) = (&portal.config, frame.text);
    let page = Home {
        service: frame.language.of(config.service),
        level: if config.required_level < 2 { text.level_one } else { text.level_two },
        scopes: format!("openid {}", config.scopes.join(" ")),
        provider: config.issuer.clone(),
        client_id: config.client_id.clone(),
        signed_out,
        frame,
    };
    answer(portal, request, StatusCode::OK, &page)
}

/// What the portal knows about the citizen, and how it came to believe it.
pub fn citizen(portal: &Portal, request: &HttpRequest, signed_in: &SignedIn) -> HttpResponse {
    let frame = frame(portal, request, "/citizen");
    let name = signed_in.released.get("name").and_then(Value::as_str).unwrap_or_default().to_owned();
    let mut claims = Vec::new();
    rows(&frame, "", "", &signed_in.released, &mut claims);
    let row = |passed: &crate::verify::Passed| {
        let (what, source) = text::check(frame.language, passed.check);
        CheckRow { what, source, seen: passed.seen.clone() }
    };
    let checks = signed_in.passed.iter().map(row).collect();
    let page = Citizen { name, claims, checks, may_refresh: signed_in.refresh_token.is_some(), frame };
    answer(portal, request, StatusCode::OK, &page)
}

/// Why nobody is signed in.
pub fn problem(portal: &Portal, request: &HttpRequest, problem: &Problem) -> HttpResponse {
    tracing::info!(client_id = portal.config.client_id, problem = problem.code(), "no sign-in");
    let code: String = url::form_urlencoded::byte_serialize(problem.code().as_bytes()).collect();
    let frame = frame(portal, request, &format!("/problem/{code}"));
    let words = problem.words();
    let page =
        ProblemPage { title: frame.language.of(words.title), advice: frame.language.of(words.advice), detail: problem.detail(), frame };
    answer(portal, request, problem.status(), &page)
}

fn frame(portal: &Portal, request: &HttpRequest, path: &str) -> Frame {
    let language = browser::language(request, &portal.config);
    let session = Remembered::Session.read(request, &portal.config).and_then(|key| portal.sessions.find(&key));
    Frame {
        language,
        text: text::of(language),
        portal: language.of(portal.config.name),
        accent: match portal.config.accent {
            Accent::Teal => "teal",
            Accent::Indigo => "indigo",
        },
        switch_to: format!("{path}?lang={}", language.other().tag()),
        signed_in: session.is_some(),
    }
}

fn answer(portal: &Portal, request: &HttpRequest, status: StatusCode, page: &impl Template) -> HttpResponse {
    let Ok(body) = page.render() else { return HttpResponse::InternalServerError().finish() };
    let policy = format!(
        "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self' {}; base-uri 'none'; frame-ancestors 'none'",
        portal.issuer_origin
    );
    let mut answer = HttpResponse::build(status);
    answer
        .insert_header((CONTENT_TYPE, "text/html; charset=utf-8"))
        .insert_header((CONTENT_SECURITY_POLICY, policy))
        .insert_header((CACHE_CONTROL, "no-store"))
        .insert_header((X_CONTENT_TYPE_OPTIONS, "nosniff"))
        // Not "no-referrer": that would make browsers send "Origin: null" with our own forms.
        .insert_header((REFERRER_POLICY, "same-origin"));
    if request.query_string().contains("lang=") {
        let language = browser::language(request, &portal.config);
        answer.cookie(Remembered::Language.write(&portal.config, language.tag()));
    }
    answer.body(body)
}

/// One row for each value; `address.formatted` names what lies inside `address`.
fn rows(frame: &Frame, path: &str, heading: &str, claims: &Map<String, Value>, into: &mut Vec<ClaimRow>) {
    let mut claims: Vec<_> = claims.iter().filter(|(_, value)| !value.is_null()).collect();
    claims.sort_by_key(|(name, _)| text::rank(name));
    for (name, value) in claims {
        let label = text::claim(frame.language, name).unwrap_or(name);
        let label = if heading.is_empty() { label.to_owned() } else { format!("{heading} – {label}") };
        let full_name = format!("{path}{name}");
        match value {
            Value::Object(inner) => rows(frame, &format!("{full_name}."), &label, inner, into),
            value => into.push(ClaimRow { label, name: full_name, value: plain(frame.text, name, value) }),
        }
    }
}

fn plain(text: &Text, name: &str, value: &Value) -> String {
    match value {
        Value::String(value) => value.clone(),
        Value::Bool(true) => text.yes.into(),
        Value::Bool(false) => text.no.into(),
        Value::Array(values) => values.iter().map(|value| plain(text, name, value)).collect::<Vec<_>>().join("; "),
        Value::Object(inner) => {
            inner.iter().map(|(name, value)| format!("{name}: {}", plain(text, name, value))).collect::<Vec<_>>().join(", ")
        }
        // Times are seconds since 1970 (OpenID Connect Core §5.1, `updated_at`).
        Value::Number(seconds) if matches!(name, "updated_at" | "as_of") => {
            seconds.as_i64().and_then(moment).unwrap_or_else(|| seconds.to_string())
        }
        other => other.to_string(),
    }
}

fn moment(seconds: i64) -> Option<String> {
    let at = OffsetDateTime::from_unix_timestamp(seconds).ok()?;
    Some(format!("{} {:02}:{:02} UTC", at.date(), at.hour(), at.minute()))
}
