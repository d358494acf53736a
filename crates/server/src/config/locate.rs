//! Where each key of the file stands, so that every complaint can name file, line and key.

use std::ops::Range;
use std::path::{Path, PathBuf};

use toml::de::{DeTable, DeValue};

use super::Environment;
use super::error::{ConfigError, Place, Problem, plain_words};

/// The keys of one parsed file with their positions.
pub(super) struct Places {
    path: Option<PathBuf>,
    line_ends: Vec<usize>,
    length: usize,
    variables: Vec<String>,
    entries: Vec<Entry>,
}

struct Entry {
    key: String,
    name: Range<usize>,
    value: Range<usize>,
}

impl Places {
    /// Walks the table, overrides included.
    pub fn of(table: &DeTable<'_>, path: Option<&Path>, text: &str, environment: &Environment) -> Self {
        let mut entries = Vec::new();
        walk(table, "", &mut entries);
        Self {
            path: path.map(Path::to_owned),
            line_ends: line_ends(text),
            length: text.len(),
            variables: (0..).map_while(|index| environment.name(index).map(str::to_owned)).collect(),
            entries,
        }
    }

    /// The place of a key; of the section that lacks it, where there is one.
    fn of_key(&self, key: &str) -> Place {
        let entry = |key: &str| self.entries.iter().find(|entry| entry.key == key);
        let around = || key.rsplit_once('.').and_then(|(section, _)| entry(section));
        match entry(key).or_else(around) {
            Some(entry) => self.at(entry.name.start, key),
            None => Place::Absent { path: self.path.clone(), key: key.to_owned() },
        }
    }

    /// A complaint of the deserializer, with its place and in plain words.
    pub fn refuse(&self, error: &toml::de::Error) -> ConfigError {
        let (place, key) = match error.span() {
            Some(span) => {
                let key = self.key_at(&span);
                (self.at(span.start, &key), key)
            }
            None => (Place::Absent { path: self.path.clone(), key: String::new() }, String::new()),
        };
        ConfigError::refused(place, plain_words(error.message(), &key))
    }

    /// A complaint about a key, with its place.
    pub fn problem(&self, problem: Problem) -> ConfigError {
        ConfigError::refused(self.of_key(&problem.key), problem.what)
    }

    fn key_at(&self, span: &Range<usize>) -> String {
        let exact = self.entries.iter().find(|entry| entry.name == *span || entry.value == *span);
        let holds = |range: &Range<usize>| range.start <= span.start && span.end <= range.end;
        let around = || self.entries.iter().filter(|entry| holds(&entry.value)).min_by_key(|entry| entry.value.len());
        exact.or_else(around).map(|entry| entry.key.clone()).unwrap_or_default()
    }

    fn at(&self, position: usize, key: &str) -> Place {
        let override_index = position.checked_sub(self.length + 1);
        match (override_index.and_then(|index| self.variables.get(index)), &self.path) {
            (Some(variable), _) => Place::Environment { variable: variable.clone() },
            (None, Some(path)) => {
                let line = self.line_ends.partition_point(|end| *end < position) + 1;
                Place::File { path: path.clone(), line, key: key.to_owned() }
            }
            (None, None) => Place::Absent { path: None, key: key.to_owned() },
        }
    }
}

/// A syntax error of the file.
pub(super) fn syntax(error: &toml::de::Error, path: &Path, text: &str) -> ConfigError {
    let position = error.span().map_or(0, |span| span.start);
    let line = line_ends(text).partition_point(|end| *end < position) + 1;
    let problem = format!("not valid TOML: {}", error.message().lines().collect::<Vec<_>>().join(", "));
    ConfigError::refused(Place::File { path: path.to_owned(), line, key: String::new() }, problem)
}

fn line_ends(text: &str) -> Vec<usize> {
    text.bytes().enumerate().filter(|(_, byte)| *byte == b'\n').map(|(position, _)| position).collect()
}

fn walk(table: &DeTable<'_>, prefix: &str, entries: &mut Vec<Entry>) {
    for (name, value) in table {
        let key = if prefix.is_empty() { name.get_ref().to_string() } else { format!("{prefix}.{}", name.get_ref()) };
        entries.push(Entry { key: key.clone(), name: name.span(), value: value.span() });
        match value.get_ref() {
            DeValue::Table(inner) => walk(inner, &key, entries),
            DeValue::Array(elements) => {
                for (index, element) in elements.iter().enumerate() {
                    let key = format!("{key}[{index}]");
                    entries.push(Entry { key: key.clone(), name: element.span(), value: element.span() });
                    if let DeValue::Table(inner) = element.get_ref() {
                        walk(inner, &key, entries);
                    }
                }
            }
            _ => {}
        }
    }
}
