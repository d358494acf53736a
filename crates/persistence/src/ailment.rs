//! What ails a database that failed, told from what it said: a full disk needs another cure than a damaged page.

use diesel::result::{DatabaseErrorKind, Error};

/// What is wrong, as far as it can be told.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Ailment {
    /// It has too much to do; that passes by itself.
    Busy,
    /// No space is left where it lies.
    DiskFull,
    /// It, or the file system it lies on, takes no writes.
    ReadOnly,
    /// A page of it is not what was written there.
    Damaged,
    /// A row does not read as the schema promises, or its seal does not open; others may.
    Unreadable,
    /// The disk or the server does not answer, or this process has no file descriptor left to ask.
    Unreachable,
    /// Our own fault: the same request would fail again.
    Fault,
}

impl Ailment {
    /// Whether the same request may succeed later: then a client is told to come back (RFC 9110 §15.6.4), else that we failed.
    #[must_use]
    pub fn may_pass(self) -> bool {
        !matches!(self, Self::Fault | Self::Unreadable)
    }

    /// What an operator reads in the log.
    #[must_use]
    pub fn says(self) -> &'static str {
        match self {
            Self::Busy => "the database is busy",
            Self::DiskFull => "no space is left for the database",
            Self::ReadOnly => "the database cannot be written",
            Self::Damaged => "the database is damaged",
            Self::Unreadable => "a record cannot be read",
            Self::Unreachable => "the database does not answer",
            Self::Fault => "the store failed",
        }
    }

    /// What an operator can do about it.
    #[must_use]
    pub fn cure(self) -> &'static str {
        match self {
            Self::Busy => "nothing, unless it stays: then the disk is too slow for what is asked of it",
            Self::DiskFull => "make room on its disk; the node goes on by itself",
            Self::ReadOnly => {
                "give the service's user write permission on data_dir, or mount its disk writable; the node goes on by itself"
            }
            Self::Unreadable => "run `dinhdanh check`, which names the record",
            Self::Damaged => "run `dinhdanh check`; stop the node and run `dinhdanh restore FILE --replace` with the newest backup",
            Self::Unreachable => "look at its disk or server and at the limit of open files (LimitNOFILE)",
            Self::Fault => "report it with the lines around this one",
        }
    }

    /// Of a failed query.
    #[must_use]
    pub fn of(error: &Error) -> Self {
        match error {
            Error::DatabaseError(DatabaseErrorKind::ReadOnlyTransaction, _) => Self::ReadOnly,
            Error::DatabaseError(DatabaseErrorKind::ClosedConnection, _) | Error::BrokenTransactionManager => Self::Unreachable,
            Error::DatabaseError(_, information) => Self::of_text(information.message()).unwrap_or(Self::Fault),
            Error::DeserializationError(_) => Self::Unreadable,
            Error::RollbackErrorOnCommit { rollback_error, commit_error } => match Self::of(commit_error) {
                Self::Fault => Self::of(rollback_error),
                told => told,
            },
            _ => Self::Fault,
        }
    }

    /// SQLite's and PostgreSQL's own words: neither hands its code through diesel (sqlite3_errstr; PostgreSQL Appendix A).
    pub(crate) fn of_text(text: &str) -> Option<Self> {
        const WORDS: [(&str, Ailment); 16] = [
            ("disk is full", Ailment::DiskFull),
            ("No space left on device", Ailment::DiskFull),
            ("readonly database", Ailment::ReadOnly),
            ("read-only transaction", Ailment::ReadOnly),
            ("Read-only file system", Ailment::ReadOnly),
            ("malformed", Ailment::Damaged),
            ("file is not a database", Ailment::Damaged),
            ("invalid page in block", Ailment::Damaged),
            ("disk I/O error", Ailment::Unreachable),
            ("unable to open database file", Ailment::Unreachable),
            ("server closed the connection", Ailment::Unreachable),
            ("could not connect", Ailment::Unreachable),
            ("terminating connection", Ailment::Unreachable),
            ("Too many open files", Ailment::Unreachable),
            ("database is locked", Ailment::Busy),
            ("database table is locked", Ailment::Busy),
        ];
        WORDS.iter().find(|(words, _)| text.contains(words)).map(|(_, ailment)| *ailment)
    }
}

#[cfg(test)]
mod tests {
    use diesel::connection::SimpleConnection;
    use diesel::{Connection, SqliteConnection};

    use super::*;
    use crate::StoreError;

    #[test]
    fn sqlite_says_in_its_own_words_what_ails_it() {
        let mut connection = SqliteConnection::establish(":memory:").unwrap();
        connection.batch_execute("CREATE TABLE t (x); PRAGMA query_only = ON").unwrap();
        let refused = connection.batch_execute("INSERT INTO t VALUES (1)").unwrap_err();
        assert_eq!(Ailment::of(&refused), Ailment::ReadOnly, "{refused}");
        connection.batch_execute("PRAGMA query_only = OFF; PRAGMA max_page_count = 2").unwrap();
        let full = connection.batch_execute("INSERT INTO t VALUES (randomblob(100000))").unwrap_err();
        assert_eq!(Ailment::of(&full), Ailment::DiskFull, "{full}");
        let wrong = connection.batch_execute("INSERT INTO nowhere VALUES (1)").unwrap_err();
        assert_eq!(Ailment::of(&wrong), Ailment::Fault, "{wrong}");
        assert!(!Ailment::Fault.may_pass() && Ailment::DiskFull.may_pass());
    }

    #[test]
    fn a_failure_whose_text_says_nothing_is_an_outage_not_a_fault() {
        assert_eq!(StoreError::Unavailable("timed out".into()).ailment(), Ailment::Unreachable);
        assert_eq!(StoreError::Unavailable("database or disk is full".into()).ailment(), Ailment::DiskFull);
        assert_eq!(StoreError::Database(Error::NotFound).ailment(), Ailment::Fault);
        assert_eq!(StoreError::Busy.ailment(), Ailment::Busy);
    }
}
