//! A bounded cache of fetched documents, one fetch at a time for each address.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use time::{Duration, OffsetDateTime};

use super::OutboundError;

/// A fetched document is used this long.
const FRESH: Duration = Duration::minutes(10);
/// Between two fetches of one address, whatever the reason and whatever came of the first.
pub(super) const SHORTEST: Duration = Duration::seconds(30);
/// A document that can no longer be fetched still serves this long: a client's short outage is not ours.
const STALE: Duration = Duration::hours(1);
/// Addresses kept; they come from registered clients, so this is far above what is needed.
const MOST_ENTRIES: usize = 1000;

/// How new the document must be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Freshness {
    /// A cached one will do.
    Cached,
    /// Fetched now, unless it was a moment ago.
    Renewed,
}

/// Documents by address.
#[derive(Debug)]
pub(super) struct Cache<T> {
    entries: Mutex<HashMap<String, Arc<tokio::sync::Mutex<Entry<T>>>>>,
}

#[derive(Debug)]
struct Entry<T> {
    document: Option<(Arc<T>, OffsetDateTime)>,
    failure: Option<OutboundError>,
    tried_at: Option<OffsetDateTime>,
}

impl<T> Default for Cache<T> {
    fn default() -> Self {
        Self { entries: Mutex::default() }
    }
}

impl<T> Cache<T> {
    /// The cached document, or what `fetch` brings.
    pub(super) async fn of(
        &self,
        uri: &str,
        freshness: Freshness,
        now: OffsetDateTime,
        fetch: impl AsyncFnOnce() -> Result<T, OutboundError>,
    ) -> Result<Arc<T>, OutboundError> {
        let entry = self.entry(uri);
        let mut entry = entry.lock().await;
        if let Some((document, fetched_at)) = &entry.document
            && freshness == Freshness::Cached
            && age(*fetched_at, now) < FRESH
        {
            return Ok(Arc::clone(document));
        }
        if entry.tried_at.is_some_and(|tried_at| age(tried_at, now) < SHORTEST) {
            return entry.fallback(now);
        }
        entry.tried_at = Some(now);
        match fetch().await {
            Ok(document) => {
                let document = Arc::new(document);
                entry.document = Some((Arc::clone(&document), now));
                entry.failure = None;
                Ok(document)
            }
            Err(error) => {
                tracing::warn!(%error, "a client's document could not be fetched");
                entry.failure = Some(error.clone());
                entry.usable(now).ok_or(error)
            }
        }
    }

    fn entry(&self, uri: &str) -> Arc<tokio::sync::Mutex<Entry<T>>> {
        let mut entries = self.entries.lock().unwrap_or_else(PoisonError::into_inner);
        if entries.len() >= MOST_ENTRIES && !entries.contains_key(uri) {
            entries.retain(|_, entry| Arc::strong_count(entry) > 1);
        }
        let empty = || Arc::new(tokio::sync::Mutex::new(Entry { document: None, failure: None, tried_at: None }));
        Arc::clone(entries.entry(uri.to_owned()).or_insert_with(empty))
    }
}

impl<T> Entry<T> {
    fn usable(&self, now: OffsetDateTime) -> Option<Arc<T>> {
        self.document.as_ref().filter(|(_, fetched_at)| age(*fetched_at, now) < STALE).map(|(document, _)| Arc::clone(document))
    }

    fn fallback(&self, now: OffsetDateTime) -> Result<Arc<T>, OutboundError> {
        self.usable(now).ok_or_else(|| OutboundError::FailedRecently {
            cause: self.failure.as_ref().map_or_else(|| "the fetch was given up".to_owned(), ToString::to_string),
        })
    }
}

/// A clock that went backwards makes nothing older or younger than it is.
fn age(since: OffsetDateTime, now: OffsetDateTime) -> Duration {
    (now - since).abs()
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicU32, Ordering};

    use time::macros::datetime;

    use super::*;

    const NOON: OffsetDateTime = datetime!(2026-03-02 12:00 UTC);

    struct Counted(AtomicU32);

    impl Counted {
        async fn fetch(&self) -> Result<u32, OutboundError> {
            Ok(self.0.fetch_add(1, Ordering::Relaxed) + 1)
        }
    }

    async fn fails() -> Result<u32, OutboundError> {
        Err(OutboundError::Status { host: "portal.example".to_owned(), status: 500 })
    }

    #[tokio::test]
    async fn a_fresh_document_is_not_fetched_again_and_an_old_one_is() {
        let (cache, server) = (Cache::default(), Counted(AtomicU32::new(0)));
        for (minutes, expected) in [(0, 1), (9, 1), (10, 2), (15, 2)] {
            let at = NOON + Duration::minutes(minutes);
            assert_eq!(*cache.of("a", Freshness::Cached, at, async || server.fetch().await).await.unwrap(), expected);
        }
    }

    #[tokio::test]
    async fn an_unknown_key_renews_the_document_at_most_every_thirty_seconds() {
        let (cache, server) = (Cache::default(), Counted(AtomicU32::new(0)));
        for (seconds, expected) in [(0, 1), (1, 1), (29, 1), (30, 2), (59, 2), (60, 3)] {
            let at = NOON + Duration::seconds(seconds);
            assert_eq!(*cache.of("a", Freshness::Renewed, at, async || server.fetch().await).await.unwrap(), expected, "{seconds} s");
        }
    }

    #[tokio::test]
    async fn a_failing_client_is_not_asked_again_at_once() {
        let (cache, server) = (Cache::default(), Counted(AtomicU32::new(0)));
        assert!(cache.of("a", Freshness::Cached, NOON, fails).await.is_err());
        let soon = cache.of("a", Freshness::Cached, NOON + Duration::seconds(5), async || server.fetch().await).await;
        assert!(matches!(soon, Err(OutboundError::FailedRecently { .. })), "{soon:?}");
        let later = cache.of("a", Freshness::Cached, NOON + Duration::seconds(31), async || server.fetch().await).await;
        assert_eq!(*later.unwrap(), 1);
    }

    #[tokio::test]
    async fn an_outage_of_the_client_leaves_the_known_keys_in_use_for_an_hour() {
        let (cache, server) = (Cache::default(), Counted(AtomicU32::new(0)));
        cache.of("a", Freshness::Cached, NOON, async || server.fetch().await).await.unwrap();
        assert_eq!(*cache.of("a", Freshness::Cached, NOON + Duration::minutes(59), fails).await.unwrap(), 1);
        assert!(cache.of("a", Freshness::Cached, NOON + Duration::minutes(61), fails).await.is_err());
    }

    #[tokio::test]
    async fn the_cache_stays_bounded() {
        let (cache, server) = (Cache::default(), Counted(AtomicU32::new(0)));
        for number in 0..2 * MOST_ENTRIES {
            cache.of(&number.to_string(), Freshness::Cached, NOON, async || server.fetch().await).await.unwrap();
        }
        assert!(cache.entries.lock().unwrap().len() <= MOST_ENTRIES);
    }
}
