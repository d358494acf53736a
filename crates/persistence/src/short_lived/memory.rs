//! [`ShortLived`](super::ShortLived) in this process: sharded maps, each with its entries in order of expiry.

use std::collections::{BTreeSet, HashMap, VecDeque};

use parking_lot::Mutex;
use time::{Duration, OffsetDateTime};

use super::counters::Counters;
use super::quota::Quota;
use super::reach::Reach;
use super::{Consumed, Counted, Full, Key, Kind, Lifetime, Seen};
use crate::columns::ms;

const SHARDS: usize = 64;
/// Expired entries swept by each write: more than one, so that the store shrinks faster than it grows.
const SWEEP: usize = 4;
/// Redeemed codes of a shard that stay, 4,096 in all, the newest: for a replay that arrives while the first use is still on its way, and of requests
/// on their way there are fewer (`http.in_flight`). An older code names its grant itself.
const USED_CODES: usize = 64;

/// The store of one process.
#[derive(Debug)]
pub struct Memory {
    shards: Vec<Mutex<Shard>>,
    quotas: Quotas,
    counters: Counters,
    reach: Reach,
}

#[derive(Debug)]
pub(super) struct Quotas {
    pub interaction: Quota,
    pub code: Quota,
    pub assertion_id: Quota,
    pub recovery: Quota,
}

impl Quotas {
    pub fn of(&self, kind: Kind) -> &Quota {
        match kind {
            Kind::Interaction => &self.interaction,
            Kind::Code => &self.code,
            Kind::AssertionId => &self.assertion_id,
            Kind::Recovery => &self.recovery,
        }
    }
}

#[derive(Debug, Default)]
struct Shard {
    entries: HashMap<(Kind, Key), Entry>,
    by_expiry: BTreeSet<(i64, Kind, Key)>,
    /// Consumed codes, the oldest first. Keys are hashes, so shards fill evenly.
    used_codes: VecDeque<Key>,
}

#[derive(Debug)]
struct Entry {
    owner: Box<str>,
    value: Vec<u8>,
    expires_at: i64,
    consumed: bool,
}

impl Default for Memory {
    fn default() -> Self {
        Self::with(Quota::of, 1_000_000)
    }
}

impl Memory {
    /// With the default quotas, knowing nothing of what was before.
    pub(super) fn since(now: OffsetDateTime) -> Self {
        Self { reach: Reach::since(ms(now)), ..Self::default() }
    }

    pub(super) fn with(quota: impl Fn(Kind) -> Quota, counters: usize) -> Self {
        let quotas = Quotas {
            interaction: quota(Kind::Interaction),
            code: quota(Kind::Code),
            assertion_id: quota(Kind::AssertionId),
            recovery: quota(Kind::Recovery),
        };
        Self { shards: (0..SHARDS).map(|_| Mutex::default()).collect(), quotas, counters: Counters::new(counters), reach: Reach::default() }
    }

    #[cfg(test)]
    pub(super) fn quotas(&self) -> &Quotas {
        &self.quotas
    }

    pub(super) fn put(
        &self,
        kind: Kind,
        key: &Key,
        owner: &str,
        value: Vec<u8>,
        expires_at: OffsetDateTime,
        now: OffsetDateTime,
    ) -> Result<(), Full> {
        self.reach.note(ms(now));
        self.make_room(kind, value.len(), ms(now))?;
        let mut shard = self.shard(key).lock();
        shard.sweep(&self.quotas, ms(now), SWEEP);
        if shard.live(kind, key, ms(now)).is_some_and(|entry| entry.consumed) {
            self.quotas.of(kind).give(value.len());
            return Ok(());
        }
        shard.remove(&self.quotas, kind, key);
        shard.insert(kind, key, Entry { owner: owner.into(), value, expires_at: ms(expires_at), consumed: false });
        Ok(())
    }

    pub(super) fn get(&self, kind: Kind, key: &Key, now: OffsetDateTime) -> Option<Vec<u8>> {
        let mut shard = self.shard(key).lock();
        shard.live(kind, key, ms(now)).filter(|entry| !entry.consumed).map(|entry| entry.value.clone())
    }

    pub(super) fn is_consumed(&self, kind: Kind, key: &Key, now: OffsetDateTime) -> bool {
        self.shard(key).lock().live(kind, key, ms(now)).is_some_and(|entry| entry.consumed)
    }

    /// A live entry never counts twice: at a full store it may still change, or people in the middle of a sign-in would lose their page.
    pub(super) fn replace(&self, kind: Kind, key: &Key, value: Vec<u8>, now: OffsetDateTime) -> bool {
        let mut shard = self.shard(key).lock();
        let Some(entry) = shard.live(kind, key, ms(now)).filter(|entry| !entry.consumed) else { return false };
        let room = self.quotas.of(kind).resize(entry.value.len(), value.len());
        if room {
            entry.value = value;
        }
        room
    }

