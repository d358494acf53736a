//! `dinhdanh clients`, and the clients of the configuration file at the start of a node.

use std::io::{BufRead, Read};

use anyhow::{Context, bail};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use oidc_provider::client::{AuthenticationMethod, Client, ClientMetadata};
use persistence::Db;
use persistence::clients::{ClientRecord, Origin, Upserted};
use serde_json::{Value, json};

use super::audit;
use crate::cli::arguments::ClientsOperation;
use crate::cli::{Opened, Report};
use crate::config::plain_words;
use crate::outbound::Outbound;

const LARGEST_FILE: u64 = 256 * 1024;

/// Runs one of them.
///
/// # Errors
/// Cause and cure.
pub fn run(opened: &Opened, operation: &ClientsOperation, input: &mut dyn BufRead) -> anyhow::Result<Report> {
    match operation {
        ClientsOperation::Add { replace, .. } => add(opened, *replace, input),
        ClientsOperation::List => list(opened),
        ClientsOperation::Show { client_id } => show(opened, client_id),
        ClientsOperation::Disable { client_id } => disable(opened, client_id),
        ClientsOperation::Enable { client_id } => enable(opened, client_id),
    }
}

/// Writes the clients of the configuration file to the database; only the file changes them.
///
/// # Errors
/// When one is not acceptable, or was added by `clients add`.
pub async fn store_configured(opened: &Opened, outbound: &Outbound) -> anyhow::Result<()> {
    for metadata in &opened.config.clients {
        let client_id = &metadata.client_id;
        let stored = find(opened, client_id)?;
        let document = match &metadata.sector_identifier_uri {
            None => None,
            Some(uri) => match outbound.sector_redirect_uris(uri).await {
                Ok(document) => Some(document),
                // Its sector is stored for ever: a document that is out of reach today must not keep a node from starting.
                Err(error) if stored.is_some() => {
                    tracing::warn!(client_id, %error, "sector_identifier_uri was not checked");
                    Some(metadata.redirect_uris.clone())
                }
                Err(error) => bail!("client {client_id}: sector_identifier_uri: {error}"),
            },
        };
        let client = register(opened, metadata.clone(), document)?;
        if let Upserted::OtherOrigin(_) = store(opened, client, Origin::File)? {
            bail!(
                "client {client_id} was registered with `clients add`; remove it from the configuration file, or give this one another client_id"
            );
        }
    }
    for record in opened.store.read_blocking(ClientRecord::list)? {
        let client_id = record.client.client_id;
        let configured = opened.config.clients.iter().any(|metadata| metadata.client_id == client_id);
        if record.origin == Origin::File && record.disabled_at.is_none() && !configured {
            tracing::warn!(client_id, "this client left the configuration file and is still served; `clients disable` ends that");
        }
    }
    Ok(())
}

fn register(opened: &Opened, metadata: ClientMetadata, document: Option<Vec<String>>) -> anyhow::Result<Client> {
    let client_id = metadata.client_id.clone();
    metadata
        .register(&opened.config.registration_rules(document))
        .map_err(|error| anyhow::anyhow!("client {client_id}: {}: {error}", error.key()))
}

fn store(opened: &Opened, client: Client, origin: Origin) -> anyhow::Result<Upserted> {
    let now = opened.clock.now();
    let event = audit::event(opened, "client.stored", None, &json!({ "client_id": client.client_id }));
    let upsert = move |db: &mut Db| {
        let upserted = ClientRecord::upsert(db, &client, origin, now)?;
        if matches!(upserted, Upserted::Created | Upserted::Updated) {
            event.append(db)?;
        }
        Ok(upserted)
    };
    Ok(opened.store.run_blocking(upsert)?)
}

fn find(opened: &Opened, client_id: &str) -> anyhow::Result<Option<ClientRecord>> {
    Ok(opened.store.read_blocking(|db: &mut Db| ClientRecord::find(db, client_id))?)
}

fn known(opened: &Opened, client_id: &str) -> anyhow::Result<ClientRecord> {
    find(opened, client_id)?.with_context(|| format!("there is no client {client_id}; `clients list` shows them"))
}

fn add(opened: &Opened, replace: bool, input: &mut dyn BufRead) -> anyhow::Result<Report> {
    let mut metadata = read_metadata(input)?;
    let client_id = metadata.client_id.clone();
    match find(opened, &client_id)? {
        Some(stored) if stored.origin == Origin::File => {
            bail!("client {client_id} is in the configuration file; change it there and restart the node")
        }
        Some(_) if !replace => bail!("client {client_id} exists already; add --replace to change it"),
        _ => {}
    }
    if metadata.client_secret_file.is_some() {
        bail!("client_secret_file is for the configuration file; give client_secret, or leave it out and one is made");
    }
    let made =
        (needs_secret(&metadata) && metadata.client_secret.is_none()).then(|| URL_SAFE_NO_PAD.encode(opened.randomness.bytes::<32>()));
    if let Some(secret) = &made {
        metadata.client_secret = Some(secret.clone().into());
    }
    let document = metadata.sector_identifier_uri.as_deref().map(|uri| fetch_sector(opened, uri)).transpose()?;
    let client = register(opened, metadata, document)?;
    store(opened, client, Origin::Admin)?;
    let text = match &made {
        Some(secret) => format!("{client_id} is registered.\nclient_secret: {secret}\nIt is shown this once; only its hash is kept.\n"),
        None => format!("{client_id} is registered.\n"),
    };
    Ok(Report::done(text, json!({ "client_id": client_id, "client_secret": made })))
}

