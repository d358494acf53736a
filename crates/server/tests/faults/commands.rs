//! `backup`, `restore` and `check` as an operator uses them.

use std::fs;
use std::os::unix::fs::PermissionsExt;

use diesel::connection::SimpleConnection;
use diesel::{Connection, SqliteConnection};

use crate::browser::Browser;
use crate::machine::{Machine, alone};
use crate::steps::{Portal, at_work, sign_in, signed_in, silent_tokens};

fn said(output: &std::process::Output) -> String {
    format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr))
}

#[tokio::test]
async fn a_backup_beside_a_node_comes_back_and_revives_nothing() {
    let _alone = alone().await;
    let machine = Machine::new();
    let (node, portal, browser, tokens) = at_work(&machine).await;

    let file = machine.path("backup.sqlite");
    let file_name = file.to_str().unwrap();
    let (report, code) = machine.json(&["backup", file_name]);
    assert_eq!((code, report["mode"].as_str()), (Some(0), Some("sandbox")), "{report}");
    assert_eq!(report["bytes"].as_u64().unwrap(), fs::metadata(&file).unwrap().len());
    assert_eq!(fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o600);
    let again = machine.run(&["backup", file_name]);
    assert!(again.status.code() == Some(1) && said(&again).contains("exists already"), "{}", said(&again));

    let refused = machine.run(&["restore", file_name, "--replace"]);
    assert!(refused.status.code() == Some(1) && said(&refused).contains("stop it first"), "{}", said(&refused));
    // What happens after the backup is not in it.
    let since = silent_tokens(&browser, &portal).await;
    assert_eq!(node.stop(), Some(0));
    let refused = machine.run(&["restore", file_name]);
    assert!(refused.status.code() == Some(1) && said(&refused).contains("--replace"), "{}", said(&refused));
    let (report, code) = machine.json(&["restore", file_name, "--replace"]);
    assert_eq!(code, Some(0), "{report}");
    assert!(report["sessions_ended"].as_u64().unwrap() >= 1 && report["grants_revoked"].as_u64().unwrap() >= 1, "{report}");
    let aside = report["replaced"].as_str().unwrap().to_owned();
    assert!(fs::metadata(&aside).unwrap().len() > 0);

    let node = machine.serve();
    let (portal, browser) = (portal.anew(), browser.at(&machine.base()));
    machine.is_sound();
    for tokens in [&tokens, &since] {
        assert!(!portal.is_active(&tokens.access_token).await, "a token came alive");
        assert_eq!(portal.refresh(&tokens.refresh_token).await.unwrap().error(), "invalid_grant");
    }
    let silent = browser.get(&portal.authorize(true)).await;
    assert_eq!(silent.parameter("error").as_deref(), Some("login_required"));
    let answer = sign_in(&Browser::new(&machine.base()), &portal).await;
    assert!(answer.parameter("code").is_some(), "the account is there: {} {}", answer.status, answer.text());
    assert_eq!(node.stop(), Some(0));
}

#[tokio::test]
async fn a_backup_under_another_key_encryption_key_is_not_put_in_place() {
    let _alone = alone().await;
    let machine = Machine::new();
    assert_eq!(machine.serve().stop(), Some(0));
    let file = machine.path("backup.sqlite");
    assert_eq!(machine.run(&["backup", file.to_str().unwrap()]).status.code(), Some(0));
    let before = fs::read(machine.database()).unwrap();
    fs::write(machine.data.join("key-encryption-key"), "AQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQE=\n").unwrap();
    let refused = machine.run(&["restore", file.to_str().unwrap(), "--replace"]);
    assert!(refused.status.code() == Some(1) && said(&refused).contains("key-encryption key"), "{}", said(&refused));
    assert_eq!(fs::read(machine.database()).unwrap(), before);
    let left: Vec<_> = fs::read_dir(&machine.data).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    assert!(left.iter().all(|name| !name.to_string_lossy().contains("restoring")), "{left:?}");
}

#[tokio::test]
async fn check_names_what_is_wrong_and_its_exit_code_says_so() {
    let _alone = alone().await;
    let machine = Machine::new();
    let node = machine.serve();
    silent_tokens(&signed_in(&machine).await, &Portal::of(&machine)).await;
    machine.is_sound();
    let mut db = SqliteConnection::establish(machine.database().to_str().unwrap()).unwrap();
    db.batch_execute("PRAGMA busy_timeout = 5000; DELETE FROM usage_records; UPDATE signing_keys SET kid = 'another' WHERE alg = 'ES256'")
        .unwrap();
    let output = machine.run(&["check"]);
    let text = said(&output);
    assert_eq!(output.status.code(), Some(1), "{text}");
    assert!(text.contains("grants") && text.contains("it has no usage record") && text.contains("signing_keys another"), "{text}");
    assert_eq!(node.stop(), Some(0));
    let (report, code) = machine.json(&["check"]);
    assert!(code == Some(1) && report["faults"][0]["table"].is_string() && report["rows"].as_u64().unwrap() > 0, "{report}");
}

#[tokio::test]
async fn on_postgresql_backup_and_restore_name_its_own_tools() {
    let _alone = alone().await;
    let machine = Machine::new();
    for (arguments, tool) in [(["backup", "x.sqlite"], "pg_dump"), (["restore", "x.sqlite"], "pg_restore")] {
        let output = machine.command(&arguments).env("DINHDANH__DATABASE__URL", "postgres://u@127.0.0.1:1/d").output().unwrap();
        assert!(output.status.code() == Some(1) && said(&output).contains(tool), "{}", said(&output));
    }
}
