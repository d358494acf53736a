//! Whom a request comes from. First line: the trusted networks, with commas; second: the peer; the rest: `X-Forwarded-For`.

use std::net::IpAddr;

use dinhdanh::config::Network;
use dinhdanh::http::address::believed;

/// Nobody is believed who does not come through a trusted proxy, and what is believed stands there; a network is written as it is read.
pub fn run(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else { return };
    let mut lines = text.splitn(3, '\n');
    let (Some(networks), Some(peer), Some(forwarded)) = (lines.next(), lines.next(), lines.next()) else { return };
    let networks: Vec<Network> = networks.split(',').filter_map(|network| network.parse().ok()).collect();
    for network in &networks {
        let written = network.to_string();
        assert_eq!(written.parse::<Network>().ok(), Some(*network), "{written}");
    }
    let Ok(peer) = peer.parse::<IpAddr>() else { return };
    let trusted = |address: IpAddr| networks.iter().any(|network| network.contains(address));
    let from = believed(peer, forwarded, trusted);
    if !trusted(peer) {
        assert_eq!(from, peer, "a stranger named another address");
        return;
    }
    let hops: Vec<&str> = forwarded.split(',').map(str::trim).collect();
    assert!(from == peer || hops.iter().any(|hop| hop.parse() == Ok(from)), "{from} stands nowhere");
    // Whatever a client writes before what its proxy adds changes nothing.
    let added = format!("203.0.113.9, {forwarded}");
    if !trusted(from) {
        assert_eq!(believed(peer, &added, trusted), from, "the client's own header counted");
    }
}
