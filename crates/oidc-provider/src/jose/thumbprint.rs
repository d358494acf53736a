//! JWK thumbprints (RFC 7638): the key ids of our own keys.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Map, Value};
use sha2::{Digest, Sha256};

/// The SHA-256 thumbprint of a JWK, base64url. `None` where a required member is missing or the key type is not RSA, EC or OKP.
pub fn thumbprint(jwk: &Value) -> Option<String> {
    // RFC 7638 §3.2, RFC 8037 §2: only the required members, in lexicographic order, without white space.
    let required: &[&str] = match jwk.get("kty")?.as_str()? {
        "RSA" => &["e", "kty", "n"],
        "EC" => &["crv", "kty", "x", "y"],
        "OKP" => &["crv", "kty", "x"],
        _ => return None,
    };
    let members = required.iter().map(|name| Some(((*name).to_owned(), jwk.get(*name)?.as_str()?.into())));
    let members: Map<String, Value> = members.collect::<Option<_>>()?;
    let json = serde_json::to_vec(&members).ok()?;
    Some(URL_SAFE_NO_PAD.encode(Sha256::digest(json)))
}
