//! No query walks a table: the plan of every statement of a sign-in, a refresh and a purge uses an index.

use std::sync::{Arc, Mutex};

use account_policy::LockGround;
use diesel::connection::{Connection, InstrumentationEvent};
use diesel::prelude::*;
use diesel::sql_types::Text;
use persistence::{
    Account, AccountStanding, ClientRecord, CodeLimits, Consent, EidLock, Expiring, Family, Grant, GrantStanding, Holder, ImportProgress,
    LegacyAccounts, LiveGrant, Message, MessagesOf, NewCode, OneTimeCode, PasswordOf, Renewal, Session, SessionStanding, StoredHolder,
    UsageKind, UsageRecord,
};
use time::Duration;

use crate::world::{CLIENT, NOW, TODAY, World, person, purge};

#[derive(QueryableByName)]
struct Step {
    #[diesel(sql_type = Text)]
    detail: String,
}

#[test]
fn no_hot_query_walks_a_table() {
    let world = World::sqlite();
    let account = world.citizen(1);
    let session = world.session(account);
    let grant = world.grant(account, session.id, "openid offline_access");
    let (family, usage, refresh) = (world.family(&grant), world.usage(&grant, UsageKind::Code), world.usage(&grant, UsageKind::Refresh));
    let lock = EidLock {
        id: world.id(),
        account_id: account,
        ground: LockGround::HolderRequest,
        placed_at: NOW,
        placed_by: "test".into(),
        lifted_at: None,
        lifted_by: None,
    };
    let keyring = world.keyring.clone();
    let queries = Arc::new(Mutex::new(Vec::<String>::new()));
    let seen = Arc::clone(&queries);
    world.run(move |db| {
        let seen = Arc::clone(&seen);
        db.set_instrumentation(move |event: InstrumentationEvent<'_>| {
            if let InstrumentationEvent::StartQuery { query, .. } = event {
                seen.lock().unwrap().push(query.to_string());
            }
        });
        let number = keyring.number_hash(&person(1).citizen_id);
        Account::find_by_number(db, &number)?;
        PasswordOf::find(db, &number)?;
        Holder::load(db, &keyring, account, TODAY)?;
        StoredHolder::find_by_number(db, &keyring, &number)?;
        ImportProgress::find(db, &[0; 32])?;
        Account::list(db, None, 10)?;
        SessionStanding::find(db, &keyring, session.id, CLIENT, NOW, Duration::HOUR, TODAY)?;
        AccountStanding::find(db, &keyring, account, CLIENT, TODAY)?;
        Session::renew(db, session.id, &Renewal { secret_hash: [1; 32], password_at: None, code_at: None, guardian_code_at: None }, NOW)?;
        Session::touch(db, session.id, NOW)?;
        Consent::list(db, account)?;
        ClientRecord::find(db, CLIENT)?;
        let code = NewCode { account_id: account, purpose: "sign-in".into(), code_hash: [1; 32], expires_at: NOW + Duration::MINUTE };
        OneTimeCode::issue(db, &code, &CodeLimits::default(), NOW)?;
        OneTimeCode::check(db, account, "sign-in", &[2; 32], &CodeLimits::default(), NOW)?;
        Message::undelivered(db, &keyring, NOW, 10)?;
        Message::latest_for(db, &keyring, MessagesOf::Number(number), 10)?;
        Message::latest_for(db, &keyring, MessagesOf::Recipient([0; 32]), 10)?;
        LegacyAccounts::find(db, &keyring, CLIENT, &person(1))?;
        Grant::redeem(db, &grant, Some(&family), &usage)?;
        LiveGrant::find(db, grant.id, NOW)?;
        GrantStanding::find(db, &keyring, grant.id, NOW, TODAY)?;
        Family::rotate(db, grant.id, 0, NOW, Duration::SECOND, &refresh)?;
        UsageRecord::list(db, account, None, 10)?;
        Grant::revoke_redeemed(db, grant.id, CLIENT, NOW)?;
        Grant::revoke(db, grant.id, CLIENT, Some(account), NOW)?;
        EidLock::place(db, &lock)?;
        EidLock::lift(db, account, LockGround::HolderRequest, "test", NOW)?;
        EidLock::list(db, account)?;
        Session::end_all_of(db, account, NOW)?;
        purge(db, NOW, 10)?;
        for kind in Expiring::ALL {
            kind.overdue(db, NOW)?;
        }
        db.set_instrumentation(|_: InstrumentationEvent<'_>| {});
        Ok(())
    });
    let queries = queries.lock().unwrap();
    assert!(queries.len() > 40, "{} queries seen", queries.len());
    for query in queries.iter().filter_map(|query| query.split(" -- binds:").next()) {
        let plan = world.read(|db| diesel::sql_query(format!("EXPLAIN QUERY PLAN {query}")).load::<Step>(db));
        for step in plan {
            assert!(!step.detail.starts_with("SCAN") || step.detail == "SCAN CONSTANT ROW", "{query}\n{}", step.detail);
        }
    }
}
