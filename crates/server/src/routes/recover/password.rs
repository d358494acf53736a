//! The rules for a new password: as VNeID has them (8–20 characters of four kinds), with room for longer ones.

use unicode_normalization::UnicodeNormalization;

const SHORTEST: usize = 8;
const LONGEST: usize = 128;
const LONGEST_BYTES: usize = crate::hashing::LONGEST_PASSWORD_BYTES;

/// Whether the password may be set for that citizen number: 8 to 128 characters, among them an upper-case and a lower-case letter, a
/// digit and another sign, no control characters, and neither the number nor its last nine digits inside.
#[must_use]
pub(super) fn is_strong(password: &str, citizen_id: &str) -> bool {
    let password: String = password.nfc().take(LONGEST_BYTES + 1).collect();
    let length = password.chars().count();
    let has = |kind: fn(char) -> bool| password.chars().any(kind);
    (SHORTEST..=LONGEST).contains(&length)
        && password.len() <= LONGEST_BYTES
        && has(char::is_uppercase)
        && has(char::is_lowercase)
        && has(char::is_numeric)
        && has(|character| !character.is_alphanumeric() && !character.is_whitespace())
        && !has(char::is_control)
        && !contains_number(&password, citizen_id)
}

fn contains_number(password: &str, citizen_id: &str) -> bool {
    let digits: String = password.chars().filter(char::is_ascii_digit).collect();
    let tail = citizen_id.get(citizen_id.len().saturating_sub(9)..).unwrap_or(citizen_id);
    !tail.is_empty() && digits.contains(tail)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_password_needs_four_kinds_of_characters_and_not_the_number() {
        let long = format!("Aa1!{}", "x".repeat(124));
        for (password, strong) in [
            ("Sandbox#2024", true),
            ("Mật khẩu #1", true),
            ("Aa1!aaa", false),
            ("sandbox#2024", false),
            ("SANDBOX#2024", false),
            ("Sandbox#abcd", false),
            ("Sandbox2024", false),
            ("Sandbox 2024", false),
            ("Aa!098090000001", false),
            ("Aa!098-0900-00001", false),
            ("Aa!090000001", false),
            ("Sandbox#20\u{0}24", false),
            ("", false),
            (long.as_str(), true),
        ] {
            assert_eq!(is_strong(password, "098090000001"), strong, "{password}");
        }
        assert!(!is_strong(&format!("{long}x"), "098090000001"));
        assert!(!is_strong(&"Ế1!a".repeat(10_000), "098090000001"));
    }
}
