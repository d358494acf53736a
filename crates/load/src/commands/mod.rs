//! The command line.

mod hello;
mod open;
mod raw;
mod run;
mod seed;

use std::path::PathBuf;
use std::time::Duration;

use anyhow::Context as _;
use clap::{Args, Parser, Subcommand};
use rustix::thread::{CpuSet, sched_setaffinity};

use crate::closed::Rounds;
use crate::workload::Workload;

/// Measures an OpenID Connect provider on this machine.
#[derive(Debug, Parser)]
#[command(name = "load", version)]
pub struct Load {
    #[command(subcommand)]
    command: Command,
    /// Run on this processor only.
    #[arg(long, global = true, value_name = "NUMBER")]
    cpu: Option<usize>,
    /// Append each result as a line of JSON.
    #[arg(long, global = true, value_name = "FILE")]
    out: Option<PathBuf>,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Closed loop: each of so many users begins again when answered.
    Run(RunArguments),
    /// Open loop: operations begin at a fixed rate, whether or not the ones before have ended.
    Open(OpenArguments),
    /// Several times as many sign-ins as the server can carry.
    Overload(OverloadArguments),
    /// Sign-ins with passwords beside sign-ins without, then more people at once than may wait.
    Storm(StormArguments),
    /// Fill a database with people, usage records and expired rows, and say how quickly they went in.
    Seed(SeedArguments),
    /// `dinhdanh accounts import` against the bare insertion of the same people, in one run.
    ImportRate(ImportRateArguments),
    /// Print people as CSV for `dinhdanh accounts import`.
    People {
        /// How many.
        #[arg(long, default_value_t = 64)]
        count: u32,
        /// The number of the first.
        #[arg(long, default_value_t = 0)]
        first: u32,
    },
    /// What nothing can be faster than: RS256, ES256, Argon2id on one thread.
    Raw {
        /// Seconds for each.
        #[arg(long, default_value_t = 3.0)]
        seconds: f64,
    },
    /// A plain actix answer through the same driver.
    Hello(HelloArguments),
    /// The server of `hello`.
    #[command(hide = true)]
    HelloServer {
        /// A loopback URL.
        #[arg(long)]
        url: String,
    },
}

/// Whom to measure.
#[derive(Debug, Args)]
pub(crate) struct Target {
    /// A JSON file with issuer, clients and people; ours when absent.
    #[arg(long, value_name = "FILE")]
    pub profile: Option<PathBuf>,
    /// The server's process, to read its CPU time and memory.
    #[arg(long)]
    pub pid: Option<i32>,
}

/// How long.
#[derive(Debug, Args)]
pub(crate) struct Times {
    /// Seconds before anything is counted.
    #[arg(long, default_value_t = 2.0)]
    pub warmup: f64,
    /// Seconds that are counted.
    #[arg(long, default_value_t = 10.0)]
    pub seconds: f64,
}

#[derive(Debug, Args)]
pub(crate) struct RunArguments {
    #[command(flatten)]
    pub target: Target,
    #[command(flatten)]
    pub times: Times,
    /// What to measure; everything when absent.
    #[arg(long, value_enum, value_delimiter = ',')]
    pub workloads: Vec<Workload>,
    /// Users at once.
    #[arg(long, value_delimiter = ',', default_values_t = [1, 16, 64])]
    pub users: Vec<usize>,
    /// People as whom each user signs in, in turn (`sso`).
    #[arg(long, default_value_t = 1, value_name = "NUMBER")]
    pub people_each: usize,
}

#[derive(Debug, Args)]
pub(crate) struct HelloArguments {
    #[command(flatten)]
    pub times: Times,
    /// Connections at once.
    #[arg(long, value_delimiter = ',', default_values_t = [1, 16, 64])]
    pub users: Vec<usize>,
    /// The processor of the server.
    #[arg(long, value_name = "NUMBER")]
    pub server_cpu: Option<usize>,
    /// Where the server listens.
    #[arg(long, default_value = "http://127.0.0.1:8091/")]
    pub url: String,
}

#[derive(Debug, Args)]
pub(crate) struct OpenArguments {
    #[command(flatten)]
    pub target: Target,
    #[command(flatten)]
    pub times: Times,
    /// What each arrival does.
    #[arg(long, value_enum, default_value_t = Workload::Sso)]
    pub workload: Workload,
    /// Arrivals a second.
    #[arg(long)]
    pub rate: f64,
    /// Operations under way at once, at most.
    #[arg(long, default_value_t = 512)]
    pub places: usize,
}

