//! Names (họ, chữ đệm và tên khai sinh): one authoritative text, a split that is a guess, and comparison that knows Vietnamese marks.

use std::sync::LazyLock;

use serde::{Deserialize, Serialize};
use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

/// Longest name accepted, in characters.
const MAX_CHARACTERS: usize = 100;

/// Family names of more than one word. All others are one word, the first.
const COMPOUND_FAMILY_NAMES: [&str; 5] = ["Công Tằng Tôn Nữ", "Công Huyền Tôn Nữ", "Tôn Nữ", "Tôn Thất", "Âu Dương"];

/// A name at birth (họ, chữ đệm và tên khai sinh). `full` counts; the parts serve claims such as `given_name`. All NFC.
/// `Debug` does not print it.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PersonName {
    /// The whole name in its own order (Vietnamese: family, middle, given).
    pub full: String,
    /// Họ.
    #[serde(default)]
    pub family: Option<String>,
    /// Chữ đệm.
    #[serde(default)]
    pub middle: Option<String>,
    /// Tên.
    pub given: String,
}

/// The text cannot be a name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum InvalidName {
    /// Nothing but space.
    #[error("a name is empty")]
    Empty,
    /// More than 100 characters.
    #[error("a name is longer than 100 characters")]
    TooLong,
    /// A digit, symbol or control character: letters, marks, spaces, apostrophes, hyphens and dots only (Civil Code Art. 26).
    #[error("a name has a character that is no letter, mark, space, apostrophe, hyphen or dot")]
    Character,
}

impl PersonName {
    /// A Vietnamese name in Vietnamese order. The split is a guess: last word given, first word (or a known compound) family, the rest middle.
    ///
    /// # Errors
    /// [`InvalidName`].
    pub fn from_full(text: &str) -> Result<Self, InvalidName> {
        let full = normalize(text)?;
        let family_words = compound_family_words(&full).unwrap_or(1);
        let words: Vec<&str> = full.split(' ').collect();
        let (given, before) = words.split_last().ok_or(InvalidName::Empty)?;
        let (family, middle) = before.split_at(family_words.min(before.len()));
        let joined = |words: &[&str]| if words.is_empty() { None } else { Some(words.join(" ")) };
        Ok(Self { family: joined(family), middle: joined(middle), given: (*given).to_owned(), full })
    }

    /// A name whose parts are known, such as a foreigner's.
    ///
    /// # Errors
    /// [`InvalidName`] of any part.
    pub fn from_parts(full: &str, family: Option<&str>, middle: Option<&str>, given: &str) -> Result<Self, InvalidName> {
        Ok(Self {
            full: normalize(full)?,
            family: family.map(normalize).transpose()?,
            middle: middle.map(normalize).transpose()?,
            given: normalize(given)?,
        })
    }

    /// Whether both are the same name in law: see [`same_name`].
    #[must_use]
    pub fn is_same_as(&self, other: &Self) -> bool {
        same_name(&self.full, &other.full)
    }
}

impl std::fmt::Debug for PersonName {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("PersonName(…)")
    }
}

/// NFC, single spaces, checked: 1–100 letters, combining marks, spaces, apostrophes, hyphens, dots. Ethnic-minority names such as
/// `Y Bhiôk Niê`, `H' Hen Niê` and `K' Brể` pass.
///
/// # Errors
/// [`InvalidName`].
pub fn normalize(text: &str) -> Result<String, InvalidName> {
    if text.len() > MAX_CHARACTERS * 16 {
        return Err(InvalidName::TooLong);
    }
    let composed: String = text.nfc().collect();
    let name = composed.split_whitespace().collect::<Vec<_>>().join(" ");
    let allowed = |c: char| c.is_alphabetic() || is_combining_mark(c) || matches!(c, ' ' | '\'' | '’' | 'ʼ' | '-' | '.');
    match name.chars().count() {
        _ if !name.chars().any(char::is_alphabetic) && name.chars().all(allowed) => Err(InvalidName::Empty),
        1..=MAX_CHARACTERS if name.chars().all(allowed) => Ok(name),
        1..=MAX_CHARACTERS => Err(InvalidName::Character),
        _ => Err(InvalidName::TooLong),
    }
}

/// How many words the compound family name has with which the name begins.
fn compound_family_words(full: &str) -> Option<usize> {
    // An import asks this millions of times: the few names are prepared once.
    static COMPARABLE: LazyLock<[(String, usize); COMPOUND_FAMILY_NAMES.len()]> =
        LazyLock::new(|| COMPOUND_FAMILY_NAMES.map(|family| (format!("{} ", comparable(family)), family.split(' ').count())));
    let full = comparable(full);
    COMPARABLE.iter().find(|(family, _)| full.starts_with(family.as_str())).map(|(_, words)| *words)
}

/// Whether two texts are the same name: equal after NFC, upper case, single spaces, and with the tone mark taken out of its place in the
/// word (`Hòa` = `Hoà`, `Thúy` = `Thuý`). `Vi` and `Vy`, `Quí` and `Quý` differ, and so do names that differ in any mark.
#[must_use]
pub fn same_name(one: &str, other: &str) -> bool {
    comparable(one) == comparable(other)
}

/// The form that [`same_name`] compares.
#[must_use]
pub fn comparable(text: &str) -> String {
    let words = text.split_whitespace().map(|word| {
        let decomposed = word.to_uppercase().replace(['’', 'ʼ'], "'");
        let (tones, letters): (String, String) = decomposed.nfd().partition(|c| is_tone(*c));
        letters.nfc().chain(tones.chars()).collect::<String>()
    });
    words.collect::<Vec<_>>().join(" ")
}

/// ASCII fold for search only: marks stripped, đ → D, upper case. Never a proof of identity.
#[must_use]
pub fn search_fold(text: &str) -> String {
    let fold = |c: char| match c {
        'đ' | 'Đ' => 'D',
        'ƀ' | 'Ƀ' => 'B',
        other => other,
    };
    let stripped: String = text.nfd().filter(|c| !is_combining_mark(*c)).map(fold).collect();
    stripped.to_uppercase().split_whitespace().collect::<Vec<_>>().join(" ")
}

/// The five tone marks: huyền, sắc, ngã, hỏi, nặng.
fn is_tone(c: char) -> bool {
    matches!(c, '\u{300}' | '\u{301}' | '\u{303}' | '\u{309}' | '\u{323}')
}
