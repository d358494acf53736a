//! The manual of the configuration, written from the types. `docs/configuration.md` is this text; a test keeps it so.

use std::fmt::Write;

use serde_json::Value;

use super::schema::Node;

const INTRODUCTION: &str = "# Configuration

<!-- Written by a test from the types in crates/server/src/config. Change the doc comments there, then run
     `UPDATE=1 cargo test --release -p dinhdanh --test configuration`. -->

One TOML file, given with `--config FILE`. Keys that are not listed here are refused. `dinhdanh config check --config FILE` names file,
line and key of the first thing wrong, and starts nothing.

Every key outside `[[clients]]` can be overridden from the environment: `DINHDANH__` and then section and key in capitals, joined by two
underscores. `DINHDANH__ISSUER` sets `issuer`, `DINHDANH__SESSION__IDLE_MINUTES=20` sets `idle_minutes` of `[session]`, and a list is
written with commas: `DINHDANH__HTTP__TRUSTED_PROXIES=127.0.0.1,10.0.0.0/8`.

Secrets are never printed, neither by `config check` nor in logs. Give them as files that only the service's user can read
(`key_encryption_key_file`, `bearer_token_file`, `client_secret_file`), or from the environment.

An installation is **sandbox or production from its first migration on**. The database says which, and neither opens the other's.
A complete example stands in [`deploy/dinhdanh.toml`](../deploy/dinhdanh.toml).
";

/// The whole manual as Markdown.
#[must_use]
pub fn reference() -> String {
    let root = Node::root();
    let mut text = INTRODUCTION.to_owned();
    text.push_str("\n## Top of the file\n");
    table(&mut text, root);
    for (name, section) in root.properties() {
        if section.is_table() {
            heading(&mut text, &format!("[{name}]"), section);
            table(&mut text, section);
        }
        if let Some(element) = section.element().filter(|element| element.is_table()) {
            heading(&mut text, &format!("[[{name}]]"), section);
            table(&mut text, element);
        }
    }
    text
}

fn heading(text: &mut String, title: &str, section: Node) {
    _ = writeln!(text, "\n## `{title}`\n\n{}", joined(section.description()));
}

fn table(text: &mut String, node: Node) {
    text.push_str("\n| key | type | default | meaning |\n|---|---|---|---|\n");
    for (name, field) in node.properties() {
        if field.is_table() || field.element().is_some_and(Node::is_table) {
            continue;
        }
        let default = default(field, node.requires(name));
        _ = writeln!(text, "| `{name}` | {} | {default} | {} |", kind(field), escaped(&joined(field.description())));
    }
}

fn kind(field: Node) -> String {
    let words = field.words();
    if !words.is_empty() {
        return words.iter().map(|word| format!("`\"{word}\"`")).collect::<Vec<_>>().join(", ");
    }
    match (field.kind(), field.range()) {
        ("integer", Some((least, most))) => format!("number, {least} to {most}"),
        ("integer", None) => "number".to_owned(),
        ("boolean", _) => "true or false".to_owned(),
        ("array", _) => match field.element().map(Node::words) {
            Some(words) if !words.is_empty() => {
                format!("list of {}", words.iter().map(|word| format!("`\"{word}\"`")).collect::<Vec<_>>().join(", "))
            }
            _ => "list of texts".to_owned(),
        },
        ("object", _) => "table".to_owned(),
        _ => "text".to_owned(),
    }
}

fn default(field: Node, required: bool) -> String {
    match field.field.get("default") {
        _ if required => "**required**".to_owned(),
        Some(Value::Null) | None => "none".to_owned(),
        Some(value) => format!("`{value}`"),
    }
}

/// The lines of a paragraph on one line; paragraphs stay apart by one space.
fn joined(description: &str) -> String {
    description.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn escaped(cell: &str) -> String {
    cell.replace('|', "\\|")
}
