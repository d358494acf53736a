//! The node's side: runs the operations of commands, each on a thread of its own.

use std::fs::{self, DirBuilder, Permissions};
use std::io::{self, BufRead, BufReader, Read, Write};
use std::os::unix::fs::{DirBuilderExt, PermissionsExt};
use std::os::unix::net::{UnixListener, UnixStream};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::thread;
use std::time::Duration;

use super::pieces::Joined;
use super::protocol::{LONGEST_LINE, Reply, Request, VERSION};
use super::socket_path::Reachable;
use super::{DataDir, SOCKET, data_dir};
use crate::cli::{Audience, Change, Opened, Operation, Progress, RefusedRow, Report};

/// Commands that may run at once; more are told to wait.
const MOST: usize = 8;
const PATIENCE: Duration = Duration::from_secs(60);
/// As long as no command can be taken, it is tried again after this.
const ACCEPT_AGAIN: Duration = Duration::from_secs(1);

/// A listening control socket; dropped, it is gone, and commands find no node.
#[derive(Debug)]
pub struct ControlSocket {
    data_dir: PathBuf,
    closing: Arc<AtomicBool>,
}

impl Drop for ControlSocket {
    fn drop(&mut self) {
        self.closing.store(true, Ordering::Release);
        // Wakes the thread that waits for commands, so that it ends and lets the database go.
        if let Ok(reachable) = Reachable::new(&self.data_dir, SOCKET) {
            _ = UnixStream::connect(reachable.path());
        }
        _ = fs::remove_file(data_dir::socket_path(&self.data_dir));
    }
}

/// Called after an operation changed something that a node keeps in memory, before the command is told that it is done.
pub type OnChange = Arc<dyn Fn(Change) -> anyhow::Result<()> + Send + Sync>;

/// Listens at `data_dir/control.sock`, for the owner only.
///
/// # Errors
/// When the socket cannot be made.
pub fn listen(data_dir: &DataDir, opened: Opened, on_change: OnChange) -> io::Result<ControlSocket> {
    let listener = bind_for_owner(data_dir.path())?;
    let closing = Arc::new(AtomicBool::new(false));
    let socket = ControlSocket { data_dir: data_dir.path().to_owned(), closing: Arc::clone(&closing) };
    let node = Arc::new(Node { opened, on_change, running: AtomicUsize::new(0) });
    thread::Builder::new().name("control".to_owned()).spawn(move || node.accept(&listener, &closing))?;
    Ok(socket)
}

/// Binds inside a folder that nobody else can enter, then moves the socket to its place: at no moment is it open to others. A socket
/// that a killed node left behind is replaced; the caller holds the lock, so nobody listens there.
fn bind_for_owner(data_dir: &Path) -> io::Result<UnixListener> {
    let cradle = data_dir.join("control.new");
    _ = fs::remove_dir_all(&cradle);
    DirBuilder::new().mode(0o700).create(&cradle)?;
    let reachable = Reachable::new(&cradle, SOCKET)?;
    let listener = UnixListener::bind(reachable.path())?;
    fs::set_permissions(cradle.join(SOCKET), Permissions::from_mode(0o600))?;
    fs::rename(cradle.join(SOCKET), data_dir::socket_path(data_dir))?;
    fs::remove_dir(&cradle)?;
    Ok(listener)
}

struct Node {
    opened: Opened,
    on_change: OnChange,
    running: AtomicUsize,
}

impl Node {
    fn accept(self: &Arc<Self>, listener: &UnixListener, closing: &AtomicBool) {
        let mut told = false;
        for stream in listener.incoming().take_while(|_| !closing.load(Ordering::Acquire)) {
            let stream = match stream {
                Ok(stream) => stream,
                Err(error) => {
                    if !std::mem::replace(&mut told, true) {
                        tracing::warn!(%error, "commands have to wait");
                    }
                    // Without a free descriptor this fails at once, again and again, and would only keep a processor busy.
                    thread::sleep(ACCEPT_AGAIN);
                    continue;
                }
            };
            told = false;
            let node = Arc::clone(self);
            let started = thread::Builder::new().name("command".to_owned()).spawn(move || node.serve(&stream));
            if let Err(error) = started {
                tracing::warn!(%error, "a command could not be started");
            }
        }
    }

    fn serve(&self, stream: &UnixStream) {
        _ = stream.set_write_timeout(Some(PATIENCE));
        let reply = if self.running.fetch_add(1, Ordering::AcqRel) < MOST {
            self.answer(stream)
        } else {
            Reply::Failed("the node runs as many commands as it may; wait until one is done".to_owned())
        };
        self.running.fetch_sub(1, Ordering::AcqRel);
        send(stream, &reply);
        _ = stream.shutdown(std::net::Shutdown::Both);
    }

    fn answer(&self, stream: &UnixStream) -> Reply {
        let mut input = BufReader::new(stream);
        let outcome = read_request(&mut input)
            .and_then(|operation| self.run(&operation, &mut BufReader::with_capacity(64 * 1024, Joined::new(&mut input)), stream));
        match outcome {
            Ok(report) => Reply::Done(report),
            Err(error) => Reply::Failed(format!("{error:#}")),
        }
    }

    fn run(&self, operation: &Operation, input: &mut dyn BufRead, stream: &UnixStream) -> anyhow::Result<Report> {
        tracing::info!(operation = operation.name(), "command");
        let report = operation.run(&self.opened, input, &mut Remote { stream })?;
        if let Some(change) = operation.changes() {
            (self.on_change)(change)?;
        }
        Ok(report)
    }
}

/// Reads the first line of a command: the operation, if it comes from a program of this version.
///
/// # Errors
/// The line is too long, no request, or one of another version.
pub fn read_request(input: &mut dyn BufRead) -> anyhow::Result<Operation> {
    let mut line = Vec::new();
    input.take(LONGEST_LINE).read_until(b'\n', &mut line)?;
    let value: serde_json::Value = serde_json::from_slice(&line)?;
    // Before anything else: the operations of another version may look different.
    if value["version"] != VERSION {
        anyhow::bail!("the node is version {VERSION} and this program is not; use the program of that version, or restart the node");
    }
    let request: Request = serde_json::from_value(value)?;
    Ok(request.operation)
}

/// The person at the other end of the socket.
struct Remote<'a> {
    stream: &'a UnixStream,
}

impl Audience for Remote<'_> {
    fn expect(&mut self, total: u64) {
        send(self.stream, &Reply::Total(total));
    }

    fn progress(&mut self, progress: Progress) {
        send(self.stream, &Reply::Progress(progress));
    }

    fn refused(&mut self, row: &RefusedRow) {
        send(self.stream, &Reply::Refused(row.clone()));
    }

    fn note(&mut self, note: &str) {
        send(self.stream, &Reply::Note(note.to_owned()));
    }

    fn beside_a_node(&self) -> bool {
        true
    }
}

/// A command that went away is no error of the node: what it asked for is finished all the same.
fn send(mut stream: &UnixStream, reply: &Reply) {
    if let Ok(mut line) = serde_json::to_vec(reply) {
        line.push(b'\n');
        _ = stream.write_all(&line);
    }
}
