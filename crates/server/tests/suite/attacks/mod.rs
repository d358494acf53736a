//! Attacks, one file each by name. Many more are tried where the defence is: `docs/security.md` lists every attack with its tests and the
//! patch in `tests/defences` that takes the defence away.

mod cache_poisoning;
mod clickjacking;
mod code_injection;
mod cross_site_scripting;
mod guessing;
mod header_injection;
mod host_header;
mod login_csrf;
mod open_redirect;
mod oversized;
mod replay;
mod slow_and_huge;
mod user_enumeration;
