//! What must come of every act, by rules that fit on a page. Times are milliseconds of the sandbox's clock since the first act.

use std::collections::{BTreeMap, BTreeSet};

use crate::support::{AN, BINH, DUC};

/// An interaction lives for ten minutes.
const INTERACTION: i64 = 600_000;
/// A session that nobody uses ends after a quarter of an hour; a use is written down once in a minute.
const IDLE: i64 = 900_000;
const NOTED_EVERY: i64 = 60_000;
/// A one-time code: how long it is good, how long until the next one, and how often it may be mistyped.
const CODE: i64 = 180_000;
const NEXT_CODE: i64 = 30_000;
const TRIES: u32 = 5;

/// Who signs in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Citizen {
    /// Level 2.
    An,
    /// Level 1.
    Binh,
    /// A child: An, the guardian, gets the codes.
    Duc,
}

/// Where to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Site {
    /// Remembers consent.
    A,
    /// Does so as well.
    B,
    /// Asks nobody for consent.
    Trusted,
    /// Asks every time.
    Always,
    /// Remembers consent, and demands level 2.
    LevelTwo,
}

/// What a portal would like, and does without (`acr_values`).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wish {
    /// A one-time code beside the password, from any account.
    TwoFactors,
    /// The same from an account of level 2.
    LevelTwo,
}

impl Wish {
    pub fn acr(self) -> &'static str {
        match self {
            Self::TwoFactors => "urn:vn:nd69:xacthuc:2",
            Self::LevelTwo => "LoA2",
        }
    }
}

impl Citizen {
    pub fn number(self) -> &'static str {
        match self {
            Self::An => AN,
            Self::Binh => BINH,
            Self::Duc => DUC,
        }
    }

    /// The phone that gets the codes.
    pub fn phone(self) -> &'static str {
        match self {
            Self::An | Self::Duc => "+84599000001",
            Self::Binh => "+84599000002",
        }
    }
}

impl Site {
    pub const ALL: [Self; 5] = [Self::A, Self::B, Self::Trusted, Self::Always, Self::LevelTwo];

    /// Client id and name.
    pub fn names(self) -> (&'static str, &'static str) {
        match self {
            Self::A => ("portal-a", "Cổng dịch vụ A"),
            Self::B => ("portal-b", "Cổng dịch vụ B"),
            Self::Trusted => ("portal-trusted", "Cổng không hỏi"),
            Self::Always => ("portal-always", "Cổng luôn hỏi"),
            Self::LevelTwo => ("portal-level-2", "Cổng mức độ 2"),
        }
    }

    fn remembers(self) -> bool {
        matches!(self, Self::A | Self::B | Self::LevelTwo)
    }
}

/// What a citizen does in a tab.
#[derive(Clone, Debug)]
pub enum Step {
    /// Reload, or the back button to a page that is fetched again.
    Reload,
    /// Number and password, whatever the tab shows by now.
    SignIn(Citizen),
    WrongPassword,
    /// A one-time code, as it was typed.
    Type(String),
    Resend,
    Skip,
    Allow,
    Deny,
    Cancel,
}

/// What is due for a tab.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Due {
    SignIn,
    /// This account never gets in here.
    Refused,
    OneTimeCode,
    Consent,
    Permit,
}

/// What the browser is answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// A page, with its status.
    Shows(Due, u16),
    /// Back to the portal with a code.
    Permitted,
    /// Back to the portal with that error.
    Denied(&'static str),
    /// A page that explains and leads nowhere.
    Over,
}

/// Whose code it is, and whether it is the guardian's agreement.
type Key = (Citizen, bool);

struct Session {
    citizen: Citizen,
    seen_at: i64,
    /// The holder's code, the guardian's code.
    code: bool,
    by_guardian: bool,
}

struct Tab {
    browser: usize,
    site: Site,
    wish: Option<Wish>,
    opened_at: i64,
    ended: bool,
    /// Whose steps these are.
    account: Option<Citizen>,
    code_sent: bool,
    guardian_agreed: bool,
    declined: bool,
    shown: bool,
    consented: bool,
}

/// The newest code of one person and purpose.
struct Code {
    site: Site,
    value: String,
    sent_at: i64,
    live: bool,
    tries: u32,
}

/// What everybody did so far.
#[derive(Default)]
pub struct Model {
    now: i64,
    sessions: [Option<Session>; 2],
    tabs: Vec<Tab>,
    /// Who agreed to which portal.
    agreed: BTreeSet<(Citizen, Site)>,
    codes: BTreeMap<Key, Code>,
    /// The code that the last act sent.
    sent: Option<Key>,
}

impl Tab {
    /// What one person did never counts for another.
    fn belongs_to(&mut self, citizen: Citizen) {
        if self.account != Some(citizen) {
            self.account = Some(citizen);
            (self.code_sent, self.guardian_agreed, self.declined, self.shown, self.consented) = (false, false, false, false, false);
        }
    }
}

