//! What keeps a node from starting.

use std::net::TcpListener;
use std::os::unix::fs::PermissionsExt;
use std::process::Command;

use crate::operator::{Operator, Outcome, SECRET, client, is_root, sql};

#[test]
fn config_check_names_file_line_and_key_and_changes_nothing() {
    let operator = Operator::new();
    operator.sandbox("fixed_otp = \"12\"\n");
    operator.run(&["config", "check"]).refused(&["dinhdanh.toml:10: sandbox.fixed_otp: must be six digits"]);
    operator.sandbox("colour = \"red\"\n");
    operator.run(&["config", "check"]).refused(&["dinhdanh.toml:10: sandbox.colour: unknown key `colour`"]);
    operator.sandbox(&client("a").replace("openid profile", "openid nonsense"));
    operator.run(&["config", "check"]).refused(&["dinhdanh.toml:15: clients[0].scope: ", "nonsense"]);
    operator.sandbox(&client("a"));
    let said = operator.run(&["config", "check"]).done();
    assert!(said.contains("sandbox") && said.contains("clients   a") && !said.contains(SECRET), "{said}");
    let json = operator.json(&["config", "check"]);
    assert_eq!(json["clients"][0], "a");
    assert!(!json.to_string().contains(SECRET));
    assert!(!operator.path("data").exists(), "config check made the data folder");
}

#[test]
fn a_missing_file_is_named() {
    let operator = Operator::new();
    operator.run(&["serve"]).refused(&["dinhdanh.toml", "no such file"]);
    operator.sandbox(&client("a").replace(&format!("client_secret = \"{SECRET}\""), "client_secret_file = \"/no/such/secret\""));
    operator.run(&["serve"]).refused(&["clients[0].client_secret_file", "/no/such/secret", "no such file"]);
    operator.sandbox("outbound_ca_file = \"/no/such/ca.pem\"\n");
    operator.run(&["config", "check"]).refused(&["sandbox.outbound_ca_file", "/no/such/ca.pem"]);
}

#[test]
fn an_unwritable_data_folder_is_named() {
    let operator = Operator::new();
    operator.sandbox("");
    operator.write("data", "a file in the place of the folder");
    operator.run(&["serve"]).refused(&["data", "is no folder", "data_dir"]);
    assert_eq!(std::fs::read_to_string(operator.path("data")).unwrap(), "a file in the place of the folder");
    // Nobody makes a folder there, root neither.
    let mut nowhere = operator.command(&["serve"]);
    nowhere.env("DINHDANH__DATA_DIR", "/proc/dinhdanh");
    Outcome(nowhere.output().unwrap()).refused(&["data folder /proc/dinhdanh", "data_dir"]);
    if is_root() {
        return; // root writes everywhere else
    }
    std::fs::remove_file(operator.path("data")).unwrap();
    std::fs::create_dir(operator.path("data")).unwrap();
    std::fs::set_permissions(operator.path("data"), std::fs::Permissions::from_mode(0o500)).unwrap();
    operator.run(&["serve"]).refused(&["data", "permission denied", "data_dir"]);
}

#[test]
fn a_database_of_a_newer_version_is_refused_and_left_alone() {
    let operator = Operator::new();
    operator.sandbox("").run(&["migrate"]).done();
    let database = operator.path("data/dinhdanh.sqlite");
    sql(&database, "INSERT INTO __diesel_schema_migrations (version) VALUES ('29990101000000')");
    let before = operator.database();
    operator.run(&["serve"]).refused(&["29990101000000", "newer"]);
    operator.run(&["migrate"]).refused(&["29990101000000", "newer"]);
    assert_eq!(operator.database(), before);
}

#[test]
fn neither_mode_opens_the_others_database() {
    let operator = Operator::new();
    operator.sandbox("").run(&["migrate"]).done();
    let before = operator.database();
    operator.production().run(&["serve"]).refused(&["sandbox", "production"]);
    assert_eq!(operator.database(), before);
    let other = Operator::new();
    other.production().run(&["migrate"]).done();
    other.sandbox("").run(&["migrate"]).refused(&["sandbox", "production"]);
}

