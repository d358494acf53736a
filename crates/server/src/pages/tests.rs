//! Every sample page, in both languages, read as a browser would.

mod markup;

use scraper::{Html, Selector};

use super::samples::{Sample, samples};
use super::*;
use crate::text;

fn every_page(mut check: impl FnMut(Language, &str, &str, &Html)) {
    for language in Language::ALL {
        for Sample { name, html } in samples(language) {
            let html = html.unwrap_or_else(|error| panic!("{name}: {error}"));
            check(language, &name, &html, &Html::parse_document(&html));
        }
    }
}

fn page(language: Language, name: &str) -> Html {
    let sample = samples(language).into_iter().find(|sample| sample.name == name).expect("a sample of that name");
    Html::parse_document(&sample.html.expect("the page renders"))
}

fn all<'a>(page: &'a Html, selector: &str) -> Vec<scraper::ElementRef<'a>> {
    let selector = Selector::parse(selector).expect("a selector");
    page.select(&selector).collect()
}

fn one<'a>(page: &'a Html, selector: &str) -> scraper::ElementRef<'a> {
    let found = all(page, selector);
    assert_eq!(found.len(), 1, "{selector}");
    found[0]
}

fn attribute<'a>(page: &'a Html, selector: &str, name: &str) -> &'a str {
    one(page, selector).value().attr(name).unwrap_or_else(|| panic!("{selector} has no {name}"))
}

#[test]
fn every_page_names_its_language_and_itself() {
    every_page(|language, name, _, page| {
        assert_eq!(attribute(page, "html", "lang"), language.tag(), "{name}");
        let title: String = one(page, "title").text().collect();
        assert!(title.ends_with(text::of(language).common.product), "{name}: {title}");
        assert_eq!(all(page, "h1").len(), 1, "{name} has one heading of the first rank");
    });
}

#[test]
fn no_template_code_and_no_placeholder_reaches_a_page() {
    every_page(|_, name, html, _| {
        let without_script_texts = html.replace("(sau {} giây)", "").replace("(in {} s)", "");
        for trace in ["{{", "{%", "}}", "{}", "TODO"] {
            assert!(!without_script_texts.contains(trace), "{name} contains {trace}");
        }
    });
}

#[test]
fn every_input_has_a_label_and_every_description_exists() {
    every_page(|_, name, _, page| {
        for input in all(page, "input:not([type=hidden])") {
            let id = input.value().id().expect("an input has an id");
            assert_eq!(all(page, &format!("label[for={id}]")).len(), 1, "{name}: label of {id}");
        }
        for described in all(page, "[aria-describedby], [aria-labelledby]") {
            let value = described.value();
            for id in ["aria-describedby", "aria-labelledby"].iter().filter_map(|key| value.attr(key)).flat_map(str::split_whitespace) {
                assert_eq!(all(page, &format!("#{id}")).len(), 1, "{name}: {id}");
            }
        }
    });
}

#[test]
fn an_id_is_used_once() {
    every_page(|_, name, _, page| {
        let mut ids: Vec<_> = all(page, "[id]").iter().filter_map(|element| element.value().id()).collect();
        ids.sort_unstable();
        let count = ids.len();
        ids.dedup();
        assert_eq!(ids.len(), count, "{name}");
    });
}

#[test]
fn no_page_has_inline_style_or_handlers_or_asks_another_host() {
    every_page(|_, name, _, page| {
        assert!(all(page, "style, [style]").is_empty(), "{name}");
        for element in all(page, "*") {
            assert!(!element.value().attrs().any(|(key, _)| key.starts_with("on")), "{name}");
        }
        for loaded in all(page, "script[src], link[href], img[src]") {
            let url = loaded.value().attr("src").or(loaded.value().attr("href")).unwrap_or_default();
            let file = url.strip_prefix("/static/").unwrap_or_else(|| panic!("{name}: {url}"));
            assert!(assets::find(file).is_some(), "{name}: {url}");
        }
        for script in all(page, "script:not([src])") {
            assert_eq!((name, script.value().attr("nonce")), ("form-post", Some("bm9uY2U")));
        }
    });
}

#[test]
fn every_form_posts_and_carries_its_tokens() {
    every_page(|_, name, _, page| {
        for form in all(page, "form") {
            assert_eq!(form.value().attr("method"), Some("post"), "{name}");
            let action = form.value().attr("action").unwrap_or_default();
            let has =
                |field: &str| form.select(&Selector::parse(&format!("input[type=hidden][name={field}]")).expect("a selector")).count() == 1;
            assert_eq!(has("csrf"), name != "form-post", "{name}");
            assert_eq!(has("interaction"), action.starts_with("/interaction/"), "{name}");
        }
    });
}

#[test]
fn every_page_of_an_authorization_can_be_cancelled() {
    for name in ["sign-in", "sign-in-wrong", "code", "consent", "choose-account", "notice-eid-locked", "notice-level-two-needed"] {
        let page = page(Language::Vi, name);
        let cancel = one(&page, "#cancel").value();
        let form = one(&page, "form").value();
        assert_eq!(cancel.attr("formaction").or(form.attr("action")), Some("/interaction/cancel"), "{name}");
    }
}

