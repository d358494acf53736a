//! The `Cookie` header, and what it says of session, browser and language.

use actix_web::http::header::{COOKIE, HeaderValue};
use actix_web::test::TestRequest;
use dinhdanh::http::browser::BrowserId;
use dinhdanh::http::cookies::Transport;
use dinhdanh::http::session_cookie::SessionSecret;
use dinhdanh::text::Language;

/// A session has one spelling; nothing that a browser sends breaks the reading of cookies; languages are ours or none.
pub fn run(data: &[u8]) {
    let Ok(header) = HeaderValue::from_bytes(data) else { return };
    let request = TestRequest::default().insert_header((COOKIE, header));
    let request = request.to_http_request();
    for transport in [Transport::Tls, Transport::Plain] {
        if let Some(value) = transport.read(&request, "session")
            && let Some(session) = SessionSecret::parse(&value)
        {
            assert_eq!(session.cookie(transport).value(), value, "one session, one spelling");
            assert!(session.matches(&session.hash()));
        }
        if let Some(value) = transport.read(&request, "browser")
            && let Some(browser) = BrowserId::parse(value.clone())
        {
            assert_eq!(value.len(), 43);
            assert_eq!(browser.hash(), BrowserId::parse(value).map(|browser| browser.hash()).unwrap_or_default());
        }
        for name in ["lang", "locale"] {
            let tag = transport.read(&request, name).unwrap_or_default();
            assert!(Language::from_tag(&tag).is_none_or(|language| tag.trim().to_ascii_lowercase().starts_with(language.tag())), "{tag}");
        }
    }
    let Ok(text) = std::str::from_utf8(data) else { return };
    if let Some(language) = Language::from_accept_language(text) {
        assert!(text.to_ascii_lowercase().contains(language.tag()), "{text} asks for neither");
    }
}
