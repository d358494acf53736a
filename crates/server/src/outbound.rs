//! Fetches what clients publish: `jwks_uri` and `sector_identifier_uri`.
//!
//! The address comes from a client's registration, so a fetch must not become a way into our own network (server-side request forgery):
//! https only, no redirects, no proxy, no address that is not public, 64 KiB, three seconds. The names are resolved by
//! our own resolver, which drops every address that is not public, so that a name cannot change its meaning between
//! check and use. A sandbox may also call plain http on loopback.
//!
//! Key sets are cached. A key id that the cached set lacks is worth one new fetch, at most every 30 seconds: that is how
//! a client rotates its keys (OpenID Connect Core 1.0 §10.1.1), and how nobody makes us hammer it.

mod address;
mod cache;
mod resolver;

use std::path::Path;
use std::sync::Arc;
use std::time::Duration as StdDuration;

use oidc_provider::jose::ClientJwks;
use persistence::Mode;
use time::OffsetDateTime;
use url::{Host, Url};

use self::cache::{Cache, Freshness};
use crate::config::Config;

/// Largest document we read.
const MOST_BYTES: usize = 64 * 1024;
const TIMEOUT: StdDuration = StdDuration::from_secs(3);

/// Why a document of a client could not be had.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum OutboundError {
    /// Not an absolute URL that we may call.
    #[error("{0} is not an https URL with a public host")]
    Forbidden(String),
    /// No answer, or not in time.
    #[error("{host} did not answer: {cause}")]
    Unreachable {
        /// The host called.
        host: String,
        /// What went wrong, without URL.
        cause: String,
    },
    /// Answered, but not with 200.
    #[error("{host} answered with status {status}")]
    Status {
        /// The host called.
        host: String,
        /// Its HTTP status; redirects are not followed.
        status: u16,
    },
    /// More than 64 KiB.
    #[error("{0} answered with more than 64 KiB")]
    TooLarge(String),
    /// Not the JSON document expected there.
    #[error("{host} did not answer with {expected}")]
    Malformed {
        /// The host called.
        host: String,
        /// What should have come.
        expected: &'static str,
    },
    /// It failed a moment ago; we do not ask again yet.
    #[error("it failed less than {} s ago: {cause}", cache::SHORTEST.whole_seconds())]
    FailedRecently {
        /// What went wrong then.
        cause: String,
    },
    /// The HTTP client cannot be made.
    #[error("cannot prepare outbound calls: {0}")]
    Setup(String),
}

/// Calls clients' servers.
#[derive(Debug)]
pub struct Outbound {
    http: reqwest::Client,
    reach: Reach,
    key_sets: Cache<ClientJwks>,
}

/// How far we may call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Reach {
    /// Public addresses by https.
    Public,
    /// Any address by https, loopback by http.
    Sandbox,
}

impl Outbound {
    /// Reads `sandbox.outbound_ca_file` if there is one.
    ///
    /// # Errors
    /// The file cannot be read or holds no certificate.
    pub fn new(config: &Config, mode: Mode) -> Result<Self, OutboundError> {
        let ca_file = config.sandbox.outbound_ca_file.as_deref().filter(|_| mode == Mode::Sandbox);
        Self::reaching(if mode == Mode::Sandbox { Reach::Sandbox } else { Reach::Public }, ca_file)
    }

    fn reaching(reach: Reach, ca_file: Option<&Path>) -> Result<Self, OutboundError> {
        let mut http = reqwest::Client::builder()
            .user_agent(concat!("dinhdanh/", env!("CARGO_PKG_VERSION")))
            .timeout(TIMEOUT)
            .connect_timeout(TIMEOUT)
            .redirect(reqwest::redirect::Policy::none())
            .no_proxy()
            .referer(false)
            .pool_max_idle_per_host(2)
            .https_only(reach == Reach::Public);
        if reach == Reach::Public {
            http = http.dns_resolver(Arc::new(resolver::PublicOnly));
        }
        if let Some(file) = ca_file {
            let setup = |cause: String| OutboundError::Setup(format!("sandbox.outbound_ca_file {}: {cause}", file.display()));
            let pem = std::fs::read(file).map_err(|error| setup(error.to_string()))?;
            let certificates = reqwest::Certificate::from_pem_bundle(&pem).map_err(|_| setup("not PEM".to_owned()))?;
            if certificates.is_empty() {
                return Err(setup("no certificate in it".to_owned()));
            }
            http = certificates.into_iter().fold(http, reqwest::ClientBuilder::add_root_certificate);
        }
        let http = http.build().map_err(|error| OutboundError::Setup(error.to_string()))?;
        Ok(Self { http, reach, key_sets: Cache::default() })
    }

