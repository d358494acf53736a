//! Where law and protocol meet: `acr` and levels, scopes and attributes, claims and the person's data.
//!
//! - [`acr`]: which account and authentication level an `acr` value stands for, and which value answers a request
//! - [`catalogue`]: one line a claim: its scope and the attribute that the law knows it by
//! - [`values`]: the claims of a person, as released; [`vnconnect`]: the same under the names that portals read today
//! - [`assessment`]: how the account that is signed in stands to one portal's request

pub mod acr;
pub mod assessment;
pub mod catalogue;
pub mod labels;
pub mod values;
pub mod vnconnect;

pub use acr::AcrNames;
pub use assessment::{Assessment, situation};
pub use catalogue::{asked_attributes, known_scopes};
