//! Sign-out requests: a query in, an address out.

use oidc_provider::authorization::IdTokenHint;
use oidc_provider::logout::{LogoutRequest, resolve};
use oidc_provider::parameters::Parameters;

use crate::actors::client;

/// The browser goes nowhere that the client did not register, and only for the client that hint and `client_id` name alike.
pub fn run(data: &[u8]) {
    let Ok(parameters) = Parameters::parse(data) else { return };
    let Ok(request) = LogoutRequest::parse(&parameters) else { return };
    assert_eq!(parameters.duplicate(), None, "a parameter came twice");
    let hint = request.id_token_hint.as_deref().and_then(|text| text.split_once('/')).map(|(sub, aud)| IdTokenHint {
        sub: sub.to_owned(),
        aud: vec![aud.to_owned()],
        sid: Some("sid".to_owned()),
    });
    let client = request.client_id(hint.as_ref()).and_then(client);
    let Ok(resolved) = resolve(&request, hint.as_ref(), client) else { return };
    assert_eq!(request.id_token_hint.is_some(), hint.is_some(), "a hint that nobody issued");
    if let (Some(hint), Some(named)) = (&hint, &request.client_id) {
        assert!(hint.aud.contains(named), "a hint of another client");
    }
    let Some(redirect) = resolved.redirect else { return };
    let (Some(client), Some(presented)) = (client, request.post_logout_redirect_uri.as_deref()) else { panic!("{redirect} for nobody") };
    assert!(client.post_logout_redirect_uris.iter().any(|known| known == presented), "{presented}");
    let added = redirect.strip_prefix(presented).unwrap_or_else(|| panic!("{redirect} is not below {presented}"));
    assert!(redirect.bytes().all(|byte| byte.is_ascii_graphic()), "{redirect:?} would split a header");
    let states: Vec<_> = form_urlencoded::parse(added.trim_start_matches(['?', '&']).as_bytes()).collect();
    assert_eq!(states.iter().map(|(_, state)| state.as_ref()).collect::<Vec<_>>(), Vec::from_iter(request.state.as_deref()));
}
