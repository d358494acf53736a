//! The operator: writes configurations, runs the program, reads what it says.

use std::io::Read;
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use tempfile::TempDir;

use crate::process::Node;

/// An operator with a folder of their own.
pub struct Operator {
    pub folder: TempDir,
    pub port: u16,
}

impl Operator {
    pub fn new() -> Self {
        Self { folder: tempfile::tempdir().unwrap(), port: free_port() }
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub fn write(&self, name: &str, text: &str) -> PathBuf {
        let path = self.path(name);
        std::fs::write(&path, text).unwrap();
        path
    }

    /// Writes the configuration of a sandbox, `more` at its end.
    pub fn sandbox(&self, more: &str) -> &Self {
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
    pub fn production(&self) -> &Self {
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

    pub fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_dinhdanh"));
        command.args(arguments).arg("--config").arg(self.path("dinhdanh.toml")).current_dir(self.folder.path());
        command
    }

    pub fn run(&self, arguments: &[&str]) -> Outcome {
        Outcome(self.command(arguments).output().unwrap())
    }

    pub fn json(&self, arguments: &[&str]) -> serde_json::Value {
        let outcome = self.run(&[arguments, &["--json"]].concat());
        serde_json::from_str(&outcome.out()).unwrap_or_else(|error| panic!("{error}: {}{}", outcome.out(), outcome.err()))
    }

    /// Starts a node and waits until it says that it serves.
    pub fn node(&self) -> Node {
        let mut command = self.command(&["serve"]);
        Node::start(command.stderr(Stdio::piped())).unwrap_or_else(|(status, said)| panic!("the node did not start, {status}: {said}"))
    }

    pub fn database(&self) -> Vec<u8> {
        std::fs::read(self.path("data/dinhdanh.sqlite")).unwrap_or_default()
    }
}

/// What a run of the program left.
pub struct Outcome(pub Output);

impl Outcome {
    pub fn out(&self) -> String {
        String::from_utf8(self.0.stdout.clone()).unwrap()
    }

    pub fn err(&self) -> String {
        String::from_utf8(self.0.stderr.clone()).unwrap()
    }

    pub fn code(&self) -> Option<i32> {
        self.0.status.code()
    }

    /// Exit code 0; what it said.
    pub fn done(&self) -> String {
        assert_eq!(self.code(), Some(0), "{}{}", self.out(), self.err());
        self.out()
    }

    /// Exit code 1 and one line that holds all of these.
    pub fn refused(&self, parts: &[&str]) -> String {
        let err = self.err();
        assert_eq!(self.code(), Some(1), "{}{err}", self.out());
        assert_eq!(err.lines().count(), 1, "{err}");
        for part in parts {
            assert!(err.contains(part), "{part:?} is missing in {err:?}");
        }
        err
    }
}

pub fn free_port() -> u16 {
    TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port()
}

pub fn is_root() -> bool {
    Command::new("id").arg("-u").output().is_ok_and(|output| output.stdout.starts_with(b"0\n"))
}

pub const SECRET: &str = "a-secret-of-at-least-32-characters-for-tests";

pub fn client(id: &str) -> String {
    format!(
        "[[clients]]\nclient_id = \"{id}\"\nclient_secret = \"{SECRET}\"\nclient_name = \"Cổng {id}\"\nredirect_uris = [\"https://{id}.example/cb\"]\nscope = \"openid profile\"\npurpose = \"Thử\"\n"
    )
}

pub fn http(port: u16, path: &str) -> String {
    use std::io::Write;
    let mut stream = std::net::TcpStream::connect(("127.0.0.1", port)).unwrap();
    write!(stream, "GET {path} HTTP/1.1\r\nHost: localhost:{port}\r\nConnection: close\r\n\r\n").unwrap();
    let mut text = String::new();
    stream.read_to_string(&mut text).unwrap();
    text
}

/// Changes a database as no command of ours would.
pub fn sql(database: &Path, statement: &str) {
    use diesel::connection::SimpleConnection;
    use diesel::{Connection, SqliteConnection};
    let mut connection = SqliteConnection::establish(database.to_str().unwrap()).unwrap();
    connection.batch_execute(&format!("{statement}; PRAGMA wal_checkpoint(TRUNCATE);")).unwrap();
}

/// One text out of a database, while or after a program uses it.
pub fn text_of(database: &Path, query: &str) -> String {
    use diesel::{Connection, QueryableByName, RunQueryDsl, SqliteConnection, sql_types::Text};
    #[derive(QueryableByName)]
    struct One {
        #[diesel(sql_type = Text)]
        value: String,
    }
    let mut connection = SqliteConnection::establish(database.to_str().unwrap()).unwrap();
    diesel::sql_query(format!("SELECT ({query}) AS value")).get_result::<One>(&mut connection).unwrap().value
}
