//! Consents: given, narrowed, widened, for another purpose, withdrawn; and the grants that stand on them.

use std::collections::BTreeSet;

use account_policy::AuthenticationLevel;
use diesel::prelude::*;
use oidc_provider::scope::Scope;
use persistence::schema::consent_events;
use persistence::{Consent, Evidence, Grant, LiveGrant, UsageKind, UsageRecord};
use proptest::prelude::*;
use proptest::test_runner::TestCaseError;
use uuid::Uuid;

use super::{at, explore};
use crate::world::{CLIENT, World};

contract!(a_consent_and_its_grants_behave_as_their_model);

const SCOPES: [&str; 3] = ["profile", "phone", "eid"];
const PURPOSES: [&str; 2] = ["Xác định người nộp hồ sơ", "Mục đích khác"];

#[derive(Clone, Debug)]
enum Operation {
    /// The citizen agrees to these scopes and claims, for one of two purposes: a first consent, a narrower or a wider one.
    Give { scopes: [bool; 3], claim: bool, purpose: usize },
    /// The citizen withdraws.
    Withdraw,
    /// The portal redeems a code.
    Redeem,
    /// Time goes on, or back.
    Wait { seconds: i64 },
}

fn operations() -> impl Strategy<Value = Vec<Operation>> {
    let operation = prop_oneof![
        4 => (any::<[bool; 3]>(), any::<bool>(), 0..2usize).prop_map(|(scopes, claim, purpose)| Operation::Give { scopes, claim, purpose }),
        2 => Just(Operation::Withdraw),
        3 => Just(Operation::Redeem),
        4 => prop_oneof![2 => 0..60i64, 1 => -60..0i64].prop_map(|seconds| Operation::Wait { seconds }),
    ];
    prop::collection::vec(operation, 1..24)
}

/// What was agreed, without a database: at most one consent stands; every grant is from before or after the last withdrawal.
#[derive(Default)]
struct Model {
    standing: Option<Consent>,
    /// Each with when it was redeemed, and whether a withdrawal came after it.
    grants: Vec<(Uuid, i64, bool)>,
    /// When the last withdrawal was.
    void_to: Option<i64>,
    events: Vec<(&'static str, String)>,
    now: i64,
}

fn a_consent_and_its_grants_behave_as_their_model(world: &World) {
    let serial = std::cell::Cell::new(1);
    explore(operations(), |operations| {
        let account = world.citizen(serial.replace(serial.get() + 1));
        let session = world.session(account).id;
        let mut model = Model::default();
        for operation in operations {
            step(world, account, session, &mut model, &operation)?;
            holds(world, account, &model)?;
        }
        Ok(())
    });
}

fn step(world: &World, account: Uuid, session: Uuid, model: &mut Model, operation: &Operation) -> Result<(), TestCaseError> {
    let now = at(model.now);
    match *operation {
        Operation::Wait { seconds } => model.now = (model.now + seconds).max(0),
        Operation::Give { scopes, claim, purpose } => {
            let consent = consent(account, scopes, claim, purpose, model.now);
            let (given, evidence) = (consent.clone(), evidence(world));
            world.run(move |db| given.give(db, &evidence));
            model.events.push(("given", consent.scope.to_string()));
            model.standing = Some(consent);
        }
        Operation::Withdraw => {
            let evidence = evidence(world);
            let withdrawn = world.run(move |db| Consent::withdraw(db, account, CLIENT, &evidence, now));
            prop_assert_eq!(withdrawn, model.standing.is_some(), "withdrawn");
            if let Some(consent) = model.standing.take() {
                model.events.push(("withdrawn", consent.scope.to_string()));
                model.grants.iter_mut().for_each(|(_, _, withdrawn)| *withdrawn = true);
                model.void_to = Some(model.now);
            }
        }
        Operation::Redeem => {
            let grant = Grant { created_at: now, ..world.grant(account, session, "openid offline_access") };
            let (redeemed, usage) = (grant.clone(), UsageRecord { at: now, ..world.usage(&grant, UsageKind::Code) });
            world.run(move |db| Grant::redeem(db, &redeemed, None, &usage));
            model.grants.push((grant.id, model.now, false));
        }
    }
    Ok(())
}

fn consent(account: Uuid, scopes: [bool; 3], claim: bool, purpose: usize, now: i64) -> Consent {
    let named = SCOPES.into_iter().zip(scopes).filter(|(_, chosen)| *chosen).map(|(scope, _)| scope);
    Consent {
        account_id: account,
        client_id: CLIENT.into(),
        scope: Scope::parse(&std::iter::once("openid").chain(named).collect::<Vec<_>>().join(" ")).unwrap(),
        claims: if claim { BTreeSet::from(["email".to_owned()]) } else { BTreeSet::new() },
        purpose_hash: Consent::purpose_hash(PURPOSES[purpose]),
        given_at: at(now),
    }
}

fn evidence(world: &World) -> Evidence {
    let event_id = world.id();
    let address = Evidence::seal_address(&world.keyring, event_id, "203.0.113.7");
    Evidence { event_id, language: "vi".into(), authentication_level: AuthenticationLevel::Two, address }
}

/// After every step: what stands is what was agreed last, it covers exactly that, every event is recorded, and no grant outlives a withdrawal.
fn holds(world: &World, account: Uuid, model: &Model) -> Result<(), TestCaseError> {
    let standing = world.agreed(account, CLIENT);
    prop_assert_eq!(&standing, &model.standing);
    prop_assert_eq!(world.read(|db| Consent::list(db, account)).len(), usize::from(standing.is_some()));
    if let Some(standing) = &standing {
        for combination in 0..16u8 {
            let chosen = |bit: u8| combination & (1 << bit) != 0;
            let asked = consent(account, [chosen(0), chosen(1), chosen(2)], chosen(3), 0, model.now);
            let agreed = asked.scope.is_subset_of(&standing.scope) && asked.claims.is_subset(&standing.claims);
            for purpose in PURPOSES {
                let hash = Consent::purpose_hash(purpose);
                prop_assert_eq!(standing.covers(&asked.scope, &asked.claims, &hash), agreed && hash == standing.purpose_hash);
            }
        }
    }
    for (grant, redeemed_at, withdrawn) in &model.grants {
        let live = world.read(|db| LiveGrant::find(db, *grant, at(model.now))).is_some();
        prop_assert!(!live || !withdrawn, "a grant outlives the withdrawal");
        // A clock that was put back makes new grants look older than the withdrawal: these are dead, to be on the safe side.
        prop_assert_eq!(
            live,
            !withdrawn && model.void_to.is_none_or(|void_to| *redeemed_at > void_to),
            "a grant from after the withdrawal"
        );
    }
    let events: Vec<(String, String)> = world.read(|db| {
        let of_account = consent_events::table.filter(consent_events::account_id.eq(account.as_bytes().as_slice()));
        of_account.order(consent_events::id).select((consent_events::action, consent_events::scope)).load(db)
    });
    prop_assert_eq!(events, model.events.iter().map(|(action, scope)| ((*action).to_owned(), scope.clone())).collect::<Vec<_>>());
    Ok(())
}
