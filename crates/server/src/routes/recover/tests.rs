use actix_web::cookie::Cookie;
use actix_web::dev::{Service, ServiceResponse};
use actix_web::{App, test};
use persistence::sessions::Session;
use time::OffsetDateTime;

use super::*;
use crate::one_time_code::tests::node::{AN, BINH, DUC, NOBODY, Node, PASSWORD};
use crate::one_time_code::{Drafting, OneTimeCode};
use crate::throttle::Throttle;

const NEW: &str = "Another#2025";

/// A browser at the recovery pages.
struct Citizen<'a> {
    node: &'a Node,
    cookie: Option<Cookie<'static>>,
}

/// What it was shown.
struct Shown {
    status: u16,
    location: Option<String>,
    retry_after: bool,
    html: String,
}

impl<'a> Citizen<'a> {
    fn new(node: &'a Node) -> Self {
        Self { node, cookie: None }
    }

    async fn send(&mut self, request: test::TestRequest) -> Shown {
        let data = Data::from(std::sync::Arc::clone(&self.node.provider));
        let app = test::init_service(App::new().app_data(data).configure(configure)).await;
        let request = request.peer_addr("203.0.113.5:4000".parse().unwrap());
        let request = match &self.cookie {
            Some(cookie) => request.cookie(cookie.clone()),
            None => request,
        };
        let answer: ServiceResponse = app.call(request.to_request()).await.unwrap();
        if let Some(cookie) = answer.response().cookies().find(|cookie| cookie.name().ends_with("browser")) {
            self.cookie = Some(cookie.into_owned());
        }
        let header = |name| answer.headers().get(name).map(|value| value.to_str().unwrap().to_owned());
        let (location, retry_after) = (header(actix_web::http::header::LOCATION), header(RETRY_AFTER).is_some());
        let status = answer.status().as_u16();
        let html = String::from_utf8(test::read_body(answer).await.to_vec()).unwrap();
        Shown { status, location, retry_after, html }
    }

    async fn get(&mut self, uri: &str) -> Shown {
        self.send(test::TestRequest::get().uri(uri)).await
    }

    async fn post(&mut self, uri: &str, fields: &[(&str, &str)]) -> Shown {
        self.send(test::TestRequest::post().uri(uri).set_form(fields)).await
    }

    /// Types the number; the page that follows.
    async fn start(&mut self, number: &str) -> Shown {
        let csrf = self.get(START).await.field("csrf");
        self.post(START, &[("csrf", &csrf), ("citizen_id", number)]).await
    }

    /// Types the number and opens the page for the codes.
    async fn ask(&mut self, number: &str) -> Shown {
        let led = self.start(number).await;
        assert_eq!(led.status, 303, "{}", led.html);
        let page = self.get(&led.location.unwrap()).await;
        assert_eq!(page.status, 200);
        page
    }

    async fn confirm(&mut self, page: &Shown, code: &str, second_code: &str, password: &str) -> Shown {
        let fields = [
            ("csrf", page.field("csrf")),
            ("recovery", page.field("recovery")),
            ("otp", code.to_owned()),
            ("second_code", second_code.to_owned()),
            ("password", password.to_owned()),
            ("password_again", password.to_owned()),
        ];
        let fields: Vec<_> = fields.iter().map(|(name, value)| (*name, value.as_str())).collect();
        self.post(CONFIRM, &fields).await
    }
}

impl Shown {
    fn field(&self, name: &str) -> String {
        let page = scraper::Html::parse_document(&self.html);
        let selector = scraper::Selector::parse(&format!("input[name={name}]")).unwrap();
        page.select(&selector)
            .next()
            .and_then(|input| input.attr("value"))
            .unwrap_or_else(|| panic!("no {name} in {}", self.html))
            .to_owned()
    }
}

impl Node {
    /// The newest code on that channel.
    async fn code(&self, channel: &str) -> String {
        let sent = self.messages().await.into_iter().find(|message| message.channel.code() == channel && message.body.code.is_some());
        sent.unwrap().body.code.unwrap()
    }

