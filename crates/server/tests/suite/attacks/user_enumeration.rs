//! Learning who has an account: by the answer, its headers, the work that is done for it, or the questions that the database is asked.
//! Work is counted, not timed: as many blocks filled by Argon2 and the same statements in the same order take the same time.

use std::collections::HashMap;
use std::sync::{Mutex, Once, PoisonError};

use account_policy::CitizenId;
use diesel::connection::{Instrumentation, InstrumentationEvent, set_default_instrumentation};
use dinhdanh::config::PasswordsConfig;
use dinhdanh::hashing::Hasher;
use dinhdanh::randomness::Randomness;
use persistence::accounts::Account;

use crate::support::{AN, ANNA, Answer, App, CUONG, DUNG, GIANG, PASSWORD};

/// The statements that each database was sent, by its file.
static ASKED: Mutex<Option<HashMap<String, Vec<String>>>> = Mutex::new(None);

/// Listens to one connection.
#[derive(Default)]
struct Listener(String);

impl Instrumentation for Listener {
    fn on_connection_event(&mut self, event: InstrumentationEvent<'_>) {
        match event {
            InstrumentationEvent::StartEstablishConnection { url, .. } => url.clone_into(&mut self.0),
            InstrumentationEvent::StartQuery { query, .. } => {
                let statement = query.to_string();
                let statement = statement.split(" -- binds").next().unwrap_or_default().to_owned();
                let mut asked = ASKED.lock().unwrap_or_else(PoisonError::into_inner);
                asked.get_or_insert_default().entry(self.0.clone()).or_default().push(statement);
            }
            _ => {}
        }
    }
}

fn listen() {
    static BEGUN: Once = Once::new();
    BEGUN.call_once(|| set_default_instrumentation(|| Some(Box::new(Listener::default()))).unwrap());
}

/// The statements about people since the last call; what goes on beside every sign-in (expiry, deliveries, the client's row) is left out.
fn asked(app: &App) -> Vec<String> {
    let file = app.folder.path().join("data/dinhdanh.sqlite").display().to_string();
    let all = ASKED.lock().unwrap_or_else(PoisonError::into_inner).as_mut().and_then(|asked| asked.get_mut(&file).map(std::mem::take));
    let beside = ["BEGIN", "COMMIT", "ROLLBACK", "SAVEPOINT", "RELEASE", "PRAGMA", "DELETE", "FROM `clients`", "messages"];
    all.expect("the connections are listened to")
        .into_iter()
        .filter(|statement| !beside.iter().any(|beside| statement.contains(beside)))
        .collect()
}

/// What a try looks like from outside, and what it cost inside.
#[derive(Debug, PartialEq)]
struct Trace {
    status: u16,
    headers: Vec<(String, String)>,
    text: String,
    work: u64,
    statements: Vec<String>,
}

fn outside(answer: &Answer, typed: &str) -> (u16, Vec<(String, String)>, String) {
    let id = answer.header("x-request-id").to_owned();
    let mut headers: Vec<_> = answer
        .headers
        .iter()
        .filter(|(name, _)| !["date", "x-request-id", "content-length"].contains(&name.as_str()))
        .map(|(name, value)| (name.to_string(), value.to_str().unwrap().to_owned()))
        .collect();
    headers.sort();
    // What is random, and what was typed, where the form gives it back.
    let mut own = vec![id, format!("value=\"{typed}\"")];
    if answer.has("form") {
        own.extend(answer.form().hidden.into_iter().map(|(_, value)| value));
    }
    let mut text = answer.body.clone();
    for own in own.iter().filter(|own| !own.is_empty()) {
        text = text.replace(own.as_str(), "…");
    }
    (answer.status, headers, text)
}

