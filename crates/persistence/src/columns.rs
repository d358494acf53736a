//! How Rust values lie in columns: times as unix milliseconds, ids as 16 bytes, JSON as text.

use diesel::result::Error::DeserializationError;
use diesel::result::QueryResult;
use time::OffsetDateTime;
use uuid::Uuid;

/// Unix milliseconds (UTC) of `at`, rounded towards the past.
#[must_use]
pub fn ms(at: OffsetDateTime) -> i64 {
    i64::try_from(at.unix_timestamp_nanos().div_euclid(1_000_000)).unwrap_or(i64::MAX)
}

/// The time of `ms` unix milliseconds; what lies beyond the calendar becomes its end.
#[must_use]
pub fn from_ms(ms: i64) -> OffsetDateTime {
    OffsetDateTime::from_unix_timestamp_nanos(i128::from(ms) * 1_000_000).unwrap_or(time::PrimitiveDateTime::MAX.assume_utc())
}

/// A row that does not read as what the schema promises: damage, or a writer of another version.
#[derive(Debug, thiserror::Error)]
#[error("the database holds {what} that cannot be read: {why}")]
pub struct Unreadable {
    what: &'static str,
    why: String,
}

/// The error for a column that cannot be read.
pub(crate) fn unreadable(what: &'static str, why: impl std::fmt::Display) -> diesel::result::Error {
    DeserializationError(Box::new(Unreadable { what, why: why.to_string() }))
}

/// The error for a value that cannot be written.
pub(crate) fn unwritable(what: &'static str, why: impl std::fmt::Display) -> diesel::result::Error {
    diesel::result::Error::SerializationError(Box::new(Unreadable { what, why: why.to_string() }))
}

/// An id from its 16 bytes.
pub(crate) fn id(bytes: &[u8]) -> QueryResult<Uuid> {
    Uuid::from_slice(bytes).map_err(|e| unreadable("an id", e))
}

/// The bytes of an id.
pub(crate) fn id_bytes(id: &Uuid) -> &[u8] {
    id.as_bytes().as_slice()
}

/// A 32-byte hash.
pub(crate) fn hash32(bytes: &[u8]) -> QueryResult<[u8; 32]> {
    bytes.try_into().map_err(|_| unreadable("a hash", format!("{} bytes instead of 32", bytes.len())))
}

/// JSON text of a value.
pub(crate) fn to_json<T: serde::Serialize>(what: &'static str, value: &T) -> QueryResult<String> {
    serde_json::to_string(value).map_err(|e| unwritable(what, e))
}

/// A value from its JSON text.
pub(crate) fn from_json<T: serde::de::DeserializeOwned>(what: &'static str, text: &str) -> QueryResult<T> {
    serde_json::from_str(text).map_err(|e| unreadable(what, e))
}
