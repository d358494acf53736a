//! What every request and answer shares: cookies, CSRF, headers, language, request ids, and the listener itself.
//!
//! From the outside in, a request passes [`admission`] (is there room?), [`headers`] (id, log, security headers) and [`body`] (read
//! within its time and size) before its route sees it.

pub mod address;
pub mod admission;
pub mod answer;
mod backlog;
pub mod body;
pub mod browser;
mod connections;
pub mod cookies;
pub mod csrf;
pub mod frame;
pub mod headers;
pub mod page;
pub mod request_id;
mod run;
pub mod session_cookie;

pub use connections::{Connections, raise_file_limit};
pub use run::run_on;
