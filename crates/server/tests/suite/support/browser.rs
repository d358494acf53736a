//! A citizen's browser without scripts: cookies, pages, forms; it follows a redirect only when told to.

use std::sync::Arc;

use reqwest::cookie::{CookieStore, Jar};
use reqwest::header::{HeaderMap, LOCATION};
use reqwest::redirect::Policy;
use scraper::{Html, Selector};
use url::Url;

/// One browser profile.
pub struct Browser {
    base: String,
    http: reqwest::Client,
    jar: Arc<Jar>,
}

/// What came back.
#[derive(Debug)]
pub struct Answer {
    pub status: u16,
    pub headers: HeaderMap,
    pub body: String,
}

impl Browser {
    pub fn new(base: &str) -> Self {
        let jar = Arc::new(Jar::default());
        let http = reqwest::Client::builder().redirect(Policy::none()).cookie_provider(Arc::clone(&jar)).build().unwrap();
        Self { base: base.to_owned(), http, jar }
    }

    /// A browser that keeps no cookies.
    pub fn without_cookies(base: &str) -> Self {
        let http = reqwest::Client::builder().redirect(Policy::none()).build().unwrap();
        Self { base: base.to_owned(), http, jar: Arc::default() }
    }

    /// The same profile, its cookies and all, talking to another process.
    pub fn at(&self, base: &str) -> Self {
        let http = reqwest::Client::builder().redirect(Policy::none()).cookie_provider(Arc::clone(&self.jar)).build().unwrap();
        Self { base: base.to_owned(), http, jar: Arc::clone(&self.jar) }
    }

    fn url(&self) -> Url {
        Url::parse(&self.base).unwrap()
    }

    /// The value of a cookie of ours.
    pub fn cookie(&self, name: &str) -> Option<String> {
        let header = self.jar.cookies(&self.url())?;
        let header = header.to_str().unwrap().to_owned();
        header.split("; ").find_map(|pair| pair.split_once('=').filter(|(known, _)| *known == name).map(|(_, value)| value.to_owned()))
    }

    /// Puts a cookie into the profile, as an attacker would.
    pub fn plant(&self, name: &str, value: &str) {
        self.jar.add_cookie_str(&format!("{name}={value}; Path=/"), &self.url());
    }

    /// A request of any shape.
    pub async fn send(&self, method: &str, path: &str, headers: &[(&str, &str)], body: Vec<u8>) -> Answer {
        let mut request = self.http.request(method.parse().unwrap(), self.address(path));
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        Answer::read(request.body(body).send().await.unwrap()).await
    }

    fn address(&self, path: &str) -> String {
        if path.starts_with("http") { path.to_owned() } else { format!("{}{path}", self.base) }
    }

    pub async fn get(&self, path: &str) -> Answer {
        Answer::read(self.http.get(self.address(path)).send().await.unwrap()).await
    }

    /// A request to a node that may be killed: `None` when no whole answer came.
    #[allow(dead_code)] // of tests/faults
    pub async fn try_get(&self, path: &str) -> Option<Answer> {
        Answer::try_read(self.http.get(self.address(path)).send().await.ok()?).await
    }

    /// The page's first form with these fields beside its hidden ones; `None` when no whole answer came.
    #[allow(dead_code)] // of tests/faults
    pub async fn try_submit(&self, page: &Answer, fields: &[(&str, &str)]) -> Option<Answer> {
        let form = page.form();
        let mut all: Vec<(&str, &str)> = form.hidden.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        all.extend_from_slice(fields);
        Answer::try_read(self.http.post(self.address(&form.action)).form(&all).send().await.ok()?).await
    }

    pub async fn post(&self, path: &str, fields: &[(&str, &str)]) -> Answer {
        Answer::read(self.http.post(self.address(path)).form(fields).send().await.unwrap()).await
    }

    /// Follows redirects on the provider's own host until a page, or the redirect that leaves it.
    pub async fn follow(&self, mut answer: Answer) -> Answer {
        for _ in 0..5 {
            match answer.location() {
                Some(location) if location.starts_with('/') || location.starts_with(&self.base) => answer = self.get(&location).await,
                _ => return answer,
            }
        }
        answer
    }

    /// Submits the page's first form with these fields beside its hidden ones, to its action or to that of a button.
    pub async fn submit(&self, page: &Answer, action: Option<&str>, fields: &[(&str, &str)]) -> Answer {
        let form = page.form();
        let mut all: Vec<(&str, &str)> = form.hidden.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        all.extend_from_slice(fields);
        let answer = self.post(action.unwrap_or(&form.action), &all).await;
        self.follow(answer).await
    }

