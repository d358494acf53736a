//! `dinhdanh accounts import` against the bare insertion of the same people into the same tables and indexes, in one run.
//!
//! Both go into a fresh SQLite database with the same settings: first the bare insertion ([`crate::seed`]: rows sealed and hashed beforehand, only
//! insertions and commits timed), then the import of a CSV file, timed from its first byte to its last commit.

use std::fs::{self, File};
use std::io::{BufReader, BufWriter, Write as _};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use anyhow::Context as _;
use dinhdanh::cli::arguments::{AccountsOperation, ImportFormat};
use dinhdanh::cli::{Audience, Opened, Operation, Pending, Progress, RefusedRow};
use dinhdanh::clock::Clock;
use dinhdanh::config::{Config, Environment};
use dinhdanh::randomness::Randomness;
use serde::Serialize;

use crate::people;
use crate::seed::{self, SeedRow};

/// Both rates, and what one is of the other.
#[derive(Debug, Clone, Serialize)]
pub struct ImportRow {
    /// How many people.
    pub rows: u32,
    /// Bare insertions a second.
    pub bare_rows_per_s: f64,
    /// The same for the last tenth of the rows.
    pub bare_rows_per_s_at_the_end: f64,
    /// Imported rows a second.
    pub import_rows_per_s: f64,
    /// The same for the last tenth of the rows.
    pub import_rows_per_s_at_the_end: f64,
    /// Import over bare.
    pub ratio: f64,
    /// The same for the last tenth of the rows.
    pub ratio_at_the_end: f64,
}

/// Measures in a folder, which is left empty of the databases again.
///
/// # Errors
/// Of files and database, and when the import did not accept every row.
pub fn measure(folder: &Path, rows: u32, password_hash: &str) -> anyhow::Result<ImportRow> {
    let bare = {
        let installation = Installation::make(folder, "bare")?;
        let opened = installation.open()?;
        opened.store.prepare_for_bulk()?;
        seed::accounts(&opened, 0, rows, password_hash)?.1
    };
    let installation = Installation::make(folder, "import")?;
    let file = installation.folder.join("people.csv");
    write_people(&file, rows, password_hash)?;
    let opened = installation.open()?;
    let mut watch = Watch::new(rows);
    let format = Some(ImportFormat::Csv);
    let import = AccountsOperation::Import { file: file.clone(), format, dry_run: false, restart: false, refused: None };
    let mut input = BufReader::with_capacity(128 * 1024, File::open(&file)?);
    let report = Operation::Accounts(import).run(&opened, &mut input, &mut watch)?;
    anyhow::ensure!(report.json["accepted"] == rows, "the import did not accept every row: {}", report.text);
    Ok(compare(rows, &bare, &watch.took()))
}

fn compare(rows: u32, bare: &SeedRow, import: &Took) -> ImportRow {
    let rate = |rows: u64, took: Duration| rows as f64 / took.as_secs_f64().max(f64::EPSILON);
    let (whole, end) = (rate(u64::from(rows), import.whole), rate(import.rows_at_the_end, import.at_the_end));
    ImportRow {
        rows,
        bare_rows_per_s: bare.bare_rows_per_s,
        bare_rows_per_s_at_the_end: bare.bare_rows_per_s_at_the_end,
        import_rows_per_s: whole,
        import_rows_per_s_at_the_end: end,
        ratio: whole / bare.bare_rows_per_s,
        ratio_at_the_end: end / bare.bare_rows_per_s_at_the_end,
    }
}

fn write_people(path: &Path, rows: u32, password_hash: &str) -> anyhow::Result<()> {
    let mut file = BufWriter::new(File::create(path)?);
    writeln!(file, "{}", people::COLUMNS)?;
    for number in 0..rows {
        writeln!(file, "{}", people::csv_row(number, password_hash))?;
    }
    Ok(file.flush()?)
}

/// An installation of its own; its files go with it.
struct Installation {
    folder: PathBuf,
    config: PathBuf,
}

