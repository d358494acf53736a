//! Administration as a value, so that it can travel to a running node.

use std::io::BufRead;
use std::path::Path;

use serde::{Deserialize, Serialize};

use super::arguments::{AccountsOperation, ClientsOperation, KeysOperation};
use super::{Audience, Opened, Report, commands};

/// One command of administration.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Operation {
    /// `dinhdanh migrate`
    Migrate,
    /// `dinhdanh check`
    Check,
    /// `dinhdanh keys …`
    Keys(KeysOperation),
    /// `dinhdanh clients …`
    Clients(ClientsOperation),
    /// `dinhdanh accounts …`
    Accounts(AccountsOperation),
}

/// What a node keeps in memory and must read again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Change {
    /// The signing keys.
    SigningKeys,
    /// The registered clients.
    Clients,
    /// Accounts, their locks, passwords and sessions.
    Accounts,
}

impl Operation {
    /// Runs against an opened installation. `input` is the content of [`Self::input`].
    ///
    /// # Errors
    /// Cause and cure; nothing, or whole transactions, were done.
    pub fn run(&self, opened: &Opened, input: &mut dyn BufRead, audience: &mut dyn Audience) -> anyhow::Result<Report> {
        match self {
            Self::Migrate => commands::migrate::migrate(opened),
            Self::Check => commands::check::check(opened, audience),
            Self::Keys(operation) => commands::keys::run(opened, operation),
            Self::Clients(operation) => commands::clients::run(opened, operation, input),
            Self::Accounts(operation) => commands::accounts::run(opened, operation, input, audience),
        }
    }

    /// The file whose content it reads; `-` is standard input.
    #[must_use]
    pub fn input(&self) -> Option<&Path> {
        match self {
            Self::Clients(ClientsOperation::Add { file, .. }) | Self::Accounts(AccountsOperation::Import { file, .. }) => Some(file),
            _ => None,
        }
    }

    /// The file that is to name every refused row.
    #[must_use]
    pub fn refused_rows(&self) -> Option<&Path> {
        match self {
            Self::Accounts(AccountsOperation::Import { refused, .. }) => refused.as_deref(),
            _ => None,
        }
    }

    /// What it may have changed, when it succeeded.
    #[must_use]
    pub fn changes(&self) -> Option<Change> {
        match self {
            Self::Migrate | Self::Check | Self::Keys(KeysOperation::List) => None,
            Self::Clients(ClientsOperation::List | ClientsOperation::Show { .. }) | Self::Accounts(AccountsOperation::Show { .. }) => None,
            Self::Keys(_) => Some(Change::SigningKeys),
            Self::Clients(_) => Some(Change::Clients),
            Self::Accounts(_) => Some(Change::Accounts),
        }
    }

    /// Its name for the log, without anything personal.
    #[must_use]
    pub fn name(&self) -> &'static str {
        match self {
            Self::Migrate => "migrate",
            Self::Check => "check",
            Self::Keys(KeysOperation::List) => "keys list",
            Self::Keys(KeysOperation::Rotate { .. }) => "keys rotate",
            Self::Keys(KeysOperation::Retire { .. }) => "keys retire",
            Self::Clients(ClientsOperation::Add { .. }) => "clients add",
            Self::Clients(ClientsOperation::List) => "clients list",
            Self::Clients(ClientsOperation::Show { .. }) => "clients show",
            Self::Clients(ClientsOperation::Disable { .. }) => "clients disable",
            Self::Clients(ClientsOperation::Enable { .. }) => "clients enable",
            Self::Accounts(AccountsOperation::Import { .. }) => "accounts import",
            Self::Accounts(AccountsOperation::Show { .. }) => "accounts show",
            Self::Accounts(AccountsOperation::ConfirmReset { .. }) => "accounts confirm-reset",
        }
    }
}
