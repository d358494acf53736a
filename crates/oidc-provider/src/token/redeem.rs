//! The checks between a consumed code and its tokens.

use time::OffsetDateTime;

use super::TokenError;
use crate::authorization::Code;
use crate::client::Client;
use crate::pkce::CodeVerifier;

/// Whether this client may turn this code into tokens now. The store has consumed the code already: a failed attempt costs it.
pub fn redeem(
    code: &Code,
    redirect_uri: Option<&str>,
    code_verifier: Option<&CodeVerifier>,
    client: &Client,
    now: OffsetDateTime,
) -> Result<(), TokenError> {
    issued_to_this_client(code, client)?;
    not_expired(code, now)?;
    same_redirect_uri(code, redirect_uri)?;
    proof_key(code, code_verifier, client)
}

/// RFC 6749 §4.1.3: "ensure that the authorization code was issued to the authenticated confidential client".
fn issued_to_this_client(code: &Code, client: &Client) -> Result<(), TokenError> {
    if code.client_id == client.client_id { Ok(()) } else { Err(TokenError::CodeOfAnotherClient) }
}

/// RFC 6749 §4.1.2: "The authorization code MUST expire shortly after it is issued".
fn not_expired(code: &Code, now: OffsetDateTime) -> Result<(), TokenError> {
    if now < code.expires_at { Ok(()) } else { Err(TokenError::CodeExpired) }
}

/// RFC 6749 §4.1.3: redirect_uri is REQUIRED if the authorization request had it, "and their values MUST be identical".
fn same_redirect_uri(code: &Code, redirect_uri: Option<&str>) -> Result<(), TokenError> {
    let presented = redirect_uri.ok_or(TokenError::RedirectUriMissing)?;
    if presented == code.redirect_uri.as_str() { Ok(()) } else { Err(TokenError::RedirectUriMismatch) }
}

/// RFC 7636 §4.6, and RFC 9700 §2.1.1: servers "MUST ensure that a token request containing a code_verifier is accepted only if a
/// code_challenge was present in the authorization request".
fn proof_key(code: &Code, code_verifier: Option<&CodeVerifier>, client: &Client) -> Result<(), TokenError> {
    match (&code.code_challenge, code_verifier) {
        // RFC 9700 §2.1.1: "public clients MUST use PKCE"; the authorization endpoint saw to it, and here it is seen again.
        (None, None) if client.needs_pkce() => Err(TokenError::VerifierMissing),
        (None, None) => Ok(()),
        (None, Some(_)) => Err(TokenError::VerifierUnexpected),
        (Some(_), None) => Err(TokenError::VerifierMissing),
        (Some(challenge), Some(verifier)) if challenge.matches(verifier) => Ok(()),
        (Some(_), Some(_)) => Err(TokenError::VerifierWrong),
    }
}

#[cfg(test)]
mod tests {
    use time::Duration;

    use super::*;
    use crate::client::ClientAuthentication;
    use crate::pkce::CodeChallenge;
    use crate::token::fixtures::{NOW, code, confidential_client, other_client};

    const CALLBACK: Option<&str> = Some("https://portal-a.example/cb");

    fn verifier() -> CodeVerifier {
        CodeVerifier::parse("dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk").unwrap()
    }

    #[test]
    fn the_client_that_got_the_code_redeems_it() {
        assert_eq!(redeem(&code(), CALLBACK, Some(&verifier()), &confidential_client(), NOW), Ok(()));
    }

    #[test]
    fn the_challenge_of_rfc_7636_appendix_b_fits_its_verifier() {
        let mut code = code();
        code.code_challenge = Some(CodeChallenge::parse("E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM").unwrap());
        assert_eq!(redeem(&code, CALLBACK, Some(&verifier()), &confidential_client(), NOW), Ok(()));
    }

    #[test]
    fn a_code_issued_to_another_client_is_refused_first() {
        let late = NOW + Duration::hours(1);
        assert_eq!(redeem(&code(), None, None, &other_client(), late), Err(TokenError::CodeOfAnotherClient));
    }

    #[test]
    fn a_code_ends_at_its_second() {
        let code = code();
        let at = |now| redeem(&code, CALLBACK, Some(&verifier()), &confidential_client(), now);
        assert_eq!(at(code.expires_at - Duration::milliseconds(1)), Ok(()));
        assert_eq!(at(code.expires_at), Err(TokenError::CodeExpired));
    }

    #[test]
    fn the_redirect_uri_must_be_the_same_to_the_letter() {
        let at = |uri| redeem(&code(), uri, Some(&verifier()), &confidential_client(), NOW);
        assert_eq!(at(None), Err(TokenError::RedirectUriMissing));
        for wrong in
            ["https://portal-a.example/cb/", "https://portal-a.example/CB", "http://portal-a.example/cb", "https://portal-a.example/cb?"]
        {
            assert_eq!(at(Some(wrong)), Err(TokenError::RedirectUriMismatch), "{wrong}");
        }
    }

    #[test]
    fn a_wrong_or_missing_verifier_is_refused() {
        let wrong = CodeVerifier::parse(&"x".repeat(43)).unwrap();
        let at = |verifier| redeem(&code(), CALLBACK, verifier, &confidential_client(), NOW);
        assert_eq!(at(Some(&wrong)), Err(TokenError::VerifierWrong));
        assert_eq!(at(None), Err(TokenError::VerifierMissing));
    }

    #[test]
    fn a_verifier_without_a_challenge_is_a_downgrade() {
        let mut code = code();
        code.code_challenge = None;
        let verifier = verifier();
        let at = |verifier| redeem(&code, CALLBACK, verifier, &confidential_client(), NOW);
        assert_eq!(at(Some(&verifier)), Err(TokenError::VerifierUnexpected));
        assert_eq!(at(None), Err(TokenError::VerifierMissing));
    }

    #[test]
    fn only_a_confidential_client_registered_without_pkce_goes_without() {
        let code = Code { code_challenge: None, ..code() };
        let confidential = Client { require_pkce: false, ..confidential_client() };
        assert_eq!(redeem(&code, CALLBACK, None, &confidential, NOW), Ok(()));
        let public = Client { authentication: ClientAuthentication::None, ..confidential };
        assert_eq!(redeem(&code, CALLBACK, None, &public, NOW), Err(TokenError::VerifierMissing));
    }
}
