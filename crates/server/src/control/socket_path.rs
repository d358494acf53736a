//! The address of the control socket. A socket's path may have 107 bytes only; a longer one is reached through its open folder.

use std::fs::File;
use std::io;
use std::os::fd::AsRawFd;
use std::path::{Path, PathBuf};

const LONGEST: usize = 100;

/// A path that fits into a socket address. Keep the value as long as the path is used.
pub(super) struct Reachable {
    path: PathBuf,
    _folder: Option<File>,
}

impl Reachable {
    /// `name` in `folder`.
    pub fn new(folder: &Path, name: &str) -> io::Result<Self> {
        let path = folder.join(name);
        if path.as_os_str().len() <= LONGEST {
            return Ok(Self { path, _folder: None });
        }
        let open = File::open(folder)?;
        let path = PathBuf::from(format!("/proc/self/fd/{}/{name}", open.as_raw_fd()));
        Ok(Self { path, _folder: Some(open) })
    }

    /// The path.
    pub fn path(&self) -> &Path {
        &self.path
    }
}
