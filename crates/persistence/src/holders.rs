//! Holders: an account with its person, unsealed, and the facts the law asks about.

use std::sync::Arc;

use account_policy::{AccountLevel, AccountState, Facts, Guardian, GuardianRelation, HolderKind, IdCard, Person, may_represent};
use diesel::dsl::Nullable;
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Binary, Text};
use time::{Date, OffsetDateTime};
use uuid::Uuid;

use crate::accounts::{Account, Row as AccountRow};
use crate::bulk::SealedHolder;
use crate::columns::{from_json, id, id_bytes, ms, to_json, unreadable};
use crate::connection::{on, written};
use crate::keyring::OpenedPerson;
use crate::rows::Hold;
use crate::schema::{accounts, guardians, identities};
use crate::{Db, Keyring, NumberHash, Place};

/// Everything known about one holder. `Debug` shows no personal data.
#[derive(Debug, Clone)]
pub struct Holder {
    /// The account.
    pub account: Account,
    /// What the law asks about, as of the day it was loaded for.
    pub facts: Facts,
    /// The person's data.
    pub person: Arc<Person>,
    /// The guardian's data, when there is one: whose phone gets the code (Decree 69/2024 Art. 14.2).
    pub guardian: Option<Arc<Person>>,
}

/// A holder to be inserted.
#[derive(Debug, Clone)]
pub struct NewHolder {
    /// Time-ordered id.
    pub id: Uuid,
    /// Citizen or foreigner.
    pub kind: HolderKind,
    /// How the person was registered.
    pub level: AccountLevel,
    /// Requested, issued, active.
    pub state: AccountState,
    /// PHC string of Argon2id.
    pub password_hash: Option<String>,
    /// The person; the account is found by `person.citizen_id`.
    pub person: Person,
    /// The guardian's account and what makes them one.
    pub guardian: Option<(Uuid, GuardianRelation)>,
    /// Now.
    pub created_at: OffsetDateTime,
}

/// What became of an insertion.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Insertion {
    /// It is there now.
    Done,
    /// The number has an account already; nothing was changed.
    NumberTaken,
}

impl Holder {
    /// Loads a holder with the facts as of the legal day `on`: one read, and a second for the guardian's own standing.
    ///
    /// # Errors
    /// Of the database; also when the data does not unseal.
    pub fn load(db: &mut Db, keyring: &Keyring, account: Uuid, on: Date) -> QueryResult<Option<Self>> {
        let Some(stored) = StoredHolder::find(db, keyring, account)? else { return Ok(None) };
        stored.with_guardian(db, keyring, on).map(Some)
    }

    /// The holder of a row that another read has brought along: [`columns`] of the same tables.
    pub(crate) fn of_row(db: &mut Db, keyring: &Keyring, row: HolderRow, on: Date) -> QueryResult<Self> {
        StoredHolder::of_row(keyring, row)?.with_guardian(db, keyring, on)
    }

    /// Inserts a holder, unless the number has an account.
    ///
    /// # Errors
    /// Of the database.
    pub fn insert(db: &mut Db, keyring: &Keyring, new: &NewHolder) -> QueryResult<Insertion> {
        let sealed = SealedHolder::seal(keyring, new.clone(), keyring.number_hash(&new.person.citizen_id))?;
        if SealedHolder::insert_all(db, &[&sealed])? == [Insertion::NumberTaken] {
            return Ok(Insertion::NumberTaken);
        }
        if let Some((guardian, relation)) = new.guardian {
            Self::set_guardian(db, new.id, guardian, relation, new.created_at)?;
        }
        Ok(Insertion::Done)
    }

    /// Replaces the person's data (Decree 69/2024 Art. 8). The citizen ID number is not changed by this.
    ///
    /// # Errors
    /// Of the database.
    pub fn update_person(db: &mut Db, keyring: &Keyring, account: Uuid, person: &Person, now: OffsetDateTime) -> QueryResult<bool> {
        diesel::update(identities::table.find(id_bytes(&account)))
            .set((
                identities::key_id.eq(keyring.sealing_key_id()),
                identities::sealed.eq(seal(keyring, account, person)?),
                identities::updated_at.eq(ms(now)),
            ))
            .execute(db)
            .map(|rows| rows == 1)
    }

