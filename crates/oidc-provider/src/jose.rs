//! Signing and verifying (RFC 7515, 7517, 7518, 7519, 7638). The only file that touches josekit.
//!
//! - [`SigningKey`]: one key of ours with its ready signer; [`SigningKeys`]: those in use and those still published.
//! - [`ClientJwks`]: the public keys of a client, for `private_key_jwt`.
//!
//! josekit loads keys and computes signatures; the compact form is read and written here, so that the algorithm always comes
//! from the key and never from the header alone (RFC 8725 §3.1). Keys are `Send + Sync`; signing takes `&self`.

mod client_jwks;
mod compact;
mod signing_keys;
#[cfg(test)]
mod tests;
mod thumbprint;

use std::fmt;

use josekit::jwk::alg::ec::{EcCurve, EcKeyPair};
use josekit::jwk::alg::ed::{EdCurve, EdKeyPair};
use josekit::jwk::alg::rsa::RsaKeyPair;
use josekit::jwk::{Jwk, KeyPair};
use josekit::jws::{ES256, EdDSA, JwsSigner, JwsVerifier, PS256, RS256};
use serde_json::{Map, Value};

pub use client_jwks::ClientJwks;
pub use compact::{LONGEST_JWT, unverified_claims};
pub use signing_keys::SigningKeys;
pub use thumbprint::thumbprint;

use crate::signing_alg::SigningAlg;

/// Bits of the RSA keys we make. RFC 7518 §3.3: "A key of size 2048 bits or larger MUST be used".
const RSA_BITS: u32 = 2048;

/// A JWT that is not accepted, and why. For the log: the client hears less.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum JwtError {
    /// Longer than [`LONGEST_JWT`].
    #[error("the JWT is too long")]
    TooLong,
    /// Not three base64url parts with a JSON object in the first two.
    #[error("the JWT is malformed")]
    Malformed,
    /// `alg` is `none`, unknown, not allowed here, or does not fit the key.
    #[error("the JWT's algorithm is refused")]
    AlgorithmRefused,
    /// `typ` is another than the one expected.
    #[error("the JWT has another type")]
    TypeWrong,
    /// The header lists extensions in `crit`; we know none.
    #[error("the JWT has critical header parameters that are not understood")]
    Critical,
    /// No key has the `kid`, or none fits. A client's keys may be fetched anew.
    #[error("no key fits the JWT")]
    UnknownKey,
    /// The signature is wrong.
    #[error("the JWT's signature is wrong")]
    SignatureWrong,
}

/// A key that cannot be used, and why.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum KeyError {
    /// Not a JWK, or not a JWK Set of at most 32 keys.
    #[error("not a JSON Web Key (RFC 7517), or too many of them")]
    Malformed,
    /// `kty=oct`: a symmetric key is a shared secret and never belongs into a JWK Set.
    #[error("the key set contains a symmetric key")]
    Symmetric,
    /// A private member (`d`, `p`, `q` …) in a set that must be public.
    #[error("the key set contains a private key: publish the public part only")]
    Private,
    /// No key can verify RS256, PS256, ES256 or EdDSA.
    #[error("the key set contains no key for RS256, PS256, ES256 or EdDSA signatures")]
    NoneUsable,
    /// No active key for the algorithm.
    #[error("there is no active signing key for {0}")]
    NoActiveKey(SigningAlg),
    /// The cryptographic library refused.
    #[error("the key was refused: {0}")]
    Refused(String),
}

/// A private key of this provider with its signer, which is built once: rebuilding it per signature costs more than half the speed.
pub struct SigningKey {
    alg: SigningAlg,
    kid: String,
    private: Value,
    public: Value,
    signer: Box<dyn JwsSigner>,
    verifier: VerifyingKey,
}

impl SigningKey {
    /// A fresh key: RSA of 2048 bits, P-256 or Ed25519. Key generation draws from OpenSSL's generator, which seeds itself from the system.
    pub fn generate(alg: SigningAlg) -> Result<Self, KeyError> {
        let jwk = match alg {
            SigningAlg::RS256 | SigningAlg::PS256 => RsaKeyPair::generate(RSA_BITS).map(|pair| pair.to_jwk_key_pair()),
            SigningAlg::ES256 => EcKeyPair::generate(EcCurve::P256).map(|pair| pair.to_jwk_key_pair()),
            SigningAlg::EdDSA => EdKeyPair::generate(EdCurve::Ed25519).map(|pair| pair.to_jwk_key_pair()),
        };
        let mut members: Map<String, Value> = jwk.map_err(refused)?.into();
        members.insert("alg".to_owned(), alg.to_string().into());
        Self::from_private_jwk(&Value::Object(members))
    }

