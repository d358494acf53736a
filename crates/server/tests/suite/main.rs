//! The server over real HTTP, by actors: a citizen's browser, a portal, nobody.
#![allow(clippy::unwrap_used, clippy::expect_used, missing_docs)]

mod support;

mod assertions;
mod authorize;
mod authorize_answers;
mod bad_input;
mod consent;
mod disclosure;
