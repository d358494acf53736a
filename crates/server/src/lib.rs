//! The server: translates HTTP to the pure crates and back.

pub mod background;
pub mod claims;
pub mod cli;
pub mod clock;
pub mod config;
pub mod control;
pub mod delivery;
pub mod demo;
pub mod disclosure;
pub mod flow;
pub mod hashing;
pub mod http;
pub mod observe;
pub mod one_time_code;
pub mod outbound;
pub mod pages;
pub mod provider;
pub mod randomness;
pub mod routes;
pub mod text;
pub mod throttle;
pub mod usage;
