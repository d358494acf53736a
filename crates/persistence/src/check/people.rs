//! Accounts, persons, guardians' and locks' agreement, sessions, one-time codes.

use account_policy::{LockGround, LockGrounds, Person};
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Binary, Integer, Nullable, SmallInt, Text};

use super::{PAGE, Run, after, name};
use crate::accounts::{kind, level, lock_grounds, state};
use crate::columns::hash32;
use crate::{Db, NumberHash, Place, QueryResult};

#[derive(QueryableByName)]
struct Account {
    #[diesel(sql_type = Binary)]
    id: Vec<u8>,
    #[diesel(sql_type = Binary)]
    number_hash: Vec<u8>,
    #[diesel(sql_type = Text)]
    kind: String,
    #[diesel(sql_type = SmallInt)]
    level: i16,
    #[diesel(sql_type = Text)]
    state: String,
    #[diesel(sql_type = Nullable<Text>)]
    password_hash: Option<String>,
    #[diesel(sql_type = Integer)]
    lock_grounds: i32,
    #[diesel(sql_type = Nullable<Binary>)]
    sealed: Option<Vec<u8>>,
    #[diesel(sql_type = BigInt)]
    standing: i64,
}

#[derive(QueryableByName)]
struct Session {
    #[diesel(sql_type = Binary)]
    id: Vec<u8>,
    #[diesel(sql_type = Binary)]
    secret_hash: Vec<u8>,
    #[diesel(sql_type = BigInt)]
    epoch: i64,
    #[diesel(sql_type = Nullable<BigInt>)]
    account_epoch: Option<i64>,
    #[diesel(sql_type = BigInt)]
    created_at: i64,
    #[diesel(sql_type = BigInt)]
    expires_at: i64,
}

#[derive(QueryableByName)]
struct Lock {
    #[diesel(sql_type = Binary)]
    id: Vec<u8>,
    #[diesel(sql_type = Text)]
    ground: String,
}

#[derive(QueryableByName)]
struct OneTimeCode {
    #[diesel(sql_type = Binary)]
    account_id: Vec<u8>,
    #[diesel(sql_type = Text)]
    purpose: String,
    #[diesel(sql_type = Nullable<Binary>)]
    code_hash: Option<Vec<u8>>,
    #[diesel(sql_type = Integer)]
    tries: i32,
    #[diesel(sql_type = Integer)]
    sends: i32,
    #[diesel(sql_type = Integer)]
    failures: i32,
}

pub(super) fn check(run: &mut Run<'_, '_>) -> QueryResult<()> {
    accounts(run)?;
    locks(run)?;
    sessions(run)?;
    one_time_codes(run)
}

/// The grounds as one number, the way the account keeps them; a ground that is not known counts beyond all of them.
fn select_accounts() -> String {
    let bits: String =
        LockGround::ALL.iter().map(|ground| format!("WHEN '{}' THEN {} ", ground.code(), LockGrounds::NONE.with(*ground).bits())).collect();
    format!(
        "SELECT a.id, a.number_hash, a.kind, a.level, a.state, a.password_hash, a.lock_grounds, i.sealed, \
         (SELECT coalesce(sum(CASE l.ground {bits}ELSE 1000 END), 0) FROM eid_locks l WHERE l.account_id = a.id AND l.lifted_at IS NULL) AS standing \
         FROM accounts a LEFT JOIN identities i ON i.account_id = a.id"
    )
}

fn accounts(run: &mut Run<'_, '_>) -> QueryResult<()> {
    let select = select_accounts();
    run.walk("accounts", Vec::new(), |db, key| after(db, &select, "a.id", key), |row: &Account| row.id.clone(), account)
}

