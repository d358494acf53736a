//! A real `dinhdanh serve` in a process of its own, which says through the service manager's socket when it serves and when it is ending.

use std::io::{ErrorKind, Read};
use std::os::unix::net::UnixDatagram;
use std::process::{Child, Command, ExitStatus};
use std::time::Duration;

use tempfile::TempDir;

/// A node that says nothing for so long never will.
const PATIENCE: Duration = Duration::from_secs(60);

/// The service manager of one process.
pub struct Manager {
    socket: UnixDatagram,
    folder: TempDir,
}

/// A running node; killed when the test ends.
pub struct Node {
    pub child: Child,
    manager: Manager,
}

impl Manager {
    fn new() -> Self {
        let folder = tempfile::tempdir_in("/tmp").unwrap();
        let socket = UnixDatagram::bind(folder.path().join("s")).unwrap();
        // Any user's process may tell.
        std::fs::set_permissions(folder.path(), std::os::unix::fs::PermissionsExt::from_mode(0o755)).unwrap();
        std::fs::set_permissions(folder.path().join("s"), std::os::unix::fs::PermissionsExt::from_mode(0o777)).unwrap();
        Self { socket, folder }
    }

    /// Waits until the process says so; its exit status when it ended instead.
    fn wait_for(&self, state: &str, child: &mut Child) -> Result<(), ExitStatus> {
        let mut text = [0; 64];
        // A process that ends says nothing more: look after it now and then.
        self.socket.set_read_timeout(Some(Duration::from_millis(100))).unwrap();
        for _ in 0..PATIENCE.as_millis() / 100 {
            match self.socket.recv(&mut text) {
                Ok(length) if text[..length] == *state.as_bytes() => return Ok(()),
                Ok(_) => {}
                Err(error) if matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut | ErrorKind::Interrupted) => {
                    if let Some(status) = child.try_wait().unwrap() {
                        return Err(status);
                    }
                }
                Err(error) => panic!("{error}"),
            }
        }
        panic!("the node says nothing")
    }
}

impl Node {
    /// Starts it; what it says at its end when it does not come to serve. `command` pipes standard error, or sends it to a file.
    pub fn start(command: &mut Command) -> Result<Self, (ExitStatus, String)> {
        let manager = Manager::new();
        let mut child = command.env("NOTIFY_SOCKET", manager.folder.path().join("s")).spawn().unwrap();
        match manager.wait_for("READY=1", &mut child) {
            Ok(()) => Ok(Self { child, manager }),
            Err(status) => {
                let mut said = String::new();
                if let Some(mut stderr) = child.stderr.take() {
                    stderr.read_to_string(&mut said).unwrap();
                }
                Err((status, said))
            }
        }
    }

    /// SIGTERM; returns when it has said that it is ending.
    pub fn terminate(&mut self) {
        let killed = Command::new("kill").arg("-TERM").arg(self.child.id().to_string()).status().unwrap();
        assert!(killed.success());
        self.manager.wait_for("STOPPING=1", &mut self.child).unwrap();
    }

    /// SIGTERM, then its exit code.
    pub fn stop(mut self) -> Option<i32> {
        self.terminate();
        self.child.wait().unwrap().code()
    }
}

impl Drop for Node {
    fn drop(&mut self) {
        self.child.kill().ok();
        self.child.wait().ok();
    }
}