/// One table of keys, in TOML or JSON.
fn read_metadata(input: &mut dyn BufRead) -> anyhow::Result<ClientMetadata> {
    let mut text = String::new();
    input.take(LARGEST_FILE).read_to_string(&mut text).context("the file is no text in UTF-8")?;
    if text.trim_start().starts_with('{') {
        return serde_json::from_str(&text).context("not the metadata of a client");
    }
    toml::from_str(&text).map_err(|error| {
        let line = error.span().map_or(1, |span| text.bytes().take(span.start).filter(|byte| *byte == b'\n').count() + 1);
        let problem = plain_words(error.message(), "client_secret");
        anyhow::anyhow!("line {line}: {problem}; the file holds the keys of one [[clients]] table, without that heading")
    })
}

fn needs_secret(metadata: &ClientMetadata) -> bool {
    !matches!(metadata.token_endpoint_auth_method, Some(AuthenticationMethod::None | AuthenticationMethod::PrivateKeyJwt))
}

fn fetch_sector(opened: &Opened, uri: &str) -> anyhow::Result<Vec<String>> {
    let outbound = Outbound::new(&opened.config, opened.store.mode())?;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(outbound.sector_redirect_uris(uri)).context("sector_identifier_uri")
}

fn list(opened: &Opened) -> anyhow::Result<Report> {
    let records = opened.store.read_blocking(ClientRecord::list)?;
    let rows: Vec<_> = records
        .iter()
        .map(|record| {
            let levels = format!("{}/{}", record.client.min_account_level, record.client.min_authentication_level);
            [
                record.client.client_id.clone(),
                standing(record).to_owned(),
                origin(record).to_owned(),
                levels,
                record.client.client_name.clone(),
            ]
        })
        .collect();
    let json: Vec<Value> = records.iter().map(summary).collect();
    Ok(Report::table(["CLIENT", "STATE", "FROM", "LEVELS", "NAME"], &rows, "No clients.", json!({ "clients": json })))
}

fn standing(record: &ClientRecord) -> &'static str {
    if record.disabled_at.is_some() { "disabled" } else { "active" }
}

fn origin(record: &ClientRecord) -> &'static str {
    match record.origin {
        Origin::File => "file",
        Origin::Admin => "command",
    }
}

fn summary(record: &ClientRecord) -> Value {
    json!({
        "client_id": record.client.client_id,
        "client_name": record.client.client_name,
        "state": standing(record),
        "origin": origin(record),
        "min_account_level": record.client.min_account_level,
        "min_authentication_level": record.client.min_authentication_level,
    })
}

fn show(opened: &Opened, client_id: &str) -> anyhow::Result<Report> {
    let record = known(opened, client_id)?;
    let mut json = serde_json::to_value(&record.client)?;
    // Not even the hash of a secret belongs on a screen.
    json["authentication"] = record.client.authentication.method().into();
    json["state"] = standing(&record).into();
    json["origin"] = origin(&record).into();
    let text = json.as_object().into_iter().flatten().map(|(name, value)| format!("{name:<28} {}\n", plain(value))).collect::<String>();
    Ok(Report::done(text, json))
}

fn plain(value: &Value) -> String {
    match value {
        Value::Null => "-".to_owned(),
        Value::String(text) => text.clone(),
        Value::Array(items) => items.iter().map(plain).collect::<Vec<_>>().join(" "),
        other => other.to_string(),
    }
}

fn disable(opened: &Opened, client_id: &str) -> anyhow::Result<Report> {
    known(opened, client_id)?;
    let (id, now) = (client_id.to_owned(), opened.clock.now());
    let event = audit::event(opened, "client.disabled", None, &json!({ "client_id": client_id }));
    let changed = opened.store.run_blocking(move |db: &mut Db| {
        event.append(db)?;
        ClientRecord::disable(db, &id, now)
    })?;
    let text = if changed { "is disabled: every request of it is refused from now on" } else { "was disabled already" };
    Ok(Report::done(format!("{client_id} {text}.\n"), json!({ "client_id": client_id, "state": "disabled", "changed": changed })))
}

fn enable(opened: &Opened, client_id: &str) -> anyhow::Result<Report> {
    known(opened, client_id)?;
    let (id, now) = (client_id.to_owned(), opened.clock.now());
    let event = audit::event(opened, "client.enabled", None, &json!({ "client_id": client_id }));
    let changed = opened.store.run_blocking(move |db: &mut Db| {
        event.append(db)?;
        ClientRecord::enable(db, &id, now)
    })?;
    let text = if changed { "is served again" } else { "was not disabled" };
    Ok(Report::done(format!("{client_id} {text}.\n"), json!({ "client_id": client_id, "state": "active", "changed": changed })))
}
