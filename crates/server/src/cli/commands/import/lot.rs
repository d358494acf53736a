//! A lot: the rows of one transaction, ready to be written, and how it is written.

use std::collections::HashMap;

use account_policy::{GuardianRelation, HolderKind};
use persistence::accounts::Account;
use persistence::bulk::SealedHolder;
use persistence::holders::{Holder, Insertion, NewHolder, StoredHolder};
use persistence::{Db, Keyring, NumberHash, QueryResult};
use serde_json::json;
use time::OffsetDateTime;
use uuid::Uuid;

use super::columns::{Column, Refusal};
use super::revision::{Revision, Statement};
use super::row::{Newcomer, Said};
use super::source::Mark;
use super::tally::{Kept, Tally};
use crate::cli::Opened;
use crate::cli::commands::audit;

/// A row that was checked, with its line and the hash that finds its account.
pub(super) struct Checked {
    pub line: u64,
    pub number: NumberHash,
    /// Boxed: rows are sorted, and a person is a kilobyte.
    pub newcomer: Box<Newcomer>,
}

/// The rows of one transaction. They are sealed and hashed already: the transaction only writes.
pub(super) struct Lot {
    /// In the order of their hashes, ids rising: every page of every index is touched once.
    rows: Vec<Ready>,
    /// Whose guardian is named; in the order of their lines, since a guardian may stand in the same lot.
    wards: Vec<Ward>,
    /// What was settled before the transaction: refused rows, and rows that change nothing.
    pub settled: Tally,
    /// Where the import stands when this lot is in.
    pub mark: Mark,
}

struct Ready {
    line: u64,
    said: Said,
    holder: SealedHolder,
}

struct Ward {
    ready: Ready,
    guardian: NumberHash,
    relation: GuardianRelation,
}

/// What became of a row.
enum Fate {
    Accepted,
    Changed(Kept),
    Unchanged(Kept),
    Refused(Refusal),
}

impl Lot {
    /// Seals the rows.
    pub fn seal(opened: &Opened, keyring: &Keyring, mut rows: Vec<Checked>, settled: Tally, mark: Mark) -> QueryResult<Self> {
        let now = opened.clock.now();
        // Stable: of two rows with one number the earlier line is written first.
        rows.sort_by_key(|row| row.number.0);
        let mut ids: Vec<Uuid> = rows.iter().map(|_| opened.randomness.uuid(now)).collect();
        ids.sort_unstable();
        let mut lot = Self { rows: Vec::with_capacity(rows.len()), wards: Vec::new(), settled, mark };
        for (Checked { line, number, newcomer }, id) in rows.into_iter().zip(ids) {
            let Newcomer { person, level, state, password_hash, guardian, said } = *newcomer;
            let kind = if person.foreigner.is_some() { HolderKind::Foreigner } else { HolderKind::Citizen };
            let new = NewHolder { id, kind, level, state, password_hash, person, guardian: None, created_at: now };
            let ready = Ready { line, said, holder: SealedHolder::seal(keyring, new, number)? };
            match guardian {
                Some((number, relation)) => lot.wards.push(Ward { ready, guardian: keyring.number_hash(&number), relation }),
                None => lot.rows.push(ready),
            }
        }
        lot.wards.sort_by_key(|ward| ward.ready.line);
        Ok(lot)
    }

    /// Lines of the lot, for an error.
    pub fn lines(&self) -> (u64, u64) {
        let lines = || self.rows.iter().chain(self.wards.iter().map(|ward| &ward.ready)).map(|ready| ready.line);
        (lines().min().unwrap_or(self.mark.line), self.mark.line)
    }

    /// Writes the rows, in the transaction that `db` is in. Adds to the tally; answers who was refused.
    pub fn write(&self, db: &mut Db, opened: &Opened, keyring: &Keyring, tally: &mut Tally) -> QueryResult<Vec<(u64, Refusal)>> {
        let writing = Writing { opened, keyring, now: opened.clock.now() };
        let mut refusals = Vec::new();
        let mut settle = |line, fate| match fate {
            Fate::Accepted => tally.accepted += 1,
            Fate::Changed(kept) => {
                tally.changed += 1;
                tally.keep(kept);
            }
            Fate::Unchanged(kept) => {
                tally.unchanged += 1;
                tally.keep(kept);
            }
            Fate::Refused(refusal) => {
                tally.refused += 1;
                refusals.push((line, refusal));
            }
        };
        let holders: Vec<&SealedHolder> = self.rows.iter().map(|ready| &ready.holder).collect();
        let insertions = SealedHolder::insert_all(db, &holders)?;
        let mut begun = HashMap::new();
        for (ready, insertion) in self.rows.iter().zip(insertions) {
            if insertion == Insertion::Done && !self.wards.is_empty() {
                begun.insert(ready.holder.number_hash, ready.line);
            }
            settle(ready.line, writing.settle(db, ready, insertion, None)?);
        }
        for ward in &self.wards {
            settle(ward.ready.line, writing.ward(db, ward, &begun)?);
        }
        Ok(refusals)
    }
}

