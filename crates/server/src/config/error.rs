//! What can be wrong with a configuration, in one line: where, what, and how to cure it.

use std::fmt;
use std::path::PathBuf;

/// Why the configuration was not accepted.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    /// The file itself cannot be read.
    #[error("{}: {problem}", path.display())]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// Cause and cure.
        problem: String,
    },
    /// Something in it, or in the environment, is not accepted.
    #[error("{place}: {problem}")]
    Refused {
        /// Where.
        place: Place,
        /// Cause and cure.
        problem: String,
    },
}

impl ConfigError {
    pub(super) fn refused(place: Place, problem: impl Into<String>) -> Self {
        Self::Refused { place, problem: problem.into() }
    }
}

/// Where a setting was made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Place {
    /// In the file.
    File {
        /// The file.
        path: PathBuf,
        /// Its line, from 1.
        line: usize,
        /// The key with its sections, such as `session.idle_minutes` or `clients[0].scope`; empty for the whole file.
        key: String,
    },
    /// In the environment.
    Environment {
        /// The variable's name.
        variable: String,
    },
    /// Nowhere: it was left out.
    Absent {
        /// The file that lacks it, where there is one.
        path: Option<PathBuf>,
        /// The key with its sections.
        key: String,
    },
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::File { path, line, key } if key.is_empty() => write!(f, "{}:{line}", path.display()),
            Self::File { path, line, key } => write!(f, "{}:{line}: {key}", path.display()),
            Self::Environment { variable } => write!(f, "environment variable {variable}"),
            Self::Absent { path: Some(path), key } => write!(f, "{}: {key}", path.display()),
            Self::Absent { path: None, key } => f.write_str(key),
        }
    }
}

/// A complaint about one key, before its place is known.
#[derive(Debug)]
pub(super) struct Problem {
    /// The key with its sections.
    pub key: String,
    /// Cause and cure.
    pub what: String,
}

impl Problem {
    pub fn new(key: impl Into<String>, what: impl Into<String>) -> Self {
        Self { key: key.into(), what: what.into() }
    }
}

/// "unknown key", with the nearest known one, or all of them when none is near.
pub(super) fn unknown_key<'a>(name: &str, known: impl Iterator<Item = &'a str>) -> String {
    let known: Vec<&str> = known.collect();
    let near = known.iter().map(|it| (distance(name, it), *it)).min().filter(|(distance, _)| *distance <= 2 + name.len() / 5);
    match near {
        Some((_, near)) => format!("unknown key `{name}`; did you mean `{near}`?"),
        None if known.is_empty() => format!("unknown key `{name}`; remove it"),
        None => format!("unknown key `{name}`; known here: {}", known.join(", ")),
    }
}

/// Rewrites serde's words into ours, and keeps the value of a key that may hold a secret out of them.
pub(crate) fn plain_words(message: &str, key: &str) -> String {
    let message = message.lines().next().unwrap_or_default().trim();
    if let Some(rest) = message.strip_prefix("unknown field ") {
        let mut quoted = rest.split('`').skip(1).step_by(2);
        return unknown_key(quoted.next().unwrap_or_default(), quoted);
    }
    if let Some(name) = message.strip_prefix("missing field ") {
        return format!("the key {name} is missing; add it");
    }
    let last = key.rsplit('.').next().unwrap_or_default();
    let may_be_secret = ["secret", "key", "token", "url", "otp", "password"].iter().any(|word| last.contains(word));
    match message.rsplit_once(", expected ") {
        Some((_, wanted)) if may_be_secret => format!("wrong kind of value; expected {wanted}"),
        _ => message.to_owned(),
    }
}

/// Levenshtein's distance, for names of a few letters.
fn distance(a: &str, b: &str) -> usize {
    let b: Vec<char> = b.chars().collect();
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, a) in a.chars().enumerate() {
        let mut diagonal = std::mem::replace(&mut row[0], i + 1);
        for (j, b) in b.iter().enumerate() {
            let substituted = diagonal + usize::from(a != *b);
            diagonal = row[j + 1];
            row[j + 1] = substituted.min(diagonal + 1).min(row[j] + 1);
        }
    }
    row[b.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_unknown_key_names_the_nearest_known_one() {
        let known = || ["idle_minutes", "absolute_hours"].into_iter();
        assert_eq!(unknown_key("idle_minuts", known()), "unknown key `idle_minuts`; did you mean `idle_minutes`?");
        assert_eq!(unknown_key("colour", known()), "unknown key `colour`; known here: idle_minutes, absolute_hours");
    }

    #[test]
    fn the_value_of_a_secret_key_stays_out_of_the_complaint() {
        let told = plain_words("invalid type: integer `271828`, expected a string", "clients[0].client_secret");
        assert_eq!(told, "wrong kind of value; expected a string");
    }
}
