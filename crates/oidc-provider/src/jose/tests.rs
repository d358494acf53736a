use std::sync::Arc;
use std::thread;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use proptest::prelude::*;
use serde_json::{Map, Value, json};

use super::*;

fn keys(algs: &[SigningAlg]) -> SigningKeys {
    SigningKeys::new(algs.iter().map(|alg| Arc::new(SigningKey::generate(*alg).unwrap())).collect(), vec![])
}

fn claims() -> Map<String, Value> {
    json!({ "iss": "https://dinhdanh.example", "sub": "Nguyễn" }).as_object().cloned().unwrap()
}

/// A JWT with any header, payload and signature.
fn forged(header: &Value, payload: &Value, signature: &[u8]) -> String {
    let part = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
    format!("{}.{}.{}", part(header), part(payload), URL_SAFE_NO_PAD.encode(signature))
}

/// A JWT whose signature is good, under any header.
fn signed_with_header(key: &SigningKey, header: &Value) -> String {
    let part = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
    let input = format!("{}.{}", part(header), part(&Value::Object(claims())));
    let signature = key.signer.sign(input.as_bytes()).unwrap();
    compact::with_signature(input, &signature)
}

#[test]
fn the_thumbprint_of_rfc_7638_section_3_1() {
    let jwk = json!({
        "kty": "RSA", "e": "AQAB", "alg": "RS256", "kid": "2011-04-29",
        "n": "0vx7agoebGcQSuuPiLJXZptN9nndrQmbXEps2aiAFbWhM78LhWx4cbbfAAtVT86zwu1RK7aPFFxuhDR1L6tSoc_BJECPebWKRXjBZCiFV4n3oknjhMstn64tZ_2W-5JsGY4Hc5n9yBXArwl93lqt7_RN5w6Cf0h4QyQ5v-65YGjQR0_FDW2QvzqY368QQMicAtaSqzs8KJZgnYb9c7d0zgdAZHzu6qMQvRL5hajrn1n91CbOpbISD08qNLyrdkt-bFTWhAI4vMQFh6WeZu0fM4lFd2NcRwr3XPksINHaQ-G_xBniIqbw0Ls1jF44-csFCur-kEgU8awapJzKnqDKgw",
    });
    assert_eq!(thumbprint(&jwk).unwrap(), "NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs");
}

#[test]
fn the_thumbprint_of_rfc_8037_appendix_a_3() {
    let jwk = json!({ "kty": "OKP", "crv": "Ed25519", "x": "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo" });
    assert_eq!(thumbprint(&jwk).unwrap(), "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k");
    assert_eq!(thumbprint(&json!({ "kty": "oct", "k": "AA" })), None);
    assert_eq!(thumbprint(&json!({ "kty": "EC", "crv": "P-256", "x": "AA" })), None);
}

/// RFC 8037 appendix A.4: Ed25519 is deterministic, so the signature itself can be compared.
#[test]
fn the_ed25519_signature_of_rfc_8037_appendix_a_4() {
    let key = SigningKey::from_private_jwk(&json!({
        "kty": "OKP", "crv": "Ed25519", "alg": "EdDSA",
        "d": "nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A", "x": "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo",
    }))
    .unwrap();
    let signature = key.signer.sign(b"eyJhbGciOiJFZERTQSJ9.RXhhbXBsZSBvZiBFZDI1NTE5IHNpZ25pbmc").unwrap();
    let expected = "hgyY0il_MGCjP0JzlnLWG1PPOt7-09PGcvMg3AIbQR6dWbhijcNR4ki4iylGjg5BhVsPt9g7sVvpAr_MuM0KAg";
    assert_eq!(URL_SAFE_NO_PAD.encode(signature), expected);
}

