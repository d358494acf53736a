-- Times are unix milliseconds (UTC), ids are 16 bytes (UUID version 7, so that inserts append), JSON is text,
-- what is sealed is AES-256-GCM. Table and column names equal those of migrations/sqlite; a test compares them.

CREATE TABLE installation (
    id SMALLINT NOT NULL PRIMARY KEY CHECK (id = 1),
    mode TEXT NOT NULL CHECK (mode IN ('sandbox', 'production')),
    created_at BIGINT NOT NULL
);

CREATE TABLE data_keys (
    purpose TEXT NOT NULL,
    generation INTEGER NOT NULL CHECK (generation BETWEEN 1 AND 255),
    wrapped BYTEA NOT NULL,
    created_at BIGINT NOT NULL,
    PRIMARY KEY (purpose, generation)
);

CREATE TABLE accounts (
    id BYTEA NOT NULL PRIMARY KEY,
    number_hash BYTEA NOT NULL UNIQUE,
    kind TEXT NOT NULL,
    level SMALLINT NOT NULL,
    state TEXT NOT NULL,
    password_hash TEXT,
    epoch BIGINT NOT NULL,
    lock_grounds INTEGER NOT NULL,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
    password_changed_at BIGINT
);

CREATE TABLE identities (
    account_id BYTEA NOT NULL PRIMARY KEY REFERENCES accounts (id),
    key_id INTEGER NOT NULL,
    sealed BYTEA NOT NULL,
    updated_at BIGINT NOT NULL
);

CREATE TABLE guardians (
    account_id BYTEA NOT NULL PRIMARY KEY REFERENCES accounts (id),
    guardian_id BYTEA NOT NULL REFERENCES accounts (id),
    relation TEXT NOT NULL,
    created_at BIGINT NOT NULL
);
CREATE INDEX guardians_guardian_id ON guardians (guardian_id);

CREATE TABLE eid_locks (
    id BYTEA NOT NULL PRIMARY KEY,
    account_id BYTEA NOT NULL REFERENCES accounts (id),
    ground TEXT NOT NULL,
    placed_at BIGINT NOT NULL,
    placed_by TEXT NOT NULL,
    lifted_at BIGINT,
    lifted_by TEXT
);
CREATE UNIQUE INDEX eid_locks_standing ON eid_locks (account_id, ground) WHERE lifted_at IS NULL;
CREATE INDEX eid_locks_account_id ON eid_locks (account_id, id);

CREATE TABLE sessions (
    id BYTEA NOT NULL PRIMARY KEY,
    account_id BYTEA NOT NULL REFERENCES accounts (id),
    secret_hash BYTEA NOT NULL,
    epoch BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    last_seen_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    password_at BIGINT NOT NULL,
    code_at BIGINT,
    guardian_code_at BIGINT,
    ended_at BIGINT
);
CREATE INDEX sessions_account_id ON sessions (account_id);
CREATE INDEX sessions_expires_at ON sessions (expires_at);

CREATE TABLE consents (
    account_id BYTEA NOT NULL REFERENCES accounts (id),
    client_id TEXT NOT NULL,
    scope TEXT NOT NULL,
    claims TEXT NOT NULL,
    purpose_hash BYTEA NOT NULL,
    given_at BIGINT NOT NULL,
    withdrawn_at BIGINT,
    grants_void_to BIGINT NOT NULL,
    PRIMARY KEY (account_id, client_id)
);

CREATE TABLE consent_events (
    id BYTEA NOT NULL PRIMARY KEY,
    account_id BYTEA NOT NULL REFERENCES accounts (id),
    client_id TEXT NOT NULL,
    at BIGINT NOT NULL,
    action TEXT NOT NULL CHECK (action IN ('given', 'withdrawn')),
    scope TEXT NOT NULL,
    claims TEXT NOT NULL,
    purpose_hash BYTEA NOT NULL,
    language TEXT NOT NULL,
    authentication_level SMALLINT NOT NULL,
    address BYTEA NOT NULL
);
CREATE INDEX consent_events_account_id ON consent_events (account_id, id);
CREATE INDEX consent_events_at ON consent_events (at);

