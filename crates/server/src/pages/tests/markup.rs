//! Every text of every page is markup here, and stands on the page as the text that it is. The pages are written out without `..`: a new field
//! does not compile, and a new template is not in the list, before it has its case.

use std::collections::BTreeSet;

use scraper::{Html, Selector};

use super::super::samples::notices;
use super::super::*;

const BEFORE: &str = "\"'><script>alert(";
const AFTER: &str = ")</script>";

fn mark(field: &str) -> String {
    format!("{BEFORE}{field}{AFTER}")
}

fn frame(language: Language, sandbox: bool) -> Frame {
    Frame { language, switch_to: mark("switch_to"), request_id: mark("request_id"), sandbox }
}

fn portal() -> PortalBadge {
    PortalBadge { name: mark("portal.name"), host: mark("portal.host") }
}

fn pairs(field: &str) -> Vec<(String, String)> {
    vec![(mark(&format!("{field}.0")), mark(&format!("{field}.1")))]
}

/// A page, its template, and the fields that the template shows beside the frame's.
type Marked = (&'static str, askama::Result<String>, Vec<&'static str>);

fn interaction_pages(frame: &Frame) -> Vec<Marked> {
    let interaction = || mark("interaction");
    let csrf = || mark("csrf");
    let code = |recipient| CodePage {
        frame: frame.clone(),
        interaction: interaction(),
        csrf: csrf(),
        portal: portal(),
        recipient,
        problem: Some(CodeProblem::Expired),
        resend_in: 1,
        minutes: 3,
        may_skip: true,
    };
    let guardian =
        CodeRecipient::Guardian { name_masked: mark("name_masked"), phone_masked: mark("phone_masked"), child_name: mark("child_name") };
    let common = ["interaction", "csrf", "portal.name", "portal.host"];
    let with = |more: &[&'static str]| [&common[..], more].concat();
    let sign_in = SignInPage {
        frame: frame.clone(),
        interaction: interaction(),
        csrf: csrf(),
        portal: portal(),
        citizen_id: mark("citizen_id"),
        problem: Some(SignInProblem::Wrong),
        needs_level_two: true,
    };
    let consent = ConsentPage {
        frame: frame.clone(),
        interaction: interaction(),
        csrf: csrf(),
        portal: portal(),
        holder_name: mark("holder_name"),
        purpose: mark("purpose"),
        agreement_number: Some(mark("agreement_number")),
        groups: vec![ConsentGroup {
            title: mark("group.title"),
            level_two: true,
            items: vec![ConsentItem { label: mark("item.label"), value: mark("item.value") }],
        }],
        new_only: true,
        offline: true,
        on_behalf_of: Some(mark("on_behalf_of")),
    };
    let choose = ChooseAccountPage {
        frame: frame.clone(),
        interaction: interaction(),
        csrf: csrf(),
        portal: portal(),
        holder_name: mark("holder_name"),
    };
    let of_consent = ["holder_name", "purpose", "agreement_number", "group.title", "item.label", "item.value", "on_behalf_of"];
    vec![
        ("sign_in", sign_in.render(), with(&["citizen_id"])),
        ("code", code(CodeRecipient::Holder { phone_masked: mark("phone_masked") }).render(), with(&["phone_masked"])),
        ("code", code(guardian).render(), with(&["name_masked", "phone_masked", "child_name"])),
        ("consent", consent.render(), with(&of_consent)),
        ("choose_account", choose.render(), with(&["holder_name"])),
    ]
}

fn other_pages(frame: &Frame) -> Vec<Marked> {
    let csrf = || mark("csrf");
    let sign_out = SignOutPage { frame: frame.clone(), csrf: csrf(), portal: Some(portal()), fields: pairs("fields") };
    let signed_out = SignedOutPage { frame: frame.clone(), portal: pairs("portal").pop() };
    let start = RecoverStartPage {
        frame: frame.clone(),
        csrf: csrf(),
        citizen_id: mark("citizen_id"),
        problem: Some(RecoverStartProblem::NumberMalformed),
        back: Some(mark("back")),
    };
    let code = RecoverCodePage {
        frame: frame.clone(),
        csrf: csrf(),
        recovery: mark("recovery"),
        problem: Some(RecoverProblem::Expired),
        minutes: 3,
    };
    let done = RecoverDonePage { frame: frame.clone(), back: Some(mark("back")) };
    let message = PhoneMessage {
        to: mark("message.to"),
        channel: mark("message.channel"),
        text: mark("message.text"),
        code: Some(mark("message.code")),
        sent_at: mark("message.sent_at"),
    };
    // Compared with the demo citizens, and with `email`, and else not shown.
    let phone = PhonePage { frame: frame.clone(), messages: vec![message], citizen_id: Some(mark("citizen_id")) };
    let home = HomePage { frame: frame.clone(), portals: pairs("portals") };
    vec![
        ("sign_out", sign_out.render(), vec!["csrf", "portal.name", "portal.host", "fields.0", "fields.1"]),
        ("signed_out", signed_out.render(), vec!["portal.0", "portal.1"]),
        ("recover_start", start.render(), vec!["csrf", "citizen_id", "back"]),
        ("recover_code", code.render(), vec!["csrf", "recovery"]),
        ("recover_done", done.render(), vec!["back"]),
        ("phone", phone.render(), vec!["message.to", "message.text", "message.code", "message.sent_at"]),
        ("home", home.render(), vec!["portals.0", "portals.1"]),
    ]
}

/// Each notice with what it is told, in each way back.
fn notice_pages(frame: &Frame) -> Vec<Marked> {
    let mut all = Vec::new();
    for (_, notice) in notices() {
        let (notice, told) = told(notice);
        for (way_back, leads) in ways_back() {
            let page = NoticePage { frame: frame.clone(), notice: notice.clone(), way_back };
            all.push(("notice", page.render(), [&told[..], &leads[..]].concat()));
        }
    }
    all
}

/// Without `_`: a new kind of notice that is told something has its mark here.
fn told(notice: Notice) -> (Notice, Vec<&'static str>) {
    match notice {
        Notice::EidLocked { grounds } => {
            // Grounds are codes of ours; what is none of them is not repeated.
            (Notice::EidLocked { grounds: grounds.into_iter().chain([mark("ground")]).collect() }, vec![])
        }
        Notice::LevelTwoNeeded { portal: _ } => (Notice::LevelTwoNeeded { portal: mark("notice.portal") }, vec!["notice.portal"]),
        Notice::RequestWrong { detail: _ } => (Notice::RequestWrong { detail: mark("notice.detail") }, vec!["notice.detail"]),
        Notice::Throttled { seconds: _ }
        | Notice::CardExpired
        | Notice::NotActivated
        | Notice::GuardianMissing
        | Notice::GuardianNotAdmitted
        | Notice::ResidenceExpired
        | Notice::TravelDocumentExpired
        | Notice::TooYoung
        | Notice::LevelThreeNeeded
        | Notice::UnknownClient
        | Notice::ClientDisabled
        | Notice::AgreementExpired
        | Notice::RedirectUriWrong
        | Notice::Expired
        | Notice::AlreadyDone
        | Notice::OtherBrowser
        | Notice::CookiesOff
        | Notice::Busy
        | Notice::Forbidden
        | Notice::NotFound
        | Notice::MethodNotAllowed
        | Notice::TooLarge
        | Notice::Internal
        | Notice::SignOutWrong => (notice, vec![]),
    }
}

fn ways_back() -> [(WayBack, Vec<&'static str>); 3] {
    [
        (WayBack::None, vec![]),
        (
            WayBack::Portal { interaction: mark("interaction"), csrf: mark("csrf"), name: mark("back.name") },
            vec!["interaction", "csrf", "back.name"],
        ),
        (WayBack::Link { href: mark("back.href"), name: mark("back.name") }, vec!["back.href", "back.name"]),
    ]
}

fn form_post(language: Language) -> Marked {
    let page = FormPostPage { action: mark("action"), fields: pairs("fields"), nonce: mark("nonce"), language };
    ("form_post", page.render(), vec!["action", "fields.0", "fields.1", "nonce"])
}

/// The fields whose markup stands whole in a text or in the value of an attribute.
fn shown(html: &Html) -> BTreeSet<String> {
    let every = Selector::parse("*").unwrap();
    let values = html.select(&every).flat_map(|element| element.value().attrs().map(|(_, value)| value.to_owned()).collect::<Vec<_>>());
    let texts = html.root_element().text().map(str::to_owned);
    let fields = |text: String| -> Vec<String> {
        text.split(BEFORE).skip(1).filter_map(|rest| rest.split_once(AFTER)).map(|(field, _)| field.to_owned()).collect()
    };
    values.chain(texts).flat_map(fields).collect()
}

fn is_text(language: Language, sandbox: bool) {
    let frame = frame(language, sandbox);
    let of_frame = ["switch_to", "request_id"];
    for (name, html, fields) in [interaction_pages(&frame), other_pages(&frame), notice_pages(&frame)].into_iter().flatten() {
        let expected = fields.into_iter().chain(of_frame).map(str::to_owned).collect();
        check(name, &html.unwrap(), &expected);
    }
    let (name, html, fields) = form_post(language);
    check(name, &html.unwrap(), &fields.into_iter().map(str::to_owned).collect());
}

fn check(name: &str, html: &str, expected: &BTreeSet<String>) {
    assert!(!html.contains(BEFORE) && !html.contains("<script>"), "{name}: {html}");
    let page = Html::parse_document(html);
    assert_eq!(page.select(&Selector::parse("script").unwrap()).count(), 1, "{name}: {html}");
    assert_eq!(shown(&page), *expected, "{name}");
}

#[test]
fn markup_in_any_field_of_any_page_is_text() {
    for language in Language::ALL {
        is_text(language, true);
        is_text(language, false);
    }
}

#[test]
fn every_template_is_a_page_here_or_a_part_of_one() {
    const PARTS: [&str; 4] = ["base", "interaction_fields", "portal", "problem"];
    let frame = frame(Language::Vi, true);
    let here: BTreeSet<_> = [interaction_pages(&frame), other_pages(&frame), notice_pages(&frame), vec![form_post(Language::Vi)]]
        .into_iter()
        .flatten()
        .map(|(name, ..)| name.to_owned())
        .chain(PARTS.map(str::to_owned))
        .collect();
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../../templates");
    let there: BTreeSet<_> =
        std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path().file_stem().unwrap().to_string_lossy().into_owned()).collect();
    assert_eq!(here, there);
}

#[test]
fn no_template_switches_escaping_off() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../../templates");
    for path in std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()) {
        let template = std::fs::read_to_string(&path).unwrap();
        for off in ["|safe", "| safe", "escape(", "|e("] {
            assert!(!template.contains(off), "{} has {off}", path.display());
        }
    }
}
