//! From a row to the person it describes: every check of every column. The columns' manual is `docs/operations.md`.

use account_policy::{
    AccountLevel, AccountState, Address, CitizenId, EidCardDetails, Gender, GuardianRelation, IdCardDetails, PartialDate, Person,
    PersonName, PhoneNumber,
};
use serde_json::{Map, Value};
use time::macros::format_description;
use time::{Date, OffsetDateTime};

use super::columns::{Column, Refusal, Row};
use crate::hashing::{self, UnacceptableHash};

/// A row that passed every check.
#[derive(Clone, Debug)]
pub(super) struct Newcomer {
    pub person: Person,
    pub level: AccountLevel,
    pub state: AccountState,
    pub password_hash: Option<String>,
    pub guardian: Option<(CitizenId, GuardianRelation)>,
    pub said: Said,
}

/// Which of the columns with a default the row filled itself: what a row does not say leaves a present account as it is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Said {
    pub state: bool,
    pub nationality: bool,
    pub locale: bool,
}

/// Checks every column.
pub(super) fn admit(row: Row<'_>, sandbox: bool, now: OffsetDateTime) -> Result<Box<Newcomer>, Refusal> {
    let citizen_id = number(&row, sandbox)?;
    let level = match row.text(Column::AccountLevel) {
        "1" => AccountLevel::One,
        "2" => AccountLevel::Two,
        _ => return Err(Refusal::of(Column::AccountLevel, "must be 1 or 2")),
    };
    let state = match row.text(Column::State) {
        "" | "active" => AccountState::Active,
        "issued_not_activated" => AccountState::IssuedNotActivated,
        _ => return Err(Refusal::of(Column::State, "must be active or issued_not_activated")),
    };
    let said = Said {
        state: row.given(Column::State).is_some(),
        nationality: row.given(Column::Nationality).is_some(),
        locale: row.given(Column::Locale).is_some(),
    };
    let password_hash = password_hash(&row)?;
    let guardian = guardian(&row, &citizen_id)?;
    Ok(Box::new(Newcomer { person: person(row, citizen_id, now)?, level, state, password_hash, guardian, said }))
}

fn number(row: &Row<'_>, sandbox: bool) -> Result<CitizenId, Refusal> {
    let refuse = |problem: &'static str| Err(Refusal::of(Column::CitizenId, problem));
    let Ok(number) = CitizenId::parse(row.text(Column::CitizenId)) else { return refuse("must be 12 digits") };
    match (sandbox, number.is_sandbox_range()) {
        (true, false) => refuse("must begin with 098 in a sandbox: no real person belongs here"),
        (false, true) => refuse("begins with 098, which no real person has"),
        _ => Ok(number),
    }
}

/// Who stands for a child (Decree 69/2024/NĐ-CP Art. 14.2); the guardian's account comes before the child's.
fn guardian(row: &Row<'_>, own: &CitizenId) -> Result<Option<(CitizenId, GuardianRelation)>, Refusal> {
    let Some(number) = row.given(Column::GuardianCitizenId) else { return Ok(None) };
    let number = CitizenId::parse(number).map_err(|_| Refusal::of(Column::GuardianCitizenId, "must be 12 digits"))?;
    if number == *own {
        return Err(Refusal::of(Column::GuardianCitizenId, "must be another person's"));
    }
    let relation = match row.text(Column::GuardianRelation) {
        "" | "parent" => GuardianRelation::Parent,
        "guardian" => GuardianRelation::Guardian,
        "legal_representative" => GuardianRelation::LegalRepresentative,
        _ => return Err(Refusal::of(Column::GuardianRelation, "must be parent, guardian or legal_representative")),
    };
    Ok(Some((number, relation)))
}

/// A PHC string of Argon2; plain passwords are never accepted, and nothing of what stands there is repeated: it might be one.
fn password_hash(row: &Row<'_>) -> Result<Option<String>, Refusal> {
    let Some(hash) = row.given(Column::PasswordHash) else { return Ok(None) };
    let problem = match hashing::acceptable(hash) {
        Ok(()) => return Ok(Some(hash.to_owned())),
        Err(UnacceptableHash::Malformed) => "is no PHC string; write one such as $argon2id$v=19$m=19456,t=2,p=1$SALT$HASH",
        Err(UnacceptableHash::Algorithm(_)) => "has an algorithm that is not supported; argon2id, argon2i and argon2d are",
        Err(UnacceptableHash::Parameters) => "has parameters out of range, or salt or hash missing",
    };
    Err(Refusal::of(Column::PasswordHash, problem))
}

