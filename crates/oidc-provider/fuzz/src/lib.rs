//! What holds for every input of the protocol's parsers, one file a target. Each `run` takes the fuzzer's bytes and panics where a promise
//! is broken; the tests of this crate call it with every committed seed.
//!
//! - Requests: [`parameters`], [`authorize`], [`claims`], [`redirect`], [`token`], [`bearer`], [`logout`], [`words`].
//! - Signed and sealed things: [`assertion`], [`jwks`], [`hint`], [`access_token`], [`refresh_token`].
//! - What an operator writes: [`registration`].
//!
//! `scripts/fuzz` builds and runs them; `crates/server/fuzz` has the server's own.

pub mod access_token;
mod actors;
pub mod assertion;
pub mod authorize;
pub mod bearer;
pub mod claims;
mod edits;
pub mod hint;
pub mod jwks;
pub mod logout;
pub mod parameters;
pub mod redirect;
pub mod refresh_token;
pub mod registration;
pub mod token;
pub mod words;

/// A target: its name and what it does with the fuzzer's bytes.
pub type Target = (&'static str, fn(&[u8]));

/// Every target of this crate.
pub const TARGETS: [Target; 14] = [
    ("access_token", access_token::run),
    ("assertion", assertion::run),
    ("authorize", authorize::run),
    ("bearer", bearer::run),
    ("claims", claims::run),
    ("hint", hint::run),
    ("jwks", jwks::run),
    ("logout", logout::run),
    ("parameters", parameters::run),
    ("redirect", redirect::run),
    ("refresh_token", refresh_token::run),
    ("registration", registration::run),
    ("token", token::run),
    ("words", words::run),
];
