-- How far an import of accounts has come: written by the transaction that brings its rows in, so that an import that was killed goes on where it was.
-- No personal data: both hashes are keyed, the tally is counts.
CREATE TABLE imports (
    beginning BLOB NOT NULL PRIMARY KEY,
    bytes INTEGER NOT NULL,
    line INTEGER NOT NULL,
    behind BLOB NOT NULL,
    tally TEXT NOT NULL,
    started_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX imports_updated_at ON imports (updated_at);
