//! What comes over the control socket: one line of JSON, then the operation's input.

use dinhdanh::cli::Operation;
use dinhdanh::control::read_request;

/// Only a whole operation of this very version is run, and it means the same when it is sent on.
pub fn run(data: &[u8]) {
    let mut input = data;
    let Ok(operation) = read_request(&mut input) else { return };
    let line = data.split(|byte| *byte == b'\n').next().unwrap_or_default();
    let value: serde_json::Value = serde_json::from_slice(line).unwrap_or_else(|error| panic!("{error}"));
    assert_eq!(value["version"], env!("CARGO_PKG_VERSION"));
    assert_eq!(input, data.get(line.len() + 1..).unwrap_or_default(), "the input of the operation begins after the line");
    let sent = serde_json::to_value(&operation).unwrap_or_default();
    let again: Operation = serde_json::from_value(sent.clone()).unwrap_or_else(|error| panic!("{sent}: {error}"));
    assert_eq!(serde_json::to_value(again).unwrap_or_default(), sent);
    assert!(!operation.name().is_empty());
}
