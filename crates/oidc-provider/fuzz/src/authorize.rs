//! Authorization requests: a query in, an address out.

use oidc_provider::authorization::{Delivery, ErrorRedirect, IdTokenHint, ResolveContext, ResolveError, ResolvedRequest};
use oidc_provider::authorization::{client_id, failure, resolve, success};
use oidc_provider::client::{Client, GrantType};
use oidc_provider::parameters::Parameters;
use oidc_provider::secret::{Code, CodeKey};
use url::Url;

use crate::actors::{ISSUER, NOW, client, known_scopes};
use crate::redirect::is_the_clients;

/// Nothing goes to an address that the client did not register, whatever the query says; the answer carries `state` unchanged and `iss`;
/// what is resolved keeps within the client's registration.
pub fn run(data: &[u8]) {
    let Ok(parameters) = Parameters::parse(data) else { return };
    let Some(client) = client_id(&parameters).ok().and_then(client) else { return };
    let known_acr_values = ["LoA1".to_owned(), "LoA2".to_owned()];
    let context = ResolveContext { known_scopes: &known_scopes(), known_acr_values: &known_acr_values, hints: &hint, now: NOW };
    match resolve(&parameters, client, &context) {
        Ok(request) => resolved(&parameters, client, &request),
        Err(ResolveError::Redirect(redirect)) => refused(&parameters, client, &redirect),
        Err(ResolveError::Page(_)) => (),
    }
}

fn resolved(parameters: &Parameters, client: &Client, request: &ResolvedRequest) {
    assert_eq!(parameters.duplicate(), None, "a parameter came twice");
    assert!(request.scope.is_subset_of(&client.scope) && request.scope.contains("openid"), "scope {}", request.scope);
    assert!(!request.is_offline() || client.may_use(GrantType::RefreshToken), "offline_access without refresh tokens");
    assert!(!client.needs_pkce() || request.code_challenge.is_some(), "no PKCE");
    assert_eq!(request.state.as_deref(), parameters.value("state"));
    assert_eq!(request.nonce.as_deref(), parameters.value("nonce"));
    assert!(request.id_token_hint.as_ref().is_none_or(|hint| hint.aud.contains(&client.client_id)), "somebody else's hint");
    assert!(request.acr_values.iter().all(|acr| acr == "LoA1" || acr == "LoA2"), "an acr that we do not know");
    let stored = serde_json::to_string(request).unwrap_or_default();
    assert_eq!(serde_json::from_str::<ResolvedRequest>(&stored).ok().as_ref(), Some(request), "kept as {stored}");
    let code = Code::of_grant(&CodeKey::new([7; 32]), uuid::Uuid::nil());
    arrives(client, request.redirect_uri.as_str(), request.state.as_deref(), ("code", code.expose()), &success(request, &code, ISSUER));
}

fn refused(parameters: &Parameters, client: &Client, redirect: &ErrorRedirect) {
    if !parameters.is_duplicate("state") {
        let short = parameters.value("state").filter(|state| state.len() <= 4096);
        assert_eq!(redirect.state.as_deref(), short, "state is given back");
    }
    let code = redirect.error.code();
    arrives(client, redirect.redirect_uri.as_str(), redirect.state.as_deref(), ("error", code), &failure(redirect, ISSUER));
}

/// The answer goes to the registered address and says what it must.
fn arrives(client: &Client, redirect_uri: &str, state: Option<&str>, says: (&str, &str), delivery: &Delivery) {
    assert!(is_the_clients(client, redirect_uri), "{redirect_uri} is not registered");
    let fields: Vec<(String, String)> = match delivery {
        Delivery::FormPost { action, fields } => {
            assert_eq!(action, redirect_uri);
            fields.iter().map(|(name, value)| ((*name).to_owned(), value.clone())).collect()
        }
        Delivery::Redirect(location) => {
            assert!(location.bytes().all(|byte| byte.is_ascii_graphic()), "{location:?} would split a header");
            let added = location.strip_prefix(redirect_uri).unwrap_or_else(|| panic!("{location} is not below {redirect_uri}"));
            let url = Url::parse(location).unwrap_or_else(|error| panic!("{location}: {error}"));
            let registered = Url::parse(redirect_uri).unwrap_or_else(|error| panic!("{redirect_uri}: {error}"));
            assert_eq!((url.scheme(), url.host_str(), url.port(), url.path()), {
                (registered.scheme(), registered.host_str(), registered.port(), registered.path())
            });
            form_urlencoded::parse(added.trim_start_matches(['?', '&', '#']).as_bytes()).into_owned().collect()
        }
    };
    let said = |name: &str| fields.iter().filter(|(known, _)| known == name).map(|(_, value)| value.as_str()).collect::<Vec<_>>();
    assert_eq!(said("state"), Vec::from_iter(state), "state in {fields:?}");
    assert_eq!(said("iss"), [ISSUER], "iss in {fields:?}");
    assert_eq!(said(says.0), [says.1], "{} in {fields:?}", says.0);
}

/// A hint is understood by its own text: `sub/aud`.
fn hint(text: &str) -> Option<IdTokenHint> {
    let (sub, aud) = text.split_once('/')?;
    Some(IdTokenHint { sub: sub.to_owned(), aud: vec![aud.to_owned()], sid: None })
}
