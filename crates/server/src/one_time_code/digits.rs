//! The six digits, as people read and type them.

use zeroize::Zeroizing;

use crate::randomness::Randomness;

const DIGITS: usize = 6;
/// The most characters of what a person typed, white space and all.
const LONGEST: usize = 32;
/// The largest multiple of a million that four bytes reach: what lies beyond would make low codes likelier.
const UNBIASED: u32 = u32::MAX / 1_000_000 * 1_000_000;

/// A code in the form people read. Never stored; printed only into the message that carries it.
#[derive(Clone, PartialEq, Eq)]
pub struct OneTimeCode(Zeroizing<String>);

impl OneTimeCode {
    /// Six random digits, all equally likely.
    #[must_use]
    pub fn draw(randomness: &Randomness) -> Self {
        loop {
            let number = u32::from_be_bytes(randomness.bytes());
            if number < UNBIASED {
                return Self(Zeroizing::new(format!("{:06}", number % 1_000_000)));
            }
        }
    }

    /// What a person typed; spaces between the digits are forgiven.
    #[must_use]
    pub fn parse(typed: &str) -> Option<Self> {
        // What comes after the bound counts too: a code with anything else behind it is no code.
        if typed.chars().nth(LONGEST).is_some() {
            return None;
        }
        let digits: Zeroizing<String> = Zeroizing::new(typed.chars().filter(|character| !character.is_whitespace()).collect());
        (digits.len() == DIGITS && digits.bytes().all(|byte| byte.is_ascii_digit())).then_some(Self(digits))
    }

    /// The digits, for the message.
    #[must_use]
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl std::fmt::Debug for OneTimeCode {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("OneTimeCode(…)")
    }
}

const _: fn(&OneTimeCode) = |code| crate::config::wiped(&code.0);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_have_six_digits_and_differ() {
        let randomness = Randomness::seeded(7);
        let codes: Vec<_> = (0..500).map(|_| OneTimeCode::draw(&randomness)).collect();
        assert!(codes.iter().all(|code| OneTimeCode::parse(code.expose()).as_ref() == Some(code)));
        let distinct: std::collections::BTreeSet<_> = codes.iter().map(|code| code.expose().to_owned()).collect();
        assert!(distinct.len() > 495, "{}", distinct.len());
        assert!(codes.iter().any(|code| code.expose().starts_with('0')));
    }

    #[test]
    fn only_six_digits_are_a_code() {
        assert_eq!(OneTimeCode::parse(" 123 456 ").unwrap().expose(), "123456");
        for typed in
            ["", "12345", "1234567", "12345a", "１２３４５６", "12345\0", &"1".repeat(10_000), &format!("123456{}1", " ".repeat(26))]
        {
            assert!(OneTimeCode::parse(typed).is_none(), "{typed:.20}");
        }
    }

    #[test]
    fn a_code_does_not_print() {
        assert!(!format!("{:?}", OneTimeCode::parse("123456").unwrap()).contains("123456"));
    }
}
