//! Tells the service manager how this process fares (sd_notify(3)): with `Type=notify` systemd knows when a node serves, and that it is ending.
//!
//! Without `NOTIFY_SOCKET` in the environment nobody wants to know.

use std::ffi::OsStr;
use std::os::unix::net::{SocketAddr, UnixDatagram};

/// What there is to tell.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    /// Requests are answered from now on.
    Ready,
    /// No new connections are taken; what was begun is being finished.
    Stopping,
}

/// Tells it. A manager that does not listen is no reason not to serve.
pub fn tell(state: State) {
    let Some(address) = std::env::var_os("NOTIFY_SOCKET") else { return };
    let text = match state {
        State::Ready => "READY=1",
        State::Stopping => "STOPPING=1",
    };
    if let Err(error) = send(&address, text) {
        tracing::warn!(%error, "the service manager could not be told");
    }
}

fn send(address: &OsStr, text: &str) -> std::io::Result<()> {
    let address = match abstract_name(address) {
        Some(name) => named(name)?,
        None => SocketAddr::from_pathname(address)?,
    };
    UnixDatagram::unbound()?.send_to_addr(text.as_bytes(), &address).map(drop)
}

/// `@name` stands for Linux's abstract socket of that name.
fn abstract_name(address: &OsStr) -> Option<&[u8]> {
    use std::os::unix::ffi::OsStrExt;
    address.as_bytes().strip_prefix(b"@")
}

#[cfg(target_os = "linux")]
fn named(name: &[u8]) -> std::io::Result<SocketAddr> {
    use std::os::linux::net::SocketAddrExt;
    SocketAddr::from_abstract_name(name)
}

#[cfg(not(target_os = "linux"))]
fn named(_name: &[u8]) -> std::io::Result<SocketAddr> {
    Err(std::io::ErrorKind::Unsupported.into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_kinds_of_addresses_are_reached() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("notify");
        let manager = UnixDatagram::bind(&path).unwrap();
        send(path.as_os_str(), "READY=1").unwrap();
        let mut text = [0; 16];
        assert_eq!(manager.recv(&mut text).map(|length| text[..length].to_vec()).unwrap(), b"READY=1");
        #[cfg(target_os = "linux")]
        {
            let name = format!("dinhdanh-test-{}", std::process::id());
            let manager = UnixDatagram::bind_addr(&named(name.as_bytes()).unwrap()).unwrap();
            send(OsStr::new(&format!("@{name}")), "STOPPING=1").unwrap();
            assert_eq!(manager.recv(&mut text).map(|length| text[..length].to_vec()).unwrap(), b"STOPPING=1");
        }
    }
}