-- account_id is absent in the tombstone of a code that was replayed before it was redeemed. The session has no
-- foreign key: its row leaves before an offline grant does.
CREATE TABLE grants (
    id BYTEA NOT NULL PRIMARY KEY,
    account_id BYTEA REFERENCES accounts (id),
    client_id TEXT NOT NULL,
    session_id BYTEA,
    scope TEXT NOT NULL,
    claims TEXT NOT NULL,
    authentication TEXT NOT NULL,
    epoch BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    revoked_at BIGINT
);
CREATE INDEX grants_expires_at ON grants (expires_at);

CREATE TABLE refresh_families (
    grant_id BYTEA NOT NULL PRIMARY KEY REFERENCES grants (id) ON DELETE CASCADE,
    counter BIGINT NOT NULL,
    rotated_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    revoked_at BIGINT
);

-- The usage history of Decree 69/2024 Art. 17: outlives grants and clients, so it refers to neither by foreign key.
CREATE TABLE usage_records (
    id BYTEA NOT NULL PRIMARY KEY,
    grant_id BYTEA NOT NULL,
    account_id BYTEA NOT NULL REFERENCES accounts (id),
    client_id TEXT NOT NULL,
    at BIGINT NOT NULL,
    kind TEXT NOT NULL,
    attributes TEXT NOT NULL,
    account_level SMALLINT NOT NULL,
    authentication_level SMALLINT NOT NULL,
    acr TEXT NOT NULL,
    address BYTEA NOT NULL
);
CREATE INDEX usage_records_account_id ON usage_records (account_id, id);
CREATE INDEX usage_records_at ON usage_records (at);

CREATE TABLE clients (
    client_id TEXT NOT NULL PRIMARY KEY,
    document TEXT NOT NULL,
    sector TEXT NOT NULL,
    origin TEXT NOT NULL CHECK (origin IN ('file', 'admin')),
    disabled_at BIGINT,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL
);

CREATE TABLE signing_keys (
    kid TEXT NOT NULL PRIMARY KEY,
    alg TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('next', 'active', 'retired')),
    private_jwk BYTEA NOT NULL,
    public_jwk TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    activated_at BIGINT,
    retired_at BIGINT,
    published_to BIGINT
);
CREATE UNIQUE INDEX signing_keys_active ON signing_keys (alg) WHERE state = 'active';

CREATE TABLE messages (
    id BYTEA NOT NULL PRIMARY KEY,
    channel TEXT NOT NULL CHECK (channel IN ('sms', 'email')),
    sealed BYTEA NOT NULL,
    number_hash BYTEA NOT NULL,
    recipient_hash BYTEA NOT NULL,
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    due_at BIGINT,
    attempts INTEGER NOT NULL,
    delivered_at BIGINT
);
CREATE INDEX messages_due_at ON messages (due_at) WHERE due_at IS NOT NULL;
CREATE INDEX messages_number_hash ON messages (number_hash, id);
CREATE INDEX messages_recipient_hash ON messages (recipient_hash, id);
CREATE INDEX messages_expires_at ON messages (expires_at);

CREATE TABLE one_time_codes (
    account_id BYTEA NOT NULL REFERENCES accounts (id),
    purpose TEXT NOT NULL,
    code_hash BYTEA,
    sent_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    tries INTEGER NOT NULL,
    sends INTEGER NOT NULL,
    failures INTEGER NOT NULL,
    window_started_at BIGINT NOT NULL,
    PRIMARY KEY (account_id, purpose)
);
CREATE INDEX one_time_codes_window_started_at ON one_time_codes (window_started_at);

CREATE TABLE audit_events (
    id BYTEA NOT NULL PRIMARY KEY,
    at BIGINT NOT NULL,
    actor TEXT NOT NULL,
    action TEXT NOT NULL,
    subject BYTEA,
    detail TEXT NOT NULL
);
CREATE INDEX audit_events_at ON audit_events (at);
CREATE INDEX audit_events_subject ON audit_events (subject, id) WHERE subject IS NOT NULL;

CREATE TABLE legacy_accounts (
    client_id TEXT NOT NULL,
    legacy_id TEXT NOT NULL,
    number_hash BYTEA,
    old_number_hash BYTEA,
    sealed BYTEA NOT NULL,
    created_at BIGINT NOT NULL,
    PRIMARY KEY (client_id, legacy_id)
);
CREATE INDEX legacy_accounts_number_hash ON legacy_accounts (client_id, number_hash);
CREATE INDEX legacy_accounts_old_number_hash ON legacy_accounts (client_id, old_number_hash);