    pub(super) fn remove(&self, kind: Kind, key: &Key) {
        self.shard(key).lock().remove(&self.quotas, kind, key);
    }

    pub(super) fn consume(&self, kind: Kind, key: &Key, owner: &str, now: OffsetDateTime) -> Consumed {
        let mut shard = self.shard(key).lock();
        match shard.live(kind, key, ms(now)).filter(|entry| &*entry.owner == owner) {
            None => Consumed::Unknown,
            Some(entry) if entry.consumed => Consumed::Again(entry.value.clone()),
            Some(entry) => {
                entry.consumed = true;
                let value = entry.value.clone();
                if kind == Kind::Code {
                    shard.keep_used(&self.quotas, *key);
                }
                Consumed::First(value)
            }
        }
    }

    pub(super) fn put_back(&self, kind: Kind, key: &Key, owner: &str, now: OffsetDateTime) {
        if let Some(entry) = self.shard(key).lock().live(kind, key, ms(now)).filter(|entry| &*entry.owner == owner) {
            entry.consumed = false;
        }
    }

    pub(super) fn once(&self, kind: Kind, key: &Key, lifetime: Lifetime, now: OffsetDateTime) -> Result<Seen, Full> {
        self.reach.note(ms(now));
        // Room is taken before the lock: sweeping for it visits the other shards.
        let room = self.make_room(kind, 0, ms(now));
        let mut shard = self.shard(key).lock();
        shard.sweep(&self.quotas, ms(now), SWEEP);
        let seen = if shard.live(kind, key, ms(now)).is_some() {
            Seen::Again
        } else if self.reach.covers(ms(lifetime.from), ms(lifetime.to)) {
            Seen::First
        } else {
            Seen::Perhaps
        };
        if seen != Seen::First {
            if room.is_ok() {
                self.quotas.of(kind).give(0);
            }
            return Ok(seen);
        }
        room?;
        shard.remove(&self.quotas, kind, key);
        shard.insert(kind, key, Entry { owner: "".into(), value: Vec::new(), expires_at: ms(lifetime.to), consumed: true });
        Ok(Seen::First)
    }

    pub(super) fn count(&self, key: &Key, limit: u64, window: Duration, now: OffsetDateTime) -> u64 {
        self.counters.count(key, limit, window, now)
    }

    pub(super) fn counted(&self, key: &Key, now: OffsetDateTime) -> Option<Counted> {
        self.counters.counted(key, now)
    }

    pub(super) fn reset(&self, key: &Key) {
        self.counters.reset(key);
    }

    pub(super) fn clear(&self) {
        for shard in &self.shards {
            shard.lock().sweep(&self.quotas, i64::MAX, usize::MAX);
        }
        self.counters.clear();
        self.reach.begin_anew();
    }

    fn shard(&self, key: &Key) -> &Mutex<Shard> {
        &self.shards[usize::from(key[0]) % SHARDS]
    }

    /// Takes room; when there is none, sweeps what has expired everywhere and tries once more. A look at one set's front per
    /// shard when nothing has expired, so a full store refuses cheaply.
    fn make_room(&self, kind: Kind, size: usize, now: i64) -> Result<(), Full> {
        let quota = self.quotas.of(kind);
        quota.take(size).or_else(|Full| {
            for shard in &self.shards {
                shard.lock().sweep(&self.quotas, now, usize::MAX);
            }
            quota.take(size)
        })
    }
}

impl Shard {
    fn live(&mut self, kind: Kind, key: &Key, now: i64) -> Option<&mut Entry> {
        self.entries.get_mut(&(kind, *key)).filter(|entry| now < entry.expires_at)
    }

    /// Room was taken before.
    fn insert(&mut self, kind: Kind, key: &Key, entry: Entry) {
        self.by_expiry.insert((entry.expires_at, kind, *key));
        self.entries.insert((kind, *key), entry);
    }

    fn remove(&mut self, quotas: &Quotas, kind: Kind, key: &Key) {
        if let Some(entry) = self.entries.remove(&(kind, *key)) {
            self.by_expiry.remove(&(entry.expires_at, kind, *key));
            quotas.of(kind).give(entry.value.len());
        }
    }

    fn keep_used(&mut self, quotas: &Quotas, code: Key) {
        self.used_codes.push_back(code);
        if self.used_codes.len() > USED_CODES
            && let Some(oldest) = self.used_codes.pop_front()
            && self.entries.get(&(Kind::Code, oldest)).is_some_and(|entry| entry.consumed)
        {
            self.remove(quotas, Kind::Code, &oldest);
        }
    }

    fn sweep(&mut self, quotas: &Quotas, now: i64, most: usize) {
        for _ in 0..most {
            match self.by_expiry.first() {
                Some(&(expires_at, kind, key)) if expires_at <= now => self.remove(quotas, kind, &key),
                _ => return,
            }
        }
    }
}