    /// From a sign-in page: number and password.
    pub async fn sign_in(&self, page: &Answer, citizen_id: &str, password: &str) -> Answer {
        self.submit(page, None, &[("citizen_id", citizen_id), ("password", password)]).await
    }

    /// From a consent page: agree.
    pub async fn allow(&self, page: &Answer) -> Answer {
        self.submit(page, None, &[("decision", "allow")]).await
    }

    /// From any page of an interaction: back to the portal.
    pub async fn cancel(&self, page: &Answer) -> Answer {
        self.submit(page, Some("/interaction/cancel"), &[]).await
    }
}

/// The first form of a page.
pub struct Form {
    pub action: String,
    pub hidden: Vec<(String, String)>,
}

impl Answer {
    pub(super) async fn read(response: reqwest::Response) -> Self {
        Self::try_read(response).await.unwrap()
    }

    async fn try_read(response: reqwest::Response) -> Option<Self> {
        Some(Self { status: response.status().as_u16(), headers: response.headers().clone(), body: response.text().await.ok()? })
    }

    pub fn location(&self) -> Option<String> {
        self.headers.get(LOCATION).map(|value| value.to_str().unwrap().to_owned())
    }

    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }

    /// A parameter of the redirect to the portal, from its query.
    pub fn parameter(&self, name: &str) -> Option<String> {
        let location = Url::parse(&self.location()?).ok()?;
        location.query_pairs().find(|(key, _)| key == name).map(|(_, value)| value.into_owned())
    }

    pub fn json(&self) -> serde_json::Value {
        serde_json::from_str(&self.body).unwrap_or_else(|error| panic!("{error}: {}", self.body))
    }

    pub fn form(&self) -> Form {
        let page = Html::parse_document(&self.body);
        let form =
            page.select(&Selector::parse("form").unwrap()).next().unwrap_or_else(|| panic!("no form in {} {}", self.status, self.body));
        let hidden = form
            .select(&Selector::parse("input[type=hidden]").unwrap())
            .map(|input| (input.attr("name").unwrap().to_owned(), input.attr("value").unwrap_or_default().to_owned()))
            .collect();
        Form { action: form.attr("action").unwrap_or_default().to_owned(), hidden }
    }

    /// The texts of the elements that the selector finds.
    pub fn texts(&self, selector: &str) -> Vec<String> {
        let page = Html::parse_document(&self.body);
        let selector = Selector::parse(selector).unwrap();
        page.select(&selector).map(|element| element.text().collect::<String>().trim().to_owned()).collect()
    }

    /// An attribute of the first element that the selector finds.
    pub fn attribute(&self, selector: &str, name: &str) -> Option<String> {
        let page = Html::parse_document(&self.body);
        page.select(&Selector::parse(selector).unwrap()).next()?.attr(name).map(str::to_owned)
    }

    /// Whether the page has an element that the selector finds.
    pub fn has(&self, selector: &str) -> bool {
        Html::parse_document(&self.body).select(&Selector::parse(selector).unwrap()).next().is_some()
    }

    /// The page's text, without tags.
    pub fn text(&self) -> String {
        let page = Html::parse_document(&self.body);
        page.root_element().text().collect::<Vec<_>>().join(" ")
    }

    pub fn is_sign_in_page(&self) -> bool {
        self.has("input[name=citizen_id]") && self.has("#sign-in")
    }

    pub fn is_code_page(&self) -> bool {
        self.has("input[name=otp]") && self.has("#confirm")
    }

    pub fn is_consent_page(&self) -> bool {
        self.has("#allow") && self.has("#deny")
    }

    /// Whether this is a page of ours that explains something, and leads nowhere by itself.
    pub fn is_notice(&self, status: u16) -> bool {
        self.status == status && self.location().is_none() && self.has(".notice h1") && self.header("content-type").starts_with("text/html")
    }

    /// The value of a hidden field of the first form.
    pub fn hidden(&self, name: &str) -> String {
        self.form().hidden.iter().find(|(known, _)| known == name).unwrap_or_else(|| panic!("no field {name}")).1.clone()
    }

    /// The id of the interaction whose page this is.
    pub fn interaction(&self) -> String {
        self.hidden("interaction")
    }
}
