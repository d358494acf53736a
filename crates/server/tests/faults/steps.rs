//! What citizens, portals and watchers do, each step by itself, so that a test can let the machine fail between two.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::Value;
use sha2::{Digest, Sha256};
use uuid::Uuid;

use crate::browser::{Answer, Browser};
use crate::machine::{AN, Machine, PASSWORD, SECRET};
use crate::process::Node;

/// RFC 7636 Appendix B.
const VERIFIER: &str = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";

/// A service portal.
#[derive(Clone)]
pub struct Portal {
    base: String,
    client_id: &'static str,
    http: reqwest::Client,
}

/// What a code became.
#[derive(Clone, Debug)]
pub struct Tokens {
    pub access_token: String,
    pub refresh_token: String,
}

/// One answer of the token endpoint or of a watcher's question.
#[derive(Debug)]
pub struct Told {
    pub status: u16,
    pub retry_after: bool,
    pub json: Value,
}

impl Portal {
    pub fn of(machine: &Machine) -> Self {
        Self { base: machine.base(), client_id: "portal", http: reqwest::Client::new() }
    }

    /// The same portal after the node was started again: no connection of before is tried.
    pub fn anew(&self) -> Self {
        Self { http: reqwest::Client::new(), ..self.clone() }
    }

    /// One that demands a second factor.
    pub fn level_two(machine: &Machine) -> Self {
        Self { client_id: "level-two", ..Self::of(machine) }
    }

    pub fn authorize(&self, silent: bool) -> String {
        let challenge = URL_SAFE_NO_PAD.encode(Sha256::digest(VERIFIER));
        let mut query = form_urlencoded::Serializer::new(String::new());
        let offline = if self.client_id == "portal" { "openid profile offline_access" } else { "openid profile" };
        query
            .append_pair("response_type", "code")
            .append_pair("client_id", self.client_id)
            .append_pair("redirect_uri", &format!("https://{}.example/cb", self.client_id))
            .append_pair("scope", offline)
            .append_pair("state", "s")
            .append_pair("code_challenge", &challenge)
            .append_pair("code_challenge_method", "S256");
        if silent {
            query.append_pair("prompt", "none");
        }
        format!("/oauth2/authorize?{}", query.finish())
    }

    /// The token endpoint's answer; `Err`: the node is not there any more.
    pub async fn post(&self, path: &str, fields: &[(&str, &str)]) -> Result<Told, reqwest::Error> {
        let request = self.http.post(format!("{}{path}", self.base)).basic_auth(self.client_id, Some(SECRET)).form(fields);
        told(request.send().await?).await
    }

    pub async fn redeem(&self, code: &str) -> Result<Told, reqwest::Error> {
        let redirect_uri = format!("https://{}.example/cb", self.client_id);
        let fields = [("grant_type", "authorization_code"), ("code", code), ("redirect_uri", &redirect_uri), ("code_verifier", VERIFIER)];
        self.post("/oauth2/token", &fields).await
    }

    pub async fn refresh(&self, token: &str) -> Result<Told, reqwest::Error> {
        self.post("/oauth2/token", &[("grant_type", "refresh_token"), ("refresh_token", token)]).await
    }

    pub async fn is_active(&self, token: &str) -> bool {
        self.post("/oauth2/introspect", &[("token", token)]).await.unwrap().json["active"] == true
    }
}

async fn told(answer: reqwest::Response) -> Result<Told, reqwest::Error> {
    let (status, retry_after) = (answer.status().as_u16(), answer.headers().contains_key("retry-after"));
    Ok(Told { status, retry_after, json: serde_json::from_str(&answer.text().await?).unwrap_or_default() })
}

impl Told {
    /// The tokens, when these are some.
    pub fn tokens(&self) -> Option<Tokens> {
        let text = |name: &str| self.json[name].as_str().map(str::to_owned);
        (self.status == 200)
            .then(|| Tokens { access_token: text("access_token").unwrap(), refresh_token: text("refresh_token").unwrap_or_default() })
    }

    pub fn error(&self) -> &str {
        self.json["error"].as_str().unwrap_or_default()
    }

    /// Come back later.
    pub fn is_put_off(&self) -> bool {
        self.status == 503 && self.retry_after
    }
}

impl Tokens {
    /// The family of the refresh token, which is its grant.
    pub fn grant(&self) -> Uuid {
        Uuid::from_slice(&URL_SAFE_NO_PAD.decode(&self.refresh_token).unwrap()[..16]).unwrap()
    }
}

/// From the portal to the sign-in page, number and password, and whatever comes then.
pub async fn sign_in(browser: &Browser, portal: &Portal) -> Answer {
    let page = browser.get(&portal.authorize(false)).await;
    assert!(page.is_sign_in_page(), "{} {}", page.status, page.text());
    browser.sign_in(&page, AN, PASSWORD).await
}

/// The same at a node that may be killed; `false`: it went away.
pub async fn try_sign_in(browser: &Browser, portal: &Portal) -> bool {
    let Some(page) = browser.try_get(&portal.authorize(false)).await else { return false };
    assert!(page.is_sign_in_page(), "{} {}", page.status, page.text());
    let Some(answer) = browser.try_submit(&page, &[("citizen_id", AN), ("password", PASSWORD)]).await else { return false };
    assert!(answer.parameter("code").is_some(), "{} {}", answer.status, answer.text());
    true
}

/// A fresh browser, signed in.
pub async fn signed_in(machine: &Machine) -> Browser {
    let browser = Browser::new(&machine.base());
    let answer = sign_in(&browser, &Portal::of(machine)).await;
    assert!(answer.parameter("code").is_some(), "{} {}", answer.status, answer.text());
    browser
}

/// A node at work: the portal, somebody who is signed in, and what the portal got for it.
pub async fn at_work(machine: &Machine) -> (Node, Portal, Browser, Tokens) {
    let node = machine.serve();
    let portal = Portal::of(machine);
    let browser = signed_in(machine).await;
    let tokens = silent_tokens(&browser, &portal).await;
    (node, portal, browser, tokens)
}

/// A code by `prompt=none`.
pub async fn silent_code(browser: &Browser, portal: &Portal) -> String {
    let answer = browser.get(&portal.authorize(true)).await;
    answer.parameter("code").unwrap_or_else(|| panic!("{} {:?} {}", answer.status, answer.location(), answer.text()))
}

/// The whole silent sign-in.
pub async fn silent_tokens(browser: &Browser, portal: &Portal) -> Tokens {
    let told = portal.redeem(&silent_code(browser, portal).await).await.unwrap();
    told.tokens().unwrap_or_else(|| panic!("{told:?}"))
}

/// `/readyz` or `/healthz`, on the public or on the watchers' listener.
pub async fn probe(base: &str, path: &str) -> Told {
    told(reqwest::Client::new().get(format!("{base}{path}")).send().await.unwrap()).await.unwrap()
}
