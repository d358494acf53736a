//! The thread that writes: one lot after the other, while the next one is read, checked and sealed.

use std::sync::Arc;
use std::thread;

use anyhow::Context;
use persistence::{Db, ImportProgress, Keyring, QueryResult, StoreError};

use super::columns::Refusal;
use super::lot::Lot;
use super::source::Mark;
use super::tally::Tally;
use crate::cli::Opened;

/// Tries while the node's writer is full of requests, which go first.
const PATIENCE: u32 = 100;

/// What a lot came to.
pub(super) struct Written {
    /// Everything so far.
    pub tally: Tally,
    /// Of this lot: rows that the transaction refused.
    pub refusals: Vec<(u64, Refusal)>,
    /// Of this lot: rows whose number had an account.
    pub present: u64,
}

/// What a transaction came to: everything so far, and which rows of its lot were refused.
type Transacted = (Tally, Vec<(u64, Refusal)>);

/// Writes lots.
pub(super) struct Writer {
    pub opened: Opened,
    pub keyring: Keyring,
    /// What the first lot adds to: counts of an import that was interrupted, and its mark.
    pub progress: ImportProgress,
    pub tally: Tally,
    /// Whether requests need room between the transactions.
    pub beside_a_node: bool,
}

impl Writer {
    /// Writes the lot in one transaction, with where the import stands then.
    pub fn write(&mut self, lot: Lot) -> anyhow::Result<Written> {
        let lot = Arc::new(lot);
        let begun = self.opened.clock.now();
        let (tally, refusals) = self.transact(&lot).with_context(|| {
            let (first, last) = lot.lines();
            format!("lines {first} to {last} were not imported; run the import again, it goes on there")
        })?;
        let present = tally.changed + tally.unchanged - self.tally.changed - self.tally.unchanged - lot.settled.unchanged;
        self.tally = tally;
        if self.beside_a_node {
            // As long as the transaction took, within a second.
            let pause = (self.opened.clock.now() - begun).clamp(time::Duration::ZERO, time::Duration::SECOND);
            thread::sleep(pause.unsigned_abs());
        }
        Ok(Written { tally, refusals, present })
    }

    fn transact(&self, lot: &Arc<Lot>) -> Result<Transacted, StoreError> {
        let mut tries = 0;
        loop {
            match self.opened.store.run_blocking(self.transaction(Arc::clone(lot))) {
                // Nothing was kept, and nothing is wrong: people are signing in.
                Err(StoreError::Busy) if tries < PATIENCE => tries += 1,
                outcome => return outcome,
            }
            thread::sleep(std::time::Duration::from_millis(100));
        }
    }

    fn transaction(&self, lot: Arc<Lot>) -> impl Fn(&mut Db) -> QueryResult<Transacted> + Send + 'static {
        let (opened, keyring, before, progress) = (self.opened.clone(), self.keyring.clone(), self.tally, self.progress.clone());
        move |db| {
            let mut tally = before.with(&lot.settled);
            let refusals = lot.write(db, &opened, &keyring, &mut tally)?;
            stand(&progress, &keyring, lot.mark, &tally, opened.clock.now()).save(db)?;
            Ok((tally, refusals))
        }
    }
}

/// Where the import stands at this mark.
fn stand(began: &ImportProgress, keyring: &Keyring, mark: Mark, tally: &Tally, now: time::OffsetDateTime) -> ImportProgress {
    ImportProgress {
        bytes: mark.bytes,
        line: mark.line,
        behind: keyring.import_hash(&mark.digest),
        tally: serde_json::to_string(tally).unwrap_or_default(),
        updated_at: now,
        ..began.clone()
    }
}
