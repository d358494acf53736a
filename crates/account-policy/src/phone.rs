//! Vietnamese mobile numbers.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// A Vietnamese mobile number (số thuê bao di động), kept as E.164: `+84` and nine digits. `Debug` and `Display` mask it; serde writes it plain.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct PhoneNumber(String);

/// The text is no Vietnamese mobile number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a Vietnamese mobile number (0 and nine digits, or +84 and nine digits)")]
pub struct InvalidPhoneNumber;

impl PhoneNumber {
    /// Reads `0912345678`, `+84912345678` or `84912345678`, with spaces, dots or hyphens between digits. Mobile prefixes only: codes go
    /// to no landline. A prefix does not prove the carrier.
    ///
    /// # Errors
    /// [`InvalidPhoneNumber`] otherwise.
    pub fn parse(text: &str) -> Result<Self, InvalidPhoneNumber> {
        let plain: String = text.trim().chars().filter(|character| !matches!(character, ' ' | '.' | '-')).take(16).collect();
        let subscriber = ["+84", "84", "0"].iter().find_map(|prefix| plain.strip_prefix(prefix)).ok_or(InvalidPhoneNumber)?;
        let is_mobile = match subscriber.as_bytes() {
            [b'3', second, ..] => (b'2'..=b'9').contains(second),
            [b'5', second, ..] => matches!(second, b'2' | b'5' | b'6' | b'8' | b'9'),
            [b'7', second, ..] => matches!(second, b'0' | b'6'..=b'9'),
            [b'8', second, ..] => (b'1'..=b'9').contains(second),
            [b'9', ..] => true,
            _ => false,
        };
        let nine_digits = subscriber.len() == 9 && subscriber.bytes().all(|byte| byte.is_ascii_digit());
        if is_mobile && nine_digits { Ok(Self(format!("+84{subscriber}"))) } else { Err(InvalidPhoneNumber) }
    }

    /// `+84912345678`.
    #[must_use]
    pub fn as_e164(&self) -> &str {
        &self.0
    }

    /// As people write it, in groups 4-3-3: `0912 345 678`.
    #[must_use]
    pub fn national(&self) -> String {
        let digits = &self.0[3..];
        format!("0{} {} {}", &digits[..3], &digits[3..6], &digits[6..])
    }

    /// The last three digits, enough to recognise one's own number: `•••• ••• 678`.
    #[must_use]
    pub fn masked(&self) -> String {
        format!("•••• ••• {}", &self.0[9..])
    }
}

impl FromStr for PhoneNumber {
    type Err = InvalidPhoneNumber;
    fn from_str(text: &str) -> Result<Self, InvalidPhoneNumber> {
        Self::parse(text)
    }
}

impl TryFrom<String> for PhoneNumber {
    type Error = InvalidPhoneNumber;
    fn try_from(text: String) -> Result<Self, InvalidPhoneNumber> {
        Self::parse(&text)
    }
}

impl From<PhoneNumber> for String {
    fn from(number: PhoneNumber) -> Self {
        number.0
    }
}

impl fmt::Display for PhoneNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.masked())
    }
}

impl fmt::Debug for PhoneNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "PhoneNumber({self})")
    }
}
