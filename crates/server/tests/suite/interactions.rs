//! Interactions against a model: random acts of citizens in two browsers with several tabs each, and what the provider must answer to each.
//! A failing sequence is shrunk and printed.

use std::collections::{BTreeMap, BTreeSet};

use diesel::RunQueryDsl as _;
use persistence::schema::consents;
use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};
use tokio::runtime::Handle;

use crate::support::{AN, Answer, App, BINH, Browser, PASSWORD, Portal, Tokens};

const CITIZENS: [&str; 2] = [AN, BINH];
/// The last but one asks nobody for consent, the last asks every time.
const PORTALS: [&str; 4] = ["portal-a", "portal-b", "portal-trusted", "portal-always"];
/// Longer than an interaction lives, and longer than a session may be idle.
const A_WHILE: i64 = 901;

#[derive(Clone, Debug)]
enum Act {
    /// A portal sends a browser: a new tab.
    Open {
        browser: usize,
        portal: usize,
    },
    /// Reload, or the back button to a page that is fetched again.
    Reload {
        tab: usize,
    },
    /// Number and password are sent from a tab, whatever it shows by now.
    SignIn {
        tab: usize,
        citizen: usize,
    },
    WrongPassword {
        tab: usize,
    },
    /// The consent form of the tab is sent, even from a page that is out of date.
    Allow {
        tab: usize,
    },
    Deny {
        tab: usize,
    },
    Cancel {
        tab: usize,
    },
    /// The other browser has the tab's address and form.
    Steal {
        tab: usize,
    },
    /// Everything lapses.
    Later,
}

fn acts() -> impl Strategy<Value = Vec<Act>> {
    let tab = 0..4usize;
    let act = prop_oneof![
        5 => (0..2usize, 0..PORTALS.len()).prop_map(|(browser, portal)| Act::Open { browser, portal }),
        2 => tab.clone().prop_map(|tab| Act::Reload { tab }),
        5 => (tab.clone(), 0..2usize).prop_map(|(tab, citizen)| Act::SignIn { tab, citizen }),
        1 => tab.clone().prop_map(|tab| Act::WrongPassword { tab }),
        5 => tab.clone().prop_map(|tab| Act::Allow { tab }),
        1 => tab.clone().prop_map(|tab| Act::Deny { tab }),
        1 => tab.clone().prop_map(|tab| Act::Cancel { tab }),
        2 => tab.prop_map(|tab| Act::Steal { tab }),
        1 => Just(Act::Later),
    ];
    prop::collection::vec(act, 1..16)
}

/// One interaction, as the tab that shows it knows it.
struct Tab {
    browser: usize,
    portal: usize,
    page: Answer,
    id: String,
    /// Whose steps it holds, and to whom it showed the consent page.
    account: Option<usize>,
    shown: bool,
    over: bool,
}

/// What is due for a tab.
#[derive(Debug, PartialEq)]
enum Due {
    SignIn,
    Consent,
    Code,
}

/// What everybody did so far.
#[derive(Default)]
struct Model {
    tabs: Vec<Tab>,
    /// Who is signed in, by browser.
    here: [Option<usize>; 2],
    /// Which citizen agreed to which portal.
    agreed: BTreeSet<(usize, usize)>,
}

impl Model {
    fn due(&self, browser: usize, portal: usize) -> Due {
        match self.here[browser] {
            None => Due::SignIn,
            Some(citizen) if portal == 2 || (portal != 3 && self.agreed.contains(&(citizen, portal))) => Due::Code,
            Some(_) => Due::Consent,
        }
    }

    /// The provider looks who is here: what another person did in the tab is forgotten.
    fn look(&mut self, tab: usize) {
        let here = self.here[self.tabs[tab].browser];
        let tab = &mut self.tabs[tab];
        if here.is_some() && tab.account != here {
            (tab.account, tab.shown) = (here, false);
        }
    }
}

