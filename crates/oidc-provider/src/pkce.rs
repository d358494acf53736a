//! Proof Key for Code Exchange (RFC 7636), method S256 only: `plain` shows the secret to whoever reads the request (RFC 9700 §2.1.1).

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;
use zeroize::Zeroizing;

/// BASE64URL(SHA256(code_verifier)): 43 characters for 32 bytes (RFC 7636 §4.2).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct CodeChallenge([u8; 32]);

/// The text is not the base64url form, without padding, of 32 bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a code_challenge is 43 base64url characters")]
pub struct InvalidCodeChallenge;

impl CodeChallenge {
    /// Reads the `code_challenge` parameter (RFC 7636 §4.3).
    pub fn parse(text: &str) -> Result<Self, InvalidCodeChallenge> {
        let mut digest = [0; 32];
        match URL_SAFE_NO_PAD.decode_slice(text, &mut digest) {
            Ok(32) if text.len() == 43 => Ok(Self(digest)),
            _ => Err(InvalidCodeChallenge),
        }
    }

    /// RFC 7636 §4.6: whether this challenge was made from the verifier; compared in constant time.
    pub fn matches(&self, verifier: &CodeVerifier) -> bool {
        Sha256::digest(verifier.0.as_bytes()).as_slice().ct_eq(self.0.as_slice()).into()
    }
}

impl TryFrom<String> for CodeChallenge {
    type Error = InvalidCodeChallenge;

    fn try_from(text: String) -> Result<Self, InvalidCodeChallenge> {
        Self::parse(&text)
    }
}

impl From<CodeChallenge> for String {
    fn from(challenge: CodeChallenge) -> Self {
        URL_SAFE_NO_PAD.encode(challenge.0)
    }
}

/// The secret that the client kept until it redeems its code (RFC 7636 §4.1).
#[derive(Clone)]
pub struct CodeVerifier(Zeroizing<String>);

/// The text is no code verifier.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a code_verifier is 43 to 128 characters out of A-Z a-z 0-9 - . _ ~")]
pub struct InvalidCodeVerifier;

impl CodeVerifier {
    /// Reads the `code_verifier` parameter: `43*128unreserved` (RFC 7636 §4.1).
    pub fn parse(text: &str) -> Result<Self, InvalidCodeVerifier> {
        let unreserved = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~".contains(&byte);
        if (43..=128).contains(&text.len()) && text.bytes().all(unreserved) {
            Ok(Self(Zeroizing::new(text.to_owned())))
        } else {
            Err(InvalidCodeVerifier)
        }
    }

    /// The S256 challenge of this verifier (RFC 7636 §4.2).
    pub fn challenge(&self) -> CodeChallenge {
        CodeChallenge(Sha256::digest(self.0.as_bytes()).into())
    }

    /// Whether the challenge was made from this verifier.
    pub fn matches(&self, challenge: &CodeChallenge) -> bool {
        challenge.matches(self)
    }
}

impl std::fmt::Debug for CodeVerifier {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("CodeVerifier(…)")
    }
}

const _: fn(&CodeVerifier) = |verifier| crate::secret::wiped(&verifier.0);
