//! The two scales: account level (mức độ tài khoản, Arts. 7–11) and authentication level (mức độ xác thực, Art. 20) of Decree 69/2024.

use serde::{Deserialize, Serialize};

use crate::factor::{Factor, FactorClass};

/// Account level (mức độ tài khoản định danh điện tử), Decree 69/2024/NĐ-CP Arts. 7, 9–11: how the person was registered.
///
/// As a number (`1`, `2`) in serde and through [`number`](Self::number).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "u8", into = "u8")]
pub enum AccountLevel {
    /// Mức độ 01: registered in the app (Arts. 10.1, 11.1).
    One,
    /// Mức độ 02: registered in person, face and fingerprints verified by an officer (Arts. 10.2, 11.2).
    Two,
}

/// Authentication level (mức độ xác thực), Decree 69/2024/NĐ-CP Art. 20: how strong one sign-in was.
///
/// As a number (`1`…`4`) in serde and through [`number`](Self::number).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "u8", into = "u8")]
pub enum AuthenticationLevel {
    /// Mức độ 1: one factor, no biometric.
    One,
    /// Mức độ 2: two different factors, no biometric.
    Two,
    /// Mức độ 3: two or more different factors, one of them biometric.
    Three,
    /// Mức độ 4: a biometric, a thing held and a thing known.
    Four,
}

/// No such level.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("there is no level {0}")]
pub struct UnknownLevel(pub u8);

/// A pair of levels: what a service demands, or what a sign-in reached.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Levels {
    /// Mức độ tài khoản.
    pub account: AccountLevel,
    /// Mức độ xác thực.
    pub authentication: AuthenticationLevel,
}

impl AccountLevel {
    /// Both, lowest first.
    pub const ALL: [Self; 2] = [Self::One, Self::Two];

    /// 1 or 2.
    #[must_use]
    pub const fn number(self) -> u8 {
        match self {
            Self::One => 1,
            Self::Two => 2,
        }
    }
}

impl AuthenticationLevel {
    /// All four, lowest first.
    pub const ALL: [Self; 4] = [Self::One, Self::Two, Self::Three, Self::Four];

    /// 1 to 4.
    #[must_use]
    pub const fn number(self) -> u8 {
        match self {
            Self::One => 1,
            Self::Two => 2,
            Self::Three => 3,
            Self::Four => 4,
        }
    }

    /// The level that the proven factors reach (Art. 20); none without a factor.
    ///
    /// "Different factors" are of different classes (Art. 3.7: known, held, biometric): two passwords are one factor. A biometric alone
    /// is one factor and reaches level 1 only.
    #[must_use]
    pub fn from_factors(factors: &[Factor]) -> Option<Self> {
        let proven = |class: FactorClass| factors.iter().any(|factor| factor.class() == class);
        match (proven(FactorClass::Known), proven(FactorClass::Held), proven(FactorClass::Biometric)) {
            (true, true, true) => Some(Self::Four),
            (true, false, true) | (false, true, true) => Some(Self::Three),
            (true, true, false) => Some(Self::Two),
            (true, false, false) | (false, true, false) | (false, false, true) => Some(Self::One),
            (false, false, false) => None,
        }
    }
}

impl TryFrom<u8> for AccountLevel {
    type Error = UnknownLevel;
    fn try_from(number: u8) -> Result<Self, UnknownLevel> {
        Self::ALL.into_iter().find(|level| level.number() == number).ok_or(UnknownLevel(number))
    }
}

impl TryFrom<u8> for AuthenticationLevel {
    type Error = UnknownLevel;
    fn try_from(number: u8) -> Result<Self, UnknownLevel> {
        Self::ALL.into_iter().find(|level| level.number() == number).ok_or(UnknownLevel(number))
    }
}

impl From<AccountLevel> for u8 {
    fn from(level: AccountLevel) -> Self {
        level.number()
    }
}

impl From<AuthenticationLevel> for u8 {
    fn from(level: AuthenticationLevel) -> Self {
        level.number()
    }
}
