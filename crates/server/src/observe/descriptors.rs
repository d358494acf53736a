//! What the log says when this process may open no more files: the listeners only try again, and say nothing of a cure.

use std::sync::atomic::{AtomicBool, Ordering};

/// One process, one table.
static FULL: AtomicBool = AtomicBool::new(false);

/// Whether a connection or a file could be opened now. Tells the operator when that changed.
pub fn descriptors_left() -> bool {
    let full = is_full();
    match (FULL.swap(full, Ordering::Relaxed), full) {
        (false, true) => tracing::error!(
            cure = "raise LimitNOFILE, or find what holds the files; the node goes on by itself",
            "no file descriptor is left: connections that are open are served, new ones wait"
        ),
        (true, false) => tracing::warn!("file descriptors are free again"),
        _ => {}
    }
    !full
}

/// Whether the table of this process, or that of the whole machine, is full.
#[cfg(unix)]
fn is_full() -> bool {
    use rustix::io::Errno;
    let refused = std::fs::File::open("/dev/null").err().and_then(|error| Errno::from_io_error(&error));
    matches!(refused, Some(Errno::MFILE | Errno::NFILE))
}

/// There is no such table here.
#[cfg(not(unix))]
fn is_full() -> bool {
    false
}
