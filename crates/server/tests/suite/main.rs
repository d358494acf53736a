//! The server over real HTTP, by actors: a citizen's browser, a portal, nobody.
#![allow(clippy::unwrap_used, clippy::expect_used, missing_docs)]

mod support;

mod addresses_and_cookies;
mod another_person;
mod assertions;
mod attacks;
mod authorize;
mod authorize_answers;
mod bad_input;
mod bounds;
mod client_authentication;
mod consent;
mod disclosure;
mod every_route;
mod interactions;
mod introspection_and_revocation;
mod levels;
mod logout;
mod logs;
mod meanwhile;
mod metadata;
mod metrics;
mod notices;
mod once;
mod overload;
mod refusals;
mod relying_party;
mod security_manual;
mod sessions;
mod token;
mod vnconnect;
