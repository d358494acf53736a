//! The portal's side of a sign-in: what it sends, and what it checks before it believes an answer (OpenID Connect Core §3.1.2, §3.1.3).

use std::collections::BTreeMap;
use std::rc::Rc;

use anyhow::Context as _;
use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use bytes::Bytes;
use http::{HeaderValue, Method, Request, header};
use http_body_util::Full;
use rand::Rng as _;
use rand::rngs::SmallRng;
use serde::Deserialize;
use sha2::{Digest as _, Sha256};
use url::{Position, Url, form_urlencoded};

use crate::connection::{Answer, Connection};
use crate::failure::Failure;
use crate::origin::Origin;
use crate::profile::{ClientProfile, Profile};

/// The provider as its metadata describes it, and our clients there.
pub struct Portal {
    /// Whom we measure.
    pub profile: Profile,
    /// Where every connection goes.
    pub origin: Rc<Origin>,
    /// Its metadata document.
    pub discovery: Url,
    endpoints: Endpoints,
}

#[derive(Deserialize)]
struct Endpoints {
    issuer: String,
    authorization_endpoint: Url,
    token_endpoint: Url,
    userinfo_endpoint: Url,
    introspection_endpoint: Option<Url>,
}

/// An authorization request on its way.
pub struct Begun {
    /// Where the browser goes.
    pub url: Url,
    state: String,
    nonce: String,
    verifier: String,
}

/// What the token endpoint gave.
#[derive(Deserialize)]
pub struct Tokens {
    /// `access_token`
    pub access_token: String,
    /// `refresh_token`
    pub refresh_token: Option<String>,
    id_token: Option<String>,
}

#[derive(Deserialize)]
struct IdToken {
    iss: String,
    aud: Audience,
    nonce: Option<String>,
    exp: u64,
    iat: u64,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Audience {
    One(String),
    Many(Vec<String>),
}

impl Portal {
    /// Reads the metadata and keeps every endpoint to this machine and this one origin.
    ///
    /// # Errors
    /// When the provider is not on loopback, does not answer, or sends elsewhere.
    pub async fn discover(profile: Profile) -> anyhow::Result<Self> {
        let discovery = Url::parse(&format!("{}/.well-known/openid-configuration", profile.issuer.trim_end_matches('/')))?;
        let origin = Rc::new(Origin::of(&discovery)?);
        let answer = get(&mut Connection::new(origin.clone()), &discovery).await?.ok("metadata")?;
        let endpoints: Endpoints = serde_json::from_slice(&answer.body).context("metadata")?;
        anyhow::ensure!(endpoints.issuer == profile.issuer, "the metadata names another issuer: {}", endpoints.issuer);
        let listed = [Some(&endpoints.authorization_endpoint), Some(&endpoints.token_endpoint), Some(&endpoints.userinfo_endpoint)];
        for endpoint in listed.into_iter().chain([endpoints.introspection_endpoint.as_ref()]).flatten() {
            anyhow::ensure!(Origin::of(endpoint)? == *origin, "{endpoint} is of another origin than the issuer");
        }
        Ok(Self { profile, origin, discovery, endpoints })
    }

    /// Some page that is no provider: only [`Workload::Discovery`](crate::workload::Workload::Discovery) can be asked of it.
    ///
    /// # Errors
    /// When it is not on loopback.
    pub fn plain(name: &str, url: Url) -> anyhow::Result<Self> {
        let origin = Rc::new(Origin::of(&url)?);
        let mut profile = Profile::load(None)?;
        (profile.name, profile.issuer) = (name.to_owned(), url.to_string());
        let endpoints = Endpoints {
            issuer: url.to_string(),
            authorization_endpoint: url.clone(),
            token_endpoint: url.clone(),
            userinfo_endpoint: url.clone(),
            introspection_endpoint: None,
        };
        Ok(Self { profile, origin, discovery: url, endpoints })
    }

    /// An authorization request with PKCE S256, state and nonce.
    #[must_use]
    pub fn begin(&self, client: &ClientProfile, extra: &BTreeMap<String, String>, random: &mut SmallRng) -> Begun {
        let (state, nonce, verifier) = (token::<16>(random), token::<16>(random), token::<32>(random));
        let challenge = URL_SAFE_NO_PAD.encode(Sha256::digest(verifier.as_bytes()));
        let mut url = self.endpoints.authorization_endpoint.clone();
        url.query_pairs_mut()
            .append_pair("response_type", "code")
            .append_pair("client_id", &client.id)
            .append_pair("redirect_uri", &client.redirect_uri)
            .append_pair("scope", &client.scope)
            .append_pair("state", &state)
            .append_pair("nonce", &nonce)
            .append_pair("code_challenge", &challenge)
            .append_pair("code_challenge_method", "S256")
            .extend_pairs(extra);
        Begun { url, state, nonce, verifier }
    }