impl Model {
    /// Time goes on; setting the clock costs half a second more.
    pub fn wait(&mut self, seconds: i64) {
        self.now += seconds * 1000 + 500;
    }

    /// A portal sends a browser. The tab stays unless the answer is a code at once.
    pub fn open(&mut self, browser: usize, site: Site, wish: Option<Wish>) -> Outcome {
        self.tabs.push(Tab {
            browser,
            site,
            wish,
            opened_at: self.now,
            ended: false,
            account: None,
            code_sent: false,
            guardian_agreed: false,
            declined: false,
            shown: false,
            consented: false,
        });
        let outcome = self.go_on(self.tabs.len() - 1);
        if outcome == Outcome::Permitted {
            self.tabs.pop();
        }
        outcome
    }

    /// A step in a tab.
    pub fn step(&mut self, tab: usize, step: &Step) -> Outcome {
        if self.is_over(tab) {
            return Outcome::Over;
        }
        match step {
            Step::Reload => self.go_on(tab),
            Step::WrongPassword => Outcome::Shows(Due::SignIn, 400),
            Step::SignIn(citizen) => {
                let session = Session { citizen: *citizen, seen_at: self.now, code: false, by_guardian: false };
                self.sessions[self.tabs[tab].browser] = Some(session);
                self.tabs[tab].belongs_to(*citizen);
                self.tabs[tab].code_sent = false;
                self.go_on(tab)
            }
            Step::Type(typed) => self.typed(tab, typed),
            Step::Resend => self.resend(tab),
            Step::Skip => {
                if self.look(tab).is_some() {
                    self.tabs[tab].declined = true;
                }
                self.go_on(tab)
            }
            Step::Allow => {
                self.look(tab);
                // What was shown to this person, and nothing where nothing was.
                self.tabs[tab].consented = self.tabs[tab].shown;
                self.go_on(tab)
            }
            Step::Deny | Step::Cancel => {
                self.tabs[tab].ended = true;
                let (browser, site) = self.place(tab);
                let never = self.here(browser) == Some(Citizen::Binh) && site == Site::LevelTwo;
                Outcome::Denied(if never { "unmet_authentication_requirements" } else { "access_denied" })
            }
        }
    }

    /// Whether nothing can come of the tab any more.
    pub fn is_over(&self, tab: usize) -> bool {
        self.tabs[tab].ended || self.now - self.tabs[tab].opened_at >= INTERACTION
    }

    /// The browser and the portal of a tab.
    pub fn place(&self, tab: usize) -> (usize, Site) {
        (self.tabs[tab].browser, self.tabs[tab].site)
    }

    pub fn tabs(&self) -> usize {
        self.tabs.len()
    }

    /// Who is signed in, and at which authentication level.
    pub fn present(&self, browser: usize) -> Option<(Citizen, u8)> {
        let session = self.session(browser)?;
        Some((session.citizen, if session.code || session.by_guardian { 2 } else { 1 }))
    }

    /// The code that would be right in this tab, if it were for its portal and still good: live, used, or replaced.
    pub fn newest_code(&self, tab: usize) -> Option<String> {
        let key = self.key(tab)?;
        self.codes.get(&key).map(|code| code.value.clone())
    }

