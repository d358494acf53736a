//! Old portal accounts as they were handed over: found by the holder's number, sealed (Decree 69/2024 Art. 40).

use account_policy::Person;
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Binary, Nullable, Text};
use legacy_link::LegacyAccount;
use time::OffsetDateTime;

use crate::columns::{ms, to_json, unreadable};
use crate::schema::legacy_accounts;
use crate::{Db, Keyring, Place};

/// The stored old accounts.
#[derive(Debug, Clone, Copy)]
pub struct LegacyAccounts;

impl LegacyAccounts {
    /// Stores an old account, in place of what its portal handed over before under the same id.
    ///
    /// # Errors
    /// Of the database.
    pub fn upsert(db: &mut Db, keyring: &Keyring, account: &LegacyAccount, now: OffsetDateTime) -> QueryResult<()> {
        let plain = zeroize::Zeroizing::new(to_json("an old account", account)?);
        let row = row_key(&account.portal, &account.legacy_id);
        diesel::sql_query(
            "INSERT INTO legacy_accounts (client_id, legacy_id, number_hash, old_number_hash, sealed, created_at) VALUES ($1, $2, $3, $4, $5, $6) \
             ON CONFLICT (client_id, legacy_id) DO UPDATE SET number_hash = excluded.number_hash, old_number_hash = excluded.old_number_hash, \
             sealed = excluded.sealed",
        )
        .bind::<Text, _>(&account.portal)
        .bind::<Text, _>(&account.legacy_id)
        .bind::<Nullable<Binary>, _>(account.citizen_id.as_ref().map(|number| keyring.number_hash(number).0.to_vec()))
        .bind::<Nullable<Binary>, _>(account.old_id_number.as_deref().map(|number| keyring.old_number_hash(number).to_vec()))
        .bind::<Binary, _>(keyring.seal(place(&row), plain.as_bytes()))
        .bind::<BigInt, _>(ms(now))
        .execute(db)
        .map(drop)
    }

    /// The old accounts of one portal that bear the person's number or old number; `legacy_link` decides which is theirs.
    ///
    /// # Errors
    /// Of the database.
    pub fn find(db: &mut Db, keyring: &Keyring, client_id: &str, person: &Person) -> QueryResult<Vec<LegacyAccount>> {
        let number = keyring.number_hash(&person.citizen_id).0.to_vec();
        // No hash is all zero, so a person without an old number matches nothing by it.
        let old = person.old_id_number.as_deref().map_or([0; 32], |number| keyring.old_number_hash(number)).to_vec();
        let rows: Vec<(String, Vec<u8>)> = legacy_accounts::table
            .filter(legacy_accounts::client_id.eq(client_id))
            .filter(legacy_accounts::number_hash.eq(number).or(legacy_accounts::old_number_hash.eq(old)))
            .order(legacy_accounts::legacy_id)
            .select((legacy_accounts::legacy_id, legacy_accounts::sealed))
            .load(db)?;
        rows.into_iter().map(|(legacy_id, sealed)| open(keyring, client_id, &legacy_id, &sealed)).collect()
    }
}

pub(crate) fn open(keyring: &Keyring, client_id: &str, legacy_id: &str, sealed: &[u8]) -> QueryResult<LegacyAccount> {
    let row = row_key(client_id, legacy_id);
    let plain = keyring.unseal(place(&row), sealed).map_err(|e| unreadable("an old account", e))?;
    serde_json::from_slice(&plain).map_err(|e| unreadable("an old account", e))
}

fn row_key(client_id: &str, legacy_id: &str) -> Vec<u8> {
    [&(client_id.len() as u64).to_be_bytes(), client_id.as_bytes(), legacy_id.as_bytes()].concat()
}

fn place(row: &[u8]) -> Place<'_> {
    Place { table: "legacy_accounts", row, column: "sealed" }
}
