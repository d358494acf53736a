//! Clients, requests and citizens that the chapters share.

use oidc_provider::{
    authorization::{
        Authentication, AuthorizationError, ConsentStanding, IdTokenHint, ResolveContext, ResolveError, ResolvedRequest, Situation,
        Standing, resolve,
    },
    client::{AuthenticationMethod, Client, ClientMetadata, ClientMetadataError, PlainSecret, RegistrationRules},
    parameters::Parameters,
    scope::Scope,
};
use time::{OffsetDateTime, macros::datetime};
use uuid::Uuid;

pub const ISSUER: &str = "https://id.example";
pub const CALLBACK: &str = "https://portal-a.example/cb";
pub const SECRET: &str = "a secret of more than thirty-two characters";
/// The challenge of RFC 7636 Appendix B.
pub const CHALLENGE: &str = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";
pub const NOW: OffsetDateTime = datetime!(2026-11-22 10:00 UTC);

pub fn known_scopes() -> Scope {
    Scope::parse("openid profile phone email address eid offline_access").unwrap()
}

pub fn rules() -> RegistrationRules {
    RegistrationRules { production: true, known_scopes: known_scopes(), sector_redirect_uris: None }
}

/// A web portal as the sample configuration has it.
pub fn portal_metadata() -> ClientMetadata {
    ClientMetadata {
        client_secret: Some(PlainSecret::from(SECRET.to_owned())),
        redirect_uris: vec![CALLBACK.to_owned()],
        post_logout_redirect_uris: vec!["https://portal-a.example/".to_owned()],
        scope: Some(Scope::parse("openid profile phone").unwrap()),
        purpose: Some("Xác định người nộp hồ sơ".to_owned()),
        ..ClientMetadata::new("portal-a")
    }
}

pub fn register(metadata: ClientMetadata) -> Result<Client, ClientMetadataError> {
    metadata.register(&rules())
}

pub fn portal() -> Client {
    register(portal_metadata()).unwrap()
}

/// An installed application without a secret.
pub fn native_app(redirect_uri: &str) -> Client {
    let metadata = ClientMetadata {
        client_secret: None,
        token_endpoint_auth_method: Some(AuthenticationMethod::None),
        application_type: oidc_provider::client::ApplicationType::Native,
        redirect_uris: vec![redirect_uri.to_owned()],
        post_logout_redirect_uris: Vec::new(),
        ..portal_metadata()
    };
    register(metadata).unwrap()
}

/// The parameters of an ordinary request, with some set otherwise; `None` leaves one out.
pub fn parameters(changes: &[(&str, Option<&str>)]) -> Parameters {
    let ordinary = [
        ("response_type", "code"),
        ("client_id", "portal-a"),
        ("redirect_uri", CALLBACK),
        ("scope", "openid profile"),
        ("state", "af0ifjsldkj"),
        ("nonce", "n-0S6_WzA2Mj"),
        ("code_challenge", CHALLENGE),
        ("code_challenge_method", "S256"),
    ];
    let kept = ordinary.into_iter().filter(|(name, _)| changes.iter().all(|(changed, _)| changed != name));
    let changed = changes.iter().filter_map(|(name, value)| Some((*name, (*value)?)));
    Parameters::from_pairs(kept.chain(changed))
}

/// An ID token hint is understood by its own text: `sub/aud`.
pub fn hint(text: &str) -> Option<IdTokenHint> {
    let (sub, aud) = text.split_once('/')?;
    Some(IdTokenHint { sub: sub.to_owned(), aud: vec![aud.to_owned()], sid: Some("sid-1".to_owned()) })
}

pub fn resolve_at(parameters: &Parameters, client: &Client, now: OffsetDateTime) -> Result<ResolvedRequest, ResolveError> {
    let known_acr_values = ["LoA1".to_owned(), "LoA2".to_owned()];
    let context = ResolveContext { known_scopes: &known_scopes(), known_acr_values: &known_acr_values, hints: &hint, now };
    resolve(parameters, client, &context)
}

pub fn ask(client: &Client, changes: &[(&str, Option<&str>)]) -> Result<ResolvedRequest, ResolveError> {
    resolve_at(&parameters(changes), client, NOW)
}

/// The request, resolved, of the ordinary portal.
pub fn asked(changes: &[(&str, Option<&str>)]) -> ResolvedRequest {
    ask(&portal(), changes).unwrap()
}

/// The error that the ordinary portal gets back.
pub fn refused(changes: &[(&str, Option<&str>)]) -> AuthorizationError {
    refusal_of(ask(&portal(), changes))
}

pub fn refusal_of(result: Result<ResolvedRequest, ResolveError>) -> AuthorizationError {
    match result {
        Err(ResolveError::Redirect(redirect)) => redirect.error,
        other => panic!("expected an error for the client, got {other:?}"),
    }
}

/// A citizen who signed in a minute ago.
pub fn citizen() -> Authentication {
    Authentication {
        account: Uuid::from_u128(1),
        sub: "sub-1".to_owned(),
        session: Uuid::from_u128(2),
        sid: "sid-1".to_owned(),
        auth_time: NOW - time::Duration::MINUTE,
        acr: "LoA1".to_owned(),
        amr: vec!["pwd".to_owned()],
        claims: serde_json::Map::new(),
    }
}

/// Signed in, admitted, nothing due.
pub fn at_ease(authentication: &Authentication) -> Situation<'_> {
    Situation {
        authentication: Some(authentication),
        authenticated_here: false,
        chosen_here: false,
        admitted: true,
        binding: Standing::Satisfied,
        voluntary: Standing::Satisfied,
        voluntary_declined: false,
        consent: ConsentStanding::Covered,
        consented_here: false,
    }
}
