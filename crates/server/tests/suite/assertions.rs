//! `private_key_jwt` (RFC 7523, OpenID Connect Core §9): every way to forge a client's assertion.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hmac::{Hmac, KeyInit, Mac};
use oidc_provider::client::{AuthenticationMethod, ClientMetadata, GrantType};
use oidc_provider::jose::{SigningKey, SigningKeys};
use oidc_provider::signing_alg::SigningAlg;
use persistence::Kind;
use serde_json::{Map, Value, json};
use sha2::{Digest, Sha256};
use std::sync::Arc;
use time::Duration;

use crate::support::{Answer, App};

const ASSERTION_TYPE: &str = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";

/// A client with a key of its own, registered inline.
struct KeyHolder {
    app: App,
    keys: SigningKeys,
    public: Value,
}

impl KeyHolder {
    async fn start() -> Self {
        let key = Arc::new(SigningKey::generate(SigningAlg::ES256).unwrap());
        let public = key.public_jwk();
        let mut client = ClientMetadata::new("portal-key");
        client.token_endpoint_auth_method = Some(AuthenticationMethod::PrivateKeyJwt);
        client.jwks = Some(json!({ "keys": [public] }));
        client.grant_types = Some(vec![GrantType::ClientCredentials]);
        let app = App::with(|config| {
            config.clients.push(client);
            config.limits.client_tries = 1000;
        })
        .await;
        // `iat` is in whole seconds: in its first second a node cannot tell what was made before.
        app.later(1);
        Self { app, keys: SigningKeys::new(vec![key], vec![]), public }
    }

    fn honest(&self, jti: &str) -> Map<String, Value> {
        let now = self.app.provider.clock.now().unix_timestamp();
        let claims = json!({
            "iss": "portal-key", "sub": "portal-key", "aud": format!("{}/oauth2/token", self.app.base), "jti": jti, "iat": now, "exp": now + 60,
        });
        claims.as_object().unwrap().clone()
    }

    fn sign(&self, claims: &Map<String, Value>) -> String {
        self.keys.sign(SigningAlg::ES256, "JWT", claims).unwrap()
    }

    async fn present(&self, assertion: &str) -> Answer {
        self.present_as(assertion, &[]).await
    }

    async fn present_as(&self, assertion: &str, extra: &[(&str, &str)]) -> Answer {
        let mut fields =
            vec![("grant_type", "client_credentials"), ("client_assertion_type", ASSERTION_TYPE), ("client_assertion", assertion)];
        fields.extend_from_slice(extra);
        self.app.portal().bare_post("/oauth2/token", &[], &fields).await
    }
}

