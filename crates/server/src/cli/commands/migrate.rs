//! `dinhdanh migrate`.

use serde_json::json;

use crate::cli::{Opened, Report};

/// Runs what is missing. The first migration fixes whether this is a sandbox or production.
///
/// # Errors
/// Of the database; a failed migration was rolled back.
pub fn migrate(opened: &Opened) -> anyhow::Result<Report> {
    let ran = opened.store.migrate(opened.clock.now())?;
    let mode = opened.store.mode();
    let text = match ran.len() {
        0 => format!("The database is up to date ({mode}).\n"),
        count => format!("{count} migration{} run ({mode}): {}\n", if count == 1 { "" } else { "s" }, ran.join(", ")),
    };
    Ok(Report::done(text, json!({ "mode": mode.as_str(), "migrations": ran })))
}