#[test]
fn enter_signs_in_and_does_not_cancel() {
    let page = page(Language::Vi, "sign-in");
    let buttons: Vec<_> = all(&page, "form:first-of-type [type=submit]").iter().filter_map(|button| button.value().id()).collect();
    assert_eq!(buttons, ["sign-in", "cancel"]);
    assert_eq!(attribute(&page, "form", "action"), "/interaction/login");
    assert_eq!(attribute(&page, "#citizen_id", "autocomplete"), "username");
    assert_eq!(attribute(&page, "#citizen_id", "inputmode"), "numeric");
    assert_eq!(attribute(&page, "#password", "autocomplete"), "current-password");
}

#[test]
fn a_failed_try_is_announced_and_tied_to_its_inputs() {
    let page = page(Language::Vi, "sign-in-wrong");
    assert!(one(&page, "#problem").value().attr("autofocus").is_some());
    assert_eq!(attribute(&page, "#problem", "role"), "alert");
    for input in ["#citizen_id", "#password"] {
        assert_eq!(attribute(&page, input, "aria-invalid"), "true");
        assert!(attribute(&page, input, "aria-describedby").split(' ').any(|id| id == "problem"));
    }
    assert_eq!(attribute(&page, "#citizen_id", "value"), "098090000001");
    assert!(one(&page, "#password").value().attr("value").is_none());
    assert_eq!(all(&page, "[autofocus]").len(), 1);
}

#[test]
fn at_most_one_element_takes_the_focus() {
    every_page(|_, name, _, page| assert!(all(page, "[autofocus]").len() <= 1, "{name}"));
}

#[test]
fn the_code_page_has_its_ways_on() {
    let page = page(Language::Vi, "code");
    assert_eq!(attribute(&page, "#otp", "autocomplete"), "one-time-code");
    let actions: Vec<_> =
        all(&page, "[type=submit]").iter().map(|button| (button.value().id(), button.value().attr("formaction"))).collect();
    assert_eq!(
        actions,
        [
            (Some("confirm"), None),
            (Some("resend"), Some("/interaction/otp/resend")),
            (Some("skip"), Some("/interaction/otp/skip")),
            (Some("cancel"), Some("/interaction/cancel")),
        ]
    );
    assert!(all(&self::page(Language::Vi, "code-guardian"), "#skip").is_empty());
}

#[test]
fn the_consent_page_lists_every_datum_and_the_purpose() {
    let page = page(Language::Vi, "consent");
    let words: String = one(&page, "main").text().collect();
    for expected in
        ["Xác định người nộp hồ sơ", "12/2026", "Nguyễn Văn An", "15/05/1990", "Nơi thường trú", "Chưa có thông tin", "Mức độ 2"]
    {
        assert!(words.contains(expected), "{expected}");
    }
    let decisions: Vec<_> =
        all(&page, "button[name=decision]").iter().map(|button| (button.value().id(), button.value().attr("value"))).collect();
    assert_eq!(decisions, [(Some("allow"), Some("allow")), (Some("deny"), Some("deny"))]);
}

#[test]
fn what_a_portal_sends_is_shown_as_text() {
    for name in ["form-post", "sign-out"] {
        let page = page(Language::En, name);
        assert_eq!(attribute(&page, "input[name=state]", "value"), "\"><script>alert(1)</script>", "{name}");
    }
}

#[test]
fn every_notice_says_what_happened_and_what_to_do_in_both_languages() {
    every_page(|language, name, _, page| {
        if !name.starts_with("notice-") {
            return;
        }
        let notices = &text::of(language).notices;
        let words: String = one(page, "main").text().collect();
        assert!(words.contains(notices.steps) && words.contains(notices.support), "{name}");
        assert!(words.contains("0193a1b2-7c3d-7e4f-8a5b-6c7d8e9f0a1b"), "{name}");
    });
}

#[test]
fn a_code_that_could_not_be_addressed_says_where_to_record_a_phone() {
    let sent_to = text::of(Language::Vi).code_sent_to(&CodeRecipient::Holder { phone_masked: String::new() });
    assert!(sent_to.contains("Công an cấp xã"), "{sent_to}");
}

#[test]
fn level_two_is_explained_with_place_papers_and_time() {
    let words: String = one(&page(Language::Vi, "notice-level-two-needed"), "main").text().collect();
    for expected in ["Công an xã, phường, đặc khu", "còn hiệu lực", "TK01", "chính chủ", "03 ngày làm việc"] {
        assert!(words.contains(expected), "{expected}");
    }
}

#[test]
fn vietnamese_words_are_composed_characters() {
    every_page(|_, name, html, _| {
        assert!(!html.chars().any(|letter| ('\u{300}'..='\u{36f}').contains(&letter)), "{name} holds a combining mark: write NFC");
    });
}

#[test]
fn a_span_of_time_reads_well_in_both_languages() {
    for (seconds, vietnamese, english) in [
        (1, "1 giây", "1 second"),
        (60, "1 phút", "1 minute"),
        (90, "1 phút 30 giây", "1 minute 30 seconds"),
        (3600, "1 giờ", "1 hour"),
        (7325, "2 giờ 2 phút", "2 hours 2 minutes"),
    ] {
        assert_eq!(text::of(Language::Vi).duration(seconds), vietnamese);
        assert_eq!(text::of(Language::En).duration(seconds), english);
    }
}

#[test]
fn the_sandbox_shows_itself_and_production_does_not() {
    assert_eq!(all(&page(Language::Vi, "sign-in"), ".demo li").len(), DEMO_CITIZENS.len());
    let production = page(Language::Vi, "sign-in-level-2");
    assert!(all(&production, ".demo, .sandbox").is_empty());
    assert!(!production.html().contains(DEMO_PASSWORD));
}
