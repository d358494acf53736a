//! A client's public keys (RFC 7517 §5), which verify its assertions (RFC 7523).

use std::fmt;

use serde_json::{Map, Value};

use super::compact::Unverified;
use super::{JwtError, KeyError, VerifyingKey, text};
use crate::signing_alg::SigningAlg;

/// Most keys in a client's set.
const MOST_KEYS: usize = 32;

/// Longest member value of a key, in characters: an RSA modulus of 8192 bits has 1366. More only costs time.
const LONGEST_MEMBER: usize = 1400;

/// A client's JWK Set, checked and ready to verify.
pub struct ClientJwks {
    keys: Vec<ClientKey>,
}

struct ClientKey {
    kid: Option<String>,
    verifying: VerifyingKey,
}

impl ClientJwks {
    /// Reads a JWK Set. Keys for encryption and of unknown types are passed over (RFC 7517 §5); a symmetric or private key
    /// refuses the whole set, because its owner has given away a secret and must hear of it.
    pub fn parse(jwks: &Value) -> Result<Self, KeyError> {
        let keys = jwks.get("keys").and_then(Value::as_array).ok_or(KeyError::Malformed)?;
        if keys.len() > MOST_KEYS {
            return Err(KeyError::Malformed);
        }
        let mut usable = Vec::new();
        for jwk in keys {
            let jwk = jwk.as_object().ok_or(KeyError::Malformed)?;
            refuse_secrets(jwk)?;
            usable.extend(verifiers(jwk));
        }
        if usable.is_empty() {
            return Err(KeyError::NoneUsable);
        }
        Ok(Self { keys: usable })
    }

    /// The claims of a JWT signed by one of these keys with one of the allowed algorithms.
    /// With a `kid` only keys of that id count; without one, each key of the fitting type is tried.
    pub fn verify(&self, jwt: &str, allowed: &[SigningAlg]) -> Result<Map<String, Value>, JwtError> {
        let unverified = Unverified::parse(jwt)?;
        if !allowed.contains(&unverified.alg) {
            return Err(JwtError::AlgorithmRefused);
        }
        let named: Vec<&ClientKey> = match &unverified.kid {
            Some(kid) => self.keys.iter().filter(|key| key.kid.as_ref() == Some(kid)).collect(),
            None => self.keys.iter().collect(),
        };
        if named.is_empty() {
            return Err(JwtError::UnknownKey);
        }
        // RFC 8725 §3.1: a key verifies only with the algorithm it is made for.
        let mut fitting = named.iter().filter(|key| key.verifying.alg == unverified.alg).peekable();
        if fitting.peek().is_none() {
            return Err(JwtError::AlgorithmRefused);
        }
        let message = unverified.signing_input.as_bytes();
        if !fitting.any(|key| key.verifying.verify(message, &unverified.signature).is_ok()) {
            return Err(JwtError::SignatureWrong);
        }
        unverified.claims()
    }
}

impl fmt::Debug for ClientJwks {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let keys: Vec<_> = self.keys.iter().map(|key| (key.kid.as_deref(), key.verifying.alg)).collect();
        f.debug_tuple("ClientJwks").field(&keys).finish()
    }
}

fn refuse_secrets(jwk: &Map<String, Value>) -> Result<(), KeyError> {
    const PRIVATE: [&str; 7] = ["d", "p", "q", "dp", "dq", "qi", "oth"];
    if text(jwk, "kty") == Some("oct") || jwk.contains_key("k") {
        return Err(KeyError::Symmetric);
    }
    if PRIVATE.iter().any(|name| jwk.contains_key(*name)) {
        return Err(KeyError::Private);
    }
    Ok(())
}

/// One verifier for each algorithm the key can serve: an RSA key without `alg` serves two.
fn verifiers(jwk: &Map<String, Value>) -> Vec<ClientKey> {
    if jwk.values().any(|value| value.as_str().is_some_and(|text| text.len() > LONGEST_MEMBER)) {
        return Vec::new();
    }
    let algs: &[SigningAlg] = match (text(jwk, "kty"), text(jwk, "crv")) {
        (Some("RSA"), _) => &[SigningAlg::RS256, SigningAlg::PS256],
        (Some("EC"), Some("P-256")) => &[SigningAlg::ES256],
        (Some("OKP"), Some("Ed25519")) => &[SigningAlg::EdDSA],
        _ => &[],
    };
    // josekit refuses a key whose use, key_ops or alg speaks against the algorithm.
    let kid = text(jwk, "kid").map(str::to_owned);
    let public = super::public_members(jwk);
    algs.iter().filter_map(|alg| Some(ClientKey { kid: kid.clone(), verifying: VerifyingKey::new(*alg, &public).ok()? })).collect()
}
