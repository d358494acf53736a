//! One row of an import, and the person it describes. The columns are the manual in `docs/operations.md`.

use account_policy::{
    AccountLevel, AccountState, Address, CitizenId, EidCardDetails, Gender, GuardianRelation, IdCardDetails, PartialDate, Person,
    PersonName, PhoneNumber,
};
use serde::Deserialize;
use serde_json::{Map, Value};
use time::macros::format_description;
use time::{Date, OffsetDateTime};

use crate::hashing;

/// The columns, all as text; an empty one is as if it were not there.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct Row {
    pub citizen_id: String,
    pub name: String,
    pub birthdate: String,
    pub gender: String,
    pub nationality: String,
    pub account_level: String,
    pub state: String,
    pub password_hash: String,
    pub phone: String,
    pub email: String,
    pub old_id_number: String,
    pub locale: String,
    pub card_number: String,
    pub card_issued_on: String,
    pub card_expires_on: String,
    pub card_place_of_issue: String,
    pub eid_issued_on: String,
    pub eid_expires_on: String,
    pub permanent_residence: String,
    pub permanent_residence_commune: String,
    pub permanent_residence_commune_code: String,
    pub permanent_residence_province: String,
    pub permanent_residence_province_code: String,
    pub guardian_citizen_id: String,
    pub guardian_relation: String,
    /// NDJSON only: further fields of a person, under the names of the personal record.
    pub person: Option<Map<String, Value>>,
}

/// Every column of a CSV file.
pub(super) const COLUMNS: [&str; 25] = [
    "citizen_id",
    "name",
    "birthdate",
    "gender",
    "nationality",
    "account_level",
    "state",
    "password_hash",
    "phone",
    "email",
    "old_id_number",
    "locale",
    "card_number",
    "card_issued_on",
    "card_expires_on",
    "card_place_of_issue",
    "eid_issued_on",
    "eid_expires_on",
    "permanent_residence",
    "permanent_residence_commune",
    "permanent_residence_commune_code",
    "permanent_residence_province",
    "permanent_residence_province_code",
    "guardian_citizen_id",
    "guardian_relation",
];

/// A row that passed every check.
#[derive(Clone, Debug)]
pub(super) struct Newcomer {
    pub person: Person,
    pub level: AccountLevel,
    pub state: AccountState,
    pub password_hash: Option<String>,
    pub guardian: Option<(CitizenId, GuardianRelation)>,
}

/// Column and complaint; never the value, which is personal.
type Refused = String;

impl Row {
    /// Checks every column.
    pub fn admit(self, sandbox: bool, now: OffsetDateTime) -> Result<Newcomer, Refused> {
        let citizen_id = self.number(sandbox)?;
        let level = match self.account_level.as_str() {
            "1" => AccountLevel::One,
            "2" => AccountLevel::Two,
            _ => return Err("account_level must be 1 or 2".to_owned()),
        };
        let state = match self.state.as_str() {
            "" | "active" => AccountState::Active,
            "issued_not_activated" => AccountState::IssuedNotActivated,
            _ => return Err("state must be active or issued_not_activated".to_owned()),
        };
        let password_hash = self.password_hash()?;
        let guardian = self.guardian()?;
        Ok(Newcomer { person: self.person(citizen_id, now)?, level, state, password_hash, guardian })
    }

    fn number(&self, sandbox: bool) -> Result<CitizenId, Refused> {
        let number = CitizenId::parse(&self.citizen_id).map_err(|_| "citizen_id must be 12 digits".to_owned())?;
        match (sandbox, number.is_sandbox_range()) {
            (true, false) => Err("citizen_id must begin with 098 in a sandbox: no real person belongs here".to_owned()),
            (false, true) => Err("citizen_id begins with 098, which no real person has".to_owned()),
            _ => Ok(number),
        }
    }

    /// Who stands for a child (Decree 69/2024/NĐ-CP Art. 14.2); the guardian's account comes before the child's.
    fn guardian(&self) -> Result<Option<(CitizenId, GuardianRelation)>, Refused> {
        let Some(number) = given(&self.guardian_citizen_id) else { return Ok(None) };
        let number = CitizenId::parse(number).map_err(|_| "guardian_citizen_id must be 12 digits".to_owned())?;
        let relation = match self.guardian_relation.as_str() {
            "" | "parent" => GuardianRelation::Parent,
            "guardian" => GuardianRelation::Guardian,
            "legal_representative" => GuardianRelation::LegalRepresentative,
            _ => return Err("guardian_relation must be parent, guardian or legal_representative".to_owned()),
        };
        Ok(Some((number, relation)))
    }

    /// A PHC string of Argon2; plain passwords are never accepted.
    fn password_hash(&self) -> Result<Option<String>, Refused> {
        let Some(hash) = given(&self.password_hash) else { return Ok(None) };
        match hashing::acceptable(hash) {
            Ok(()) => Ok(Some(hash.to_owned())),
            Err(error) => Err(format!("password_hash: {error}; write a PHC string such as $argon2id$v=19$m=19456,t=2,p=1$SALT$HASH")),
        }
    }

