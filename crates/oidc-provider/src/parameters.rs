//! Request parameters: `application/x-www-form-urlencoded`, from a query or a body (RFC 6749 Appendix B), read strictly.

use std::{
    collections::{BTreeMap, btree_map::Entry},
    fmt,
};

use percent_encoding::percent_decode_str;

/// The most bytes of a query or body that are looked at.
pub const MAX_LENGTH: usize = 16 * 1024;

/// The most parameters of one request.
pub const MAX_COUNT: usize = 100;

/// RFC 8707 §2: "multiple resource parameters MAY be used"; we ignore it, so it may come twice.
const REPEATABLE: [&str; 1] = ["resource"];

/// The parameters of one request: the first value of each name, and which names came again.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Parameters {
    values: BTreeMap<String, String>,
    repeated: Vec<String>,
}

/// Why a query or body cannot be read. Nothing of it is used then.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ParametersError {
    /// More than [`MAX_LENGTH`] bytes.
    #[error("the request is longer than {MAX_LENGTH} bytes")]
    TooLong,
    /// More than [`MAX_COUNT`] parameters.
    #[error("the request has more than {MAX_COUNT} parameters")]
    TooMany,
    /// Bytes that are not UTF-8, as they stand or once decoded (RFC 6749 Appendix B).
    #[error("the request is not UTF-8")]
    InvalidUtf8,
    /// A `%` without two hexadecimal digits.
    #[error("the request has a % without two hexadecimal digits after it")]
    BadEscape,
    /// A NUL character: no parameter has one, and what comes after us may stop reading there.
    #[error("the request has a NUL character")]
    NulByte,
}

/// Passwords, codes and tokens are among them: their text is wiped.
impl Drop for Parameters {
    fn drop(&mut self) {
        self.values.values_mut().for_each(zeroize::Zeroize::zeroize);
    }
}

impl Parameters {
    /// Reads a raw query or body.
    pub fn parse(raw: &[u8]) -> Result<Self, ParametersError> {
        if raw.len() > MAX_LENGTH {
            return Err(ParametersError::TooLong);
        }
        let text = std::str::from_utf8(raw).map_err(|_| ParametersError::InvalidUtf8)?;
        let mut parameters = Self::default();
        for (count, pair) in text.split('&').filter(|pair| !pair.is_empty()).enumerate() {
            if count == MAX_COUNT {
                return Err(ParametersError::TooMany);
            }
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            parameters.add(decode(name)?, decode(value)?);
        }
        Ok(parameters)
    }

    /// The same from pairs that are decoded already.
    pub fn from_pairs<'a>(pairs: impl IntoIterator<Item = (&'a str, &'a str)>) -> Self {
        let mut parameters = Self::default();
        pairs.into_iter().for_each(|(name, value)| parameters.add(name.to_owned(), value.to_owned()));
        parameters
    }

    /// The value of a parameter. RFC 6749 §3.1: "sent without a value MUST be treated as if they were omitted".
    pub fn value(&self, name: &str) -> Option<&str> {
        self.values.get(name).map(String::as_str).filter(|value| !value.is_empty())
    }

    /// A name that came more than once. RFC 6749 §3.1: parameters "MUST NOT be included more than once".
    pub fn duplicate(&self) -> Option<&str> {
        self.repeated.iter().map(String::as_str).find(|name| !REPEATABLE.contains(name))
    }

    /// Whether this name came more than once.
    pub fn is_duplicate(&self, name: &str) -> bool {
        self.repeated.iter().any(|repeated| repeated == name)
    }

    fn add(&mut self, name: String, value: String) {
        match self.values.entry(name) {
            Entry::Vacant(vacant) => {
                vacant.insert(value);
            }
            Entry::Occupied(first) if !self.repeated.contains(first.key()) => self.repeated.push(first.key().clone()),
            Entry::Occupied(_) => (),
        }
    }
}

fn decode(text: &str) -> Result<String, ParametersError> {
    if !text.bytes().any(|byte| matches!(byte, b'%' | b'+' | 0)) {
        return Ok(text.to_owned());
    }
    let mut escapes = text.split('%').skip(1);
    if !escapes.all(|after| after.as_bytes().get(..2).is_some_and(|digits| digits.iter().all(u8::is_ascii_hexdigit))) {
        return Err(ParametersError::BadEscape);
    }
    let spaced = text.replace('+', " ");
    let decoded = percent_decode_str(&spaced).decode_utf8().map_err(|_| ParametersError::InvalidUtf8)?;
    if decoded.contains('\0') { Err(ParametersError::NulByte) } else { Ok(decoded.into_owned()) }
}

/// Names only: values hold secrets and personal data.
impl fmt::Debug for Parameters {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.values.keys()).finish()
    }
}
