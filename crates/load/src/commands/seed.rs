use std::io::{BufWriter, Write as _};
use std::path::Path;

use anyhow::Context as _;
use dinhdanh::cli::{Opened, Pending};
use dinhdanh::clock::Clock;
use dinhdanh::config::{Config, Environment};
use dinhdanh::control::DataDir;
use dinhdanh::randomness::Randomness;

use super::{ImportRateArguments, SeedArguments};
use crate::import_rate::{self, ImportRow};
use crate::people;
use crate::row;
use crate::seed::{self, SeedRow};

/// `load seed`: claims the data folder, as a node would, so that it never writes beside one.
pub(super) async fn run(arguments: &SeedArguments, out: Option<&Path>) -> anyhow::Result<()> {
    let hash = people::password_hash().await?;
    let config = Config::load(Some(&arguments.config), &Environment::of_process())?;
    anyhow::ensure!(config.sandbox.enabled, "only a sandbox is filled with people who do not exist");
    anyhow::ensure!(config.database.url.expose().starts_with("sqlite:"), "only SQLite databases are filled");
    let _claimed = DataDir::claim(&config.data_dir)?;
    let opened = Opened::open(config, Clock::default(), Randomness::system(), Pending::Run)?;
    let (ids, row) = seed::accounts(&opened, arguments.first, arguments.accounts, &hash)?;
    say(&row, out)?;
    if arguments.usage > 0 {
        say(&seed::usage(&opened, &ids, arguments.usage)?, out)?;
    }
    if arguments.expired > 0 {
        say(&seed::expired(&opened, &ids, arguments.expired)?, out)?;
    }
    Ok(())
}

/// `load import-rate`
pub(super) async fn import_rate(arguments: &ImportRateArguments, out: Option<&Path>) -> anyhow::Result<()> {
    let row = import_rate::measure(&arguments.folder, arguments.rows, &people::password_hash().await?)?;
    let ImportRow {
        rows,
        bare_rows_per_s,
        bare_rows_per_s_at_the_end,
        import_rows_per_s,
        import_rows_per_s_at_the_end,
        ratio,
        ratio_at_the_end,
    } = row;
    println!("{:<14} {rows:>10} rows, {bare_rows_per_s:>9.0}/s bare ({bare_rows_per_s_at_the_end:.0}/s at the end)", "insertion");
    println!("{:<14} {rows:>10} rows, {import_rows_per_s:>9.0}/s ({import_rows_per_s_at_the_end:.0}/s at the end)", "import");
    println!("{:<14} {ratio:>10.2} of the bare insertion, {ratio_at_the_end:.2} in the last tenth", "ratio");
    row::append(out, &row)
}

/// `load people`: the same people as a file to import.
pub(super) async fn csv(first: u32, count: u32) -> anyhow::Result<()> {
    let end = first.checked_add(count).filter(|end| *end <= people::MOST).context("there are not so many numbers")?;
    let hash = people::password_hash().await?;
    let mut file = BufWriter::new(std::io::stdout().lock());
    writeln!(file, "{}", people::COLUMNS)?;
    for number in first..end {
        writeln!(file, "{}", people::csv_row(number, &hash))?;
    }
    Ok(file.flush()?)
}

fn say(row: &SeedRow, out: Option<&Path>) -> anyhow::Result<()> {
    println!(
        "{:<14} {:>10} rows, {:>9.0}/s bare ({:.0}/s at the end), {:.1} s in all",
        row.seeded, row.rows, row.bare_rows_per_s, row.bare_rows_per_s_at_the_end, row.seconds
    );
    row::append(out, row)
}