impl Installation {
    fn make(parent: &Path, name: &str) -> anyhow::Result<Self> {
        let folder = parent.join(format!("import-rate-{name}"));
        fs::create_dir_all(parent)?;
        fs::create_dir(&folder).with_context(|| format!("{}: remove what an earlier run left", folder.display()))?;
        let (config, data) = (folder.join("dinhdanh.toml"), folder.canonicalize()?.join("data"));
        let data = data.display();
        let toml = format!(
            "issuer = \"http://localhost:8080\"\nlisten = \"127.0.0.1:8080\"\ndata_dir = \"{data}\"\n[database]\n\
             url = \"sqlite://{data}/dinhdanh.sqlite\"\n[sandbox]\nenabled = true\n"
        );
        let installation = Self { folder, config };
        fs::write(&installation.config, toml)?;
        Ok(installation)
    }

    fn open(&self) -> anyhow::Result<Opened> {
        let config = Config::load(Some(&self.config), &Environment::of_process())?;
        fs::create_dir_all(&config.data_dir)?;
        Opened::open(config, Clock::default(), Randomness::system(), Pending::Run)
    }
}

impl Drop for Installation {
    fn drop(&mut self) {
        // What cannot be removed is named by the next run.
        _ = fs::remove_dir_all(&self.folder);
    }
}

/// Looks at the clock whenever the import says how far it has come.
struct Watch {
    begun: Instant,
    /// Where the last tenth begins.
    nearly: u64,
    /// The first report at or after that.
    nearly_at: Option<(u64, Instant)>,
    last: (u64, Instant),
}

struct Took {
    whole: Duration,
    at_the_end: Duration,
    rows_at_the_end: u64,
}

impl Watch {
    fn new(rows: u32) -> Self {
        let begun = Instant::now();
        Self { begun, nearly: u64::from(rows) * 9 / 10, nearly_at: None, last: (0, begun) }
    }

    fn took(&self) -> Took {
        let (rows, at) = self.nearly_at.filter(|(rows, _)| *rows < self.last.0).unwrap_or((0, self.begun));
        Took { whole: self.last.1 - self.begun, at_the_end: self.last.1 - at, rows_at_the_end: self.last.0 - rows }
    }
}

impl Audience for Watch {
    fn progress(&mut self, progress: Progress) {
        self.last = (progress.rows, Instant::now());
        if progress.rows >= self.nearly {
            self.nearly_at.get_or_insert(self.last);
        }
    }

    fn note(&mut self, note: &str) {
        eprintln!("{note}");
    }

    fn refused(&mut self, row: &RefusedRow) {
        eprintln!("{row}");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_databases_get_every_row_and_leave_nothing_behind() {
        let folder = tempfile::tempdir().unwrap();
        let row = measure(folder.path(), 2000, "$argon2id$v=19$m=64,t=1,p=1$c2FsdHNhbHRzYWx0$4v5tNJ1D8Y0FAn0CT6bYFH6Q2FLcX0rV5sJmMbQjJ3s")
            .unwrap();
        assert!(row.ratio.is_finite() && row.ratio > 0.0 && row.ratio_at_the_end > 0.0, "{row:?}");
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0);
    }

    #[test]
    fn the_last_tenth_is_timed_on_its_own() {
        let begun = Instant::now();
        let at = |seconds| begun + Duration::from_secs(seconds);
        let watch = Watch { begun, nearly: 900, nearly_at: Some((900, at(9))), last: (1000, at(11)) };
        let bare = SeedRow { seeded: "accounts", rows: 1000, bare_rows_per_s: 200.0, bare_rows_per_s_at_the_end: 100.0, seconds: 1.0 };
        let row = compare(1000, &bare, &watch.took());
        assert!((row.import_rows_per_s - 1000.0 / 11.0).abs() < 1e-9 && (row.import_rows_per_s_at_the_end - 50.0).abs() < 1e-9, "{row:?}");
        assert!((row.ratio_at_the_end - 0.5).abs() < 1e-9);
    }
}