    fn person(self, citizen_id: CitizenId, now: OffsetDateTime) -> Result<Person, Refused> {
        let person = Person {
            name: PersonName::from_full(&self.name).map_err(|error| format!("name: {error}"))?,
            birthdate: self.birthdate.parse::<PartialDate>().map_err(|_| "birthdate must be YYYY-MM-DD, YYYY-MM or YYYY".to_owned())?,
            gender: gender(&self.gender)?,
            nationality: given(&self.nationality).unwrap_or("VN").to_owned(),
            phone: given(&self.phone).map(PhoneNumber::parse).transpose().map_err(|error| format!("phone: {error}"))?,
            phone_verified: given(&self.phone).is_some(),
            email: given(&self.email).map(email).transpose()?,
            email_verified: given(&self.email).is_some(),
            old_id_number: given(&self.old_id_number).map(str::to_owned),
            card: self.card(&citizen_id)?,
            eid: self.eid()?,
            permanent_residence: self.permanent_residence()?,
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
            locale: given(&self.locale).unwrap_or("vi-VN").to_owned(),
            updated_at: now,
            citizen_id,
        };
        match self.person {
            Some(further) => with_further(&person, further),
            None => Ok(person),
        }
    }

    fn card(&self, citizen_id: &CitizenId) -> Result<Option<IdCardDetails>, Refused> {
        let Some(issued_on) = date("card_issued_on", &self.card_issued_on)? else {
            // A card that is there but cannot be taken in would lock its holder out (Decree 69 Art. 15).
            let said =
                [&self.card_number, &self.card_expires_on, &self.card_place_of_issue].into_iter().any(|column| given(column).is_some());
            return if said { Err("card_issued_on is needed where another card_ column is filled".to_owned()) } else { Ok(None) };
        };
        let number = given(&self.card_number).unwrap_or(citizen_id.as_str()).to_owned();
        let expires_on = date("card_expires_on", &self.card_expires_on)?;
        Ok(Some(IdCardDetails { number, issued_on, expires_on, place_of_issue: self.card_place_of_issue.clone() }))
    }

    fn eid(&self) -> Result<Option<EidCardDetails>, Refused> {
        let Some(issued_on) = date("eid_issued_on", &self.eid_issued_on)? else { return Ok(None) };
        Ok(Some(EidCardDetails { issued_on, expires_on: date("eid_expires_on", &self.eid_expires_on)? }))
    }

    fn permanent_residence(&self) -> Result<Option<Address>, Refused> {
        let Some(formatted) = given(&self.permanent_residence) else { return Ok(None) };
        let (commune_code, province_code) = (&self.permanent_residence_commune_code, &self.permanent_residence_province_code);
        if !is_digits(commune_code, 5) || !is_digits(province_code, 2) {
            return Err(
                "permanent_residence needs permanent_residence_commune_code (5 digits) and permanent_residence_province_code (2 digits)"
                    .to_owned(),
            );
        }
        Ok(Some(Address {
            formatted: formatted.to_owned(),
            street_address: None,
            commune: self.permanent_residence_commune.clone(),
            commune_code: commune_code.clone(),
            province: self.permanent_residence_province.clone(),
            province_code: province_code.clone(),
            country: "VN".to_owned(),
        }))
    }
}

/// Lays further fields over the record and reads it anew, so that they pass the same types. What the columns say cannot be replaced.
fn with_further(person: &Person, further: Map<String, Value>) -> Result<Person, Refused> {
    const BY_COLUMN: [&str; 5] = ["citizen_id", "name", "birthdate", "gender", "updated_at"];
    let Ok(Value::Object(mut record)) = serde_json::to_value(person) else { return Err("the record cannot be written".to_owned()) };
    for (field, value) in further {
        if BY_COLUMN.contains(&field.as_str()) || !record.contains_key(&field) {
            return Err(format!("person.{field} is no further field of a person"));
        }
        record.insert(field, value);
    }
    // The text of a serde error may quote the value.
    serde_json::from_value(Value::Object(record)).map_err(|_| "person has a field of the wrong form".to_owned())
}

fn given(text: &str) -> Option<&str> {
    Some(text.trim()).filter(|text| !text.is_empty())
}

fn gender(text: &str) -> Result<Gender, Refused> {
    match text.to_lowercase().as_str() {
        "male" | "nam" => Ok(Gender::Male),
        "female" | "nữ" => Ok(Gender::Female),
        "" | "unknown" => Ok(Gender::Unknown),
        _ => Err("gender must be male, female or unknown".to_owned()),
    }
}

fn email(text: &str) -> Result<String, Refused> {
    let parsed: Result<lettre::Address, _> = text.parse();
    parsed.map(|address| address.to_string()).map_err(|_| "email is no address".to_owned())
}

fn date(column: &str, text: &str) -> Result<Option<Date>, Refused> {
    let Some(text) = given(text) else { return Ok(None) };
    Date::parse(text, format_description!("[year]-[month]-[day]")).map(Some).map_err(|_| format!("{column} must be YYYY-MM-DD"))
}

fn is_digits(text: &str, count: usize) -> bool {
    text.len() == count && text.bytes().all(|byte| byte.is_ascii_digit())
}