#[test]
fn every_algorithm_signs_and_verifies_and_survives_storage() {
    for alg in SigningAlg::ALL {
        let key = SigningKey::generate(alg).unwrap();
        let stored = SigningKey::from_private_jwk(&key.private_jwk()).unwrap();
        assert_eq!((key.kid(), key.alg(), key.public_jwk()), (stored.kid(), stored.alg(), stored.public_jwk()));
        let jwt = SigningKeys::new(vec![Arc::new(key)], vec![]).sign(alg, "JWT", &claims()).unwrap();
        let verifying = SigningKeys::new(vec![], vec![Arc::new(stored)]);
        assert_eq!(verifying.verify(&jwt, "JWT"), Ok(claims()), "{alg}");
    }
}

#[test]
fn the_published_set_holds_every_public_key_once_and_nothing_private() {
    let active = Arc::new(SigningKey::generate(SigningAlg::ES256).unwrap());
    let older = Arc::new(SigningKey::generate(SigningAlg::RS256).unwrap());
    let keys = SigningKeys::new(vec![active.clone()], vec![active.clone(), older.clone()]);
    let jwks = keys.jwks();
    assert_eq!(jwks["keys"].as_array().unwrap().len(), 2);
    for jwk in jwks["keys"].as_array().unwrap() {
        for private in ["d", "p", "q", "dp", "dq", "qi", "k"] {
            assert!(jwk.get(private).is_none(), "{private}");
        }
        assert_eq!(jwk["use"], "sig");
        assert!(jwk["kid"].is_string() && jwk["alg"].is_string());
    }
    assert!(!format!("{active:?} {keys:?}").contains(active.private_jwk()["d"].as_str().unwrap()));
    assert_eq!(keys.algs(), [SigningAlg::ES256]);
    assert_eq!(keys.sign(SigningAlg::RS256, "JWT", &claims()), Err(KeyError::NoActiveKey(SigningAlg::RS256)));
}

#[test]
fn alg_none_is_refused() {
    let keys = keys(&[SigningAlg::ES256]);
    let kid = keys.jwks()["keys"][0]["kid"].clone();
    for alg in ["none", "None", "NONE", "nOnE", ""] {
        let jwt = forged(&json!({ "alg": alg, "typ": "JWT", "kid": kid }), &Value::Object(claims()), b"");
        assert_eq!(keys.verify(&jwt, "JWT"), Err(JwtError::AlgorithmRefused), "{alg}");
    }
}

#[test]
fn a_mac_made_with_the_public_key_is_refused() {
    use hmac::{Hmac, KeyInit as _, Mac as _};
    let keys = keys(&[SigningAlg::RS256]);
    let public = keys.jwks()["keys"][0].clone();
    let header = json!({ "alg": "HS256", "typ": "JWT", "kid": public["kid"] });
    let unsigned = forged(&header, &Value::Object(claims()), b"");
    let mut mac = Hmac::<sha2::Sha256>::new_from_slice(public.to_string().as_bytes()).unwrap();
    mac.update(unsigned.trim_end_matches('.').as_bytes());
    let jwt = format!("{unsigned}{}", URL_SAFE_NO_PAD.encode(mac.finalize().into_bytes()));
    assert_eq!(keys.verify(&jwt, "JWT"), Err(JwtError::AlgorithmRefused));
}

#[test]
fn the_header_cannot_choose_another_algorithm_than_the_keys() {
    let key = Arc::new(SigningKey::generate(SigningAlg::RS256).unwrap());
    let keys = SigningKeys::new(vec![key.clone()], vec![]);
    for alg in ["PS256", "ES256", "EdDSA", "RS512"] {
        let jwt = signed_with_header(&key, &json!({ "alg": alg, "typ": "JWT", "kid": key.kid() }));
        assert_eq!(keys.verify(&jwt, "JWT"), Err(JwtError::AlgorithmRefused), "{alg}");
    }
}

#[test]
fn a_token_of_one_type_does_not_pass_as_another() {
    let keys = keys(&[SigningAlg::ES256]);
    let jwt = keys.sign(SigningAlg::ES256, "at+jwt", &claims()).unwrap();
    assert_eq!(keys.verify(&jwt, "JWT"), Err(JwtError::TypeWrong));
    assert!(keys.verify(&jwt, "at+jwt").is_ok());
    let untyped = forged(&json!({ "alg": "ES256", "kid": keys.jwks()["keys"][0]["kid"] }), &json!({}), &[1; 64]);
    assert_eq!(keys.verify(&untyped, "JWT"), Err(JwtError::TypeWrong));
}

