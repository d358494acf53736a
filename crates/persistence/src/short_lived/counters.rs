//! Fixed-window counters for rate limits.

use std::collections::{BTreeSet, HashMap};

use parking_lot::Mutex;
use time::{Duration, OffsetDateTime};

use super::{Counted, Full, Key};
use crate::columns::{from_ms, ms};

const SHARDS: usize = 64;
const SWEEP: usize = 4;

#[derive(Debug)]
pub(super) struct Counters {
    shards: Vec<Mutex<Shard>>,
    /// Keys are hashes, so they spread evenly: a quota per shard needs no shared count.
    most_per_shard: usize,
}

#[derive(Debug, Default)]
struct Shard {
    counters: HashMap<Key, Counter>,
    by_end: BTreeSet<(i64, Key)>,
}

#[derive(Debug, Clone, Copy)]
struct Counter {
    count: u64,
    since: i64,
    last: i64,
    ends: i64,
}

impl Counters {
    pub fn new(most: usize) -> Self {
        Self { shards: (0..SHARDS).map(|_| Mutex::default()).collect(), most_per_shard: most.div_ceil(SHARDS) }
    }

    pub fn count(&self, key: &Key, window: Duration, now: OffsetDateTime) -> Result<u64, Full> {
        let (since, ends) = (ms(now), ms(now.saturating_add(window)));
        let mut shard = self.shard(key).lock();
        shard.sweep(since, SWEEP);
        if let Some(counter) = shard.counters.get_mut(key).filter(|counter| since < counter.ends) {
            counter.count += 1;
            counter.last = since;
            return Ok(counter.count);
        }
        shard.remove(key);
        if shard.counters.len() >= self.most_per_shard {
            shard.sweep(since, usize::MAX);
        }
        if shard.counters.len() >= self.most_per_shard {
            return Err(Full);
        }
        shard.by_end.insert((ends, *key));
        shard.counters.insert(*key, Counter { count: 1, since, last: since, ends });
        Ok(1)
    }

    pub fn counted(&self, key: &Key, now: OffsetDateTime) -> Option<Counted> {
        let shard = self.shard(key).lock();
        let counter = shard.counters.get(key).filter(|counter| ms(now) < counter.ends)?;
        Some(Counted { count: counter.count, since: from_ms(counter.since), last: from_ms(counter.last) })
    }

    pub fn reset(&self, key: &Key) {
        self.shard(key).lock().remove(key);
    }

    pub fn clear(&self) {
        self.shards.iter().for_each(|shard| *shard.lock() = Shard::default());
    }

    fn shard(&self, key: &Key) -> &Mutex<Shard> {
        &self.shards[usize::from(key[0]) % SHARDS]
    }
}

impl Shard {
    fn remove(&mut self, key: &Key) {
        if let Some(counter) = self.counters.remove(key) {
            self.by_end.remove(&(counter.ends, *key));
        }
    }

    fn sweep(&mut self, now: i64, most: usize) {
        for _ in 0..most {
            match self.by_end.first() {
                Some(&(ends, key)) if ends <= now => self.remove(&key),
                _ => return,
            }
        }
    }
}