    /// Takes the code out of the answer that the browser brought, and redeems it.
    ///
    /// # Errors
    /// [`Failure`]: a wrong `state` or `iss` (RFC 9207), no code, no tokens, an ID token of another issuer, audience or nonce.
    pub async fn finish(
        &self,
        connection: &mut Connection,
        client: &ClientProfile,
        begun: &Begun,
        callback: &Url,
    ) -> Result<Tokens, Failure> {
        let mut code = None;
        let mut state_is_ours = false;
        for (name, value) in callback.query_pairs() {
            match name.as_ref() {
                "code" => code = Some(value.into_owned()),
                "state" => state_is_ours = value == begun.state,
                "iss" if value != self.profile.issuer => return Err(Failure::Wrong("iss of another provider".to_owned())),
                _ => {}
            }
        }
        let code = code.ok_or_else(|| Failure::Wrong(format!("no code: {}", callback.query().unwrap_or_default())))?;
        if !state_is_ours {
            return Err(Failure::Wrong("state differs".to_owned()));
        }
        let form = [
            ("grant_type", "authorization_code"),
            ("code", &code),
            ("redirect_uri", &client.redirect_uri),
            ("code_verifier", &begun.verifier),
        ];
        let tokens = self.tokens(connection, client, &form).await?;
        self.check_id_token(tokens.id_token.as_deref(), client, &begun.nonce)?;
        Ok(tokens)
    }

    /// RFC 6749 §4.4.
    ///
    /// # Errors
    /// [`Failure`].
    pub async fn client_credentials(&self, connection: &mut Connection, client: &ClientProfile) -> Result<Tokens, Failure> {
        let scope = ("scope", client.scope.as_str());
        let form = [("grant_type", "client_credentials"), scope];
        self.tokens(connection, client, if client.scope.is_empty() { &form[..1] } else { &form }).await
    }

    /// RFC 6749 §6.
    ///
    /// # Errors
    /// [`Failure`].
    pub async fn refresh(&self, connection: &mut Connection, client: &ClientProfile, refresh: &str) -> Result<Tokens, Failure> {
        self.tokens(connection, client, &[("grant_type", "refresh_token"), ("refresh_token", refresh)]).await
    }

    /// RFC 7662; the token must be active.
    ///
    /// # Errors
    /// [`Failure`].
    pub async fn introspect(&self, connection: &mut Connection, client: &ClientProfile, access: &str) -> Result<(), Failure> {
        #[derive(Deserialize)]
        struct Introspected {
            active: bool,
        }
        let endpoint = self.endpoints.introspection_endpoint.as_ref().ok_or_else(|| Failure::Wrong("no introspection".to_owned()))?;
        let answer = self.post(connection, endpoint, client, &[("token", access)]).await?.ok("introspection")?;
        match serde_json::from_slice(&answer.body) {
            Ok(Introspected { active: true }) => Ok(()),
            _ => Err(Failure::wrong("introspection", 200, &answer.body)),
        }
    }

    /// OpenID Connect Core §5.3; the answer must name a subject.
    ///
    /// # Errors
    /// [`Failure`].
    pub async fn userinfo(&self, connection: &mut Connection, access: &str) -> Result<(), Failure> {
        #[derive(Deserialize)]
        struct Userinfo<'a> {
            sub: &'a str,
        }
        let request = request(Method::GET, &self.endpoints.userinfo_endpoint)
            .header(header::AUTHORIZATION, format!("Bearer {access}"))
            .body(Full::default())
            .map_err(unsendable)?;
        let answer = connection.send(request).await?.ok("userinfo")?;
        match serde_json::from_slice::<Userinfo<'_>>(&answer.body) {
            Ok(userinfo) if !userinfo.sub.is_empty() => Ok(()),
            _ => Err(Failure::wrong("userinfo without sub", 200, &answer.body)),
        }
    }

    async fn tokens(&self, connection: &mut Connection, client: &ClientProfile, form: &[(&str, &str)]) -> Result<Tokens, Failure> {
        let answer = self.post(connection, &self.endpoints.token_endpoint, client, form).await?.ok("token")?;
        let tokens: Tokens = serde_json::from_slice(&answer.body).map_err(|error| Failure::Wrong(format!("token answer: {error}")))?;
        if tokens.access_token.is_empty() { Err(Failure::Wrong("empty access token".to_owned())) } else { Ok(tokens) }
    }

    async fn post(&self, connection: &mut Connection, to: &Url, client: &ClientProfile, form: &[(&str, &str)]) -> Result<Answer, Failure> {
        let mut body = form_urlencoded::Serializer::new(String::with_capacity(256));
        body.extend_pairs(form);
        if form[0].0 == "grant_type" {
            body.extend_pairs(&client.token_extra);
        }
        let request = request(Method::POST, to)
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
            .header(header::AUTHORIZATION, basic(client))
            .body(Full::new(Bytes::from(body.finish())))
            .map_err(unsendable)?;
        connection.send(request).await
    }

    /// The claims of the ID token. The signature came over our own connection (OpenID Connect Core §3.1.3.7, 6), so it is not computed
    /// again for each of thousands.
    fn check_id_token(&self, id_token: Option<&str>, client: &ClientProfile, nonce: &str) -> Result<(), Failure> {
        let payload = id_token.and_then(|token| token.split('.').nth(1)).ok_or_else(|| Failure::Wrong("no ID token".to_owned()))?;
        let payload = URL_SAFE_NO_PAD.decode(payload).map_err(|error| Failure::Wrong(format!("ID token: {error}")))?;
        let claims: IdToken = serde_json::from_slice(&payload).map_err(|error| Failure::Wrong(format!("ID token: {error}")))?;
        let for_us = match &claims.aud {
            Audience::One(id) => *id == client.id,
            Audience::Many(ids) => ids.contains(&client.id),
        };
        if claims.iss == self.profile.issuer && for_us && claims.nonce.as_deref() == Some(nonce) && claims.exp > claims.iat {
            return Ok(());
        }
        Err(Failure::Wrong("the ID token is of another issuer, audience or request".to_owned()))
    }
}

