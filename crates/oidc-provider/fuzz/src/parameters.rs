//! Queries and form bodies.

use std::collections::BTreeMap;

use oidc_provider::parameters::{MAX_COUNT, MAX_LENGTH, Parameters};

/// What is read is what another reader of forms reads, the first of each name; what came twice is said; bounds hold.
pub fn run(data: &[u8]) {
    let Ok(parameters) = Parameters::parse(data) else { return };
    assert!(data.len() <= MAX_LENGTH && std::str::from_utf8(data).is_ok(), "bounds");
    let pairs: Vec<(String, String)> = form_urlencoded::parse(data).into_owned().collect();
    assert!(pairs.len() <= MAX_COUNT, "{} parameters", pairs.len());
    let mut first = BTreeMap::new();
    let mut again = Vec::new();
    for (name, value) in &pairs {
        assert!(!name.contains('\0') && !value.contains('\0'), "a NUL came through");
        if first.contains_key(name) {
            again.push(name);
        } else {
            first.insert(name, value);
        }
    }
    for (name, value) in &first {
        assert_eq!(parameters.value(name), Some(value.as_str()).filter(|value| !value.is_empty()), "{name}");
        assert_eq!(parameters.is_duplicate(name), again.contains(name), "{name}");
    }
    assert_eq!(parameters.duplicate().is_some(), again.iter().any(|name| *name != "resource"), "a parameter that came twice");
    let rebuilt = Parameters::from_pairs(pairs.iter().map(|(name, value)| (name.as_str(), value.as_str())));
    assert_eq!(rebuilt, parameters, "pairs and bytes make the same parameters");
}
