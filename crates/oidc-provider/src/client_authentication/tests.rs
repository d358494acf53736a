use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use proptest::prelude::*;
use serde_json::{Value, json};
use time::Duration;

use super::ClientAuthenticationError as Error;
use super::*;
use crate::client::ClientKeys;
use crate::error::{INVALID_CLIENT, INVALID_REQUEST, Registered as _};
use crate::jose::{SigningKey, SigningKeys};
use crate::parameters::Parameters;
use crate::signing_alg::SigningAlg;
use crate::token::fixtures::{ISSUER, NOW, SECRET, confidential_client};

const TOKEN_ENDPOINT: &str = "https://dinhdanh.example/oauth2/token";

fn basic(text: &str) -> String {
    format!("Basic {}", STANDARD.encode(text))
}

fn extract(header: Option<&str>, pairs: &[(&str, &str)]) -> Result<Credentials, Error> {
    Credentials::extract(header, &Parameters::from_pairs(pairs.iter().copied()))
}

fn check_with(client: &Client, credentials: &Credentials, keys: Option<&ClientJwks>) -> Result<Authenticated, Error> {
    let audiences = [ISSUER.to_owned(), TOKEN_ENDPOINT.to_owned()];
    authenticate(client, credentials, &AssertionContext { audiences: &audiences, now: NOW, keys })
}

fn check(client: &Client, header: Option<&str>, pairs: &[(&str, &str)]) -> Result<Authenticated, Error> {
    check_with(client, &extract(header, pairs)?, None)
}

fn with(authentication: ClientAuthentication) -> Client {
    Client { authentication, ..confidential_client() }
}

fn post_client() -> Client {
    with(ClientAuthentication::ClientSecretPost(ClientSecret::parse(SECRET).unwrap().hash()))
}

#[test]
fn the_registered_secret_authenticates_by_header() {
    let header = basic(&format!("portal-a:{SECRET}"));
    assert_eq!(check(&confidential_client(), Some(&header), &[]), Ok(Authenticated { replay: None }));
    let header = header.replace("Basic", "bAsIc");
    assert!(check(&confidential_client(), Some(&header), &[("client_id", "portal-a")]).is_ok());
}

#[test]
fn the_registered_secret_authenticates_in_the_body() {
    assert!(check(&post_client(), None, &[("client_id", "portal-a"), ("client_secret", SECRET)]).is_ok());
}

#[test]
fn basic_credentials_are_form_decoded_and_a_library_that_forgets_to_encode_still_works() {
    let secret = "a+b c%41:d/e=f0123456789012345678";
    let client = with(ClientAuthentication::ClientSecretBasic(ClientSecret::parse(secret).unwrap().hash()));
    for sent in ["portal-a:a%2Bb+c%2541%3Ad%2Fe%3Df0123456789012345678", &format!("portal-a:{secret}")] {
        assert!(check(&client, Some(&basic(sent)), &[]).is_ok(), "{sent}");
    }
    assert_eq!(extract(Some(&basic("https%3A%2F%2Fa.example:x")), &[]).unwrap().client_id(), "https://a.example");
}

#[test]
fn a_wrong_secret_is_invalid_client() {
    for wrong in ["", &SECRET[..31], &format!("{SECRET}0"), &SECRET.to_uppercase()] {
        let result = check(&post_client(), None, &[("client_id", "portal-a"), ("client_secret", wrong)]);
        assert_eq!(result.as_ref().unwrap_err().registered(), INVALID_CLIENT, "{wrong} {result:?}");
    }
    let header = basic("portal-a:0123456789abcdef0123456789abcdeF");
    assert_eq!(check(&confidential_client(), Some(&header), &[]), Err(Error::SecretWrong));
}

#[test]
fn an_unknown_client_is_refused_like_a_wrong_secret() {
    let credentials = extract(Some(&basic("nobody:secret")), &[]).unwrap();
    let unknown = authenticate_unknown(&credentials);
    assert_eq!(unknown, Error::UnknownClient);
    assert_eq!(unknown.body(), Error::SecretWrong.body());
    assert!(CHALLENGE.starts_with("Basic realm="));
}

#[test]
fn only_the_registered_method_counts() {
    let header = basic(&format!("portal-a:{SECRET}"));
    let body = [("client_id", "portal-a"), ("client_secret", SECRET)];
    assert_eq!(check(&post_client(), Some(&header), &[]), Err(Error::MethodMismatch));
    assert_eq!(check(&confidential_client(), None, &body), Err(Error::MethodMismatch));
    assert_eq!(check(&confidential_client(), None, &[("client_id", "portal-a")]), Err(Error::MethodMismatch));
    assert_eq!(check(&with(ClientAuthentication::None), None, &body), Err(Error::MethodMismatch));
    assert!(check(&with(ClientAuthentication::None), None, &[("client_id", "portal-a")]).is_ok());
}