struct World<'a> {
    app: &'a App,
    portals: Vec<Portal>,
    browsers: [Browser; 2],
    model: Model,
    /// The name of each citizen at each portal.
    subjects: BTreeMap<(usize, usize), String>,
}

#[tokio::test(flavor = "multi_thread")]
async fn whatever_citizens_do_in_two_browsers_interactions_behave_as_their_model() {
    let app = App::with(|config| config.sandbox.rate_limits = false).await;
    let config = Config { cases: 40, failure_persistence: None, ..Config::default() };
    let explored = tokio::task::block_in_place(|| {
        TestRunner::new(config).run(&acts(), |acts| {
            Handle::current().block_on(World::new(&app)).live(acts);
            Ok(())
        })
    });
    if let Err(failure) = explored {
        panic!("{failure}");
    }
}

impl<'a> World<'a> {
    async fn new(app: &'a App) -> Self {
        app.provider.store.run(|db| diesel::delete(consents::table).execute(db)).await.unwrap();
        let portals = PORTALS.map(|portal| Portal::confidential(&app.base, portal)).into();
        Self { app, portals, browsers: [app.browser(), app.browser()], model: Model::default(), subjects: BTreeMap::new() }
    }

    fn live(mut self, acts: Vec<Act>) {
        for act in acts {
            Handle::current().block_on(self.step(&act));
        }
    }

    async fn step(&mut self, act: &Act) {
        match *act {
            Act::Open { browser, portal } => self.open(browser, portal).await,
            Act::Later => {
                self.app.later(A_WHILE);
                self.model.here = [None, None];
                self.model.tabs.iter_mut().for_each(|tab| tab.over = true);
            }
            Act::Reload { tab }
            | Act::SignIn { tab, .. }
            | Act::WrongPassword { tab }
            | Act::Allow { tab }
            | Act::Deny { tab }
            | Act::Cancel { tab }
            | Act::Steal { tab } => {
                if !self.model.tabs.is_empty() {
                    self.in_tab(act, tab % self.model.tabs.len()).await;
                }
            }
        }
    }

    async fn open(&mut self, browser: usize, portal: usize) {
        let answer = self.browsers[browser].get(&self.portals[portal].authorize(&[])).await;
        let due = self.model.due(browser, portal);
        if due == Due::Code {
            return self.code(&answer, browser, portal).await;
        }
        let id = answer.interaction();
        let account = self.model.here[browser];
        self.model.tabs.push(Tab { browser, portal, page: answer, id, account, shown: due == Due::Consent, over: false });
        self.shows(self.model.tabs.len() - 1, &due);
    }

