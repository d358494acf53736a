//! A command's side: hands its operation to the running node, if there is one.

use std::io::{self, BufRead, BufReader, ErrorKind, Read, Write};
use std::net::Shutdown;
use std::os::unix::net::UnixStream;
use std::path::Path;
use std::thread;

use anyhow::{Context, bail};

use super::protocol::{LONGEST_LINE, Reply, Request, VERSION};
use super::socket_path::Reachable;
use super::{SOCKET, data_dir, pieces};
use crate::cli::{Audience, Operation, Report};

/// A running node that has the data folder.
#[derive(Debug)]
pub struct RunningNode {
    stream: UnixStream,
}

impl RunningNode {
    /// The node that has this data folder; `None`: no node runs.
    ///
    /// # Errors
    /// When there is one, and it may not be asked.
    pub fn of(data_dir: &Path) -> anyhow::Result<Option<Self>> {
        Ok(connect(data_dir)?.map(|stream| Self { stream }))
    }

    /// Runs the operation in the node.
    ///
    /// # Errors
    /// Those of the operation, and of the socket.
    pub fn run(self, operation: &Operation, input: Option<Box<dyn Read + Send>>, audience: &mut dyn Audience) -> anyhow::Result<Report> {
        let request = Request { version: VERSION.to_owned(), operation: operation.clone() };
        let mut line = serde_json::to_vec(&request)?;
        line.push(b'\n');
        let mut sender = self.stream.try_clone().context("control socket")?;
        sender.write_all(&line).context("the running node does not answer")?;
        let feeding = thread::spawn(move || feed(&sender, input));
        let outcome = listen_to(self.stream, audience);
        match feeding.join() {
            Ok(Err(error)) if outcome.is_ok() => Err(error).context("the input cannot be read"),
            _ => outcome,
        }
    }
}

fn connect(data_dir: &Path) -> anyhow::Result<Option<UnixStream>> {
    let path = data_dir::socket_path(data_dir);
    if !path.exists() {
        return Ok(None);
    }
    let reachable = Reachable::new(data_dir, SOCKET).context("control socket")?;
    match UnixStream::connect(reachable.path()) {
        Ok(stream) => Ok(Some(stream)),
        // A node that was killed leaves its socket behind; the lock tells whether one lives.
        Err(error) if matches!(error.kind(), ErrorKind::ConnectionRefused | ErrorKind::NotFound) => Ok(None),
        Err(error) if error.kind() == ErrorKind::PermissionDenied => {
            bail!("{}: permission denied; run the command as the user of the node", path.display())
        }
        Err(error) => Err(error).with_context(|| format!("{}: the running node does not answer", path.display())),
    }
}

/// Sends the input and its end. A node that stopped reading has already said why.
fn feed(sender: &UnixStream, input: Option<Box<dyn Read + Send>>) -> io::Result<()> {
    let mut failure = Ok(());
    if let Some(mut input) = input {
        failure = copy(&mut input, sender);
    }
    // Without its end the node knows that the input was cut off: by a file that cannot be read on, or by the end of this process.
    if failure.is_ok() {
        _ = pieces::end(&mut &*sender);
    }
    _ = sender.shutdown(Shutdown::Write);
    failure
}

/// `io::copy` that tells a broken source from a closed target.
fn copy(input: &mut dyn Read, mut sender: &UnixStream) -> io::Result<()> {
    let mut buffer = vec![0; 64 * 1024];
    loop {
        let read = match input.read(&mut buffer) {
            Ok(0) => return Ok(()),
            Ok(read) => read,
            Err(error) if error.kind() == ErrorKind::Interrupted => continue,
            Err(error) => return Err(error),
        };
        if pieces::piece(&mut sender, &buffer[..read]).is_err() {
            return Ok(());
        }
    }
}

fn listen_to(stream: UnixStream, audience: &mut dyn Audience) -> anyhow::Result<Report> {
    let mut lines = BufReader::new(stream);
    loop {
        let mut line = Vec::new();
        (&mut lines).take(LONGEST_LINE).read_until(b'\n', &mut line).context("the running node stopped answering")?;
        if line.is_empty() {
            bail!("the running node ended before the command did; look at its log, then run the command again");
        }
        match serde_json::from_slice(&line).context("the running node answers in an unknown way; use the program of the same version")? {
            Reply::Total(total) => audience.expect(total),
            Reply::Progress(progress) => audience.progress(progress),
            Reply::Refused(row) => audience.refused(&row),
            Reply::Note(note) => audience.note(&note),
            Reply::Done(report) => return Ok(report),
            Reply::Failed(problem) => bail!(problem),
        }
    }
}
