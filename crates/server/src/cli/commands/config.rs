//! `dinhdanh config check`.

use std::path::Path;

use persistence::DatabaseUrl;
use serde_json::json;

use crate::cli::Report;
use crate::config::Config;

/// What reading the configuration did not look at: files that only a starting node opens. Starts and changes nothing.
///
/// # Errors
/// The first thing wrong.
pub fn check(config: &Config) -> anyhow::Result<Report> {
    if let Some(tls) = &config.tls {
        is_readable("tls.certificate_file", &tls.certificate_file)?;
        is_readable("tls.key_file", &tls.key_file)?;
    }
    if let Some(file) = &config.sandbox.outbound_ca_file {
        is_readable("sandbox.outbound_ca_file", file)?;
    }
    let mode = if config.sandbox.enabled { "sandbox" } else { "production" };
    let database = DatabaseUrl::parse(config.database.url.expose())?.to_string();
    let clients: Vec<_> = config.clients.iter().map(|client| client.client_id.as_str()).collect();
    let text = format!(
        "The configuration is good.\n  mode      {mode}\n  issuer    {}\n  listen    {}\n  database  {database}\n  clients   {}\n",
        config.issuer,
        config.listen,
        if clients.is_empty() { "none".to_owned() } else { clients.join(", ") },
    );
    let json = json!({
        "mode": mode,
        "issuer": config.issuer,
        "listen": config.listen,
        "database": database,
        "clients": clients,
        "settings": config,
    });
    Ok(Report::done(text, json))
}

fn is_readable(key: &str, file: &Path) -> anyhow::Result<()> {
    match std::fs::File::open(file) {
        Ok(_) => Ok(()),
        Err(error) => anyhow::bail!("{key}: {}: cannot be read ({error}); check the path and its permissions", file.display()),
    }
}
