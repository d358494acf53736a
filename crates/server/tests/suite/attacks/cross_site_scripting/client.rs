//! A client whose operator writes markup into everything that a registration takes.

use dinhdanh::claims::known_scopes;
use oidc_provider::client::{ClientMetadata, ConsentPolicy, GrantType, PlainSecret};

use super::marks::{address, mark};

/// Fills every field that takes text or an address. A new field of [`ClientMetadata`] does not compile before it has its line here; what citizens
/// are to see of it belongs into [`SHOWN`] as well.
pub fn marked() -> ClientMetadata {
    let mut client = ClientMetadata::new("");
    let ClientMetadata {
        client_id,
        client_secret,
        client_secret_file: _, // a path of the operator's machine, read before registration
        client_name,
        client_uri,
        redirect_uris,
        post_logout_redirect_uris,
        application_type: _,
        token_endpoint_auth_method: _,
        jwks,
        jwks_uri,
        grant_types,
        response_types: _, // `code` alone
        scope,
        subject_type: _,
        sector_identifier_uri: _, // fetched at registration; the same rules as jwks_uri
        sector,
        id_token_signed_response_alg: _,
        userinfo_signed_response_alg: _,
        default_max_age: _,
        require_auth_time: _,
        default_acr_values,
        access_token_format: _,
        require_pkce: _,
        consent,
        claims_profile: _,
        min_account_level: _,
        min_authentication_level: _,
        purpose,
        purpose_en,
        agreement_number,
        agreement_expires_on: _,
    } = &mut client;
    *client_id = mark("client-id");
    *client_secret = Some(PlainSecret::from(mark("client-secret")));
    *client_name = Some(mark("client-name"));
    *client_uri = Some(address("client-uri"));
    *redirect_uris = vec![address("redirect-uri")];
    *post_logout_redirect_uris = vec![address("post-logout-redirect-uri")];
    *jwks = Some(mark("jwks").into());
    *jwks_uri = Some(address("jwks-uri"));
    *grant_types = Some(vec![GrantType::AuthorizationCode, GrantType::RefreshToken]);
    *scope = Some(known_scopes().clone());
    *sector = Some(mark("sector"));
    *default_acr_values = vec![mark("default-acr-values")];
    *consent = ConsentPolicy::Always;
    *purpose = Some(mark("purpose"));
    *purpose_en = Some(mark("purpose-en"));
    *agreement_number = Some(mark("agreement-number"));
    client
}

/// The fields that some page shows; the others stand on none.
pub const SHOWN: [&str; 5] = ["client-id", "client-name", "purpose", "purpose-en", "agreement-number"];

/// A client with nothing but an id, which then is its name as well.
pub fn nameless() -> ClientMetadata {
    ClientMetadata {
        client_secret: Some(PlainSecret::from(mark("client-secret"))),
        redirect_uris: vec![address("redirect-uri")],
        ..ClientMetadata::new(&mark("nameless"))
    }
}
