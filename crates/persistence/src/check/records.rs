//! Consents, clients, keys, messages, audit, old accounts.

use std::collections::BTreeSet;

use diesel::prelude::*;
use diesel::sql_types::{Binary, Nullable, Text};
use legacy_link::LegacyAccount;
use oidc_provider::client::Client;
use oidc_provider::scope::Scope;

use super::{PAGE, Run, after, name};
use crate::columns::hash32;
use crate::messages::MessageBody;
use crate::{Db, Place, QueryResult, SigningKeyRecord, legacy_accounts};

pub(super) fn check(run: &mut Run<'_, '_>) -> QueryResult<()> {
    consents(run)?;
    consent_events(run)?;
    clients(run)?;
    signing_keys(run)?;
    messages(run)?;
    audit_events(run)?;
    old_accounts(run)
}

#[derive(QueryableByName)]
struct Consent {
    #[diesel(sql_type = Binary)]
    account_id: Vec<u8>,
    #[diesel(sql_type = Text)]
    client_id: String,
    #[diesel(sql_type = Text)]
    scope: String,
    #[diesel(sql_type = Text)]
    claims: String,
    #[diesel(sql_type = Binary)]
    purpose_hash: Vec<u8>,
}

fn consents(run: &mut Run<'_, '_>) -> QueryResult<()> {
    let page = |db: &mut Db, key: &(Vec<u8>, String)| {
        let sql = format!(
            "SELECT account_id, client_id, scope, claims, purpose_hash FROM consents WHERE (account_id, client_id) > ($1, $2) \
             ORDER BY account_id, client_id LIMIT {PAGE}"
        );
        diesel::sql_query(sql).bind::<Binary, _>(key.0.clone()).bind::<Text, _>(key.1.clone()).load::<Consent>(db)
    };
    let first = (Vec::new(), String::new());
    run.walk(
        "consents",
        first,
        page,
        |row: &Consent| (row.account_id.clone(), row.client_id.clone()),
        |run, row| {
            let id = format!("{} {}", name(&row.account_id), row.client_id);
            if row.scope.parse::<Scope>().is_err() || serde_json::from_str::<BTreeSet<String>>(&row.claims).is_err() {
                run.fault("consents", Some(id.clone()), "what was agreed to does not read");
            }
            run.expect("consents", &id, hash32(&row.purpose_hash));
            Ok(())
        },
    )
}

#[derive(QueryableByName)]
struct ConsentEvent {
    #[diesel(sql_type = Binary)]
    id: Vec<u8>,
    #[diesel(sql_type = Text)]
    scope: String,
    #[diesel(sql_type = Binary)]
    address: Vec<u8>,
}

fn consent_events(run: &mut Run<'_, '_>) -> QueryResult<()> {
    let page = |db: &mut Db, key: &Vec<u8>| after(db, "SELECT e.id, e.scope, e.address FROM consent_events e", "e.id", key);
    run.walk(
        "consent_events",
        Vec::new(),
        page,
        |row: &ConsentEvent| row.id.clone(),
        |run, row| {
            let id = name(&row.id);
            run.expect("consent_events", &id, row.scope.parse::<Scope>().map_err(|_| "its scope does not read"));
            let place = Place { table: "consent_events", row: &row.id, column: "address" };
            run.expect("consent_events", &id, run.check.keyring.unseal(place, &row.address));
            Ok(())
        },
    )
}

#[derive(QueryableByName)]
struct Document {
    #[diesel(sql_type = Text)]
    client_id: String,
    #[diesel(sql_type = Text)]
    document: String,
}

fn clients(run: &mut Run<'_, '_>) -> QueryResult<()> {
    let page = |db: &mut Db, key: &String| {
        let sql = format!("SELECT client_id, document FROM clients WHERE client_id > $1 ORDER BY client_id LIMIT {PAGE}");
        diesel::sql_query(sql).bind::<Text, _>(key.clone()).load::<Document>(db)
    };
    run.walk(
        "clients",
        String::new(),
        page,
        |row: &Document| row.client_id.clone(),
        |run, row| {
            // A document holds the hash of a secret, and serde may quote what it read.
            if !serde_json::from_str::<Client>(&row.document).is_ok_and(|client| client.client_id == row.client_id) {
                run.fault("clients", Some(row.client_id), "it does not read");
            }
            Ok(())
        },
    )
}