    async fn accepts(&self, number: &str, password: &str) -> bool {
        let stored = self.account(number).await.password_hash;
        self.provider.hasher.verify(password, stored.as_deref().unwrap_or_default()).await.unwrap().ok
    }
}

fn wrong(code: &str) -> &'static str {
    if code == "000000" { "000001" } else { "000000" }
}

#[actix_web::test]
async fn a_level_one_citizen_sets_a_new_password_with_the_code_on_the_phone() {
    let node = Node::sandbox().await;
    let mut citizen = Citizen::new(&node);
    let page = citizen.ask(BINH).await;
    let done = citizen.confirm(&page, &node.code("sms").await, "", NEW).await;
    assert_eq!(done.status, 200, "{}", done.html);
    assert!(node.accepts(BINH, NEW).await && !node.accepts(BINH, PASSWORD).await);
    let again = citizen.get(&format!("{CONFIRM}?recovery={}", page.field("recovery"))).await;
    assert_ne!(again.status, 200, "it is over");
}

#[actix_web::test]
async fn a_level_two_citizen_also_needs_the_code_in_the_mailbox() {
    let node = Node::sandbox().await;
    let mut citizen = Citizen::new(&node);
    let page = citizen.ask(AN).await;
    let (sms, mail) = (node.code("sms").await, node.code("email").await);
    for second in ["", wrong(&mail)] {
        assert_eq!(citizen.confirm(&page, &sms, second, NEW).await.status, 400, "{second}");
    }
    assert!(node.accepts(AN, PASSWORD).await);
    assert_eq!(citizen.confirm(&page, &sms, &mail, NEW).await.status, 200);
    assert!(node.accepts(AN, NEW).await);
}

#[actix_web::test]
async fn the_mailbox_alone_is_not_enough() {
    let node = Node::sandbox().await;
    let mut citizen = Citizen::new(&node);
    let page = citizen.ask(AN).await;
    let mail = node.code("email").await;
    assert_eq!(citizen.confirm(&page, wrong(&node.code("sms").await), &mail, NEW).await.status, 400);
    assert_eq!(citizen.confirm(&page, "", &mail, NEW).await.status, 400);
    assert!(node.accepts(AN, PASSWORD).await);
}

#[actix_web::test]
async fn an_officers_code_serves_instead_of_the_mailbox() {
    let node = Node::sandbox().await;
    let account = node.account(DUC).await;
    let (draft, officer): (_, OneTimeCode) = Drafting::of(&node.provider).by_officer(&account);
    let now = node.provider.clock.now();
    node.provider.store.run(move |db| draft.place(db, now)).await.unwrap();
    let mut citizen = Citizen::new(&node);
    let page = citizen.ask(DUC).await;
    let message = node.messages().await.remove(0);
    assert!(message.body.to == "+84912345601" || message.body.to == "an@example.com", "a child's codes go to the guardian");
    let sms = node.code("sms").await;
    assert_eq!(citizen.confirm(&page, &sms, officer.expose(), NEW).await.status, 200);
    assert!(node.accepts(DUC, NEW).await);
}

#[actix_web::test]
async fn from_the_fourteenth_birthday_on_the_codes_go_to_the_holder() {
    let node = Node::sandbox().await;
    node.provider.clock.set(time::macros::datetime!(2030-03-01 12:00 +7));
    Citizen::new(&node).ask(DUC).await;
    let sent = node.messages().await;
    assert!(!sent.is_empty());
    assert!(sent.iter().all(|message| message.body.to == "+84912345605"), "a former guardian gets nothing");
}

