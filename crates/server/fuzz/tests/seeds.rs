//! Every target has seeds, a program and a place in the list, and no seed breaks a promise.
#![allow(clippy::unwrap_used)] // helpers of tests are tests

use dinhdanh_fuzz::TARGETS;

#[path = "../../../oidc-provider/fuzz/tests/seeds/shared.rs"]
mod shared;
