//! Legal parameters are dated, without gaps or overlaps.

use account_policy::parameter::{Key, ROWS, Value, parameter};
use time::macros::date;

#[test]
fn the_rows_of_one_key_follow_each_other_without_gap_or_overlap() {
    let keys: std::collections::BTreeSet<Key> = ROWS.iter().map(|row| row.key).collect();
    for key in keys {
        let mut rows: Vec<_> = ROWS.iter().filter(|row| row.key == key).collect();
        rows.sort_by_key(|row| row.valid_from);
        for pair in rows.windows(2) {
            assert_eq!(pair[0].valid_to.and_then(time::Date::next_day), Some(pair[1].valid_from), "{key:?}");
        }
        assert_eq!(rows.last().and_then(|row| row.valid_to), None, "the last row of {key:?} stays open");
    }
}

#[test]
fn a_parameter_is_in_force_from_its_first_day() {
    assert_eq!(parameter(Key::GuardianConsentUnder, date!(2024 - 06 - 30)), None);
    assert_eq!(parameter(Key::GuardianConsentUnder, date!(2024 - 07 - 01)).map(|row| row.value), Some(Value::Years(14)));
    assert_eq!(parameter(Key::LinkExistingAccounts, date!(2026 - 09 - 27)), None);
    assert_eq!(parameter(Key::LinkExistingAccounts, date!(2026 - 09 - 28)).map(|row| row.value), Some(Value::Day(date!(2026 - 12 - 31))));
}

#[test]
fn history_of_use_is_kept_five_years() {
    let row = parameter(Key::RetainEidUsage, date!(2026 - 11 - 23)).unwrap();
    assert_eq!((row.value, row.basis.to_string()), (Value::Years(5), "Nghị định 69/2024/NĐ-CP, Điều 28 khoản 4".to_owned()));
}
