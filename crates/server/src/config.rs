//! What an operator may set: one TOML file, environment overrides `DINHDANH__SECTION__KEY`, unknown keys refused.
//!
//! 1. [`Config::load`] reads the file, merges the [environment], and reports the first thing wrong with file, line and key.
//! 2. Files that hold secrets are read once, here; afterwards only [`Secret`]s are passed on.
//! 3. [`Config::validate`] refuses what the mode (sandbox or production) does not permit.
//!
//! The doc comments of the fields are the reference manual: `docs/configuration.md` is generated from them.

mod demo;
mod environment;
mod error;
mod kek;
mod load;
mod locate;
mod network;
mod reference;
mod schema;
mod secret;
mod sections;
mod validate;

use std::path::PathBuf;

use oidc_provider::client::ClientMetadata;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

pub use demo::{DEMO_CLIENT_SECRET, DEMO_NATIONAL_PORTAL, DEMO_SOCIAL_SECURITY};
pub use environment::Environment;
pub(crate) use error::plain_words;
pub use error::{ConfigError, Place};
pub use network::Network;
pub use reference::reference;
pub use secret::Secret;
pub(crate) use secret::wiped;
pub use sections::{
    AcrConfig, DatabaseConfig, HttpConfig, KeysConfig, LifetimesConfig, LimitsConfig, LogConfig, LogFormat, MailConfig, MetricsConfig,
    NoticesConfig, PasswordsConfig, SandboxConfig, SessionConfig, ShortLivedConfig, SignInNotice, SmsConfig, TlsConfig,
};

/// The whole configuration of one node.
///
/// Relative paths are relative to the working directory of the process.
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Config {
    /// The issuer identifier, exactly as portals write it: scheme, host and port, no query, no fragment, no slash at the end
    /// (OpenID Connect Discovery 1.0 §3). Production demands `https`. Never change it once portals use it.
    #[schemars(extend("example" = "https://dinhdanh.example.gov.vn"))]
    pub issuer: String,
    /// The address and port this node listens on.
    #[serde(default = "sections::default_listen")]
    pub listen: String,
    /// Folder of this node, readable by its owner alone: the SQLite database, the lock and the control socket live here.
    #[serde(default = "sections::default_data_dir")]
    #[schemars(with = "String")]
    pub data_dir: PathBuf,
    /// TLS at our own listener. Leave the section out when a proxy does it.
    #[serde(default)]
    pub tls: Option<TlsConfig>,
    /// Where durable records are kept.
    #[serde(default)]
    pub database: DatabaseConfig,
    /// Where records that live for minutes are kept.
    #[serde(default)]
    pub short_lived: ShortLivedConfig,
    /// The key that wraps every data key.
    #[serde(default)]
    pub keys: KeysConfig,
    /// The HTTP listener.
    #[serde(default)]
    pub http: HttpConfig,
    /// Metrics for Prometheus.
    #[serde(default)]
    pub metrics: MetricsConfig,
    /// The SMS gateway. Production demands it.
    #[serde(default)]
    pub sms: Option<SmsConfig>,
    /// The mail server. Without it no e-mail is sent.
    #[serde(default)]
    pub mail: Option<MailConfig>,
    /// What citizens are told without having asked.
    #[serde(default)]
    pub notices: NoticesConfig,
    /// How long a citizen stays signed in here.
    #[serde(default)]
    pub session: SessionConfig,
    /// How long codes and tokens live.
    #[serde(default)]
    pub lifetimes: LifetimesConfig,
    /// Defence against guessing.
    #[serde(default)]
    pub limits: LimitsConfig,
    /// Names of the `acr` values.
    #[serde(default)]
    pub acr: AcrConfig,
    /// Cost of password hashing.
    #[serde(default)]
    pub passwords: PasswordsConfig,
    /// The log on standard error.
    #[serde(default)]
    pub log: LogConfig,
    /// The sandbox for portal developers. An installation is sandbox or production from its first migration on.
    #[serde(default)]
    pub sandbox: SandboxConfig,
    /// The portals, one `[[clients]]` table each. They are written to the database at start, and only the file changes them.
    #[serde(default, skip_serializing)]
    pub clients: Vec<ClientMetadata>,
}
