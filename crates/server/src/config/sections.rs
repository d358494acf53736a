//! The sections of the file, one struct each. Every field says what it is, its unit and, where there is one, its source.

use std::net::IpAddr;
use std::path::PathBuf;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use time::Duration;

use super::{Network, Secret};

pub(super) fn default_listen() -> String {
    "127.0.0.1:8080".to_owned()
}

pub(super) fn default_data_dir() -> PathBuf {
    PathBuf::from("./data")
}

/// TLS at our own listener.
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct TlsConfig {
    /// The certificate chain, PEM, leaf first.
    #[schemars(with = "String")]
    pub certificate_file: PathBuf,
    /// The private key, PEM (PKCS #8, PKCS #1 or SEC 1).
    #[schemars(with = "String")]
    pub key_file: PathBuf,
}

/// Where durable records are kept.
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct DatabaseConfig {
    /// `sqlite://PATH` or `postgres://USER:PASSWORD@HOST/DATABASE`.
    #[schemars(extend("default" = "sqlite://./data/dinhdanh.sqlite"))]
    pub url: Secret,
    /// Connections this node opens for reading (SQLite) or for everything (PostgreSQL).
    #[schemars(range(min = 1, max = 256))]
    pub connections: u32,
}

impl Default for DatabaseConfig {
    fn default() -> Self {
        Self { url: Secret::from("sqlite://./data/dinhdanh.sqlite"), connections: 8 }
    }
}

/// Where records that live for minutes are kept: pages in progress, codes, counters.
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct ShortLivedConfig {
    /// `memory:` keeps them in this process: right for a single node.
    #[schemars(extend("default" = "memory:"))]
    pub url: Secret,
}

impl Default for ShortLivedConfig {
    fn default() -> Self {
        Self { url: Secret::from("memory:") }
    }
}

/// The key that wraps every data key. Without it the database cannot be read: keep a copy apart from the backups.
#[derive(Clone, Debug, Default, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct KeysConfig {
    /// File with 32 random bytes in base64 (`openssl rand -base64 32`), readable by its owner alone. Production demands this or
    /// `key_encryption_key`; the sandbox makes `data_dir/key-encryption-key` by itself.
    #[schemars(with = "Option<String>")]
    pub key_encryption_key_file: Option<PathBuf>,
    /// The same 32 bytes directly, meant for the environment: `DINHDANH__KEYS__KEY_ENCRYPTION_KEY`.
    pub key_encryption_key: Option<Secret>,
}

/// The HTTP listener.
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct HttpConfig {
    /// Networks of the proxies in front of us, such as `["127.0.0.1", "10.0.0.0/8"]`: only their `X-Forwarded-For` is believed.
    #[schemars(with = "Vec<String>")]
    pub trusted_proxies: Vec<Network>,
    /// Worker threads. Without it: one for each processor.
    #[schemars(range(min = 1, max = 256))]
    pub workers: Option<usize>,
    /// How long a stopping node waits for requests in progress, in seconds.
    #[schemars(range(min = 0, max = 600))]
    pub shutdown_seconds: u64,
    /// Connections open at once, over all workers; more wait in the system's queue. Each takes two file descriptors and at
    /// most 160 KiB.
    #[schemars(range(min = 16, max = 1000000))]
    pub connections: usize,
    /// Seconds that a client has to send the head of a request, and as many again for its body; then the answer is 408.
    #[schemars(range(min = 1, max = 600))]
    pub request_seconds: u64,
    /// Seconds that an idle connection is kept open. A proxy should let go of its connections sooner. Where a further request dribbles in or an
    /// answer is not read, the connection is closed after `request_seconds` more.
    #[schemars(range(min = 1, max = 3600))]
    pub keep_alive_seconds: u64,
    /// Requests worked on at once, over all workers. Beyond it new sign-ins get 503 with `Retry-After` at once; what finishes a sign-in is
    /// taken up to twice as many.
    #[schemars(range(min = 1, max = 100000))]
    pub in_flight: usize,
    /// Milliseconds that requests may wait for their worker. Beyond it new sign-ins get 503 with `Retry-After`; what finishes a sign-in is
    /// taken up to four times that wait. 0 switches this off.
    #[schemars(range(min = 0, max = 60000))]
    pub longest_wait_milliseconds: u64,
}

