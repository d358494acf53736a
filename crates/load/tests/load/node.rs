//! A node of our own, in this process, with two people whose password is cheap to check.

use std::net::TcpListener;

use dinhdanh::cli::{Opened, Pending, serve};
use dinhdanh::clock::Clock;
use dinhdanh::config::{Config, Environment, PasswordsConfig};
use dinhdanh::control::DataDir;
use dinhdanh::hashing::Hasher;
use dinhdanh::randomness::Randomness;
use load::crowd::Crowd;
use load::people::PASSWORD;
use load::portal::Portal;
use load::profile::Profile;
use tokio::sync::oneshot;

/// A configuration as `scripts/bench` writes it.
pub fn config(folder: &std::path::Path, port: u16) -> Config {
    let folder = folder.display();
    let text = format!(
        r#"
        issuer = "http://127.0.0.1:{port}"
        listen = "127.0.0.1:{port}"
        data_dir = "{folder}/data"
        database.url = "sqlite://{folder}/data/load.sqlite"
        http.workers = 1
        passwords = {{ memory_kib = 64, iterations = 1, threads = 1 }}
        sandbox = {{ enabled = true, rate_limits = false }}
        [[clients]]
        client_id = "bench"
        client_secret = "bench-secret-0123456789abcdef"
        redirect_uris = ["http://127.0.0.1:9999/cb"]
        scope = "openid profile email"
        consent = "none"
        [[clients]]
        client_id = "bench-cc"
        client_secret = "bench-cc-secret-0123456789abcdef"
        grant_types = ["client_credentials"]
        scope = "openid"
        [[clients]]
        client_id = "bench-refresh"
        client_secret = "bench-secret-0123456789abcdef"
        redirect_uris = ["http://127.0.0.1:9999/cb"]
        grant_types = ["authorization_code", "refresh_token"]
        scope = "openid offline_access"
        consent = "none"
        "#
    );
    Config::from_text(None, &text, &Environment::default()).unwrap()
}

/// The installation of that configuration, made if it is not there yet.
pub fn open(config: &Config) -> (DataDir, Opened) {
    let claimed = DataDir::claim(&config.data_dir).unwrap();
    (claimed, Opened::open(config.clone(), Clock::default(), Randomness::system(), Pending::Run).unwrap())
}

/// The hash of everybody's password, cheap: never for real use.
pub async fn cheap_hash() -> String {
    let passwords = PasswordsConfig { memory_kib: 64, iterations: 1, threads: 1, ..PasswordsConfig::default() };
    Hasher::new(&passwords, Randomness::system()).unwrap().hash(PASSWORD).await.unwrap()
}

/// Starts it; it ends with the test's process.
pub async fn start(folder: &std::path::Path) -> Crowd {
    let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let config = config(folder, port);
    let hash = cheap_hash().await;
    let seeded = config.clone();
    tokio::task::spawn_blocking(move || {
        let (_claimed, opened) = open(&seeded);
        load::seed::accounts(&opened, 0, 2, &hash).unwrap();
    })
    .await
    .unwrap();
    let (ready, is_ready) = oneshot::channel();
    std::thread::spawn(move || actix_web::rt::System::new().block_on(serve(config, Some(ready))));
    is_ready.await.expect("the node starts");
    let mut profile = Profile::load(None).unwrap();
    profile.issuer = format!("http://127.0.0.1:{port}");
    profile.users.count = 2;
    Crowd::new(Portal::discover(profile).await.unwrap())
}
