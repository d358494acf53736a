//! `kill -9` under load, fifty times: nothing that was answered is lost, nothing is done twice.
//!
//! Each round: 64 citizens sign in silently as fast as they can, and others with their passwords, until at least 500 tokens were answered; then
//! SIGKILL, a start on what is left, and the questions. Some codes are presented twice at once, so that a kill also meets those.

use std::collections::HashSet;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use diesel::prelude::*;
use diesel::sql_types::{BigInt, Binary};
use tokio::sync::Notify;
use tokio::task::JoinSet;
use uuid::Uuid;

use crate::browser::Browser;
use crate::machine::{Machine, alone};
use crate::process::Node;
use crate::steps::{Portal, Tokens, Told, probe, try_sign_in};

const ROUNDS: usize = 50;
const CITIZENS: usize = 64;
const ANSWERED: usize = 500;
/// One code of so many is presented twice at once.
const DOUBLED: usize = 16;
/// Tokens of each round that are asked for one by one.
const ASKED: usize = 16;
/// Start-up to the first answer.
const START: Duration = Duration::from_secs(1);

/// What the outside saw in one round.
#[derive(Default)]
struct Seen {
    answered: Vec<(String, Tokens)>,
    /// Codes whose token request got no answer.
    in_flight: Vec<String>,
    /// Of codes that were presented twice at once, with both answers there: the tokens that one of the two got.
    doubled: Vec<Tokens>,
    /// Browsers that a sign-in with the password was answered to.
    signed_in: Vec<Browser>,
}

