//! What can be typed, and what `--help` says.

use std::process::Command;

#[test]
fn without_a_configuration_file_it_is_wrong_use() {
    for arguments in [&["serve"][..], &["config", "check"], &["keys", "list"], &["clients", "frobnicate"], &["nonsense"]] {
        let output = Command::new(env!("CARGO_BIN_EXE_dinhdanh")).args(arguments).output().unwrap();
        assert_eq!(output.status.code(), Some(2), "{arguments:?}");
    }
}

#[test]
fn every_help_ends_with_an_example() {
    for arguments in [
        "",
        "serve",
        "config",
        "config check",
        "migrate",
        "check",
        "backup",
        "restore",
        "keys",
        "keys list",
        "keys rotate",
        "keys retire",
        "clients",
        "clients add",
        "clients list",
        "clients show",
        "clients disable",
        "clients enable",
        "accounts",
        "accounts import",
        "accounts show",
        "accounts confirm-reset",
    ] {
        let output = Command::new(env!("CARGO_BIN_EXE_dinhdanh")).args(arguments.split_whitespace()).arg("--help").output().unwrap();
        let help = String::from_utf8(output.stdout).unwrap();
        assert_eq!(output.status.code(), Some(0), "{arguments}");
        assert!(help.contains("Example:\n  dinhdanh") || help.contains("Example:\n  zcat"), "{arguments}: {help}");
        if !arguments.is_empty() {
            assert!(help.contains("--config") || arguments == "config", "{arguments}: {help}");
        }
    }
}
