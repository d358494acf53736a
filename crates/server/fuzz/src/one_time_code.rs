//! One-time codes as people type them.

use dinhdanh::one_time_code::OneTimeCode;

/// Six ASCII digits, white space forgiven, and nothing else; never printed.
pub fn run(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else { return };
    let digits: String = text.chars().filter(|character| !character.is_whitespace()).collect();
    let is_code = digits.len() == 6 && digits.bytes().all(|byte| byte.is_ascii_digit());
    match OneTimeCode::parse(text) {
        Some(code) => {
            assert!(is_code && code.expose() == digits, "{text:?}");
            assert!(!format!("{code:?}").contains(code.expose()));
        }
        None => assert!(!is_code || text.chars().count() > 32, "{text:?} is a code"),
    }
}
