//! Prometheus metrics of one node. Labels come from closed lists: routes are patterns, never paths.

use std::time::{Duration, Instant};

use prometheus::{Encoder, Histogram, HistogramOpts, HistogramVec, IntCounterVec, IntGauge, IntGaugeVec, Opts, Registry, TextEncoder};

/// A request in progress.
#[derive(Debug)]
pub struct Timer(Instant);

/// The metrics of one node. Clones share their counters.
#[derive(Clone, Debug)]
pub struct Metrics {
    registry: Registry,
    requests: HistogramVec,
    authorizations: IntCounterVec,
    sign_ins: IntCounterVec,
    tokens: IntCounterVec,
    queues: IntGaugeVec,
    connections: IntGauge,
    messages: IntCounterVec,
    commit_batch: Histogram,
    shed: IntCounterVec,
    in_flight: IntGauge,
}

impl Metrics {
    /// Fresh counters, all at zero.
    ///
    /// # Panics
    /// Never: names and labels are constants, and a test makes them.
    #[must_use]
    pub fn new() -> Self {
        Self::registered(Registry::new()).expect("the names of the metrics are valid and differ")
    }

    fn registered(registry: Registry) -> prometheus::Result<Self> {
        let seconds = vec![0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0];
        let requests = HistogramOpts::new("dinhdanh_http_request_duration_seconds", "Time from a request to its response").buckets(seconds);
        let batch = HistogramOpts::new("dinhdanh_commit_batch_size", "Transactions that shared one commit")
            .buckets(vec![1.0, 2.0, 4.0, 8.0, 16.0, 32.0, 64.0, 128.0, 256.0]);
        let metrics = Self {
            requests: HistogramVec::new(requests, &["route", "status"])?,
            authorizations: IntCounterVec::new(Opts::new("dinhdanh_authorizations_total", "Answers to portals by outcome"), &["outcome"])?,
            sign_ins: IntCounterVec::new(Opts::new("dinhdanh_sign_ins_total", "Tries to sign in by outcome"), &["outcome"])?,
            tokens: IntCounterVec::new(
                Opts::new("dinhdanh_token_requests_total", "Token requests by grant and outcome"),
                &["grant_type", "outcome"],
            )?,
            queues: IntGaugeVec::new(Opts::new("dinhdanh_queue_depth", "Work that waits, by queue"), &["queue"])?,
            connections: IntGauge::new("dinhdanh_connections", "Open connections of clients")?,
            messages: IntCounterVec::new(
                Opts::new("dinhdanh_messages_total", "Outgoing messages by channel and outcome"),
                &["channel", "outcome"],
            )?,
            commit_batch: Histogram::with_opts(batch)?,
            shed: IntCounterVec::new(
                Opts::new("dinhdanh_requests_shed_total", "Requests answered 503 for want of room, by cause"),
                &["cause"],
            )?,
            in_flight: IntGauge::new("dinhdanh_requests_in_flight", "Requests that are being worked on")?,
            registry,
        };
        metrics.registry.register(Box::new(metrics.requests.clone()))?;
        metrics.registry.register(Box::new(metrics.authorizations.clone()))?;
        metrics.registry.register(Box::new(metrics.sign_ins.clone()))?;
        metrics.registry.register(Box::new(metrics.tokens.clone()))?;
        metrics.registry.register(Box::new(metrics.queues.clone()))?;
        metrics.registry.register(Box::new(metrics.connections.clone()))?;
        metrics.registry.register(Box::new(metrics.messages.clone()))?;
        metrics.registry.register(Box::new(metrics.commit_batch.clone()))?;
        metrics.registry.register(Box::new(metrics.shed.clone()))?;
        metrics.registry.register(Box::new(metrics.in_flight.clone()))?;
        Ok(metrics)
    }

    /// A request begins.
    #[must_use]
    pub fn start_timer(&self) -> Timer {
        Timer(Instant::now())
    }

