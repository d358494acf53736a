//! Secrets as types: plain only on the wire, by hash everywhere else.
//!
//! A secret of 256 random bits needs no slow hash: SHA-256 is enough, because nobody can try 2^256 values.

use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hmac::{Hmac, KeyInit as _, Mac as _};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;
use uuid::Uuid;
use zeroize::Zeroizing;

/// Longest client secret taken, in characters. RFC 6749 leaves the size open (§2.3.1); this bounds the work.
pub const LONGEST_CLIENT_SECRET: usize = 1024;

/// Characters of a [`Code`]: 48 bytes in base64url.
pub const CODE_LENGTH: usize = 64;

/// The text is not a secret that this provider could have issued or registered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("malformed secret")]
pub struct MalformedSecret;

/// The key under which a code names its grant.
#[derive(Clone)]
pub struct CodeKey(Zeroizing<[u8; 32]>);

impl CodeKey {
    /// A key from 256 random bits.
    pub fn new(bytes: [u8; 32]) -> Self {
        Self(Zeroizing::new(bytes))
    }
}

impl fmt::Debug for CodeKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("CodeKey(…)")
    }
}

/// An authorization code on the wire (RFC 6749 §4.1.2): base64url(grant ‖ HMAC-SHA-256). What it stands for is `authorization::Code`.
///
/// It names the grant that it will become, so that a second use revokes that grant however much was forgotten in between.
#[derive(Clone)]
pub struct Code(Zeroizing<String>);

impl Code {
    /// The code of a grant to come. RFC 6749 §10.10: the probability of guessing MUST be ≤ 2^-128; nobody without the key tells the 256 bits of
    /// the MAC from random ones.
    pub fn of_grant(key: &CodeKey, grant: Uuid) -> Self {
        let mut bytes = Zeroizing::new([0; 48]);
        bytes[..16].copy_from_slice(grant.as_bytes());
        bytes[16..].copy_from_slice(&grant_mac(key, &grant));
        Self(Zeroizing::new(URL_SAFE_NO_PAD.encode(*bytes)))
    }

    /// A code as a client presents it: of the form that [`Code::of_grant`] writes, so that a truncated one never reaches the store.
    pub fn parse(text: &str) -> Result<Self, MalformedSecret> {
        if text.len() != CODE_LENGTH {
            return Err(MalformedSecret);
        }
        Zeroizing::new(URL_SAFE_NO_PAD.decode(text).map_err(|_| MalformedSecret)?);
        Ok(Self(Zeroizing::new(text.to_owned())))
    }

    /// The grant that this code was made for, if it is ours; whether it is still good, the store tells. The MAC is compared in constant time.
    pub fn grant(&self, key: &CodeKey) -> Option<Uuid> {
        let bytes = Zeroizing::new(URL_SAFE_NO_PAD.decode(self.0.as_bytes()).ok()?);
        let (grant, presented) = bytes.split_first_chunk::<16>()?;
        let grant = Uuid::from_bytes(*grant);
        bool::from(grant_mac(key, &grant).ct_eq(presented)).then_some(grant)
    }

    /// The code in plain, for the authorization response and nowhere else.
    pub fn expose(&self) -> &str {
        &self.0
    }

    /// Under which the store keeps the code.
    pub fn hash(&self) -> CodeHash {
        CodeHash(sha256(self.0.as_bytes()))
    }
}

impl fmt::Debug for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Code(…)")
    }
}

/// SHA-256 of a [`Code`]: the key in the short-lived store.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct CodeHash(pub [u8; 32]);

impl CodeHash {
    /// The 32 bytes of the hash.
    pub fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }
}

impl fmt::Debug for CodeHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("CodeHash(…)")
    }
}

/// A client's password on the wire or in the configuration (RFC 6749 §2.3.1).
#[derive(Clone)]
pub struct ClientSecret(Zeroizing<String>);

impl ClientSecret {
    /// A fresh secret from 256 random bits, 43 characters.
    pub fn from_random(bytes: [u8; 32]) -> Self {
        Self(random_text(bytes))
    }

    /// A secret as configured or presented. RFC 6749 appendix A.2: `client-secret = *VSCHAR` (0x20–0x7E); here at least one.
    pub fn parse(text: &str) -> Result<Self, MalformedSecret> {
        let well_formed = (1..=LONGEST_CLIENT_SECRET).contains(&text.len()) && text.bytes().all(|b| (0x20..=0x7e).contains(&b));
        if !well_formed {
            return Err(MalformedSecret);
        }
        Ok(Self(Zeroizing::new(text.to_owned())))
    }

    /// The secret in plain: shown once when it is made, and never again.
    pub fn expose(&self) -> &str {
        &self.0
    }

    /// What the client's record keeps.
    pub fn hash(&self) -> SecretHash {
        SecretHash(sha256(self.0.as_bytes()))
    }
}

impl fmt::Debug for ClientSecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ClientSecret(…)")
    }
}

/// SHA-256 of a [`ClientSecret`]; as JSON, base64url without padding. Comparison takes constant time.
#[derive(Clone)]
pub struct SecretHash([u8; 32]);

impl SecretHash {
    /// Whether `presented` is the secret that was hashed, in time that does not depend on where they differ.
    pub fn matches(&self, presented: &str) -> bool {
        sha256(presented.as_bytes()).ct_eq(&self.0).into()
    }
}

