//! Clients of the sandbox for portal developers: what `docs/integrate.md` and its examples use, ready from the start.

use std::collections::BTreeSet;

use oidc_provider::client::{ApplicationType, AuthenticationMethod, ClaimsProfile, ClientMetadata, GrantType};
use oidc_provider::scope::Scope;

use crate::claims::known_scopes;
use crate::config::DEMO_CLIENT_SECRET;

/// `client_id` of a confidential client that may return to any loopback port.
pub const SANDBOX_PORTAL: &str = "sandbox-portal";
/// `client_id` of a public client, for applications without a server.
pub const SANDBOX_APP: &str = "sandbox-app";
/// `client_id` of a portal of the national federation as it calls today (domain section 4.1).
pub const SANDBOX_VNCONNECT: &str = "sandbox-vnconnect";

/// All three; any of them may ask for every scope, and asks level 1 unless the request says more.
#[must_use]
pub fn developer_clients() -> Vec<ClientMetadata> {
    let mut portal = loopback_client(SANDBOX_PORTAL, "Cổng thử nghiệm của bạn", &["/callback", "/protected/callback"]);
    portal.client_secret = Some(DEMO_CLIENT_SECRET.to_owned().into());
    portal.token_endpoint_auth_method = Some(AuthenticationMethod::ClientSecretBasic);

    let mut app = loopback_client(SANDBOX_APP, "Ứng dụng thử nghiệm của bạn", &["/callback"]);
    app.token_endpoint_auth_method = Some(AuthenticationMethod::None);

    let mut vnconnect = loopback_client(SANDBOX_VNCONNECT, "Cổng VNConnect thử nghiệm", &["/callback", "/sso"]);
    vnconnect.client_secret = Some(DEMO_CLIENT_SECRET.to_owned().into());
    vnconnect.token_endpoint_auth_method = Some(AuthenticationMethod::ClientSecretPost);
    vnconnect.claims_profile = ClaimsProfile::Vnconnect;
    vnconnect.require_pkce = Some(false);
    vnconnect.grant_types = Some(vec![GrantType::AuthorizationCode]);
    vnconnect.scope = Scope::parse("openid profile phone email citizen_id legacy_account").ok();
    vec![portal, app, vnconnect]
}

fn loopback_client(client_id: &str, name: &str, callbacks: &[&str]) -> ClientMetadata {
    let mut client = ClientMetadata::new(client_id);
    // A native client's loopback port is free (RFC 8252 §7.3): the sandbox fits whatever port your portal runs on.
    client.application_type = ApplicationType::Native;
    let hosts = ["http://localhost:3000", "http://127.0.0.1:3000"];
    client.redirect_uris = hosts.iter().flat_map(|host| callbacks.iter().map(move |path| format!("{host}{path}"))).collect();
    // After sign-out the whole address counts (RP-Initiated Logout §3.1).
    client.post_logout_redirect_uris = hosts.iter().map(|host| format!("{host}/")).collect();
    client.client_name = Some(name.to_owned());
    client.sector = Some(client_id.to_owned());
    client.grant_types = Some(BTreeSet::from([GrantType::AuthorizationCode, GrantType::RefreshToken]).into_iter().collect());
    client.scope = Some(known_scopes().clone());
    client.purpose = Some("Thử nghiệm tích hợp đăng nhập".to_owned());
    client.purpose_en = Some("To try an integration".to_owned());
    client
}
