//! `dinhdanh restore`: a backup takes the database's place; what could have been revoked since it was made ends.

use std::path::Path;

use anyhow::{bail, ensure};
use persistence::restore::{Quiesced, quiesce, stage, verify};
use persistence::{DatabaseUrl, Db};
use serde_json::json;
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

use super::audit;
use crate::cli::{Audience, Opened, Pending, Progress, Report};
use crate::clock::Clock;
use crate::config::{Config, Secret};
use crate::control::{DataDir, RunningNode};
use crate::randomness::Randomness;

/// Restores.
///
/// # Errors
/// Cause and cure; until the very last step the database is as it was.
pub fn restore(config: &Config, file: &Path, replace: bool, audience: &mut dyn Audience) -> anyhow::Result<Report> {
    let url = DatabaseUrl::parse(config.database.url.expose())?;
    let Some(database) = url.sqlite_path() else {
        bail!(
            "a PostgreSQL database is restored with its own tools: `pg_restore`, or the base backup and its WAL archive; then end all sessions and grants, as docs/operations.md says"
        )
    };
    ensure!(RunningNode::of(&config.data_dir)?.is_none(), "a node runs on {}: stop it first", config.data_dir.display());
    let _lock = DataDir::claim(&config.data_dir)?;
    let there = std::fs::metadata(database).is_ok_and(|metadata| metadata.len() > 0);
    ensure!(
        replace || !there,
        "{} is there: add --replace to put the backup in its place; it is kept beside under another name",
        database.display()
    );

    let clock = Clock::default();
    let staged = stage(database, file, &mut |done, total| {
        audience.expect(total);
        audience.progress(Progress { bytes: done, rows: 0 });
    })?;
    let copy = staged.url();
    let copy = copy.sqlite_path().map(|path| format!("sqlite://{}", path.display())).unwrap_or_default();
    let mut config = config.clone();
    config.database.url = Secret::from(copy.as_str());
    let (quiesced, pending) = prepare(config, &clock)?;
    let aside = staged.put_in_place(clock.now())?;
    let as_of = quiesced.as_of.and_then(|at: OffsetDateTime| at.format(&Rfc3339).ok());

    let mut text = format!(
        "The backup is in place; its newest record is of {}.\n{} sessions and {} grants were ended: everybody signs in again.\n",
        as_of.as_deref().unwrap_or("no time at all"),
        quiesced.sessions,
        quiesced.grants,
    );
    if let Some(aside) = &aside {
        text.push_str(&format!("The database that was there is {}.\n", aside.display()));
    }
    if pending {
        text.push_str("It is of an older release: run `dinhdanh migrate` before the node starts.\n");
    }
    text.push_str("Locks, new passwords, disabled portals and retired keys that came after it are not in it: see \"Restore\" in docs/operations.md.\n");
    let json = json!({
        "as_of": as_of,
        "accounts": quiesced.accounts,
        "sessions_ended": quiesced.sessions,
        "grants_revoked": quiesced.grants,
        "replaced": aside,
        "needs_migration": pending,
    });
    Ok(Report::done(text, json))
}

/// Opens the copy like any database, reads it whole, ends what must end. Whether migrations are due.
fn prepare(config: Config, clock: &Clock) -> anyhow::Result<(Quiesced, bool)> {
    let mut opened = Opened::open(config, clock.clone(), Randomness::system(), Pending::Leave)?;
    let pending = !opened.store.pending()?.is_empty();
    if opened.keyring.is_none() {
        opened.unlock()?;
    }
    opened.store.inspect(|db| Ok(verify(db)))??;
    let event = audit::event(&opened, "database.restored", None, &json!({}));
    let now = clock.now();
    Ok((opened.store.run_blocking(move |db: &mut Db| quiesce(db, &event, now))?, pending))
}
