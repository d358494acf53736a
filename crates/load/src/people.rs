//! People who do not exist: numbers of province 098, which was never given to a province, with one password.

use account_policy::{CitizenId, Documents, Gender, IdCardDetails, PartialDate, Person, PersonName, PhoneNumber};
use anyhow::Context as _;
use dinhdanh::config::PasswordsConfig;
use dinhdanh::hashing::Hasher;
use dinhdanh::randomness::Randomness;
use time::{Date, Month, OffsetDateTime};

/// The password of everybody.
pub const PASSWORD: &str = "Sandbox#2024";
/// The columns of [`csv_row`], as `dinhdanh accounts import` names them.
pub const COLUMNS: &str = "citizen_id,name,birthdate,account_level,password_hash,phone,email,card_expires_on,gender,card_issued_on";
/// How many different people there can be.
pub const MOST: u32 = 9_000_000;

const FAMILY: [&str; 8] = ["Nguyễn", "Trần", "Lê", "Phạm", "Hoàng", "Phan", "Vũ", "Đặng"];
const MIDDLE: [&str; 4] = ["Văn", "Đức", "Minh", "Quang"];
const GIVEN: [&str; 8] = ["An", "Bình", "Cường", "Dũng", "Hải", "Khánh", "Long", "Sơn"];

/// The citizen ID number of the person with this number: `098091000000` and on, a year of birth for each million.
#[must_use]
pub fn citizen_id(number: u32) -> String {
    format!("0980{:02}{:06}", birth_year(number) % 100, number % 1_000_000)
}

/// The hash that everybody's password has, with the server's default parameters.
///
/// # Errors
/// When the hashing thread cannot start.
pub async fn password_hash() -> anyhow::Result<String> {
    let hasher = Hasher::new(&PasswordsConfig { threads: 1, ..PasswordsConfig::default() }, Randomness::system())?;
    Ok(hasher.hash(PASSWORD).await?)
}

/// The person as a line of CSV, with a second e-identity: account level 2.
#[must_use]
pub fn csv_row(number: u32, password_hash: &str) -> String {
    format!(
        "{},{},{}-01-02,2,\"{password_hash}\",{},{},2040-01-02,male,2024-07-01",
        citizen_id(number),
        name(number),
        birth_year(number),
        phone(number),
        email(number)
    )
}

/// The same person as a record.
///
/// # Errors
/// Never for numbers below [`MOST`].
pub fn person(number: u32, now: OffsetDateTime) -> anyhow::Result<Person> {
    let citizen_id = CitizenId::parse(&citizen_id(number)).context("number")?;
    let card = IdCardDetails {
        number: citizen_id.as_str().to_owned(),
        issued_on: Date::from_calendar_date(2024, Month::July, 1)?,
        expires_on: Some(Date::from_calendar_date(2040, Month::January, 2)?),
        place_of_issue: String::new(),
    };
    Ok(Person {
        name: PersonName::from_full(&name(number)).context("name")?,
        birthdate: format!("{}-01-02", birth_year(number)).parse::<PartialDate>().context("birthdate")?,
        gender: Gender::Male,
        nationality: "VN".to_owned(),
        phone: Some(PhoneNumber::parse(&phone(number)).context("phone")?),
        phone_verified: true,
        email: Some(email(number)),
        email_verified: true,
        old_id_number: None,
        card: Some(card),
        eid: None,
        permanent_residence: None,
        temporary_residence: None,
        current_residence: None,
        household: None,
        place_of_birth: None,
        place_of_birth_registration: None,
        place_of_origin: None,
        ethnicity: None,
        religion: None,
        documents: Documents::default(),
        foreigner: None,
        organizations: Vec::new(),
        locale: "vi-VN".to_owned(),
        updated_at: now,
        citizen_id,
    })
}

fn birth_year(number: u32) -> u32 {
    1991 + number / 1_000_000
}

fn name(number: u32) -> String {
    let pick = |names: &[&'static str], at: u32| names[at as usize % names.len()];
    format!("{} {} {}", pick(&FAMILY, number), pick(&MIDDLE, number / 8), pick(&GIVEN, number / 32))
}

fn phone(number: u32) -> String {
    format!("+8490{number:07}")
}

fn email(number: u32) -> String {
    format!("p{number}@example.test")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn everybody_is_of_the_sandbox_and_nobody_is_there_twice() {
        let numbers = [0, 63, 999_999, 1_000_000, 2_000_000, MOST - 1];
        let people: Vec<_> = numbers.iter().map(|&number| person(number, OffsetDateTime::UNIX_EPOCH).unwrap()).collect();
        assert!(people.iter().all(|person| person.citizen_id.is_sandbox_range()));
        assert!(
            people.iter().all(|person| person.citizen_id.structure_warnings(person.gender, person.birthdate.latest().year()).is_empty())
        );
        assert_eq!(people[0].citizen_id.as_str(), "098091000000");
        let different: std::collections::BTreeSet<_> = people.iter().map(|person| person.citizen_id.as_str()).collect();
        assert_eq!(different.len(), numbers.len());
    }

    #[test]
    fn a_row_has_as_many_fields_as_there_are_columns() {
        assert_eq!(csv_row(7, "$argon2id$v=19$m=8$x$y").split(',').count(), COLUMNS.split(',').count());
    }
}
