//! Lock grounds (căn cứ khóa) of the e-ID card, Law 26/2023/QH15 Art. 34, and of a foreigner's account, Decree 69/2024/NĐ-CP Art. 15.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// A ground for locking (căn cứ khóa căn cước điện tử), Law 26/2023/QH15 Art. 34; procedure in Decree 69/2024/NĐ-CP Arts. 29–30.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum LockGround {
    /// Point a: the holder asks (người được cấp căn cước điện tử yêu cầu).
    HolderRequest,
    /// Point b: breach of the app's usage agreement (vi phạm thỏa thuận sử dụng).
    TermsBreach,
    /// Point c: the ID card is revoked or held (thẻ căn cước bị thu hồi hoặc bị giữ).
    CardRevokedOrHeld,
    /// Point d: the holder died (chết). Never unlocked: the Law lists no ground for it.
    Death,
    /// Point đ: a procedure-conducting body or another competent authority asks (cơ quan tiến hành tố tụng yêu cầu).
    AuthorityRequest,
}

/// The active lock grounds, a set: locked means not empty. Unlocking removes one ground; the card opens again only when none remains
/// ("không còn căn cứ khóa", Decree 69/2024/NĐ-CP Art. 30).
#[derive(Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(from = "Vec<LockGround>", into = "Vec<LockGround>")]
pub struct LockGrounds(u8);

/// No lock ground has this code.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("unknown lock ground; known: HOLDER_REQUEST, TERMS_BREACH, CARD_REVOKED_OR_HELD, DEATH, AUTHORITY_REQUEST")]
pub struct UnknownLockGround;

impl LockGround {
    /// All five, in the order of the Law's points a, b, c, d, đ.
    pub const ALL: [Self; 5] = [Self::HolderRequest, Self::TermsBreach, Self::CardRevokedOrHeld, Self::Death, Self::AuthorityRequest];

    /// The stable code, as the command line and the database write it: `HOLDER_REQUEST`.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::HolderRequest => "HOLDER_REQUEST",
            Self::TermsBreach => "TERMS_BREACH",
            Self::CardRevokedOrHeld => "CARD_REVOKED_OR_HELD",
            Self::Death => "DEATH",
            Self::AuthorityRequest => "AUTHORITY_REQUEST",
        }
    }

    /// Whether the Law knows a way to lift this ground (all but death).
    #[must_use]
    pub const fn may_be_lifted(self) -> bool {
        !matches!(self, Self::Death)
    }

    const fn bit(self) -> u8 {
        1 << self as u8
    }
}

impl LockGrounds {
    /// Not locked.
    pub const NONE: Self = Self(0);

    /// One bit a ground, for a database column. Bit 0 is the Law's point a, bit 4 its point đ.
    #[must_use]
    pub const fn bits(self) -> u8 {
        self.0
    }

    /// The set that [`bits`](Self::bits) wrote; `None` for a bit that is no ground.
    #[must_use]
    pub const fn from_bits(bits: u8) -> Option<Self> {
        if bits < 1 << LockGround::ALL.len() { Some(Self(bits)) } else { None }
    }

    /// Whether no ground is active.
    #[must_use]
    pub const fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// Whether this ground is active.
    #[must_use]
    pub const fn contains(self, ground: LockGround) -> bool {
        self.0 & ground.bit() != 0
    }

    /// With this ground added.
    #[must_use]
    pub const fn with(self, ground: LockGround) -> Self {
        Self(self.0 | ground.bit())
    }

    /// With this ground removed; death stays, the Law lists no ground for unlocking it.
    #[must_use]
    pub const fn without(self, ground: LockGround) -> Self {
        if ground.may_be_lifted() { Self(self.0 & !ground.bit()) } else { self }
    }

    /// The active grounds in the Law's order.
    pub fn iter(self) -> impl Iterator<Item = LockGround> {
        LockGround::ALL.into_iter().filter(move |ground| self.contains(*ground))
    }
}

impl FromStr for LockGround {
    type Err = UnknownLockGround;
    fn from_str(code: &str) -> Result<Self, UnknownLockGround> {
        Self::ALL.into_iter().find(|ground| ground.code() == code).ok_or(UnknownLockGround)
    }
}

impl fmt::Display for LockGround {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}

impl FromIterator<LockGround> for LockGrounds {
    fn from_iter<I: IntoIterator<Item = LockGround>>(grounds: I) -> Self {
        grounds.into_iter().fold(Self::NONE, Self::with)
    }
}

impl From<Vec<LockGround>> for LockGrounds {
    fn from(grounds: Vec<LockGround>) -> Self {
        grounds.into_iter().collect()
    }
}

impl From<LockGrounds> for Vec<LockGround> {
    fn from(grounds: LockGrounds) -> Self {
        grounds.iter().collect()
    }
}

impl fmt::Debug for LockGrounds {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.iter()).finish()
    }
}
