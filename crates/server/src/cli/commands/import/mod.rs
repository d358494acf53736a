//! `dinhdanh accounts import`: rows in, accounts out; safe to repeat.
//!
//! 1. [`source`] reads row by row, [`row`] checks each.
//! 2. Rows that passed go in 200 a transaction. A number that has an account is left alone, so a broken import is simply run again.
//! 3. A refused row is named by line and column, never by its content: the output of an import may end in a log.

mod row;
mod source;

use std::io::BufRead;
use std::sync::Arc;
use std::thread;

use account_policy::{CitizenId, HolderKind};
use anyhow::Context;
use persistence::accounts::Account;
use persistence::holders::{Holder, Insertion, NewHolder};
use persistence::{Db, Keyring, Mode, QueryResult};
use serde_json::{Value, json};

use self::row::Newcomer;
use crate::cli::arguments::ImportFormat;
use crate::cli::{Audience, Opened, Report};

/// More rows in one transaction starve the requests of a running node (design section 3).
const ROWS_A_TRANSACTION: usize = 200;
/// So many refused rows are named; the rest is counted.
const NAMED: usize = 1000;

/// Whether an import writes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Run {
    /// It does.
    Real,
    /// It checks every row, and leaves it at that.
    Dry,
}

/// Imports the rows of the input.
///
/// # Errors
/// When the input cannot be read on, or the database fails; what was committed stays.
pub fn import(
    opened: &Opened,
    format: ImportFormat,
    run: Run,
    input: &mut dyn BufRead,
    audience: &mut dyn Audience,
) -> anyhow::Result<Report> {
    let mut import = Import { opened, run, batch: Vec::new(), tally: Tally::default() };
    let sandbox = opened.store.mode() == Mode::Sandbox;
    for line in source::rows(format, input)? {
        let line = line?;
        match line.row.and_then(|row| row.admit(sandbox, opened.clock.now())) {
            Ok(newcomer) => import.batch.push((line.number, newcomer)),
            Err(problem) => import.tally.refuse(line.number, problem, audience),
        }
        if import.batch.len() == ROWS_A_TRANSACTION {
            import.commit(audience)?;
            audience.progress(line.position);
        }
    }
    import.commit(audience)?;
    Ok(import.tally.report(run))
}

struct Import<'a> {
    opened: &'a Opened,
    run: Run,
    batch: Vec<(u64, Newcomer)>,
    tally: Tally,
}

/// A newcomer as the transaction inserts it.
struct Prepared {
    line: u64,
    holder: NewHolder,
    guardian: Option<(CitizenId, account_policy::GuardianRelation)>,
}

/// What became of a row.
enum Outcome {
    Imported,
    Present,
    GuardianUnknown,
}

impl Import<'_> {
    fn commit(&mut self, audience: &mut dyn Audience) -> anyhow::Result<()> {
        let batch: Vec<Prepared> = self.batch.drain(..).map(|(line, newcomer)| prepare(self.opened, line, newcomer)).collect();
        if self.run == Run::Dry {
            self.tally.imported += batch.len() as u64;
            return Ok(());
        }
        let begun = self.opened.clock.now();
        let keyring = self.opened.keyring()?.clone();
        let lines: Vec<u64> = batch.iter().map(|prepared| prepared.line).collect();
        let batch = Arc::new(batch);
        let inserting = move |db: &mut Db| batch.iter().map(|prepared| insert(db, &keyring, prepared)).collect::<QueryResult<Vec<_>>>();
        let outcomes = self.opened.store.run_blocking(inserting).with_context(|| {
            format!("lines {} to {} were not imported; run the import again", lines.first().unwrap_or(&0), lines.last().unwrap_or(&0))
        })?;
        for (line, outcome) in lines.into_iter().zip(outcomes) {
            match outcome {
                Outcome::Imported => self.tally.imported += 1,
                Outcome::Present => self.tally.present += 1,
                Outcome::GuardianUnknown => {
                    let problem = "guardian_citizen_id has no account; import the guardian first".to_owned();
                    self.tally.refuse(line, problem, audience);
                }
            }
        }
        if audience.beside_a_node() {
            // As long as the transaction took, within a second.
            let pause = (self.opened.clock.now() - begun).clamp(time::Duration::ZERO, time::Duration::SECOND);
            thread::sleep(pause.unsigned_abs());
        }
        Ok(())
    }
}

fn prepare(opened: &Opened, line: u64, newcomer: Newcomer) -> Prepared {
    let now = opened.clock.now();
    let kind = if newcomer.person.foreigner.is_some() { HolderKind::Foreigner } else { HolderKind::Citizen };
    let Newcomer { person, level, state, password_hash, guardian } = newcomer;
    let id = opened.randomness.uuid(now);
    let holder = NewHolder { id, kind, level, state, password_hash, person, guardian: None, created_at: now };
    Prepared { line, holder, guardian }
}

fn insert(db: &mut Db, keyring: &Keyring, prepared: &Prepared) -> QueryResult<Outcome> {
    let mut holder = prepared.holder.clone();
    if let Some((number, relation)) = &prepared.guardian {
        let Some(guardian) = Account::find_by_number(db, &keyring.number_hash(number))? else { return Ok(Outcome::GuardianUnknown) };
        holder.guardian = Some((guardian.id, *relation));
    }
    Ok(match Holder::insert(db, keyring, &holder)? {
        Insertion::Done => Outcome::Imported,
        Insertion::NumberTaken => Outcome::Present,
    })
}

#[derive(Default)]
struct Tally {
    imported: u64,
    present: u64,
    refused: u64,
    named: Vec<Value>,
}

impl Tally {
    fn refuse(&mut self, line: u64, problem: String, audience: &mut dyn Audience) {
        self.refused += 1;
        if self.named.len() < NAMED {
            audience.note(&format!("line {line}: {problem}"));
            self.named.push(json!({ "line": line, "problem": problem }));
        }
    }

    fn report(self, run: Run) -> Report {
        let verb = if run == Run::Dry { "would come in" } else { "imported" };
        let text = format!("{} {verb}, {} already there, {} refused\n", self.imported, self.present, self.refused);
        let json = json!({
            "dry_run": run == Run::Dry,
            "imported": self.imported,
            "present": self.present,
            "refused": self.refused,
            "refused_rows": self.named,
        });
        Report { refused: self.refused > 0, ..Report::done(text, json) }
    }
}