#[test]
fn a_database_of_somebody_else_is_refused_and_left_alone() {
    let operator = Operator::new();
    operator.sandbox("");
    std::fs::create_dir(operator.path("data")).unwrap();
    sql(&operator.path("data/dinhdanh.sqlite"), "PRAGMA journal_mode = WAL; CREATE TABLE cookies (name TEXT)");
    let before = operator.database();
    operator.run(&["serve"]).refused(&["was not made by dinhdanh"]);
    assert_eq!(operator.database(), before);
    operator
        .write("data/dinhdanh.sqlite", "this is a text, and long enough to be one: no database begins like this, not in a hundred bytes");
    operator.run(&["serve"]).refused(&["dinhdanh.sqlite"]);
}

#[test]
fn the_wrong_key_encryption_key_is_refused() {
    let operator = Operator::new();
    operator.production().run(&["migrate"]).done();
    operator.run(&["keys", "rotate"]).done();
    let mut wrong = operator.command(&["keys", "list"]);
    wrong.env("DINHDANH__KEYS__KEY_ENCRYPTION_KEY", "AQAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=");
    Outcome(wrong.output().unwrap()).refused(&["key-encryption key"]);
}

#[test]
fn a_taken_port_is_named_before_anything_is_made() {
    let operator = Operator::new();
    operator.sandbox("");
    let _taken = TcpListener::bind(("127.0.0.1", operator.port)).unwrap();
    operator.run(&["serve"]).refused(&[&format!("127.0.0.1:{}", operator.port), "taken", "listen"]);
    assert!(operator.database().is_empty());
}

#[cfg(feature = "sandbox")]
#[test]
fn a_taken_port_of_the_demo_names_the_port_and_the_way_out() {
    let folder = tempfile::tempdir().unwrap();
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = taken.local_addr().unwrap().port();
    for base in [port, port - 1, port - 2] {
        let mut demo = Command::new(env!("CARGO_BIN_EXE_dinhdanh"));
        let output = demo.args(["demo", "--port-base", &base.to_string()]).current_dir(folder.path()).output().unwrap();
        Outcome(output).refused(&[&format!("port {port}"), "--port-base"]);
        assert!(!folder.path().join("data/dinhdanh.sqlite").exists());
    }
}

#[test]
fn a_second_node_is_told_who_has_the_folder() {
    let operator = Operator::new();
    operator.sandbox("");
    let node = operator.node();
    operator.run(&["serve"]).refused(&["in use by another dinhdanh process", &node.child.id().to_string()]);
    assert_eq!(node.stop(), Some(0));
}

#[test]
fn a_node_that_was_killed_starts_again() {
    let operator = Operator::new();
    operator.sandbox(&client("a"));
    drop(operator.node());
    assert!(operator.path("data/control.sock").exists());
    assert!(operator.run(&["clients", "list"]).done().contains("Cổng a"));
    assert_eq!(operator.node().stop(), Some(0));
    assert!(!operator.path("data/control.sock").exists());
}

#[test]
fn what_a_node_keeps_is_for_its_owner_only() {
    let operator = Operator::new();
    operator.sandbox("");
    let node = operator.node();
    let mode = |name: &str| std::fs::metadata(operator.path(name)).unwrap().permissions().mode() & 0o777;
    assert_eq!(mode("data"), 0o700);
    for name in ["data/dinhdanh.sqlite", "data/lock", "data/key-encryption-key", "data/control.sock"] {
        assert_eq!(mode(name) & 0o077, 0, "{name}: {:o}", mode(name));
    }
    node.stop();
}

/// The demo of a newcomer, in a folder of its own.
#[cfg(feature = "sandbox")]
struct Demo {
    process: crate::process::Node,
    said: String,
}

