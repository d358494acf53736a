//! Where a request comes from, and through which proxies we believe what they say of it.

use std::net::IpAddr;

use actix_web::HttpRequest;

use crate::provider::Provider;

/// The client's address: the peer, or the right-most address in `X-Forwarded-For` that is not one of `http.trusted_proxies`.
#[must_use]
pub fn client_address(request: &HttpRequest, provider: &Provider) -> IpAddr {
    let peer = request.peer_addr().map_or(IpAddr::from([0, 0, 0, 0]), |address| address.ip());
    let forwarded = request.headers().get_all("x-forwarded-for").filter_map(|value| value.to_str().ok()).collect::<Vec<_>>().join(",");
    believed(peer, &forwarded, |address| provider.config.http.trusts(address))
}

/// The right-most hop of `forwarded` (the `X-Forwarded-For` headers, joined by commas) that is not a trusted proxy's, if `peer` is one; what is no
/// address ends the chain.
#[must_use]
pub fn believed(peer: IpAddr, forwarded: &str, trusted: impl Fn(IpAddr) -> bool) -> IpAddr {
    let mut believed = peer;
    for hop in forwarded.rsplit(',') {
        if !trusted(believed) {
            break;
        }
        let Ok(address) = hop.trim().parse() else { break };
        believed = address;
    }
    believed
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ip(text: &str) -> IpAddr {
        text.parse().expect("an address")
    }

    #[test]
    fn a_stranger_cannot_forge_its_address() {
        assert_eq!(believed(ip("203.0.113.9"), "198.51.100.1", |_| false), ip("203.0.113.9"));
    }

    #[test]
    fn the_last_untrusted_hop_is_believed() {
        let trusted = |address: IpAddr| address.is_loopback();
        assert_eq!(believed(ip("127.0.0.1"), "198.51.100.1, 203.0.113.9", trusted), ip("203.0.113.9"));
        assert_eq!(believed(ip("127.0.0.1"), "203.0.113.9, 127.0.0.2", trusted), ip("203.0.113.9"));
        assert_eq!(believed(ip("127.0.0.1"), "rubbish", trusted), ip("127.0.0.1"));
    }
}
