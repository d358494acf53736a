//! A portal that speaks the protocol by hand, so that tests can speak it wrongly.

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use serde_json::{Map, Value};
use sha2::{Digest, Sha256};

use super::{AN, Answer, App, Browser, PASSWORD};

/// RFC 7636 Appendix B, used by every honest request here.
pub const VERIFIER: &str = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";

/// One client.
pub struct Portal {
    pub base: String,
    pub client_id: String,
    pub secret: Option<String>,
    pub redirect_uri: String,
    http: reqwest::Client,
}

/// What the token endpoint gave.
#[derive(Debug)]
pub struct Tokens {
    pub access_token: String,
    pub refresh_token: Option<String>,
    pub id_token: String,
    pub scope: String,
    pub expires_in: i64,
}

impl Portal {
    /// A client of the test configuration, by its conventions.
    pub fn confidential(base: &str, client_id: &str) -> Self {
        let (secret, redirect_uri) = match client_id {
            "portal-a" => ("portal-a-secret-0123456789abcdef", "https://portal-a.example/cb"),
            "portal-b" => ("portal-b-secret-0123456789abcdef", "https://portal-b.example/cb"),
            "portal-level-2" => ("portal-level-2-secret-0123456789", "https://portal-2.example/cb"),
            "portal-trusted" => ("portal-trusted-secret-0123456789", "https://portal-t.example/cb"),
            "portal-always" => ("portal-always-secret-01234567890", "https://portal-w.example/cb"),
            "portal-post" => ("portal-post-secret-0123456789abc", "https://portal-p.example/cb"),
            "vnconnect" => ("vnconnect-secret-0123456789abcdef", "https://portal-v.example/sso"),
            "api" => ("api-secret-0123456789abcdefghijk", ""),
            other => panic!("no client {other}"),
        };
        Self::new(base, client_id, Some(secret), redirect_uri)
    }

    pub fn new(base: &str, client_id: &str, secret: Option<&str>, redirect_uri: &str) -> Self {
        Self {
            base: base.to_owned(),
            client_id: client_id.to_owned(),
            secret: secret.map(str::to_owned),
            redirect_uri: redirect_uri.to_owned(),
            http: reqwest::Client::builder().redirect(reqwest::redirect::Policy::none()).build().unwrap(),
        }
    }

    /// The parameters of an honest request; `changes` replace (`Some`) or drop (`None`) some.
    pub fn request(&self, changes: &[(&str, Option<&str>)]) -> Vec<(String, String)> {
        let challenge = URL_SAFE_NO_PAD.encode(Sha256::digest(VERIFIER));
        let mut parameters: Vec<(String, String)> = [
            ("response_type", "code"),
            ("client_id", &self.client_id),
            ("redirect_uri", &self.redirect_uri),
            ("scope", "openid profile"),
            ("state", "state-of-the-portal"),
            ("nonce", "nonce-of-the-portal"),
            ("code_challenge", &challenge),
            ("code_challenge_method", "S256"),
        ]
        .into_iter()
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .collect();
        for (name, value) in changes {
            parameters.retain(|(known, _)| known != name);
            if let Some(value) = value {
                parameters.push(((*name).to_owned(), (*value).to_owned()));
            }
        }
        parameters
    }

    /// The address to send a browser to.
    pub fn authorize(&self, changes: &[(&str, Option<&str>)]) -> String {
        let query = form_urlencoded::Serializer::new(String::new()).extend_pairs(self.request(changes)).finish();
        format!("/oauth2/authorize?{query}")
    }

    /// The same with a scope.
    pub fn authorize_scope(&self, scope: &str) -> String {
        self.authorize(&[("scope", Some(scope))])
    }

    /// The header of `client_secret_basic`.
    pub fn basic(&self) -> String {
        format!("Basic {}", STANDARD.encode(format!("{}:{}", self.client_id, self.secret.as_deref().unwrap_or_default())))
    }

    /// A post with our own credentials, or as the public client that we are.
    pub async fn post(&self, path: &str, fields: &[(&str, &str)]) -> Answer {
        if self.secret.is_some() {
            return self.bare_post(path, &[("authorization", &self.basic())], fields).await;
        }
        let mut all = vec![("client_id", self.client_id.as_str())];
        all.extend_from_slice(fields);
        self.bare_post(path, &[], &all).await
    }