async fn wrong_password(app: &App, number: &str) -> Trace {
    let browser = app.browser();
    let page = browser.get(&app.portal().authorize(&[])).await;
    let before = app.provider.hasher.work();
    asked(app);
    let answer = browser.sign_in(&page, number, "wrong").await;
    let (status, headers, text) = outside(&answer, number);
    Trace { status, headers, text, work: app.provider.hasher.work() - before, statements: asked(app) }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wrong_password_costs_and_looks_the_same_whoever_is_named() {
    listen();
    let app = App::start().await;
    let passwordless = app.account(ANNA).await.id;
    let hash = app.account(AN).await.password_hash.unwrap();
    assert!(app.provider.store.run(move |db| Account::set_password(db, passwordless, "", db_now())).await.unwrap());
    let known = wrong_password(&app, AN).await;
    assert_eq!((known.status, known.work), (400, 64), "one hash");
    assert!(!known.statements.is_empty() && !known.text.contains(&hash), "{known:?}");
    for (number, who) in [
        (AN, "the same again"),
        ("098000000099", "a number that nobody has"),
        (GIANG, "a person without an account"),
        (CUONG, "a locked account"),
        (DUNG, "an account whose card expired"),
        (ANNA, "an account without a password"),
        ("098000000098", "another number that nobody has"),
    ] {
        assert_eq!(wrong_password(&app, number).await, known, "{who}");
    }
}

/// Accounts that were imported with dearer hashes tell by their work that they are there, unless numbers that nobody has cost as much as often.
#[tokio::test(flavor = "multi_thread")]
async fn with_imported_hashes_a_number_that_nobody_has_costs_what_the_next_account_costs() {
    listen();
    let app = App::with(|config| config.limits.address_tries = 1000).await;
    let passwords = PasswordsConfig { memory_kib: 256, iterations: 2, ..app.provider.config.passwords.clone() };
    let imported = Hasher::new(&passwords, Randomness::system()).unwrap().hash(PASSWORD).await.unwrap();
    let accounts = app.provider.store.read(|db| Account::list(db, None, 1000)).await.unwrap();
    // By the hash of the number, every other one of those with a password.
    let mut order: Vec<_> =
        accounts.iter().filter(|account| account.password_hash.is_some()).map(|account| account.number_hash.0).collect();
    order.sort_unstable();
    for hash in order.iter().step_by(2) {
        let (id, imported) = (accounts.iter().find(|account| account.number_hash.0 == *hash).unwrap().id, imported.clone());
        assert!(app.provider.store.run(move |db| Account::set_password(db, id, &imported, db_now())).await.unwrap());
    }
    let expected = |number: &str| {
        let hash = app.provider.keyring.number_hash(&CitizenId::parse(number).unwrap()).0;
        order.iter().position(|next| *next >= hash).map_or(64, |place| if place % 2 == 0 { 2 * 256 } else { 64 })
    };
    let known = wrong_password(&app, AN).await;
    let mut costs = HashMap::<u64, u32>::new();
    for serial in 0..60 {
        let number = format!("0980001000{serial:02}");
        let trace = wrong_password(&app, &number).await;
        assert_eq!(trace.work, expected(&number), "{number}");
        assert_eq!(Trace { work: known.work, ..trace }, known, "{number}: all else is as ever");
        *costs.entry(trace.work).or_default() += 1;
    }
    assert_eq!(known.work, expected(AN));
    assert_eq!(costs.len(), 2, "{costs:?}");
    for number in ["098000100000", "098000100001", AN] {
        assert_eq!(wrong_password(&app, number).await.work, expected(number), "the same again");
    }
}

fn db_now() -> time::OffsetDateTime {
    time::OffsetDateTime::UNIX_EPOCH
}

#[tokio::test(flavor = "multi_thread")]
async fn a_forgotten_password_is_answered_alike_whoever_is_named() {
    let app = App::start().await;
    let mut answers = Vec::new();
    for number in [AN, "098000000099", GIANG, CUONG, DUNG] {
        let browser = app.browser();
        let page = browser.get("/account/recover").await;
        let answer = browser.submit(&page, None, &[("citizen_id", number)]).await;
        assert!(answer.has("form"), "{} {}", answer.status, answer.text());
        answers.push(outside(&answer, number));
    }
    assert!(answers.iter().all(|answer| *answer == answers[0]), "{answers:#?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_right_password_of_a_locked_account_tells_only_its_owner() {
    let app = App::start().await;
    let browser = app.browser();
    let page = browser.get(&app.portal().authorize(&[])).await;
    assert!(browser.sign_in(&page, CUONG, PASSWORD).await.is_notice(403), "whoever has the password is told");
    assert_eq!(wrong_password_status(&app, CUONG).await, wrong_password_status(&app, AN).await);
}

async fn wrong_password_status(app: &App, number: &str) -> u16 {
    let browser = app.browser();
    let page = browser.get(&app.portal().authorize(&[])).await;
    browser.sign_in(&page, number, "wrong").await.status
}
