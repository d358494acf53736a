//! The end of an authorization: consent is written down, a code is put, and nothing leaves before both are.

use std::collections::BTreeSet;

use account_policy::Attribute;
use oidc_provider::authorization;
use oidc_provider::client::{Client, ConsentPolicy};
use oidc_provider::secret;
use persistence::consents::{Consent, Evidence};
use persistence::{Kind, StoreError};

use super::Interaction;
use super::present::Present;
use crate::claims::Assessment;
use crate::claims::assessment::purpose_hash;
use crate::http::address::client_address;
use crate::http::frame::Visit;

/// Issues a code for what was decided. `None` when the store for codes is full.
pub async fn code(
    visit: &Visit<'_>,
    client: &Client,
    interaction: &Interaction,
    present: &Present,
    assessment: &Assessment,
) -> Result<Option<secret::Code>, StoreError> {
    let provider = visit.provider;
    if let Some(attributes) = &interaction.consented
        && client.consent != ConsentPolicy::None
    {
        remember(visit, client, interaction, present, assessment, attributes).await?;
    }
    let now = provider.clock.now();
    let grant_id = provider.randomness.uuid(now);
    let code = secret::Code::of_grant(provider.code_key(), grant_id);
    let request = &interaction.request;
    let issued = authorization::Code {
        grant_id,
        client_id: client.client_id.clone(),
        redirect_uri: request.redirect_uri.clone(),
        code_challenge: request.code_challenge.clone(),
        nonce: request.nonce.clone(),
        scope: request.scope.clone(),
        claims: request.claims.clone(),
        authentication: assessment.authentication.clone(),
        epoch: present.holder.account.epoch,
        expires_at: now + provider.config.lifetimes.code(),
    };
    let value = serde_json::to_vec(&issued).expect("a code's record serializes");
    // The record outlives the code, so that a second use is recognised for as long as somebody could have stolen it.
    let kept_until = issued.expires_at + provider.config.lifetimes.code() * 9;
    let put = provider.short_lived.put(Kind::Code, code.hash().as_bytes(), &client.client_id, value, kept_until, now).await;
    if put.is_ok() {
        provider.metrics.authorization("code");
    }
    Ok(put.is_ok().then_some(code))
}

async fn remember(
    visit: &Visit<'_>,
    client: &Client,
    interaction: &Interaction,
    present: &Present,
    assessment: &Assessment,
    attributes: &BTreeSet<Attribute>,
) -> Result<(), StoreError> {
    let provider = visit.provider;
    let now = provider.clock.now();
    let mut names: BTreeSet<String> = attributes.iter().map(|attribute| attribute.name().to_owned()).collect();
    let mut scope = interaction.request.scope.clone();
    if let Some(before) = present.consent.as_ref().filter(|before| before.purpose_hash == purpose_hash(client)) {
        names.extend(before.claims.iter().cloned());
        scope = scope.union(&before.scope);
    }
    let consent = Consent {
        account_id: present.holder.account.id,
        client_id: client.client_id.clone(),
        scope,
        claims: names,
        purpose_hash: purpose_hash(client),
        given_at: now,
    };
    let event_id = provider.randomness.uuid(now);
    let evidence = Evidence {
        event_id,
        language: visit.language.tag().to_owned(),
        authentication_level: assessment.levels.authentication,
        address: Evidence::seal_address(&provider.keyring, event_id, &client_address(visit.request, provider).to_string()),
    };
    provider.store.run(move |db| consent.give(db, &evidence)).await
}