#[actix_web::test]
async fn a_new_password_ends_every_session_and_is_told_on_every_channel() {
    let node = Node::sandbox().await;
    let (account, now) = (node.account(AN).await, node.provider.clock.now());
    let session = Session {
        id: node.provider.randomness.uuid(now),
        account_id: account.id,
        secret_hash: [1; 32],
        epoch: account.epoch,
        created_at: now,
        last_seen_at: now,
        expires_at: now + time::Duration::HOUR,
        password_at: now,
        code_at: None,
        guardian_code_at: None,
        ended_at: None,
    };
    let (id, row) = (session.id, session);
    node.provider.store.run(move |db| row.insert(db)).await.unwrap();
    let mut citizen = Citizen::new(&node);
    let page = citizen.ask(AN).await;
    let (sms, mail) = (node.code("sms").await, node.code("email").await);
    assert_eq!(citizen.confirm(&page, &sms, &mail, NEW).await.status, 200);
    let found = node.provider.store.read(move |db| Session::find(db, id)).await.unwrap().unwrap();
    assert!(found.ended_at.is_some());
    assert!(node.account(AN).await.epoch > account.epoch);
    let notices: Vec<_> = node.messages().await.into_iter().filter(|message| message.body.code.is_none()).collect();
    let channels: Vec<_> = notices.iter().map(|notice| notice.channel.code()).collect();
    assert!(channels.contains(&"sms") && channels.contains(&"email"), "{channels:?}");
}

#[actix_web::test]
async fn a_number_without_an_account_looks_the_same_all_the_way() {
    let node = Node::sandbox().await;
    let mut shown = Vec::new();
    for number in [BINH, NOBODY] {
        let mut citizen = Citizen::new(&node);
        let page = citizen.ask(number).await;
        let mut statuses = vec![page.status];
        for _ in 0..6 {
            let answer = citizen.confirm(&page, "000000", "", NEW).await;
            let text = scraper::Html::parse_document(&answer.html);
            let problem = scraper::Selector::parse("#problem").unwrap();
            shown.push((answer.status, text.select(&problem).map(|problem| problem.text().collect::<String>()).collect::<String>()));
            statuses.push(answer.status);
        }
    }
    let (known, unknown) = shown.split_at(6);
    assert_eq!(known, unknown);
    assert!(node.messages().await.iter().all(|message| message.number_hash == node.number_hash(BINH)));
}

#[actix_web::test]
async fn no_answer_comes_before_the_time_that_hides_what_was_done() {
    let node = Node::sandbox().await;
    let mut times = Vec::new();
    for number in [BINH, NOBODY] {
        let mut citizen = Citizen::new(&node);
        let csrf = citizen.get(START).await.field("csrf");
        let began: OffsetDateTime = node.provider.clock.now();
        citizen.post(START, &[("csrf", &csrf), ("citizen_id", number)]).await;
        times.push((node.provider.clock.now() - began).as_seconds_f64());
    }
    assert!(times.iter().all(|time| *time >= ANSWER_AFTER.as_secs_f64()), "{times:?}");
}

#[actix_web::test]
async fn five_wrong_codes_end_the_recovery() {
    let node = Node::start(persistence::Mode::Sandbox, |config| config.sandbox.rate_limits = false).await;
    let mut citizen = Citizen::new(&node);
    let page = citizen.ask(BINH).await;
    let code = node.code("sms").await;
    for _ in 0..5 {
        assert_eq!(citizen.confirm(&page, wrong(&code), "", NEW).await.status, 400);
    }
    assert_eq!(citizen.confirm(&page, &code, "", NEW).await.status, 400);
    assert!(node.accepts(BINH, PASSWORD).await);
}

#[actix_web::test]
async fn a_weak_or_mistyped_password_costs_no_try() {
    let node = Node::sandbox().await;
    let mut citizen = Citizen::new(&node);
    let page = citizen.ask(BINH).await;
    let code = node.code("sms").await;
    for weak in ["", "short", "alllowercase1!", "Aa!098199000002"] {
        assert_eq!(citizen.confirm(&page, &code, "", weak).await.status, 400, "{weak}");
    }
    let (csrf, recovery) = (page.field("csrf"), page.field("recovery"));
    let fields = [("csrf", csrf.as_str()), ("recovery", &recovery), ("otp", &code), ("password", NEW), ("password_again", "Another#2026")];
    assert_eq!(citizen.post(CONFIRM, &fields).await.status, 400);
    assert_eq!(citizen.confirm(&page, &code, "", NEW).await.status, 200);
}

