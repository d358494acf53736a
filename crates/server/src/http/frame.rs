//! One visit of a browser: who it is before sign-in, its language, and the cookies that go along with the answer.

use std::cell::RefCell;

use actix_web::HttpRequest;
use actix_web::cookie::Cookie;
use actix_web::cookie::time::Duration;
use actix_web::http::Method;

use super::browser::BrowserId;
use super::cookies::Transport;
use super::csrf;
use super::request_id::request_id;
use crate::pages::Frame;
use crate::provider::Provider;
use crate::text::Language;

/// The citizen's own choice; it stays for a year.
const LANGUAGE: &str = "lang";
/// What the last portal asked for; it goes with the browser, so that pages which know no portal any more keep to it.
const LOCALE: &str = "locale";

/// A browser's request to one of our pages.
pub struct Visit<'a> {
    /// The provider it visits.
    pub provider: &'a Provider,
    /// The request itself.
    pub request: &'a HttpRequest,
    /// The browser, known before or named just now.
    pub browser: BrowserId,
    /// Whether the browser sent its cookie back: only then do cookies work there.
    pub keeps_cookies: bool,
    /// The language of the page.
    pub language: Language,
    cookies: RefCell<Vec<Cookie<'static>>>,
    again: RefCell<Option<String>>,
}

impl<'a> Visit<'a> {
    /// Reads the browser's cookies and language: the citizen's choice, else what the last portal asked for, else Vietnamese.
    #[must_use]
    pub fn new(provider: &'a Provider, request: &'a HttpRequest) -> Self {
        let (browser, fresh) = BrowserId::of_or_issue(request, provider);
        let keeps_cookies = fresh.is_none();
        let mut cookies: Vec<_> = fresh.into_iter().collect();
        let transport = Transport::of(&provider.config.issuer);
        let asked = asked_language(request.query_string());
        let remembered = |name| transport.read(request, name).and_then(|tag| Language::from_tag(&tag));
        let language = asked.or_else(|| remembered(LANGUAGE)).or_else(|| remembered(LOCALE)).unwrap_or(Language::Vi);
        if asked.is_some() {
            cookies.push(transport.cookie(LANGUAGE, language.tag().to_owned(), Some(Duration::days(365))));
        }
        Self { provider, request, browser, keeps_cookies, language, cookies: RefCell::new(cookies), again: RefCell::new(None) }
    }

    /// Speaks the portal's `ui_locales`, or Vietnamese, where the citizen has not chosen a language, here or before.
    #[must_use]
    pub fn in_locales(mut self, locales: &[String]) -> Self {
        let transport = Transport::of(&self.provider.config.issuer);
        let chosen = asked_language(self.request.query_string()).is_some() || transport.read(self.request, LANGUAGE).is_some();
        if !chosen {
            let before = self.language;
            self.language = locales.iter().find_map(|tag| Language::from_tag(tag)).unwrap_or(Language::Vi);
            if self.language != before {
                self.set_cookie(transport.cookie(LOCALE, self.language.tag().to_owned(), None));
            }
        }
        self
    }

    /// After a post: the address that shows what came of it by GET.
    pub fn again_at(&self, path: String) {
        *self.again.borrow_mut() = Some(path);
    }

    /// The address that shows this page again by GET: the path of the request; `/` where that would not be enough, since nothing unproven
    /// of a query stands on a page. After a post what [`again_at`](Self::again_at) said.
    #[must_use]
    pub fn here(&self) -> String {
        if let Some(path) = self.again.borrow().clone() {
            return path;
        }
        let path = self.request.path();
        // `//host` would be a link to another host.
        let ours = path.starts_with('/') && !path.starts_with("//") && !path.contains('\\');
        let bare = form_urlencoded::parse(self.request.query_string().as_bytes()).all(|(name, _)| name == "lang");
        let read = self.request.method() == Method::GET || self.request.method() == Method::HEAD;
        if ours && bare && read { path.to_owned() } else { "/".to_owned() }
    }

    /// What every page shows around its content. `here` is the path (and query) that shows this page again by GET.
    #[must_use]
    pub fn frame(&self, here: &str) -> Frame {
        let other = match self.language {
            Language::Vi => Language::En,
            Language::En => Language::Vi,
        };
        let joint = if here.contains('?') { '&' } else { '?' };
        Frame {
            language: self.language,
            switch_to: format!("{here}{joint}lang={}", other.tag()),
            request_id: request_id(self.request),
            sandbox: self.provider.is_sandbox(),
        }
    }

    /// The CSRF token for a form of that purpose in this browser.
    #[must_use]
    pub fn csrf(&self, purpose: &str) -> String {
        csrf::token(self.provider, &self.browser, purpose)
    }

    /// Sends that cookie along with the answer.
    pub fn set_cookie(&self, cookie: Cookie<'static>) {
        self.cookies.borrow_mut().push(cookie);
    }

    /// The cookies to send along.
    #[must_use]
    pub fn cookies(&self) -> Vec<Cookie<'static>> {
        self.cookies.borrow().clone()
    }
}

fn asked_language(query: &str) -> Option<Language> {
    // Most requests do not ask, and an authorization request is long.
    if !query.contains("lang=") {
        return None;
    }
    form_urlencoded::parse(query.as_bytes()).find(|(name, _)| name == "lang").and_then(|(_, tag)| Language::from_tag(&tag))
}
