//! Interactions against a model: random acts of citizens in two browsers with several tabs each, and what the provider must answer to each.
//! A failing sequence is shrunk and printed.

mod model;

use std::cell::RefCell;
use std::collections::BTreeMap;

use diesel::RunQueryDsl as _;
use persistence::schema::{consents, messages, one_time_codes};
use proptest::prelude::*;
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};
use serde_json::Value;
use tokio::runtime::Handle;

use self::model::{Citizen, Due, Model, Outcome, Site, Step, Wish};
use crate::support::{AN, Answer, App, Browser, PASSWORD, Portal, Tokens};

/// Longer than the wait for another code, than a code, and than everything: each also in sums of them.
const WAITS: [i64; 3] = [40, 200, 901];

#[derive(Clone, Debug)]
enum Act {
    /// A portal sends a browser: a new tab.
    Open { browser: usize, site: Site, wish: Option<Wish> },
    /// Something happens in a tab, the newest first, perhaps in one that is over; `back` pages ago it showed the form that is sent.
    In { tab: usize, over: bool, back: usize, doing: Doing },
    /// The other browser has the tab's address and form, and the right code.
    Steal { tab: usize },
    /// Time goes on.
    Wait { seconds: i64 },
}

#[derive(Clone, Debug)]
enum Doing {
    /// What the page asks for; this citizen, where it asks who is there.
    AsAsked(Citizen),
    Step(Step),
    /// The code is typed that was sent to this person last, for whatever portal, used or not.
    Code,
    /// Another one of all codes that were ever sent.
    AnyCode(usize),
    /// Wrong codes, one after another.
    Guess(usize),
}

fn acts() -> impl Strategy<Value = Vec<Act>> {
    let citizen = || prop_oneof![3 => Just(Citizen::An), 2 => Just(Citizen::Binh), 3 => Just(Citizen::Duc)];
    let site = prop_oneof![1 => Just(Site::LevelTwo), 2 => prop::sample::select(Site::ALL.to_vec())];
    let wish = prop::option::weighted(0.4, prop_oneof![2 => Just(Wish::TwoFactors), 1 => Just(Wish::LevelTwo)]);
    let step = |step: Step| Just(Doing::Step(step));
    let doing = prop_oneof![
        24 => citizen().prop_map(Doing::AsAsked),
        2 => step(Step::Reload),
        3 => citizen().prop_map(|citizen| Doing::Step(Step::SignIn(citizen))),
        1 => step(Step::WrongPassword),
        3 => Just(Doing::Code),
        2 => (0..8usize).prop_map(Doing::AnyCode),
        1 => (1..7usize).prop_map(Doing::Guess),
        2 => step(Step::Resend),
        1 => step(Step::Skip),
        2 => step(Step::Allow),
        1 => step(Step::Deny),
        1 => step(Step::Cancel),
    ];
    let tab = || prop_oneof![5 => Just(0), 2 => 1..4usize];
    let back = prop_oneof![3 => Just(0), 1 => 1..4usize];
    let act = prop_oneof![
        5 => (0..2usize, site, wish).prop_map(|(browser, site, wish)| Act::Open { browser, site, wish }),
        20 => (tab(), prop::bool::weighted(0.1), back, doing).prop_map(|(tab, over, back, doing)| Act::In { tab, over, back, doing }),
        1 => tab().prop_map(|tab| Act::Steal { tab }),
        2 => prop::sample::select(WAITS.to_vec()).prop_map(|seconds| Act::Wait { seconds }),
    ];
    prop::collection::vec(act, 1..40)
}

/// What a tab shows, and showed before.
struct Shown {
    interaction: String,
    pages: Vec<Answer>,
}

struct World<'a> {
    app: &'a App,
    portals: BTreeMap<Site, Portal>,
    browsers: [Browser; 2],
    model: Model,
    /// One for each tab of the model.
    shown: Vec<Shown>,
    /// The name of each citizen at each portal.
    subjects: BTreeMap<(Citizen, Site), String>,
    /// Every code that was sent, and the last message that carried one.
    codes: Vec<String>,
    letter: Value,
    /// What was reached how often, over all sequences.
    reached: &'a RefCell<BTreeMap<String, u32>>,
}