    /// A post without our own credentials: what is needed stands in the fields or headers.
    pub async fn bare_post(&self, path: &str, headers: &[(&str, &str)], fields: &[(&str, &str)]) -> Answer {
        let mut request = self.http.post(format!("{}{path}", self.base));
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        Answer::read(request.form(fields).send().await.unwrap()).await
    }

    /// The token answer to a code, whatever it is.
    pub async fn exchange(&self, code: &str) -> Answer {
        let fields =
            [("grant_type", "authorization_code"), ("code", code), ("redirect_uri", &self.redirect_uri), ("code_verifier", VERIFIER)];
        self.post("/oauth2/token", &fields).await
    }

    pub async fn tokens(&self, code: &str) -> Tokens {
        Tokens::of(&self.exchange(code).await)
    }

    pub async fn refresh(&self, token: &str) -> Answer {
        self.post("/oauth2/token", &[("grant_type", "refresh_token"), ("refresh_token", token)]).await
    }

    pub async fn userinfo(&self, access_token: &str) -> Answer {
        let request = self.http.get(format!("{}/oauth2/userinfo", self.base)).header("authorization", format!("Bearer {access_token}"));
        Answer::read(request.send().await.unwrap()).await
    }

    pub async fn introspect(&self, token: &str) -> Value {
        self.post("/oauth2/introspect", &[("token", token)]).await.json()
    }

    /// A silent request (`prompt=none`) in that browser: what the portal is told.
    pub async fn silently(&self, browser: &Browser, changes: &[(&str, Option<&str>)]) -> Answer {
        let mut all = vec![("prompt", Some("none"))];
        all.extend_from_slice(changes);
        let answer = browser.get(&self.authorize(&all)).await;
        assert_eq!(answer.status, 303, "prompt=none never shows a page: {}", answer.text());
        answer
    }

    /// The whole way of a citizen in a fresh browser with password and consent; answers the code.
    pub async fn code(&self, browser: &Browser, citizen: &str, changes: &[(&str, Option<&str>)]) -> String {
        let page = browser.get(&self.authorize(changes)).await;
        let mut answer = if page.is_sign_in_page() { browser.sign_in(&page, citizen, PASSWORD).await } else { page };
        if answer.is_code_page() {
            let code = newest_code(browser, citizen).await;
            answer = browser.submit(&answer, None, &[("otp", &code)]).await;
        }
        if answer.is_consent_page() {
            answer = browser.allow(&answer).await;
        }
        answer.parameter("code").unwrap_or_else(|| panic!("no code: {} {:?} {}", answer.status, answer.location(), answer.text()))
    }

    /// The same for citizen An, to the tokens.
    pub async fn signed_in(&self, app: &App, scope: &str) -> Tokens {
        let code = self.code(&app.browser(), AN, &[("scope", Some(scope))]).await;
        self.tokens(&code).await
    }
}

/// What the sandbox sent for that citizen, newest first.
pub async fn outbox(browser: &Browser, citizen: &str) -> Vec<Value> {
    browser.get(&format!("/sandbox/outbox?citizen_id={citizen}")).await.json().as_array().cloned().unwrap_or_default()
}

/// The newest code that the sandbox sent for that citizen.
pub async fn newest_code(browser: &Browser, citizen: &str) -> String {
    let messages = outbox(browser, citizen).await;
    let newest = messages.iter().find_map(|message| message["code"].as_str());
    newest.unwrap_or_else(|| panic!("no code for {citizen}")).to_owned()
}

impl Tokens {
    pub fn of(answer: &Answer) -> Self {
        assert_eq!(answer.status, 200, "{}", answer.body);
        let json = answer.json();
        let text = |name: &str| json[name].as_str().map(str::to_owned);
        assert_eq!(text("token_type").as_deref(), Some("Bearer"));
        Self {
            access_token: text("access_token").expect("an access token"),
            refresh_token: text("refresh_token"),
            id_token: text("id_token").expect("an ID token"),
            scope: text("scope").expect("a scope"),
            expires_in: json["expires_in"].as_i64().expect("a lifetime"),
        }
    }

    /// The ID token's claims, unverified: other tests verify them with foreign code.
    pub fn claims(&self) -> Map<String, Value> {
        claims(&self.id_token)
    }
}

pub fn claims(jwt: &str) -> Map<String, Value> {
    let payload = jwt.split('.').nth(1).expect("a payload");
    serde_json::from_slice(&URL_SAFE_NO_PAD.decode(payload).unwrap()).unwrap()
}