    /// Records who acts for a child, ward or represented person; replaces who did before.
    ///
    /// # Errors
    /// Of the database.
    pub fn set_guardian(db: &mut Db, account: Uuid, guardian: Uuid, relation: GuardianRelation, now: OffsetDateTime) -> QueryResult<()> {
        diesel::sql_query(
            "INSERT INTO guardians (account_id, guardian_id, relation, created_at) VALUES ($1, $2, $3, $4) \
             ON CONFLICT (account_id) DO UPDATE SET guardian_id = excluded.guardian_id, relation = excluded.relation, created_at = excluded.created_at",
        )
        .bind::<Binary, _>(id_bytes(&account))
        .bind::<Binary, _>(id_bytes(&guardian))
        .bind::<Text, _>(relation_code(relation))
        .bind::<BigInt, _>(ms(now))
        .execute(db)
        .map(drop)
    }
}

/// One account with its person, before the guardian's standing is known. `Debug` shows no personal data.
#[derive(Debug, Clone)]
pub struct StoredHolder {
    /// The account.
    pub account: Account,
    /// The person's data.
    pub person: Arc<Person>,
    /// The guardian's account and what makes them one.
    pub guardian: Option<(Uuid, GuardianRelation)>,
}

/// What a holder is made of, and where it comes from: `accounts` joined with `identities` and, left, `guardians`.
pub(crate) type HolderRow = (AccountRow, Vec<u8>, Option<(Vec<u8>, String)>);
pub(crate) type Columns =
    (<accounts::table as Table>::AllColumns, identities::sealed, Nullable<(guardians::guardian_id, guardians::relation)>);

/// The columns of [`HolderRow`].
macro_rules! columns {
    () => {
        "accounts.id, accounts.number_hash, accounts.kind, accounts.level, accounts.state, accounts.password_hash, accounts.epoch, \
         accounts.lock_grounds, accounts.created_at, accounts.updated_at, accounts.password_changed_at, identities.sealed, \
         guardians.guardian_id, guardians.relation"
    };
}

/// What joins a holder to `accounts`.
macro_rules! joined {
    () => {
        " JOIN identities ON identities.account_id = accounts.id LEFT JOIN guardians ON guardians.account_id = accounts.id"
    };
}
pub(crate) use {columns, joined};

/// The one query that reads a holder, by two keys.
macro_rules! stored_by {
    ($query:ident, $column:literal) => {
        struct $query<'a>(&'a [u8]);

        written!($query -> Columns, |query, out| {
            out.push_sql(concat!("SELECT ", columns!(), " FROM accounts", joined!(), " WHERE accounts.", $column, " = "));
            out.push_bind_param::<Binary, _>(query.0)
        });
    };
}
stored_by!(ById, "id");
stored_by!(ByNumber, "number_hash");

impl StoredHolder {
    /// By the account's id.
    ///
    /// # Errors
    /// Of the database; also when the data does not unseal.
    pub fn find(db: &mut Db, keyring: &Keyring, account: Uuid) -> QueryResult<Option<Self>> {
        let query = ById(id_bytes(&account));
        let found = on!(db, |connection| query.get_result::<HolderRow>(connection)).optional()?;
        found.map(|row| Self::of_row(keyring, row)).transpose()
    }

    /// By citizen ID number, among very many: the person does not stay open.
    ///
    /// # Errors
    /// As [`Self::find`].
    pub fn find_by_number(db: &mut Db, keyring: &Keyring, number: &NumberHash) -> QueryResult<Option<Self>> {
        let query = ByNumber(number.0.as_slice());
        let found = on!(db, |connection| query.get_result::<HolderRow>(connection)).optional()?;
        let Some((row, sealed, guardian)) = found else { return Ok(None) };
        let account = Account::try_from(row)?;
        Ok(Some(Self { person: Arc::new(open(keyring, account.id, &sealed)?), account, guardian: guardian_of(guardian)? }))
    }

    /// [`Self::find_by_number`], in a transaction that decides by what it reads: nobody else changes the account until it ends.
    ///
    /// # Errors
    /// As [`Self::find`].
    pub fn hold_by_number(db: &mut Db, keyring: &Keyring, number: &NumberHash) -> QueryResult<Option<Self>> {
        Hold::AccountOfNumber.key(db, &number.0)?;
        Self::find_by_number(db, keyring, number)
    }