/// A model that is never led anywhere would prove nothing: some sequence must have come to each of these.
const REACHED: [&str; 21] = [
    "An at level 1",
    "An at level 2",
    "Binh at level 1",
    "Binh at level 2",
    "Duc at level 2",
    "An at level 2, LevelTwo",
    "Duc at level 2, LevelTwo",
    "Denied(\"access_denied\")",
    "Denied(\"unmet_authentication_requirements\")",
    "Over",
    "Shows(SignIn, 200)",
    "Shows(SignIn, 400)",
    "Shows(Refused, 403)",
    "Shows(Consent, 200)",
    "Shows(OneTimeCode, 200)",
    "Shows(OneTimeCode, 400)",
    "Shows(OneTimeCode, 429)",
    "a used code",
    "a code of another portal",
    "a code after its time",
    "a code after too many tries",
];

#[tokio::test(flavor = "multi_thread")]
async fn whatever_citizens_do_in_two_browsers_interactions_behave_as_their_model() {
    // The waits are part of the model; what an hour and a day allow is not.
    let app = App::with(|config| {
        let limits = &mut config.limits;
        (limits.number_tries, limits.address_tries) = (1_000_000, 1_000_000);
        (limits.one_time_codes_per_hour, limits.one_time_code_failures_per_day) = (100_000, 1_000_000);
    })
    .await;
    let reached = RefCell::default();
    // The same sequences every time, which are known to come everywhere; then others every time.
    let known = TestRng::deterministic_rng(RngAlgorithm::ChaCha);
    explore(&app, &reached, |config| TestRunner::new_with_rng(config, known));
    let missing: Vec<_> = REACHED.iter().filter(|what| !reached.borrow().contains_key(**what)).collect();
    assert!(missing.is_empty(), "no sequence came to {missing:?}, but to {:?}", reached.borrow());
    explore(&app, &reached, TestRunner::new);
}

fn explore(app: &App, reached: &RefCell<BTreeMap<String, u32>>, runner: impl FnOnce(Config) -> TestRunner) {
    let config = Config { cases: 80, failure_persistence: None, ..Config::default() };
    let explored = tokio::task::block_in_place(|| {
        runner(config).run(&acts(), |acts| {
            Handle::current().block_on(World::new(app, reached)).live(acts);
            Ok(())
        })
    });
    if let Err(failure) = explored {
        panic!("{failure}");
    }
}

impl<'a> World<'a> {
    async fn new(app: &'a App, reached: &'a RefCell<BTreeMap<String, u32>>) -> Self {
        let forget = |db: &mut persistence::Db| {
            diesel::delete(consents::table).execute(db)?;
            diesel::delete(messages::table).execute(db)?;
            diesel::delete(one_time_codes::table).execute(db)
        };
        app.provider.store.run(forget).await.unwrap();
        Self {
            app,
            portals: Site::ALL.map(|site| (site, Portal::confidential(&app.base, site.names().0))).into(),
            browsers: [app.browser(), app.browser()],
            model: Model::default(),
            shown: Vec::new(),
            subjects: BTreeMap::new(),
            codes: Vec::new(),
            letter: Value::Null,
            reached,
        }
    }

    fn live(mut self, acts: Vec<Act>) {
        for act in acts {
            Handle::current().block_on(self.act(&act));
        }
    }

    async fn act(&mut self, act: &Act) {
        match *act {
            Act::Wait { seconds } => {
                self.app.later(seconds);
                self.model.wait(seconds);
            }
            Act::Open { browser, site, wish } => self.open(browser, site, wish).await,
            Act::In { tab, over, back, ref doing } => {
                if let Some(tab) = self.tab(tab, over) {
                    self.in_tab(tab, back, doing).await;
                }
            }
            Act::Steal { tab } => {
                if let Some(tab) = self.tab(tab, false) {
                    self.steal(tab).await;
                }
            }
        }
    }

