//! Fixed-window counters for rate limits.
//!
//! A full store of counters makes room for a new one: the least loaded goes, and of those the one whose window ends first. A counter that came to
//! its limit goes only when all have. So a crowd of new counters puts out itself before it frees anybody who has to wait, and keeps nobody else
//! from being counted.

use std::collections::{BTreeSet, HashMap};

use parking_lot::Mutex;
use time::{Duration, OffsetDateTime};

use super::{Counted, Key};
use crate::columns::{from_ms, ms};

const SHARDS: usize = 64;
const SWEEP: usize = 4;
/// Quarters of the limit that were used up, rounded down; the last class has come to its limit.
const LOADS: usize = 5;

#[derive(Debug)]
pub(super) struct Counters {
    shards: Vec<Mutex<Shard>>,
    /// Keys are hashes, so they spread evenly: a quota per shard needs no shared count.
    most_per_shard: usize,
}

#[derive(Debug, Default)]
struct Shard {
    counters: HashMap<Key, Counter>,
    /// In order of their ends, by load.
    by_load: [BTreeSet<(i64, Key)>; LOADS],
}

#[derive(Debug, Clone, Copy)]
struct Counter {
    count: u64,
    since: i64,
    last: i64,
    ends: i64,
    load: usize,
}

fn load(count: u64, limit: u64) -> usize {
    let limit = limit.max(1);
    let quarters = count.min(limit).saturating_mul(LOADS as u64 - 1) / limit;
    quarters as usize
}

impl Counters {
    pub fn new(most: usize) -> Self {
        Self { shards: (0..SHARDS).map(|_| Mutex::default()).collect(), most_per_shard: most.div_ceil(SHARDS) }
    }

    pub fn count(&self, key: &Key, limit: u64, window: Duration, now: OffsetDateTime) -> u64 {
        let (since, ends) = (ms(now), ms(now.saturating_add(window)));
        let mut shard = self.shard(key).lock();
        shard.sweep(since, SWEEP);
        if let Some(count) = shard.count_again(key, limit, since) {
            return count;
        }
        shard.remove(key);
        if shard.counters.len() >= self.most_per_shard {
            shard.make_room();
        }
        shard.insert(*key, Counter { count: 1, since, last: since, ends, load: load(1, limit) });
        1
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
    fn count_again(&mut self, key: &Key, limit: u64, now: i64) -> Option<u64> {
        let counter = self.counters.get_mut(key).filter(|counter| now < counter.ends)?;
        counter.count += 1;
        counter.last = now;
        let (before, after) = (counter.load, load(counter.count, limit));
        if before != after {
            counter.load = after;
            self.by_load[before].remove(&(counter.ends, *key));
            self.by_load[after].insert((counter.ends, *key));
        }
        Some(counter.count)
    }

    fn insert(&mut self, key: Key, counter: Counter) {
        self.by_load[counter.load].insert((counter.ends, key));
        self.counters.insert(key, counter);
    }

    fn remove(&mut self, key: &Key) {
        if let Some(counter) = self.counters.remove(key) {
            self.by_load[counter.load].remove(&(counter.ends, *key));
        }
    }

    /// Puts out one: the first of the least loaded.
    fn make_room(&mut self) {
        if let Some(&(_, key)) = self.by_load.iter().find_map(BTreeSet::first) {
            self.remove(&key);
        }
    }

    fn sweep(&mut self, now: i64, most: usize) {
        for _ in 0..most {
            match self.by_load.iter().find_map(|class| class.first().filter(|(ends, _)| *ends <= now)) {
                Some(&(_, key)) => self.remove(&key),
                None => return,
            }
        }
    }
}
