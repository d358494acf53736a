//! What can be typed. Every command's `--help` ends with an example.

use std::path::{Path, PathBuf};

use clap::{Args, Parser, Subcommand};
use oidc_provider::signing_alg::SigningAlg;
use serde::{Deserialize, Serialize};

/// OpenID Connect identity provider for government portals.
#[derive(Debug, Parser)]
#[command(name = "dinhdanh", version, after_help = "Example:\n  dinhdanh demo\n  dinhdanh serve --config /etc/dinhdanh/dinhdanh.toml")]
pub struct Cli {
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

/// The commands.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Start the sandbox: provider, two demo portals, demo citizens. Nothing else is needed
    #[cfg(feature = "sandbox")]
    #[command(
        after_help = "Example:\n  dinhdanh demo\n  dinhdanh demo --port-base 18080      provider on 18080, portals on 18081 and 18082"
    )]
    Demo {
        /// Port of the provider; the portals take the two ports above it
        #[arg(long, value_name = "N", default_value_t = 8080, value_parser = clap::value_parser!(u16).range(1..=65533))]
        port_base: u16,
    },
    /// Start a node
    #[command(after_help = "Example:\n  dinhdanh serve --config /etc/dinhdanh/dinhdanh.toml")]
    Serve(Common),
    /// Look at the configuration
    #[command(subcommand, after_help = "Example:\n  dinhdanh config check --config dinhdanh.toml")]
    Config(ConfigCommand),
    /// Bring the database up to date, or make it
    #[command(after_help = "Example:\n  dinhdanh migrate --config /etc/dinhdanh/dinhdanh.toml")]
    Migrate(Common),
    /// Read the whole database and name what is wrong with it, beside a running node too
    ///
    /// Pages and indexes (SQLite), references, password hashes, seals, and whether tables that are written together agree; beside a node
    /// also whether rows left when their time came. Names rows by our own ids, never by personal data. Exit code 1 when something is wrong.
    #[command(
        after_help = "Example:\n  dinhdanh check --config /etc/dinhdanh/dinhdanh.toml\n  dinhdanh check --json --config dinhdanh.toml"
    )]
    Check(Common),
    /// Copy a SQLite database into a new file, beside a running node too
    ///
    /// The copy is one consistent moment, for its owner only, read again and on the disk before it has its name. An existing file is never
    /// overwritten. The key-encryption key is not in it: keep that apart, without it a backup cannot be read by anybody.
    #[command(after_help = "Example:\n  dinhdanh backup /var/backups/dinhdanh-$(date +%F).sqlite --config /etc/dinhdanh/dinhdanh.toml")]
    Backup {
        #[command(flatten)]
        #[expect(missing_docs, reason = "its own comments are the help")]
        common: Common,
        /// The new file
        file: PathBuf,
    },
    /// Put a backup in the database's place, while no node runs
    ///
    /// The backup is copied and checked as a whole first. Every session, grant and refresh token in it ends, so that nothing comes alive again
    /// that was revoked after it was made. What else came after it (locks, new passwords, disabled portals, retired keys) has to be done again:
    /// docs/operations.md lists it.
    #[command(
        after_help = "Example:\n  dinhdanh restore /var/backups/dinhdanh-2026-11-22.sqlite --replace --config /etc/dinhdanh/dinhdanh.toml"
    )]
    Restore {
        #[command(flatten)]
        #[expect(missing_docs, reason = "its own comments are the help")]
        common: Common,
        /// The backup
        file: PathBuf,
        /// Replace the database that is there; it is kept beside under another name
        #[arg(long)]
        replace: bool,
    },
    /// Signing keys: list, rotate, retire
    #[command(after_help = "Example:\n  dinhdanh keys rotate --config dinhdanh.toml")]
    Keys {
        #[command(flatten)]
        #[expect(missing_docs, reason = "its own comments are the help")]
        common: Common,
        #[command(subcommand)]
        #[expect(missing_docs, reason = "its own comments are the help")]
        operation: KeysOperation,
    },
    /// Portals: add, list, show, disable, enable
    #[command(after_help = "Example:\n  dinhdanh clients list --config dinhdanh.toml")]
    Clients {
        #[command(flatten)]
        #[expect(missing_docs, reason = "its own comments are the help")]
        common: Common,
        #[command(subcommand)]
        #[expect(missing_docs, reason = "its own comments are the help")]
        operation: ClientsOperation,
    },
    /// Accounts: import, show, confirm-reset
    #[command(after_help = "Example:\n  dinhdanh accounts show 098090000001 --config dinhdanh.toml")]
    Accounts {
        #[command(flatten)]
        #[expect(missing_docs, reason = "its own comments are the help")]
        common: Common,
        #[command(subcommand)]
        #[expect(missing_docs, reason = "its own comments are the help")]
        operation: AccountsOperation,
    },
}

/// What every command takes.
#[derive(Clone, Debug, Args)]
pub struct Common {
    /// The configuration file
    #[arg(long, global = true, value_name = "FILE")]
    pub config: Option<PathBuf>,
    /// Answer in JSON, for machines
    #[arg(long, global = true)]
    pub json: bool,
}