#[derive(Debug, Args)]
pub(crate) struct OverloadArguments {
    #[command(flatten)]
    pub target: Target,
    #[command(flatten)]
    pub times: Times,
    /// Arrivals over the peak.
    #[arg(long, default_value_t = 5.0)]
    pub factor: f64,
    /// Operations under way at once, at most.
    #[arg(long, default_value_t = 2048)]
    pub places: usize,
}

#[derive(Debug, Args)]
pub(crate) struct StormArguments {
    #[command(flatten)]
    pub target: Target,
    #[command(flatten)]
    pub times: Times,
    /// People who sign in with passwords all the time.
    #[arg(long, default_value_t = 64)]
    pub people: usize,
    /// People who come all at once.
    #[arg(long, default_value_t = 512)]
    pub crowd: usize,
    /// Operations of the open loop under way at once, at most.
    #[arg(long, default_value_t = 512)]
    pub places: usize,
}

#[derive(Debug, Args)]
pub(crate) struct SeedArguments {
    /// The server's configuration; no node may run on it.
    #[arg(long, value_name = "FILE")]
    pub config: PathBuf,
    /// How many people.
    #[arg(long)]
    pub accounts: u32,
    /// The number of the first.
    #[arg(long, default_value_t = 0)]
    pub first: u32,
    /// How many usage records of them.
    #[arg(long, default_value_t = 0)]
    pub usage: u32,
    /// How many rows of theirs (sessions, grants, refresh families) whose time of removal has come.
    #[arg(long, default_value_t = 0)]
    pub expired: u32,
}

#[derive(Debug, Args)]
pub(crate) struct ImportRateArguments {
    /// How many people; 2,000,000 take about 7 GB while it runs.
    #[arg(long, default_value_t = 200_000)]
    pub rows: u32,
    /// A folder for two databases and a file; they are removed afterwards.
    #[arg(long, value_name = "FOLDER", default_value = "target/import-rate")]
    pub folder: PathBuf,
}

impl Times {
    pub(crate) fn rounds(&self, server: Option<i32>) -> Rounds {
        Rounds { warmup: Duration::from_secs_f64(self.warmup), measured: Duration::from_secs_f64(self.seconds), server }
    }
}

/// Runs what the command line says.
///
/// # Errors
/// Cause and cure.
pub fn main() -> anyhow::Result<()> {
    let Load { command, cpu, out } = Load::parse();
    // An overload opens thousands of connections.
    let _ = dinhdanh::http::raise_file_limit();
    if let Some(cpu) = cpu {
        stay_on(cpu)?;
    }
    let out = out.as_deref();
    match command {
        Command::Run(arguments) => block_on(run::run(&arguments, out)),
        Command::Open(arguments) => block_on(open::run(&arguments, out)),
        Command::Overload(arguments) => block_on(open::overload(&arguments, out)),
        Command::Storm(arguments) => block_on(open::storm(&arguments, out)),
        Command::Seed(arguments) => block_on(seed::run(&arguments, out)),
        Command::ImportRate(arguments) => block_on(seed::import_rate(&arguments, out)),
        Command::People { count, first } => block_on(seed::csv(first, count)),
        Command::Raw { seconds } => block_on(raw::run(Duration::from_secs_f64(seconds), out)),
        Command::Hello(arguments) => block_on(hello::run(&arguments, out)),
        Command::HelloServer { url } => crate::hello::serve(&crate::origin::Origin::parse(&url)?),
    }
}

fn stay_on(cpu: usize) -> anyhow::Result<()> {
    let mut set = CpuSet::new();
    anyhow::ensure!(cpu < CpuSet::MAX_CPU, "there is no processor {cpu}");
    set.set(cpu);
    sched_setaffinity(None, &set).with_context(|| format!("cannot run on processor {cpu}"))
}

/// One thread: what the driver costs can be read, and its users share everything without locks.
fn block_on(future: impl Future<Output = anyhow::Result<()>>) -> anyhow::Result<()> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    tokio::task::LocalSet::new().block_on(&runtime, future)
}