    /// A request was answered; says how long it took. `route` is the pattern that matched, such as `/interaction/{id}`; `unknown` when
    /// none did.
    pub fn observe_request(&self, route: &str, status: u16, timer: Timer) -> Duration {
        let class = ["1xx", "2xx", "3xx", "4xx", "5xx"].get(usize::from(status / 100).wrapping_sub(1)).copied().unwrap_or("other");
        let took = timer.0.elapsed();
        self.requests.with_label_values(&[route, class]).observe(took.as_secs_f64());
        took
    }

    /// A portal got its answer: `code`, or the error code.
    pub fn authorization(&self, outcome: &'static str) {
        self.authorizations.with_label_values(&[outcome]).inc();
    }

    /// A try to sign in ended: `password`, `code`, `password_wrong`, `code_wrong`, `malformed`, `refused`, `throttled`, `busy`.
    pub fn sign_in(&self, outcome: &'static str) {
        self.sign_ins.with_label_values(&[outcome]).inc();
    }

    /// A token request ended: `issued`, or the error code.
    pub fn token(&self, grant_type: &'static str, outcome: &'static str) {
        self.tokens.with_label_values(&[grant_type, outcome]).inc();
    }

    /// How much waits in a queue now, such as `hashing` or `messages`.
    pub fn queue(&self, queue: &'static str, depth: usize) {
        self.queues.with_label_values(&[queue]).set(i64::try_from(depth).unwrap_or(i64::MAX));
    }

    /// How many connections of clients are open now.
    pub fn connections(&self, open: usize) {
        self.connections.set(i64::try_from(open).unwrap_or(i64::MAX));
    }

    /// A request was answered 503 before any work was done for it: `cause` is `in_flight` or `wait`.
    pub fn shed(&self, cause: &'static str) {
        self.shed.with_label_values(&[cause]).inc();
    }

    /// So many requests are being worked on now.
    pub fn in_flight(&self, requests: usize) {
        self.in_flight.set(i64::try_from(requests).unwrap_or(i64::MAX));
    }

    /// One message handed to the gateway, or given up: `channel` is `sms` or `email`, `outcome` is `sent`, `retried` or `given_up`.
    pub fn message(&self, channel: &'static str, outcome: &'static str) {
        self.messages.with_label_values(&[channel, outcome]).inc();
    }

    /// So many transactions shared one commit.
    pub fn commit_batch(&self, transactions: usize) {
        self.commit_batch.observe(f64::from(u32::try_from(transactions).unwrap_or(u32::MAX)));
    }

    /// Everything in the text format of Prometheus (0.0.4).
    #[must_use]
    pub fn render(&self) -> String {
        let mut text = Vec::new();
        if let Err(error) = TextEncoder::new().encode(&self.registry.gather(), &mut text) {
            tracing::error!(%error, "metrics cannot be written");
        }
        String::from_utf8(text).unwrap_or_default()
    }
}

impl Default for Metrics {
    fn default() -> Self {
        Self::new()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_happened_is_counted() {
        let metrics = Metrics::new();
        let timer = metrics.start_timer();
        metrics.observe_request("/interaction/{id}", 200, timer);
        metrics.authorization("code");
        metrics.sign_in("password_wrong");
        metrics.token("authorization_code", "issued");
        metrics.queue("hashing", 7);
        metrics.message("sms", "sent");
        metrics.commit_batch(5);
        metrics.shed("in_flight");
        metrics.in_flight(3);
        let text = metrics.render();
        for line in [
            "dinhdanh_http_request_duration_seconds_count{route=\"/interaction/{id}\",status=\"2xx\"} 1",
            "dinhdanh_authorizations_total{outcome=\"code\"} 1",
            "dinhdanh_sign_ins_total{outcome=\"password_wrong\"} 1",
            "dinhdanh_token_requests_total{grant_type=\"authorization_code\",outcome=\"issued\"} 1",
            "dinhdanh_queue_depth{queue=\"hashing\"} 7",
            "dinhdanh_messages_total{channel=\"sms\",outcome=\"sent\"} 1",
            "dinhdanh_commit_batch_size_sum 5",
            "dinhdanh_requests_shed_total{cause=\"in_flight\"} 1",
            "dinhdanh_requests_in_flight 3",
        ] {
            assert!(text.contains(line), "{line}\n{text}");
        }
    }
}
