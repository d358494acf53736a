//! The state machines against small models: random sequences of operations on a real database, an answer of the model for each, and what
//! must hold after every step. A failing sequence is shrunk to a short one and printed.
//!
//! The clock of a machine goes back as well as forward: an operator may set it, and a virtual machine may be put back.

mod consents;
mod families;
mod sessions;

use proptest::test_runner::{Config, TestCaseError, TestRunner};
use time::{Duration, OffsetDateTime};

use crate::world::NOW;

/// So many sequences each; on SQLite one takes a few milliseconds.
const SEQUENCES: u32 = 96;

/// Runs random sequences of operations; `try_one` begins each with a citizen of its own.
fn explore<O: std::fmt::Debug>(
    operations: impl proptest::strategy::Strategy<Value = Vec<O>>,
    try_one: impl Fn(Vec<O>) -> Result<(), TestCaseError>,
) {
    let config = Config { cases: SEQUENCES, failure_persistence: None, ..Config::default() };
    if let Err(failure) = TestRunner::new(config).run(&operations, try_one) {
        panic!("{failure}");
    }
}

/// The time of a machine that has gone on by so many seconds.
fn at(seconds: i64) -> OffsetDateTime {
    NOW + Duration::seconds(seconds)
}