impl PartialEq for SecretHash {
    fn eq(&self, other: &Self) -> bool {
        self.0.ct_eq(&other.0).into()
    }
}

impl Eq for SecretHash {}

impl fmt::Debug for SecretHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SecretHash(…)")
    }
}

impl Serialize for SecretHash {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&URL_SAFE_NO_PAD.encode(self.0))
    }
}

impl<'de> Deserialize<'de> for SecretHash {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        let bytes = URL_SAFE_NO_PAD.decode(text).map_err(serde::de::Error::custom)?;
        let hash = bytes.try_into().map_err(|_| serde::de::Error::custom("a secret hash has 32 bytes"))?;
        Ok(Self(hash))
    }
}

/// Compiles for what wipes itself when it is dropped: each type that holds a secret says so of its field.
pub(crate) const fn wiped<T: zeroize::ZeroizeOnDrop>(_: &T) {}

const _: fn(&Code) = |code| wiped(&code.0);
const _: fn(&CodeKey) = |key| wiped(&key.0);
const _: fn(&ClientSecret) = |secret| wiped(&secret.0);

fn random_text(bytes: [u8; 32]) -> Zeroizing<String> {
    let bytes = Zeroizing::new(bytes);
    Zeroizing::new(URL_SAFE_NO_PAD.encode(*bytes))
}

fn grant_mac(key: &CodeKey, grant: &Uuid) -> [u8; 32] {
    #[expect(clippy::expect_used, reason = "HMAC takes a key of any length (RFC 2104 §3)")]
    let mut mac = Hmac::<Sha256>::new_from_slice(key.0.as_slice()).expect("HMAC takes a key of any length");
    mac.update(b"dinhdanh authorization code 1");
    mac.update(grant.as_bytes());
    mac.finalize().into_bytes().into()
}

fn sha256(bytes: &[u8]) -> [u8; 32] {
    Sha256::digest(bytes).into()
}

#[cfg(test)]
mod tests {
    use uuid::uuid;

    use super::*;

    const GRANT: Uuid = uuid!("0195a000-0000-7000-8000-0000000000f1");

    fn code() -> Code {
        Code::of_grant(&CodeKey::new([7; 32]), GRANT)
    }

    #[test]
    fn a_code_reads_back_what_it_wrote_and_names_its_grant() {
        let code = code();
        assert_eq!(code.expose().len(), CODE_LENGTH);
        let read = Code::parse(code.expose()).unwrap();
        assert_eq!(read.hash(), code.hash());
        assert_eq!(read.grant(&CodeKey::new([7; 32])), Some(GRANT));
        assert_eq!(read.grant(&CodeKey::new([8; 32])), None, "another provider's");
    }

    #[test]
    fn a_code_that_was_changed_anywhere_names_no_grant() {
        let code = code();
        for index in 0..CODE_LENGTH {
            let mut forged = code.expose().as_bytes().to_vec();
            forged[index] = if forged[index] == b'A' { b'B' } else { b'A' };
            let forged = Code::parse(std::str::from_utf8(&forged).unwrap()).unwrap();
            assert_eq!(forged.grant(&CodeKey::new([7; 32])), None, "character {index}");
        }
    }

    #[test]
    fn truncated_prolonged_and_foreign_codes_are_malformed() {
        let code = code();
        let text = code.expose();
        let wrong = [
            String::new(),
            text[..63].to_owned(),
            format!("{text}A"),
            format!("{}=", &text[..63]),
            format!("{}+", &text[..63]),
            format!("{}\0", &text[..63]),
            "é".repeat(32),
        ];
        for text in wrong {
            assert_eq!(Code::parse(&text).unwrap_err(), MalformedSecret, "{text:?}");
        }
    }

    #[test]
    fn a_client_secret_matches_only_itself() {
        let hash = ClientSecret::parse("correct horse battery staple").unwrap().hash();
        assert!(hash.matches("correct horse battery staple"));
        for wrong in ["", "correct horse battery stapl", "correct horse battery staple ", "Correct horse battery staple"] {
            assert!(!hash.matches(wrong), "{wrong:?}");
        }
    }

    #[test]
    fn a_client_secret_is_bounded_printable_ascii() {
        for wrong in [String::new(), "mật khẩu".to_owned(), "a\0b".to_owned(), "a\nb".to_owned(), "a".repeat(LONGEST_CLIENT_SECRET + 1)]
        {
            assert!(ClientSecret::parse(&wrong).is_err(), "{wrong:?}");
        }
    }

    #[test]
    fn a_secret_hash_survives_json() {
        let hash = ClientSecret::from_random([1; 32]).hash();
        let json = serde_json::to_string(&hash).unwrap();
        assert_eq!(serde_json::from_str::<SecretHash>(&json).unwrap(), hash);
        for wrong in ["\"\"", "\"AAAA\"", "\"!\"", "7"] {
            assert!(serde_json::from_str::<SecretHash>(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn nothing_secret_is_printed() {
        let secret = ClientSecret::from_random([9; 32]);
        let printed = format!("{:?} {:?} {:?} {secret:?} {:?}", CodeKey::new([7; 32]), code(), code().hash(), secret.hash());
        assert_eq!(printed, "CodeKey(…) Code(…) CodeHash(…) ClientSecret(…) SecretHash(…)");
    }
}
