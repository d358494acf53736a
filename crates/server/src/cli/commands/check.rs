//! `dinhdanh check`: what is wrong with the database.

use std::thread;
use std::time::{Duration, Instant};

use oidc_provider::jose::SigningKey;
use persistence::check::{Checker, Fault, Witness};
use persistence::signing_keys::SigningKeyRecord;
use serde_json::{Value, json};

use crate::cli::{Audience, Opened, Progress, Report};
use crate::hashing;

/// So many faults are named; the rest is counted.
const NAMED: usize = 1000;
/// The longest pause between two pages beside a node.
const LONGEST_PAUSE: Duration = Duration::from_secs(1);

/// Reads everything and says what is wrong.
///
/// # Errors
/// When the database cannot be asked at all.
pub fn check(opened: &Opened, audience: &mut dyn Audience) -> anyhow::Result<Report> {
    let beside_a_node = audience.beside_a_node();
    let mut tally = Tally { audience, beside_a_node, since: Instant::now(), rows: 0, faults: 0, named: Vec::new() };
    let checker = Checker {
        store: &opened.store,
        keyring: opened.keyring()?,
        now: opened.clock.now(),
        beside_a_node,
        password_is_well_formed: |phc| hashing::acceptable(phc).is_ok(),
    };
    checker.run(&mut tally)?;
    signing_keys(opened, &mut tally)?;
    Ok(tally.report())
}

/// A private key that unseals must also be the one that its id names.
fn signing_keys(opened: &Opened, tally: &mut Tally<'_>) -> anyhow::Result<()> {
    let Ok(records) = opened.store.read_blocking(SigningKeyRecord::list) else { return Ok(()) };
    for record in records {
        // One that does not unseal was named before.
        let Ok(private) = record.private_jwk(opened.keyring()?) else { continue };
        if !SigningKey::from_private_jwk(&private).is_ok_and(|key| key.kid() == record.kid) {
            tally.fault(Fault { table: "signing_keys", row: Some(record.kid), what: "it is not the key that its id names".to_owned() });
        }
    }
    Ok(())
}

struct Tally<'a> {
    audience: &'a mut dyn Audience,
    beside_a_node: bool,
    since: Instant,
    rows: u64,
    faults: u64,
    named: Vec<Value>,
}

impl Witness for Tally<'_> {
    fn fault(&mut self, fault: Fault) {
        self.faults += 1;
        if self.named.len() < NAMED {
            let row = fault.row.as_deref().map(|row| format!(" {row}")).unwrap_or_default();
            self.audience.note(&format!("{}{row}: {}", fault.table, fault.what));
            self.named.push(json!({ "table": fault.table, "row": fault.row, "fault": fault.what }));
        }
    }

    fn expect(&mut self, rows: u64) {
        self.audience.expect(rows);
    }

    fn progress(&mut self, _table: &'static str, rows: u64) {
        self.rows += rows;
        self.audience.progress(Progress { bytes: 0, rows: self.rows });
    }

    /// As long as the page took: half of a processor at most.
    fn pause(&mut self) {
        if self.beside_a_node {
            thread::sleep(self.since.elapsed().min(LONGEST_PAUSE));
        }
        self.since = Instant::now();
    }
}

impl Tally<'_> {
    fn report(self) -> Report {
        let rows = self.rows;
        let text = match self.faults {
            0 => format!("{rows} rows read, nothing is wrong\n"),
            1 => format!("{rows} rows read, 1 fault\n"),
            faults => format!("{rows} rows read, {faults} faults\n"),
        };
        let json = json!({ "rows": rows, "fault_count": self.faults, "faults": self.named });
        Report { refused: self.faults > 0, ..Report::done(text, json) }
    }
}