    /// The key set at a client's `jwks_uri`, from the cache while it is fresh.
    ///
    /// # Errors
    /// It is neither cached nor to be had.
    pub async fn client_keys(&self, uri: &str, now: OffsetDateTime) -> Result<Arc<ClientJwks>, OutboundError> {
        self.keys(uri, Freshness::Cached, now).await
    }

    /// The key set fetched anew, because a signature named a key that [`Self::client_keys`] did not have. Within 30 seconds
    /// of the last fetch it is the cached one.
    ///
    /// # Errors
    /// It is neither cached nor to be had.
    pub async fn client_keys_again(&self, uri: &str, now: OffsetDateTime) -> Result<Arc<ClientJwks>, OutboundError> {
        self.keys(uri, Freshness::Renewed, now).await
    }

    /// The redirect URIs listed at a `sector_identifier_uri` (OpenID Connect Registration 1.0 §5). Asked at registration only.
    ///
    /// # Errors
    /// It is not to be had, or is not a JSON array of strings.
    pub async fn sector_redirect_uris(&self, uri: &str) -> Result<Vec<String>, OutboundError> {
        let url = self.callable(uri)?;
        let body = self.fetch(&url).await?;
        serde_json::from_slice(&body).map_err(|_| OutboundError::Malformed { host: host(&url), expected: "a JSON array of redirect URIs" })
    }

    async fn keys(&self, uri: &str, freshness: Freshness, now: OffsetDateTime) -> Result<Arc<ClientJwks>, OutboundError> {
        self.key_sets
            .of(uri, freshness, now, async || {
                let url = self.callable(uri)?;
                let body = self.fetch(&url).await?;
                let malformed = || OutboundError::Malformed { host: host(&url), expected: "a JWK set" };
                let document = serde_json::from_slice(&body).map_err(|_| malformed())?;
                ClientJwks::parse(&document).map_err(|_| malformed())
            })
            .await
    }

    /// The URL, if we may call it.
    fn callable(&self, uri: &str) -> Result<Url, OutboundError> {
        let forbidden = || OutboundError::Forbidden(uri.chars().take(200).collect());
        let url = Url::parse(uri).map_err(|_| forbidden())?;
        let allowed = match (url.scheme(), url.host(), self.reach) {
            ("https", Some(_), Reach::Sandbox) => true,
            ("http", Some(host), Reach::Sandbox) => is_loopback(&host),
            ("https", Some(Host::Domain(_)), Reach::Public) => true,
            ("https", Some(Host::Ipv4(ip)), Reach::Public) => address::is_public(ip.into()),
            ("https", Some(Host::Ipv6(ip)), Reach::Public) => address::is_public(ip.into()),
            _ => false,
        };
        if allowed && url.username().is_empty() && url.password().is_none() { Ok(url) } else { Err(forbidden()) }
    }

    async fn fetch(&self, url: &Url) -> Result<Vec<u8>, OutboundError> {
        let unreachable = |error: reqwest::Error| OutboundError::Unreachable { host: host(url), cause: root_cause(&error.without_url()) };
        let mut response = self.http.get(url.clone()).header("Accept", "application/json").send().await.map_err(unreachable)?;
        if response.status() != reqwest::StatusCode::OK {
            return Err(OutboundError::Status { host: host(url), status: response.status().as_u16() });
        }
        let mut body = Vec::new();
        while let Some(chunk) = response.chunk().await.map_err(unreachable)? {
            if body.len() + chunk.len() > MOST_BYTES {
                return Err(OutboundError::TooLarge(host(url)));
            }
            body.extend_from_slice(&chunk);
        }
        Ok(body)
    }
}

fn host(url: &Url) -> String {
    url.host_str().unwrap_or_default().to_owned()
}

fn is_loopback(host: &Host<&str>) -> bool {
    match host {
        Host::Domain(name) => *name == "localhost" || name.ends_with(".localhost"),
        Host::Ipv4(ip) => ip.is_loopback(),
        Host::Ipv6(ip) => ip.is_loopback(),
    }
}

/// The innermost cause: "connection refused" says more than "error sending request".
fn root_cause(error: &dyn std::error::Error) -> String {
    let mut cause = error;
    while let Some(inner) = cause.source() {
        cause = inner;
    }
    cause.to_string()
}

#[cfg(test)]
mod tests;
