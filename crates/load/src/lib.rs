//! A load tool for this provider, and for any other whose sign-in is one plain form. Loopback only.
//!
//! - [`profile`] says whom to measure; [`origin`] keeps every connection on this machine; [`portal`] reads the metadata.
//! - A [`user`] is a [`browser`] and a portal: it does the operations of a [`workload`] and checks each answer as a real client would.
//! - [`closed`] repeats them as fast as they are answered. [`tally`] and [`latencies`] count, [`process`] reads what it cost, [`row`] says it.
//! - [`open`] begins them at fixed times ([`schedule`]); [`overload`] and [`storm`] are made of both.
//! - [`people`] do not exist; [`seed`] fills a database with them, and [`import_rate`] compares an import with that.
//! - [`raw`] and [`hello`] measure what nothing can be faster than: the signature, the password hash, the plain answer.

pub mod browser;
pub mod closed;
pub mod commands;
pub mod connection;
pub mod crowd;
pub mod failure;
pub mod hello;
pub mod import_rate;
pub mod latencies;
pub mod open;
pub mod origin;
pub mod overload;
pub mod page;
pub mod people;
pub mod portal;
pub mod process;
pub mod profile;
pub mod raw;
pub mod row;
pub mod schedule;
pub mod seed;
pub mod storm;
pub mod tally;
pub mod user;
pub mod workload;
