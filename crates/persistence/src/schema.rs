//! The schema both databases share (design section 9): written by hand beside `migrations/{sqlite,postgres}`, compared with both by a test.
#![allow(missing_docs)]

diesel::table! {
    installation (id) {
        id -> SmallInt,
        mode -> Text,
        created_at -> BigInt,
    }
}

diesel::table! {
    data_keys (purpose, generation) {
        purpose -> Text,
        generation -> Integer,
        wrapped -> Binary,
        created_at -> BigInt,
    }
}

diesel::table! {
    accounts (id) {
        id -> Binary,
        number_hash -> Binary,
        kind -> Text,
        level -> SmallInt,
        state -> Text,
        password_hash -> Nullable<Text>,
        epoch -> BigInt,
        lock_grounds -> Integer,
        created_at -> BigInt,
        updated_at -> BigInt,
        password_changed_at -> Nullable<BigInt>,
    }
}

diesel::table! {
    identities (account_id) {
        account_id -> Binary,
        key_id -> Integer,
        sealed -> Binary,
        updated_at -> BigInt,
    }
}

diesel::table! {
    guardians (account_id) {
        account_id -> Binary,
        guardian_id -> Binary,
        relation -> Text,
        created_at -> BigInt,
    }
}

diesel::table! {
    eid_locks (id) {
        id -> Binary,
        account_id -> Binary,
        ground -> Text,
        placed_at -> BigInt,
        placed_by -> Text,
        lifted_at -> Nullable<BigInt>,
        lifted_by -> Nullable<Text>,
    }
}

diesel::table! {
    sessions (id) {
        id -> Binary,
        account_id -> Binary,
        secret_hash -> Binary,
        epoch -> BigInt,
        created_at -> BigInt,
        last_seen_at -> BigInt,
        expires_at -> BigInt,
        password_at -> BigInt,
        code_at -> Nullable<BigInt>,
        guardian_code_at -> Nullable<BigInt>,
        ended_at -> Nullable<BigInt>,
    }
}

diesel::table! {
    consents (account_id, client_id) {
        account_id -> Binary,
        client_id -> Text,
        scope -> Text,
        claims -> Text,
        purpose_hash -> Binary,
        given_at -> BigInt,
        withdrawn_at -> Nullable<BigInt>,
        grants_void_to -> BigInt,
    }
}

diesel::table! {
    consent_events (id) {
        id -> Binary,
        account_id -> Binary,
        client_id -> Text,
        at -> BigInt,
        action -> Text,
        scope -> Text,
        claims -> Text,
        purpose_hash -> Binary,
        language -> Text,
        authentication_level -> SmallInt,
        address -> Binary,
    }
}

diesel::table! {
    grants (id) {
        id -> Binary,
        account_id -> Nullable<Binary>,
        client_id -> Text,
        session_id -> Nullable<Binary>,
        scope -> Text,
        claims -> Text,
        authentication -> Text,
        epoch -> BigInt,
        created_at -> BigInt,
        expires_at -> BigInt,
        revoked_at -> Nullable<BigInt>,
    }
}

diesel::table! {
    refresh_families (grant_id) {
        grant_id -> Binary,
        counter -> BigInt,
        rotated_at -> BigInt,
        expires_at -> BigInt,
        revoked_at -> Nullable<BigInt>,
    }
}

diesel::table! {
    usage_records (id) {
        id -> Binary,
        grant_id -> Binary,
        account_id -> Binary,
        client_id -> Text,
        at -> BigInt,
        kind -> Text,
        attributes -> Text,
        account_level -> SmallInt,
        authentication_level -> SmallInt,
        acr -> Text,
        address -> Binary,
    }
}

diesel::table! {
    clients (client_id) {
        client_id -> Text,
        document -> Text,
        sector -> Text,
        origin -> Text,
        disabled_at -> Nullable<BigInt>,
        created_at -> BigInt,
        updated_at -> BigInt,
    }
}

diesel::table! {
    signing_keys (kid) {
        kid -> Text,
        alg -> Text,
        state -> Text,
        private_jwk -> Binary,
        public_jwk -> Text,
        created_at -> BigInt,
        activated_at -> Nullable<BigInt>,
        retired_at -> Nullable<BigInt>,
        published_to -> Nullable<BigInt>,
    }
}

diesel::table! {
    messages (id) {
        id -> Binary,
        channel -> Text,
        sealed -> Binary,
        number_hash -> Binary,
        recipient_hash -> Binary,
        created_at -> BigInt,
        expires_at -> BigInt,
        due_at -> Nullable<BigInt>,
        attempts -> Integer,
        delivered_at -> Nullable<BigInt>,
    }
}

diesel::table! {
    one_time_codes (account_id, purpose) {
        account_id -> Binary,
        purpose -> Text,
        code_hash -> Nullable<Binary>,
        sent_at -> BigInt,
        expires_at -> BigInt,
        tries -> Integer,
        sends -> Integer,
        failures -> Integer,
        window_started_at -> BigInt,
    }
}

diesel::table! {
    audit_events (id) {
        id -> Binary,
        at -> BigInt,
        actor -> Text,
        action -> Text,
        subject -> Nullable<Binary>,
        detail -> Text,
    }
}

diesel::table! {
    legacy_accounts (client_id, legacy_id) {
        client_id -> Text,
        legacy_id -> Text,
        number_hash -> Nullable<Binary>,
        old_number_hash -> Nullable<Binary>,
        sealed -> Binary,
        created_at -> BigInt,
    }
}

diesel::table! {
    imports (beginning) {
        beginning -> Binary,
        bytes -> BigInt,
        line -> BigInt,
        behind -> Binary,
        tally -> Text,
        started_at -> BigInt,
        updated_at -> BigInt,
    }
}

diesel::allow_tables_to_appear_in_same_query!(accounts, identities, guardians, sessions, consents, grants, refresh_families);
