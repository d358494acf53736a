//! Brute-force defence: after some free tries every further failure makes the next try wait, twice as long each time.
//!
//! Failures are counted per citizen number (known and unknown ones alike), per address (IPv6: per /64) and per client and
//! address. Three rules, each for a way around the other two:
//!
//! 1. After a failure beyond the free tries nothing is tried until a time.
//! 2. When that time has come, one try is let through, not a hundred at once: its outcome decides about the next.
//! 3. Tries on one number are counted when they begin, so that a burst in parallel cannot outrun the counting of failures.
//!
//! A right password forgets the failures of its number, never those of the address: else one own account would buy
//! unlimited guesses at others.
//!
//! There are bounds on how many are counted. A crowd from very many networks puts out counters, the least loaded first: nobody is refused for
//! it, and who has to wait is forgotten last.

use std::net::IpAddr;

use persistence::ShortLived;
use sha2::{Digest, Sha256};
use time::{Duration, OffsetDateTime};

use crate::clock::JUMP;
use crate::config::LimitsConfig;

/// How long a try that was let through alone may take before the next one is let through.
const TURN: Duration = Duration::seconds(10);
/// Tries on one number that may begin within [`BURST_WINDOW`] without one of them succeeding.
const LEAST_BURST: u64 = 32;
const BURST_WINDOW: Duration = Duration::seconds(10);

/// A try at a secret, by those whom a failure counts against.
#[derive(Clone, Copy)]
pub enum Attempt<'a> {
    /// A password for a citizen number, known or not; `number` is its keyed hash.
    SignIn {
        /// Keyed hash of the citizen number.
        number: &'a [u8; 32],
        /// Where the request came from.
        address: IpAddr,
    },
    /// A request or a code for a forgotten password.
    Recovery {
        /// Keyed hash of the citizen number.
        number: &'a [u8; 32],
        /// Where the request came from.
        address: IpAddr,
    },
    /// A client's authentication (RFC 6749 §2.3.1: "MUST protect any endpoint utilizing it against brute force attacks").
    Client {
        /// The `client_id` as presented.
        client_id: &'a str,
        /// Where the request came from.
        address: IpAddr,
    },
}

/// Too many failures: try again later (429 with `Retry-After`, RFC 6585 §4).
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("too many failed tries; the next is allowed in {seconds} s")]
pub struct Throttled {
    /// Whole seconds to wait, at least 1.
    pub seconds: u64,
}

/// The limits. Counters live in the short-lived store, shared by all nodes.
#[derive(Debug, Clone)]
pub struct Throttle {
    limits: Option<LimitsConfig>,
}

impl Throttle {
    /// Whether there are limits at all.
    #[must_use]
    pub fn is_on(&self) -> bool {
        self.limits.is_some()
    }

    /// With these limits.
    #[must_use]
    pub fn new(limits: LimitsConfig) -> Self {
        Self { limits: Some(limits) }
    }

    /// Without any limit: a sandbox with `rate_limits = false`.
    #[must_use]
    pub fn off() -> Self {
        Self { limits: None }
    }

    /// Whether the try may begin. Ask before the secret is looked at; then report [`Self::failed`] or [`Self::succeeded`].
    ///
    /// # Errors
    /// How long to wait.
    pub async fn check(&self, store: &ShortLived, attempt: &Attempt<'_>, now: OffsetDateTime) -> Result<(), Throttled> {
        let Some(limits) = &self.limits else { return Ok(()) };
        let counted = attempt.counted(limits);
        for counter in &counted {
            counter.open(store, limits, now).await?;
        }
        for counter in &counted {
            counter.begin(store, now).await?;
        }
        Ok(())
    }

    /// The secret was wrong, or the number unknown: both count the same.
    pub async fn failed(&self, store: &ShortLived, attempt: &Attempt<'_>, now: OffsetDateTime) {
        let Some(limits) = &self.limits else { return };
        for counter in attempt.counted(limits) {
            counter.failed(store, limits, now).await;
        }
    }

    /// The secret was right: forgets the failures of the number or client, not those of the address.
    pub async fn succeeded(&self, store: &ShortLived, attempt: &Attempt<'_>) {
        let Some(limits) = &self.limits else { return };
        for counter in attempt.counted(limits).iter().filter(|counter| counter.forgiven) {
            counter.forget(store).await;
        }
    }
}

