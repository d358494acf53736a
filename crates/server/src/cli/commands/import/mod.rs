//! `dinhdanh accounts import`: rows in, accounts out; safe to repeat, and to kill.
//!
//! 1. [`source`] reads record by record ([`stream`] unpacks, counts and hashes the bytes), [`row`] checks each.
//! 2. A [`lot`] of rows is sealed and hashed on this thread while the [`writer`] commits the one before: one transaction with the rows and with
//!    how far the import has come. An import that was killed goes on there when the same file is imported again.
//! 3. A number that has an account is compared: [`revision`] says what a row may change and what it never takes back.
//! 4. A refused row is named by line, column and reason, never by its content: the output of an import may end in a log.

mod columns;
mod lot;
mod ndjson;
mod revision;
mod row;
mod source;
mod stream;
mod tally;
mod writer;

use std::io::BufRead;
use std::sync::mpsc::{Receiver, SyncSender, TryRecvError, channel, sync_channel};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::thread;

use persistence::{Db, ImportProgress, Keyring, Mode, QueryResult};
use serde_json::json;

use self::columns::Refusal;
use self::lot::{Checked, Lot};
use self::source::Source;
use self::tally::{Refused, Tally};
use self::writer::{Writer, Written};
use super::audit;
use crate::cli::arguments::ImportFormat;
use crate::cli::{Audience, Opened, Progress, RefusedRow, Report};

/// More rows in one transaction starve the requests of a running node (design section 3).
const ROWS_BESIDE_A_NODE: usize = 200;
/// Alone: the more rows, the more of them share a page of the index by number. They are all in memory, about 2 KB each.
const ROWS_ALONE: usize = 8000;

/// Whether an import writes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Run {
    /// It does; an interrupted import of the same file goes on where it was.
    Real,
    /// It does, from the first row on.
    Anew,
    /// It checks every row against the accounts that are there, and leaves it at that. Guardians are not looked for.
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
    let beside_a_node = audience.beside_a_node();
    let _alone = one_at_a_time(audience);
    if beside_a_node {
        crate::hashing::step_back("the import");
    } else if run != Run::Dry {
        opened.store.prepare_for_bulk()?;
    }
    let reading = Reading {
        opened,
        keyring: opened.keyring()?.clone(),
        source: Source::open(format, input)?,
        sandbox: opened.store.mode() == Mode::Sandbox,
        most: if beside_a_node { ROWS_BESIDE_A_NODE } else { ROWS_ALONE },
        rows: Vec::new(),
        settled: Tally::default(),
        done: false,
        refused: Refused::default(),
        audience,
    };
    match run {
        Run::Dry => reading.rehearse(),
        Run::Real | Run::Anew => reading.perform(format, run, beside_a_node),
    }
}

/// Imports of one process wait for each other: one whose command was killed may still be writing its last lot when it is started again.
fn one_at_a_time(audience: &mut dyn Audience) -> MutexGuard<'static, ()> {
    static RUNNING: Mutex<()> = Mutex::new(());
    RUNNING.try_lock().unwrap_or_else(|_| {
        audience.note("another import is running; this one begins when it has ended");
        RUNNING.lock().unwrap_or_else(PoisonError::into_inner)
    })
}

/// The side that reads, checks and seals.
struct Reading<'a> {
    opened: &'a Opened,
    keyring: Keyring,
    source: Source<'a>,
    sandbox: bool,
    most: usize,
    rows: Vec<Checked>,
    /// Of the lot that is being read.
    settled: Tally,
    done: bool,
    refused: Refused,
    audience: &'a mut dyn Audience,
}

