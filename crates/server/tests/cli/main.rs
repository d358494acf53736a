//! The program as an operator starts it: one line that names cause and cure, an exit code that tells, and nothing damaged.

#![allow(clippy::unwrap_used, clippy::expect_used)]

mod commands;
mod import;
mod operator;
#[path = "../process/mod.rs"]
mod process;
mod start;
mod usage;
