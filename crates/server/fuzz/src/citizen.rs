//! The words of the law in forms and files: numbers, phones, names, birth dates.

use account_policy::{CitizenId, PartialDate, PersonName, PhoneNumber};

/// What is read is written as it was understood, reads the same again, and does not print.
pub fn run(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else { return };
    if let Ok(number) = CitizenId::parse(text) {
        assert!(number.as_str() == text && text.len() == 12);
        assert!(!format!("{number:?} {number}").contains(text), "a number is printed");
    }
    if let Ok(phone) = PhoneNumber::parse(text) {
        let again = PhoneNumber::parse(phone.as_e164());
        assert_eq!(again.as_ref(), Ok(&phone));
        assert_eq!(PhoneNumber::parse(&phone.national()).as_ref(), Ok(&phone), "as people write it");
        assert_eq!(phone.as_e164().len(), 12);
        assert!(!format!("{phone:?} {phone}").contains(&phone.as_e164()[3..]), "a phone is printed");
    }
    if let Ok(name) = PersonName::from_full(text) {
        let stored = serde_json::to_string(&name).unwrap_or_default();
        assert_eq!(serde_json::from_str::<PersonName>(&stored).ok().as_ref(), Some(&name), "kept as {stored}");
        assert!(name.is_same_as(&name));
        assert!(!stored.contains("\\u00") && !stored.contains("\\n"), "a control character in {stored}");
    }
    if let Ok(date) = text.parse::<PartialDate>() {
        assert_eq!(date.to_string(), text, "one date, one spelling");
        assert!(date.latest().year() == date.year() && date.full().is_none_or(|full| full == date.latest()));
    }
}
