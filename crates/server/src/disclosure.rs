//! What a grant may tell a portal now: the law is asked again at every release, and only what was agreed to leaves.

use std::collections::BTreeSet;

use account_policy::person::Person;
use account_policy::{Attribute, AuthenticationLevel, DisclosureRequest, Refusal, disclose};
use legacy_link::{LinkOutcome, match_accounts};
use oidc_provider::authorization::Authentication;
use oidc_provider::claims_request::ClaimsRequest;
use oidc_provider::client::{ClaimsProfile, Client, ConsentPolicy};
use oidc_provider::scope::Scope;
use persistence::StoreError;
use persistence::consents::Consent;
use persistence::holders::Holder;
use persistence::legacy_accounts::LegacyAccounts;
use serde_json::{Map, Value};
use time::Date;

use crate::claims::values::{Legacy, Source};
use crate::claims::{asked_attributes, values, vnconnect};
use crate::provider::Provider;

/// What a grant asks for and rests on.
#[derive(Clone, Copy)]
pub struct Asked<'a> {
    /// The client it belongs to.
    pub client: &'a Client,
    /// The scope of the token.
    pub scope: &'a Scope,
    /// The `claims` parameter of the authorization request.
    pub claims: &'a ClaimsRequest,
    /// The sign-in that it rests on.
    pub authentication: &'a Authentication,
    /// What the citizen has agreed to with this client, as it stands now.
    pub consent: Option<&'a Consent>,
}

/// What may be released to a grant at this moment.
pub struct Release {
    /// The attributes.
    pub attributes: BTreeSet<Attribute>,
    scope: Scope,
    request: ClaimsRequest,
}

/// Asks the law again: what was granted, of that what is still agreed and still allowed today.
pub fn release(holder: &Holder, asked: Asked<'_>, today: Date) -> Result<Release, Refusal> {
    account_policy::admit(&holder.facts, today)?;
    let Asked { client, scope, claims, authentication, consent } = asked;
    let mut asked = asked_attributes(scope, claims, client);
    // Withdrawn consent stops the release at once, also to tokens that are still out.
    if client.consent != ConsentPolicy::None {
        asked.retain(|attribute| consent.is_some_and(|consent| consent.claims.contains(attribute.name())));
    }
    let level = authentication.claims.get("authentication_level").and_then(Value::as_u64).unwrap_or(1);
    let authentication_level =
        AuthenticationLevel::ALL.into_iter().find(|known| u64::from(known.number()) == level).unwrap_or(AuthenticationLevel::One);
    let disclosure = disclose(&holder.facts, &DisclosureRequest { attributes: &asked, authentication_level }, today)?;
    Ok(Release { attributes: disclosure.released, scope: scope.clone(), request: claims.clone() })
}

impl Release {
    /// Names of what can be released, for the usage record.
    #[must_use]
    pub fn names(&self) -> Vec<String> {
        self.attributes.iter().map(|attribute| attribute.name().to_owned()).collect()
    }

    /// The claims of the userinfo answer.
    pub async fn userinfo(
        &self,
        provider: &Provider,
        holder: &Holder,
        client: &Client,
        sub: &str,
    ) -> Result<Map<String, Value>, StoreError> {
        let legacy = legacy(provider, &client.client_id, &holder.person, &self.attributes).await?;
        let source = Source { person: &holder.person, facts: &holder.facts, legacy: &legacy };
        let wanted = |claim: &str, scope: &str| self.scope.contains(scope) || self.request.userinfo.contains_key(claim);
        let mut claims = values::claims(source, &self.attributes, wanted);
        if client.claims_profile == ClaimsProfile::Vnconnect {
            claims.extend(vnconnect::claims(source, &self.attributes, sub));
        }
        Ok(claims)
    }

    /// The claims of the person that the ID token carries: only those that the `claims` parameter asks for there.
    pub async fn id_token(&self, provider: &Provider, holder: &Holder, client: &Client) -> Result<Map<String, Value>, StoreError> {
        if self.request.id_token.is_empty() {
            return Ok(Map::new());
        }
        let legacy = legacy(provider, &client.client_id, &holder.person, &self.attributes).await?;
        let source = Source { person: &holder.person, facts: &holder.facts, legacy: &legacy };
        Ok(values::claims(source, &self.attributes, |claim, _| self.request.id_token.contains_key(claim)))
    }
}

/// The person's old account at that portal, looked up only where it can be released.
pub async fn legacy(provider: &Provider, client_id: &str, person: &Person, released: &BTreeSet<Attribute>) -> Result<Legacy, StoreError> {
    if !released.contains(&Attribute::LegacyAccount) {
        return Ok(Legacy::None);
    }
    let id = client_id.to_owned();
    let keyring = provider.keyring.clone();
    let asked = person.clone();
    let accounts = provider.store.read(move |db| LegacyAccounts::find(db, &keyring, &id, &asked)).await?;
    Ok(match match_accounts(person, &accounts) {
        LinkOutcome::None => Legacy::None,
        LinkOutcome::Linked { legacy_id, .. } => Legacy::Linked(legacy_id),
        LinkOutcome::Conflict(_) => Legacy::Conflict,
    })
}
