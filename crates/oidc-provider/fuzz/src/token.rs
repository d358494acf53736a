//! The direct requests of clients: the `Authorization` header in the first line, the body after it.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use oidc_provider::client::{Client, ClientAuthentication};
use oidc_provider::client_authentication::{AssertionContext, Credentials, authenticate, authenticate_unknown};
use oidc_provider::parameters::Parameters;
use oidc_provider::token::Grant;
use oidc_provider::{introspection, revocation};

use crate::actors::{ISSUER, NOW, SECRET, TOKEN_ENDPOINT, client};

/// Nobody is authenticated who does not show the client's secret in the registered way, and in no other way beside it; a grant is what the form says.
pub fn run(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else { return };
    let (header, body) = text.split_once('\n').unwrap_or((text, ""));
    let header = Some(header).filter(|header| !header.is_empty());
    let Ok(parameters) = Parameters::parse(body.as_bytes()) else { return };
    if let Ok(credentials) = Credentials::extract(header, &parameters) {
        assert_eq!(parameters.duplicate(), None, "a parameter came twice");
        match client(credentials.client_id()) {
            Some(client) => known(client, &credentials, header, &parameters),
            None => _ = authenticate_unknown(&credentials),
        }
        let named = credentials.client_id().contains(SECRET);
        assert!(named || !format!("{credentials:?}").contains(SECRET), "a secret in the log");
    }
    grant(&parameters);
    for read in [introspection::parse(&parameters).ok(), revocation::parse(&parameters).ok()].into_iter().flatten() {
        assert!(read.token.len() <= 8192 && parameters.duplicate().is_none());
        assert!(read.token.is_empty() || Some(read.token.as_str()) == parameters.value("token"));
    }
}

fn known(client: &Client, credentials: &Credentials, header: Option<&str>, parameters: &Parameters) {
    let audiences = [ISSUER.to_owned(), TOKEN_ENDPOINT.to_owned()];
    let context = AssertionContext { audiences: &audiences, now: NOW, keys: None };
    if authenticate(client, credentials, &context).is_err() {
        return;
    }
    let (secret, assertion) = (parameters.value("client_secret"), parameters.value("client_assertion"));
    match client.authentication {
        ClientAuthentication::None => assert_eq!((header, secret, assertion), (None, None, None), "{}", client.client_id),
        ClientAuthentication::ClientSecretPost(_) => assert_eq!((header, secret, assertion), (None, Some(SECRET), None)),
        ClientAuthentication::ClientSecretBasic(_) => {
            assert_eq!((secret, assertion), (None, None));
            let token = header.and_then(|header| header.split_once(' ')).map(|(_, token)| token.trim()).unwrap_or_default();
            let shown = String::from_utf8(STANDARD.decode(token).unwrap_or_default()).unwrap_or_default();
            let (_, shown) = shown.split_once(':').unwrap_or_default();
            let decoded =
                form_urlencoded::parse(format!("x={}", shown.replace('&', "%26")).as_bytes()).next().map(|(_, value)| value.into_owned());
            assert!(shown == SECRET || decoded.as_deref() == Some(SECRET), "{shown}");
        }
        // The fuzzer cannot sign; the target `assertion` can.
        ClientAuthentication::PrivateKeyJwt(_) => panic!("an assertion that nobody signed was taken: {assertion:?}"),
    }
}

fn grant(parameters: &Parameters) {
    let Ok(grant) = Grant::parse(parameters) else { return };
    assert_eq!(parameters.duplicate(), None, "a parameter came twice");
    match &grant {
        Grant::AuthorizationCode { code, redirect_uri, code_verifier } => {
            assert_eq!(Some(code.expose()), parameters.value("code"));
            assert_eq!(redirect_uri.as_deref(), parameters.value("redirect_uri"));
            assert_eq!(code_verifier.is_some(), parameters.value("code_verifier").is_some());
        }
        Grant::RefreshToken { refresh_token, .. } => assert_eq!(Some(refresh_token.as_str()), parameters.value("refresh_token")),
        Grant::ClientCredentials { .. } => (),
    }
    if let Grant::RefreshToken { scope: Some(scope), .. } | Grant::ClientCredentials { scope: Some(scope) } = &grant {
        assert!(!scope.is_empty());
    }
}
