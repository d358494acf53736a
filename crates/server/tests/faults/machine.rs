//! One installation on disk, and the nodes that run on it one after the other.

use std::fs::{File, OpenOptions};
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitStatus, Output};
use std::time::Duration;

use diesel::connection::SimpleConnection;
use diesel::{Connection, SqliteConnection};
use tempfile::TempDir;
use tokio::sync::{Mutex, MutexGuard};

use crate::process::Node;

/// Password of every demo citizen.
pub const PASSWORD: &str = "Sandbox#2024";
/// Level 2, everything in order.
pub const AN: &str = "098090000001";
/// Secret of every portal here.
pub const SECRET: &str = "a-secret-of-at-least-32-characters-for-tests";

/// What a node has not said for so long it never will.
const PATIENCE: Duration = Duration::from_secs(60);

/// One test at a time.
pub async fn alone() -> MutexGuard<'static, ()> {
    static MACHINE: Mutex<()> = Mutex::const_new(());
    MACHINE.lock().await
}

pub struct Machine {
    folder: TempDir,
    /// The data folder; on another file system where the test says so.
    pub data: PathBuf,
    pub port: u16,
    pub watch_port: u16,
}

impl Machine {
    pub fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let data = folder.path().join("data");
        Self::with_data_in(folder, data)
    }

    /// With its data folder on another disk.
    pub fn on(disk: &Path) -> Self {
        Self::with_data_in(tempfile::tempdir().unwrap(), disk.join("data"))
    }

    fn with_data_in(folder: TempDir, data: PathBuf) -> Self {
        let machine = Self { folder, data, port: free_port(), watch_port: free_port() };
        machine.configure("", "");
        machine
    }

    /// Writes the configuration; `http` goes into that section, `sandbox` into that.
    pub fn configure(&self, http: &str, sandbox: &str) {
        self.write("http", http, &format!("[sandbox]\nenabled = true\n{sandbox}"));
    }

    /// Makes a sandbox that was started once a production installation that sends mail, demo citizens and all: whoever imports would need numbers
    /// of real provinces.
    pub fn goes_into_production(&self, smtp_url: &str) {
        let mut db = SqliteConnection::establish(self.database().to_str().unwrap()).unwrap();
        db.batch_execute("UPDATE installation SET mode = 'production'").unwrap();
        let key = self.data.join("key-encryption-key");
        let sections = format!(
            "[keys]\nkey_encryption_key_file = \"{}\"\n[sms]\nurl = \"https://sms.example/send\"\n\
             [mail]\nsmtp_url = \"{smtp_url}\"\nfrom = \"khong-tra-loi@dinhdanh.example\"",
            key.display()
        );
        self.write("https", "", &sections);
    }

    fn write(&self, scheme: &str, http: &str, sections: &str) {
        let (data, port, watch) = (self.data.display(), self.port, self.watch_port);
        let portal = |id: &str, more: &str| {
            format!(
                "[[clients]]\nclient_id = \"{id}\"\nclient_secret = \"{SECRET}\"\nclient_name = \"Cổng {id}\"\nredirect_uris = [\"https://{id}.example/cb\"]\n\
                 grant_types = [\"authorization_code\", \"refresh_token\"]\nid_token_signed_response_alg = \"ES256\"\nconsent = \"none\"\npurpose = \"Thử\"\n{more}\n"
            )
        };
        let text = format!(
            "issuer = \"{scheme}://localhost:{port}\"\nlisten = \"127.0.0.1:{port}\"\ndata_dir = \"{data}\"\n[database]\nurl = \"sqlite://{data}/dinhdanh.sqlite\"\n\
             [http]\nworkers = 2\nlongest_wait_milliseconds = 0\n{http}\n[metrics]\nlisten = \"127.0.0.1:{watch}\"\n[passwords]\nthreads = 1\nmemory_kib = 64\niterations = 1\n\
             [log]\nlevel = \"info,dinhdanh::http::headers=warn\"\n{sections}\n{}{}",
            portal("portal", "scope = \"openid profile email offline_access\""),
            portal("level-two", "scope = \"openid profile\"\nmin_account_level = 2\nmin_authentication_level = 2"),
        );
        std::fs::write(self.folder.path().join("dinhdanh.toml"), text).unwrap();
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub fn database(&self) -> PathBuf {
        self.data.join("dinhdanh.sqlite")
    }

    pub fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_dinhdanh"));
        command.args(arguments).arg("--config").arg(self.path("dinhdanh.toml")).current_dir(self.folder.path());
        command
    }

    pub fn run(&self, arguments: &[&str]) -> Output {
        self.command(arguments).output().unwrap()
    }

    /// A command's answer in JSON, and its exit code.
    pub fn json(&self, arguments: &[&str]) -> (serde_json::Value, Option<i32>) {
        let output = self.run(&[arguments, &["--json"]].concat());
        let said = || format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
        (serde_json::from_slice(&output.stdout).unwrap_or_else(|error| panic!("{error}: {}", said())), output.status.code())
    }

    /// A node whose log goes to a file.
    pub fn serve(&self) -> Node {
        self.try_serve(&mut self.command(&["serve"])).unwrap_or_else(|(status, said)| panic!("{status}: {said}"))
    }

    /// The same with a command of one's own; what was said when it does not come to serve.
    pub fn try_serve(&self, command: &mut Command) -> Result<Node, (ExitStatus, String)> {
        let log = OpenOptions::new().create(true).append(true).open(self.path("log")).unwrap();
        Node::start(command.stderr(log)).map_err(|(status, _)| (status, self.log()))
    }

    /// Everything that nodes logged.
    pub fn log(&self) -> String {
        std::fs::read_to_string(self.path("log")).unwrap_or_default()
    }

    /// The newest line of the log that holds these words, as soon as there is one.
    pub async fn logged(&self, words: &str) -> String {
        let found = async {
            loop {
                if let Some(line) = self.log().lines().rfind(|line| line.contains(words)) {
                    break line.to_owned();
                }
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
        };
        tokio::time::timeout(PATIENCE, found).await.unwrap_or_else(|_| panic!("{words:?} is not in the log: {}", self.log()))
    }

    pub fn forget_log(&self) {
        File::create(self.path("log")).unwrap();
    }

    pub fn base(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    /// Where the watchers look.
    pub fn watch(&self) -> String {
        format!("http://127.0.0.1:{}", self.watch_port)
    }

    /// A look at the database beside the node.
    pub fn sqlite(&self) -> SqliteConnection {
        let mut connection = SqliteConnection::establish(self.database().to_str().unwrap()).unwrap();
        connection.batch_execute("PRAGMA busy_timeout = 5000; PRAGMA query_only = ON").unwrap();
        connection
    }

    /// `check` beside the running node finds nothing.
    pub fn is_sound(&self) {
        let (report, code) = self.json(&["check"]);
        assert_eq!((report["fault_count"].as_u64(), code), (Some(0), Some(0)), "{report}");
    }
}

fn free_port() -> u16 {
    TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port()
}
