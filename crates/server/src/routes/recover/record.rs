//! One recovery in progress: for which number, and what was proven so far.

use account_policy::CitizenId;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use persistence::{Full, Kind, Place};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use time::Duration;

use crate::provider::Provider;

/// From the number to the new password.
const LIFETIME: Duration = Duration::minutes(10);

/// What the short-lived store keeps. It is made for every number alike, whether an account has it or not.
#[derive(Serialize, Deserialize)]
pub(super) struct Recovery {
    /// Random; stands in the page's address and form. Worth nothing without the browser's cookie, which the CSRF token proves.
    #[serde(skip)]
    pub id: String,
    /// The hash of the browser that began it; nobody else sees its page.
    browser: [u8; 32],
    /// The citizen number, sealed: the store may be another machine.
    number: Vec<u8>,
    /// Whether the code on the phone was right already: it is consumed then, and only the second code is still missing.
    pub phone_proven: bool,
    /// Where the citizen came from.
    pub back: Option<String>,
}

impl Recovery {
    /// Begins one. `Err(Full)` when too many are in progress.
    pub async fn begin(provider: &Provider, number: &CitizenId, browser: [u8; 32], back: Option<String>) -> Result<Self, Full> {
        let id = URL_SAFE_NO_PAD.encode(provider.randomness.bytes::<32>());
        let number = provider.keyring.seal(place(&id), number.as_str().as_bytes());
        let recovery = Self { id, browser, number, phone_proven: false, back };
        let now = provider.clock.now();
        provider.short_lived.put(Kind::Recovery, &key(&recovery.id), "", recovery.value(), now + LIFETIME, now).await?;
        Ok(recovery)
    }

    /// The one in progress under that id, in that browser.
    pub async fn find(provider: &Provider, id: &str, browser: [u8; 32]) -> Option<Self> {
        let value = provider.short_lived.get(Kind::Recovery, &key(id), provider.clock.now()).await?;
        let recovery: Self = serde_json::from_slice(&value).ok()?;
        (recovery.browser == browser).then(|| Self { id: id.to_owned(), ..recovery })
    }

    /// Remembers what was proven.
    pub async fn keep(&self, provider: &Provider) {
        provider.short_lived.replace(Kind::Recovery, &key(&self.id), self.value(), provider.clock.now()).await;
    }

    /// Ends it.
    pub async fn end(&self, provider: &Provider) {
        provider.short_lived.remove(Kind::Recovery, &key(&self.id)).await;
    }

    /// Counts a try at its codes; `false` when it has had as many as a code survives. The same for a number without an account.
    pub async fn try_once(&self, provider: &Provider) -> bool {
        let most = provider.config.limits.one_time_code_tries.into();
        provider.short_lived.count(&hash("recovery tries", &self.id), most, LIFETIME, provider.clock.now()).await <= most
    }

    /// The citizen number.
    pub fn number(&self, provider: &Provider) -> Option<CitizenId> {
        let number = provider.keyring.unseal(place(&self.id), &self.number).ok()?;
        CitizenId::parse(std::str::from_utf8(&number).ok()?).ok()
    }

    /// The CSRF purpose of its form.
    pub fn csrf_purpose(&self) -> String {
        format!("recover {}", self.id)
    }

    /// The path that shows its page.
    pub fn path(&self) -> String {
        format!("/account/recover/confirm?recovery={}", self.id)
    }

    fn value(&self) -> Vec<u8> {
        serde_json::to_vec(self).expect("a recovery serializes")
    }
}

fn key(id: &str) -> [u8; 32] {
    hash("recovery", id)
}

fn hash(domain: &str, id: &str) -> [u8; 32] {
    Sha256::new().chain_update(domain).chain_update([0]).chain_update(id).finalize().into()
}

fn place(id: &str) -> Place<'_> {
    Place { table: "recovery", row: id.as_bytes(), column: "number" }
}