impl Attempt<'_> {
    /// The counters a failure of this attempt raises.
    fn counted(&self, limits: &LimitsConfig) -> Vec<Counter> {
        let own =
            |purpose, parts: &[&[u8]], free: u32, burst| Counter { id: key(purpose, parts), free: free.into(), forgiven: true, burst };
        let burst = Some(LEAST_BURST.max(4 * u64::from(limits.number_tries)));
        let shared = |purpose, address: &IpAddr| Counter {
            id: key(purpose, &[&network(*address)]),
            free: limits.address_tries.into(),
            forgiven: false,
            burst: None,
        };
        match self {
            Self::SignIn { number, address } => {
                vec![shared("sign-in address", address), own("sign-in number", &[number.as_slice()], limits.number_tries, burst)]
            }
            Self::Recovery { number, address } => {
                vec![shared("recovery address", address), own("recovery number", &[number.as_slice()], limits.number_tries, burst)]
            }
            Self::Client { client_id, address } => {
                vec![own("client", &[client_id.as_bytes(), &network(*address)], limits.client_tries, None)]
            }
        }
    }
}

/// One counter of failures.
struct Counter {
    id: [u8; 32],
    free: u64,
    /// Whether a success forgets it.
    forgiven: bool,
    burst: Option<u64>,
}

impl Counter {
    /// Rule 1: not while blocked. Rule 2: after a block, one at a time.
    async fn open(&self, store: &ShortLived, limits: &LimitsConfig, now: OffsetDateTime) -> Result<(), Throttled> {
        let Some(failures) = store.counted(&self.id, now).await else { return Ok(()) };
        let Some(delay) = delay(failures.count, self.free, limits) else { return Ok(()) };
        let until = failures.last + delay;
        // A failure in the future was one before the clock was set back: nobody waits for the clock to come there again.
        let clock_went_back = failures.last - now > JUMP;
        if now < until && !clock_went_back {
            return Err(Throttled { seconds: seconds_up(until - now) });
        }
        let turn = key("turn", &[&self.id, &failures.last.unix_timestamp_nanos().to_be_bytes()]);
        if store.count(&turn, 1, TURN, now).await == 1 { Ok(()) } else { Err(Throttled { seconds: 1 }) }
    }

    /// Rule 3.
    async fn begin(&self, store: &ShortLived, now: OffsetDateTime) -> Result<(), Throttled> {
        let Some(burst) = self.burst else { return Ok(()) };
        let begun = store.count(&self.begun(), burst, BURST_WINDOW, now).await;
        if begun <= burst { Ok(()) } else { Err(Throttled { seconds: seconds_up(BURST_WINDOW) }) }
    }

    async fn failed(&self, store: &ShortLived, limits: &LimitsConfig, now: OffsetDateTime) {
        store.count(&self.id, self.free, limits.window(), now).await;
    }

    async fn forget(&self, store: &ShortLived) {
        store.reset(&self.id).await;
        store.reset(&self.begun()).await;
    }

    fn begun(&self) -> [u8; 32] {
        key("begun", &[&self.id])
    }
}

/// The wait after that many failures: none within the free tries, then doubling up to the longest.
fn delay(failures: u64, free: u64, limits: &LimitsConfig) -> Option<Duration> {
    let beyond = failures.checked_sub(free).filter(|beyond| *beyond > 0)?;
    let doublings = u32::try_from(beyond - 1).unwrap_or(u32::MAX).min(31);
    let seconds = u64::from(limits.first_delay_seconds).saturating_mul(1 << doublings).min(limits.longest_delay_seconds.into());
    Some(Duration::seconds(i64::try_from(seconds).unwrap_or(i64::MAX)))
}

/// What counts as one origin: an IPv4 address, or the /64 that one IPv6 subscriber holds at least (RFC 6177 §2).
pub(crate) fn network(address: IpAddr) -> [u8; 16] {
    match address.to_canonical() {
        IpAddr::V4(address) => address.to_ipv6_mapped().octets(),
        IpAddr::V6(address) => (address.to_bits() & !u128::from(u64::MAX)).to_be_bytes(),
    }
}

pub(crate) fn key(purpose: &str, parts: &[&[u8]]) -> [u8; 32] {
    let mut hash = Sha256::new_with_prefix(b"dinhdanh throttle ");
    hash.update(purpose.as_bytes());
    for part in parts {
        hash.update([0]);
        hash.update(part.len().to_be_bytes());
        hash.update(part);
    }
    hash.finalize().into()
}

fn seconds_up(wait: Duration) -> u64 {
    u64::try_from(wait.whole_milliseconds().max(1)).map_or(1, |millis| millis.div_ceil(1000))
}

#[cfg(test)]
mod tests;
