//! A client's JWK Set, from its registration or its `jwks_uri`.

use oidc_provider::jose::ClientJwks;
use oidc_provider::signing_alg::SigningAlg;
use serde_json::{Value, json};

use crate::actors::{client_key, object, signed};

/// A set with a secret in it is refused whole; only a set that holds the signer's own public key verifies what it signed.
pub fn run(data: &[u8]) {
    let Ok(document) = serde_json::from_slice::<Value>(data) else { return };
    let Ok(jwks) = ClientJwks::parse(&document) else { return };
    let keys = document["keys"].as_array().cloned().unwrap_or_default();
    assert!((1..=32).contains(&keys.len()), "{} keys", keys.len());
    for key in &keys {
        assert!(
            key["kty"] != "oct" && ["k", "d", "p", "q", "dp", "dq", "qi", "oth"].iter().all(|secret| key.get(secret).is_none()),
            "{key}"
        );
    }
    let jwt = signed("JWT", &object(json!({ "sub": "portal-k" })));
    if jwks.verify(&jwt, &SigningAlg::ALL).is_ok() {
        let own = client_key().public_jwk();
        assert!(keys.iter().any(|key| key["kty"] == "OKP" && key["x"] == own["x"]), "{document} verified what another key signed");
    }
    assert!(jwks.verify(&jwt, &[SigningAlg::RS256]).is_err(), "an algorithm that is not allowed");
    assert!(jwks.verify("e30.e30.", &SigningAlg::ALL).is_err());
}
