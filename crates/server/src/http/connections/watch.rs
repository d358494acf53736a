//! Closes connections that get nowhere: whose next request dribbles in, whose answer nobody reads, or that only answer HTTP/2 pings.
//!
//! actix-http times the head of a connection's first request, and silence between requests. One byte ends that silence, and the head that it
//! begins has no timer; nor has an answer that waits for its reader. What all of these have in common is that nothing is answered. So every
//! connection counts the rounds since its last answer, and a request costs a few atomic operations on memory of its own.

use std::any::Any;
use std::collections::HashMap;
use std::net::Shutdown;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use actix_tls::accept::rustls_0_23::TlsStream;
use actix_web::rt::net::TcpStream;
use socket2::{SockRef, Socket};

/// Into how many rounds the time is divided; by one of them a connection may outlive it.
const ROUNDS: u32 = 8;

/// The connections that are watched, by the place of their record.
#[derive(Clone, Debug, Default)]
pub(super) struct Watch(Arc<Mutex<HashMap<usize, Arc<Watched>>>>);

/// The record of one connection.
#[derive(Debug)]
pub(super) struct Watched {
    /// The connection's own socket, under a descriptor that lives as long as this.
    socket: Socket,
    /// Requests that are being worked on; HTTP/2 has many.
    working: AtomicU32,
    /// Rounds since one was answered.
    rounds: AtomicU32,
}

/// A request that is being worked on: its connection is left alone.
#[derive(Debug)]
pub(in crate::http) struct Working(Arc<Watched>);

impl Watch {
    /// Watches a connection of either listener from now on.
    pub fn begin(&self, io: &dyn Any) -> Option<Arc<Watched>> {
        let socket = socket(io)?;
        let second = match socket.try_clone() {
            Ok(second) => second,
            Err(error) => {
                // One that cannot be closed later is closed now.
                tracing::warn!(%error, "a connection cannot be watched and is closed");
                let _ = socket.shutdown(Shutdown::Both);
                return None;
            }
        };
        let watched = Arc::new(Watched { socket: second, working: AtomicU32::new(0), rounds: AtomicU32::new(0) });
        self.lock().insert(place(&watched), Arc::clone(&watched));
        Some(watched)
    }

    /// The connection has ended.
    pub fn end(&self, watched: &Arc<Watched>) {
        self.lock().remove(&place(watched));
    }

    /// Round after round, for ever.
    pub async fn run(&self, within: Duration) {
        loop {
            tokio::time::sleep(within / ROUNDS).await;
            let closed = self.round();
            if closed > 0 {
                tracing::info!(closed, "connections were closed: their next request did not arrive, or nobody read the answer");
            }
        }
    }

    /// Looks at every connection once; answers how many it closed.
    fn round(&self) -> usize {
        let due: Vec<_> = self.lock().values().filter(|watched| watched.is_due()).cloned().collect();
        due.iter().for_each(|watched| watched.close());
        due.len()
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<usize, Arc<Watched>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Watched {
    /// Counts this round. Whole rounds have to pass: the one in which the last answer was given does not count.
    fn is_due(&self) -> bool {
        self.working.load(Ordering::Acquire) == 0 && self.rounds.fetch_add(1, Ordering::Relaxed) >= ROUNDS
    }

    /// Its worker finds it closed. What was not read is thrown away with it, or the system would keep it for its reader.
    fn close(&self) {
        let _ = self.socket.set_linger(Some(Duration::ZERO));
        let _ = self.socket.shutdown(Shutdown::Both);
    }
}

impl Working {
    /// Until this is dropped.
    pub(super) fn begin(watched: &Arc<Watched>) -> Self {
        watched.working.fetch_add(1, Ordering::Relaxed);
        Self(Arc::clone(watched))
    }
}

impl Drop for Working {
    fn drop(&mut self) {
        self.0.rounds.store(0, Ordering::Relaxed);
        self.0.working.fetch_sub(1, Ordering::Release);
    }
}

/// Its address in memory: no other live record has it.
fn place(watched: &Arc<Watched>) -> usize {
    Arc::as_ptr(watched).addr()
}

/// The socket under what actix hands over: TLS or not.
fn socket(io: &dyn Any) -> Option<SockRef<'_>> {
    let tls = io.downcast_ref::<TlsStream<TcpStream>>().map(|tls| tls.get_ref().0);
    tls.or_else(|| io.downcast_ref()).map(SockRef::from)
}

#[cfg(test)]
mod tests {
    use tokio::io::AsyncReadExt as _;
    use tokio::net::TcpListener;

    use super::*;

    async fn connection() -> (TcpStream, TcpStream) {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let theirs = TcpStream::connect(listener.local_addr().unwrap()).await.unwrap();
        (listener.accept().await.unwrap().0, theirs)
    }

    fn rounds(watch: &Watch, count: u32) -> usize {
        (0..count).map(|_| watch.round()).sum()
    }

    #[tokio::test]
    async fn where_nothing_is_answered_the_connection_is_closed_when_its_time_is_over() {
        let (ours, mut theirs) = connection().await;
        let watch = Watch::default();
        let _watched = watch.begin(&ours).unwrap();
        assert_eq!(rounds(&watch, ROUNDS), 0, "it has its time");
        assert_eq!(rounds(&watch, 1), 1);
        assert_eq!(theirs.read(&mut [0]).await.unwrap(), 0);
    }

    #[tokio::test]
    async fn a_request_that_is_worked_on_takes_its_time_and_an_answer_begins_another() {
        let (ours, _theirs) = connection().await;
        let watch = Watch::default();
        let watched = watch.begin(&ours).unwrap();
        let (one, another) = (Working::begin(&watched), Working::begin(&watched));
        assert_eq!(rounds(&watch, 3 * ROUNDS), 0);
        drop(one);
        assert_eq!(rounds(&watch, 3 * ROUNDS), 0, "the other one is still worked on");
        drop(another);
        for _ in 0..3 {
            assert_eq!(rounds(&watch, ROUNDS), 0);
            drop(Working::begin(&watched));
        }
        assert_eq!(rounds(&watch, ROUNDS + 1), 1);
    }

    #[tokio::test]
    async fn a_connection_that_has_ended_is_forgotten() {
        let (ours, _theirs) = connection().await;
        let watch = Watch::default();
        let watched = watch.begin(&ours).unwrap();
        watch.end(&watched);
        assert_eq!(rounds(&watch, 2 * ROUNDS), 0);
    }
}