    /// A key as [`SigningKey::private_jwk`] wrote it: an RSA, P-256 or Ed25519 JWK with its private members and `alg`.
    /// The key id is computed, not read. A test signature proves that the private and the public part belong together.
    pub fn from_private_jwk(jwk: &Value) -> Result<Self, KeyError> {
        let mut private = jwk.as_object().ok_or(KeyError::Malformed)?.clone();
        let alg: SigningAlg = text(&private, "alg").and_then(|name| name.parse().ok()).ok_or(KeyError::Malformed)?;
        let kid = thumbprint(jwk).ok_or(KeyError::Malformed)?;
        private.insert("kid".to_owned(), kid.clone().into());
        private.insert("use".to_owned(), "sig".into());
        private.remove("key_ops");
        let public = public_members(&private);

        let signer = signer(alg, &private)?;
        let verifier = VerifyingKey::new(alg, &public)?;
        let probe = signer.sign(kid.as_bytes()).map_err(refused)?;
        verifier.verify(kid.as_bytes(), &probe).map_err(|_| KeyError::Refused("private and public part differ".to_owned()))?;
        Ok(Self { alg, kid, private: private.into(), public: public.into(), signer, verifier })
    }

    /// The private key as JWK (RFC 7517): to be sealed and stored, never shown.
    pub fn private_jwk(&self) -> Value {
        self.private.clone()
    }

    /// The public key as JWK with `kid`, `use` and `alg`, as it stands in our JWK Set.
    pub fn public_jwk(&self) -> Value {
        self.public.clone()
    }

    /// The key id: the SHA-256 thumbprint of the key (RFC 7638).
    pub fn kid(&self) -> &str {
        &self.kid
    }

    /// The one algorithm this key is used with (RFC 8725 §3.1: "each key MUST be used with exactly one algorithm").
    pub fn alg(&self) -> SigningAlg {
        self.alg
    }

    /// A compact JWS (RFC 7515 §7.1) with `typ` and the claims.
    fn sign(&self, typ: &str, claims: &Map<String, Value>) -> Result<String, KeyError> {
        let signing_input = compact::signing_input(self.alg, typ, &self.kid, claims);
        let signature = self.signer.sign(signing_input.as_bytes()).map_err(refused)?;
        Ok(compact::with_signature(signing_input, &signature))
    }
}

impl fmt::Debug for SigningKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SigningKey").field("alg", &self.alg).field("kid", &self.kid).finish_non_exhaustive()
    }
}

/// A public key bound to one algorithm.
struct VerifyingKey {
    alg: SigningAlg,
    verifier: Box<dyn JwsVerifier>,
}

impl VerifyingKey {
    fn new(alg: SigningAlg, public: &Map<String, Value>) -> Result<Self, KeyError> {
        let jwk = Jwk::from_map(public.clone()).map_err(refused)?;
        let verifier: Result<Box<dyn JwsVerifier>, _> = match alg {
            SigningAlg::RS256 => RS256.verifier_from_jwk(&jwk).map(|v| Box::new(v) as _),
            SigningAlg::PS256 => PS256.verifier_from_jwk(&jwk).map(|v| Box::new(v) as _),
            SigningAlg::ES256 => ES256.verifier_from_jwk(&jwk).map(|v| Box::new(v) as _),
            SigningAlg::EdDSA => EdDSA.verifier_from_jwk(&jwk).map(|v| Box::new(v) as _),
        };
        Ok(Self { alg, verifier: verifier.map_err(refused)? })
    }

    fn verify(&self, message: &[u8], signature: &[u8]) -> Result<(), JwtError> {
        self.verifier.verify(message, signature).map_err(|_| JwtError::SignatureWrong)
    }
}

fn signer(alg: SigningAlg, private: &Map<String, Value>) -> Result<Box<dyn JwsSigner>, KeyError> {
    let jwk = Jwk::from_map(private.clone()).map_err(refused)?;
    let signer: Result<Box<dyn JwsSigner>, _> = match alg {
        SigningAlg::RS256 => RS256.signer_from_jwk(&jwk).map(|s| Box::new(s) as _),
        SigningAlg::PS256 => PS256.signer_from_jwk(&jwk).map(|s| Box::new(s) as _),
        SigningAlg::ES256 => ES256.signer_from_jwk(&jwk).map(|s| Box::new(s) as _),
        SigningAlg::EdDSA => EdDSA.signer_from_jwk(&jwk).map(|s| Box::new(s) as _),
    };
    signer.map_err(refused)
}

/// What may be published of a key; everything else stays behind.
fn public_members(jwk: &Map<String, Value>) -> Map<String, Value> {
    const PUBLIC: [&str; 10] = ["kty", "use", "key_ops", "alg", "kid", "crv", "x", "y", "n", "e"];
    PUBLIC.iter().filter_map(|name| Some(((*name).to_owned(), jwk.get(*name)?.clone()))).collect()
}

fn text<'a>(members: &'a Map<String, Value>, name: &str) -> Option<&'a str> {
    members.get(name)?.as_str()
}

fn refused(error: josekit::JoseError) -> KeyError {
    KeyError::Refused(error.to_string())
}