struct Writing<'a> {
    opened: &'a Opened,
    keyring: &'a Keyring,
    now: OffsetDateTime,
}

impl Writing<'_> {
    /// What the insertion left to do: nothing, or a comparison with the account that is there.
    fn settle(&self, db: &mut Db, ready: &Ready, insertion: Insertion, guardian: Option<(Uuid, GuardianRelation)>) -> QueryResult<Fate> {
        if insertion == Insertion::Done {
            return Ok(Fate::Accepted);
        }
        let Some(stored) = StoredHolder::hold_by_number(db, self.keyring, &ready.holder.number_hash)? else {
            return Ok(Fate::Refused(Refusal::row("has an account without a person; restore the database from a backup")));
        };
        let revision = match ready.statement(self.keyring, guardian).map(|statement| Revision::of(&stored, statement))? {
            Ok(revision) => revision,
            Err(refusal) => return Ok(Fate::Refused(refusal)),
        };
        if revision.is_empty() {
            return Ok(Fate::Unchanged(revision.kept));
        }
        revision.apply(db, self.keyring, stored.account.id, self.now)?;
        let detail = json!({ "changed": revision.subjects() });
        audit::event(self.opened, "account.changed_by_import", Some(stored.account.id), &detail).append(db)?;
        Ok(Fate::Changed(revision.kept))
    }

    /// Someone with a guardian, whose account must be there, or come on an earlier line, however the lots are cut.
    fn ward(&self, db: &mut Db, ward: &Ward, begun: &HashMap<NumberHash, u64>) -> QueryResult<Fate> {
        let comes_later = begun.get(&ward.guardian).is_some_and(|line| *line > ward.ready.line);
        let guardian = if comes_later { None } else { Account::find_by_number(db, &ward.guardian)? };
        let Some(guardian) = guardian else {
            return Ok(Fate::Refused(Refusal::of(Column::GuardianCitizenId, "has no account; import the guardian on an earlier line")));
        };
        let guardian = (guardian.id, ward.relation);
        let holder = &ward.ready.holder;
        let insertion = SealedHolder::insert_all(db, &[holder])?.first().copied().unwrap_or(Insertion::NumberTaken);
        if insertion == Insertion::Done {
            Holder::set_guardian(db, holder.id, guardian.0, guardian.1, self.now)?;
        }
        self.settle(db, &ward.ready, insertion, Some(guardian))
    }
}

impl Ready {
    fn statement(&self, keyring: &Keyring, guardian: Option<(Uuid, GuardianRelation)>) -> QueryResult<Statement<'_>> {
        let holder = &self.holder;
        let (kind, level, state, password_hash) = (holder.kind(), holder.level(), holder.state(), holder.password_hash());
        Ok(Statement { kind, level, state, password_hash, guardian, said: self.said, person: holder.person(keyring)? })
    }
}

/// What a row would do to an account that is there; `None`: it has none, or names a guardian, and the transaction must tell.
pub(super) fn look(db: &mut Db, keyring: &Keyring, row: &Checked) -> QueryResult<Option<Result<Revision, Refusal>>> {
    let newcomer = &row.newcomer;
    if newcomer.guardian.is_some() {
        return Ok(None);
    }
    let Some(stored) = StoredHolder::find_by_number(db, keyring, &row.number)? else { return Ok(None) };
    let kind = if newcomer.person.foreigner.is_some() { HolderKind::Foreigner } else { HolderKind::Citizen };
    let statement = Statement {
        kind,
        level: newcomer.level,
        state: newcomer.state,
        password_hash: newcomer.password_hash.as_deref(),
        guardian: None,
        said: newcomer.said,
        person: newcomer.person.clone(),
    };
    Ok(Some(Revision::of(&stored, statement)))
}
