//! One sandbox provider for a whole run: SQLite in a temporary folder, hashing made cheap, the demo citizens.

use std::sync::{Arc, OnceLock};

use dinhdanh::cli::commands::clients::store_configured;
use dinhdanh::cli::{Opened, Pending};
use dinhdanh::clock::Clock;
use dinhdanh::config::{Config, Environment};
use dinhdanh::observe::Metrics;
use dinhdanh::provider::{Parts, Provider};
use dinhdanh::randomness::Randomness;
use oidc_provider::jose::{SigningKey, SigningKeys};
use oidc_provider::signing_alg::SigningAlg;

pub(crate) const ISSUER: &str = "http://id.example";

const CONFIG: &str = r#"
issuer = "http://id.example"
data_dir = "FOLDER"
[database]
url = "sqlite://FOLDER/fuzz.sqlite"
connections = 2
[http]
trusted_proxies = ["127.0.0.0/8"]
[passwords]
threads = 1
memory_kib = 64
iterations = 1
[sandbox]
enabled = true
rate_limits = false
fixed_otp = "098098"
[[clients]]
client_id = "portal-a"
client_secret = "098-secret-of-portal-a-0123456789"
redirect_uris = ["https://portal-a.example/cb"]
post_logout_redirect_uris = ["https://portal-a.example/bye"]
grant_types = ["authorization_code", "refresh_token"]
scope = "openid profile phone offline_access"
require_pkce = false
purpose = "Xác định người nộp hồ sơ"
[[clients]]
client_id = "native"
application_type = "native"
token_endpoint_auth_method = "none"
redirect_uris = ["http://127.0.0.1/cb"]
scope = "openid profile"
purpose = "Đăng nhập"
sector = "native.example"
"#;

/// What the operations of an import need; nothing is written to it.
pub(crate) fn opened() -> &'static Opened {
    static OPENED: OnceLock<(Opened, tempfile::TempDir)> = OnceLock::new();
    let make = || -> anyhow::Result<_> {
        let folder = tempfile::tempdir()?;
        let text = CONFIG.replace("FOLDER", &folder.path().display().to_string());
        let config = Config::from_text(None, &text, &Environment::default())?;
        Ok((Opened::open(config, Clock::default(), Randomness::seeded(98), Pending::Run)?, folder))
    };
    &OPENED.get_or_init(|| make().unwrap_or_else(|error| panic!("{error:#}"))).0
}

/// The provider itself, with two portals and the demo citizens.
pub(crate) async fn provider() -> anyhow::Result<Arc<Provider>> {
    let opened = opened();
    let key = Arc::new(SigningKey::generate(SigningAlg::EdDSA)?);
    let signing = SigningKeys::new(vec![key], Vec::new());
    let (config, store, keyring) = (opened.config.clone(), opened.store.clone(), opened.keyring()?.clone());
    let (clock, randomness) = (opened.clock.clone(), opened.randomness.clone());
    let provider = Arc::new(Provider::new(Parts { config, store, keyring, signing, clock, randomness, metrics: Metrics::new() })?);
    store_configured(opened, &provider.outbound).await?;
    #[cfg(feature = "sandbox")]
    dinhdanh::demo::seed(&provider.store, &provider.keyring, &provider.hasher, &provider.randomness, provider.clock.now()).await?;
    Ok(provider)
}
