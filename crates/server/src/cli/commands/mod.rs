//! The commands, one file a noun. Each runs against an [`Opened`](super::Opened) installation, in a node or beside none.

pub mod accounts;
mod audit;
pub mod backup;
pub mod check;
pub mod clients;
pub mod config;
mod confirm_reset;
pub mod import;
pub mod keys;
pub mod migrate;
pub mod restore;
