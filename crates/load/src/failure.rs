//! What can go wrong with one operation, counted apart.

/// An operation that did not end as a real client would want it.
#[derive(Debug, Clone, thiserror::Error)]
pub enum Failure {
    /// 503: the server shed the load.
    #[error("503{}", if *.retry_after { "" } else { " without Retry-After" })]
    Shed {
        /// Whether it said when to come again (RFC 9110 §10.2.3).
        retry_after: bool,
    },
    /// No answer within the limit.
    #[error("no answer in time")]
    TimedOut,
    /// The connection was refused or broke.
    #[error("connection: {0}")]
    Connection(String),
    /// An answer that a real client would not accept.
    #[error("{0}")]
    Wrong(String),
}

impl Failure {
    /// [`Failure::Wrong`] with the beginning of what was answered.
    #[must_use]
    pub fn wrong(what: &str, status: u16, body: &[u8]) -> Self {
        let said: String = String::from_utf8_lossy(body).chars().take(200).collect();
        Self::Wrong(format!("{what}: {status} {}", said.replace('\n', " ")))
    }
}
