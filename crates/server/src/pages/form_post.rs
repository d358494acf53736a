//! `response_mode=form_post` (OAuth 2.0 Form Post Response Mode).

use askama::Template;

use crate::text::{self, Language, Text};

/// Carries the answer to the portal: a script with the nonce sends the form, a button does without scripts.
#[derive(Clone, Template)]
#[template(path = "form_post.html")]
pub struct FormPostPage {
    /// The proven redirect URI.
    pub action: String,
    /// The parameters of the answer.
    pub fields: Vec<(String, String)>,
    /// The nonce of the page's `script-src`.
    pub nonce: String,
    /// The language of the page.
    pub language: Language,
}

impl FormPostPage {
    /// The texts in the language of the page.
    #[must_use]
    pub fn text(&self) -> &'static Text {
        text::of(self.language)
    }

    /// The page as HTML.
    ///
    /// # Errors
    /// Never in practice: writing to a string does not fail.
    pub fn render(&self) -> askama::Result<String> {
        Template::render(self)
    }
}
