//! Overrides from the environment: `DINHDANH__SESSION__IDLE_MINUTES=20` sets `session.idle_minutes`.

use std::borrow::Cow;
use std::ffi::OsString;
use std::ops::Range;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::error::{ConfigError, Place};
use super::schema::Node;

const PREFIX: &str = "DINHDANH__";

/// The variables whose name begins with `DINHDANH__`, sorted by name.
#[derive(Clone, Default)]
pub struct Environment {
    variables: Vec<(String, OsString)>,
}

impl Environment {
    /// Those of this process.
    #[must_use]
    pub fn of_process() -> Self {
        let named = std::env::vars_os().filter_map(|(name, value)| Some((name.into_string().ok()?, value)));
        Self::from_pairs(named)
    }

    /// Those given; the rest of the names is dropped.
    #[must_use]
    pub fn from_pairs<N: Into<String>, V: Into<OsString>>(pairs: impl IntoIterator<Item = (N, V)>) -> Self {
        let pairs = pairs.into_iter().map(|(name, value)| (name.into(), value.into()));
        let mut variables: Vec<_> = pairs.filter(|(name, _)| name.starts_with(PREFIX)).collect();
        variables.sort();
        Self { variables }
    }

    /// The name of the n-th variable.
    pub(super) fn name(&self, index: usize) -> Option<&str> {
        self.variables.get(index).map(|(name, _)| name.as_str())
    }

    /// Writes every override into the parsed file. The n-th one gets the position `first + n`, past the end of the text, so that a
    /// later complaint finds its way back to the variable.
    pub(super) fn apply<'a>(&'a self, table: &mut DeTable<'a>, first: usize) -> Result<(), ConfigError> {
        for (index, (name, value)) in self.variables.iter().enumerate() {
            let span = first + index..first + index + 1;
            let refuse = |problem: String| ConfigError::refused(Place::Environment { variable: name.clone() }, problem);
            let value = value.to_str().ok_or_else(|| refuse("is not valid UTF-8; set it again".to_owned()))?;
            let path: Vec<String> = name[PREFIX.len()..].split("__").map(str::to_lowercase).collect();
            let kind = kind_of(&path).map_err(&refuse)?;
            let value = parse(kind, value, &span).map_err(&refuse)?;
            insert(table, &path, value, &span).map_err(&refuse)?;
        }
        Ok(())
    }
}

fn kind_of(path: &[String]) -> Result<&'static str, String> {
    let mut node = Node::root();
    for name in path {
        let known = || node.properties().map(|(name, _)| name);
        node = node.property(name).ok_or_else(|| super::error::unknown_key(name, known()))?;
    }
    match node.kind() {
        "object" => Err("is a section; name one of its keys, as in DINHDANH__HTTP__WORKERS".to_owned()),
        "array" if node.element().is_some_and(Node::is_table) => Err("can be set in the file only".to_owned()),
        kind => Ok(kind),
    }
}

fn parse<'a>(kind: &str, text: &'a str, span: &Range<usize>) -> Result<DeValue<'a>, String> {
    let typed = |fits: fn(&DeValue<'_>) -> bool, wanted: &str| {
        let value = DeValue::parse(text.trim()).ok().map(Spanned::into_inner);
        value.filter(fits).ok_or_else(|| format!("must be {wanted}"))
    };
    match kind {
        "integer" => typed(|value| value.is_integer(), "a whole number"),
        "boolean" => typed(|value| value.is_bool(), "true or false"),
        "array" => {
            let words = text.split(',').map(str::trim).filter(|word| !word.is_empty());
            Ok(DeValue::Array(words.map(|word| Spanned::new(span.clone(), DeValue::String(Cow::Borrowed(word)))).collect()))
        }
        _ => Ok(DeValue::String(Cow::Borrowed(text))),
    }
}

fn insert<'a>(table: &mut DeTable<'a>, path: &[String], value: DeValue<'a>, span: &Range<usize>) -> Result<(), String> {
    let Some((name, rest)) = path.split_first() else { return Err("names no key".to_owned()) };
    let key = Spanned::new(span.clone(), Cow::Owned(name.clone()));
    if rest.is_empty() {
        table.remove(name.as_str());
        table.insert(key, Spanned::new(span.clone(), value));
        return Ok(());
    }
    if !table.contains_key(name.as_str()) {
        table.insert(key, Spanned::new(span.clone(), DeValue::Table(DeTable::new())));
    }
    match table.get_mut(name.as_str()).map(Spanned::get_mut) {
        Some(DeValue::Table(inner)) => insert(inner, rest, value, span),
        _ => Err(format!("the file says that `{name}` is no section")),
    }
}
