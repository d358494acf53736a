//! `dinhdanh backup`: a copy of the database beside whoever works on it. It needs no key and asks no node: what is sealed stays sealed.

use std::path::{Path, absolute};

use anyhow::Context;
use persistence::DatabaseUrl;
use serde_json::json;

use crate::cli::{Audience, Progress, Report};
use crate::config::Config;

/// Copies.
///
/// # Errors
/// Cause and cure; then the file is not there.
pub fn backup(config: &Config, file: &Path, audience: &mut dyn Audience) -> anyhow::Result<Report> {
    let url = DatabaseUrl::parse(config.database.url.expose())?;
    let file = absolute(file).with_context(|| file.display().to_string())?;
    let (bytes, mode) = persistence::backup(&url, &file, &mut |done, total| {
        audience.expect(total);
        audience.progress(Progress { bytes: done, rows: 0 });
    })?;
    let text = format!("{} ({mode}, {bytes} bytes) is written. The key-encryption key is not in it: keep that apart.\n", file.display());
    Ok(Report::done(text, json!({ "file": file, "bytes": bytes, "mode": mode.as_str() })))
}
