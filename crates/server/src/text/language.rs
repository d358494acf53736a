//! Which language a page speaks.

use serde::{Deserialize, Serialize};

/// The languages of the pages; Vietnamese comes first.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Language {
    /// Tiếng Việt.
    #[default]
    Vi,
    /// English.
    En,
}

impl Language {
    /// Both.
    pub const ALL: [Self; 2] = [Self::Vi, Self::En];

    /// The language of a tag such as `vi`, `en-GB` (RFC 5646); none for any other.
    #[must_use]
    pub fn from_tag(tag: &str) -> Option<Self> {
        let primary = tag.trim().split(['-', '_']).next().unwrap_or_default();
        Self::ALL.into_iter().find(|language| primary.eq_ignore_ascii_case(language.tag()))
    }

    /// The first known language of a list in order of preference, such as `ui_locales` (OpenID Connect Core 1.0, 3.1.2.1).
    #[must_use]
    pub fn from_tags<S: AsRef<str>>(tags: impl IntoIterator<Item = S>) -> Option<Self> {
        tags.into_iter().find_map(|tag| Self::from_tag(tag.as_ref()))
    }

    /// The known language of highest weight in an `Accept-Language` header (RFC 9110, 12.5.4); between equals the earlier.
    #[must_use]
    pub fn from_accept_language(header: &str) -> Option<Self> {
        let mut best: Option<(Self, f32)> = None;
        for range in header.split(',').take(32) {
            let mut parts = range.split(';');
            let Some(language) = parts.next().and_then(Self::from_tag) else { continue };
            let weight = parts.find_map(|part| part.trim().strip_prefix("q=")).map_or(1.0, |q| q.parse().unwrap_or(0.0));
            if weight > best.map_or(0.0, |(_, weight)| weight) {
                best = Some((language, weight));
            }
        }
        best.map(|(language, _)| language)
    }

    /// The tag: `vi`, `en`.
    #[must_use]
    pub fn tag(self) -> &'static str {
        match self {
            Self::Vi => "vi",
            Self::En => "en",
        }
    }

    /// What its speakers call it.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Vi => "Tiếng Việt",
            Self::En => "English",
        }
    }

    /// The other one.
    #[must_use]
    pub fn other(self) -> Self {
        match self {
            Self::Vi => Self::En,
            Self::En => Self::Vi,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Language::{self, En, Vi};

    #[test]
    fn a_tag_counts_by_its_primary_language() {
        for (tag, language) in
            [("vi", Some(Vi)), ("vi-VN", Some(Vi)), ("EN_us", Some(En)), ("fr", None), ("", None), ("vie", None), ("english", None)]
        {
            assert_eq!(Language::from_tag(tag), language, "{tag}");
        }
    }

    #[test]
    fn the_first_known_of_ui_locales_counts() {
        assert_eq!(Language::from_tags(["fr-CA", "en", "vi"]), Some(En));
        assert_eq!(Language::from_tags(Vec::<String>::new()), None);
    }

    #[test]
    fn accept_language_counts_by_weight() {
        for (header, language) in [
            ("vi-VN,vi;q=0.9,en;q=0.8", Some(Vi)),
            ("fr, en;q=0.5, vi;q=0.7", Some(Vi)),
            ("en;q=0.5;x=1, vi;q=0.5", Some(En)),
            ("vi;q=0, en;q=0.1", Some(En)),
            ("vi;q=0", None),
            ("*", None),
            ("vi;q=nonsense", None),
            (",,;;q=,", None),
        ] {
            assert_eq!(Language::from_accept_language(header), language, "{header}");
        }
    }
}
