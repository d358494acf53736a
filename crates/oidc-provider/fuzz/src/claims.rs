//! The `claims` parameter.

use oidc_provider::claims_request::ClaimsRequest;
use serde_json::Value;

/// What is read is bounded, asks for what the JSON asks for, and survives being stored.
pub fn run(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else { return };
    let Ok(request) = ClaimsRequest::parse(text) else { return };
    let document: Value = serde_json::from_str(text).unwrap_or_else(|error| panic!("accepted what is no JSON: {error}"));
    for (member, claims) in [("userinfo", &request.userinfo), ("id_token", &request.id_token)] {
        let asked = document[member].as_object();
        assert_eq!(claims.len(), asked.map_or(0, serde_json::Map::len), "{member}");
        assert!(claims.len() <= 64);
        for (name, claim) in claims {
            let asked = asked.and_then(|asked| asked.get(name)).unwrap_or_else(|| panic!("{name} was never asked for"));
            assert!(name.len() <= 128 && !name.chars().any(char::is_control), "{name:?}");
            assert_eq!(claim.essential, asked["essential"] == true, "{name}");
            assert!(claim.values.len() <= 32);
            assert!(claim.value.iter().chain(&claim.values).all(|value| claim.accepts(value)), "{name} refuses what it names");
            assert!(claim.value.iter().chain(&claim.values).all(|value| depth(value) <= 4), "{name} is deep");
        }
    }
    let stored = serde_json::to_string(&request).unwrap_or_default();
    assert_eq!(serde_json::from_str::<ClaimsRequest>(&stored).ok().as_ref(), Some(&request), "kept as {stored}");
    let acr = document["id_token"]["acr"]["essential"] == true;
    assert!(acr || request.essential_acr().is_none(), "a voluntary acr binds");
}

fn depth(value: &Value) -> usize {
    match value {
        Value::Array(items) => 1 + items.iter().map(depth).max().unwrap_or(0),
        Value::Object(members) => 1 + members.values().map(depth).max().unwrap_or(0),
        _ => 0,
    }
}
