//! `dinhdanh accounts`.

use std::ffi::OsStr;
use std::io::BufRead;
use std::path::Path;

use account_policy::{CitizenId, Person};
use anyhow::Context;
use persistence::Db;
use persistence::QueryResult;
use persistence::accounts::Account;
use persistence::eid_locks::EidLock;
use persistence::holders::Holder;
use serde_json::json;

use super::import::{self, Run};
use crate::cli::arguments::{AccountsOperation, ImportFormat};
use crate::cli::{Audience, Opened, Report};

/// Runs one of them.
///
/// # Errors
/// Cause and cure.
pub fn run(opened: &Opened, operation: &AccountsOperation, input: &mut dyn BufRead, audience: &mut dyn Audience) -> anyhow::Result<Report> {
    match operation {
        AccountsOperation::Import { file, format, dry_run, restart, refused: _ } => {
            let run = match (dry_run, restart) {
                (true, _) => Run::Dry,
                (false, true) => Run::Anew,
                (false, false) => Run::Real,
            };
            import::import(opened, format_of(file, *format)?, run, input, audience)
        }
        AccountsOperation::Show { citizen_id } => show(opened, citizen_id),
        AccountsOperation::ConfirmReset { citizen_id } => super::confirm_reset::confirm_reset(opened, citizen_id),
    }
}

fn format_of(file: &Path, asked: Option<ImportFormat>) -> anyhow::Result<ImportFormat> {
    if let Some(format) = asked {
        return Ok(format);
    }
    // `citizens.csv.gz` is CSV.
    let packed = file.extension().is_some_and(|extension| extension == "gz");
    let named = if packed { file.file_stem().map_or(file, Path::new) } else { file };
    match named.extension().and_then(OsStr::to_str) {
        Some("csv") => Ok(ImportFormat::Csv),
        Some("ndjson" | "jsonl") => Ok(ImportFormat::Ndjson),
        _ => anyhow::bail!("{}: the form cannot be told from the name; add --format csv or --format ndjson", file.display()),
    }
}

/// The account of a typed number.
pub(super) fn account_of(opened: &Opened, typed: &str) -> anyhow::Result<Account> {
    let number = CitizenId::parse(typed.trim()).map_err(|_| anyhow::anyhow!("the citizen number must be 12 digits"))?;
    let hash = opened.keyring()?.number_hash(&number);
    let found = opened.store.read_blocking(|db: &mut Db| Account::find_by_number(db, &hash))?;
    found.with_context(|| format!("{number} has no account here"))
}

fn show(opened: &Opened, typed: &str) -> anyhow::Result<Report> {
    let account = account_of(opened, typed)?;
    let (keyring, on) = (opened.keyring()?.clone(), opened.clock.today());
    let (id, now) = (account.id, opened.clock.now());
    let read = move |db: &mut Db| -> QueryResult<_> { Ok((Holder::load(db, &keyring, id, on)?, EidLock::list(db, id)?)) };
    let (holder, locks) = opened.store.read_blocking(read)?;
    let holder = holder.context("the account has no person; restore the database from a backup")?;
    let standing: Vec<_> = locks.iter().filter(|lock| lock.lifted_at.is_none()).map(|lock| lock.ground.code()).collect();
    let admission = match account_policy::admit(&holder.facts, on) {
        Ok(_) => "may be used".to_owned(),
        Err(refusal) => format!("refused: {refusal}"),
    };
    let masked = Masked::of(&holder.person);
    let lines = [
        ("account", account.id.to_string()),
        ("number", masked.number.clone()),
        ("name", masked.name.clone()),
        ("phone", masked.phone.clone()),
        ("level", account.level.number().to_string()),
        ("state", format!("{:?}", account.state)),
        ("today", admission.clone()),
        ("locks", if standing.is_empty() { "none".to_owned() } else { standing.join(", ") }),
        ("password", if account.password_hash.is_some() { "set" } else { "none yet" }.to_owned()),
        ("guardian", if holder.facts.guardian.is_some() { "yes" } else { "none" }.to_owned()),
        ("created", account.created_at.date().to_string()),
    ];
    let text: String = lines.iter().map(|(name, value)| format!("{name:<9} {value}\n")).collect();
    let json = json!({
        "account": account.id,
        "number": masked.number,
        "name": masked.name,
        "phone": masked.phone,
        "account_level": account.level.number(),
        "state": account.state,
        "today": admission,
        "lock_grounds": standing,
        "has_password": account.password_hash.is_some(),
        "has_guardian": holder.facts.guardian.is_some(),
        "created_at": account.created_at.unix_timestamp(),
        "shown_at": now.unix_timestamp(),
    });
    Ok(Report::done(text, json))
}

/// Enough to recognise a person that one has before oneself, not enough to learn of another.
struct Masked {
    number: String,
    name: String,
    phone: String,
}

impl Masked {
    fn of(person: &Person) -> Self {
        let initials = person.name.full.split_whitespace().map(|word| word.chars().take(1).collect::<String>() + "•");
        Self {
            number: person.citizen_id.masked(),
            name: initials.collect::<Vec<_>>().join(" "),
            phone: person.phone.as_ref().map_or_else(|| "none".to_owned(), account_policy::PhoneNumber::masked),
        }
    }
}
