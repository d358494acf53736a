//! How many connections may wait until a worker takes them in.

use std::io;
use std::net::TcpListener;

/// The standard library asks for 128. Of a crowd that comes at once the others would lose their first packet, and try again a second later. The
/// system bounds it further (`net.core.somaxconn`).
#[cfg(unix)]
const WAITING: i32 = 4096;

/// Lets more connections wait at a listener that is bound already.
///
/// # Errors
/// Of the system.
#[cfg(unix)]
pub(super) fn widen(listener: &TcpListener) -> io::Result<()> {
    Ok(rustix::net::listen(listener, WAITING)?)
}

/// It stays as the standard library made it.
#[cfg(not(unix))]
pub(super) fn widen(_: &TcpListener) -> io::Result<()> {
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::net::TcpStream;
    use std::time::Duration;

    use super::*;

    #[test]
    fn a_crowd_that_comes_at_once_waits_and_is_not_turned_away() {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        widen(&listener).unwrap();
        let address = listener.local_addr().unwrap();
        // Who finds no room hears nothing, and tries again after a second.
        let crowd: Vec<_> = (0..600).map(|_| TcpStream::connect_timeout(&address, Duration::from_millis(900))).collect();
        let turned_away = crowd.iter().filter(|connection| connection.is_err()).count();
        assert_eq!(turned_away, 0);
    }
}
