//! What no unit test shows: a real process whose machine fails it. One test at a time, so that each has the machine to itself.
//!
//! Full and read-only disks need a small file system of their own: tests that run as root mount one, others take an empty one from
//! `DINHDANH_TEST_SMALL_DISK` (its path). Without either they fail, and say so, unless `DINHDANH_TEST_SKIP_DISKS` is set. Files that turn read-only
//! under a running node take root in any case.
#![allow(clippy::unwrap_used, clippy::expect_used, missing_docs)]

#[path = "../suite/support/browser.rs"]
#[allow(dead_code)]
mod browser;
mod clock;
mod commands;
mod damaged;
mod descriptors;
mod disk;
mod kill;
mod machine;
mod notices;
#[path = "../process/mod.rs"]
mod process;
mod shutdown;
mod small_disk;
mod steps;