#[test]
fn the_media_type_prefix_of_typ_may_be_there_and_case_does_not_count() {
    let key = Arc::new(SigningKey::generate(SigningAlg::ES256).unwrap());
    let keys = SigningKeys::new(vec![key.clone()], vec![]);
    for typ in ["application/at+jwt", "AT+JWT", "Application/At+Jwt"] {
        let jwt = signed_with_header(&key, &json!({ "alg": "ES256", "typ": typ, "kid": key.kid() }));
        assert!(keys.verify(&jwt, "at+jwt").is_ok(), "{typ}");
    }
}

#[test]
fn critical_extensions_are_refused() {
    let key = Arc::new(SigningKey::generate(SigningAlg::ES256).unwrap());
    let keys = SigningKeys::new(vec![key.clone()], vec![]);
    for extension in [json!({ "crit": ["exp"] }), json!({ "crit": [] }), json!({ "b64": false })] {
        let mut header = json!({ "alg": "ES256", "typ": "JWT", "kid": key.kid() });
        header.as_object_mut().unwrap().extend(extension.as_object().cloned().unwrap());
        assert_eq!(keys.verify(&signed_with_header(&key, &header), "JWT"), Err(JwtError::Critical), "{extension}");
    }
}

#[test]
fn keys_inside_the_header_are_not_believed() {
    let attacker = SigningKey::generate(SigningAlg::ES256).unwrap();
    let keys = keys(&[SigningAlg::ES256]);
    let known = keys.jwks()["keys"][0]["kid"].clone();
    let with_known_kid =
        signed_with_header(&attacker, &json!({ "alg": "ES256", "typ": "JWT", "kid": known, "jwk": attacker.public_jwk() }));
    assert_eq!(keys.verify(&with_known_kid, "JWT"), Err(JwtError::SignatureWrong));
    let with_own_kid =
        signed_with_header(&attacker, &json!({ "alg": "ES256", "typ": "JWT", "kid": attacker.kid(), "jwk": attacker.public_jwk() }));
    assert_eq!(keys.verify(&with_own_kid, "JWT"), Err(JwtError::UnknownKey));
    let without_kid = signed_with_header(&attacker, &json!({ "alg": "ES256", "typ": "JWT" }));
    assert_eq!(keys.verify(&without_kid, "JWT"), Err(JwtError::UnknownKey));
}

