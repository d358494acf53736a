//! The program as an operator starts it: one line that names cause and cure, an exit code that tells, and nothing damaged.

use std::io::{BufRead, BufReader, Read};
use std::net::TcpListener;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};

use tempfile::TempDir;

/// An operator with a folder of their own.
struct Operator {
    folder: TempDir,
    port: u16,
}

impl Operator {
    fn new() -> Self {
        Self { folder: tempfile::tempdir().unwrap(), port: free_port() }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn write(&self, name: &str, text: &str) -> PathBuf {
        let path = self.path(name);
        std::fs::write(&path, text).unwrap();
        path
    }

    /// Writes the configuration of a sandbox, `more` at its end.
    fn sandbox(&self, more: &str) -> &Self {
        let data = self.path("data").display().to_string();
        let port = self.port;
        self.write(
            "dinhdanh.toml",
            &format!(
                "issuer = \"http://localhost:{port}\"\nlisten = \"127.0.0.1:{port}\"\ndata_dir = \"{data}\"\n[database]\nurl = \"sqlite://{data}/dinhdanh.sqlite\"\n[log]\nlevel = \"error\"\n[sandbox]\nenabled = true\n{more}"
            ),
        );
        self
    }

    /// Writes the configuration of production on the same data folder.
    fn production(&self) -> &Self {
        let data = self.path("data").display().to_string();
        let port = self.port;
        self.write(
            "dinhdanh.toml",
            &format!(
                "issuer = \"https://localhost:{port}\"\nlisten = \"127.0.0.1:{port}\"\ndata_dir = \"{data}\"\n[database]\nurl = \"sqlite://{data}/dinhdanh.sqlite\"\n[keys]\nkey_encryption_key = \"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\"\n[sms]\nurl = \"https://sms.example/send\"\n"
            ),
        );
        self
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_dinhdanh"));
        command.args(arguments).arg("--config").arg(self.path("dinhdanh.toml")).current_dir(self.folder.path());
        command
    }

    fn run(&self, arguments: &[&str]) -> Outcome {
        Outcome(self.command(arguments).output().unwrap())
    }

    fn json(&self, arguments: &[&str]) -> serde_json::Value {
        let outcome = self.run(&[arguments, &["--json"]].concat());
        serde_json::from_str(&outcome.out()).unwrap_or_else(|error| panic!("{error}: {}{}", outcome.out(), outcome.err()))
    }

    /// Starts a node and waits until it answers.
    fn node(&self) -> Node {
        let mut child = self.command(&["serve"]).stderr(Stdio::piped()).spawn().unwrap();
        let begun = std::time::Instant::now();
        while !answers(self.port) {
            if child.try_wait().unwrap().is_some() || begun.elapsed().as_secs() > 30 {
                let mut said = String::new();
                child.kill().ok();
                child.stderr.take().unwrap().read_to_string(&mut said).unwrap();
                panic!("the node did not start: {said}");
            }
            std::thread::sleep(std::time::Duration::from_millis(20));
        }
        Node(child)
    }

    fn database(&self) -> Vec<u8> {
        std::fs::read(self.path("data/dinhdanh.sqlite")).unwrap_or_default()
    }
}

/// A running node; killed when the test ends.
struct Node(Child);

impl Node {
    /// SIGTERM, then its exit code.
    fn stop(mut self) -> Option<i32> {
        let killed = Command::new("kill").arg("-TERM").arg(self.0.id().to_string()).status().unwrap();
        assert!(killed.success());
        self.0.wait().unwrap().code()
    }
}

impl Drop for Node {
    fn drop(&mut self) {
        self.0.kill().ok();
        self.0.wait().ok();
    }
}

struct Outcome(Output);

impl Outcome {
    fn out(&self) -> String {
        String::from_utf8(self.0.stdout.clone()).unwrap()
    }

    fn err(&self) -> String {
        String::from_utf8(self.0.stderr.clone()).unwrap()
    }

    fn code(&self) -> Option<i32> {
        self.0.status.code()
    }

    /// Exit code 0; what it said.
    fn done(&self) -> String {
        assert_eq!(self.code(), Some(0), "{}{}", self.out(), self.err());
        self.out()
    }

