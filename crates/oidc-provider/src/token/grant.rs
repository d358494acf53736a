//! What the client presents to get tokens.

use super::TokenError;
use crate::client::{Client, GrantType};
use crate::parameters::Parameters;
use crate::pkce::CodeVerifier;
use crate::scope::Scope;
use crate::secret;

/// A parsed token request (RFC 6749 §4.1.3, §6, §4.4.2).
#[derive(Debug, Clone)]
pub enum Grant {
    /// `grant_type=authorization_code` (RFC 6749 §4.1.3, RFC 7636 §4.5).
    AuthorizationCode {
        /// The code on the wire.
        code: secret::Code,
        /// Must be the one of the authorization request.
        redirect_uri: Option<String>,
        /// Must fit the challenge of the authorization request.
        code_verifier: Option<CodeVerifier>,
    },
    /// `grant_type=refresh_token` (RFC 6749 §6).
    RefreshToken {
        /// To be opened with [`crate::refresh::open`].
        refresh_token: String,
        /// May only narrow what was granted.
        scope: Option<Scope>,
    },
    /// `grant_type=client_credentials` (RFC 6749 §4.4.2).
    ClientCredentials {
        /// May only narrow what is registered.
        scope: Option<Scope>,
    },
}

impl Grant {
    /// Reads a token request's form.
    pub fn parse(params: &Parameters) -> Result<Self, TokenError> {
        // RFC 6749 §3.2: "Request and response parameters MUST NOT be included more than once."
        if params.duplicate().is_some() {
            return Err(TokenError::ParameterRepeated);
        }
        match params.value("grant_type").ok_or(TokenError::GrantTypeMissing)? {
            "authorization_code" => authorization_code(params),
            "refresh_token" => refresh_token(params),
            "client_credentials" => Ok(Self::ClientCredentials { scope: scope(params)? }),
            _ => Err(TokenError::GrantTypeUnsupported),
        }
    }

    /// Which registered grant this is.
    pub fn grant_type(&self) -> GrantType {
        match self {
            Self::AuthorizationCode { .. } => GrantType::AuthorizationCode,
            Self::RefreshToken { .. } => GrantType::RefreshToken,
            Self::ClientCredentials { .. } => GrantType::ClientCredentials,
        }
    }
}

/// Whether the client may use this grant at all. RFC 6749 §5.2 `unauthorized_client`.
pub fn permit(grant: &Grant, client: &Client) -> Result<(), TokenError> {
    if !client.may_use(grant.grant_type()) {
        return Err(TokenError::GrantTypeNotRegistered);
    }
    Ok(())
}

fn authorization_code(params: &Parameters) -> Result<Grant, TokenError> {
    let code = params.value("code").ok_or(TokenError::CodeMissing)?;
    let code = secret::Code::parse(code).map_err(|_| TokenError::CodeMalformed)?;
    let redirect_uri = params.value("redirect_uri").map(str::to_owned);
    let code_verifier = params.value("code_verifier").map(CodeVerifier::parse).transpose();
    let code_verifier = code_verifier.map_err(|_| TokenError::VerifierMalformed)?;
    Ok(Grant::AuthorizationCode { code, redirect_uri, code_verifier })
}

fn refresh_token(params: &Parameters) -> Result<Grant, TokenError> {
    let refresh_token = params.value("refresh_token").ok_or(TokenError::RefreshTokenMissing)?.to_owned();
    Ok(Grant::RefreshToken { refresh_token, scope: scope(params)? })
}

fn scope(params: &Parameters) -> Result<Option<Scope>, TokenError> {
    let Some(text) = params.value("scope") else { return Ok(None) };
    // RFC 6749 §3.3: `scope = scope-token *( SP scope-token )`, so one of spaces alone is malformed.
    let scope = Scope::parse(text).ok().filter(|scope| !scope.is_empty());
    scope.map(Some).ok_or(TokenError::ScopeMalformed)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn code() -> secret::Code {
        secret::Code::of_grant(&secret::CodeKey::new([3; 32]), uuid::Uuid::nil())
    }

    fn parse(pairs: &[(&str, &str)]) -> Result<Grant, TokenError> {
        Grant::parse(&Parameters::from_pairs(pairs.iter().copied()))
    }

    #[test]
    fn a_code_request_is_read() {
        let code = code();
        let verifier = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
        let grant = parse(&[
            ("grant_type", "authorization_code"),
            ("code", code.expose()),
            ("redirect_uri", "https://portal-a.example/cb"),
            ("code_verifier", verifier),
        ]);
        let Ok(Grant::AuthorizationCode { code: read, redirect_uri, code_verifier }) = grant else { panic!("{grant:?}") };
        assert_eq!(read.hash(), code.hash());
        assert_eq!(redirect_uri.as_deref(), Some("https://portal-a.example/cb"));
        assert!(code_verifier.is_some());
    }

    #[test]
    fn every_malformed_request_has_its_cause() {
        let code = code();
        let code = code.expose();
        let cases: [(&[(&str, &str)], TokenError); 13] = [
            (&[], TokenError::GrantTypeMissing),
            (&[("grant_type", "")], TokenError::GrantTypeMissing),
            (&[("grant_type", "password")], TokenError::GrantTypeUnsupported),
            (&[("grant_type", "Authorization_Code"), ("code", code)], TokenError::GrantTypeUnsupported),
            (&[("grant_type", "authorization_code")], TokenError::CodeMissing),
            (&[("grant_type", "authorization_code"), ("code", &code[..63])], TokenError::CodeMalformed),
            (&[("grant_type", "authorization_code"), ("code", "a\0b")], TokenError::CodeMalformed),
            (&[("grant_type", "authorization_code"), ("code", code), ("code", code)], TokenError::ParameterRepeated),
            (&[("grant_type", "authorization_code"), ("code", code), ("code_verifier", "short")], TokenError::VerifierMalformed),
            (&[("grant_type", "refresh_token")], TokenError::RefreshTokenMissing),
            (&[("grant_type", "refresh_token"), ("refresh_token", "x"), ("scope", "a\"b")], TokenError::ScopeMalformed),
            (&[("grant_type", "client_credentials"), ("scope", "é")], TokenError::ScopeMalformed),
            (&[("grant_type", "client_credentials"), ("scope", " ")], TokenError::ScopeMalformed),
        ];
        for (pairs, cause) in cases {
            assert_eq!(parse(pairs).unwrap_err(), cause, "{pairs:?}");
        }
    }

    #[test]
    fn a_grant_that_is_not_registered_is_unauthorized_client() {
        let client = crate::token::fixtures::confidential_client();
        let grant = parse(&[("grant_type", "client_credentials")]).unwrap();
        assert_eq!(permit(&grant, &client), Err(TokenError::GrantTypeNotRegistered));
        let grant = parse(&[("grant_type", "refresh_token"), ("refresh_token", "x")]).unwrap();
        assert_eq!(permit(&grant, &client), Ok(()));
    }
}