#[test]
fn changed_claims_and_zero_signatures_are_refused() {
    for alg in SigningAlg::ALL {
        let keys = keys(&[alg]);
        let jwt = keys.sign(alg, "JWT", &claims()).unwrap();
        let parts: Vec<&str> = jwt.split('.').collect();
        let other = URL_SAFE_NO_PAD.encode(r#"{"sub":"another"}"#);
        let signatures =
            [parts[2].to_owned(), String::new(), URL_SAFE_NO_PAD.encode([0; 64]), URL_SAFE_NO_PAD.encode([0; 256]), "AAAA".into()];
        for signature in signatures {
            let forged = format!("{}.{other}.{signature}", parts[0]);
            assert_eq!(keys.verify(&forged, "JWT"), Err(JwtError::SignatureWrong), "{alg} {signature}");
        }
    }
}

#[test]
fn what_is_not_a_jwt_is_malformed() {
    let keys = keys(&[SigningAlg::ES256]);
    let good = keys.sign(SigningAlg::ES256, "JWT", &claims()).unwrap();
    let list = format!("{}.e30.AA", URL_SAFE_NO_PAD.encode("[]"));
    let number = format!("{}.e30.AA", URL_SAFE_NO_PAD.encode(r#"{"alg":"ES256","kid":7}"#));
    let bad = [
        "",
        ".",
        "..",
        "a.b",
        "a.b.c.d",
        "é.é.é",
        "a.b.c\0",
        &good[..good.len() - 1],
        &format!("{good}="),
        &format!("{good}."),
        &list,
        &number,
    ];
    for jwt in bad {
        assert_eq!(keys.verify(jwt, "JWT"), Err(JwtError::Malformed), "{jwt:?}");
    }
    assert_eq!(keys.verify(&"a".repeat(LONGEST_JWT + 1), "JWT"), Err(JwtError::TooLong));
}

#[test]
fn keys_may_be_shared_between_threads() {
    fn shared<T: Send + Sync>() {}
    shared::<SigningKeys>();
    shared::<ClientJwks>();
    shared::<crate::access_token::AccessTokenKeys>();
}

#[test]
fn sixteen_threads_sign_with_one_key() {
    let keys = Arc::new(keys(&SigningAlg::ALL));
    let threads = (0..16).map(|thread| {
        let keys = keys.clone();
        thread::spawn(move || {
            for alg in SigningAlg::ALL.into_iter().cycle().take(20) {
                let claims = json!({ "thread": thread }).as_object().cloned().unwrap();
                let jwt = keys.sign(alg, "JWT", &claims).unwrap();
                assert_eq!(keys.verify(&jwt, "JWT"), Ok(claims));
            }
        })
    });
    threads.collect::<Vec<_>>().into_iter().for_each(|thread| thread.join().unwrap());
}

#[test]
fn a_private_key_whose_halves_differ_is_refused() {
    let (one, two) = (SigningKey::generate(SigningAlg::EdDSA).unwrap(), SigningKey::generate(SigningAlg::EdDSA).unwrap());
    let mut mixed = one.private_jwk();
    mixed["x"] = two.private_jwk()["x"].clone();
    assert!(matches!(SigningKey::from_private_jwk(&mixed), Err(KeyError::Refused(_))));
    for wrong in [json!(null), json!({}), json!({ "kty": "RSA", "alg": "RS256" }), json!({ "kty": "EC", "alg": "HS256" }), one.public_jwk()]
    {
        assert!(SigningKey::from_private_jwk(&wrong).is_err(), "{wrong}");
    }
}

#[test]
fn a_client_signs_with_any_of_its_published_keys() {
    let pair = [SigningKey::generate(SigningAlg::ES256).unwrap(), SigningKey::generate(SigningAlg::PS256).unwrap()];
    let jwks = ClientJwks::parse(&json!({ "keys": pair.each_ref().map(SigningKey::public_jwk) })).unwrap();
    for key in &pair {
        let named = signed_with_header(key, &json!({ "alg": key.alg().to_string(), "kid": key.kid() }));
        assert_eq!(jwks.verify(&named, &SigningAlg::ALL), Ok(claims()));
        let unnamed = signed_with_header(key, &json!({ "alg": key.alg().to_string() }));
        assert_eq!(jwks.verify(&unnamed, &SigningAlg::ALL), Ok(claims()));
    }
    let es256 = signed_with_header(&pair[0], &json!({ "alg": "ES256" }));
    assert_eq!(jwks.verify(&es256, &[SigningAlg::PS256]), Err(JwtError::AlgorithmRefused));
}

#[test]
fn a_clients_keys_are_not_confused() {
    let (rsa, ec) = (SigningKey::generate(SigningAlg::RS256).unwrap(), SigningKey::generate(SigningAlg::ES256).unwrap());
    let jwks = ClientJwks::parse(&json!({ "keys": [rsa.public_jwk(), ec.public_jwk()] })).unwrap();
    let verify = |jwt: String| jwks.verify(&jwt, &SigningAlg::ALL);
    let claims = Value::Object(claims());
    // alg none, a MAC with the public key as secret, the kid of another key, a kid that nobody has, the key's other algorithm.
    assert_eq!(verify(forged(&json!({ "alg": "none" }), &claims, b"")), Err(JwtError::AlgorithmRefused));
    assert_eq!(verify(forged(&json!({ "alg": "HS256", "kid": rsa.kid() }), &claims, &[1; 32])), Err(JwtError::AlgorithmRefused));
    assert_eq!(verify(signed_with_header(&ec, &json!({ "alg": "ES256", "kid": rsa.kid() }))), Err(JwtError::AlgorithmRefused));
    assert_eq!(verify(signed_with_header(&ec, &json!({ "alg": "ES256", "kid": "x" }))), Err(JwtError::UnknownKey));
    assert_eq!(verify(signed_with_header(&rsa, &json!({ "alg": "PS256", "kid": rsa.kid() }))), Err(JwtError::AlgorithmRefused));
    let stranger = SigningKey::generate(SigningAlg::ES256).unwrap();
    assert_eq!(verify(signed_with_header(&stranger, &json!({ "alg": "ES256", "kid": ec.kid() }))), Err(JwtError::SignatureWrong));
}

#[test]
fn an_rsa_key_without_alg_serves_both_rsa_algorithms() {
    for alg in [SigningAlg::RS256, SigningAlg::PS256] {
        let key = SigningKey::generate(alg).unwrap();
        let mut public = key.public_jwk();
        public.as_object_mut().unwrap().remove("alg");
        let jwks = ClientJwks::parse(&json!({ "keys": [public] })).unwrap();
        let jwt = signed_with_header(&key, &json!({ "alg": alg.to_string(), "kid": key.kid() }));
        assert_eq!(jwks.verify(&jwt, &SigningAlg::ALL), Ok(claims()), "{alg}");
    }
}

#[test]
fn a_client_key_set_must_be_public_bounded_and_usable() {
    let key = SigningKey::generate(SigningAlg::ES256).unwrap();
    let parse = |jwks: Value| ClientJwks::parse(&jwks).map(drop);
    assert_eq!(parse(json!({ "keys": [key.public_jwk()] })), Ok(()));
    assert_eq!(parse(json!({ "keys": [key.public_jwk(), { "kty": "oct", "k": "c2VjcmV0" }] })), Err(KeyError::Symmetric));
    assert_eq!(parse(json!({ "keys": [key.private_jwk()] })), Err(KeyError::Private));
    assert_eq!(parse(json!({ "keys": vec![key.public_jwk(); 33] })), Err(KeyError::Malformed));
    for malformed in [json!(null), json!([]), json!({ "keys": 7 }), json!({ "keys": [7] })] {
        assert_eq!(parse(malformed), Err(KeyError::Malformed));
    }
    let mut encryption = key.public_jwk();
    encryption["use"] = "enc".into();
    let mut signing_only = key.public_jwk();
    signing_only["key_ops"] = json!(["sign"]);
    let mut off_curve = key.public_jwk();
    off_curve["x"] = off_curve["y"].clone();
    let short = json!({ "kty": "RSA", "n": URL_SAFE_NO_PAD.encode([0xff; 128]), "e": "AQAB" });
    let huge = json!({ "kty": "RSA", "n": URL_SAFE_NO_PAD.encode([0xff; 4096]), "e": "AQAB" });
    let empty = json!({ "kty": "RSA", "n": "", "e": "" });
    let unknown = json!({ "kty": "PQ", "x": "AA" });
    for unusable in [encryption, signing_only, off_curve, short, huge, empty, unknown, json!({}), json!({ "kty": 7 })] {
        assert_eq!(parse(json!({ "keys": [unusable] })), Err(KeyError::NoneUsable), "{unusable}");
    }
}

proptest! {
    #[test]
    fn reading_any_text_never_panics(text in ".{0,200}") {
        let keys = SigningKeys::new(vec![], vec![]);
        prop_assert!(keys.verify(&text, "JWT").is_err());
        let _ = unverified_claims(&text);
    }

    #[test]
    fn reading_any_three_parts_never_panics(header in any::<Vec<u8>>(), payload in any::<Vec<u8>>(), signature in any::<Vec<u8>>()) {
        let part = |bytes: &[u8]| URL_SAFE_NO_PAD.encode(bytes);
        let jwt = format!("{}.{}.{}", part(&header), part(&payload), part(&signature));
        prop_assert!(SigningKeys::new(vec![], vec![]).verify(&jwt, "JWT").is_err());
        let _ = unverified_claims(&jwt);
    }
}