#[test]
fn malformed_and_contradicting_credentials_have_their_cause() {
    let good = basic("portal-a:x");
    let not_utf8 = format!("Basic {}", STANDARD.encode([0xff, b':', b'x']));
    let long = basic(&"x".repeat(9000));
    let (post, assertion) = (("client_secret", "x"), ("client_assertion", "a.b.c"));
    let kind = ("client_assertion_type", ASSERTION_TYPE);
    type Request<'a> = (Option<&'a str>, &'a [(&'a str, &'a str)], Error);
    let cases: [Request<'_>; 20] = [
        (None, &[], Error::Missing),
        (None, &[("client_secret", "x")], Error::Missing),
        (Some("Basic"), &[], Error::HeaderMalformed),
        (Some("Basic "), &[], Error::HeaderMalformed),
        (Some("Basic !!!"), &[], Error::HeaderMalformed),
        (Some("Basic cG9ydGFs"), &[], Error::HeaderMalformed), // no colon
        (Some("Bearer abc"), &[], Error::HeaderMalformed),
        (Some(&not_utf8), &[], Error::HeaderMalformed),
        (Some(&long), &[], Error::HeaderMalformed),
        (Some(&basic(":x")), &[], Error::HeaderMalformed),
        (Some(&basic("portal-a:")), &[], Error::HeaderMalformed),
        (Some(&basic("portal%2:x")), &[], Error::HeaderMalformed),
        (Some(&basic("a%00b:x")), &[], Error::HeaderMalformed),
        (Some(&good), &[post], Error::SeveralMethods),
        (Some(&good), &[kind, assertion], Error::SeveralMethods),
        (None, &[("client_id", "portal-a"), post, kind, assertion], Error::SeveralMethods),
        (Some(&good), &[("client_id", "portal-b")], Error::ClientIdMismatch),
        (None, &[("client_id", "portal-a"), ("client_id", "portal-a")], Error::ParameterRepeated),
        (None, &[assertion], Error::AssertionIncomplete),
        (None, &[("client_assertion_type", "saml2"), assertion], Error::AssertionTypeUnknown),
    ];
    for (header, pairs, cause) in cases {
        assert_eq!(extract(header, pairs).unwrap_err(), cause, "{header:?} {pairs:?}");
    }
    assert_eq!(Error::SeveralMethods.registered(), INVALID_REQUEST);
}

#[test]
fn secrets_are_not_printed() {
    let printed = format!("{:?}", extract(Some(&basic("portal-a:hunter2")), &[]).unwrap());
    assert!(printed.contains("portal-a") && !printed.contains("hunter2"), "{printed}");
}

// private_key_jwt

struct Signer {
    keys: SigningKeys,
    alg: SigningAlg,
}

impl Signer {
    fn new(alg: SigningAlg) -> Self {
        Self { keys: SigningKeys::new(vec![Arc::new(SigningKey::generate(alg).unwrap())], vec![]), alg }
    }

    fn client(&self) -> Client {
        with(ClientAuthentication::PrivateKeyJwt(ClientKeys::Inline(self.keys.jwks())))
    }

    /// What the provider says to an assertion with these claims changed (`null` removes one).
    fn present(&self, client: &Client, changes: Value) -> Result<Authenticated, Error> {
        let mut claims = json!({
            "iss": "portal-a", "sub": "portal-a", "aud": TOKEN_ENDPOINT, "jti": "id-1",
            "iat": NOW.unix_timestamp(), "exp": NOW.unix_timestamp() + 60,
        });
        let claims = claims.as_object_mut().unwrap();
        for (name, value) in changes.as_object().unwrap() {
            claims.insert(name.clone(), value.clone());
        }
        claims.retain(|_, value| !value.is_null());
        let jwt = self.keys.sign(self.alg, "JWT", claims).unwrap();
        check(client, None, &[("client_assertion_type", ASSERTION_TYPE), ("client_assertion", &jwt)])
    }
}

#[test]
fn an_assertion_of_any_algorithm_authenticates_and_names_itself_for_the_replay_check() {
    for alg in SigningAlg::ALL {
        let signer = Signer::new(alg);
        let expected = ReplayGuard { jti: "id-1".into(), issued_at: NOW, expires_at: NOW + Duration::seconds(90) };
        assert_eq!(signer.present(&signer.client(), json!({})), Ok(Authenticated { replay: Some(expected) }), "{alg}");
    }
}

#[test]
fn an_assertion_was_used_by_nobody_before_the_latest_time_that_it_names() {
    let signer = Signer::new(SigningAlg::ES256);
    let now = NOW.unix_timestamp();
    for (changes, seconds) in [
        (json!({ "iat": now - 20 }), -20),
        (json!({ "iat": now - 20, "nbf": now - 10 }), -10),
        (json!({ "iat": null, "nbf": now - 10 }), -10),
        (json!({ "iat": null }), 60 - 600),
        (json!({ "iat": null, "exp": now + 600 }), 0),
        (json!({ "iat": now - 86_400, "exp": now + 590 }), -10),
    ] {
        let guard = signer.present(&signer.client(), changes.clone()).unwrap().replay.unwrap();
        assert_eq!(guard.issued_at, NOW + Duration::seconds(seconds), "{changes}");
    }
}

