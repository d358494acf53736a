//! Our own keys: one active per algorithm, and older or coming ones that are still published.

use std::sync::Arc;

use serde_json::{Map, Value, json};

use super::compact::Unverified;
use super::{JwtError, KeyError, SigningKey};
use crate::signing_alg::SigningAlg;

/// The keys that sign, and those whose signatures are still good. Cheap to clone, made anew when a key is rotated.
#[derive(Debug, Clone)]
pub struct SigningKeys {
    active: Vec<Arc<SigningKey>>,
    published: Vec<Arc<SigningKey>>,
}

impl SigningKeys {
    /// `active`: the key to sign with per algorithm (the first one counts). `published`: further keys, coming or retired, that verifiers must know.
    pub fn new(active: Vec<Arc<SigningKey>>, published: Vec<Arc<SigningKey>>) -> Self {
        Self { active, published }
    }

    /// The algorithms that have an active key.
    pub fn algs(&self) -> Vec<SigningAlg> {
        let mut algs = Vec::new();
        for key in &self.active {
            if !algs.contains(&key.alg()) {
                algs.push(key.alg());
            }
        }
        algs
    }

    /// A signed JWT. `typ` says what it is: `JWT` for ID tokens and userinfo, `at+jwt` for access tokens (RFC 9068 §2.1).
    pub fn sign(&self, alg: SigningAlg, typ: &str, claims: &Map<String, Value>) -> Result<String, KeyError> {
        let key = self.active.iter().find(|key| key.alg() == alg).ok_or(KeyError::NoActiveKey(alg))?;
        key.sign(typ, claims)
    }

    /// The claims of a JWT that we signed ourselves, of exactly this `typ`. Times and audience are the caller's to check.
    pub fn verify(&self, jwt: &str, typ: &str) -> Result<Map<String, Value>, JwtError> {
        let unverified = Unverified::parse(jwt)?;
        let kid = unverified.kid.as_deref().ok_or(JwtError::UnknownKey)?;
        let key = self.all().find(|key| key.kid() == kid).ok_or(JwtError::UnknownKey)?;
        // RFC 8725 §3.1: the algorithm is the key's, whatever the header says.
        if unverified.alg != key.alg() {
            return Err(JwtError::AlgorithmRefused);
        }
        // RFC 8725 §3.11: explicit typing keeps one kind of JWT from passing as another.
        if !unverified.is_of_type(typ) {
            return Err(JwtError::TypeWrong);
        }
        key.verifier.verify(unverified.signing_input.as_bytes(), &unverified.signature)?;
        unverified.claims()
    }

    /// The JWK Set (RFC 7517 §5) with every public key once.
    pub fn jwks(&self) -> Value {
        let mut keys: Vec<Value> = Vec::new();
        for key in self.all() {
            if !keys.iter().any(|known| known["kid"] == key.kid()) {
                keys.push(key.public_jwk());
            }
        }
        json!({ "keys": keys })
    }

    fn all(&self) -> impl Iterator<Item = &Arc<SigningKey>> {
        self.active.iter().chain(&self.published)
    }
}
