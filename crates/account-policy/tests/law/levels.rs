//! Art. 20 of Decree 69/2024/NĐ-CP: authentication levels.

use Factor::{CardChip, Device, Face, Fingerprint, OneTimeCode, Passcode, Password};
use account_policy::{AccountLevel, AuthenticationLevel, Factor};

#[test]
fn article_20_as_a_table() {
    let table: [(&[Factor], Option<u8>); 14] = [
        (&[], None),
        (&[Password], Some(1)),
        (&[OneTimeCode], Some(1)),
        (&[Face], Some(1)),
        (&[Password, Password], Some(1)),
        (&[Password, Passcode], Some(1)),
        (&[OneTimeCode, Device], Some(1)),
        (&[Face, Fingerprint], Some(1)),
        (&[Password, OneTimeCode], Some(2)),
        (&[Passcode, Device], Some(2)),
        (&[Password, Face], Some(3)),
        (&[Device, Fingerprint], Some(3)),
        (&[Password, OneTimeCode, Face], Some(4)),
        (&[CardChip, Passcode, Face], Some(4)),
    ];
    for (factors, level) in table {
        assert_eq!(AuthenticationLevel::from_factors(factors).map(AuthenticationLevel::number), level, "{factors:?}");
    }
}

#[test]
fn levels_are_numbers_outside_and_unknown_numbers_are_refused() {
    assert_eq!(serde_json::to_string(&AuthenticationLevel::Three).unwrap(), "3");
    assert_eq!(serde_json::from_str::<AccountLevel>("2").unwrap(), AccountLevel::Two);
    for unknown in [0, 3, 255] {
        assert!(AccountLevel::try_from(unknown).is_err());
    }
    for unknown in [0, 5, 255] {
        assert!(AuthenticationLevel::try_from(unknown).is_err());
    }
}