    async fn in_tab(&mut self, act: &Act, index: usize) {
        let tab = &self.model.tabs[index];
        let (browser, portal, over) = (tab.browser, tab.portal, tab.over);
        let (sender, page) = (&self.browsers[browser], &tab.page);
        let post = |action: &'static str, fields: Vec<(&'static str, &'static str)>| async move {
            sender.submit(page, Some(action), &fields).await
        };
        let answer = match *act {
            Act::Reload { .. } => self.browsers[browser].get(&format!("/interaction/{}", tab.id)).await,
            Act::SignIn { citizen, .. } => {
                post("/interaction/login", vec![("citizen_id", CITIZENS[citizen]), ("password", PASSWORD)]).await
            }
            Act::WrongPassword { .. } => post("/interaction/login", vec![("citizen_id", AN), ("password", "Wrong#2024")]).await,
            Act::Allow { .. } => post("/interaction/consent", vec![("decision", "allow")]).await,
            Act::Deny { .. } => post("/interaction/consent", vec![("decision", "deny")]).await,
            Act::Cancel { .. } => post("/interaction/cancel", vec![]).await,
            Act::Steal { .. } => return self.steal(index).await,
            Act::Open { .. } | Act::Later => return,
        };
        if over {
            return leads_nowhere(&answer, "an interaction that is over");
        }
        match *act {
            Act::WrongPassword { .. } => {
                assert!(answer.is_sign_in_page() && answer.location().is_none(), "{}", answer.text());
            }
            Act::Deny { .. } | Act::Cancel { .. } => {
                assert_eq!(answer.parameter("error").as_deref(), Some("access_denied"), "{} {}", answer.status, answer.text());
                self.model.tabs[index].over = true;
            }
            Act::Allow { .. } => {
                self.model.look(index);
                let tab = &self.model.tabs[index];
                if let (Some(citizen), true) = (self.model.here[browser], tab.shown) {
                    self.model.agreed.insert((citizen, portal));
                    self.model.tabs[index].over = true;
                    return self.code(&answer, browser, portal).await;
                }
                self.goes_on(index, answer).await;
            }
            Act::SignIn { citizen, .. } => {
                self.model.here[browser] = Some(citizen);
                self.goes_on(index, answer).await;
            }
            Act::Reload { .. } => self.goes_on(index, answer).await,
            Act::Steal { .. } | Act::Open { .. } | Act::Later => (),
        }
    }

    /// The tab shows what is due now, or its interaction ends with a code.
    async fn goes_on(&mut self, index: usize, answer: Answer) {
        self.model.look(index);
        let (browser, portal) = (self.model.tabs[index].browser, self.model.tabs[index].portal);
        let due = self.model.due(browser, portal);
        if due == Due::Code {
            self.model.tabs[index].over = true;
            return self.code(&answer, browser, portal).await;
        }
        self.model.tabs[index].page = answer;
        self.model.tabs[index].shown |= due == Due::Consent;
        self.shows(index, &due);
    }

    fn shows(&self, index: usize, due: &Due) {
        let tab = &self.model.tabs[index];
        let shown = match due {
            Due::SignIn => tab.page.is_sign_in_page(),
            Due::Consent => tab.page.is_consent_page(),
            Due::Code => false,
        };
        assert!(shown, "{due:?} is due, not {} {}", tab.page.status, tab.page.text());
        assert_eq!(tab.page.interaction(), tab.id, "the page is of its own interaction");
    }

    /// The code that came is the one of the citizen who is here, and of nobody else.
    async fn code(&mut self, answer: &Answer, browser: usize, portal: usize) {
        let code = answer.parameter("code").unwrap_or_else(|| panic!("no code: {} {}", answer.status, answer.text()));
        let citizen = self.model.here[browser].expect("somebody is signed in");
        let tokens = Tokens::of(&self.portals[portal].exchange(&code).await);
        let sub = tokens.claims()["sub"].as_str().expect("a subject").to_owned();
        for ((other, at), known) in &self.subjects {
            assert_eq!(*known == sub, (*other, *at) == (citizen, portal), "citizen {citizen} at portal {portal}, or {other} at {at}");
        }
        self.subjects.insert((citizen, portal), sub);
    }

    /// Address and form are worth nothing in another browser, and the tab itself is none the worse.
    async fn steal(&self, index: usize) {
        let tab = &self.model.tabs[index];
        let other = &self.browsers[1 - tab.browser];
        leads_nowhere(&other.get(&format!("/interaction/{}", tab.id)).await, "another browser's address");
        for (action, fields) in [("/interaction/consent", vec![("decision", "allow")]), ("/interaction/cancel", vec![])] {
            leads_nowhere(&other.submit(&tab.page, Some(action), &fields).await, "another browser's form");
        }
    }
}

/// A page of ours that explains, without a form to go on with, and no redirect.
fn leads_nowhere(answer: &Answer, what: &str) {
    assert!(answer.location().is_none(), "{what} leads to {:?}", answer.location());
    assert!((400..500).contains(&answer.status), "{what}: {}", answer.status);
    assert!(!answer.is_sign_in_page() && !answer.is_consent_page(), "{what} shows a form");
}
