//! Citizen numbers, phone numbers, birth dates, lock grounds, and what `Debug` hides.

use account_policy::{
    CitizenId, Gender, LegalBasis, LockGround, LockGrounds, PartialDate, Person, PhoneNumber, StructureWarning, age_on, basis::Instrument,
    parameter::LeapDay,
};
use time::macros::date;

use crate::fixtures::person;

#[test]
fn a_citizen_number_is_twelve_ascii_digits_and_nothing_else() {
    assert_eq!(CitizenId::parse("098090000001").unwrap().as_str(), "098090000001");
    for text in [
        "",
        "98090000001",
        "0980900000011",
        "09809000000a",
        " 098090000001",
        "098 090 000 001",
        "０９８０９０００００００１",
        "09809000000\0",
    ] {
        assert!(CitizenId::parse(text).is_err(), "{text:?}");
    }
}

#[test]
fn a_citizen_number_shows_itself_masked_and_serializes_plain() {
    let id = CitizenId::parse("098090000001").unwrap();
    assert_eq!(id.to_string(), "098•••••0001");
    assert_eq!(format!("{id:?}"), "CitizenId(098•••••0001)");
    assert_eq!(serde_json::to_string(&id).unwrap(), "\"098090000001\"");
    assert!(serde_json::from_str::<CitizenId>("\"1\"").is_err());
    assert!(id.is_sandbox_range() && !CitizenId::parse("001090000001").unwrap().is_sandbox_range());
}

#[test]
fn the_structure_of_a_number_warns_and_never_rejects() {
    let warnings = |number: &str, gender, year| CitizenId::parse(number).unwrap().structure_warnings(gender, year);
    assert_eq!(warnings("098090000001", Gender::Male, 1990), []);
    assert_eq!(warnings("098199000002", Gender::Female, 1999), []);
    assert_eq!(warnings("098216000005", Gender::Male, 2016), []);
    assert_eq!(warnings("098305000004", Gender::Unknown, 2005), []);
    assert_eq!(warnings("098090000001", Gender::Female, 1990), [StructureWarning::Sex]);
    assert_eq!(warnings("098090000001", Gender::Male, 2090), [StructureWarning::Century]);
    assert_eq!(warnings("098090000001", Gender::Male, 1991), [StructureWarning::BirthYear]);
}

#[test]
fn mobile_numbers_become_e164_and_landlines_are_refused() {
    for text in ["0912345678", "+84912345678", "84912345678", "0912 345 678", "0912.345.678", " 0912-345-678 "] {
        assert_eq!(PhoneNumber::parse(text).unwrap().as_e164(), "+84912345678", "{text}");
    }
    for text in ["0312345678", "0552345678", "0702345678", "0812345678", "0992345678"] {
        let number = text.to_owned().replace("031", "032");
        assert!(PhoneNumber::parse(&number).is_ok(), "{number}");
    }
    for text in [
        "",
        "02438123456",
        "0122345678",
        "0312345678",
        "0512345678",
        "0712345678",
        "0802345678",
        "091234567",
        "09123456789",
        "+8491234567é",
        "0912a45678",
    ] {
        assert!(PhoneNumber::parse(text).is_err(), "{text}");
    }
}

#[test]
fn a_phone_number_shows_only_its_end() {
    let number = PhoneNumber::parse("0912345678").unwrap();
    assert_eq!(number.masked(), "•••• ••• 678");
    assert_eq!(format!("{number:?}"), "PhoneNumber(•••• ••• 678)");
    assert_eq!(number.national(), "0912 345 678");
    assert_eq!(serde_json::to_string(&number).unwrap(), "\"+84912345678\"");
}

#[test]
fn birth_dates_are_read_and_written_as_far_as_known() {
    for text in ["1990-05-17", "1990-05", "1990", "2012-02-29"] {
        assert_eq!(text.parse::<PartialDate>().unwrap().to_string(), text);
    }
    for text in ["", "90", "1990-13", "1990-5-17", "2026-02-29", "1990-05-17-01", "1990-", "+990", "1990-05-1٧", "1990-300"] {
        assert!(text.parse::<PartialDate>().is_err(), "{text}");
    }
    assert_eq!("1990-02".parse::<PartialDate>().unwrap().latest(), date!(1990 - 02 - 28));
    assert_eq!("1990".parse::<PartialDate>().unwrap().latest(), date!(1990 - 12 - 31));
}

#[test]
fn age_counts_completed_years_under_both_leap_day_rules() {
    let leap = PartialDate::Full(date!(2012 - 02 - 29));
    let table = [
        (date!(2026 - 02 - 27), 13, 13),
        (date!(2026 - 02 - 28), 13, 14),
        (date!(2026 - 03 - 01), 14, 14),
        (date!(2028 - 02 - 28), 15, 15),
        (date!(2028 - 02 - 29), 16, 16),
        (date!(2011 - 12 - 31), -1, -1),
    ];
    for (on, march, february) in table {
        assert_eq!(age_on(leap, on, LeapDay::FirstOfMarch), march, "{on}");
        assert_eq!(age_on(leap, on, LeapDay::TwentyEighthOfFebruary), february, "{on}");
    }
}

#[test]
fn lock_grounds_are_a_set_of_stable_codes_and_bits() {
    let set = LockGrounds::NONE.with(LockGround::Death).with(LockGround::HolderRequest);
    assert_eq!(set.iter().map(LockGround::code).collect::<Vec<_>>(), ["HOLDER_REQUEST", "DEATH"]);
    assert_eq!(set.bits(), 0b01001);
    assert_eq!(LockGrounds::from_bits(0b01001), Some(set));
    assert_eq!(LockGrounds::from_bits(0b100000), None);
    assert_eq!(serde_json::to_string(&set).unwrap(), r#"["HOLDER_REQUEST","DEATH"]"#);
    for ground in LockGround::ALL {
        assert_eq!(ground.code().parse(), Ok(ground));
    }
}

#[test]
fn debug_of_a_person_and_its_parts_prints_no_data() {
    let person = person();
    let text =
        format!("{person:?} {:?} {:?} {:?} {:?} {:?}", person.name, person.birthdate, person.citizen_id, person.phone, person.documents);
    for secret in ["098090000001", "098765432", "Nguyễn", "An\"", "1990", "912", "an@example.vn", "Kinh"] {
        assert!(!text.contains(secret), "{secret} in {text}");
    }
}

#[test]
fn a_person_survives_json() {
    let json = serde_json::to_string(&person()).unwrap();
    assert_eq!(serde_json::from_str::<Person>(&json).unwrap(), person());
}

#[test]
fn facts_survive_json_with_dates_as_text() {
    let facts = crate::fixtures::foreigner(account_policy::AccountLevel::Two);
    let json = serde_json::to_value(&facts).unwrap();
    assert_eq!(json["residence_expires_on"], "2027-06-30");
    assert_eq!(json["account_level"], 2);
    assert_eq!(serde_json::from_value::<account_policy::Facts>(json).unwrap(), facts);
}

#[test]
fn a_basis_is_cited_in_both_languages() {
    let basis: LegalBasis = Instrument::Decree69.clause(14, 2);
    assert_eq!(basis.to_string(), "Nghị định 69/2024/NĐ-CP, Điều 14 khoản 2");
    assert_eq!(basis.english(), "Decree 69/2024/NĐ-CP, Article 14(2)");
    assert_eq!(Instrument::LawOnIdentification.article(34).to_string(), "Luật Căn cước số 26/2023/QH15, Điều 34");
}
