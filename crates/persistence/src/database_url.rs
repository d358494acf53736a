//! Which database: `sqlite://PATH` or `postgres://…`. A typo is an error, never a new file.

use std::fmt;
use std::path::{Path, PathBuf};
use std::str::FromStr;

/// A parsed database address. `Debug` and `Display` leave a password out.
#[derive(Clone, PartialEq, Eq)]
pub struct DatabaseUrl(Kind);

#[derive(Clone, PartialEq, Eq)]
enum Kind {
    Sqlite(PathBuf),
    Postgres(url::Url),
}

/// Why a database address was refused; the text never repeats a password.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum DatabaseUrlError {
    /// There is no `scheme://`.
    #[error("the database address has no scheme: write sqlite://PATH or postgres://USER@HOST/DATABASE")]
    NoScheme,
    /// Neither `sqlite` nor `postgres`.
    #[error("unknown database scheme `{0}`: write sqlite://PATH or postgres://USER@HOST/DATABASE")]
    UnknownScheme(String),
    /// `sqlite://` without a path, in memory, or with parameters.
    #[error("`{0}` is not a file: write sqlite://./data/dinhdanh.sqlite or sqlite:///var/lib/dinhdanh/dinhdanh.sqlite")]
    NotAFile(String),
    /// A PostgreSQL address that does not parse, or has no host or database.
    #[error("the PostgreSQL address is incomplete ({0}): write postgres://USER:PASSWORD@HOST:PORT/DATABASE")]
    Postgres(String),
}

impl DatabaseUrl {
    /// Parses `sqlite://PATH` (relative or absolute) or `postgres://USER@HOST/DATABASE`.
    ///
    /// # Errors
    /// Everything else, with the cure in the text.
    pub fn parse(text: &str) -> Result<Self, DatabaseUrlError> {
        let (scheme, rest) = text.split_once("://").ok_or(DatabaseUrlError::NoScheme)?;
        match scheme {
            "sqlite" => sqlite(rest).map(|path| Self(Kind::Sqlite(path))),
            "postgres" | "postgresql" => postgres(text).map(|url| Self(Kind::Postgres(url))),
            other => Err(DatabaseUrlError::UnknownScheme(other.chars().filter(char::is_ascii_graphic).take(20).collect())),
        }
    }

    /// The SQLite file at `path`.
    #[must_use]
    pub fn sqlite(path: impl Into<PathBuf>) -> Self {
        Self(Kind::Sqlite(path.into()))
    }

    /// The file, when this is SQLite.
    #[must_use]
    pub fn sqlite_path(&self) -> Option<&Path> {
        match &self.0 {
            Kind::Sqlite(path) => Some(path),
            Kind::Postgres(_) => None,
        }
    }

    /// The address with its password, for libpq only.
    pub(crate) fn postgres(&self) -> Option<&str> {
        match &self.0 {
            Kind::Sqlite(_) => None,
            Kind::Postgres(url) => Some(url.as_str()),
        }
    }
}

fn sqlite(path: &str) -> Result<PathBuf, DatabaseUrlError> {
    let file = !path.is_empty() && !path.ends_with('/') && !path.contains(['?', '#', '\0']) && !path.starts_with([':', '~']);
    if file {
        Ok(PathBuf::from(path))
    } else {
        Err(DatabaseUrlError::NotAFile(path.chars().filter(|c| !c.is_control()).take(100).collect()))
    }
}

fn postgres(text: &str) -> Result<url::Url, DatabaseUrlError> {
    let url = url::Url::parse(text).map_err(|e| DatabaseUrlError::Postgres(e.to_string()))?;
    // A Unix socket is given as `?host=/var/run/postgresql`, so the host may be in the query (libpq's connection URIs).
    if url.host_str().is_none_or(str::is_empty) && !url.query_pairs().any(|(k, _)| k == "host") {
        return Err(DatabaseUrlError::Postgres("no host".into()));
    }
    if url.path().trim_matches('/').is_empty() {
        return Err(DatabaseUrlError::Postgres("no database".into()));
    }
    Ok(url)
}

impl FromStr for DatabaseUrl {
    type Err = DatabaseUrlError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::parse(text)
    }
}

impl fmt::Display for DatabaseUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            Kind::Sqlite(path) => write!(f, "sqlite://{}", path.display()),
            Kind::Postgres(url) => write!(f, "postgres://{}{}", url.host_str().unwrap_or_default(), url.path()),
        }
    }
}

impl fmt::Debug for DatabaseUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "DatabaseUrl({self})")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_or_a_server_is_accepted() {
        assert_eq!(DatabaseUrl::parse("sqlite://./data/x.sqlite").unwrap().sqlite_path(), Some(Path::new("./data/x.sqlite")));
        assert_eq!(DatabaseUrl::parse("sqlite:///var/x.sqlite").unwrap().sqlite_path(), Some(Path::new("/var/x.sqlite")));
        assert!(DatabaseUrl::parse("postgres://u:p@db.example/dinhdanh").unwrap().postgres().is_some());
        assert!(DatabaseUrl::parse("postgresql:///dinhdanh?host=/run/postgresql&user=u").is_ok());
    }

    #[test]
    fn a_typo_is_an_error_and_names_the_cure() {
        for text in ["", "data/x.sqlite", "sqllite://x", "sqlite:x", "mysql://u@h/d", "file:///x", "sqlite://", "sqlite://:memory:"] {
            let refused = DatabaseUrl::parse(text).unwrap_err().to_string();
            assert!(refused.contains("sqlite://"), "{text}: {refused}");
        }
        for text in ["sqlite://a?mode=memory", "sqlite://dir/", "sqlite://~/x", "postgres://", "postgres://h", "postgres://h/"] {
            assert!(DatabaseUrl::parse(text).is_err(), "{text}");
        }
    }

    #[test]
    fn a_password_is_never_shown() {
        let url = DatabaseUrl::parse("postgres://app:hunter2@db.example/dinhdanh?password=hunter2").unwrap();
        assert_eq!(format!("{url} {url:?}"), "postgres://db.example/dinhdanh DatabaseUrl(postgres://db.example/dinhdanh)");
        let refused = DatabaseUrl::parse("postgres://app:hunter2@db.example").unwrap_err();
        assert!(!refused.to_string().contains("hunter2"));
    }
}