fn account(run: &mut Run<'_, '_>, row: Account) -> QueryResult<()> {
    let id = name(&row.id);
    run.expect("accounts", &id, kind(&row.kind));
    run.expect("accounts", &id, level(row.level));
    run.expect("accounts", &id, state(&row.state));
    if run.expect("accounts", &id, lock_grounds(row.lock_grounds)).is_some() && i64::from(row.lock_grounds) != row.standing {
        run.fault("accounts", Some(id.clone()), "its lock grounds are not those of its standing locks");
    }
    if row.password_hash.as_deref().is_some_and(|phc| !(run.check.password_is_well_formed)(phc)) {
        run.fault("accounts", Some(id.clone()), "its password hash is malformed");
    }
    let Some(sealed) = row.sealed else {
        run.fault("accounts", Some(id), "it has no person");
        return Ok(());
    };
    let place = Place { table: "identities", row: &row.id, column: "sealed" };
    let Some(plain) = run.expect("identities", &id, run.check.keyring.unseal(place, &sealed)) else { return Ok(()) };
    // What serde says may quote what it read.
    let Ok(person) = serde_json::from_slice::<Person>(&plain) else {
        run.fault("identities", Some(id), "the person does not read");
        return Ok(());
    };
    let hash = run.expect("accounts", &id, hash32(&row.number_hash));
    if hash.is_some_and(|hash| NumberHash(hash) != run.check.keyring.number_hash(&person.citizen_id)) {
        run.fault("accounts", Some(id.clone()), "its number hash is not that of its person");
    }
    if person.citizen_id.is_sandbox_range() != run.check.sandbox() {
        run.fault("identities", Some(id), "the number belongs into an installation of the other mode");
    }
    Ok(())
}

fn locks(run: &mut Run<'_, '_>) -> QueryResult<()> {
    let page = |db: &mut Db, key: &Vec<u8>| after(db, "SELECT l.id, l.ground FROM eid_locks l", "l.id", key);
    run.walk(
        "eid_locks",
        Vec::new(),
        page,
        |row: &Lock| row.id.clone(),
        |run, row| {
            run.expect("eid_locks", &name(&row.id), row.ground.parse::<LockGround>());
            Ok(())
        },
    )
}

fn sessions(run: &mut Run<'_, '_>) -> QueryResult<()> {
    let select = "SELECT s.id, s.secret_hash, s.epoch, a.epoch AS account_epoch, s.created_at, s.expires_at \
         FROM sessions s LEFT JOIN accounts a ON a.id = s.account_id";
    let page = |db: &mut Db, key: &Vec<u8>| after(db, select, "s.id", key);
    run.walk(
        "sessions",
        Vec::new(),
        page,
        |row: &Session| row.id.clone(),
        |run, row| {
            let id = name(&row.id);
            run.expect("sessions", &id, hash32(&row.secret_hash));
            if row.account_epoch.is_none_or(|epoch| row.epoch > epoch) {
                run.fault("sessions", Some(id.clone()), "it is of an epoch that its account has not reached");
            }
            if row.expires_at < row.created_at {
                run.fault("sessions", Some(id), "it ended before it began");
            }
            Ok(())
        },
    )
}

fn one_time_codes(run: &mut Run<'_, '_>) -> QueryResult<()> {
    let page = |db: &mut Db, key: &(Vec<u8>, String)| {
        let sql = format!(
            "SELECT account_id, purpose, code_hash, tries, sends, failures FROM one_time_codes WHERE (account_id, purpose) > ($1, $2) \
             ORDER BY account_id, purpose LIMIT {PAGE}"
        );
        diesel::sql_query(sql).bind::<Binary, _>(key.0.clone()).bind::<Text, _>(key.1.clone()).load::<OneTimeCode>(db)
    };
    let first = (Vec::new(), String::new());
    run.walk(
        "one_time_codes",
        first,
        page,
        |row: &OneTimeCode| (row.account_id.clone(), row.purpose.clone()),
        |run, row| {
            let id = format!("{} {}", name(&row.account_id), row.purpose);
            if let Some(hash) = &row.code_hash {
                run.expect("one_time_codes", &id, hash32(hash));
            }
            if row.tries < 0 || row.sends < 0 || row.failures < row.tries {
                run.fault("one_time_codes", Some(id), "its counters contradict each other");
            }
            Ok(())
        },
    )
}