#[cfg(feature = "sandbox")]
impl Demo {
    /// Starts it and waits until it serves; what it said of its data until then.
    fn start(folder: &std::path::Path, base: u16) -> Self {
        use std::io::{BufRead, BufReader};
        let mut demo = Command::new(env!("CARGO_BIN_EXE_dinhdanh"));
        demo.args(["demo", "--port-base", &base.to_string()]).current_dir(folder);
        demo.env("DINHDANH__PASSWORDS__MEMORY_KIB", "64").env("DINHDANH__LOG__LEVEL", "error").stdout(std::process::Stdio::piped());
        let mut process = crate::process::Node::start(&mut demo).unwrap_or_else(|(status, _)| panic!("the demo ended: {status}"));
        let mut lines = BufReader::new(process.child.stdout.take().unwrap()).lines().map(Result::unwrap);
        let said = lines.find(|line| line.contains("data in ./data")).expect("the demo says what data it has");
        // The rest is read too, or the demo would wait for its reader.
        std::thread::spawn(move || lines.for_each(drop));
        Self { process, said }
    }
}

#[cfg(feature = "sandbox")]
#[test]
fn a_second_demo_in_the_same_folder_keeps_what_the_first_made() {
    let folder = tempfile::tempdir().unwrap();
    let free = |port: &u16| TcpListener::bind(("127.0.0.1", *port)).is_ok();
    let base =
        std::iter::repeat_with(crate::operator::free_port).find(|base| (0..3).all(|above| free(&base.saturating_add(above)))).unwrap();
    let ids = || {
        crate::operator::text_of(
            &folder.path().join("data/dinhdanh.sqlite"),
            "SELECT group_concat(hex(id)) FROM (SELECT id FROM accounts ORDER BY id)",
        )
    };
    let keys = || {
        crate::operator::text_of(
            &folder.path().join("data/dinhdanh.sqlite"),
            "SELECT group_concat(kid) FROM (SELECT kid FROM signing_keys ORDER BY kid)",
        )
    };

    let first = Demo::start(folder.path(), base);
    assert!(first.said.contains("(new)"), "{}", first.said);
    let made = (ids(), keys());
    assert!(made.0.len() > 32 * 5, "{made:?}");
    assert_eq!(first.process.stop(), Some(0));

    let second = Demo::start(folder.path(), base);
    assert!(second.said.contains("kept from last time"), "{}", second.said);
    assert_eq!((ids(), keys()), made, "the same citizens and the same signing keys");
    assert_eq!(second.process.stop(), Some(0));
}

#[test]
fn a_node_counts_what_it_commits() {
    let operator = Operator::new();
    operator.sandbox("");
    let node = operator.node();
    let commits = || {
        let text = crate::operator::http(operator.port, "/metrics");
        let line = text.lines().find_map(|line| line.strip_prefix("dinhdanh_commit_batch_size_count ")).unwrap_or("0").to_owned();
        line.trim().parse::<u64>().unwrap()
    };
    // What the node does by itself now and then is counted as well, so the least of several differences is the request's own.
    let least = (0..10)
        .map(|_| {
            let before = commits();
            crate::operator::http(operator.port, "/readyz");
            commits() - before
        })
        .min();
    assert_eq!(least, Some(1), "readiness is one transaction");
    node.stop();
}

#[test]
fn no_core_dump_can_write_keys_and_passwords_to_disk() {
    let operator = Operator::new();
    operator.sandbox("");
    let node = operator.node();
    let process = std::path::PathBuf::from(format!("/proc/{}", node.child.id()));
    let Ok(limits) = std::fs::read_to_string(process.join("limits")) else { return };
    let core = limits.lines().find(|line| line.starts_with("Max core file size")).unwrap();
    assert_eq!(core.split_whitespace().skip(4).take(2).collect::<Vec<_>>(), ["0", "0"], "{core}");
    // What is not dumpable belongs to root: no other process of the same user reads its memory.
    use std::os::unix::fs::MetadataExt;
    assert!(is_root() || std::fs::metadata(process.join("mem")).unwrap().uid() == 0);
    let files = limits.lines().find(|line| line.starts_with("Max open files")).unwrap();
    let files: Vec<_> = files.split_whitespace().skip(3).take(2).collect();
    assert_eq!(files[0], files[1], "every connection takes a file descriptor");
}
