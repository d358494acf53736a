use std::sync::Arc;

use proptest::prelude::*;
use serde_json::json;
use time::Duration;
use uuid::uuid;

use super::*;
use crate::jose::SigningKey;
use crate::signing_alg::SigningAlg;
use crate::token::fixtures::{ISSUER, NOW, authentication};

fn sealing() -> AccessTokenKeys {
    AccessTokenKeys::new((2, [2; 32]), [(1, [1; 32])])
}

fn signing() -> SigningKeys {
    SigningKeys::new(vec![Arc::new(SigningKey::generate(SigningAlg::EdDSA).unwrap())], vec![])
}

fn token() -> AccessToken {
    AccessToken {
        token_id: uuid!("0195a000-0000-7000-8000-000000000009"),
        grant_id: Some(uuid!("0195a000-0000-7000-8000-000000000003")),
        client_id: "portal-a".into(),
        scope: Scope::parse("openid profile").unwrap(),
        issued_at: NOW,
        expires_at: NOW + Duration::minutes(10),
    }
}

#[test]
fn a_sealed_token_opens_to_what_was_sealed() {
    let text = sealing().seal(&token(), [7; 12]);
    assert_eq!(sealing().open(&text), Ok(token()));
    let own = AccessToken { grant_id: None, ..token() };
    assert_eq!(sealing().open(&sealing().seal(&own, [8; 12])), Ok(own));
    assert!(text.len() < 300, "{}", text.len());
}

#[test]
fn a_token_of_a_former_key_opens_and_one_of_a_forgotten_key_does_not() {
    let former = AccessTokenKeys::new((1, [1; 32]), []).seal(&token(), [7; 12]);
    assert_eq!(sealing().open(&former), Ok(token()));
    let forgotten = AccessTokenKeys::new((9, [9; 32]), []).seal(&token(), [7; 12]);
    assert_eq!(sealing().open(&forgotten), Err(InvalidAccessToken));
    let same_id_other_key = AccessTokenKeys::new((2, [9; 32]), []).seal(&token(), [7; 12]);
    assert_eq!(sealing().open(&same_id_other_key), Err(InvalidAccessToken));
}

#[test]
fn a_changed_character_anywhere_spoils_a_sealed_token() {
    let text = sealing().seal(&token(), [7; 12]);
    for index in 0..text.len() {
        let mut bad = text.clone().into_bytes();
        bad[index] = if bad[index] == b'A' { b'B' } else { b'A' };
        assert_eq!(sealing().open(std::str::from_utf8(&bad).unwrap()), Err(InvalidAccessToken), "character {index}");
    }
    for bad in ["", "A", &text[..text.len() - 4], &format!("{text}AAAA"), &format!("{text}="), &"A".repeat(20_000)] {
        assert_eq!(sealing().open(bad), Err(InvalidAccessToken));
    }
}

#[test]
fn a_token_is_over_at_its_second() {
    let (sealing, signing) = (sealing(), signing());
    let text = sealing.seal(&token(), [7; 12]);
    let at = |now| open(&sealing, &signing, ISSUER, &text, now);
    assert_eq!(at(NOW + Duration::seconds(599)), Ok(token()));
    assert_eq!(at(NOW + Duration::minutes(10)), Err(InvalidAccessToken));
}

#[test]
fn the_jwt_form_is_that_of_rfc_9068() {
    let claims = jwt_claims(&token(), ISSUER, "https://dinhdanh.example/api/v1", "sub-1", Some(&authentication()));
    insta::assert_snapshot!(serde_json::to_string_pretty(&claims).unwrap(), @r#"
    {
      "iss": "https://dinhdanh.example",
      "exp": 1772352300,
      "aud": "https://dinhdanh.example/api/v1",
      "sub": "sub-1",
      "client_id": "portal-a",
      "iat": 1772352000,
      "jti": "0195a000-0000-7000-8000-000000000009",
      "auth_time": 1772351880,
      "acr": "LoA2",
      "amr": [
        "pwd",
        "otp",
        "mfa"
      ],
      "scope": "openid profile",
      "gid": "0195a000-0000-7000-8000-000000000003"
    }
    "#);
}

#[test]
fn a_jwt_lives_five_minutes_at_most_and_opens_to_its_token() {
    let (sealing, signing) = (sealing(), signing());
    let claims = jwt_claims(&token(), ISSUER, "https://api.example", "portal-a", None);
    let jwt = signing.sign(SigningAlg::EdDSA, TYPE, &claims).unwrap();
    let expected = AccessToken { expires_at: NOW + LONGEST_JWT_LIFETIME, ..token() };
    assert_eq!(open(&sealing, &signing, ISSUER, &jwt, NOW), Ok(expected));
    assert_eq!(open(&sealing, &signing, ISSUER, &jwt, NOW + LONGEST_JWT_LIFETIME), Err(InvalidAccessToken));
    assert_eq!(open(&sealing, &signing, "https://other.example", &jwt, NOW), Err(InvalidAccessToken));
    assert_eq!(open(&sealing, &self::signing(), ISSUER, &jwt, NOW), Err(InvalidAccessToken));
}

#[test]
fn an_id_token_is_no_access_token() {
    let (sealing, signing) = (sealing(), signing());
    let claims = jwt_claims(&token(), ISSUER, "portal-a", "sub-1", None);
    let id_token = signing.sign(SigningAlg::EdDSA, crate::id_token::TYPE, &claims).unwrap();
    assert_eq!(open(&sealing, &signing, ISSUER, &id_token, NOW), Err(InvalidAccessToken));
}

#[test]
fn jwt_claims_of_another_shape_are_refused() {
    let good = jwt_claims(&token(), ISSUER, "https://api.example", "sub-1", None);
    for (name, value) in [
        ("jti", json!("x")),
        ("jti", json!(null)),
        ("gid", json!(7)),
        ("exp", json!("soon")),
        ("exp", json!(i64::MAX)),
        ("client_id", json!(1)),
        ("scope", json!("a\"b")),
    ] {
        let mut claims = good.clone();
        claims.insert(name.to_owned(), value.clone());
        assert_eq!(from_jwt(&claims, ISSUER), Err(InvalidAccessToken), "{name} {value}");
    }
}

#[test]
fn keys_are_not_printed() {
    assert_eq!(format!("{:?}", sealing()), "AccessTokenKeys { current: 2, .. }");
}

proptest! {
    #[test]
    fn any_record_survives_sealing(client_id in ".{0,60}", id in any::<u128>(), grant in any::<Option<u128>>(), from in 0i64..4_000_000_000, nonce in any::<[u8; 12]>()) {
        let issued_at = OffsetDateTime::from_unix_timestamp(from).unwrap();
        let token = AccessToken {
            token_id: Uuid::from_u128(id),
            grant_id: grant.map(Uuid::from_u128),
            client_id,
            scope: Scope::parse("openid").unwrap(),
            issued_at,
            expires_at: issued_at + Duration::minutes(10),
        };
        prop_assert_eq!(sealing().open(&sealing().seal(&token, nonce)), Ok(token));
    }

    #[test]
    fn opening_any_text_never_panics(text in "\\PC{0,200}") {
        prop_assert_eq!(sealing().open(&text), Err(InvalidAccessToken));
    }

    #[test]
    fn decoding_any_bytes_never_panics(bytes in any::<Vec<u8>>()) {
        let _ = encoding::decode(&bytes);
    }
}
