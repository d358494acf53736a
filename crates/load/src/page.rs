//! The sign-in page, as a browser reads it.

use scraper::{Html, Selector};

/// A form that is ready to be posted.
#[derive(Debug, PartialEq, Eq)]
pub struct Form {
    /// Its `action`; empty is the page itself.
    pub action: String,
    /// Its hidden inputs, CSRF token and all.
    pub hidden: Vec<(String, String)>,
}

/// The form of the page that has all these fields.
#[must_use]
pub fn form_with<'a>(page: &str, fields: impl Iterator<Item = &'a str> + Clone) -> Option<Form> {
    let page = Html::parse_document(page);
    let forms = Selector::parse("form").ok()?;
    let inputs = Selector::parse("input[name]").ok()?;
    page.select(&forms).find_map(|form| {
        let named = |name: &str| form.select(&inputs).any(|input| input.attr("name") == Some(name));
        if !fields.clone().all(named) {
            return None;
        }
        let hidden = form.select(&inputs).filter(|input| input.attr("type").is_some_and(|kind| kind.eq_ignore_ascii_case("hidden")));
        let pair = |name: &str, value: Option<&str>| (name.to_owned(), value.unwrap_or_default().to_owned());
        Some(Form {
            action: form.attr("action").unwrap_or_default().to_owned(),
            hidden: hidden.filter_map(|input| Some(pair(input.attr("name")?, input.attr("value")))).collect(),
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_form_with_the_fields_is_found_with_its_hidden_inputs() {
        let page = r#"<form action="/language"><input name="to"></form>
            <form method=post action='/interaction/login'><input type=hidden name=csrf value="a&amp;b"><input name="citizen_id">
            <input type="password" name="password"></form>"#;
        let form = form_with(page, ["citizen_id", "password"].into_iter()).unwrap();
        assert_eq!(form, Form { action: "/interaction/login".to_owned(), hidden: vec![("csrf".to_owned(), "a&b".to_owned())] });
        assert_eq!(form_with(page, ["username"].into_iter()), None);
    }
}
