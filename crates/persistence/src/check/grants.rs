//! Grants, their refresh families, and the usage history: written together, so they must agree.

use diesel::prelude::*;
use diesel::sql_types::{BigInt, Binary, Nullable, SmallInt, Text};
use oidc_provider::authorization::Authentication;
use oidc_provider::claims_request::ClaimsRequest;
use oidc_provider::scope::Scope;

use super::{Run, after, name};
use crate::{Db, Place, QueryResult};

#[derive(QueryableByName)]
struct Grant {
    #[diesel(sql_type = Binary)]
    id: Vec<u8>,
    #[diesel(sql_type = Nullable<Binary>)]
    account_id: Option<Vec<u8>>,
    #[diesel(sql_type = Text)]
    scope: String,
    #[diesel(sql_type = Text)]
    claims: String,
    #[diesel(sql_type = Text)]
    authentication: String,
    #[diesel(sql_type = BigInt)]
    epoch: i64,
    #[diesel(sql_type = BigInt)]
    expires_at: i64,
    #[diesel(sql_type = Nullable<BigInt>)]
    account_epoch: Option<i64>,
    #[diesel(sql_type = Nullable<BigInt>)]
    counter: Option<i64>,
    #[diesel(sql_type = Nullable<BigInt>)]
    family_expires_at: Option<i64>,
    #[diesel(sql_type = BigInt)]
    redeemed: i64,
    #[diesel(sql_type = BigInt)]
    refreshed: i64,
}

#[derive(QueryableByName)]
struct Usage {
    #[diesel(sql_type = Binary)]
    id: Vec<u8>,
    #[diesel(sql_type = Text)]
    kind: String,
    #[diesel(sql_type = Text)]
    attributes: String,
    #[diesel(sql_type = SmallInt)]
    account_level: i16,
    #[diesel(sql_type = SmallInt)]
    authentication_level: i16,
    #[diesel(sql_type = Binary)]
    address: Vec<u8>,
}

#[derive(QueryableByName)]
struct Found {
    #[diesel(sql_type = BigInt)]
    n: i64,
}

/// A record follows its grant in time, so it is found at once by account and id; a clock that was set back needs the longer way.
const GRANTS: &str = "SELECT g.id, g.account_id, g.scope, g.claims, g.authentication, g.epoch, g.expires_at, a.epoch AS account_epoch, \
     f.counter, f.expires_at AS family_expires_at, \
     CASE WHEN EXISTS (SELECT 1 FROM usage_records u WHERE u.account_id = g.account_id AND u.id > g.id AND u.grant_id = g.id AND u.kind = 'code') \
     THEN CAST(1 AS bigint) ELSE CAST(0 AS bigint) END AS redeemed, \
     CASE WHEN f.counter > 0 AND NOT EXISTS (SELECT 1 FROM usage_records u WHERE u.account_id = g.account_id AND u.id > g.id AND u.grant_id = g.id \
     AND u.kind = 'refresh') THEN CAST(0 AS bigint) ELSE CAST(1 AS bigint) END AS refreshed \
     FROM grants g LEFT JOIN accounts a ON a.id = g.account_id LEFT JOIN refresh_families f ON f.grant_id = g.id";

pub(super) fn check(run: &mut Run<'_, '_>) -> QueryResult<()> {
    run.walk("grants", Vec::new(), |db, key| after(db, GRANTS, "g.id", key), |row: &Grant| row.id.clone(), grant)?;
    let select = "SELECT u.id, u.kind, u.attributes, u.account_level, u.authentication_level, u.address FROM usage_records u";
    run.walk("usage_records", Vec::new(), |db, key| after(db, select, "u.id", key), |row: &Usage| row.id.clone(), usage)
}

fn grant(run: &mut Run<'_, '_>, row: Grant) -> QueryResult<()> {
    let id = name(&row.id);
    let tombstone = row.authentication.is_empty();
    if tombstone {
        if row.counter.is_some() {
            run.fault("refresh_families", Some(id), "its grant was never made");
        }
        return Ok(());
    }
    let read = |readable: bool| if readable { Ok(()) } else { Err("it does not read") };
    run.expect("grants", &id, row.scope.parse::<Scope>().map_err(|_| "its scope does not read"));
    run.expect("grants", &id, read(serde_json::from_str::<ClaimsRequest>(&row.claims).is_ok()));
    run.expect("grants", &id, read(serde_json::from_str::<Authentication>(&row.authentication).is_ok()));
    if row.account_epoch.is_none_or(|epoch| row.epoch > epoch) {
        run.fault("grants", Some(id.clone()), "it is of an epoch that its account has not reached");
    }
    if row.redeemed == 0 && !recorded(run.db, &row, "code")? {
        run.fault("grants", Some(id.clone()), "it has no usage record");
    }
    if row.refreshed == 0 && !recorded(run.db, &row, "refresh")? {
        run.fault("refresh_families", Some(id.clone()), "it was used and has no usage record of that");
    }
    if row.family_expires_at.is_some_and(|expires_at| expires_at > row.expires_at) {
        run.fault("refresh_families", Some(id.clone()), "it outlives its grant");
    }
    if row.counter.is_some_and(|counter| u32::try_from(counter).is_err()) {
        run.fault("refresh_families", Some(id.clone()), "its counter is none");
    }
    if row.counter.is_some() && !row.scope.split(' ').any(|scope| scope == "offline_access") {
        run.fault("refresh_families", Some(id), "its grant is not offline");
    }
    Ok(())
}

fn recorded(db: &mut Db, grant: &Grant, kind: &str) -> QueryResult<bool> {
    let Some(account) = &grant.account_id else { return Ok(false) };
    let sql = "SELECT count(*) AS n FROM (SELECT 1 FROM usage_records u WHERE u.account_id = $1 AND u.grant_id = $2 AND u.kind = $3 LIMIT 1) AS found";
    let query = diesel::sql_query(sql).bind::<Binary, _>(account.clone()).bind::<Binary, _>(grant.id.clone()).bind::<Text, _>(kind);
    query.get_result::<Found>(db).map(|found| found.n > 0)
}

fn usage(run: &mut Run<'_, '_>, row: Usage) -> QueryResult<()> {
    let id = name(&row.id);
    if !matches!(row.kind.as_str(), "code" | "refresh") {
        run.fault("usage_records", Some(id.clone()), "it is of no known kind");
    }
    if serde_json::from_str::<Vec<String>>(&row.attributes).is_err() {
        run.fault("usage_records", Some(id.clone()), "its attributes do not read");
    }
    if !(1..=2).contains(&row.account_level) || !(1..=4).contains(&row.authentication_level) {
        run.fault("usage_records", Some(id.clone()), "its levels are none");
    }
    let place = Place { table: "usage_records", row: &row.id, column: "address" };
    run.expect("usage_records", &id, run.check.keyring.unseal(place, &row.address));
    Ok(())
}
