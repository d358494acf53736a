//! One authorization in progress, kept for ten minutes between the pages that it takes.

use std::collections::BTreeSet;
use std::net::IpAddr;

use account_policy::Attribute;
use oidc_provider::authorization::ResolvedRequest;
use persistence::{Consumed, Full, Kind};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use time::OffsetDateTime;
use uuid::Uuid;

use crate::provider::Provider;
use crate::throttle;

/// What the citizen has done so far for one portal's request, in one browser.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Interaction {
    /// Random; stands in the page's address and forms. Worth nothing without the browser's cookie.
    pub id: String,
    /// The portal's request, proven.
    pub request: ResolvedRequest,
    /// The hash of the browser that it belongs to: the first that fetches a page of it.
    pub browser: Option<[u8; 32]>,
    /// The account whose holder took the steps below.
    pub account: Option<Uuid>,
    /// The session that was signed in to, or raised, within this very interaction.
    pub authenticated: Option<Uuid>,
    /// Which factors this interaction saw proven or declined.
    pub steps: Steps,
    /// The attributes that the consent page listed when it was last shown to this person; `None` before it was.
    pub shown: Option<BTreeSet<Attribute>>,
    /// The attributes that the citizen agreed to release, once asked.
    pub consented: Option<BTreeSet<Attribute>>,
    /// When it lapses.
    pub expires_at: OffsetDateTime,
}

/// How many pages one network (an IPv4 address, an IPv6 /64) may have in progress: a twentieth of the room, so that no single host takes it
/// all. Many people share an address behind a carrier's translation.
const MOST_OF_ONE_NETWORK: u64 = 10_000;

/// What happened in an interaction besides signing in.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Steps {
    /// The citizen chose to go on with the account that is signed in (`prompt=select_account`).
    pub account_chosen: bool,
    /// The citizen wants to sign in with another account than the one that is signed in.
    pub other_account: bool,
    /// When a one-time code was sent for this interaction, while it is awaited.
    pub code_sent_at: Option<OffsetDateTime>,
    /// The citizen preferred to go on without the voluntary step-up.
    pub step_up_declined: bool,
    /// The guardian agreed to this portal by the code sent to the guardian's phone (Decree 69 Art. 14.2).
    pub guardian_agreed: bool,
}

/// Why an interaction cannot go on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Lost {
    /// It lapsed, or never was.
    Expired,
    /// It has led to its end already: in another tab, or by the back button.
    AlreadyDone {
        /// The client it was for.
        client_id: String,
    },
    /// It belongs to another browser.
    OtherBrowser,
}

impl Interaction {
    /// A new one for that request, not stored yet.
    #[must_use]
    pub fn begin(provider: &Provider, request: ResolvedRequest, browser: Option<[u8; 32]>) -> Self {
        use base64::Engine as _;
        let id = base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(provider.randomness.bytes::<16>());
        let expires_at = provider.clock.now() + provider.config.lifetimes.interaction();
        Self { id, request, browser, account: None, authenticated: None, steps: Steps::default(), shown: None, consented: None, expires_at }
    }

    /// Whose interaction it is now. Another tab of the same browser may have signed in as somebody else meanwhile: what one person agreed to
    /// or proved never counts for another.
    pub fn belongs_to(&mut self, account: Uuid) {
        if self.account != Some(account) {
            self.steps = Steps::default();
            self.authenticated = None;
            self.shown = None;
            self.consented = None;
            self.account = Some(account);
        }
    }

    /// Stores it for the first time. `Err(Full)` when too many are in progress; live ones are never evicted.
    pub async fn put(&self, provider: &Provider, from: IpAddr) -> Result<(), Full> {
        if provider.throttle.is_on() {
            let key = throttle::key("interactions", &[&throttle::network(from)]);
            let window = provider.config.lifetimes.interaction();
            let begun = provider.short_lived.count(&key, MOST_OF_ONE_NETWORK, window, provider.clock.now()).await;
            if begun > MOST_OF_ONE_NETWORK {
                return Err(Full);
            }
        }
        let value = serde_json::to_vec(self).expect("an interaction serializes");
        provider.short_lived.put(Kind::Interaction, &key(&self.id), "", value, self.expires_at, provider.clock.now()).await
    }

    /// Stores what changed. `false` when it is no longer live: it lapsed or was completed meanwhile.
    pub async fn keep(&self, provider: &Provider) -> bool {
        let value = serde_json::to_vec(self).expect("an interaction serializes");
        provider.short_lived.replace(Kind::Interaction, &key(&self.id), value, provider.clock.now()).await
    }

    /// Finds a live one and binds it to this browser, or tells why it is lost.
    pub async fn find(provider: &Provider, id: &str, browser: [u8; 32]) -> Result<Self, Lost> {
        let Some(value) = provider.short_lived.get(Kind::Interaction, &key(id), provider.clock.now()).await else {
            return Err(lost(provider, id).await);
        };
        let mut interaction: Self = serde_json::from_slice(&value).map_err(|_| Lost::Expired)?;
        match interaction.browser {
            Some(bound) if bound != browser => Err(Lost::OtherBrowser),
            Some(_) => Ok(interaction),
            None => {
                interaction.browser = Some(browser);
                if interaction.keep(provider).await { Ok(interaction) } else { Err(lost(provider, id).await) }
            }
        }
    }

    /// Ends it: only the first who asks may answer the portal.
    pub async fn complete(&self, provider: &Provider) -> Result<(), Lost> {
        match provider.short_lived.consume(Kind::Interaction, &key(&self.id), "", provider.clock.now()).await {
            Consumed::First(_) => Ok(()),
            Consumed::Again(value) => Err(already_done(&value)),
            Consumed::Unknown => Err(Lost::Expired),
        }
    }

    /// The path that shows its present page.
    #[must_use]
    pub fn path(&self) -> String {
        Self::path_of(&self.id)
    }

    /// The path of an interaction whose id somebody sent; `/` for what cannot be one.
    #[must_use]
    pub fn path_of(id: &str) -> String {
        let plain = !id.is_empty() && id.len() <= 64 && id.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_');
        if plain { format!("/interaction/{id}") } else { "/".to_owned() }
    }

    /// The languages that the portal asked for; tells nothing else, and so needs no proof.
    pub async fn locales(provider: &Provider, id: &str) -> Vec<String> {
        let value = provider.short_lived.get(Kind::Interaction, &key(id), provider.clock.now()).await;
        value
            .and_then(|value| serde_json::from_slice::<Self>(&value).ok())
            .map(|interaction| interaction.request.ui_locales)
            .unwrap_or_default()
    }
}

/// Whether an interaction that is no longer live was completed or lapsed. Nothing that lives is consumed by asking.
async fn lost(provider: &Provider, id: &str) -> Lost {
    if !provider.short_lived.is_consumed(Kind::Interaction, &key(id), provider.clock.now()).await {
        return Lost::Expired;
    }
    match provider.short_lived.consume(Kind::Interaction, &key(id), "", provider.clock.now()).await {
        Consumed::Again(value) => already_done(&value),
        Consumed::First(_) | Consumed::Unknown => Lost::Expired,
    }
}

fn already_done(value: &[u8]) -> Lost {
    match serde_json::from_slice::<Interaction>(value) {
        Ok(interaction) => Lost::AlreadyDone { client_id: interaction.request.client_id },
        Err(_) => Lost::Expired,
    }
}

fn key(id: &str) -> [u8; 32] {
    Sha256::new().chain_update(b"interaction\0").chain_update(id).finalize().into()
}