fn refused(answer: &Answer, what: &str) {
    assert_eq!(answer.status, 401, "{what}: {}", answer.body);
    assert_eq!(answer.json()["error"], "invalid_client", "{what}");
    assert!(answer.header("www-authenticate").starts_with("Basic"), "{what}");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_honest_assertion_is_accepted_once() {
    let holder = KeyHolder::start().await;
    let assertion = holder.sign(&holder.honest("jti-1"));
    let answer = holder.present(&assertion).await;
    assert_eq!(answer.status, 200, "{}", answer.body);
    refused(&holder.present(&assertion).await, "a replay");
    let issuer = holder.app.base.clone();
    let mut claims = holder.honest("jti-2");
    claims.insert("aud".to_owned(), json!([issuer]));
    assert_eq!(
        holder.present_as(&holder.sign(&claims), &[("client_id", "portal-key")]).await.status,
        200,
        "the issuer is an audience, too"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_replay_is_recognised_by_jti_however_the_assertion_is_written() {
    let holder = KeyHolder::start().await;
    let claims = holder.honest("the-same");
    let (one, two) = (holder.sign(&claims), holder.sign(&claims));
    assert_ne!(one, two, "ES256 signatures differ each time");
    assert_eq!(holder.present(&one).await.status, 200);
    refused(&holder.present(&two).await, "the same jti signed again");
    holder.app.later(59);
    refused(&holder.present(&one).await, "just before it expires");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_assertion_that_was_used_before_a_restart_is_not_taken_again() {
    let holder = KeyHolder::start().await;
    let used = holder.sign(&holder.honest("used"));
    let unused = holder.sign(&holder.honest("unused"));
    assert_eq!(holder.present(&used).await.status, 200);
    holder.app.later(1);
    let node = holder.app.restarted().await;
    let present = async |assertion: &str| {
        let fields = [("grant_type", "client_credentials"), ("client_assertion_type", ASSERTION_TYPE), ("client_assertion", assertion)];
        node.portal().bare_post("/oauth2/token", &[], &fields).await
    };
    for (assertion, what) in [(&used, "a replay"), (&unused, "whether this one was used the node cannot know")] {
        let answer = present(assertion).await;
        refused(&answer, what);
        assert!(answer.json()["error_description"].as_str().unwrap().contains("make a new one, with iat"), "{}", answer.body);
    }
    holder.app.later(1);
    let new = holder.sign(&holder.honest("new"));
    assert_eq!(present(&new).await.status, 200, "made since");
    refused(&present(&new).await, "and that one once");
    // Without iat an assertion may be as old as assertions get.
    let mut timeless = holder.honest("timeless");
    timeless.remove("iat");
    refused(&present(&holder.sign(&timeless)).await, "it may be nine minutes old");
    let exp = node.provider.clock.now().unix_timestamp() + 600;
    timeless.extend([("exp".to_owned(), json!(exp)), ("jti".to_owned(), json!("timeless-2"))]);
    assert_eq!(present(&holder.sign(&timeless)).await.status, 200, "it has the longest lifetime before it");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_assertion_is_good_once_whatever_the_clock_does() {
    let holder = KeyHolder::start().await;
    let (clock, store) = (&holder.app.provider.clock, &holder.app.provider.short_lived);
    let (used, begun) = (holder.sign(&holder.honest("used")), clock.now());
    assert_eq!(holder.present(&used).await.status, 200);
    // An hour ahead the mark is over, and goes when something else comes to its place.
    holder.app.later(3600);
    let mut beside: [u8; 32] = Sha256::digest(b"portal-key\0used").into();
    beside[31] ^= 1;
    store.put(Kind::Interaction, &beside, "", Vec::new(), clock.now() + Duration::MINUTE, clock.now()).await.unwrap();
    refused(&holder.present(&used).await, "expired");
    holder.app.at(begun + Duration::seconds(5));
    refused(&holder.present(&used).await, "back again");
    holder.app.later(1);
    assert_eq!(holder.present(&holder.sign(&holder.honest("new"))).await.status, 200, "an honest client waits for nothing");
    // Back another hour: everything lives an hour longer, the mark as well.
    let second = holder.sign(&holder.honest("second"));
    assert_eq!(holder.present(&second).await.status, 200);
    holder.app.at(begun - Duration::HOUR);
    refused(&holder.present(&second).await, "of another hour");
    holder.app.at(begun + Duration::seconds(10));
    refused(&holder.present(&second).await, "of this hour");
}

#[tokio::test(flavor = "multi_thread")]
async fn wrong_claims_are_refused() {
    let holder = KeyHolder::start().await;
    let now = holder.app.provider.clock.now().unix_timestamp();
    let cases: Vec<(&str, &str, Option<Value>)> = vec![
        ("another issuer", "iss", Some(json!("portal-a"))),
        ("another subject", "sub", Some(json!("portal-a"))),
        ("no issuer", "iss", None),
        ("no subject", "sub", None),
        ("another audience", "aud", Some(json!("https://other.example/token"))),
        ("ours among others", "aud", Some(json!([holder.app.base, "https://other.example/token"]))),
        ("the userinfo endpoint as audience", "aud", Some(json!(format!("{}/oauth2/userinfo", holder.app.base)))),
        ("no audience", "aud", None),
        ("an empty audience", "aud", Some(json!([]))),
        ("expired", "exp", Some(json!(now - 31))),
        ("no expiry", "exp", None),
        ("expiry as text", "exp", Some(json!((now + 60).to_string()))),
        ("an hour ahead", "exp", Some(json!(now + 3600))),
        ("beyond the calendar", "exp", Some(json!(u64::MAX))),
        ("not yet valid", "nbf", Some(json!(now + 120))),
        ("issued in the future", "iat", Some(json!(now + 120))),
        ("no jti", "jti", None),
        ("an empty jti", "jti", Some(json!(""))),
        ("a huge jti", "jti", Some(json!("j".repeat(1000)))),
    ];
    for (number, (what, name, value)) in cases.into_iter().enumerate() {
        let mut claims = holder.honest(&format!("wrong-{number}"));
        match value {
            Some(value) => drop(claims.insert(name.to_owned(), value)),
            None => drop(claims.remove(name)),
        }
        refused(&holder.present(&holder.sign(&claims)).await, what);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn clocks_may_differ_by_half_a_minute() {
    let holder = KeyHolder::start().await;
    let now = holder.app.provider.clock.now().unix_timestamp();
    for (jti, name, value) in [("behind", "exp", now - 20), ("ahead", "iat", now + 20), ("nbf", "nbf", now + 20)] {
        let mut claims = holder.honest(jti);
        claims.insert(name.to_owned(), json!(value));
        assert_eq!(holder.present(&holder.sign(&claims)).await.status, 200, "{name}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn forged_signatures_and_confused_algorithms_are_refused() {
    let holder = KeyHolder::start().await;
    let encode = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
    let kid = holder.public["kid"].as_str().unwrap();
    let payload = encode(&Value::Object(holder.honest("forged")));

    for alg in ["none", "None", "NONE", "nOnE"] {
        let header = encode(&json!({ "alg": alg, "typ": "JWT", "kid": kid }));
        refused(&holder.present(&format!("{header}.{payload}.")).await, alg);
        refused(&holder.present(&format!("{header}.{payload}.AAAA")).await, alg);
    }
    // The public key as an HMAC secret: the classic confusion (RFC 8725 §2.1).
    let header = encode(&json!({ "alg": "HS256", "typ": "JWT", "kid": kid }));
    let input = format!("{header}.{payload}");
    for secret in [holder.public.to_string(), holder.public["x"].as_str().unwrap().to_owned(), String::new()] {
        let mut mac = Hmac::<Sha256>::new_from_slice(secret.as_bytes()).unwrap();
        mac.update(input.as_bytes());
        let signature = URL_SAFE_NO_PAD.encode(mac.finalize().into_bytes());
        refused(&holder.present(&format!("{input}.{signature}")).await, "HS256 with the public key");
    }
    let stranger = Arc::new(SigningKey::generate(SigningAlg::ES256).unwrap());
    let foreign = SigningKeys::new(vec![Arc::clone(&stranger)], vec![]).sign(SigningAlg::ES256, "JWT", &holder.honest("foreign")).unwrap();
    refused(&holder.present(&foreign).await, "a stranger's key");
    let signature = foreign.split('.').nth(2).unwrap();
    // A key of the attacker's own in the header.
    let header = encode(&json!({ "alg": "ES256", "typ": "JWT", "kid": kid, "jwk": stranger.public_jwk() }));
    refused(&holder.present(&format!("{header}.{payload}.{signature}")).await, "a key in the header");
    let header = encode(&json!({ "alg": "ES256", "typ": "JWT", "kid": kid, "crit": ["exp"] }));
    refused(&holder.present(&format!("{header}.{payload}.{signature}")).await, "critical headers");
    let honest = holder.sign(&holder.honest("zero"));
    let zero = format!("{}.{}", honest.rsplit_once('.').unwrap().0, URL_SAFE_NO_PAD.encode([0; 64]));
    refused(&holder.present(&zero).await, "a signature of zeros");
    let swapped = format!("{}.{payload}.{}", honest.split('.').next().unwrap(), honest.split('.').nth(2).unwrap());
    refused(&holder.present(&swapped).await, "another payload under a good signature");
    for rubbish in ["x", "..", "a.b.c", "é.é.é", &"a".repeat(9000)] {
        let answer = holder.present(rubbish).await;
        assert!(answer.status == 401 || answer.status == 400, "{rubbish:.9}: {}", answer.status);
    }
    // Our own ID token is signed by a good key, but not by the client's.
    let ours = holder.app.portal().signed_in(&holder.app, "openid").await.id_token;
    let answer = holder.present_as(&ours, &[("client_id", "portal-key")]).await;
    assert!(answer.status == 400 || answer.status == 401, "our own ID token: {}", answer.body);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_client_with_a_key_has_no_other_way_in() {
    let holder = KeyHolder::start().await;
    let assertion = holder.sign(&holder.honest("once"));
    let portal = holder.app.portal();
    let grant = ("grant_type", "client_credentials");
    let cases: &[(&[(&str, &str)], u16)] = &[
        (&[("client_id", "portal-key")], 401),
        (&[("client_id", "portal-key"), ("client_secret", "")], 401),
        (&[("client_id", "portal-key"), ("client_secret", "guess")], 401),
        (&[("client_assertion", &assertion)], 400),
        (&[("client_assertion_type", ASSERTION_TYPE), ("client_id", "portal-key")], 400),
        (&[("client_assertion", &assertion), ("client_assertion_type", "urn:ietf:params:oauth:client-assertion-type:saml2-bearer")], 400),
        (&[("client_assertion", &assertion), ("client_assertion_type", ASSERTION_TYPE), ("client_secret", "x")], 400),
        (&[("client_assertion", &assertion), ("client_assertion_type", ASSERTION_TYPE), ("client_id", "portal-a")], 400),
    ];
    for (fields, status) in cases {
        let fields = [&[grant], *fields].concat();
        let answer = portal.bare_post("/oauth2/token", &[], &fields).await;
        assert_eq!(answer.status, *status, "{fields:?}: {}", answer.body);
    }
    // A confidential client with a secret cannot switch to an assertion either.
    let mut claims = holder.honest("switch");
    claims.extend([("iss".to_owned(), json!("portal-a")), ("sub".to_owned(), json!("portal-a"))]);
    refused(&holder.present(&holder.sign(&claims)).await, "a secret's client with an assertion");
    assert_eq!(holder.present(&assertion).await.status, 200, "none of this used the assertion up");
}