fn signing_keys(run: &mut Run<'_, '_>) -> QueryResult<()> {
    let records = match SigningKeyRecord::list(run.db) {
        Ok(records) => records,
        Err(error) => return run.unreadable("signing_keys", error),
    };
    for record in &records {
        run.expect("signing_keys", &record.kid, record.private_jwk(run.check.keyring));
    }
    run.witness.progress("signing_keys", records.len() as u64);
    Ok(())
}

#[derive(QueryableByName)]
struct Message {
    #[diesel(sql_type = Binary)]
    id: Vec<u8>,
    #[diesel(sql_type = Binary)]
    sealed: Vec<u8>,
    #[diesel(sql_type = Binary)]
    number_hash: Vec<u8>,
    #[diesel(sql_type = Binary)]
    recipient_hash: Vec<u8>,
}

fn messages(run: &mut Run<'_, '_>) -> QueryResult<()> {
    let page =
        |db: &mut Db, key: &Vec<u8>| after(db, "SELECT m.id, m.sealed, m.number_hash, m.recipient_hash FROM messages m", "m.id", key);
    run.walk(
        "messages",
        Vec::new(),
        page,
        |row: &Message| row.id.clone(),
        |run, row| {
            let id = name(&row.id);
            run.expect("messages", &id, hash32(&row.number_hash));
            let place = Place { table: "messages", row: &row.id, column: "sealed" };
            let Some(plain) = run.expect("messages", &id, run.check.keyring.unseal(place, &row.sealed)) else { return Ok(()) };
            let Ok(body) = serde_json::from_slice::<MessageBody>(&plain) else {
                run.fault("messages", Some(id), "it does not read");
                return Ok(());
            };
            if row.recipient_hash != run.check.keyring.recipient_hash(&body.to) {
                run.fault("messages", Some(id), "its recipient hash is not that of its recipient");
            }
            Ok(())
        },
    )
}

#[derive(QueryableByName)]
struct Event {
    #[diesel(sql_type = Binary)]
    id: Vec<u8>,
    #[diesel(sql_type = Text)]
    detail: String,
}

fn audit_events(run: &mut Run<'_, '_>) -> QueryResult<()> {
    let page = |db: &mut Db, key: &Vec<u8>| after(db, "SELECT e.id, e.detail FROM audit_events e", "e.id", key);
    run.walk(
        "audit_events",
        Vec::new(),
        page,
        |row: &Event| row.id.clone(),
        |run, row| {
            let read = serde_json::from_str::<serde_json::Value>(&row.detail).map_err(|_| "its detail does not read");
            run.expect("audit_events", &name(&row.id), read);
            Ok(())
        },
    )
}

#[derive(QueryableByName)]
struct OldAccount {
    #[diesel(sql_type = Text)]
    client_id: String,
    #[diesel(sql_type = Text)]
    legacy_id: String,
    #[diesel(sql_type = Nullable<Binary>)]
    number_hash: Option<Vec<u8>>,
    #[diesel(sql_type = Nullable<Binary>)]
    old_number_hash: Option<Vec<u8>>,
    #[diesel(sql_type = Binary)]
    sealed: Vec<u8>,
}

fn old_accounts(run: &mut Run<'_, '_>) -> QueryResult<()> {
    let page = |db: &mut Db, key: &(String, String)| {
        let sql = format!(
            "SELECT client_id, legacy_id, number_hash, old_number_hash, sealed FROM legacy_accounts WHERE (client_id, legacy_id) > ($1, $2) \
             ORDER BY client_id, legacy_id LIMIT {PAGE}"
        );
        diesel::sql_query(sql).bind::<Text, _>(key.0.clone()).bind::<Text, _>(key.1.clone()).load::<OldAccount>(db)
    };
    let first = (String::new(), String::new());
    run.walk(
        "legacy_accounts",
        first,
        page,
        |row: &OldAccount| (row.client_id.clone(), row.legacy_id.clone()),
        |run, row| {
            // The old id may be a person's name or number: the portal is all that is said of the row.
            let keyring = run.check.keyring;
            let opened: Option<LegacyAccount> = legacy_accounts::open(keyring, &row.client_id, &row.legacy_id, &row.sealed).ok();
            let Some(account) = opened else {
                run.fault("legacy_accounts", Some(row.client_id), "an old account does not open");
                return Ok(());
            };
            let number = account.citizen_id.as_ref().map(|number| keyring.number_hash(number).0.to_vec());
            let old_number = account.old_id_number.as_deref().map(|number| keyring.old_number_hash(number).to_vec());
            if (number, old_number) != (row.number_hash, row.old_number_hash) {
                run.fault("legacy_accounts", Some(row.client_id), "an old account's hashes are not those of its numbers");
            }
            Ok(())
        },
    )
}