/// GET of a document.
///
/// # Errors
/// [`Failure`].
pub async fn get(connection: &mut Connection, url: &Url) -> Result<Answer, Failure> {
    connection.send(request(Method::GET, url).body(Full::default()).map_err(unsendable)?).await
}

fn request(method: Method, url: &Url) -> http::request::Builder {
    Request::builder()
        .method(method)
        .uri(&url[Position::BeforePath..Position::AfterQuery])
        .header(header::ACCEPT, HeaderValue::from_static("application/json"))
}

/// RFC 6749 §2.3.1: both parts are form-encoded first.
fn basic(client: &ClientProfile) -> String {
    let encode = |text: &str| form_urlencoded::byte_serialize(text.as_bytes()).collect::<String>();
    format!("Basic {}", STANDARD.encode(format!("{}:{}", encode(&client.id), encode(&client.secret))))
}

fn token<const N: usize>(random: &mut SmallRng) -> String {
    let mut bytes = [0; N];
    random.fill_bytes(&mut bytes);
    URL_SAFE_NO_PAD.encode(bytes)
}

fn unsendable(error: http::Error) -> Failure {
    Failure::Wrong(error.to_string())
}

#[cfg(test)]
mod tests {
    use rand::SeedableRng as _;
    use serde_json::json;

    use super::*;

    fn portal() -> Portal {
        let mut portal = Portal::plain("p", Url::parse("http://127.0.0.1:1/").unwrap()).unwrap();
        portal.profile.issuer = "http://127.0.0.1:1".to_owned();
        portal
    }

    #[tokio::test]
    async fn an_answer_to_another_request_or_of_another_provider_is_not_redeemed() {
        let portal = portal();
        let client = portal.profile.client.clone();
        let begun = portal.begin(&client, &BTreeMap::new(), &mut SmallRng::seed_from_u64(1));
        let mut connection = Connection::new(portal.origin.clone());
        for (answer, complaint) in [
            ("code=c&state=other", "state differs"),
            ("code=c", "state differs"),
            ("error=access_denied", "no code"),
            ("code=c&iss=http%3A%2F%2F192.0.2.1", "iss of another provider"),
        ] {
            let callback = Url::parse(&format!("http://127.0.0.1:9999/cb?{answer}")).unwrap();
            let Err(failure) = portal.finish(&mut connection, &client, &begun, &callback).await else { panic!("{answer}") };
            assert!(failure.to_string().contains(complaint), "{answer}: {failure}");
        }
    }

    #[test]
    fn an_id_token_of_another_issuer_audience_or_nonce_is_refused() {
        let portal = portal();
        let client = &portal.profile.client;
        let token = |claims: serde_json::Value| format!("e30.{}.c2ln", URL_SAFE_NO_PAD.encode(claims.to_string()));
        let good = json!({ "iss": "http://127.0.0.1:1", "aud": "bench", "nonce": "n", "iat": 1, "exp": 2 });
        let accepted = |claims: &serde_json::Value| portal.check_id_token(Some(&token(claims.clone())), client, "n").is_ok();
        assert!(accepted(&good));
        for (name, wrong) in [
            ("iss", json!("http://127.0.0.1:2")),
            ("aud", json!(["other"])),
            ("nonce", json!("m")),
            ("nonce", json!(null)),
            ("exp", json!(1)),
        ] {
            let mut claims = good.clone();
            claims[name] = wrong;
            assert!(!accepted(&claims), "{claims}");
        }
        assert!(portal.check_id_token(None, client, "n").is_err());
        assert!(portal.check_id_token(Some("x"), client, "n").is_err());
    }
}
