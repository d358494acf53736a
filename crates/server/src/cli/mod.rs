//! The command line: `dinhdanh demo`, `serve`, and the commands of administration.
//!
//! 1. [`arguments`] says what can be typed; clap turns it into a [`Command`](arguments::Command).
//! 2. Administration is an [`Operation`]: it goes to a running node over its [control socket](crate::control), or runs here.
//! 3. An operation runs against an [`Opened`] installation and answers a [`Report`], printed as text or JSON.
//!
//! Exit code 0: done. 1: failed, or something was refused; one line says what and how to cure it. 2: wrong use.

pub mod arguments;
pub mod commands;
#[cfg(feature = "sandbox")]
mod demo;
mod opened;
mod operation;
mod process;
mod report;
mod serve;
mod terminal;

use std::fs::File;
use std::io::{BufReader, Read};
use std::path::Path;
use std::process::ExitCode;

use anyhow::Context;
use clap::Parser;

pub use arguments::Cli;
pub use opened::{Opened, Pending};
pub use operation::{Change, Operation};
pub use report::{Audience, Progress, RefusedRow, Report};
pub use serve::{Node, serve};

use crate::clock::Clock;
use crate::config::{Config, Environment};
use crate::control::{DataDir, RunningNode};
use crate::observe;
use crate::randomness::Randomness;
use arguments::{Command, Common, ConfigCommand};
use terminal::Terminal;

/// The whole program.
#[must_use]
pub fn main() -> ExitCode {
    process::keep_memory_private();
    let outcome = run(Cli::parse().command);
    observe::finish_log();
    outcome.unwrap_or_else(|error| {
        terminal::complain(&format!("{error:#}"));
        ExitCode::FAILURE
    })
}

fn run(command: Command) -> anyhow::Result<ExitCode> {
    match command {
        #[cfg(feature = "sandbox")]
        Command::Demo { port_base } => demo::demo(port_base).map(|()| ExitCode::SUCCESS),
        Command::Serve(common) => serve::command(load(&common)?).map(|()| ExitCode::SUCCESS),
        Command::Config(ConfigCommand::Check(common)) => print(&common, &commands::config::check(&load(&common)?)?),
        Command::Migrate(common) => administer(&common, &Operation::Migrate),
        Command::Check(common) => administer(&common, &Operation::Check),
        Command::Backup { common, file } => on_files(&common, |config, terminal| commands::backup::backup(&config, &file, terminal)),
        Command::Restore { common, file, replace } => {
            on_files(&common, |config, terminal| commands::restore::restore(&config, &file, replace, terminal))
        }
        Command::Keys { common, operation } => administer(&common, &Operation::Keys(operation)),
        Command::Clients { common, operation } => administer(&common, &Operation::Clients(operation)),
        Command::Accounts { common, operation } => administer(&common, &Operation::Accounts(operation)),
    }
}

fn load(common: &Common) -> anyhow::Result<Config> {
    Ok(Config::load(Some(common.file()), &Environment::of_process())?)
}

/// Runs the operation in the node that has the data folder, or here when none runs.
fn administer(common: &Common, operation: &Operation) -> anyhow::Result<ExitCode> {
    let config = load(common)?;
    let input = operation.input().map(open_input).transpose()?;
    let mut terminal = Terminal::new(common.json, input.as_ref().and_then(|(_, size)| *size), operation.refused_rows())?;
    if matches!(operation, Operation::Check) {
        terminal.counts_rows();
    }
    let input = input.map(|(reader, _)| reader);
    let report = match RunningNode::of(&config.data_dir)? {
        Some(node) => node.run(operation, input, &mut terminal),
        None => run_here(config, operation, input, &mut terminal),
    };
    let finished = terminal.finish();
    let report = report?;
    finished?;
    print(common, &report)
}

/// Runs what works on the database's files: beside a node, not in it.
fn on_files(common: &Common, work: impl FnOnce(Config, &mut Terminal) -> anyhow::Result<Report>) -> anyhow::Result<ExitCode> {
    let config = load(common)?;
    let mut terminal = Terminal::new(common.json, None, None)?;
    let report = work(config, &mut terminal);
    terminal.finish()?;
    print(common, &report?)
}

fn run_here(config: Config, operation: &Operation, input: Option<Box<dyn Read + Send>>, terminal: &mut Terminal) -> anyhow::Result<Report> {
    let _lock = DataDir::claim(&config.data_dir)?;
    let pending = if matches!(operation, Operation::Migrate) { Pending::Leave } else { Pending::Refuse };
    let opened = Opened::open(config, Clock::default(), Randomness::system(), pending)?;
    let mut input = BufReader::with_capacity(128 * 1024, input.unwrap_or_else(|| Box::new(std::io::empty())));
    operation.run(&opened, &mut input, terminal)
}

type Input = (Box<dyn Read + Send>, Option<u64>);

/// The file of an operation that reads one; `-` is standard input.
fn open_input(path: &Path) -> anyhow::Result<Input> {
    if path == Path::new("-") {
        return Ok((Box::new(std::io::stdin()), None));
    }
    let named = || path.display().to_string();
    let file = File::open(path).with_context(named)?;
    let metadata = file.metadata().with_context(named)?;
    anyhow::ensure!(metadata.is_file(), "{}: is no file", path.display());
    Ok((Box::new(file), Some(metadata.len())))
}

fn print(common: &Common, report: &Report) -> anyhow::Result<ExitCode> {
    terminal::print(&if common.json { format!("{:#}\n", report.json) } else { report.text.clone() });
    Ok(if report.refused { ExitCode::FAILURE } else { ExitCode::SUCCESS })
}
