//! The record of a release that the law wants kept five years (Decree 69/2024 Art. 17.2; Art. 28.4): who, to which portal, what, when, from where.

use actix_web::HttpRequest;
use oidc_provider::authorization::Authentication;
use persistence::grants::Grant;
use persistence::usage::{UsageKind, UsageRecord};
use serde_json::Value;

use crate::disclosure::Release;
use crate::http::address::client_address;
use crate::provider::Provider;

/// One record. It names every attribute that the tokens of this moment can release, not only those fetched later.
#[must_use]
pub fn usage_record(
    request: &HttpRequest,
    provider: &Provider,
    grant: &Grant,
    kind: UsageKind,
    release: &Release,
    authentication: &Authentication,
) -> UsageRecord {
    let now = provider.clock.now();
    let level =
        |name: &str| authentication.claims.get(name).and_then(Value::as_i64).and_then(|level| i16::try_from(level).ok()).unwrap_or(1);
    let id = provider.randomness.uuid(now);
    UsageRecord {
        id,
        grant_id: grant.id,
        account_id: grant.account_id,
        client_id: grant.client_id.clone(),
        at: now,
        kind,
        attributes: release.names(),
        account_level: level("account_level"),
        authentication_level: level("authentication_level"),
        acr: authentication.acr.clone(),
        address: UsageRecord::seal_address(&provider.keyring, id, &client_address(request, provider).to_string()),
    }
}
