//! The authorization request, its client and its answer, and logout, told in actors and sentences; one file a chapter.

#![allow(clippy::unwrap_used)] // clippy sees a test only in #[test] functions, and these helpers are for nothing else

mod actors;
mod answer;
mod claims_parameter;
mod decision;
mod logout;
mod max_age;
mod metadata;
mod parameters;
mod pkce;
mod properties;
mod redirect_uri;
mod registration;
mod registration_uris;
mod request;
mod request_refused;
mod scope;
mod sector;
mod vnconnect;
