//! Sends what [messages](persistence::messages) wait: text messages through the operator's gateway, e-mail by SMTP.
//!
//! A message is written in the transaction that makes it necessary, so none is lost and none is sent for what was rolled
//! back. The worker then:
//!
//! 1. claims due messages for [`LEASE`], so that two nodes do not send the same one and a killed node's claim runs out;
//! 2. sends up to [`AT_ONCE`] of them at a time;
//! 3. marks each delivered, puts it off with growing delay, or gives it up when it is refused for good or has expired.
//!
//! A sandbox sends nothing: its messages are read at `/sandbox/phone`. The log names message ids, channels and causes, never
//! a number, an address or a text.

mod gateway;
mod mail;

use std::future::Future;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration as StdDuration;

use futures_util::StreamExt;
use futures_util::stream::FuturesUnordered;
use persistence::messages::{Channel, Message};
use persistence::{Db, Keyring, Mode, Store, StoreError};
use time::{Duration, OffsetDateTime};
use tokio::sync::{Notify, watch};
use tokio::time::Instant;

use self::gateway::Gateway;
use self::mail::Mail;
use crate::clock::Clock;
use crate::config::Config;
use crate::observe::Metrics;
use crate::provider::Provider;

/// Messages in the air at a time: more would only queue at the gateway.
const AT_ONCE: usize = 16;
/// A claimed message that nobody reported on is due again after this; longer than any sending takes.
const LEASE: Duration = Duration::seconds(60);
/// How often the worker looks by itself: other nodes and the command line write messages as well.
const POLL: StdDuration = StdDuration::from_secs(5);
/// How long a message that nobody waits for may wait for others.
const GATHER: StdDuration = StdDuration::from_secs(1);
/// Messages that a sandbox takes at a time: they go nowhere.
const SANDBOX_AT_ONCE: usize = 256;
/// How long a stopping node finishes what it is sending.
const LAST_CALL: StdDuration = StdDuration::from_secs(15);
const LONGEST_DELAY: Duration = Duration::minutes(15);

/// The configuration does not allow sending.
#[derive(Debug, thiserror::Error)]
pub enum DeliveryError {
    /// The gateway's URL or client.
    #[error("sms.url: {0}")]
    Sms(String),
    /// The mail server's URL.
    #[error("mail.smtp_url is not a URL such as smtps://user:password@mail.example:465 or smtp://mail.example:587?tls=required")]
    Smtp,
    /// The sender.
    #[error("mail.from is not a mailbox such as `Định danh <khong-tra-loi@dinhdanh.example>`")]
    Sender,
}

/// One message was not sent. The causes hold no personal data.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
enum SendError {
    /// Trying again may help.
    #[error("{0}")]
    Transient(String),
    /// It will never be accepted.
    #[error("{0}")]
    Permanent(String),
}

/// Where messages go.
#[derive(Debug)]
enum Channels {
    /// Nowhere: the demo phone shows them.
    Sandbox,
    /// To people.
    Real { sms: Option<Box<Gateway>>, mail: Option<Box<Mail>> },
}

/// The sender of messages. One for each node.
#[derive(Debug)]
pub struct Delivery {
    channels: Channels,
    wake: Notify,
    wake_soon: Notify,
}

impl Delivery {
    /// Prepares the channels; connects to nothing yet. A sandbox never sends, whatever is configured.
    ///
    /// # Errors
    /// The configuration key that is wrong.
    pub fn new(config: &Config, mode: Mode) -> Result<Self, DeliveryError> {
        let channels = match mode {
            Mode::Sandbox => Channels::Sandbox,
            Mode::Production => Channels::Real {
                sms: config.sms.as_ref().map(Gateway::new).transpose()?.map(Box::new),
                mail: config.mail.as_ref().map(Mail::new).transpose()?.map(Box::new),
            },
        };
        Ok(Self { channels, wake: Notify::new(), wake_soon: Notify::new() })
    }

    /// Says that a message was written: it is sent at once instead of at the next look.
    pub fn wake(&self) {
        self.wake.notify_one();
    }

    /// Says that a message was written that nobody is waiting for: it is sent within a second, together with others.
    pub fn wake_soon(&self) {
        self.wake_soon.notify_one();
    }

    /// Whether an e-mail would reach anybody: else no second code goes that way.
    #[must_use]
    pub fn has_mail(&self) -> bool {
        match &self.channels {
            Channels::Sandbox => true,
            Channels::Real { mail, .. } => mail.is_some(),
        }
    }

