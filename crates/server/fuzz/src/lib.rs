//! What holds for every input of the server's own parsers, one file a target. Each `run` takes the fuzzer's bytes and panics where a promise is
//! broken; the tests of this crate call it with every committed seed.
//!
//! - What comes over HTTP: [`cookies`], [`forwarded`], [`one_time_code`], and [`requests`], whole requests to a provider in this process.
//! - What an operator hands over: [`config`], [`accounts`], [`control`]; and [`citizen`], the words of the law in all of them.
//!
//! `scripts/fuzz` builds and runs them; `crates/oidc-provider/fuzz` has the protocol's.

pub mod accounts;
pub mod citizen;
pub mod config;
pub mod control;
pub mod cookies;
pub mod forwarded;
pub mod one_time_code;
mod provider;
pub mod requests;

/// A target: its name and what it does with the fuzzer's bytes.
pub type Target = (&'static str, fn(&[u8]));

/// Every target of this crate.
pub const TARGETS: [Target; 8] = [
    ("accounts", accounts::run),
    ("citizen", citizen::run),
    ("config", config::run),
    ("control", control::run),
    ("cookies", cookies::run),
    ("forwarded", forwarded::run),
    ("one_time_code", one_time_code::run),
    ("requests", requests::run),
];