impl Reading<'_> {
    fn rehearse(mut self) -> anyhow::Result<Report> {
        let mut tally = Tally::default();
        while self.fill()? {
            let unknown = self.look(true)?;
            tally = tally.with(&std::mem::take(&mut self.settled));
            tally.accepted += unknown.len() as u64;
            self.audience.progress(Progress { bytes: self.source.packed(), rows: tally.rows() });
        }
        Ok(tally::report(&tally, &self.refused, Run::Dry, None))
    }

    fn perform(mut self, format: ImportFormat, run: Run, beside_a_node: bool) -> anyhow::Result<Report> {
        let Some(beginning) = self.begin(format)? else {
            return Ok(tally::report(&Tally::default(), &self.refused, run, None));
        };
        let now = self.opened.clock.now();
        let resumed = if run == Run::Real { self.resume(&beginning)? } else { None };
        let resumed_after = resumed.as_ref().map(|(progress, _)| progress.line);
        let fresh = || {
            (
                ImportProgress { beginning, bytes: 0, line: 0, behind: [0; 32], tally: String::new(), started_at: now, updated_at: now },
                Tally::default(),
            )
        };
        let (progress, tally) = resumed.unwrap_or_else(fresh);
        let mut writer = Writer { opened: self.opened.clone(), keyring: self.keyring.clone(), progress, tally, beside_a_node };
        let tally = thread::scope(|scope| {
            let (lots, queue) = sync_channel::<Lot>(1);
            let (answers, written) = channel();
            scope.spawn(move || {
                if beside_a_node {
                    crate::hashing::step_back("the import");
                }
                for lot in queue {
                    let outcome = writer.write(lot);
                    let failed = outcome.is_err();
                    if answers.send(outcome).is_err() || failed {
                        break;
                    }
                }
            });
            self.feed(lots, &written, tally)
        })?;
        self.finish(beginning, &tally)?;
        Ok(tally::report(&tally, &self.refused, run, resumed_after))
    }

    /// Reads the first row. It and the form say which import this is.
    fn begin(&mut self, format: ImportFormat) -> anyhow::Result<Option<[u8; 32]>> {
        if !self.read_one()? {
            return Ok(None);
        }
        let mut digest = self.source.mark().digest;
        digest[0] ^= u8::from(format == ImportFormat::Csv);
        Ok(Some(self.keyring.import_hash(&digest)))
    }

    /// Goes on where an import of this file was interrupted.
    fn resume(&mut self, beginning: &[u8; 32]) -> anyhow::Result<Option<(ImportProgress, Tally)>> {
        let Some(progress) = self.opened.store.read_blocking(|db: &mut Db| ImportProgress::find(db, beginning))? else { return Ok(None) };
        let (keyring, behind) = (self.keyring.clone(), progress.behind);
        let tally = serde_json::from_str(&progress.tally);
        let same = self.source.skip_to(progress.bytes, progress.line, |digest| keyring.import_hash(digest) == behind)?;
        let (Ok(tally), true) = (tally, same) else {
            anyhow::bail!(
                "an import that began like this file was interrupted after line {}, and this file differs from it before that; add --restart \
                 to import the whole file",
                progress.line
            );
        };
        self.rows.clear();
        self.settled = Tally::default();
        self.audience.note(&format!("an import of this file was interrupted; it goes on after line {}", progress.line));
        Ok(Some((progress, tally)))
    }

    /// Reads lots and hands them to the writer; answers the final tally.
    fn feed(&mut self, lots: SyncSender<Lot>, written: &Receiver<anyhow::Result<Written>>, before: Tally) -> anyhow::Result<Tally> {
        let mut tally = before;
        let mut under_way = 0_usize;
        // Where most accounts are there already, rows that change nothing are found by reading, and need not be sealed.
        let mut look_first = false;
        while self.fill()? {
            let read = self.rows.len() as u64;
            if look_first {
                // A row of an earlier lot with the same number comes first.
                while under_way > 0 {
                    self.hear(written.recv()?, &mut tally)?;
                    under_way -= 1;
                }
                let left = self.look(false)?;
                look_first = (left.len() as u64) * 2 < read;
                self.rows = left;
            }
            let mark = self.source.mark();
            let lot = Lot::seal(self.opened, &self.keyring, std::mem::take(&mut self.rows), std::mem::take(&mut self.settled), mark)?;
            let gone = lots.send(lot).is_err();
            under_way += 1;
            loop {
                match written.try_recv() {
                    Ok(outcome) => {
                        look_first |= self.hear(outcome, &mut tally)? * 2 > read.max(1);
                        under_way -= 1;
                    }
                    Err(TryRecvError::Empty) => break,
                    Err(TryRecvError::Disconnected) => anyhow::bail!("the import's writer ended early"),
                }
            }
            anyhow::ensure!(!gone, "the import's writer ended early");
        }
        drop(lots);
        for outcome in written {
            self.hear(outcome, &mut tally)?;
        }
        Ok(tally)
    }

    /// Takes the outcome of a lot; answers how many of its rows were there before.
    fn hear(&mut self, outcome: anyhow::Result<Written>, tally: &mut Tally) -> anyhow::Result<u64> {
        let Written { tally: now, refusals, present } = outcome?;
        *tally = now;
        for (line, refusal) in refusals {
            name(line, refusal, &mut self.refused, self.audience);
        }
        self.audience.progress(Progress { bytes: self.source.packed(), rows: tally.rows() });
        Ok(present)
    }

    /// Reads the rows of one lot; false when nothing is left.
    fn fill(&mut self) -> anyhow::Result<bool> {
        let settled = |tally: &Tally| usize::try_from(tally.rows()).unwrap_or(usize::MAX);
        while self.rows.len() + settled(&self.settled) < self.most && self.read_one()? {}
        Ok(!self.rows.is_empty() || settled(&self.settled) > 0)
    }

    /// Reads and checks one row; false at the end.
    fn read_one(&mut self) -> anyhow::Result<bool> {
        if self.done {
            return Ok(false);
        }
        let (sandbox, now) = (self.sandbox, self.opened.clock.now());
        let read = self.source.next(|line, row| (line, row.and_then(|row| row::admit(row, sandbox, now))))?;
        match read {
            Some((line, Ok(newcomer))) => {
                let number = self.keyring.number_hash(&newcomer.person.citizen_id);
                self.rows.push(Checked { line, number, newcomer });
            }
            Some((line, Err(refusal))) => {
                self.settled.refused += 1;
                name(line, refusal, &mut self.refused, self.audience);
            }
            None => self.done = true,
        }
        Ok(!self.done)
    }

    /// Settles rows by reading: those that change nothing; in a rehearsal also those that would change something. Answers the others.
    fn look(&mut self, rehearsal: bool) -> anyhow::Result<Vec<Checked>> {
        let (keyring, rows) = (&self.keyring, std::mem::take(&mut self.rows));
        let seen = self.opened.store.read_blocking(|db: &mut Db| {
            rows.into_iter().map(|row| Ok((lot::look(db, keyring, &row)?, row))).collect::<QueryResult<Vec<_>>>()
        })?;
        let mut left = Vec::new();
        for (revision, row) in seen {
            match revision {
                Some(Ok(revision)) if revision.is_empty() => {
                    self.settled.unchanged += 1;
                    self.settled.keep(revision.kept);
                }
                Some(Ok(revision)) if rehearsal => {
                    self.settled.changed += 1;
                    self.settled.keep(revision.kept);
                }
                Some(Err(refusal)) if rehearsal => {
                    self.settled.refused += 1;
                    name(row.line, refusal, &mut self.refused, self.audience);
                }
                _ => left.push(row),
            }
        }
        Ok(left)
    }

    /// The last transaction: the import is finished, and the audit log knows.
    fn finish(&self, beginning: [u8; 32], tally: &Tally) -> anyhow::Result<()> {
        let Tally { accepted, changed, unchanged, refused, .. } = tally;
        let detail = json!({ "accepted": accepted, "changed": changed, "unchanged": unchanged, "refused": refused });
        let event = audit::event(self.opened, "accounts.imported", None, &detail);
        self.opened.store.run_blocking(move |db: &mut Db| {
            ImportProgress::forget(db, &beginning)?;
            event.append(db)
        })?;
        Ok(())
    }
}

fn name(line: u64, refusal: Refusal, refused: &mut Refused, audience: &mut dyn Audience) {
    let row = RefusedRow { line, field: refusal.field.map(Into::into), problem: refusal.problem.into() };
    audience.refused(&row);
    refused.push(row);
}
