//! An access token, and what stands behind it at this moment.

use oidc_provider::access_token::{self, AccessToken};
use persistence::{GrantStanding, StoreError};
use uuid::Uuid;

use crate::provider::Provider;

/// A token that is good now.
pub struct LiveToken {
    /// What the token says.
    pub token: AccessToken,
    /// The citizen's grant behind it; `None` for a client acting for itself.
    pub granted: Option<Granted>,
}

/// A grant that is good now, its account, and what the citizen has agreed to with the client, as it stands now.
pub type Granted = GrantStanding;

/// Opens a token and looks at its grant, session and account: a lock, a sign-out or a revocation reaches it at once.
pub async fn live_token(provider: &Provider, text: &str) -> Result<Option<LiveToken>, StoreError> {
    let now = provider.clock.now();
    let Ok(token) = access_token::open(provider.access_token_keys(), &provider.signing(), &provider.config.issuer, text, now) else {
        return Ok(None);
    };
    let Some(grant_id) = token.grant_id else { return Ok(Some(LiveToken { token, granted: None })) };
    let granted = granted(provider, grant_id).await?;
    Ok(granted.filter(|granted| granted.grant.client_id == token.client_id).map(|granted| LiveToken { token, granted: Some(granted) }))
}

/// A grant that is good now, with its account and consent: one bounded read.
pub async fn granted(provider: &Provider, grant_id: Uuid) -> Result<Option<Granted>, StoreError> {
    let now = provider.clock.now();
    let today = crate::clock::legal_date(now);
    let keyring = provider.keyring.clone();
    provider.store.read(move |db| Granted::find(db, &keyring, grant_id, now, today)).await
}