impl HttpConfig {
    /// Whether that peer is one of our proxies, whose `X-Forwarded-For` is believed.
    #[must_use]
    pub fn trusts(&self, peer: IpAddr) -> bool {
        self.trusted_proxies.iter().any(|network| network.contains(peer))
    }
}

impl Default for HttpConfig {
    fn default() -> Self {
        Self {
            trusted_proxies: Vec::new(),
            workers: None,
            shutdown_seconds: 20,
            connections: 8192,
            request_seconds: 10,
            keep_alive_seconds: 30,
            in_flight: 1024,
            longest_wait_milliseconds: 250,
        }
    }
}

/// Metrics for Prometheus.
#[derive(Clone, Debug, Default, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct MetricsConfig {
    /// Address and port of a listener of its own for `/metrics`. Without it the sandbox serves `/metrics` at its main listener, and
    /// production not at all.
    pub listen: Option<String>,
}

/// The SMS gateway: one `POST` with the JSON body `{"to":"+84…","text":"…"}` for each message; any 2xx answer is success.
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct SmsConfig {
    /// The gateway's URL, `https` in production.
    pub url: String,
    /// Token for the `Authorization: Bearer` header.
    #[serde(default)]
    pub bearer_token: Option<Secret>,
    /// File that holds the token; the better place for it.
    #[serde(default)]
    #[schemars(with = "Option<String>")]
    pub bearer_token_file: Option<PathBuf>,
}

/// The mail server.
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct MailConfig {
    /// `smtps://USER:PASSWORD@HOST:465`, or `smtp://HOST:587?tls=required`.
    pub smtp_url: Secret,
    /// The sender, such as `Định danh <khong-tra-loi@dinhdanh.example.gov.vn>`.
    pub from: String,
}

/// What citizens are told without having asked.
#[derive(Clone, Debug, Default, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct NoticesConfig {
    /// When somebody signs in with the password in a browser that was not signed in: `email` tells the holder's verified mailbox, or that
    /// of a child's guardian; `email_or_sms` sends a text message to those who have none; `none` tells nobody.
    pub sign_in: SignInNotice,
}

/// How a citizen learns of a sign-in.
#[derive(Clone, Copy, Debug, Default, Deserialize, Serialize, JsonSchema, PartialEq, Eq)]
#[serde(rename_all = "snake_case")]
pub enum SignInNotice {
    /// By e-mail, where there is a verified mailbox.
    #[default]
    Email,
    /// By e-mail, else by text message.
    EmailOrSms,
    /// Not at all.
    None,
}

/// How long a citizen stays signed in here.
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct SessionConfig {
    /// Minutes without use after which a session ends.
    #[schemars(range(min = 1, max = 1440))]
    pub idle_minutes: u32,
    /// Hours after which a session ends in any case.
    #[schemars(range(min = 1, max = 168))]
    pub absolute_hours: u32,
}

impl SessionConfig {
    /// [`Self::idle_minutes`] as a duration.
    #[must_use]
    pub fn idle(&self) -> Duration {
        Duration::minutes(i64::from(self.idle_minutes))
    }

    /// [`Self::absolute_hours`] as a duration.
    #[must_use]
    pub fn absolute(&self) -> Duration {
        Duration::hours(i64::from(self.absolute_hours))
    }
}

impl Default for SessionConfig {
    fn default() -> Self {
        Self { idle_minutes: 15, absolute_hours: 8 }
    }
}