impl Common {
    /// The file; without one this is wrong use, exit code 2. (clap cannot demand an argument that stands before or after a subcommand.)
    #[must_use]
    pub fn file(&self) -> &Path {
        self.config.as_deref().unwrap_or_else(|| {
            use clap::CommandFactory;
            let problem = "--config FILE is needed\n\nExample:\n  dinhdanh config check --config dinhdanh.toml";
            Cli::command().error(clap::error::ErrorKind::MissingRequiredArgument, problem).exit()
        })
    }
}

/// Commands about the configuration.
#[derive(Debug, Subcommand)]
pub enum ConfigCommand {
    /// Read the file, the environment and the files they name; start and change nothing
    #[command(after_help = "Example:\n  dinhdanh config check --config dinhdanh.toml")]
    Check(Common),
}

/// Commands about signing keys.
#[derive(Clone, Debug, Subcommand, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum KeysOperation {
    /// Every key with its state: next (published in advance), active (signs), retired
    #[command(after_help = "Example:\n  dinhdanh keys list --config dinhdanh.toml")]
    List,
    /// Let the next key sign, keep the one before published, and publish a new next key
    ///
    /// Portals learn a key before it signs, because the next key is published from one rotation to the other.
    #[command(
        after_help = "Example:\n  dinhdanh keys rotate --config dinhdanh.toml\n  dinhdanh keys rotate --alg ES256 --config dinhdanh.toml"
    )]
    Rotate {
        /// One algorithm only: RS256, ES256, PS256 or EdDSA
        #[arg(long)]
        alg: Option<SigningAlg>,
    },
    /// Take a key that no longer signs out of the published set, for ever
    ///
    /// Tokens that it signed cannot be verified from then on. Wait at least as long as ID tokens and cached key sets live; at once only
    /// when the key is stolen.
    #[command(after_help = "Example:\n  dinhdanh keys retire wJx3…  --config dinhdanh.toml")]
    Retire {
        /// The key's id, as `keys list` shows it; one that begins with `-h` after `--`
        #[arg(allow_hyphen_values = true)]
        kid: String,
    },
}

/// Commands about portals.
#[derive(Clone, Debug, Subcommand, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ClientsOperation {
    /// Register a portal from a file with the keys of one [[clients]] table (TOML or JSON)
    ///
    /// Where the portal needs a secret and the file gives none, one is made and printed once. Portals of the configuration file are
    /// changed there, not here.
    #[command(after_help = "Example:\n  dinhdanh clients add portal-b.toml --config dinhdanh.toml")]
    Add {
        /// The file; `-` reads standard input
        file: PathBuf,
        /// Change a portal that was added before
        #[arg(long)]
        replace: bool,
    },
    /// Every portal
    #[command(after_help = "Example:\n  dinhdanh clients list --config dinhdanh.toml")]
    List,
    /// One portal with everything registered, secrets excepted
    #[command(after_help = "Example:\n  dinhdanh clients show portal-a --config dinhdanh.toml")]
    Show {
        /// Its client_id
        client_id: String,
    },
    /// Refuse every request of a portal from now on
    #[command(after_help = "Example:\n  dinhdanh clients disable portal-a --config dinhdanh.toml")]
    Disable {
        /// Its client_id
        client_id: String,
    },
    /// Serve a disabled portal again
    #[command(after_help = "Example:\n  dinhdanh clients enable portal-a --config dinhdanh.toml")]
    Enable {
        /// Its client_id
        client_id: String,
    },
}

/// Commands about accounts.
#[derive(Clone, Debug, Subcommand, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AccountsOperation {
    /// Bring accounts in from a CSV or NDJSON file
    ///
    /// Safe to repeat and to kill: the same file goes on where it was interrupted, and a row whose account is already as it says changes nothing.
    /// Passwords, levels and activations that are there are never taken back. A row that is refused is named with its line, the others come in,
    /// and the exit code is 1. The columns and what a row changes are described in docs/operations.md.
    #[command(
        after_help = "Example:\n  dinhdanh accounts import citizens.csv --config dinhdanh.toml\n  zstdcat citizens.ndjson.zst | dinhdanh accounts import - --format ndjson --config dinhdanh.toml"
    )]
    Import {
        /// The file, also packed with gzip; `-` reads standard input
        file: PathBuf,
        /// Form of the file; by its name where this is left out
        #[arg(long, value_enum)]
        format: Option<ImportFormat>,
        /// Check every row and write nothing
        #[arg(long)]
        dry_run: bool,
        /// Begin with the first row, also where an import of this file was interrupted
        #[arg(long)]
        restart: bool,
        /// Append every refused row to this file: line, field and problem as JSON, nothing of the row itself
        #[arg(long, value_name = "FILE")]
        refused: Option<PathBuf>,
    },
    /// One account: levels, state, locks. Names and numbers are masked
    #[command(after_help = "Example:\n  dinhdanh accounts show 098090000001 --config dinhdanh.toml")]
    Show {
        /// The citizen number, 12 digits
        citizen_id: String,
    },
    /// Confirm, as an officer who saw the person, that a level-2 account may get a new password
    ///
    /// Prints a code that the citizen types beside the one sent to the phone. It lives for minutes and works once.
    #[command(after_help = "Example:\n  dinhdanh accounts confirm-reset 098090000001 --config dinhdanh.toml")]
    ConfirmReset {
        /// The citizen number, 12 digits
        citizen_id: String,
    },
}

/// Form of an import.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ImportFormat {
    /// Comma separated, headings in the first line (RFC 4180), UTF-8.
    Csv,
    /// One JSON object a line.
    Ndjson,
}
