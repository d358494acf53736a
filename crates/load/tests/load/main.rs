//! The load tool against a real node, and against servers that do not behave.

#![allow(clippy::unwrap_used, clippy::expect_used)]

mod badly_behaved;
mod measuring;
mod node;
mod seeding;