#[test]
fn the_claims_of_an_assertion_are_checked_as_rfc_7523_says() {
    let signer = Signer::new(SigningAlg::ES256);
    let client = signer.client();
    let now = NOW.unix_timestamp();
    let refused = [
        (json!({ "iss": "portal-b" }), Error::AssertionSubject),
        (json!({ "iss": null }), Error::AssertionSubject),
        (json!({ "aud": "https://other.example" }), Error::AssertionAudience),
        (json!({ "aud": format!("{ISSUER}/") }), Error::AssertionAudience),
        (json!({ "aud": [] }), Error::AssertionAudience),
        (json!({ "aud": [ISSUER, "https://other.example"] }), Error::AssertionAudience),
        (json!({ "aud": 7 }), Error::AssertionAudience),
        (json!({ "aud": null }), Error::AssertionAudience),
        (json!({ "exp": null }), Error::AssertionExpired),
        (json!({ "exp": "soon" }), Error::AssertionExpired),
        (json!({ "exp": now - 30 }), Error::AssertionExpired),
        (json!({ "exp": -1 }), Error::AssertionExpired),
        (json!({ "exp": i64::MIN }), Error::AssertionExpired),
        (json!({ "exp": now + 631 }), Error::AssertionTooLong),
        (json!({ "exp": i64::MAX }), Error::AssertionTooLong),
        (json!({ "exp": u64::MAX }), Error::AssertionTooLong),
        (json!({ "exp": 1e300 }), Error::AssertionTooLong),
        (json!({ "nbf": now + 31 }), Error::AssertionNotYetValid),
        (json!({ "iat": now + 31 }), Error::AssertionNotYetValid),
        (json!({ "nbf": "x" }), Error::AssertionNotYetValid),
        (json!({ "jti": null }), Error::AssertionWithoutId),
        (json!({ "jti": "" }), Error::AssertionWithoutId),
        (json!({ "jti": 7 }), Error::AssertionWithoutId),
        (json!({ "jti": "x".repeat(257) }), Error::AssertionWithoutId),
    ];
    for (changes, cause) in refused {
        assert_eq!(signer.present(&client, changes.clone()), Err(cause), "{changes}");
    }
    assert_eq!(signer.present(&client, json!({ "sub": "portal-b" })), Err(Error::ClientIdMismatch));
    let accepted = [
        json!({ "aud": ISSUER }),
        json!({ "aud": [ISSUER, TOKEN_ENDPOINT] }),
        json!({ "exp": now - 29 }),
        json!({ "exp": now + 600 }),
        json!({ "exp": now as f64 + 59.5 }),
        json!({ "nbf": now + 29, "iat": now + 29 }),
        json!({ "iat": null }),
    ];
    for changes in accepted {
        assert!(signer.present(&client, changes.clone()).is_ok(), "{changes}");
    }
}

#[test]
fn an_assertion_signed_by_a_stranger_is_refused() {
    let (signer, stranger) = (Signer::new(SigningAlg::ES256), Signer::new(SigningAlg::ES256));
    assert_eq!(stranger.present(&signer.client(), json!({})), Err(Error::AssertionSignature(JwtError::UnknownKey)));
}

#[test]
fn an_assertion_without_signature_is_refused() {
    let unsigned = "eyJhbGciOiJub25lIn0.eyJpc3MiOiJwb3J0YWwtYSIsInN1YiI6InBvcnRhbC1hIn0.";
    let pairs = [("client_assertion_type", ASSERTION_TYPE), ("client_assertion", unsigned)];
    let client = Signer::new(SigningAlg::ES256).client();
    assert_eq!(check(&client, None, &pairs), Err(Error::AssertionSignature(JwtError::AlgorithmRefused)));
    assert_eq!(check(&client, None, &[pairs[0], ("client_assertion", "garbage")]), Err(Error::AssertionSignature(JwtError::Malformed)));
}

#[test]
fn keys_behind_a_uri_must_have_been_fetched() {
    let signer = Signer::new(SigningAlg::EdDSA);
    let client = with(ClientAuthentication::PrivateKeyJwt(ClientKeys::Uri("https://portal-a.example/jwks".into())));
    assert_eq!(signer.present(&client, json!({})), Err(Error::KeysUnavailable));
    let claims = json!({ "iss": "portal-a", "sub": "portal-a", "aud": ISSUER, "jti": "1", "exp": NOW.unix_timestamp() + 9 });
    let jwt = signer.keys.sign(SigningAlg::EdDSA, "JWT", claims.as_object().unwrap()).unwrap();
    let credentials = extract(None, &[("client_assertion_type", ASSERTION_TYPE), ("client_assertion", &jwt)]).unwrap();
    let fetched = ClientJwks::parse(&signer.keys.jwks()).unwrap();
    assert!(check_with(&client, &credentials, Some(&fetched)).is_ok());
}

proptest! {
    #[test]
    fn extracting_never_panics(header in ".{0,80}", body in "(client_id|client_secret|client_assertion|client_assertion_type)=.{0,40}") {
        let params = Parameters::parse(body.as_bytes()).unwrap_or_default();
        let _ = Credentials::extract(Some(&header), &params);
        let _ = Credentials::extract(Some(&basic(&header)), &params);
    }
}