#[actix_web::test]
async fn asking_for_codes_without_end_is_throttled() {
    let node = Node::sandbox().await;
    let mut citizen = Citizen::new(&node);
    let mut statuses = Vec::new();
    for _ in 0..8 {
        let led = citizen.start(BINH).await;
        assert_eq!(led.status == 429, led.retry_after);
        statuses.push(led.status);
    }
    assert_eq!((statuses[0], statuses[7]), (303, 429), "{statuses:?}");
}

#[actix_web::test]
async fn a_form_without_the_right_token_or_cookie_is_refused() {
    let node = Node::sandbox().await;
    let mut citizen = Citizen::new(&node);
    let page = citizen.ask(BINH).await;
    let code = node.code("sms").await;
    let recovery = page.field("recovery");
    for csrf in ["", "wrong", &citizen.get(START).await.field("csrf")] {
        let fields = [("csrf", csrf), ("recovery", &recovery), ("otp", &code), ("password", NEW), ("password_again", NEW)];
        assert_eq!(citizen.post(CONFIRM, &fields).await.status, 403, "{csrf}");
        if csrf.len() < 10 {
            assert_eq!(citizen.post(START, &[("csrf", csrf), ("citizen_id", BINH)]).await.status, 403);
        }
    }
    let mut stranger = Citizen::new(&node);
    stranger.get(START).await;
    assert_eq!(stranger.confirm(&page, &code, "", NEW).await.status, 403, "another browser");
    assert_ne!(Citizen::new(&node).confirm(&page, &code, "", NEW).await.status, 200, "no cookie at all");
    assert!(node.accepts(BINH, PASSWORD).await);
}

#[actix_web::test]
async fn a_malformed_number_is_told_and_sends_nothing() {
    let node = Node::sandbox().await;
    let mut citizen = Citizen::new(&node);
    for number in ["", "1", "09819900000a", "0981990000021", "<script>alert(1)</script>"] {
        let page = citizen.start(number).await;
        assert_eq!(page.status, 400, "{number}");
        assert!(!page.html.contains("<script>alert"), "{}", page.html);
    }
    assert!(node.messages().await.is_empty());
}

#[actix_web::test]
async fn a_busy_hasher_costs_no_code() {
    let mut node = Node::sandbox().await;
    std::sync::Arc::get_mut(&mut node.provider).unwrap().throttle = Throttle::off();
    let mut citizen = Citizen::new(&node);
    let page = citizen.ask(BINH).await;
    let code = node.code("sms").await;
    let hashers = (0..2000).map(|_| node.provider.hasher.hash("x"));
    let (busy, _) = futures_util::future::join(citizen.confirm(&page, &code, "", NEW), futures_util::future::join_all(hashers)).await;
    if busy.status == 503 {
        assert!(busy.retry_after);
        assert_eq!(citizen.confirm(&page, &code, "", NEW).await.status, 200);
    } else {
        assert_eq!(busy.status, 200);
    }
}

#[actix_web::test]
async fn the_way_back_is_a_sign_in_page_of_ours_or_nothing() {
    assert_eq!(checked_back("/interaction/aB-_9").as_deref(), Some("/interaction/aB-_9"));
    for back in [
        "https://evil.example",
        "//evil.example",
        "/interaction/",
        "/interaction/a/../../b",
        "/interaction/a?x=1",
        "/interaction/\\evil",
        "javascript:alert(1)",
        "/account",
        "",
    ] {
        assert_eq!(checked_back(back), None, "{back}");
    }
}
