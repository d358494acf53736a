//! What holds for every input: no parser panics, and no near miss matches.

use oidc_provider::{
    authorization::{Prompt, client_id},
    claims_request::ClaimsRequest,
    logout::LogoutRequest,
    parameters::Parameters,
    pkce::{CodeChallenge, CodeVerifier},
    scope::Scope,
};
use proptest::prelude::*;

use crate::actors::{CALLBACK, NOW, native_app, portal, resolve_at};

proptest! {
    #[test]
    fn no_bytes_make_a_parser_panic(raw in proptest::collection::vec(any::<u8>(), 0..400)) {
        if let Ok(parameters) = Parameters::parse(&raw) {
            let _ = client_id(&parameters);
            let _ = resolve_at(&parameters, &portal(), NOW);
            let _ = LogoutRequest::parse(&parameters);
        }
    }

    #[test]
    fn no_text_makes_a_parser_panic(text in any::<String>()) {
        let _ = (Scope::parse(&text), ClaimsRequest::parse(&text), Prompt::parse(&text));
        let _ = (CodeChallenge::parse(&text).is_ok(), CodeVerifier::parse(&text).is_ok());
        let _ = portal().redirect_uri(Some(&text));
        let _ = native_app("http://127.0.0.1/cb").redirect_uri(Some(&text));
    }

    #[test]
    fn no_value_of_any_parameter_makes_resolve_panic(
        name in prop::sample::select(vec!["response_type", "response_mode", "scope", "state", "nonce", "prompt", "max_age", "claims",
            "acr_values", "ui_locales", "display", "login_hint", "id_token_hint", "code_challenge", "code_challenge_method"]),
        value in any::<String>(),
    ) {
        let _ = resolve_at(&crate::actors::parameters(&[(name, Some(&value))]), &portal(), NOW);
    }

    #[test]
    fn parameters_survive_the_wire(pairs in prop::collection::btree_map("[a-z_]{1,10}", "[^\0]{1,30}", 0..10)) {
        let raw = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(&pairs).finish();
        let parameters = Parameters::parse(raw.as_bytes()).unwrap();
        for (name, value) in &pairs {
            prop_assert_eq!(parameters.value(name), Some(value.as_str()));
        }
        prop_assert_eq!(parameters.duplicate(), None);
    }

    #[test]
    fn a_redirect_uri_changed_in_one_character_never_matches(at in 0..CALLBACK.len(), other in any::<char>()) {
        let mut characters: Vec<char> = CALLBACK.chars().collect();
        prop_assume!(characters[at] != other);
        characters[at] = other;
        prop_assert!(portal().redirect_uri(Some(&characters.iter().collect::<String>())).is_err());
    }

    #[test]
    fn nor_with_one_more_or_one_less(at in 0..CALLBACK.len(), more in any::<char>()) {
        let mut longer = CALLBACK.to_owned();
        longer.insert(at, more);
        let mut shorter = CALLBACK.to_owned();
        shorter.remove(at);
        prop_assert!(portal().redirect_uri(Some(&longer)).is_err() && portal().redirect_uri(Some(&shorter)).is_err());
    }

    #[test]
    fn a_native_app_is_only_ever_sent_to_its_own_loopback(presented in "http://(127\\.0\\.0\\.1|localhost|evil\\.example)[:@.]?[0-9a-z@:./?#]{0,12}/cb") {
        if let Ok(uri) = native_app("http://127.0.0.1/cb").redirect_uri(Some(&presented)) {
            let url = url::Url::parse(uri.as_str()).unwrap();
            prop_assert_eq!((url.host_str(), url.path(), url.username()), (Some("127.0.0.1"), "/cb", ""));
        }
    }
}
