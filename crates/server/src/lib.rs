//! The server: translates HTTP to the pure crates and back.
//!
//! 1. [`cli`] reads the command line and [`config`], opens the database and its keys, and starts a node, or runs one command in it
//!    through the [`control`] socket.
//! 2. [`http`] listens; its outermost layer gives every request an id and every answer its headers. [`routes`] has one file an endpoint.
//! 3. [`flow`] takes one authorization from the portal's request to the answer: it asks `oidc_provider::authorization::decide` what comes
//!    next and turns that into a page or an answer.
//! 4. [`claims`] is where law and protocol meet; [`disclosure`] asks the law at every release, [`usage`] writes it down.
//! 5. [`pages`] and [`text`] are what people see; [`hashing`], [`throttle`], [`one_time_code`] and [`delivery`] guard and serve the sign-in.
//! 6. [`clock`] and [`randomness`] are the only places that ask the machine for time and chance.

pub mod background;
pub mod claims;
pub mod cli;
pub mod clock;
pub mod config;
pub mod control;
pub mod delivery;
#[cfg(feature = "sandbox")]
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
pub mod service_manager;
pub mod text;
pub mod throttle;
pub mod usage;