    /// Counted from the newest.
    fn tab(&self, index: usize, over: bool) -> Option<usize> {
        let tabs: Vec<_> = (0..self.model.tabs()).rev().filter(|tab| over || !self.model.is_over(*tab)).collect();
        tabs.get(index % tabs.len().max(1)).copied()
    }

    async fn open(&mut self, browser: usize, site: Site, wish: Option<Wish>) {
        let expected = self.model.open(browser, site, wish);
        let answer = self.browsers[browser].get(&self.portals[&site].authorize(&[("acr_values", wish.map(Wish::acr))])).await;
        if expected == Outcome::Permitted {
            self.code(&answer, browser, site).await;
        } else {
            self.shown.push(Shown { interaction: answer.interaction(), pages: Vec::new() });
            self.answered(self.shown.len() - 1, answer, expected).await;
        }
        self.letters().await;
    }

    async fn in_tab(&mut self, tab: usize, back: usize, doing: &Doing) {
        let newest = self.model.newest_code(tab);
        let wrong = if newest.as_deref() == Some("000000") { "000001" } else { "000000" };
        let page = self.shown[tab].pages.last().expect("a tab shows something");
        let known = |index: usize| self.codes.get(index % self.codes.len().max(1));
        let steps = match doing {
            Doing::AsAsked(citizen) if page.is_sign_in_page() => vec![Step::SignIn(*citizen)],
            Doing::AsAsked(_) if page.is_consent_page() => vec![Step::Allow],
            Doing::AsAsked(_) if page.is_notice(403) => vec![Step::Cancel],
            Doing::Step(step) => vec![step.clone()],
            Doing::AsAsked(_) | Doing::Code => vec![Step::Type(newest.unwrap_or_else(|| wrong.to_owned()))],
            Doing::AnyCode(index) => vec![Step::Type(known(*index).map_or(wrong, String::as_str).to_owned())],
            Doing::Guess(times) => vec![Step::Type(wrong.to_owned()); *times],
        };
        for step in steps {
            self.note(tab, &step);
            let expected = self.model.step(tab, &step);
            let answer = self.send(tab, back, &step).await;
            self.answered(tab, answer, expected).await;
            self.letters().await;
        }
    }

    fn reach(&self, what: &str) {
        *self.reached.borrow_mut().entry(what.to_owned()).or_default() += 1;
    }

    /// Which interesting case a typed code is.
    fn note(&self, tab: usize, step: &Step) {
        if let Step::Type(typed) = step
            && let Some(case) = self.model.why_not(tab, typed)
        {
            self.reach(case);
        }
    }

    /// Sends the form that the tab showed so many pages ago.
    async fn send(&self, tab: usize, back: usize, step: &Step) -> Answer {
        let Shown { interaction, pages } = &self.shown[tab];
        let browser = &self.browsers[self.model.place(tab).0];
        let page = &pages[pages.len() - 1 - back % pages.len()];
        let (action, fields) = match step {
            Step::Reload => return browser.get(&format!("/interaction/{interaction}")).await,
            Step::SignIn(citizen) => ("login", vec![("citizen_id", citizen.number()), ("password", PASSWORD)]),
            Step::WrongPassword => ("login", vec![("citizen_id", AN), ("password", "Wrong#2024")]),
            Step::Type(code) => ("otp", vec![("otp", code.as_str())]),
            Step::Resend => ("otp/resend", vec![]),
            Step::Skip => ("otp/skip", vec![]),
            Step::Allow => ("consent", vec![("decision", "allow")]),
            Step::Deny => ("consent", vec![("decision", "deny")]),
            Step::Cancel => ("cancel", vec![]),
        };
        browser.submit(page, Some(&format!("/interaction/{action}")), &fields).await
    }

