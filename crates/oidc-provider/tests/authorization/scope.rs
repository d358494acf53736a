//! RFC 6749 §3.3: scope.

use oidc_provider::scope::{InvalidScope, Scope};

fn scope(text: &str) -> Scope {
    Scope::parse(text).unwrap()
}

#[test]
fn a_scope_is_a_set_whose_order_does_not_matter() {
    assert_eq!(scope("openid profile"), scope("profile  openid profile"));
    assert_eq!(scope("profile openid").to_string(), "openid profile");
    assert!(scope("").is_empty() && Scope::empty().is_empty());
}

#[test]
fn characters_outside_of_the_grammar_are_refused() {
    for text in ["open\"id", "open\\id", "openid\tprofile", "openid\nprofile", "hồ_sơ", "a\u{7f}", "a\0"] {
        assert_eq!(Scope::parse(text), Err(InvalidScope), "{text:?}");
    }
}

#[test]
fn case_counts() {
    assert!(!scope("openid").contains("OpenID"));
}

#[test]
fn sets_are_cut_joined_and_compared() {
    let asked = scope("openid profile eid");
    assert_eq!(asked.restricted_to(&scope("openid eid phone")), scope("openid eid"));
    assert_eq!(scope("openid").union(&scope("eid")), scope("openid eid"));
    assert!(scope("openid").is_subset_of(&asked) && !asked.is_subset_of(&scope("openid")));
    assert_eq!(asked.without("eid"), scope("openid profile"));
}

#[test]
fn a_scope_is_one_string_in_json() {
    let json = serde_json::to_string(&scope("openid eid")).unwrap();
    assert_eq!(json, r#""eid openid""#);
    assert_eq!(serde_json::from_str::<Scope>(&json).unwrap(), scope("openid eid"));
    assert!(serde_json::from_str::<Scope>(r#""a\u0000b""#).is_err());
}
