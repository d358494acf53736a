-- Times are unix milliseconds (UTC), ids are 16 bytes (UUID version 7, so that inserts append), JSON is text,
-- what is sealed is AES-256-GCM. STRICT: SQLite keeps the declared types.
-- WITHOUT ROWID: the primary key is the table, one tree fewer to write; large rows keep their rowid. Table and column names equal those of migrations/postgres; a test compares them.

CREATE TABLE installation (
    id INTEGER NOT NULL PRIMARY KEY CHECK (id = 1),
    mode TEXT NOT NULL CHECK (mode IN ('sandbox', 'production')),
    created_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE data_keys (
    purpose TEXT NOT NULL,
    generation INTEGER NOT NULL CHECK (generation BETWEEN 1 AND 255),
    wrapped BLOB NOT NULL,
    created_at INTEGER NOT NULL,
    PRIMARY KEY (purpose, generation)
) STRICT, WITHOUT ROWID;

CREATE TABLE accounts (
    id BLOB NOT NULL PRIMARY KEY,
    number_hash BLOB NOT NULL UNIQUE,
    kind TEXT NOT NULL,
    level INTEGER NOT NULL,
    state TEXT NOT NULL,
    password_hash TEXT,
    epoch INTEGER NOT NULL,
    lock_grounds INTEGER NOT NULL,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    password_changed_at INTEGER
) STRICT, WITHOUT ROWID;

CREATE TABLE identities (
    account_id BLOB NOT NULL PRIMARY KEY REFERENCES accounts (id),
    key_id INTEGER NOT NULL,
    sealed BLOB NOT NULL,
    updated_at INTEGER NOT NULL
) STRICT;

CREATE TABLE guardians (
    account_id BLOB NOT NULL PRIMARY KEY REFERENCES accounts (id),
    guardian_id BLOB NOT NULL REFERENCES accounts (id),
    relation TEXT NOT NULL,
    created_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX guardians_guardian_id ON guardians (guardian_id);

CREATE TABLE eid_locks (
    id BLOB NOT NULL PRIMARY KEY,
    account_id BLOB NOT NULL REFERENCES accounts (id),
    ground TEXT NOT NULL,
    placed_at INTEGER NOT NULL,
    placed_by TEXT NOT NULL,
    lifted_at INTEGER,
    lifted_by TEXT
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX eid_locks_standing ON eid_locks (account_id, ground) WHERE lifted_at IS NULL;
CREATE INDEX eid_locks_account_id ON eid_locks (account_id, id);

CREATE TABLE sessions (
    id BLOB NOT NULL PRIMARY KEY,
    account_id BLOB NOT NULL REFERENCES accounts (id),
    secret_hash BLOB NOT NULL,
    epoch INTEGER NOT NULL,
    created_at INTEGER NOT NULL,
    last_seen_at INTEGER NOT NULL,
    expires_at INTEGER NOT NULL,
    password_at INTEGER NOT NULL,
    code_at INTEGER,
    guardian_code_at INTEGER,
    ended_at INTEGER
) STRICT, WITHOUT ROWID;
CREATE INDEX sessions_account_id ON sessions (account_id);
CREATE INDEX sessions_expires_at ON sessions (expires_at);

CREATE TABLE consents (
    account_id BLOB NOT NULL REFERENCES accounts (id),
    client_id TEXT NOT NULL,
    scope TEXT NOT NULL,
    claims TEXT NOT NULL,
    purpose_hash BLOB NOT NULL,
    given_at INTEGER NOT NULL,
    withdrawn_at INTEGER,
    grants_void_to INTEGER NOT NULL,
    PRIMARY KEY (account_id, client_id)
) STRICT, WITHOUT ROWID;

CREATE TABLE consent_events (
    id BLOB NOT NULL PRIMARY KEY,
    account_id BLOB NOT NULL REFERENCES accounts (id),
    client_id TEXT NOT NULL,
    at INTEGER NOT NULL,
    action TEXT NOT NULL CHECK (action IN ('given', 'withdrawn')),
    scope TEXT NOT NULL,
    claims TEXT NOT NULL,
    purpose_hash BLOB NOT NULL,
    language TEXT NOT NULL,
    authentication_level INTEGER NOT NULL,
    address BLOB NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX consent_events_account_id ON consent_events (account_id, id);
CREATE INDEX consent_events_at ON consent_events (at);

-- account_id is absent in the tombstone of a code that was replayed before it was redeemed. The session has no
-- foreign key: its row leaves before an offline grant does.
CREATE TABLE grants (
    id BLOB NOT NULL PRIMARY KEY,
    account_id BLOB REFERENCES accounts (id),
    client_id TEXT NOT NULL,
    session_id BLOB,
    scope TEXT NOT NULL,
    claims TEXT NOT NULL,
    authentication TEXT NOT NULL,
    epoch INTEGER NOT NULL,
    created_at INTEGER NOT NULL,
    expires_at INTEGER NOT NULL,
    revoked_at INTEGER
) STRICT, WITHOUT ROWID;
CREATE INDEX grants_expires_at ON grants (expires_at);

CREATE TABLE refresh_families (
    grant_id BLOB NOT NULL PRIMARY KEY REFERENCES grants (id) ON DELETE CASCADE,
    counter INTEGER NOT NULL,
    rotated_at INTEGER NOT NULL,
    expires_at INTEGER NOT NULL,
    revoked_at INTEGER
) STRICT, WITHOUT ROWID;

-- The usage history of Decree 69/2024 Art. 17: outlives grants and clients, so it refers to neither by foreign key.
CREATE TABLE usage_records (
    id BLOB NOT NULL PRIMARY KEY,
    grant_id BLOB NOT NULL,
    account_id BLOB NOT NULL REFERENCES accounts (id),
    client_id TEXT NOT NULL,
    at INTEGER NOT NULL,
    kind TEXT NOT NULL,
    attributes TEXT NOT NULL,
    account_level INTEGER NOT NULL,
    authentication_level INTEGER NOT NULL,
    acr TEXT NOT NULL,
    address BLOB NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX usage_records_account_id ON usage_records (account_id, id);
CREATE INDEX usage_records_at ON usage_records (at);

CREATE TABLE clients (
    client_id TEXT NOT NULL PRIMARY KEY,
    document TEXT NOT NULL,
    sector TEXT NOT NULL,
    origin TEXT NOT NULL CHECK (origin IN ('file', 'admin')),
    disabled_at INTEGER,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL
) STRICT;

CREATE TABLE signing_keys (
    kid TEXT NOT NULL PRIMARY KEY,
    alg TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('next', 'active', 'retired')),
    private_jwk BLOB NOT NULL,
    public_jwk TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    activated_at INTEGER,
    retired_at INTEGER,
    published_to INTEGER
) STRICT;
CREATE UNIQUE INDEX signing_keys_active ON signing_keys (alg) WHERE state = 'active';

CREATE TABLE messages (
    id BLOB NOT NULL PRIMARY KEY,
    channel TEXT NOT NULL CHECK (channel IN ('sms', 'email')),
    sealed BLOB NOT NULL,
    number_hash BLOB NOT NULL,
    recipient_hash BLOB NOT NULL,
    created_at INTEGER NOT NULL,
    expires_at INTEGER NOT NULL,
    due_at INTEGER,
    attempts INTEGER NOT NULL,
    delivered_at INTEGER
) STRICT;
CREATE INDEX messages_due_at ON messages (due_at) WHERE due_at IS NOT NULL;
CREATE INDEX messages_number_hash ON messages (number_hash, id);
CREATE INDEX messages_recipient_hash ON messages (recipient_hash, id);
CREATE INDEX messages_expires_at ON messages (expires_at);

CREATE TABLE one_time_codes (
    account_id BLOB NOT NULL REFERENCES accounts (id),
    purpose TEXT NOT NULL,
    code_hash BLOB,
    sent_at INTEGER NOT NULL,
    expires_at INTEGER NOT NULL,
    tries INTEGER NOT NULL,
    sends INTEGER NOT NULL,
    failures INTEGER NOT NULL,
    window_started_at INTEGER NOT NULL,
    PRIMARY KEY (account_id, purpose)
) STRICT, WITHOUT ROWID;
CREATE INDEX one_time_codes_window_started_at ON one_time_codes (window_started_at);

CREATE TABLE audit_events (
    id BLOB NOT NULL PRIMARY KEY,
    at INTEGER NOT NULL,
    actor TEXT NOT NULL,
    action TEXT NOT NULL,
    subject BLOB,
    detail TEXT NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX audit_events_at ON audit_events (at);
CREATE INDEX audit_events_subject ON audit_events (subject, id) WHERE subject IS NOT NULL;

CREATE TABLE legacy_accounts (
    client_id TEXT NOT NULL,
    legacy_id TEXT NOT NULL,
    number_hash BLOB,
    old_number_hash BLOB,
    sealed BLOB NOT NULL,
    created_at INTEGER NOT NULL,
    PRIMARY KEY (client_id, legacy_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX legacy_accounts_number_hash ON legacy_accounts (client_id, number_hash);
CREATE INDEX legacy_accounts_old_number_hash ON legacy_accounts (client_id, old_number_hash);
