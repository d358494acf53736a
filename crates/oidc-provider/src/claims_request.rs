//! The `claims` parameter: single claims by name (OpenID Connect Core §5.5).

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

/// Bounds, so that a request cannot make us keep or compare much: bytes of the parameter, claims per member, values per claim,
/// characters of a claim name, depth of a value.
const MAX_LENGTH: usize = 8 * 1024;
const MAX_CLAIMS: usize = 64;
const MAX_VALUES: usize = 32;
const MAX_NAME: usize = 128;
const MAX_DEPTH: usize = 4;

/// Which claims were asked for one by one, and where each shall be returned (OpenID Connect Core §5.5).
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct ClaimsRequest {
    /// Claims for the userinfo endpoint, by name.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub userinfo: BTreeMap<String, ClaimRequest>,
    /// Claims for the ID token, by name.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub id_token: BTreeMap<String, ClaimRequest>,
}

/// How one claim was asked for (OpenID Connect Core §5.5.1); the default is a voluntary claim of any value.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct ClaimRequest {
    /// Whether the client says it cannot do without.
    #[serde(default)]
    pub essential: bool,
    /// The one value the client wants.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub value: Option<Value>,
    /// The values the client takes, in order of preference.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub values: Vec<Value>,
}

/// Why a `claims` parameter cannot be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum InvalidClaims {
    /// Not JSON, or not an object of objects as Core §5.5 describes.
    #[error("the claims parameter is not the JSON object that OpenID Connect Core 5.5 describes")]
    Malformed,
    /// More than we are willing to keep.
    #[error("the claims parameter is too large")]
    TooLarge,
}

impl ClaimsRequest {
    /// Reads the `claims` parameter. Core §5.5: members that are not understood MUST be ignored.
    pub fn parse(text: &str) -> Result<Self, InvalidClaims> {
        if text.len() > MAX_LENGTH {
            return Err(InvalidClaims::TooLarge);
        }
        let mut document: Map<String, Value> = serde_json::from_str(text).map_err(|_| InvalidClaims::Malformed)?;
        Ok(Self { userinfo: member(document.remove("userinfo"))?, id_token: member(document.remove("id_token"))? })
    }

    /// Whether nothing is asked for.
    pub fn is_empty(&self) -> bool {
        self.userinfo.is_empty() && self.id_token.is_empty()
    }

    /// The `acr` values of which the sign-in MUST satisfy one (Core §5.5.1.1), in order of preference. `Some` of an empty list: values
    /// were named, none of them a text, so that none can be met.
    pub fn essential_acr(&self) -> Option<Vec<String>> {
        self.id_token.get("acr").filter(|acr| acr.essential && acr.is_bound()).map(ClaimRequest::texts)
    }

    /// The `acr` values that the client would like (Core §5.5.1.1), in order of preference.
    pub fn voluntary_acr(&self) -> Vec<String> {
        self.id_token.get("acr").filter(|acr| !acr.essential).map(ClaimRequest::texts).unwrap_or_default()
    }
}

impl ClaimRequest {
    /// Whether a value satisfies the request: any, when none was named (Core §5.5.1).
    pub fn accepts(&self, value: &Value) -> bool {
        !self.is_bound() || self.value.as_ref() == Some(value) || self.values.contains(value)
    }

    fn is_bound(&self) -> bool {
        self.value.is_some() || !self.values.is_empty()
    }

    fn texts(&self) -> Vec<String> {
        self.value.iter().chain(&self.values).filter_map(Value::as_str).map(str::to_owned).collect()
    }
}

/// The `userinfo` or `id_token` member: an object of claim names.
fn member(value: Option<Value>) -> Result<BTreeMap<String, ClaimRequest>, InvalidClaims> {
    let claims = match value {
        None | Some(Value::Null) => return Ok(BTreeMap::new()),
        Some(Value::Object(claims)) => claims,
        Some(_) => return Err(InvalidClaims::Malformed),
    };
    if claims.len() > MAX_CLAIMS {
        return Err(InvalidClaims::TooLarge);
    }
    claims.into_iter().map(|(name, value)| Ok((claim_name(name)?, claim(value)?))).collect()
}

fn claim_name(name: String) -> Result<String, InvalidClaims> {
    match name {
        name if name.len() > MAX_NAME => Err(InvalidClaims::TooLarge),
        name if name.is_empty() || name.chars().any(char::is_control) => Err(InvalidClaims::Malformed),
        name => Ok(name),
    }
}

/// Core §5.5.1: `null`, or an object with `essential`, `value`, `values`.
fn claim(value: Value) -> Result<ClaimRequest, InvalidClaims> {
    let mut members = match value {
        Value::Null => return Ok(ClaimRequest::default()),
        Value::Object(members) => members,
        _ => return Err(InvalidClaims::Malformed),
    };
    let essential = match members.remove("essential") {
        None => false,
        Some(Value::Bool(essential)) => essential,
        Some(_) => return Err(InvalidClaims::Malformed),
    };
    let value = members.remove("value").filter(|value| !value.is_null());
    let values = match members.remove("values") {
        None => Vec::new(),
        Some(Value::Array(values)) => values,
        Some(_) => return Err(InvalidClaims::Malformed),
    };
    if values.len() > MAX_VALUES || value.iter().chain(&values).any(|value| is_deeper_than(value, MAX_DEPTH)) {
        return Err(InvalidClaims::TooLarge);
    }
    Ok(ClaimRequest { essential, value, values })
}

fn is_deeper_than(value: &Value, depth: usize) -> bool {
    match value {
        Value::Array(items) => depth == 0 || items.iter().any(|item| is_deeper_than(item, depth - 1)),
        Value::Object(members) => depth == 0 || members.values().any(|item| is_deeper_than(item, depth - 1)),
        _ => false,
    }
}
