//! What surrounds every page.

use crate::text::{self, Language, Text};

/// The header and footer of a page: language, the way to the other language, the request id for support.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Frame {
    /// The language of the page.
    pub language: Language,
    /// Relative URL that shows the same page in the other language.
    pub switch_to: String,
    /// The id of this request in the log, for the citizen to quote.
    pub request_id: String,
    /// Whether this is a sandbox: a banner says so, and hints at the demo citizens appear.
    pub sandbox: bool,
}

impl Frame {
    /// The texts in the language of the page.
    #[must_use]
    pub fn text(&self) -> &'static Text {
        text::of(self.language)
    }
}

/// Gives a page with a [`Frame`] its texts and its HTML, so that nobody needs the template trait.
macro_rules! page {
    ($page:ident) => {
        impl $page {
            /// The texts in the language of the page.
            #[must_use]
            pub fn text(&self) -> &'static crate::text::Text {
                self.frame.text()
            }

            /// The page as HTML.
            ///
            /// # Errors
            /// Never in practice: writing to a string does not fail.
            pub fn render(&self) -> askama::Result<String> {
                askama::Template::render(self)
            }
        }
    };
}

pub(super) use page;

/// The portal that asks, as the citizen recognises it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PortalBadge {
    /// The registered name (`client_name`).
    pub name: String,
    /// The host the answer goes to, from the proven redirect URI.
    pub host: String,
}
