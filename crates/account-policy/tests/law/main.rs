//! The law, article by article.

#![allow(clippy::unwrap_used, reason = "fixtures are known to be well-formed")]

mod admission;
mod decision_table;
mod disclosure;
mod fixtures;
mod levels;
mod names;
mod numbers;
mod parameters;
mod properties;
