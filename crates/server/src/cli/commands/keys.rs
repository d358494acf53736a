//! `dinhdanh keys`, and the signing keys of a starting node.
//!
//! A key is *next* (published, so that portals know it before it signs), then *active* (one for each algorithm), then *retired*: it
//! signs no more and stays published until nothing that it signed is of use. `keys retire` ends that at once.

use std::sync::Arc;

use oidc_provider::jose::{SigningKey, SigningKeys};
use oidc_provider::signing_alg::SigningAlg;
use persistence::signing_keys::{KeyState, SigningKeyRecord};
use persistence::{Db, Mode};
use serde_json::{Value, json};
use time::OffsetDateTime;

use super::audit;
use crate::cli::arguments::KeysOperation;
use crate::cli::{Opened, Report};

/// Runs one of them.
///
/// # Errors
/// Cause and cure.
pub fn run(opened: &Opened, operation: &KeysOperation) -> anyhow::Result<Report> {
    match operation {
        KeysOperation::List => list(opened),
        KeysOperation::Rotate { alg } => rotate(opened, *alg),
        KeysOperation::Retire { kid } => retire(opened, kid),
    }
}

/// The keys that sign and those that are published, made where an algorithm has none yet.
///
/// # Errors
/// Of the database, and when a key does not unseal.
pub fn signing_keys(opened: &Opened) -> anyhow::Result<SigningKeys> {
    for alg in SigningAlg::ALL {
        let records = records(opened)?;
        let has = |state| records.iter().any(|record| record.alg == alg && record.state == state);
        if !has(KeyState::Active) {
            advance(opened, alg, &records)?;
        }
        // A sandbox starts faster without, and its keys are rotated to try it out only.
        if !has(KeyState::Next) && opened.store.mode() == Mode::Production {
            publish_next(opened, alg)?;
        }
    }
    let now = opened.clock.now();
    let (mut active, mut published) = (Vec::new(), Vec::new());
    for record in records(opened)?.iter().filter(|record| record.is_published(now)) {
        let key = Arc::new(SigningKey::from_private_jwk(&record.private_jwk(opened.keyring()?)?)?);
        if record.state == KeyState::Active { active.push(key) } else { published.push(key) }
    }
    Ok(SigningKeys::new(active, published))
}

fn records(opened: &Opened) -> anyhow::Result<Vec<SigningKeyRecord>> {
    Ok(opened.store.read_blocking(SigningKeyRecord::list)?)
}

fn list(opened: &Opened) -> anyhow::Result<Report> {
    let now = opened.clock.now();
    let records = records(opened)?;
    let standing = |record: &SigningKeyRecord| if record.is_published(now) { record.state.code() } else { "withdrawn" };
    let rows: Vec<_> = records
        .iter()
        .map(|record| {
            [
                record.alg.to_string(),
                standing(record).to_owned(),
                day(Some(record.created_at)),
                day(record.published_to),
                record.kid.clone(),
            ]
        })
        .collect();
    let json: Vec<Value> = records
        .iter()
        .map(|record| {
            json!({
                "kid": record.kid,
                "alg": record.alg,
                "state": standing(record),
                "created_at": record.created_at.unix_timestamp(),
                "activated_at": record.activated_at.map(OffsetDateTime::unix_timestamp),
                "retired_at": record.retired_at.map(OffsetDateTime::unix_timestamp),
                "published_to": record.published_to.map(OffsetDateTime::unix_timestamp),
            })
        })
        .collect();
    let empty = "No keys yet; the first start of a node makes them.";
    Ok(Report::table(["ALG", "STATE", "MADE", "PUBLISHED TO", "KID"], &rows, empty, json!({ "keys": json })))
}

fn day(at: Option<OffsetDateTime>) -> String {
    at.map_or_else(|| "-".to_owned(), |at| at.date().to_string())
}

fn rotate(opened: &Opened, alg: Option<SigningAlg>) -> anyhow::Result<Report> {
    let mut rotated = Vec::new();
    for alg in alg.map_or(SigningAlg::ALL.to_vec(), |alg| vec![alg]) {
        let kid = advance(opened, alg, &records(opened)?)?;
        let next = publish_next(opened, alg)?;
        rotated.push((alg, kid, next));
    }
    let text = rotated.iter().map(|(alg, kid, next)| format!("{alg} signs with {kid}; next is {next}\n")).collect::<String>();
    let json: Vec<_> = rotated.iter().map(|(alg, kid, next)| json!({ "alg": alg, "active": kid, "next": next })).collect();
    Ok(Report::done(text, json!({ "rotated": json })))
}

/// Lets the next key of the algorithm sign, a fresh one where there is none. The one before stays published as long as anything that
/// it signed may come back: an expired ID token is still good as `id_token_hint` (OpenID Connect RP-Initiated Logout 1.0 §2).
fn advance(opened: &Opened, alg: SigningAlg, records: &[SigningKeyRecord]) -> anyhow::Result<String> {
    let published = records.iter().find(|record| record.alg == alg && record.state == KeyState::Next);
    let kid = match published {
        Some(next) => next.kid.clone(),
        None => publish_next(opened, alg)?,
    };
    let now = opened.clock.now();
    let published_to = now + opened.config.lifetimes.refresh_token().max(opened.config.lifetimes.id_token());
    let event = audit::event(opened, "key.activated", None, &json!({ "kid": kid, "alg": alg }));
    let activated = kid.clone();
    let activate = move |db: &mut Db| {
        let done = SigningKeyRecord::activate(db, &activated, published_to, now)?;
        event.append(db)?;
        Ok(done)
    };
    anyhow::ensure!(opened.store.run_blocking(activate)?, "the key {kid} was changed by somebody else meanwhile; look at `keys list`");
    Ok(kid)
}

fn publish_next(opened: &Opened, alg: SigningAlg) -> anyhow::Result<String> {
    let key = SigningKey::generate(alg)?;
    let keyring = opened.keyring()?.clone();
    let (kid, private, public, now) = (key.kid().to_owned(), key.private_jwk(), key.public_jwk(), opened.clock.now());
    let event = audit::event(opened, "key.published", None, &json!({ "kid": kid, "alg": alg }));
    let made = kid.clone();
    opened.store.run_blocking(move |db: &mut Db| {
        SigningKeyRecord::insert(db, &keyring, &made, alg, &private, &public, now)?;
        event.append(db)
    })?;
    Ok(kid)
}

fn retire(opened: &Opened, kid: &str) -> anyhow::Result<Report> {
    let records = records(opened)?;
    let Some(record) = records.iter().find(|record| record.kid == kid) else {
        anyhow::bail!("there is no key {kid}; `keys list` shows them");
    };
    if record.state == KeyState::Active {
        anyhow::bail!("{kid} signs {} now; run `keys rotate --alg {}` first, then retire it", record.alg, record.alg);
    }
    let (id, now) = (kid.to_owned(), opened.clock.now());
    let event = audit::event(opened, "key.retired", None, &json!({ "kid": kid, "alg": record.alg }));
    opened.store.run_blocking(move |db: &mut Db| {
        SigningKeyRecord::retire(db, &id, now)?;
        event.append(db)
    })?;
    Ok(Report::done(
        format!("{kid} is published no more; what it signed cannot be verified from now on.\n"),
        json!({ "kid": kid, "state": "withdrawn" }),
    ))
}
