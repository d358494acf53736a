//! `dinhdanh accounts confirm-reset`: an officer who saw the person lets a level-2 account have a new password.

use account_policy::AccountLevel;
use persistence::Db;
use serde_json::json;

use super::accounts::account_of;
use crate::cli::{Opened, Report};
use crate::one_time_code::{Drafting, Placed};

/// Makes the code that the citizen types beside the one on the phone, and writes it down as done.
///
/// # Errors
/// When the number has no account, the account needs no officer, or a code was made a moment ago.
pub(super) fn confirm_reset(opened: &Opened, typed: &str) -> anyhow::Result<Report> {
    let account = account_of(opened, typed)?;
    if account.level != AccountLevel::Two {
        anyhow::bail!("the account has level 1: the code on the phone is enough, no officer is needed");
    }
    let now = opened.clock.now();
    let drafting = Drafting { config: &opened.config, keyring: opened.keyring()?, randomness: &opened.randomness, now };
    let (draft, code) = drafting.by_officer(&account);
    let event = super::audit::event(opened, "account.reset_confirmed", Some(account.id), &json!({}));
    let place = move |db: &mut Db| {
        let placed = draft.place(db, now)?;
        if placed == Placed::Done {
            event.append(db)?;
        }
        Ok(placed)
    };
    match opened.store.run_blocking(place)? {
        Placed::Done => {}
        Placed::TooSoon { seconds } => anyhow::bail!("a code was made for this account a moment ago; wait {seconds} seconds"),
    }
    let text = format!(
        "Code: {}\nHand it to the citizen in person. It works once, within 24 hours, at /account/recover beside the code on the phone.\n",
        code.expose()
    );
    Ok(Report::done(text, json!({ "code": code.expose() })))
}