fn person(row: Row<'_>, citizen_id: CitizenId, now: OffsetDateTime) -> Result<Person, Refusal> {
    let owned = |column| row.given(column).map(str::to_owned);
    let person = Person {
        name: PersonName::from_full(row.text(Column::Name)).map_err(|error| Refusal::of(Column::Name, error.to_string()))?,
        birthdate: row
            .text(Column::Birthdate)
            .parse::<PartialDate>()
            .map_err(|_| Refusal::of(Column::Birthdate, "must be YYYY-MM-DD, YYYY-MM or YYYY"))?,
        gender: gender(row.text(Column::Gender))?,
        nationality: row.given(Column::Nationality).unwrap_or("VN").to_owned(),
        phone: row
            .given(Column::Phone)
            .map(PhoneNumber::parse)
            .transpose()
            .map_err(|error| Refusal::of(Column::Phone, error.to_string()))?,
        phone_verified: row.given(Column::Phone).is_some(),
        email: row.given(Column::Email).map(email).transpose()?,
        email_verified: row.given(Column::Email).is_some(),
        old_id_number: owned(Column::OldIdNumber),
        card: card(&row, &citizen_id)?,
        eid: eid(&row)?,
        permanent_residence: permanent_residence(&row)?,
        temporary_residence: None,
        current_residence: None,
        household: None,
        place_of_birth: None,
        place_of_birth_registration: None,
        place_of_origin: None,
        ethnicity: None,
        religion: None,
        documents: account_policy::Documents::default(),
        foreigner: None,
        organizations: Vec::new(),
        locale: row.given(Column::Locale).unwrap_or("vi-VN").to_owned(),
        updated_at: now,
        citizen_id,
    };
    match row.person {
        Some(further) => with_further(&person, further),
        None => Ok(person),
    }
}

fn card(row: &Row<'_>, citizen_id: &CitizenId) -> Result<Option<IdCardDetails>, Refusal> {
    let Some(issued_on) = date(row, Column::CardIssuedOn)? else {
        // A card that is there but cannot be taken in would lock its holder out (Decree 69 Art. 15).
        let others = [Column::CardNumber, Column::CardExpiresOn, Column::CardPlaceOfIssue];
        let said = others.into_iter().any(|column| row.given(column).is_some());
        return if said { Err(Refusal::of(Column::CardIssuedOn, "is needed where another card_ column is filled")) } else { Ok(None) };
    };
    let number = row.given(Column::CardNumber).unwrap_or(citizen_id.as_str()).to_owned();
    let expires_on = date(row, Column::CardExpiresOn)?;
    Ok(Some(IdCardDetails { number, issued_on, expires_on, place_of_issue: row.text(Column::CardPlaceOfIssue).to_owned() }))
}

fn eid(row: &Row<'_>) -> Result<Option<EidCardDetails>, Refusal> {
    let Some(issued_on) = date(row, Column::EidIssuedOn)? else { return Ok(None) };
    Ok(Some(EidCardDetails { issued_on, expires_on: date(row, Column::EidExpiresOn)? }))
}

fn permanent_residence(row: &Row<'_>) -> Result<Option<Address>, Refusal> {
    let Some(formatted) = row.given(Column::PermanentResidence) else { return Ok(None) };
    let code = |column, digits| {
        let code = row.text(column);
        let fits = code.len() == digits && code.bytes().all(|byte| byte.is_ascii_digit());
        if fits { Ok(code.to_owned()) } else { Err(Refusal::of(column, format!("must be {digits} digits beside permanent_residence"))) }
    };
    Ok(Some(Address {
        formatted: formatted.to_owned(),
        street_address: None,
        commune: row.text(Column::PermanentResidenceCommune).to_owned(),
        commune_code: code(Column::PermanentResidenceCommuneCode, 5)?,
        province: row.text(Column::PermanentResidenceProvince).to_owned(),
        province_code: code(Column::PermanentResidenceProvinceCode, 2)?,
        country: "VN".to_owned(),
    }))
}

/// Lays further fields over the record and reads it anew, so that they pass the same types. What the columns say cannot be replaced.
fn with_further(person: &Person, further: Map<String, Value>) -> Result<Person, Refusal> {
    const BY_COLUMN: [&str; 5] = ["citizen_id", "name", "birthdate", "gender", "updated_at"];
    let Ok(Value::Object(mut record)) = serde_json::to_value(person) else { return Err(Refusal::row("cannot be written as a record")) };
    for (field, value) in further {
        if BY_COLUMN.contains(&field.as_str()) || !record.contains_key(&field) {
            return Err(Refusal::further(format!("person.{field}"), "is no further field of a person"));
        }
        record.insert(field, value);
    }
    // The text of a serde error may quote the value.
    serde_json::from_value(Value::Object(record)).map_err(|_| Refusal::further("person".to_owned(), "has a field of the wrong form"))
}

fn gender(text: &str) -> Result<Gender, Refusal> {
    match text.to_lowercase().as_str() {
        "male" | "nam" => Ok(Gender::Male),
        "female" | "nữ" => Ok(Gender::Female),
        "" | "unknown" => Ok(Gender::Unknown),
        _ => Err(Refusal::of(Column::Gender, "must be male, female or unknown")),
    }
}

fn email(text: &str) -> Result<String, Refusal> {
    let parsed: Result<lettre::Address, _> = text.parse();
    parsed.map(|address| address.to_string()).map_err(|_| Refusal::of(Column::Email, "is no address"))
}

fn date(row: &Row<'_>, column: Column) -> Result<Option<Date>, Refusal> {
    let Some(text) = row.given(column) else { return Ok(None) };
    let date = Date::parse(text, format_description!("[year]-[month]-[day]"));
    date.map(Some).map_err(|_| Refusal::of(column, "must be YYYY-MM-DD"))
}
