//! As many connections as there are file descriptors for, and no more: then the database, the log and outgoing calls keep theirs, open
//! connections go on being served, and new ones wait in the listener's queue instead of failing. Each is watched while it is open (`watch`).

mod watch;

use std::any::Any;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use actix_web::dev::Extensions;
use anyhow::ensure;

use self::watch::{Watch, Watched, Working};

/// Descriptors for everything that is no connection of a client and no database connection: listeners, event loops, log, lock, outgoing calls.
const RESERVE: usize = 64;
/// Connections to the listener of the metrics: a few watchers look now and then.
pub(super) const WATCHERS: usize = 16;
/// A database connection holds the file, its log and the log's index.
const EACH_DATABASE_CONNECTION: usize = 3;
/// A client's connection holds its socket, and the watch the same socket again.
const EACH_CONNECTION: usize = 2;
/// With fewer there is nothing to serve.
const FEWEST: usize = 16;
/// As many as actix allows each worker by itself.
const MOST_PER_WORKER: usize = 25_000;

/// The open connections of a node, and how many there may be.
#[derive(Clone, Debug)]
pub struct Connections {
    open: Arc<AtomicUsize>,
    watch: Watch,
    per_worker: usize,
    most: usize,
}

/// One open connection.
#[derive(Debug)]
pub(super) struct Open {
    connections: Connections,
    watched: Option<Arc<Watched>>,
}

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
        Ok(Self { open: Arc::default(), watch: Watch::default(), per_worker, most: per_worker * workers })
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

    /// Closes whatever is not answered within that time; ends never.
    pub async fn watch(self, within: Duration) {
        self.watch.run(within).await;
    }

    /// A connection was taken; it counts, and is watched, until its extensions go.
    pub fn opened(&self, io: &dyn Any, extensions: &mut Extensions) {
        let open = self.open.fetch_add(1, Ordering::Relaxed) + 1;
        extensions.insert(Open { connections: self.clone(), watched: self.watch.begin(io) });
        if open == self.most {
            tracing::warn!(
                open,
                "every connection that open files and http.connections allow is taken: new ones wait; raise http.connections or LimitNOFILE"
            );
        }
    }
}

/// How many connections of clients there may be when everything else has its descriptors.
fn room(limit: usize, database_connections: u32) -> anyhow::Result<usize> {
    // The writer and a command have one each beside the readers.
    let database = EACH_DATABASE_CONNECTION * (usize::try_from(database_connections).unwrap_or(usize::MAX).saturating_add(2));
    let taken = database.saturating_add(RESERVE + WATCHERS);
    let needed = taken.saturating_add(EACH_CONNECTION * FEWEST);
    ensure!(
        limit >= needed,
        "{limit} open files are allowed and {needed} are needed at least; raise the limit (LimitNOFILE, ulimit -n), or lower database.connections"
    );
    Ok((limit - taken) / EACH_CONNECTION)
}

impl Open {
    /// A request of it begins, and is worked on until what this answers is dropped.
    pub fn work(&self) -> Option<Working> {
        self.watched.as_ref().map(Working::begin)
    }
}

impl Drop for Open {
    fn drop(&mut self) {
        if let Some(watched) = &self.watched {
            self.connections.watch.end(watched);
        }
        let open = self.connections.open.fetch_sub(1, Ordering::Relaxed) - 1;
        // Not at the very edge, or the log would flicker.
        if open == self.connections.most * 9 / 10 {
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
        let connections = Connections { open: Arc::default(), watch: Watch::default(), per_worker: 2, most: 2 };
        let (mut first, mut second) = (Extensions::new(), Extensions::new());
        connections.opened(&(), &mut first);
        assert!(!connections.is_full());
        connections.opened(&(), &mut second);
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
        assert_eq!(room(others + 2 * 500, 8).unwrap(), 500);
        assert!(room(others + 2 * FEWEST - 1, 8).unwrap_err().to_string().contains("LimitNOFILE"));
    }

    #[test]
    fn the_bound_is_what_the_workers_can_reach() {
        let connections = Connections::for_this_process(3, 20, 8).unwrap();
        assert_eq!((connections.per_worker(), connections.most), (7, 21));
    }
}
