//! Administration, beside a running node and without one.

use crate::operator::{Operator, client, free_port, http};

#[test]
fn commands_work_beside_a_running_node_and_without_one() {
    let operator = Operator::new();
    operator.sandbox(&client("a"));
    let node = operator.node();
    assert_eq!(operator.json(&["clients", "list"])["clients"][0]["client_id"], "a");
    assert_eq!(operator.json(&["clients", "disable", "a"])["changed"], true);
    assert_eq!(operator.json(&["keys", "list"])["keys"].as_array().unwrap().len(), 4);
    operator.run(&["clients", "disable", "nobody"]).refused(&["there is no client nobody"]);
    operator.run(&["keys", "retire", "nothing"]).refused(&["there is no key nothing"]);
    assert!(operator.run(&["migrate"]).done().contains("up to date"));
    node.stop();
    assert_eq!(operator.json(&["clients", "list"])["clients"][0]["state"], "disabled");
    assert_eq!(operator.json(&["clients", "enable", "a"])["changed"], true);
}

#[test]
fn a_long_path_does_not_keep_the_control_socket_from_working() {
    let parent = tempfile::tempdir().unwrap();
    let long = parent.path().join("x".repeat(120));
    std::fs::create_dir(&long).unwrap();
    let operator = Operator { folder: tempfile::tempdir_in(long).unwrap(), port: free_port() };
    operator.sandbox(&client("a"));
    let node = operator.node();
    assert!(operator.run(&["clients", "list"]).done().contains("Cổng a"));
    node.stop();
}

#[test]
fn signing_keys_rotate_and_retire() {
    let operator = Operator::new();
    operator.sandbox("");
    let node = operator.node();
    let active = |alg: &str| {
        let keys = operator.json(&["keys", "list"]);
        let keys = keys["keys"].as_array().unwrap().clone();
        keys.into_iter().find(|key| key["alg"] == alg && key["state"] == "active").unwrap()["kid"].as_str().unwrap().to_owned()
    };
    let (before, other) = (active("ES256"), active("RS256"));
    operator.run(&["keys", "retire", &before]).refused(&["signs ES256 now", "keys rotate"]);
    operator.run(&["keys", "rotate", "--alg", "ES256"]).done();
    assert_ne!(active("ES256"), before);
    assert_eq!(active("RS256"), other);
    let published = http(operator.port, "/oauth2/jwks");
    assert!(published.contains(&before) && published.contains(&active("ES256")), "{published}");
    operator.run(&["keys", "retire", &before]).done();
    assert!(!http(operator.port, "/oauth2/jwks").contains(&before));
    // One id in 64 begins with a hyphen.
    operator.run(&["keys", "retire", "-s0me-key"]).refused(&["there is no key -s0me-key"]);
    node.stop();
}

#[test]
fn a_portal_is_added_with_a_secret_that_is_shown_once() {
    let operator = Operator::new();
    operator.sandbox(&client("a")).run(&["migrate"]).done();
    let file = operator
        .write("b.toml", "client_id = \"b\"\nclient_name = \"B\"\nredirect_uris = [\"https://b.example/cb\"]\nscope = \"openid\"\n");
    let added = operator.json(&["clients", "add", file.to_str().unwrap()]);
    let secret = added["client_secret"].as_str().unwrap();
    assert!(secret.len() >= 32);
    assert!(!operator.json(&["clients", "show", "b"]).to_string().contains(secret));
    operator.run(&["clients", "add", file.to_str().unwrap()]).refused(&["exists already", "--replace"]);
    operator.run(&["clients", "add", file.to_str().unwrap(), "--replace"]).done();
    let wrong = operator.write("c.toml", "client_id = \"c\"\nredirect_uri = \"https://c.example/cb\"\n");
    operator.run(&["clients", "add", wrong.to_str().unwrap()]).refused(&["line 2", "redirect_uri"]);
    operator.run(&["clients", "add", "/no/such/file"]).refused(&["/no/such/file"]);
}