    async fn answered(&mut self, tab: usize, answer: Answer, expected: Outcome) {
        let (browser, site) = self.model.place(tab);
        self.reach(&format!("{expected:?}"));
        match expected {
            Outcome::Over => leads_nowhere(&answer, "an interaction that is over"),
            Outcome::Permitted => self.code(&answer, browser, site).await,
            Outcome::Denied(error) => {
                assert_eq!(answer.parameter("error").as_deref(), Some(error), "{} {}", answer.status, answer.text());
            }
            Outcome::Shows(due, status) => {
                let shown = match due {
                    Due::SignIn => answer.is_sign_in_page(),
                    Due::OneTimeCode => answer.is_code_page(),
                    Due::Consent => answer.is_consent_page(),
                    Due::Refused => answer.is_notice(403),
                    Due::Permit => false,
                };
                assert!(shown && answer.status == status, "{due:?} {status} is due, not {} {}", answer.status, answer.text());
                assert!(answer.location().is_none());
                assert_eq!(answer.interaction(), self.shown[tab].interaction, "the page is of its own interaction");
                self.shown[tab].pages.push(answer);
            }
        }
    }

    /// The code that came is the one of the citizen who is here, at the level that this citizen proved, and of nobody else.
    async fn code(&mut self, answer: &Answer, browser: usize, site: Site) {
        let code = answer.parameter("code").unwrap_or_else(|| panic!("no code: {} {}", answer.status, answer.text()));
        let (citizen, level) = self.model.present(browser).expect("somebody is signed in");
        let claims = Tokens::of(&self.portals[&site].exchange(&code).await).claims();
        assert_eq!(claims["authentication_level"], level, "{citizen:?} at {site:?}");
        let reached = format!("{citizen:?} at level {level}");
        self.reach(&reached);
        self.reach(&format!("{reached}, {site:?}"));
        let sub = claims["sub"].as_str().expect("a subject").to_owned();
        for ((other, at), known) in &self.subjects {
            assert_eq!(*known == sub, (*other, *at) == (citizen, site), "{citizen:?} at {site:?}, or {other:?} at {at:?}");
        }
        self.subjects.insert((citizen, site), sub);
    }

    /// A code went out exactly when the model says so, to the right phone, and in the portal's name.
    async fn letters(&mut self) {
        let letters = self.browsers[0].get("/sandbox/outbox").await.json();
        let newest = letters.as_array().unwrap().iter().find(|letter| letter["code"].is_string()).cloned().unwrap_or_default();
        let Some((citizen, site)) = self.model.sent() else {
            assert_eq!(newest, self.letter, "a code that nobody is due");
            return;
        };
        assert_ne!(newest, self.letter, "a code for {citizen:?} at {site:?}");
        assert_eq!(newest["to"], citizen.phone());
        let text = newest["text"].as_str().unwrap();
        assert!(text.contains(site.names().1), "{text}");
        assert_eq!(text.contains("Hoàng Minh Đức"), citizen == Citizen::Duc, "{text}");
        let code = newest["code"].as_str().unwrap();
        self.model.learn(code);
        self.codes.push(code.to_owned());
        self.letter = newest;
    }

    /// Address, form and code are worth nothing in another browser, and the tab itself is none the worse.
    async fn steal(&mut self, tab: usize) {
        let code = self.model.newest_code(tab).unwrap_or_default();
        let Shown { interaction, pages } = &self.shown[tab];
        let other = &self.browsers[1 - self.model.place(tab).0];
        leads_nowhere(&other.get(&format!("/interaction/{interaction}")).await, "another browser's address");
        for (action, fields) in [
            ("login", vec![("citizen_id", AN), ("password", PASSWORD)]),
            ("otp", vec![("otp", code.as_str())]),
            ("otp/resend", vec![]),
            ("otp/skip", vec![]),
            ("consent", vec![("decision", "allow")]),
            ("cancel", vec![]),
        ] {
            let answer = other.submit(&pages[pages.len() - 1], Some(&format!("/interaction/{action}")), &fields).await;
            leads_nowhere(&answer, "another browser's form");
        }
        self.letters().await;
    }
}

/// A page of ours that explains, without a form to go on with, and no redirect.
fn leads_nowhere(answer: &Answer, what: &str) {
    assert!(answer.location().is_none(), "{what} leads to {:?}", answer.location());
    assert!((400..500).contains(&answer.status), "{what}: {}", answer.status);
    assert!(!answer.is_sign_in_page() && !answer.is_consent_page() && !answer.is_code_page(), "{what} shows a form");
}