    /// Sends until `stop` is ready, then finishes what is in the air.
    pub async fn run(&self, store: &Store, keyring: &Keyring, clock: &Clock, metrics: &Metrics, stop: impl Future<Output = ()>) {
        let mut stop = pin!(stop);
        let mut sending = FuturesUnordered::new();
        let mut look = true;
        let mut next_look = Instant::now();
        loop {
            if look {
                for message in self.claim(store, keyring, clock, self.room(sending.len())).await {
                    sending.push(self.deliver(store, clock, metrics, message));
                }
                next_look = Instant::now() + POLL;
            }
            look = tokio::select! {
                () = &mut stop => break,
                Some(()) = sending.next() => true,
                () = self.wake.notified(), if sending.len() < AT_ONCE => true,
                () = self.wake_soon.notified() => {
                    next_look = next_look.min(Instant::now() + GATHER);
                    false
                }
                () = tokio::time::sleep_until(next_look) => true,
            };
        }
        let rest = async { while sending.next().await.is_some() {} };
        if tokio::time::timeout(LAST_CALL, rest).await.is_err() {
            tracing::warn!("stopped while messages were being sent; they are due again when their claim runs out");
        }
    }

    /// How many more may be claimed.
    fn room(&self, in_the_air: usize) -> usize {
        match self.channels {
            Channels::Sandbox => SANDBOX_AT_ONCE,
            Channels::Real { .. } => AT_ONCE - in_the_air,
        }
    }

    /// Claims due messages; none when the store cannot be asked now.
    async fn claim(&self, store: &Store, keyring: &Keyring, clock: &Clock, limit: usize) -> Vec<Message> {
        match self.try_claim(store, keyring, clock.now(), i64::try_from(limit).unwrap_or(1)).await {
            Ok(claimed) => claimed,
            Err(error) => {
                tracing::warn!(%error, "messages have to wait");
                Vec::new()
            }
        }
    }

    async fn try_claim(&self, store: &Store, keyring: &Keyring, now: OffsetDateTime, limit: i64) -> Result<Vec<Message>, StoreError> {
        let (reader, keyring) = (keyring.clone(), keyring.clone());
        if limit == 0 || store.read(move |db| Message::undelivered(db, &reader, now, 1)).await?.is_empty() {
            return Ok(Vec::new());
        }
        let sandbox = matches!(self.channels, Channels::Sandbox);
        let due = move |db: &mut Db| {
            let due = Message::undelivered(db, &keyring, now, limit)?;
            for message in &due {
                match sandbox {
                    true => Message::mark_delivered(db, message.id, now)?,
                    false => Message::mark_failed(db, message.id, Some(now + LEASE))?,
                }
            }
            Ok(due)
        };
        let claimed = store.run(due).await?;
        Ok(if sandbox { Vec::new() } else { claimed })
    }

    /// Sends one and writes down what became of it.
    async fn deliver(&self, store: &Store, clock: &Clock, metrics: &Metrics, message: Message) {
        let outcome = self.send(&message, clock.now()).await;
        let (id, channel, now) = (message.id, message.channel.code(), clock.now());
        metrics.message(
            channel,
            match &outcome {
                Ok(()) => "sent",
                Err(SendError::Transient(_)) => "retried",
                Err(SendError::Permanent(_)) => "given_up",
            },
        );
        let noted = match outcome {
            Ok(()) => store.run(move |db| Message::mark_delivered(db, id, now)).await,
            Err(SendError::Permanent(cause)) => {
                tracing::warn!(message = %id, channel, cause, "a message was given up");
                store.run(move |db| Message::mark_failed(db, id, None)).await
            }
            Err(SendError::Transient(cause)) => {
                tracing::warn!(message = %id, channel, cause, "a message was not sent; it will be tried again");
                let next = now + delay(message.attempts);
                store.run(move |db| Message::mark_failed(db, id, Some(next))).await
            }
        };
        if let Err(error) = noted {
            tracing::warn!(message = %id, %error, "what became of a message could not be written down");
        }
    }

    async fn send(&self, message: &Message, now: OffsetDateTime) -> Result<(), SendError> {
        let none = |what| Err(SendError::Permanent(format!("no {what} is configured")));
        match (&self.channels, message.channel) {
            // Never claimed.
            (Channels::Sandbox, _) => Ok(()),
            (Channels::Real { sms: Some(gateway), .. }, Channel::Sms) => {
                gateway.send(message.id, &message.body.to, &message.body.text).await
            }
            (Channels::Real { mail: Some(mail), .. }, Channel::Email) => mail.send(message, now).await,
            (Channels::Real { .. }, Channel::Sms) => none("SMS gateway ([sms])"),
            (Channels::Real { .. }, Channel::Email) => none("mail server ([mail])"),
        }
    }
}

/// The background task of a node: sends until `stopped` says so.
pub async fn work(provider: Arc<Provider>, mut stopped: watch::Receiver<bool>) {
    let stop = async move {
        // A dropped sender means the same.
        let _ = stopped.wait_for(|stopped| *stopped).await;
    };
    provider.delivery.run(&provider.store, &provider.keyring, &provider.clock, &provider.metrics, stop).await;
}

/// 2 s, 4 s, 8 s … up to a quarter of an hour. Each round counts twice: when it is claimed and when it fails.
fn delay(attempts: i32) -> Duration {
    let rounds = u32::try_from(attempts).unwrap_or(0) / 2;
    Duration::seconds(2_i64 << rounds.min(20)).min(LONGEST_DELAY)
}

#[cfg(test)]
mod tests;
