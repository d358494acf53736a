//! Authentication factors (yếu tố xác thực) and means (phương tiện xác thực), Decree 69/2024/NĐ-CP Arts. 3.7 and 3.8.

use serde::{Deserialize, Serialize};

/// A proven authentication means (phương tiện xác thực), Decree 69/2024/NĐ-CP Art. 3.8.
///
/// A QR code is left out on purpose: Art. 20 counts it as known, but what it proves is the device that scanned it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Factor {
    /// Mật khẩu.
    Password,
    /// Mã bí mật: the app's six-digit passcode.
    Passcode,
    /// Mã xác thực một lần (OTP): proves that the number, or the OTP device, is at hand.
    OneTimeCode,
    /// Thiết bị số: a bound device or cryptographic key that answered.
    Device,
    /// Thẻ căn cước: the chip of the card was read.
    CardChip,
    /// Khuôn mặt.
    Face,
    /// Vân tay.
    Fingerprint,
    /// Giọng nói.
    Voice,
    /// Mống mắt.
    Iris,
}

/// What kind of proof a factor is, Decree 69/2024/NĐ-CP Art. 3.7.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum FactorClass {
    /// Something known.
    Known,
    /// Something held.
    Held,
    /// A biometric (sinh trắc học).
    Biometric,
}

impl Factor {
    /// Every factor.
    pub const ALL: [Self; 9] = [
        Self::Password,
        Self::Passcode,
        Self::OneTimeCode,
        Self::Device,
        Self::CardChip,
        Self::Face,
        Self::Fingerprint,
        Self::Voice,
        Self::Iris,
    ];

    /// Known, held or biometric (Arts. 3.7 and 20).
    #[must_use]
    pub const fn class(self) -> FactorClass {
        match self {
            Self::Password | Self::Passcode => FactorClass::Known,
            Self::OneTimeCode | Self::Device | Self::CardChip => FactorClass::Held,
            Self::Face | Self::Fingerprint | Self::Voice | Self::Iris => FactorClass::Biometric,
        }
    }
}
