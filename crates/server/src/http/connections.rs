//! As many connections as there are file descriptors for, and no more: then the database, the log and outgoing calls keep theirs, open
//! connections go on being served, and new ones wait in the listener's queue instead of failing.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use actix_web::dev::Extensions;
use anyhow::ensure;

/// Descriptors for everything that is no connection and no database connection: listeners, event loops, log, lock, outgoing calls.
const RESERVE: usize = 64;
/// Connections to the listener of the metrics: a few watchers look now and then.
pub(super) const WATCHERS: usize = 16;
/// A database connection holds the file, its log and the log's index.
const EACH_DATABASE_CONNECTION: usize = 3;
/// With fewer there is nothing to serve.
const FEWEST: usize = 16;
/// As many as actix allows each worker by itself.
const MOST_PER_WORKER: usize = 25_000;

/// The open connections of a node, and how many there may be.
#[derive(Clone, Debug)]
pub struct Connections {
    open: Arc<AtomicUsize>,
    per_worker: usize,
    most: usize,
}

/// One open connection.
struct Open(Connections);

impl Connections {
    /// Divides what the operating system grants, or as many as are configured where that is less; asks for all that may be had first.
    ///
    /// # Errors
    /// It is too little to serve with: cause and cure.
    pub fn for_this_process(workers: usize, configured: usize, database_connections: u32) -> anyhow::Result<Self> {
        let limit = raise_file_limit();
        let workers = workers.max(1);
        let room = room(limit, database_connections)?;
        // Workers take in equal shares, so `most` is what they can really reach.
        let per_worker = (room / workers).min(MOST_PER_WORKER).min(configured.div_ceil(workers)).max(1);
        Ok(Self { open: Arc::default(), per_worker, most: per_worker * workers })
    }

    /// How many each worker may take.
    #[must_use]
    pub fn per_worker(&self) -> usize {
        self.per_worker
    }

    /// Whether new connections have to wait.
    #[must_use]
    pub fn is_full(&self) -> bool {
        self.open.load(Ordering::Relaxed) >= self.most
    }

    /// How many are open.
    #[must_use]
    pub fn open(&self) -> usize {
        self.open.load(Ordering::Relaxed)
    }

    /// A connection was taken; it counts until its extensions go.
    pub fn opened(&self, extensions: &mut Extensions) {
        let open = self.open.fetch_add(1, Ordering::Relaxed) + 1;
        extensions.insert(Open(self.clone()));
        if open == self.most {
            tracing::warn!(
                open,
                "every connection that open files and http.connections allow is taken: new ones wait; raise http.connections or LimitNOFILE"
            );
        }
    }
}

/// What is left for connections of clients when everything else has its own.
fn room(limit: usize, database_connections: u32) -> anyhow::Result<usize> {
    // The writer and a command have one each beside the readers.
    let database = EACH_DATABASE_CONNECTION * (usize::try_from(database_connections).unwrap_or(usize::MAX).saturating_add(2));
    let taken = database.saturating_add(RESERVE + WATCHERS);
    let needed = taken.saturating_add(FEWEST);
    ensure!(
        limit >= needed,
        "{limit} open files are allowed and {needed} are needed at least; raise the limit (LimitNOFILE, ulimit -n), or lower database.connections"
    );
    Ok(limit - taken)
}

impl Drop for Open {
    fn drop(&mut self) {
        let open = self.0.open.fetch_sub(1, Ordering::Relaxed) - 1;
        // Not at the very edge, or the log would flicker.
        if open == self.0.most * 9 / 10 {
            tracing::info!(open, "connections are free again");
        }
    }
}

/// Lets this process open as many files as it may, and answers how many. The soft limit is often a thousand, for programs that still use
/// select(2); we do not.
#[cfg(unix)]
#[must_use]
pub fn raise_file_limit() -> usize {
    use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
    let limit = getrlimit(Resource::Nofile);
    let raised = Rlimit { current: limit.maximum, maximum: limit.maximum };
    // Where it may not be raised, what is granted has to do.
    let granted = if limit.current != limit.maximum && setrlimit(Resource::Nofile, raised).is_ok() { limit.maximum } else { limit.current };
    granted.and_then(|granted| usize::try_from(granted).ok()).unwrap_or(usize::MAX / 2)
}

/// There is no such limit here.
#[cfg(not(unix))]
#[must_use]
pub fn raise_file_limit() -> usize {
    usize::MAX / 2
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_connection_counts_until_it_is_closed() {
        let connections = Connections { open: Arc::default(), per_worker: 2, most: 2 };
        let (mut first, mut second) = (Extensions::new(), Extensions::new());
        connections.opened(&mut first);
        assert!(!connections.is_full());
        connections.opened(&mut second);
        assert!(connections.is_full());
        drop(first);
        assert_eq!((connections.open(), connections.is_full()), (1, false));
    }

    #[test]
    fn what_the_database_needs_is_never_given_to_connections() {
        let connections = Connections::for_this_process(2, usize::MAX, 8).unwrap();
        assert!(connections.per_worker() * 2 <= connections.most);
        assert!(Connections::for_this_process(1, usize::MAX, u32::MAX).unwrap_err().to_string().contains("LimitNOFILE"));
    }

    #[test]
    fn watchers_the_database_and_the_rest_keep_their_descriptors() {
        let others = 64 + 16 + 3 * (8 + 2);
        assert_eq!(room(others + 500, 8).unwrap(), 500);
        assert!(room(others + FEWEST - 1, 8).unwrap_err().to_string().contains("LimitNOFILE"));
    }

    #[test]
    fn the_bound_is_what_the_workers_can_reach() {
        let connections = Connections::for_this_process(3, 20, 8).unwrap();
        assert_eq!((connections.per_worker(), connections.most), (7, 21));
    }
}