    /// Exit code 1 and one line that holds all of these.
    fn refused(&self, parts: &[&str]) -> String {
        let err = self.err();
        assert_eq!(self.code(), Some(1), "{}{err}", self.out());
        assert_eq!(err.lines().count(), 1, "{err}");
        for part in parts {
            assert!(err.contains(part), "{part:?} is missing in {err:?}");
        }
        err
    }
}

fn free_port() -> u16 {
    TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port()
}

fn answers(port: u16) -> bool {
    use std::io::Write;
    let Ok(mut stream) = std::net::TcpStream::connect(("127.0.0.1", port)) else { return false };
    stream.write_all(b"GET /healthz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n").ok();
    let mut line = String::new();
    BufReader::new(stream).read_line(&mut line).is_ok() && line.contains("200")
}

fn is_root() -> bool {
    Command::new("id").arg("-u").output().is_ok_and(|output| output.stdout.starts_with(b"0\n"))
}

const SECRET: &str = "a-secret-of-at-least-32-characters-for-tests";

fn client(id: &str) -> String {
    format!(
        "[[clients]]\nclient_id = \"{id}\"\nclient_secret = \"{SECRET}\"\nclient_name = \"Cổng {id}\"\nredirect_uris = [\"https://{id}.example/cb\"]\nscope = \"openid profile\"\npurpose = \"Thử\"\n"
    )
}

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
        "", "serve", "config", "config check", "migrate", "keys", "keys list", "keys rotate", "keys retire", "clients", "clients add", "clients list",
        "clients show", "clients disable", "clients enable", "accounts", "accounts import", "accounts show", "accounts confirm-reset",
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
    if is_root() {
        return; // root writes everywhere
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
    sql(&operator.path("data/dinhdanh.sqlite"), "CREATE TABLE cookies (name TEXT)");
    let before = operator.database();
    operator.run(&["serve"]).refused(&["was not made by dinhdanh"]);
    assert_eq!(operator.database(), before);
    operator.write("data/dinhdanh.sqlite", "this is a text, and long enough to be one: no database begins like this, not in a hundred bytes");
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
    operator.run(&["serve"]).refused(&["in use by another dinhdanh process", &node.0.id().to_string()]);
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
    let mut operator = Operator::new();
    let long = operator.path(&"x".repeat(120));
    std::fs::create_dir(&long).unwrap();
    operator.folder = tempfile::tempdir_in(long).unwrap();
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
    node.stop();
}

#[test]
fn a_portal_is_added_with_a_secret_that_is_shown_once() {
    let operator = Operator::new();
    operator.sandbox(&client("a")).run(&["migrate"]).done();
    let file = operator.write("b.toml", "client_id = \"b\"\nclient_name = \"B\"\nredirect_uris = [\"https://b.example/cb\"]\nscope = \"openid\"\n");
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

/// The hash of "Sandbox#2024" with little memory, so that the test is quick.
const HASH: &str = "$argon2id$v=19$m=64,t=1,p=1$c2FsdHNhbHRzYWx0$4v5tNJ1D8Y0FAn0CT6bYFH6Q2FLcX0rV5sJmMbQjJ3s";

#[test]
fn an_import_is_safe_to_repeat_and_names_refused_rows_by_line() {
    let operator = Operator::new();
    operator.sandbox("").run(&["migrate"]).done();
    let rows = format!(
        "citizen_id,name,birthdate,account_level,phone,password_hash,card_issued_on,card_expires_on,guardian_citizen_id\n\
         098090000101,Nguyễn Thị Thử,1990-05-01,2,0912345678,\"{HASH}\",2022-01-01,2032-01-01,\n\
         098090000102,Trần Văn Mẫu,1985,1,,,,,\n\
         001090000103,Lê Người Thật,1990-01-01,1,,,,,\n\
         098090000104,Phạm Sai Ngày,1990-13-01,1,,,,,\n\
         098090000105,Hoàng Mật Khẩu,1990-01-01,1,,Sandbox#2024,,,\n\
         098216000106,Nguyễn Bé Con,2016-03-03,2,,,,,098090000101\n\
         098216000107,Nguyễn Không Giám Hộ,2016-03-03,2,,,,,098090009999\n\
         098090000108,Thiếu Cột\n"
    );
    let file = operator.write("citizens.csv", &rows);
    let file = file.to_str().unwrap();

    let dry = operator.json(&["accounts", "import", file, "--dry-run"]);
    assert_eq!(dry["imported"], 4);
    let first = operator.json(&["accounts", "import", file]);
    assert_eq!((&first["imported"], &first["present"], &first["refused"]), (&3.into(), &0.into(), &5.into()), "{first}");
    let refused: Vec<_> = first["refused_rows"].as_array().unwrap().iter().map(|row| row["line"].as_u64().unwrap()).collect();
    assert_eq!(refused.iter().collect::<std::collections::BTreeSet<_>>().into_iter().copied().collect::<Vec<_>>(), [4, 5, 6, 8, 9]);
    let said = operator.run(&["accounts", "import", file]);
    assert_eq!(said.code(), Some(1));
    assert!(said.out().contains("0 imported, 3 already there, 5 refused"), "{}", said.out());
    for personal in ["001090000103", "Sandbox#2024", "Giám Hộ", "098090009999"] {
        assert!(!said.err().contains(personal) && !first.to_string().contains(personal), "{personal}");
    }

    let shown = operator.run(&["accounts", "show", "098090000101"]).done();
    assert!(shown.contains("N• T• T•") && !shown.contains("098090000101") && !shown.contains("912345"), "{shown}");
    operator.run(&["accounts", "show", "098090000199"]).refused(&["has no account"]);
    operator.run(&["accounts", "show", "12"]).refused(&["12 digits"]);
}

#[test]
fn an_import_beside_a_running_node_reads_ndjson() {
    let operator = Operator::new();
    operator.sandbox("");
    let node = operator.node();
    let rows: String = (0..450)
        .map(|n| format!("{{\"citizen_id\":\"0980900{n:05}\",\"name\":\"Nguyễn Văn Thử\",\"birthdate\":\"1990-05-01\",\"account_level\":1,\"person\":{{\"household\":\"Hộ {n}\"}}}}\n"))
        .collect();
    let file = operator.write("citizens.ndjson", &format!("{rows}{{\"citizen_id\":\"098090099999\",\"nam\":\"x\"}}\nnonsense\n"));
    let report = operator.json(&["accounts", "import", file.to_str().unwrap()]);
    assert_eq!((&report["imported"], &report["refused"]), (&450.into(), &2.into()), "{report}");
    assert_eq!(report["refused_rows"][0]["line"], 451);
    assert_eq!(operator.json(&["accounts", "show", "098090000007"])["account_level"], 1);
    operator.run(&["accounts", "confirm-reset", "098090000007"]).refused(&["level 1"]);
    let level_two = operator.write("two.csv", "citizen_id,name,birthdate,account_level\n098090000777,Nguyễn Văn Hai,1990-01-01,2\n");
    operator.run(&["accounts", "import", level_two.to_str().unwrap()]).done();
    assert_eq!(operator.json(&["accounts", "confirm-reset", "098090000777"])["code"].as_str().unwrap().len(), 6);
    operator.run(&["accounts", "confirm-reset", "098090000777"]).refused(&["a moment ago"]);
    node.stop();
}

fn http(port: u16, path: &str) -> String {
    use std::io::Write;
    let mut stream = std::net::TcpStream::connect(("127.0.0.1", port)).unwrap();
    write!(stream, "GET {path} HTTP/1.1\r\nHost: localhost:{port}\r\nConnection: close\r\n\r\n").unwrap();
    let mut text = String::new();
    stream.read_to_string(&mut text).unwrap();
    text
}

/// Changes a database as no command of ours would.
fn sql(database: &Path, statement: &str) {
    use diesel::connection::SimpleConnection;
    use diesel::{Connection, SqliteConnection};
    let mut connection = SqliteConnection::establish(database.to_str().unwrap()).unwrap();
    connection.batch_execute(&format!("{statement}; PRAGMA wal_checkpoint(TRUNCATE);")).unwrap();
}