/// How long codes and tokens live.
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct LifetimesConfig {
    /// Authorization code, in seconds (RFC 6749 §4.1.2: ten minutes at most).
    #[schemars(range(min = 1, max = 600))]
    pub code_seconds: u32,
    /// One-time code sent to the phone, in seconds.
    #[schemars(range(min = 30, max = 600))]
    pub one_time_code_seconds: u32,
    /// Opaque access token, in seconds. JWT access tokens never outlive 300.
    #[schemars(range(min = 10, max = 3600))]
    pub access_token_seconds: u32,
    /// ID token, in seconds.
    #[schemars(range(min = 10, max = 3600))]
    pub id_token_seconds: u32,
    /// Refresh tokens of one grant, in days from the sign-in.
    #[schemars(range(min = 1, max = 365))]
    pub refresh_token_days: u32,
    /// One authorization in progress, from the portal's request to the answer, in minutes.
    #[schemars(range(min = 1, max = 60))]
    pub interaction_minutes: u32,
}

impl LifetimesConfig {
    /// [`Self::code_seconds`] as a duration.
    #[must_use]
    pub fn code(&self) -> Duration {
        Duration::seconds(i64::from(self.code_seconds))
    }

    /// [`Self::one_time_code_seconds`] as a duration.
    #[must_use]
    pub fn one_time_code(&self) -> Duration {
        Duration::seconds(i64::from(self.one_time_code_seconds))
    }

    /// [`Self::access_token_seconds`] as a duration.
    #[must_use]
    pub fn access_token(&self) -> Duration {
        Duration::seconds(i64::from(self.access_token_seconds))
    }

    /// [`Self::id_token_seconds`] as a duration.
    #[must_use]
    pub fn id_token(&self) -> Duration {
        Duration::seconds(i64::from(self.id_token_seconds))
    }

    /// [`Self::refresh_token_days`] as a duration.
    #[must_use]
    pub fn refresh_token(&self) -> Duration {
        Duration::days(i64::from(self.refresh_token_days))
    }

    /// [`Self::interaction_minutes`] as a duration.
    #[must_use]
    pub fn interaction(&self) -> Duration {
        Duration::minutes(i64::from(self.interaction_minutes))
    }
}

impl Default for LifetimesConfig {
    fn default() -> Self {
        Self {
            code_seconds: 60,
            one_time_code_seconds: 180,
            access_token_seconds: 600,
            id_token_seconds: 600,
            refresh_token_days: 30,
            interaction_minutes: 10,
        }
    }
}

/// Defence against guessing: after the free tries each further try must wait, twice as long every time.
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct LimitsConfig {
    /// Failed passwords for one citizen number before the waiting begins.
    #[schemars(range(min = 1, max = 1000))]
    pub number_tries: u32,
    /// Failed passwords from one address (IPv6: one /64) before the waiting begins.
    #[schemars(range(min = 1, max = 100000))]
    pub address_tries: u32,
    /// Failed client authentications of one client from one address before the waiting begins.
    #[schemars(range(min = 1, max = 100000))]
    pub client_tries: u32,
    /// The first wait, in seconds.
    #[schemars(range(min = 1, max = 60))]
    pub first_delay_seconds: u32,
    /// The longest wait, in seconds.
    #[schemars(range(min = 1, max = 86400))]
    pub longest_delay_seconds: u32,
    /// Minutes after which failures are forgotten.
    #[schemars(range(min = 1, max = 1440))]
    pub window_minutes: u32,
    /// Wrong tries that one one-time code survives.
    #[schemars(range(min = 1, max = 10))]
    pub one_time_code_tries: u32,
    /// Seconds between two one-time codes to the same person.
    #[schemars(range(min = 1, max = 600))]
    pub one_time_code_resend_seconds: u32,
    /// One-time codes to the same person within an hour.
    #[schemars(range(min = 1, max = 100))]
    pub one_time_codes_per_hour: u32,
    /// Wrong one-time codes of one person within 24 hours, whatever the number of codes sent.
    #[schemars(range(min = 1, max = 1000))]
    pub one_time_code_failures_per_day: u32,
}