    /// Why a code that was right once is not right here and now.
    pub fn why_not(&self, tab: usize, typed: &str) -> Option<&'static str> {
        let code = self.codes.get(&self.key(tab)?).filter(|code| code.value == typed && !self.is_over(tab))?;
        match code {
            Code { live: false, .. } => Some("a used code"),
            Code { tries: TRIES.., .. } => Some("a code after too many tries"),
            Code { sent_at, .. } if self.now - sent_at >= CODE => Some("a code after its time"),
            Code { site, .. } if *site != self.tabs[tab].site => Some("a code of another portal"),
            Code { .. } => None,
        }
    }

    /// The code that was sent since the last call: for whom and where. [`Self::learn`] says what it was.
    pub fn sent(&self) -> Option<(Citizen, Site)> {
        let key = self.sent.as_ref()?;
        Some((key.0, self.codes[key].site))
    }

    pub fn learn(&mut self, value: &str) {
        if let Some(code) = self.sent.take().and_then(|key| self.codes.get_mut(&key)) {
            code.value = value.to_owned();
        }
    }

    /// The session of a browser while it lives.
    fn session(&self, browser: usize) -> Option<&Session> {
        self.sessions[browser].as_ref().filter(|session| self.now - session.seen_at < IDLE)
    }

    /// Who is here, which is noted.
    fn here(&mut self, browser: usize) -> Option<Citizen> {
        let citizen = self.session(browser).map(|session| session.citizen);
        match &mut self.sessions[browser] {
            Some(session) if citizen.is_some() && self.now - session.seen_at > NOTED_EVERY => session.seen_at = self.now,
            _ => (),
        }
        citizen
    }

    /// The provider looks who is here.
    fn look(&mut self, tab: usize) -> Option<Citizen> {
        let here = self.here(self.tabs[tab].browser)?;
        self.tabs[tab].belongs_to(here);
        Some(here)
    }

    /// The tab shows what is due now, or its interaction ends with a code.
    fn go_on(&mut self, tab: usize) -> Outcome {
        self.look(tab);
        match self.due(tab) {
            Due::OneTimeCode if self.tabs[tab].code_sent => Outcome::Shows(Due::OneTimeCode, 200),
            Due::OneTimeCode => {
                self.tabs[tab].code_sent = true;
                Outcome::Shows(Due::OneTimeCode, if self.send(tab) == Some(false) { 429 } else { 200 })
            }
            Due::Permit => {
                let Tab { site, consented, account, .. } = self.tabs[tab];
                self.tabs[tab].ended = true;
                self.agreed.extend(account.filter(|_| consented).map(|citizen| (citizen, site)));
                Outcome::Permitted
            }
            Due::Consent => {
                self.tabs[tab].shown = true;
                Outcome::Shows(Due::Consent, 200)
            }
            Due::Refused => Outcome::Shows(Due::Refused, 403),
            Due::SignIn => Outcome::Shows(Due::SignIn, 200),
        }
    }

    fn due(&self, tab: usize) -> Due {
        let tab = &self.tabs[tab];
        let Some(session) = self.session(tab.browser) else { return Due::SignIn };
        let two_factors = session.code || session.by_guardian;
        let attainable = match tab.wish {
            Some(Wish::TwoFactors) => true,
            Some(Wish::LevelTwo) => session.citizen != Citizen::Binh,
            None => false,
        };
        let wished = attainable && !tab.declined;
        let agreed = tab.consented || (tab.site.remembers() && self.agreed.contains(&(session.citizen, tab.site)));
        match tab.site {
            Site::LevelTwo if session.citizen == Citizen::Binh => Due::Refused,
            _ if self.guardian_due(tab, session) => Due::OneTimeCode,
            Site::LevelTwo if !two_factors => Due::OneTimeCode,
            _ if wished && !two_factors => Due::OneTimeCode,
            Site::Trusted => Due::Permit,
            _ if agreed => Due::Permit,
            _ => Due::Consent,
        }
    }

    /// The guardian agrees to each portal, once for each sign-in of the child; and each time where nobody remembers consent.
    fn guardian_due(&self, tab: &Tab, session: &Session) -> bool {
        let before = session.by_guardian && tab.site.remembers() && self.agreed.contains(&(session.citizen, tab.site));
        session.citizen == Citizen::Duc && !tab.guardian_agreed && !before
    }

    fn key(&self, tab: usize) -> Option<Key> {
        let tab = &self.tabs[tab];
        let session = self.session(tab.browser)?;
        Some((session.citizen, self.guardian_due(tab, session)))
    }

    /// Sends a code; `Some(false)` too soon after the last one, `None` where there is no phone to send it to.
    fn send(&mut self, tab: usize) -> Option<bool> {
        let key = self.key(tab)?;
        if key == (Citizen::Duc, false) {
            return None;
        }
        // Whoever used a code may have the next one at once.
        if self.codes.get(&key).is_some_and(|code| code.live && self.now - code.sent_at < NEXT_CODE) {
            return Some(false);
        }
        let code = Code { site: self.tabs[tab].site, value: String::new(), sent_at: self.now, live: true, tries: 0 };
        self.codes.insert(key, code);
        assert_eq!(self.sent.replace(key), None, "an act sends one code at most");
        Some(true)
    }

    fn resend(&mut self, tab: usize) -> Outcome {
        if self.look(tab).is_none() {
            return self.go_on(tab);
        }
        match self.send(tab) {
            Some(true) => {
                self.tabs[tab].code_sent = true;
                self.go_on(tab)
            }
            Some(false) => Outcome::Shows(Due::OneTimeCode, 429),
            None => Outcome::Shows(Due::OneTimeCode, 200),
        }
    }

    fn typed(&mut self, tab: usize, typed: &str) -> Outcome {
        self.look(tab);
        let Some(key) = self.key(tab) else { return self.go_on(tab) };
        let (browser, site) = self.place(tab);
        let now = self.now;
        if !self.codes.get_mut(&key).is_some_and(|code| code.opens(typed, site, now)) {
            return Outcome::Shows(Due::OneTimeCode, 400);
        }
        let session = self.sessions[browser].as_mut().expect("somebody is here");
        session.seen_at = now;
        if key.1 {
            session.by_guardian = true
        } else {
            session.code = true
        }
        self.tabs[tab].guardian_agreed |= key.1;
        self.tabs[tab].code_sent = false;
        self.go_on(tab)
    }
}

impl Code {
    /// Good once, in time, at the portal that it names; a wrong one costs a try.
    fn opens(&mut self, typed: &str, site: Site, now: i64) -> bool {
        if !self.live || self.tries >= TRIES || now - self.sent_at >= CODE {
            return false;
        }
        let right = self.value == typed && self.site == site;
        if right {
            self.live = false;
        } else {
            self.tries += 1;
        }
        right
    }
}
