//! What nothing can be faster than, on one thread, through the very code that the server runs.

use std::sync::Arc;
use std::time::{Duration, Instant};

use dinhdanh::config::PasswordsConfig;
use dinhdanh::hashing::Hasher;
use dinhdanh::randomness::Randomness;
use oidc_provider::jose::{SigningKey, SigningKeys};
use oidc_provider::signing_alg::SigningAlg;
use serde::Serialize;
use serde_json::{Map, Value, json};

/// One raw limit.
#[derive(Debug, Clone, Serialize)]
pub struct RawRow {
    /// `RS256`, `ES256` or `Argon2id`.
    pub raw: String,
    /// Operations a second on one thread.
    pub ops_per_s: f64,
}

/// Signs ID tokens of the usual size for that long, with one algorithm.
///
/// # Errors
/// When no key can be made.
pub fn signing(alg: SigningAlg, measured: Duration) -> anyhow::Result<RawRow> {
    let keys = SigningKeys::new(vec![Arc::new(SigningKey::generate(alg)?)], Vec::new());
    let claims = id_token_claims();
    let sign = || keys.sign(alg, "JWT", &claims).map(|jwt| drop(std::hint::black_box(jwt)));
    repeat(measured / 10, sign)?;
    Ok(RawRow { raw: alg.to_string(), ops_per_s: repeat(measured, sign)? })
}

/// Verifies passwords for that long, with the server's default parameters, on the server's own hashing thread.
///
/// # Errors
/// When the thread cannot start, or is busy.
pub async fn argon2id(measured: Duration) -> anyhow::Result<RawRow> {
    let passwords = PasswordsConfig { threads: 1, ..PasswordsConfig::default() };
    let hasher = Hasher::new(&passwords, Randomness::system())?;
    let stored = hasher.hash("Sandbox#2024").await?;
    let begun = Instant::now();
    let mut hashes = 0_u32;
    while begun.elapsed() < measured {
        let verified = hasher.verify("Sandbox#2024", &stored).await?;
        anyhow::ensure!(verified.ok, "the right password was refused");
        hashes += 1;
    }
    Ok(RawRow { raw: "Argon2id".to_owned(), ops_per_s: f64::from(hashes) / begun.elapsed().as_secs_f64() })
}

fn repeat<E>(measured: Duration, mut operation: impl FnMut() -> Result<(), E>) -> Result<f64, E> {
    let begun = Instant::now();
    let mut done = 0_u32;
    while begun.elapsed() < measured {
        operation()?;
        done += 1;
    }
    Ok(f64::from(done) / begun.elapsed().as_secs_f64())
}

fn id_token_claims() -> Map<String, Value> {
    let claims = json!({
        "iss": "http://127.0.0.1:8090", "sub": "q3Xm0cMIQd5c2l8kq9v0yJxM3gk6o0o5m0oC8uL2mXk", "aud": "bench", "exp": 1_800_000_600, "iat": 1_800_000_000,
        "auth_time": 1_799_999_000, "nonce": "n-0S6_WzA2Mj_lmQ1xY2aw", "acr": "LoA1", "amr": ["pwd"], "at_hash": "77QmUPtjPfzWtF2AnpK9RQ",
        "sid": "08a5019c-17e1-4977-8f42-65a12843ea02"
    });
    match claims {
        Value::Object(claims) => claims,
        _ => Map::new(),
    }
}
