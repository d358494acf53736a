//! The sign-in page, as a browser reads it.

use std::cell::RefCell;

use html5ever::tendril::StrTendril;
use html5ever::tokenizer::states::RawKind;
use html5ever::tokenizer::{BufferQueue, Tag, TagKind, Token, TokenSink, TokenSinkResult, Tokenizer, TokenizerOpts};

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
    let input = BufferQueue::default();
    input.push_back(StrTendril::from(page));
    let tokenizer = Tokenizer::new(Forms::default(), TokenizerOpts::default());
    // Only a script that must run before the page goes on would stop it.
    let _ = tokenizer.feed(&input);
    tokenizer.end();
    let forms = tokenizer.sink.0.into_inner();
    let form = forms.into_iter().find(|form| fields.clone().all(|field| form.inputs.iter().any(|input| input.name == field)))?;
    let hidden = form.inputs.into_iter().filter(|input| input.hidden);
    Some(Form { action: form.action, hidden: hidden.map(|input| (input.name, input.value)).collect() })
}

/// Every form of a page, in order.
#[derive(Default)]
struct Forms(RefCell<Vec<FoundForm>>);

struct FoundForm {
    action: String,
    inputs: Vec<Input>,
    open: bool,
}

struct Input {
    name: String,
    value: String,
    hidden: bool,
}

impl TokenSink for Forms {
    type Handle = ();

    fn process_token(&self, token: Token, _line: u64) -> TokenSinkResult<()> {
        let Token::TagToken(tag) = token else { return TokenSinkResult::Continue };
        let mut forms = self.0.borrow_mut();
        match (&*tag.name, tag.kind) {
            ("form", TagKind::StartTag) => {
                forms.push(FoundForm { action: attribute(&tag, "action").unwrap_or_default(), inputs: Vec::new(), open: true });
            }
            ("form", TagKind::EndTag) => forms.iter_mut().for_each(|form| form.open = false),
            ("input", TagKind::StartTag) => {
                if let (Some(form), Some(name)) = (forms.last_mut().filter(|form| form.open), attribute(&tag, "name")) {
                    let hidden = attribute(&tag, "type").is_some_and(|kind| kind.eq_ignore_ascii_case("hidden"));
                    form.inputs.push(Input { name, value: attribute(&tag, "value").unwrap_or_default(), hidden });
                }
            }
            ("script", TagKind::StartTag) => return TokenSinkResult::RawData(RawKind::ScriptData),
            ("style", TagKind::StartTag) => return TokenSinkResult::RawData(RawKind::Rawtext),
            _ => {}
        }
        TokenSinkResult::Continue
    }
}

fn attribute(tag: &Tag, name: &str) -> Option<String> {
    tag.attrs.iter().find(|attribute| &*attribute.name.local == name).map(|attribute| attribute.value.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_form_with_the_fields_is_found_with_its_hidden_inputs() {
        let page = r#"<script>"<form action='/script'><input name=citizen_id><input name=password>"</script><form action="/language"><input name="to"></form>
            <form method=post action='/interaction/login'><input type=hidden name=csrf value="a&amp;b"><input name="citizen_id">
            <input type="password" name="password"></form>"#;
        let form = form_with(page, ["citizen_id", "password"].into_iter()).unwrap();
        assert_eq!(form, Form { action: "/interaction/login".to_owned(), hidden: vec![("csrf".to_owned(), "a&b".to_owned())] });
        assert_eq!(form_with(page, ["username"].into_iter()), None);
    }
}
