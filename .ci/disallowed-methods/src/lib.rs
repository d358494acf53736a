//! Every line of this function must be refused.

/// What nobody may do outside of `server/src/clock.rs` and `server/src/randomness.rs`.
pub fn disallowed() {
    let _ = time::OffsetDateTime::now_utc();
    let _ = time::UtcDateTime::now();
    let _ = std::time::SystemTime::now();
    let _ = rand::rng();
    let _ = uuid::Uuid::now_v7();
    let _ = uuid::Uuid::new_v4();
}
