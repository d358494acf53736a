//! OpenID Connect Core §5.5: the claims parameter.

use oidc_provider::claims_request::{ClaimsRequest, InvalidClaims};
use serde_json::json;

fn parse(text: &str) -> ClaimsRequest {
    ClaimsRequest::parse(text).unwrap()
}

#[test]
fn the_example_of_the_specification_is_read() {
    let request = parse(
        r#"{"userinfo":{"given_name":{"essential":true},"nickname":null,"email":{"essential":true},"email_verified":{"essential":true},
            "picture":null,"http://example.info/claims/groups":null},
            "id_token":{"auth_time":{"essential":true},"acr":{"values":["urn:mace:incommon:iap:silver"]}}}"#,
    );
    assert_eq!(request.userinfo.len(), 6);
    assert!(request.userinfo["given_name"].essential && !request.userinfo["nickname"].essential);
    assert!(request.id_token["auth_time"].essential);
    assert_eq!(request.voluntary_acr(), ["urn:mace:incommon:iap:silver"]);
    assert_eq!(request.essential_acr(), None);
}

#[test]
fn an_essential_acr_binds_by_value_or_values() {
    let acr = |acr: &str| parse(&format!(r#"{{"id_token":{{"acr":{acr}}}}}"#));
    assert_eq!(acr(r#"{"essential":true,"value":"LoA2"}"#).essential_acr(), Some(vec!["LoA2".to_owned()]));
    let both = acr(r#"{"essential":true,"values":["LoA2","LoA1"]}"#);
    assert_eq!(both.essential_acr(), Some(vec!["LoA2".to_owned(), "LoA1".to_owned()]));
    assert!(both.voluntary_acr().is_empty());
    // Any value will do: the ID token carries one in any case.
    assert_eq!(acr(r#"{"essential":true}"#).essential_acr(), None);
    // Values that no acr can have: nothing can satisfy them.
    assert_eq!(acr(r#"{"essential":true,"values":[1,2]}"#).essential_acr(), Some(vec![]));
    assert_eq!(acr("null").essential_acr(), None);
}

#[test]
fn a_value_is_accepted_when_it_was_named_or_none_was() {
    let request = parse(r#"{"id_token":{"sub":{"value":"248289761001"},"gender":{"values":["male","female"]},"name":null}}"#);
    assert!(request.id_token["sub"].accepts(&json!("248289761001")) && !request.id_token["sub"].accepts(&json!("1")));
    assert!(request.id_token["gender"].accepts(&json!("female")) && !request.id_token["gender"].accepts(&json!("other")));
    assert!(request.id_token["name"].accepts(&json!("anything")));
}

#[test]
fn what_is_not_understood_is_ignored() {
    let request = parse(r#"{"verified_claims":{"x":1},"userinfo":{"name":{"essential":false,"purpose":"x"}},"id_token":null}"#);
    assert_eq!(request, parse(r#"{"userinfo":{"name":null}}"#));
    assert!(parse("{}").is_empty());
}

#[test]
fn malformed_json_is_refused() {
    for text in [
        "",
        "{",
        "null",
        "[]",
        "1",
        "\"x\"",
        "{}{}",
        "{'userinfo':{}}",
        r#"{"userinfo":[]}"#,
        r#"{"userinfo":"name"}"#,
        r#"{"userinfo":{"name":true}}"#,
        r#"{"userinfo":{"name":[]}}"#,
        r#"{"userinfo":{"name":{"essential":"true"}}}"#,
        r#"{"userinfo":{"name":{"values":"x"}}}"#,
        r#"{"userinfo":{"":null}}"#,
        r#"{"userinfo":{"a\u0000b":null}}"#,
        r#"{"userinfo":{"\ud800":null}}"#,
    ] {
        assert_eq!(ClaimsRequest::parse(text), Err(InvalidClaims::Malformed), "{text}");
    }
}

#[test]
fn it_is_bounded() {
    let many = (0..65).map(|index| format!(r#""c{index}":null"#)).collect::<Vec<_>>().join(",");
    let values = vec!["1"; 33].join(",");
    for text in [
        format!(r#"{{"userinfo":{{{many}}}}}"#),
        format!(r#"{{"userinfo":{{"name":{{"values":[{values}]}}}}}}"#),
        format!(r#"{{"userinfo":{{"{}":null}}}}"#, "n".repeat(129)),
        format!(r#"{{"userinfo":{{"name":{{"value":{}1{}}}}}}}"#, "[".repeat(10), "]".repeat(10)),
        " ".repeat(8 * 1024 + 1),
    ] {
        assert_eq!(ClaimsRequest::parse(&text), Err(InvalidClaims::TooLarge));
    }
    // Deeper than any parser should go.
    assert!(ClaimsRequest::parse(&"[".repeat(8000)).is_err());
}

#[test]
fn it_survives_the_store() {
    let request = parse(r#"{"userinfo":{"name":{"essential":true},"x":{"value":{"a":[1]}}},"id_token":{"acr":{"values":["LoA1"]}}}"#);
    let stored = serde_json::to_string(&request).unwrap();
    assert_eq!(serde_json::from_str::<ClaimsRequest>(&stored).unwrap(), request);
}
