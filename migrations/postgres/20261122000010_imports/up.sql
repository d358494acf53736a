-- How far an import of accounts has come: written by the transaction that brings its rows in, so that an import that was killed goes on where it was.
-- No personal data: both hashes are keyed, the tally is counts.
CREATE TABLE imports (
    beginning BYTEA NOT NULL PRIMARY KEY,
    bytes BIGINT NOT NULL,
    line BIGINT NOT NULL,
    behind BYTEA NOT NULL,
    tally TEXT NOT NULL,
    started_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL
);
CREATE INDEX imports_updated_at ON imports (updated_at);
