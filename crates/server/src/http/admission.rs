//! Whether there is room for a request: what cannot be done in good time is refused at once, cheaply, before any work (RFC 9110 §15.6.4).
//!
//! Two measures, because load shows in two places:
//!
//! 1. [`Admission`] counts the requests that are being worked on, over all workers. They pile up when something behind us is slow: the
//!    database, the hashing threads, a client's key server. Each holds at most one place in the writer's queue, so that queue is bounded too.
//! 2. [`EventLoop`] knows how late its worker is. Requests wait unread in their sockets when the worker itself has too much to do, and
//!    are in no count; but a probe in the same loop then comes late by as much as they wait.
//!
//! Both are stricter with what begins a sign-in than with what finishes one ([`Urgency`]): work that was done for somebody is not thrown
//! away for somebody who has only arrived.

mod event_loop;
mod refusal;
mod urgency;

use std::rc::Rc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use actix_web::body::{BoxBody, MessageBody};
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::middleware::Next;
use actix_web::{Error, HttpMessage as _, web};

pub use self::event_loop::EventLoop;
pub use self::urgency::Urgency;
use super::body::Unfinished;
use super::connections::Open;
use crate::config::HttpConfig;
use crate::provider::Provider;

/// Seconds after which it is worth trying again.
pub const RETRY_AFTER_SECONDS: u64 = 2;

/// The requests of one node that are being worked on.
#[derive(Debug)]
pub struct Admission {
    in_flight: AtomicUsize,
    most: usize,
    longest_wait: Option<Duration>,
}

/// There is no room.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NoRoom {
    /// Too many requests are being worked on.
    #[error("too many requests are in flight")]
    InFlight,
    /// The worker is too late already.
    #[error("requests wait too long for their worker")]
    Wait,
}

impl NoRoom {
    /// The name in metrics.
    #[must_use]
    pub fn cause(self) -> &'static str {
        match self {
            Self::InFlight => "in_flight",
            Self::Wait => "wait",
        }
    }
}

/// A place among the requests that are worked on; it comes free when this is dropped.
#[derive(Debug)]
pub struct Place<'a>(&'a AtomicUsize);

impl Drop for Place<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}

impl Admission {
    /// With these limits.
    #[must_use]
    pub fn new(limits: &HttpConfig) -> Self {
        let longest_wait = Some(Duration::from_millis(limits.longest_wait_milliseconds)).filter(|wait| !wait.is_zero());
        Self { in_flight: AtomicUsize::new(0), most: limits.in_flight, longest_wait }
    }

    /// How many requests are worked on now.
    #[must_use]
    pub fn in_flight(&self) -> usize {
        self.in_flight.load(Ordering::Relaxed)
    }

    /// Whether a request may begin, at a worker that is that late.
    ///
    /// # Errors
    /// Why there is no room.
    pub fn check(&self, urgency: Urgency, late: Duration) -> Result<(), NoRoom> {
        let longest_wait = match urgency {
            Urgency::Always => None,
            Urgency::Finishes => self.longest_wait.map(|wait| wait * 4),
            Urgency::Begins => self.longest_wait,
        };
        if longest_wait.is_some_and(|longest| late > longest) {
            return Err(NoRoom::Wait);
        }
        if self.in_flight() >= self.most(urgency) { Err(NoRoom::InFlight) } else { Ok(()) }
    }

    fn most(&self, urgency: Urgency) -> usize {
        match urgency {
            Urgency::Always => usize::MAX,
            Urgency::Finishes => self.most.saturating_mul(2),
            Urgency::Begins => self.most,
        }
    }

    /// Takes a place, once the request is there in full: one that dribbles in takes nobody's place.
    ///
    /// # Errors
    /// [`NoRoom::InFlight`].
    pub fn enter(&self, urgency: Urgency) -> Result<Place<'_>, NoRoom> {
        let place = Place(&self.in_flight);
        let before = self.in_flight.fetch_add(1, Ordering::Relaxed);
        if before >= self.most(urgency) { Err(NoRoom::InFlight) } else { Ok(place) }
    }
}

/// The outermost layer: refuses what there is no room for. Nothing is logged for a refused request, it is only counted.
pub async fn admit(mut request: ServiceRequest, next: Next<impl MessageBody + 'static>) -> Result<ServiceResponse<BoxBody>, Error> {
    let _working = request.conn_data::<Open>().and_then(Open::work);
    let urgency = Urgency::of(request.method(), request.path());
    let late = request.app_data::<Rc<EventLoop>>().map_or(Duration::ZERO, |worker| worker.begin(Instant::now()));
    let refused = request.app_data::<web::Data<Provider>>().and_then(|provider| {
        provider.admission.check(urgency, late).err().map(|no_room| refusal::refuse(provider, request.request(), no_room))
    });
    match refused {
        Some(mut answer) => {
            Unfinished::hold(request.take_payload(), &mut answer);
            Ok(Unfinished::tie(request.into_response(answer)))
        }
        None => next.call(request).await.map(|answer| Unfinished::tie(answer.map_into_boxed_body())),
    }
}

pub(super) use refusal::refuse;

#[cfg(test)]
mod tests;
