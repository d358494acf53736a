//! `check` finds nothing in a sound database, and names each thing that is wrong in a damaged one.

use std::collections::BTreeSet;

use account_policy::{AuthenticationLevel, LockGround};
use diesel::prelude::*;
use diesel::sql_types::Binary;
use legacy_link::LegacyAccount;
use oidc_provider::scope::Scope;
use oidc_provider::signing_alg::SigningAlg;
use persistence::check::{Checker, Fault, PAGE, Witness};
use persistence::{
    AuditEvent, Channel, CodeLimits, Consent, Db, EidLock, Evidence, Grant, LegacyAccounts, Message, MessageBody, NewCode, OneTimeCode,
    QueryResult, SigningKeyRecord, UsageKind,
};
use time::{Duration, OffsetDateTime};
use uuid::Uuid;

use crate::world::{CLIENT, NOW, World, number, purge};

contract!(
    nothing_is_wrong_with_a_sound_database,
    everything_that_is_damaged_is_named_without_personal_data,
    rows_whose_time_has_come_are_named_beside_a_node,
    more_rows_than_a_page_are_all_read,
);

#[derive(Default)]
struct Seen {
    faults: Vec<Fault>,
    rows: u64,
    expected: u64,
    largest_page: u64,
    pauses: u64,
}

impl Witness for Seen {
    fn fault(&mut self, fault: Fault) {
        self.faults.push(fault);
    }

    fn expect(&mut self, rows: u64) {
        self.expected = rows;
    }

    fn progress(&mut self, _table: &'static str, rows: u64) {
        self.rows += rows;
        self.largest_page = self.largest_page.max(rows);
    }

    fn pause(&mut self) {
        self.pauses += 1;
    }
}

fn check(world: &World, now: OffsetDateTime, beside_a_node: bool) -> Seen {
    let mut seen = Seen::default();
    let password_is_well_formed = |phc: &str| phc.starts_with("$argon2id$");
    Checker { store: &world.store, keyring: &world.keyring, now, beside_a_node, password_is_well_formed }.run(&mut seen).unwrap();
    seen
}

/// Two citizens, and a row in every table.
fn fill(world: &World) -> [Uuid; 2] {
    let [first, second] = [world.citizen(1), world.citizen(2)];
    let lock = EidLock {
        id: world.id(),
        account_id: second,
        ground: LockGround::TermsBreach,
        placed_at: NOW,
        placed_by: "test".into(),
        lifted_at: None,
        lifted_by: None,
    };
    let session = world.session(first);
    let grant = world.grant(first, session.id, "openid offline_access");
    let (family, usage) = (world.family(&grant), world.usage(&grant, UsageKind::Code));
    let event_id = world.id();
    let evidence = Evidence {
        event_id,
        language: "vi".into(),
        authentication_level: AuthenticationLevel::One,
        address: Evidence::seal_address(&world.keyring, event_id, "203.0.113.7"),
    };
    let consent = Consent {
        account_id: first,
        client_id: CLIENT.into(),
        scope: Scope::parse("openid profile").unwrap(),
        claims: BTreeSet::from(["name".to_owned()]),
        purpose_hash: [3; 32],
        given_at: NOW,
    };
    let message = Message {
        id: world.id(),
        channel: Channel::Email,
        body: MessageBody { to: "an@congdan.example".into(), subject: None, text: "x".into(), code: None },
        number_hash: world.keyring.number_hash(&number(1)),
        created_at: NOW,
        expires_at: NOW + Duration::DAY,
        attempts: 0,
        delivered_at: None,
    };
    let code = NewCode { account_id: first, purpose: "sign-in".into(), code_hash: [1; 32], expires_at: NOW + Duration::MINUTE };
    let old = LegacyAccount { portal: CLIENT.into(), legacy_id: "old-1".into(), citizen_id: Some(number(1)), ..legacy() };
    let audit = AuditEvent { id: world.id(), at: NOW, actor: "t".into(), action: "t".into(), subject: None, detail: serde_json::json!({}) };
    let keyring = world.keyring.clone();
    world.run(move |db| {
        EidLock::place(db, &lock)?;
        Grant::redeem(db, &grant, Some(&family), &usage)?;
        Grant::revoke(db, Uuid::from_u128(7), CLIENT, None, NOW)?;
        consent.give(db, &evidence)?;
        message.insert(db, &keyring)?;
        OneTimeCode::issue(db, &code, &CodeLimits::default(), NOW)?;
        LegacyAccounts::upsert(db, &keyring, &old, NOW)?;
        let jwk = serde_json::json!({ "kty": "EC" });
        SigningKeyRecord::insert(db, &keyring, "kid-1", SigningAlg::ES256, &jwk, &jwk, NOW)?;
        audit.append(db)
    });
    [first, second]
}

fn legacy() -> LegacyAccount {
    serde_json::from_value(serde_json::json!({ "portal": "", "legacy_id": "", "name": "Nguyễn Văn An" }))
        .unwrap_or_else(|error| panic!("{error}"))
}

fn nothing_is_wrong_with_a_sound_database(world: &World) {
    fill(world);
    let seen = check(world, NOW + Duration::HOUR, true);
    assert_eq!(seen.faults, []);
    assert!(seen.rows >= 12 && seen.rows > seen.expected && seen.pauses > 0, "{} of {}", seen.rows, seen.expected);
}