impl LimitsConfig {
    /// [`Self::window_minutes`] as a duration.
    #[must_use]
    pub fn window(&self) -> Duration {
        Duration::minutes(i64::from(self.window_minutes))
    }
}

impl Default for LimitsConfig {
    fn default() -> Self {
        Self {
            number_tries: 5,
            address_tries: 50,
            client_tries: 20,
            first_delay_seconds: 2,
            longest_delay_seconds: 900,
            window_minutes: 60,
            one_time_code_tries: 5,
            one_time_code_resend_seconds: 30,
            one_time_codes_per_hour: 10,
            one_time_code_failures_per_day: 20,
        }
    }
}

/// Names of the `acr` values that portals ask for (OpenID Connect Core 1.0 §2).
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct AcrConfig {
    /// Account level 1 or better.
    pub loa1: String,
    /// Account level 2, signed in at authentication level 2 or better.
    pub loa2: String,
    /// Prefix of the four authentication levels of Decree 69/2024/NĐ-CP Art. 20: the prefix followed by 1 to 4.
    pub nd69_prefix: String,
}

impl Default for AcrConfig {
    fn default() -> Self {
        Self { loa1: "LoA1".to_owned(), loa2: "LoA2".to_owned(), nd69_prefix: "urn:vn:nd69:xacthuc:".to_owned() }
    }
}

/// Cost of password hashing (Argon2id, RFC 9106). Passwords are hashed again at the next sign-in when these change.
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct PasswordsConfig {
    /// Memory for one hash, in KiB.
    #[schemars(range(min = 8, max = 4194304))]
    pub memory_kib: u32,
    /// Passes over the memory.
    #[schemars(range(min = 1, max = 1000))]
    pub iterations: u32,
    /// Lanes.
    #[schemars(range(min = 1, max = 64))]
    pub parallelism: u32,
    /// Threads that do nothing but hash, while nothing else wants to run; 0 means one for each processor.
    #[schemars(range(min = 0, max = 256))]
    pub threads: usize,
    /// Sign-ins that may wait for a thread; beyond that the page says "busy, try again".
    #[schemars(range(min = 1, max = 100000))]
    pub queue: usize,
}

impl Default for PasswordsConfig {
    fn default() -> Self {
        Self { memory_kib: 19_456, iterations: 2, parallelism: 1, threads: 0, queue: 256 }
    }
}

/// The log on standard error. It never holds personal data.
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct LogConfig {
    /// `text` for people, `json` for machines (one object a line).
    pub format: LogFormat,
    /// `error`, `warn`, `info`, `debug` or `trace`, or directives such as `info,dinhdanh=debug`.
    pub level: String,
}

impl Default for LogConfig {
    fn default() -> Self {
        Self { format: LogFormat::Text, level: "info".to_owned() }
    }
}

/// Form of the log.
#[derive(Clone, Copy, Debug, Deserialize, Serialize, JsonSchema, PartialEq, Eq)]
#[serde(rename_all = "lowercase")]
pub enum LogFormat {
    /// For people.
    Text,
    /// For machines: one object a line.
    Json,
}

/// The sandbox for portal developers: demo citizens, `/sandbox` routes, plain http allowed. Citizen numbers must begin with 098.
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct SandboxConfig {
    /// Whether this installation is a sandbox. The first migration writes it into the database for ever.
    pub enabled: bool,
    /// Every one-time code is this one: six digits, for portals' automated tests.
    pub fixed_otp: Option<Secret>,
    /// `false` switches the brute-force limits off.
    pub rate_limits: bool,
    /// Extra certificate authority (PEM) for `jwks_uri`, logout and ping calls; with it loopback targets are allowed.
    #[schemars(with = "Option<String>")]
    pub outbound_ca_file: Option<PathBuf>,
}

impl Default for SandboxConfig {
    fn default() -> Self {
        Self { enabled: false, fixed_otp: None, rate_limits: true, outbound_ca_file: None }
    }
}
