//! Every target has seeds, a program and a place in the list, and no seed breaks a promise.
#![allow(clippy::unwrap_used)] // helpers of tests are tests

use oidc_provider_fuzz::TARGETS;

#[path = "seeds/shared.rs"]
mod shared;
