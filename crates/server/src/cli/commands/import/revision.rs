//! What a row means for a person who has an account already (Decree 69/2024/NĐ-CP Art. 8: data follows the population database).
//!
//! - What the row says replaces what was there; what it does not say stays.
//! - An import never takes back: a password that is there, a level that was reached, an activation. Such rows are counted as kept.
//! - A new phone number, mailbox or guardian ends the account's sessions and tokens (its epoch rises): they were proven with the old one. Other
//!   data does not: claims are read at every use, and consents name attributes, not values.

use account_policy::{AccountLevel, AccountState, Documents, Gender, GuardianRelation, HolderKind, Person};
use persistence::accounts::Account;
use persistence::holders::{Holder, StoredHolder};
use persistence::{Db, Keyring, QueryResult};
use time::OffsetDateTime;
use uuid::Uuid;

use super::columns::Refusal;
use super::row::Said;
use super::tally::Kept;

/// What a row says.
pub(super) struct Statement<'a> {
    pub kind: HolderKind,
    pub level: AccountLevel,
    pub state: AccountState,
    pub password_hash: Option<&'a str>,
    pub guardian: Option<(Uuid, GuardianRelation)>,
    pub said: Said,
    pub person: Person,
}

/// What is to be done to the account.
#[derive(Debug, Default)]
pub(super) struct Revision {
    person: Option<Box<Person>>,
    standing: Option<(AccountLevel, AccountState)>,
    password_hash: Option<String>,
    guardian: Option<(Uuid, GuardianRelation)>,
    ends_sessions: bool,
    /// What the row would have taken back.
    pub kept: Kept,
}

impl Revision {
    /// Compares.
    pub fn of(stored: &StoredHolder, statement: Statement<'_>) -> Result<Self, Refusal> {
        let Statement { kind, level, state, password_hash, guardian, said, person } = statement;
        let account = &stored.account;
        if kind != account.kind {
            return Err(Refusal::further(
                "person.foreigner".to_owned(),
                "makes a foreigner of a citizen or the reverse; the account is of the other kind",
            ));
        }
        let mut revision = Self::default();
        let state = if said.state { state } else { account.state };
        revision.kept.level = level < account.level;
        revision.kept.state = state < account.state;
        let standing = (level.max(account.level), if revision.kept.state { account.state } else { state });
        revision.standing = Some(standing).filter(|standing| *standing != (account.level, account.state));
        match (password_hash, &account.password_hash) {
            (Some(new), None) => revision.password_hash = Some(new.to_owned()),
            (Some(new), Some(old)) => revision.kept.password = new != old,
            (None, _) => {}
        }
        let person = overlaid(person, &stored.person, said);
        let reached_elsewhere = person.phone != stored.person.phone || person.email != stored.person.email;
        revision.person = Some(Box::new(person)).filter(|person| **person != *stored.person);
        revision.guardian = guardian.filter(|_| guardian != stored.guardian);
        revision.ends_sessions = reached_elsewhere || revision.guardian.is_some();
        Ok(revision)
    }

    /// Whether nothing is to be done.
    pub fn is_empty(&self) -> bool {
        self.person.is_none() && self.standing.is_none() && self.password_hash.is_none() && self.guardian.is_none()
    }

    /// What changes, for the audit log: kinds of data, never their content.
    pub fn subjects(&self) -> Vec<&'static str> {
        [
            ("person", self.person.is_some()),
            ("standing", self.standing.is_some()),
            ("password", self.password_hash.is_some()),
            ("guardian", self.guardian.is_some()),
            ("sessions ended", self.ends_sessions),
        ]
        .into_iter()
        .filter_map(|(subject, changes)| changes.then_some(subject))
        .collect()
    }

    /// Does it.
    pub fn apply(&self, db: &mut Db, keyring: &Keyring, account: Uuid, now: OffsetDateTime) -> QueryResult<()> {
        if let Some(person) = &self.person {
            let person = Person { updated_at: now, ..Person::clone(person) };
            Holder::update_person(db, keyring, account, &person, now)?;
        }
        if let Some((level, state)) = self.standing {
            Account::set_standing(db, account, level, state, now)?;
        }
        if let Some(hash) = &self.password_hash {
            Account::set_password(db, account, hash, now)?;
        }
        if let Some((guardian, relation)) = self.guardian {
            Holder::set_guardian(db, account, guardian, relation, now)?;
        }
        if self.ends_sessions {
            Account::raise_epoch(db, account, now)?;
        }
        Ok(())
    }
}

/// The stored person with what the row says laid over it; `updated_at` stays, so that equal persons are equal.
fn overlaid(new: Person, stored: &Person, said: Said) -> Person {
    let or = |new: Option<String>, stored: &Option<String>| new.or_else(|| stored.clone());
    Person {
        // The parts of a name that is the same may be known better than they can be guessed.
        name: if new.name.full == stored.name.full { stored.name.clone() } else { new.name },
        gender: if new.gender == Gender::Unknown { stored.gender } else { new.gender },
        nationality: if said.nationality { new.nationality } else { stored.nationality.clone() },
        locale: if said.locale { new.locale } else { stored.locale.clone() },
        phone_verified: if new.phone.is_some() { new.phone_verified } else { stored.phone_verified },
        phone: new.phone.or_else(|| stored.phone.clone()),
        email_verified: if new.email.is_some() { new.email_verified } else { stored.email_verified },
        email: or(new.email, &stored.email),
        old_id_number: or(new.old_id_number, &stored.old_id_number),
        permanent_residence: new.permanent_residence.or_else(|| stored.permanent_residence.clone()),
        temporary_residence: new.temporary_residence.or_else(|| stored.temporary_residence.clone()),
        current_residence: new.current_residence.or_else(|| stored.current_residence.clone()),
        household: or(new.household, &stored.household),
        place_of_birth: or(new.place_of_birth, &stored.place_of_birth),
        place_of_birth_registration: or(new.place_of_birth_registration, &stored.place_of_birth_registration),
        place_of_origin: or(new.place_of_origin, &stored.place_of_origin),
        ethnicity: or(new.ethnicity, &stored.ethnicity),
        religion: or(new.religion, &stored.religion),
        card: new.card.or_else(|| stored.card.clone()),
        eid: new.eid.or_else(|| stored.eid.clone()),
        documents: documents(new.documents, &stored.documents),
        foreigner: new.foreigner.or_else(|| stored.foreigner.clone()),
        organizations: if new.organizations.is_empty() { stored.organizations.clone() } else { new.organizations },
        updated_at: stored.updated_at,
        citizen_id: new.citizen_id,
        birthdate: new.birthdate,
    }
}

fn documents(new: Documents, stored: &Documents) -> Documents {
    Documents {
        driving_licence: new.driving_licence.or_else(|| stored.driving_licence.clone()),
        vehicle_registration: new.vehicle_registration.or_else(|| stored.vehicle_registration.clone()),
        health_insurance: new.health_insurance.or_else(|| stored.health_insurance.clone()),
        social_insurance: new.social_insurance.or_else(|| stored.social_insurance.clone()),
    }
}
