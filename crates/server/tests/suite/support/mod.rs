//! A provider on a port of its own, with the demo citizens and a handful of clients.

pub mod app;
pub mod browser;
pub mod log;
pub mod portal;
pub mod raw;

pub use app::App;
pub use browser::{Answer, Browser};
pub use portal::{Portal, Tokens, claims, newest_code};
pub use raw::{raw, raw_form};

/// Password of every demo citizen.
pub const PASSWORD: &str = "Sandbox#2024";
/// Level 2, everything in order.
pub const AN: &str = "098090000001";
/// Level 1.
pub const BINH: &str = "098199000002";
/// Level 2, e-ID card locked at the holder's request.
pub const CUONG: &str = "098085000003";
/// Level 2, ID card expired yesterday.
pub const DUNG: &str = "098188000004";
/// A child under guardian An.
pub const DUC: &str = "098216000005";
/// In the population database, without an account.
pub const GIANG: &str = "098195000006";
/// Foreigner of level 2, no e-ID card.
pub const ANNA: &str = "098188000011";
