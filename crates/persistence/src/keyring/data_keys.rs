//! Table `data_keys`: data keys wrapped by the key-encryption key.

use std::collections::BTreeMap;

use diesel::prelude::*;
use diesel::sql_types::{BigInt, Binary, Integer, Text};
use time::OffsetDateTime;
use zeroize::Zeroizing;

use super::seal::{self, Place};
use super::{KeyEncryptionKey, RandomSource};
use crate::columns::ms;
use crate::schema::data_keys;
use crate::{Db, KeyringError};

/// One key for each use: a key that leaks in one place opens nothing elsewhere.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Purpose {
    Sealing,
    Lookup,
    Pairwise,
    AccessToken,
    Refresh,
    Csrf,
}

impl Purpose {
    pub const ALL: [Self; 6] = [Self::Sealing, Self::Lookup, Self::Pairwise, Self::AccessToken, Self::Refresh, Self::Csrf];

    pub fn as_str(self) -> &'static str {
        match self {
            Self::Sealing => "sealing",
            Self::Lookup => "lookup",
            Self::Pairwise => "pairwise",
            Self::AccessToken => "access_token",
            Self::Refresh => "refresh",
            Self::Csrf => "csrf",
        }
    }
}

/// One unwrapped key.
#[derive(Clone)]
pub(super) struct Generation {
    pub id: u8,
    pub key: Zeroizing<[u8; 32]>,
}

/// A row.
#[derive(Debug, Clone, Queryable)]
pub(super) struct Wrapped {
    pub purpose: String,
    pub generation: i32,
    pub wrapped: Vec<u8>,
    pub created_at: i64,
}

pub(super) fn load(db: &mut Db) -> QueryResult<Vec<Wrapped>> {
    data_keys::table
        .select((data_keys::purpose, data_keys::generation, data_keys::wrapped, data_keys::created_at))
        .order((data_keys::purpose, data_keys::generation))
        .load(db)
}

/// Adds what nobody added meanwhile. A handful of rows, once in an installation's life.
pub(super) fn add(db: &mut Db, keys: &[Wrapped]) -> QueryResult<()> {
    for key in keys {
        diesel::sql_query(
            "INSERT INTO data_keys (purpose, generation, wrapped, created_at) VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING",
        )
        .bind::<Text, _>(&key.purpose)
        .bind::<Integer, _>(key.generation)
        .bind::<Binary, _>(&key.wrapped)
        .bind::<BigInt, _>(key.created_at)
        .execute(db)?;
    }
    Ok(())
}

pub(super) fn make(purpose: Purpose, generation: u8, kek: &KeyEncryptionKey, random: &RandomSource, now: OffsetDateTime) -> Wrapped {
    let mut key = Zeroizing::new([0; 32]);
    random(key.as_mut_slice());
    let mut nonce = [0; seal::NONCE];
    random(&mut nonce);
    let row = row(purpose.as_str(), generation);
    let wrapped = seal::seal(&wrapping(kek), place(&row), key.as_slice(), nonce);
    Wrapped { purpose: purpose.as_str().to_owned(), generation: i32::from(generation), wrapped, created_at: ms(now) }
}

/// All keys by purpose, oldest generation first; no purpose is empty. Purposes of a later release are left alone.
pub(super) fn unwrap(rows: &[Wrapped], kek: &KeyEncryptionKey) -> Result<BTreeMap<Purpose, Vec<Generation>>, KeyringError> {
    let mut keys: BTreeMap<Purpose, Vec<Generation>> = BTreeMap::new();
    for wrapped in rows {
        let Some(purpose) = Purpose::ALL.into_iter().find(|purpose| purpose.as_str() == wrapped.purpose) else { continue };
        let id = u8::try_from(wrapped.generation).map_err(|_| KeyringError::WrongKeyEncryptionKey)?;
        let row = row(&wrapped.purpose, id);
        let plain = seal::unseal(&[wrapping(kek)], place(&row), &wrapped.wrapped).map_err(|_| KeyringError::WrongKeyEncryptionKey)?;
        let key = plain.as_slice().try_into().map(Zeroizing::new).map_err(|_| KeyringError::WrongKeyEncryptionKey)?;
        keys.entry(purpose).or_default().push(Generation { id, key });
    }
    Ok(keys)
}

/// The key-encryption key in the role of a sealing key.
fn wrapping(kek: &KeyEncryptionKey) -> Generation {
    Generation { id: 0, key: kek.0.clone() }
}

fn row(purpose: &str, generation: u8) -> Vec<u8> {
    [purpose.as_bytes(), &[0, generation]].concat()
}

fn place(row: &[u8]) -> Place<'_> {
    Place { table: "data_keys", row, column: "wrapped" }
}