    fn of_row(keyring: &Keyring, (row, sealed, guardian): HolderRow) -> QueryResult<Self> {
        let account = Account::try_from(row)?;
        Ok(Self { person: unseal(keyring, account.id, &sealed)?, account, guardian: guardian_of(guardian)? })
    }

    fn with_guardian(self, db: &mut Db, keyring: &Keyring, on: Date) -> QueryResult<Holder> {
        let Some((guardian_id, relation)) = self.guardian else { return Ok(self.into_holder(None, None)) };
        let guardian = Self::find(db, keyring, guardian_id)?;
        let admitted = guardian.as_ref().is_some_and(|guardian| may_represent(&guardian.facts(None), on).is_ok());
        let person = guardian.map(|guardian| guardian.person);
        Ok(self.into_holder(Some(Guardian { account: guardian_id, admitted, relation }), person))
    }

    fn facts(&self, guardian: Option<Guardian>) -> Facts {
        let (account, person) = (&self.account, &self.person);
        Facts {
            kind: account.kind,
            account_level: account.level,
            state: account.state,
            birthdate: person.birthdate,
            card: person.card.as_ref().map(|card| IdCard { expires_on: card.expires_on }),
            residence_expires_on: person.foreigner.as_ref().map(|document| document.residence_expires_on),
            travel_document_expires_on: person.foreigner.as_ref().map(|document| document.expires_on),
            lock_grounds: account.lock_grounds,
            has_eid: person.eid.is_some(),
            guardian,
        }
    }

    fn into_holder(self, guardian: Option<Guardian>, guardian_person: Option<Arc<Person>>) -> Holder {
        let facts = self.facts(guardian);
        Holder { account: self.account, facts, person: self.person, guardian: guardian_person }
    }
}

fn guardian_of(guardian: Option<(Vec<u8>, String)>) -> QueryResult<Option<(Uuid, GuardianRelation)>> {
    guardian.map(|(guardian, code)| Ok((id(&guardian)?, relation(&code)?))).transpose()
}

pub(crate) fn seal(keyring: &Keyring, account: Uuid, person: &Person) -> QueryResult<Vec<u8>> {
    let plain = zeroize::Zeroizing::new(to_json("a person", person)?);
    Ok(keyring.seal(place(&account), plain.as_bytes()))
}

/// A sign-in reads its holder three times within a second or two, so the last persons that were opened stay open: as long as the row holds
/// the very bytes that were opened, nonce and tag included.
fn unseal(keyring: &Keyring, account: Uuid, sealed: &[u8]) -> QueryResult<Arc<Person>> {
    if let Some(known) = keyring.opened().get(&account)
        && *known.sealed == *sealed
    {
        return Ok(known.person);
    }
    let person = Arc::new(open(keyring, account, sealed)?);
    keyring.opened().insert(account, OpenedPerson { sealed: sealed.into(), person: Arc::clone(&person) });
    Ok(person)
}

/// Opens a person, and keeps nothing.
pub(crate) fn open(keyring: &Keyring, account: Uuid, sealed: &[u8]) -> QueryResult<Person> {
    let plain = keyring.unseal(place(&account), sealed).map_err(|e| unreadable("a person", e))?;
    let text = std::str::from_utf8(&plain).map_err(|_| unreadable("a person", "not UTF-8"))?;
    from_json("a person", text)
}

fn place(account: &Uuid) -> Place<'_> {
    Place { table: "identities", row: id_bytes(account), column: "sealed" }
}

fn relation_code(relation: GuardianRelation) -> &'static str {
    match relation {
        GuardianRelation::Parent => "parent",
        GuardianRelation::Guardian => "guardian",
        GuardianRelation::LegalRepresentative => "legal_representative",
    }
}

fn relation(code: &str) -> QueryResult<GuardianRelation> {
    match code {
        "parent" => Ok(GuardianRelation::Parent),
        "guardian" => Ok(GuardianRelation::Guardian),
        "legal_representative" => Ok(GuardianRelation::LegalRepresentative),
        other => Err(unreadable("a guardian's relation", other)),
    }
}
