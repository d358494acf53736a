//! The userinfo response (OpenID Connect Core §5.3.2).

use serde_json::{Map, Value};

/// `typ` of a signed userinfo response.
pub const TYPE: &str = "JWT";

/// The JSON form: `sub`, then what was released. §5.3.2: "The sub (subject) Claim MUST always be returned".
pub fn claims(sub: &str, released: Map<String, Value>) -> Map<String, Value> {
    let mut claims = Map::new();
    claims.insert("sub".to_owned(), sub.into());
    add(&mut claims, released);
    claims
}

/// The signed form. §5.3.2: it "SHOULD contain the Claims iss (issuer) and aud (audience)". Sign it with the client's
/// `userinfo_signed_response_alg` and [`TYPE`]; it has no `exp`, which keeps it from passing as an ID token.
pub fn signed_claims(issuer: &str, client_id: &str, sub: &str, released: Map<String, Value>) -> Map<String, Value> {
    let mut claims = Map::new();
    claims.insert("iss".to_owned(), issuer.into());
    claims.insert("aud".to_owned(), client_id.into());
    claims.insert("sub".to_owned(), sub.into());
    add(&mut claims, released);
    claims.remove("exp");
    claims
}

/// Released claims never replace those of the protocol.
fn add(claims: &mut Map<String, Value>, released: Map<String, Value>) {
    for (name, value) in released {
        claims.entry(name).or_insert(value);
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn released() -> Map<String, Value> {
        json!({ "sub": "somebody-else", "iss": "https://evil.example", "exp": 1, "name": "Nguyễn Văn An" }).as_object().cloned().unwrap()
    }

    #[test]
    fn sub_is_always_there_and_never_replaced() {
        assert_eq!(claims("sub-1", Map::new()), *json!({ "sub": "sub-1" }).as_object().unwrap());
        assert_eq!(claims("sub-1", released())["sub"], "sub-1");
    }

    #[test]
    fn the_signed_form_says_from_whom_and_for_whom() {
        let claims = Value::Object(signed_claims("https://dinhdanh.example", "portal-a", "sub-1", released()));
        let expected = r#"{"iss":"https://dinhdanh.example","aud":"portal-a","sub":"sub-1","name":"Nguyễn Văn An"}"#;
        assert_eq!(claims.to_string(), expected);
    }
}