struct Round {
    seen: Mutex<Seen>,
    codes: AtomicUsize,
    answered: AtomicUsize,
    enough: Notify,
    over: AtomicBool,
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn fifty_kills_under_load_lose_nothing_and_do_nothing_twice() {
    let _alone = alone().await;
    let machine = Machine::new();
    machine.configure("", "rate_limits = false");
    let (mut node, mut portal) = (machine.serve(), Portal::of(&machine));
    let mut browsers = Vec::new();
    for _ in 0..CITIZENS {
        browsers.push(Arc::new(Browser::new(&machine.base())));
    }
    for browser in &browsers {
        assert!(try_sign_in(browser, &portal).await, "the first sign-ins");
    }
    let (mut total, mut doubled, mut sessions, mut slowest) = (0, 0, CITIZENS, Duration::ZERO);
    let mut since = Uuid::nil();
    for round in 0..ROUNDS {
        let seen = load_until_killed(&machine, node, &portal, &browsers).await;
        let begun = Instant::now();
        machine.forget_log();
        node = machine.serve();
        assert_eq!(probe(&machine.base(), "/readyz").await.status, 200);
        let started = begun.elapsed();
        // No connection of before is tried.
        portal = portal.anew();
        browsers = browsers.iter().map(|browser| Arc::new(browser.at(&machine.base()))).collect();
        let seen = Seen { signed_in: seen.signed_in.iter().map(|browser| browser.at(&machine.base())).collect(), ..seen };
        slowest = slowest.max(started);
        assert!(started < START, "round {round}: the start took {started:?}");
        let log = machine.log();
        assert!(!log.contains("ERROR") && !log.contains("WARN"), "round {round}: an unclean start: {log}");

        assert!(seen.answered.len() >= ANSWERED, "{}", seen.answered.len());
        since = everything_is_recorded(&machine, &seen, since, round);
        sessions += seen.signed_in.len();
        total += seen.answered.len();
        doubled += seen.doubled.len();
        still_alive(&portal, &browsers, &seen).await;
        // Last, since it revokes what it asks for.
        nothing_is_redeemed_again(&portal, &seen).await;
    }
    machine.is_sound();
    assert_eq!(node.stop(), Some(0));
    assert!(doubled > 0, "no code was ever redeemed beside its own double");
    println!(
        "{ROUNDS} kills, {total} tokens, {doubled} codes redeemed beside their doubles, {sessions} sign-ins, slowest start {slowest:?}"
    );
}

async fn load_until_killed(machine: &Machine, mut node: Node, portal: &Portal, browsers: &[Arc<Browser>]) -> Seen {
    let round = Arc::new(Round {
        seen: Mutex::default(),
        codes: AtomicUsize::new(0),
        answered: AtomicUsize::new(0),
        enough: Notify::new(),
        over: AtomicBool::new(false),
    });
    let mut citizens = JoinSet::new();
    for browser in browsers {
        let (round, browser, portal) = (Arc::clone(&round), Arc::clone(browser), portal.clone());
        citizens.spawn(async move {
            loop {
                if round.over.load(Ordering::Acquire) || !silently(&round, &browser, &portal).await {
                    break;
                }
            }
        });
    }
    for _ in 0..2 {
        let (round, portal, base) = (Arc::clone(&round), portal.clone(), machine.base());
        citizens.spawn(async move {
            while !round.over.load(Ordering::Acquire) {
                let browser = Browser::new(&base);
                if try_sign_in(&browser, &portal).await {
                    round.seen.lock().unwrap().signed_in.push(browser);
                }
            }
        });
    }
    round.enough.notified().await;
    node.child.kill().unwrap();
    round.over.store(true, Ordering::Release);
    node.child.wait().unwrap();
    while let Some(ended) = citizens.join_next().await {
        ended.unwrap();
    }
    let mut seen = round.seen.lock().unwrap();
    std::mem::take(&mut *seen)
}

/// One silent sign-in; `false`: the node went away.
async fn silently(round: &Round, browser: &Browser, portal: &Portal) -> bool {
    let Some(answer) = browser.try_get(&portal.authorize(true)).await else { return false };
    let code = answer.parameter("code").unwrap_or_else(|| panic!("{} {:?}", answer.status, answer.location()));
    if round.codes.fetch_add(1, Ordering::AcqRel).is_multiple_of(DOUBLED) {
        return twice_at_once(round, portal, &code).await;
    }
    match portal.redeem(&code).await {
        Ok(told) => {
            let tokens = told.tokens().unwrap_or_else(|| panic!("{told:?}"));
            round.seen.lock().unwrap().answered.push((code, tokens));
            if round.answered.fetch_add(1, Ordering::AcqRel) + 1 == ANSWERED {
                round.enough.notify_one();
            }
            true
        }
        Err(_) => {
            round.seen.lock().unwrap().in_flight.push(code);
            false
        }
    }
}

/// One code, presented twice at the same moment: one of the two gets tokens at most. `false`: the node went away.
async fn twice_at_once(round: &Round, portal: &Portal, code: &str) -> bool {
    let (first, second) = tokio::join!(portal.redeem(code), portal.redeem(code));
    let answers: Vec<_> = [first, second].into_iter().flatten().collect();
    let mut tokens: Vec<_> = answers.iter().filter_map(Told::tokens).collect();
    let refused = answers.iter().filter(|told| (told.status, told.error()) == (400, "invalid_grant")).count();
    assert!(tokens.len() <= 1 && tokens.len() + refused == answers.len(), "one code, presented twice: {answers:?}");
    let both = answers.len() == 2;
    // Of one that got a single answer nobody knows whether its grant is revoked.
    round.seen.lock().unwrap().doubled.extend(tokens.pop().filter(|_| both));
    both
}

/// Every code again, those that got tokens and those of which nobody knows. It ends what the first use began, also after a restart that forgot it.
async fn nothing_is_redeemed_again(portal: &Portal, seen: &Seen) {
    let codes: Vec<String> = seen.answered.iter().map(|(code, _)| code).chain(&seen.in_flight).cloned().collect();
    let mut again = JoinSet::new();
    for part in codes.chunks(codes.len().div_ceil(16)) {
        let (portal, part) = (portal.clone(), part.to_vec());
        again.spawn(async move {
            for code in part {
                let told = portal.redeem(&code).await.unwrap();
                assert_eq!((told.status, told.error()), (400, "invalid_grant"), "a code was redeemed twice: {told:?}");
            }
        });
    }
    while let Some(ended) = again.join_next().await {
        ended.unwrap();
    }
    for (_, tokens) in seen.answered.iter().rev().take(ASKED) {
        assert!(!portal.is_active(&tokens.access_token).await, "a token outlived the second use of its code");
    }
}

#[derive(QueryableByName)]
struct Id {
    #[diesel(sql_type = Binary)]
    id: Vec<u8>,
}

#[derive(QueryableByName)]
struct Count {
    #[diesel(sql_type = BigInt)]
    n: i64,
}

/// Grants with exactly one usage record and a family; notices and sessions. Answers the oldest grant of this round: the next one looks from there.
fn everything_is_recorded(machine: &Machine, seen: &Seen, since: Uuid, round: usize) -> Uuid {
    let mut db = machine.sqlite();
    // One pass over what is new, not one per grant.
    let grants = |sql: &str, db: &mut SqliteConnection| -> Vec<Uuid> {
        let rows = diesel::sql_query(sql).bind::<Binary, _>(since.as_bytes().to_vec()).load::<Id>(db).unwrap();
        rows.iter().map(|row| Uuid::from_slice(&row.id).unwrap()).collect()
    };
    let living =
        "SELECT f.grant_id AS id FROM refresh_families f JOIN grants g ON g.id = f.grant_id WHERE f.grant_id > $1 AND g.revoked_at IS NULL";
    let families: HashSet<Uuid> = grants(living, &mut db).into_iter().collect();
    let records = grants("SELECT grant_id AS id FROM usage_records WHERE id > $1 AND kind = 'code'", &mut db);
    let recorded: HashSet<Uuid> = records.iter().copied().collect();
    assert_eq!(records.len(), recorded.len(), "round {round}: a code was recorded twice");
    for (_, tokens) in &seen.answered {
        let grant = tokens.grant();
        assert!(families.contains(&grant), "round {round}: an answered token without its refresh family");
        assert!(recorded.contains(&grant), "round {round}: an answered token without its usage record");
    }
    for tokens in &seen.doubled {
        let grant = tokens.grant();
        assert!(recorded.contains(&grant), "round {round}: a token of a doubled code without its usage record");
        assert!(!families.contains(&grant), "round {round}: the second use of a code was answered, and its grant lives on");
    }
    // A notice has the id of the session that it tells of. A sandbox sends nothing, so this proves that both are written in one transaction;
    // `notices` proves that none leaves before.
    let notices = diesel::sql_query("SELECT count(*) AS n FROM messages").get_result::<Count>(&mut db).unwrap().n;
    let alone = "SELECT count(*) AS n FROM messages m LEFT JOIN sessions s ON s.id = m.id WHERE s.id IS NULL";
    let unheard = "SELECT count(*) AS n FROM sessions s LEFT JOIN messages m ON m.id = s.id WHERE m.id IS NULL";
    assert!(notices >= i64::try_from(CITIZENS + seen.signed_in.len()).unwrap(), "round {round}: {notices} notices");
    for (sql, what) in [(alone, "notices without their session"), (unheard, "sessions without their notice")] {
        let n = diesel::sql_query(sql).get_result::<Count>(&mut db).unwrap().n;
        assert_eq!(n, 0, "round {round}: {n} {what}");
    }
    seen.answered.iter().map(|(_, tokens)| tokens.grant()).min().unwrap_or(since)
}

/// Every session that was answered is alive, and so are the tokens.
async fn still_alive(portal: &Portal, browsers: &[Arc<Browser>], seen: &Seen) {
    for browser in browsers.iter().map(AsRef::as_ref).chain(&seen.signed_in) {
        let answer = browser.get(&portal.authorize(true)).await;
        assert!(answer.parameter("code").is_some(), "a session was lost: {:?}", answer.location());
    }
    for (_, tokens) in seen.answered.iter().rev().take(ASKED) {
        assert!(portal.is_active(&tokens.access_token).await, "a token was lost");
    }
    for tokens in seen.doubled.iter().take(ASKED) {
        assert!(!portal.is_active(&tokens.access_token).await, "a kill undid a revocation");
    }
}
