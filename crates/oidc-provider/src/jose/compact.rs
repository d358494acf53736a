//! The compact serialization (RFC 7515 §7.1), read with bounds and without trust.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Map, Value, json};

use super::{JwtError, text};
use crate::signing_alg::SigningAlg;

/// Longest JWT that is read, in bytes.
pub const LONGEST_JWT: usize = 16 * 1024;

/// A JWT taken apart. Nothing in it is proven yet.
pub(super) struct Unverified<'a> {
    /// `alg`, one of ours: `none`, HMAC and everything else never gets this far.
    pub alg: SigningAlg,
    /// `kid`, if there is one.
    pub kid: Option<String>,
    /// `typ`, if there is one.
    pub typ: Option<String>,
    /// What the signature covers.
    pub signing_input: &'a str,
    /// The signature's bytes.
    pub signature: Vec<u8>,
    payload: &'a str,
}

impl<'a> Unverified<'a> {
    pub(super) fn parse(jwt: &'a str) -> Result<Self, JwtError> {
        let [header, payload, signature] = parts(jwt)?;
        let signing_input = &jwt[..header.len() + 1 + payload.len()];
        let header = object(header)?;
        // RFC 7515 §4.1.11: "If any of the listed extension Header Parameters are not understood […] the JWS is invalid"; and RFC 7797's b64 is one.
        if header.contains_key("crit") || header.contains_key("b64") {
            return Err(JwtError::Critical);
        }
        // RFC 8725 §3.1, §3.2: only algorithms we chose; "none" is not among them.
        let alg = text(&header, "alg").ok_or(JwtError::Malformed)?.parse().map_err(|_| JwtError::AlgorithmRefused)?;
        let kid = optional_text(&header, "kid")?;
        let typ = optional_text(&header, "typ")?;
        let signature = URL_SAFE_NO_PAD.decode(signature).map_err(|_| JwtError::Malformed)?;
        Ok(Self { alg, kid, typ, signing_input, signature, payload })
    }

    /// The claims. Call only after the signature has been verified.
    pub(super) fn claims(&self) -> Result<Map<String, Value>, JwtError> {
        object(self.payload)
    }

    /// Whether `typ` is `expected` (RFC 7515 §4.1.9: compared without regard to case, `application/` may be left out).
    pub(super) fn is_of_type(&self, expected: &str) -> bool {
        let Some(typ) = &self.typ else { return false };
        let typ = match typ.get(..12) {
            Some(prefix) if prefix.eq_ignore_ascii_case("application/") => &typ[12..],
            _ => typ,
        };
        typ.eq_ignore_ascii_case(expected)
    }
}

/// The claims of a JWT that nobody has verified: only to learn which client to ask about.
pub fn unverified_claims(jwt: &str) -> Result<Map<String, Value>, JwtError> {
    let [_, payload, _] = parts(jwt)?;
    object(payload)
}

pub(super) fn signing_input(alg: SigningAlg, typ: &str, kid: &str, claims: &Map<String, Value>) -> String {
    let header = json!({ "alg": alg.to_string(), "typ": typ, "kid": kid }).to_string();
    let claims = Value::Object(claims.clone()).to_string();
    let mut input = String::with_capacity((header.len() + claims.len()) * 4 / 3 + 512);
    URL_SAFE_NO_PAD.encode_string(header, &mut input);
    input.push('.');
    URL_SAFE_NO_PAD.encode_string(claims, &mut input);
    input
}

pub(super) fn with_signature(mut signing_input: String, signature: &[u8]) -> String {
    signing_input.push('.');
    URL_SAFE_NO_PAD.encode_string(signature, &mut signing_input);
    signing_input
}

fn parts(jwt: &str) -> Result<[&str; 3], JwtError> {
    if jwt.len() > LONGEST_JWT {
        return Err(JwtError::TooLong);
    }
    let mut parts = jwt.split('.');
    match (parts.next(), parts.next(), parts.next(), parts.next()) {
        (Some(header), Some(payload), Some(signature), None) => Ok([header, payload, signature]),
        _ => Err(JwtError::Malformed),
    }
}

fn object(part: &str) -> Result<Map<String, Value>, JwtError> {
    let bytes = URL_SAFE_NO_PAD.decode(part).map_err(|_| JwtError::Malformed)?;
    serde_json::from_slice(&bytes).map_err(|_| JwtError::Malformed)
}

fn optional_text(members: &Map<String, Value>, name: &str) -> Result<Option<String>, JwtError> {
    match members.get(name) {
        None => Ok(None),
        Some(Value::String(text)) => Ok(Some(text.clone())),
        Some(_) => Err(JwtError::Malformed),
    }
}
