//! Names: split, comparison, search.

use account_policy::name::{comparable, normalize, same_name, search_fold};
use account_policy::{InvalidName, PersonName};

#[test]
fn a_vietnamese_name_splits_into_family_middle_and_given() {
    let table = [
        ("Nguyễn Văn An", Some("Nguyễn"), Some("Văn"), "An"),
        ("Vũ Ngọc Giang", Some("Vũ"), Some("Ngọc"), "Giang"),
        ("Trần Thị Thanh Bình", Some("Trần"), Some("Thị Thanh"), "Bình"),
        ("Lê Cường", Some("Lê"), None, "Cường"),
        ("Tôn Nữ Thị Ninh", Some("Tôn Nữ"), Some("Thị"), "Ninh"),
        ("Công Tằng Tôn Nữ Mai", Some("Công Tằng Tôn Nữ"), None, "Mai"),
        ("Âu Dương Phong", Some("Âu Dương"), None, "Phong"),
        ("An", None, None, "An"),
    ];
    for (full, family, middle, given) in table {
        let name = PersonName::from_full(full).unwrap();
        assert_eq!((name.family.as_deref(), name.middle.as_deref(), name.given.as_str()), (family, middle, given), "{full}");
    }
}

#[test]
fn a_foreigners_parts_are_taken_as_given() {
    let name = PersonName::from_parts("Anna Müller", Some("Müller"), None, "Anna").unwrap();
    assert_eq!((name.full.as_str(), name.given.as_str()), ("Anna Müller", "Anna"));
}

#[test]
fn names_of_every_people_pass_and_come_out_composed_with_single_spaces() {
    for name in ["Y Bhiôk Niê", "H' Hen Niê", "K' Brể", "H’Hen Niê", "Đỗ Đức Khoa", "Nguyễn-Phước Bửu", "Ƀê\u{306} Č", "Anna Müller"]
    {
        assert!(normalize(name).is_ok(), "{name}");
    }
    assert_eq!(normalize("  Nguye\u{302}\u{303}n \t Va\u{306}n  An ").unwrap(), "Nguyễn Văn An");
}

#[test]
fn what_is_no_name_is_refused_with_its_reason() {
    let table = [
        ("", InvalidName::Empty),
        ("  ' - ", InvalidName::Empty),
        ("An 2", InvalidName::Character),
        ("<b>An</b>", InvalidName::Character),
        ("An\u{0}", InvalidName::Character),
        ("An\u{202e}", InvalidName::Character),
    ];
    for (text, cause) in table {
        assert_eq!(normalize(text), Err(cause), "{text:?}");
    }
    assert_eq!(normalize(&"ư".repeat(100)).map(|name| name.chars().count()), Ok(100));
    assert_eq!(normalize(&"ư".repeat(101)), Err(InvalidName::TooLong));
}

#[test]
fn the_place_of_the_tone_mark_does_not_make_another_name() {
    for (one, other) in [("Hòa", "Hoà"), ("Thúy", "Thuý"), ("nguyễn văn hòa", "NGUYỄN VĂN HOÀ"), ("H' Hen", "H’ Hen"), ("Thụy", "Thuỵ")]
    {
        assert!(same_name(one, other), "{one} {other}");
    }
}

#[test]
fn different_letters_or_marks_make_another_name() {
    for (one, other) in
        [("Vi", "Vy"), ("Quí", "Quý"), ("Hòa", "Hóa"), ("Hoa", "Hòa"), ("Đức", "Dức"), ("Nguyễn An", "Nguyen An"), ("Ân", "An")]
    {
        assert!(!same_name(one, other), "{one} {other}");
    }
}

#[test]
fn search_folds_to_ascii() {
    assert_eq!(search_fold("Đặng  Hữu Hải"), "DANG HUU HAI");
    assert_eq!(search_fold("Y Ƀhiôk Niê"), "Y BHIOK NIE");
    assert_ne!(comparable("Đặng Hữu Hải"), search_fold("Đặng Hữu Hải"));
}
