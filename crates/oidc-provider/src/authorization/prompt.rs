//! `prompt`: what the client wants the citizen to be shown, or not (OpenID Connect Core §3.1.2.1).

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use super::InvalidRequest;

/// One word of the `prompt` parameter.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PromptValue {
    /// No page at all: answer at once, with an error if a page is due.
    None,
    /// Sign in again.
    Login,
    /// Ask again.
    Consent,
    /// Let the citizen choose the account.
    SelectAccount,
}

impl PromptValue {
    /// Every value, in the order in which metadata lists them.
    pub const ALL: [Self; 4] = [Self::None, Self::Login, Self::Consent, Self::SelectAccount];

    /// The word on the wire.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Login => "login",
            Self::Consent => "consent",
            Self::SelectAccount => "select_account",
        }
    }
}

/// The `prompt` parameter: a set of [`PromptValue`]s, empty when it is absent.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Prompt(BTreeSet<PromptValue>);

impl Prompt {
    /// Reads the parameter.
    pub fn parse(text: &str) -> Result<Self, InvalidRequest> {
        let words = text.split(' ').filter(|word| !word.is_empty());
        let value = |word| PromptValue::ALL.into_iter().find(|value| value.as_str() == word).ok_or(InvalidRequest::PromptUnknown);
        let values = words.map(value).collect::<Result<BTreeSet<_>, _>>()?;
        // Core §3.1.2.1: "If this parameter contains none with any other value, an error is returned."
        if values.contains(&PromptValue::None) && values.len() > 1 {
            return Err(InvalidRequest::PromptNoneWithOthers);
        }
        Ok(Self(values))
    }

    /// Whether the word is among them.
    pub fn contains(&self, value: PromptValue) -> bool {
        self.0.contains(&value)
    }

    /// Whether no page may be shown.
    pub fn is_none(&self) -> bool {
        self.contains(PromptValue::None)
    }
}
