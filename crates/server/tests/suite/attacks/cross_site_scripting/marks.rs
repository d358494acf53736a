//! Markup that bears the name of the field it was put into, and how it is found again on a page: as the text that it is.

use std::collections::BTreeSet;

use scraper::{Html, Selector};

use crate::support::Answer;

const BEFORE: &str = "\"'><script>alert(";
const AFTER: &str = ")</script>";

/// Closes an attribute of either kind and a tag, and begins a script. Without spaces, so that it stays whole where names are cut into words.
pub fn mark(field: &str) -> String {
    format!("{BEFORE}{field}{AFTER}")
}

/// An address that may be registered, with everything in it that means something in HTML.
pub fn address(field: &str) -> String {
    format!("https://marked.example/{field}?a='&quot;onfocus=alert(1)&lt;b&amp;")
}

/// What was found on the answers that were looked at.
#[derive(Default)]
pub struct Seen(pub BTreeSet<String>);

impl Seen {
    /// Looks at an answer of any kind: markup in it is text, or is not there.
    pub fn look(&mut self, answer: &Answer, what: &str) {
        let kind = answer.header("content-type");
        let location = answer.location().unwrap_or_default();
        assert!(!location.contains(['<', '>', '"', ' ', '\r', '\n']), "{what} leads to {location:?}");
        assert_eq!(answer.header("x-content-type-options"), "nosniff", "{what}");
        if kind.starts_with("text/html") {
            is_harmless(answer, what);
            self.0.extend(marks(&answer.body));
        } else if kind.starts_with("application/json") {
            answer.json();
        } else {
            assert!(answer.body.is_empty() || kind.starts_with("text/plain"), "{what} is of the kind {kind:?}");
        }
    }

    /// What was seen is exactly what is expected: a field that is shown and not listed, or listed and not shown, makes the difference.
    pub fn is_all_of<'a>(&self, expected: impl IntoIterator<Item = &'a str>) {
        assert_eq!(
            self.0.iter().map(String::as_str).collect::<Vec<_>>(),
            expected.into_iter().collect::<BTreeSet<_>>().into_iter().collect::<Vec<_>>()
        );
    }
}

/// A page on which nothing runs but our own script.
pub fn is_harmless(page: &Answer, what: &str) {
    runs_nothing(&page.body, what);
    let policy = page.header("content-security-policy");
    assert!(policy.contains("default-src 'none'") && !policy.contains("unsafe"), "{what}: {policy}");
}

/// The same of its text alone.
pub fn runs_nothing(body: &str, what: &str) {
    assert!(!body.contains(BEFORE) && !body.contains("<script>alert"), "{what}: {body}");
    let html = Html::parse_document(body);
    for element in html.select(&Selector::parse("*").unwrap()) {
        for (name, value) in element.value().attrs() {
            assert!(!name.starts_with("on"), "{what} has {name}: {body}");
            assert!(!value.trim_start().to_ascii_lowercase().starts_with("javascript:"), "{what} has {name}={value}");
        }
    }
    let inline = Selector::parse("script:not([src]):not([nonce]), iframe, object, embed, base").unwrap();
    assert_eq!(html.select(&inline).count(), 0, "{what}: {body}");
}

/// The fields whose markup stands on the page whole, in its text or in the values of attributes.
pub fn marks(body: &str) -> BTreeSet<String> {
    let html = Html::parse_document(body);
    let every = Selector::parse("*").unwrap();
    let values = html.select(&every).flat_map(|element| element.value().attrs().map(|(_, value)| value.to_owned()).collect::<Vec<_>>());
    let texts = html.root_element().text().map(str::to_owned);
    values.chain(texts).flat_map(|text| fields(&text)).collect()
}

fn fields(text: &str) -> Vec<String> {
    text.split(BEFORE).skip(1).filter_map(|rest| rest.split_once(AFTER)).map(|(field, _)| field.to_owned()).collect()
}
