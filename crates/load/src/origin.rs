//! Where requests may go: to this machine and nowhere else.

use std::net::{IpAddr, SocketAddr};

use url::{Host, Url};

/// An `http` origin on the loopback interface. There is no other way to a connection than through one of these.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Origin {
    address: SocketAddr,
    authority: String,
}

/// Why a URL is not driven.
#[derive(Debug, thiserror::Error)]
pub enum OriginError {
    /// Not an absolute URL.
    #[error("{0} is not a URL")]
    Malformed(String),
    /// TLS is off for everything that is measured here.
    #[error("{0} is not http; TLS is not measured")]
    NotHttp(String),
    /// Another machine, or a name that might be one.
    #[error("{0} is not on this machine: a load tool drives loopback addresses only")]
    NotLoopback(String),
}

impl Origin {
    /// Of a URL with a loopback address or the name `localhost` (RFC 6761 §6.3, taken as 127.0.0.1).
    ///
    /// # Errors
    /// [`OriginError`], for everything else.
    pub fn of(url: &Url) -> Result<Self, OriginError> {
        if url.scheme() != "http" {
            return Err(OriginError::NotHttp(url.to_string()));
        }
        let ip = match url.host() {
            Some(Host::Ipv4(ip)) => IpAddr::V4(ip),
            Some(Host::Ipv6(ip)) => IpAddr::V6(ip),
            Some(Host::Domain("localhost")) => IpAddr::from([127, 0, 0, 1]),
            _ => return Err(OriginError::NotLoopback(url.to_string())),
        };
        if !ip.is_loopback() {
            return Err(OriginError::NotLoopback(url.to_string()));
        }
        let port = url.port_or_known_default().unwrap_or(80);
        Ok(Self { address: SocketAddr::new(ip, port), authority: url.authority().to_owned() })
    }

    /// [`Self::of`] a text.
    ///
    /// # Errors
    /// As [`Self::of`].
    pub fn parse(text: &str) -> Result<Self, OriginError> {
        Self::of(&Url::parse(text).map_err(|_| OriginError::Malformed(text.to_owned()))?)
    }

    /// Where to connect.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// What stands in `Host` (RFC 9110 §7.2).
    #[must_use]
    pub fn authority(&self) -> &str {
        &self.authority
    }
}
