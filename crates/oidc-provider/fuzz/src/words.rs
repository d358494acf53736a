//! The small grammars: scopes, challenges and verifiers, prompts, codes.

use oidc_provider::authorization::Prompt;
use oidc_provider::pkce::{CodeChallenge, CodeVerifier};
use oidc_provider::scope::Scope;
use oidc_provider::secret::{Code, CodeKey};

/// What is accepted keeps to the grammar, and is given back as it came.
pub fn run(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else { return };
    if let Ok(scope) = Scope::parse(text) {
        let allowed = |byte| matches!(byte, 0x21 | 0x23..=0x5B | 0x5D..=0x7E);
        assert!(scope.iter().all(|token| !token.is_empty() && token.bytes().all(allowed)), "{scope}");
        assert!(text.split(' ').all(|token| token.is_empty() || scope.contains(token)), "{text} lost a token");
        assert_eq!(Scope::parse(&scope.to_string()).as_ref(), Ok(&scope));
        assert!(scope.restricted_to(&Scope::empty()).is_empty() && scope.is_subset_of(&scope.union(&Scope::empty())));
    }
    if let Ok(challenge) = CodeChallenge::parse(text) {
        assert_eq!(String::from(challenge), text, "one challenge, one spelling");
    }
    if let Ok(verifier) = CodeVerifier::parse(text) {
        assert!((43..=128).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-._~".contains(&byte)));
        assert!(verifier.matches(&verifier.challenge()));
        assert!(!format!("{verifier:?}").contains(text), "a verifier in the log");
    }
    if let Ok(code) = Code::parse(text) {
        assert_eq!(code.expose(), text);
        assert!(text.len() == 64 && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte)));
        assert_eq!(code.grant(&CodeKey::new([7; 32])), None, "a code that nobody made");
    }
    if let Ok(prompt) = Prompt::parse(text) {
        let stored = serde_json::to_string(&prompt).unwrap_or_default();
        assert_eq!(serde_json::from_str::<Prompt>(&stored).ok().as_ref(), Some(&prompt), "kept as {stored}");
    }
}