fn everything_that_is_damaged_is_named_without_personal_data(world: &World) {
    let [first, second] = fill(world);
    let zero = |db: &mut Db, sql: &str| diesel::sql_query(sql).bind::<Binary, _>(vec![0; 32]).execute(db).map(drop);
    let plain = |db: &mut Db, sql: &str| diesel::sql_query(sql).execute(db).map(drop);
    type Damage = fn(&mut Db, &str) -> QueryResult<()>;
    let cases: [(Damage, &str, &str, &str); 17] = [
        (plain, "UPDATE accounts SET password_hash = 'nonsense'", "accounts", "password hash is malformed"),
        (plain, "UPDATE accounts SET lock_grounds = 0", "accounts", "lock grounds are not those"),
        (zero, "UPDATE accounts SET number_hash = $1 WHERE id = (SELECT id FROM accounts ORDER BY id LIMIT 1)", "accounts", "number hash"),
        (plain, "UPDATE sessions SET epoch = 99", "sessions", "epoch that its account has not reached"),
        (plain, "UPDATE sessions SET expires_at = 0", "sessions", "ended before it began"),
        (plain, "DELETE FROM usage_records", "grants", "no usage record"),
        (plain, "UPDATE refresh_families SET counter = 3", "refresh_families", "no usage record of that"),
        (plain, "UPDATE grants SET scope = 'openid' WHERE scope <> ''", "refresh_families", "is not offline"),
        (plain, "UPDATE grants SET claims = 'nonsense' WHERE scope <> ''", "grants", "does not read"),
        (zero, "UPDATE consent_events SET address = $1", "consent_events", "does not open"),
        (plain, "UPDATE consents SET claims = 'nonsense'", "consents", "agreed to does not read"),
        (zero, "UPDATE messages SET recipient_hash = $1", "messages", "recipient hash"),
        (zero, "UPDATE messages SET sealed = $1", "messages", "does not open"),
        (plain, "UPDATE one_time_codes SET tries = 7", "one_time_codes", "contradict"),
        (zero, "UPDATE legacy_accounts SET old_number_hash = $1", "legacy_accounts", "hashes are not those"),
        (zero, "UPDATE signing_keys SET private_jwk = $1", "signing_keys", "does not open"),
        (plain, "UPDATE audit_events SET detail = 'nonsense'", "audit_events", "detail does not read"),
    ];
    for (damage, sql, table, what) in cases {
        let found = |seen: &Seen| seen.faults.iter().any(|fault| fault.table == table && fault.what.contains(what));
        assert!(!found(&check(world, NOW, false)), "{sql}: before");
        world.run(move |db| damage(db, sql));
        let seen = check(world, NOW, false);
        assert!(found(&seen), "{sql}: {:?}", seen.faults);
    }
    // One person's seal in another's row.
    world.run(move |db| {
        let swap = "UPDATE identities SET sealed = (SELECT o.sealed FROM identities o WHERE o.account_id = $1) WHERE account_id = $2";
        let query = diesel::sql_query(swap).bind::<Binary, _>(first.as_bytes().to_vec()).bind::<Binary, _>(second.as_bytes().to_vec());
        query.execute(db)
    });
    let seen = check(world, NOW, false);
    assert!(seen.faults.iter().any(|fault| fault.table == "identities" && fault.row.as_deref() == Some(&*second.to_string())));
    let said = format!("{:?}", seen.faults);
    for personal in ["098090", "Nguyễn", "congdan.example", "old-1", "0912345678", "203.0.113"] {
        assert!(!said.contains(personal), "{personal}: {said}");
    }
}

fn rows_whose_time_has_come_are_named_beside_a_node(world: &World) {
    fill(world);
    let late = NOW + Duration::days(40);
    assert_eq!(check(world, late, false).faults, [], "no node has had the time to remove them");
    let tables: BTreeSet<&str> = check(world, late, true).faults.iter().map(|fault| fault.table).collect();
    assert_eq!(tables, BTreeSet::from(["sessions", "grants", "messages", "one_time_codes"]));
    while world.run(move |db| purge(db, late, 100)).total() > 0 {}
    assert_eq!(check(world, late, true).faults, []);
}

fn more_rows_than_a_page_are_all_read(world: &World) {
    let events = PAGE + 3;
    let base = world.id();
    world.run(move |db| {
        for n in 0..events {
            let id = Uuid::from_u128(base.as_u128() + u128::try_from(n).unwrap());
            AuditEvent { id, at: NOW, actor: "t".into(), action: "t".into(), subject: None, detail: serde_json::json!({}) }.append(db)?;
        }
        Ok(())
    });
    let seen = check(world, NOW, false);
    assert_eq!((seen.rows, seen.largest_page), (u64::try_from(events).unwrap(), u64::try_from(PAGE).unwrap()));
}

#[test]
fn a_row_that_refers_to_nothing_is_named() {
    let world = World::sqlite();
    fill(&world);
    let mut other = SqliteConnection::establish(world.url.sqlite_path().unwrap().to_str().unwrap()).unwrap();
    diesel::sql_query("PRAGMA foreign_keys = OFF").execute(&mut other).unwrap();
    diesel::sql_query("DELETE FROM accounts WHERE id = (SELECT min(id) FROM accounts)").execute(&mut other).unwrap();
    let seen = check(&world, NOW, false);
    let loose: Vec<_> = seen.faults.iter().filter(|fault| fault.what.contains("refer to rows that are not there")).collect();
    assert!(loose.len() >= 3, "{:?}", seen.faults);
    assert!(check(&world, NOW, true).faults.len() >= 3);
}
