//! The claims of a person, as far as they were released.

use std::collections::BTreeSet;

use account_policy::person::{Address, EidCardDetails, ForeignerDocument, Gender, IntegratedDocument, OrganizationRole, Person};
use account_policy::{AccountState, Attribute, Facts};
use serde_json::{Map, Value, json};

use super::catalogue::CATALOGUE;

/// An old portal account found for the person (domain section 4.2).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Legacy {
    /// None is known.
    #[default]
    None,
    /// Exactly one: its id at the portal.
    Linked(String),
    /// Several claim to be the person's; an officer decides.
    Conflict,
}

/// Everything that claims are made from.
#[derive(Clone, Copy)]
pub struct Source<'a> {
    /// The person.
    pub person: &'a Person,
    /// What the law looks at: the state of account and e-ID card.
    pub facts: &'a Facts,
    /// The old account at the portal that asks.
    pub legacy: &'a Legacy,
}

/// The claims that `wanted` picks out of what was released. A claim without a value on record is left out (OpenID Connect Core §5.3.2).
#[must_use]
pub fn claims(source: Source<'_>, released: &BTreeSet<Attribute>, wanted: impl Fn(&str, &str) -> bool) -> Map<String, Value> {
    CATALOGUE
        .iter()
        .filter(|entry| released.contains(&entry.attribute) && wanted(entry.claim, entry.scope))
        .filter_map(|entry| Some((entry.claim.to_owned(), value(entry.claim, source)?)))
        .collect()
}

/// One claim's value.
#[must_use]
pub fn value(claim: &str, source: Source<'_>) -> Option<Value> {
    let Source { person, facts, legacy } = source;
    Some(match claim {
        "name" => json!(person.name.full),
        "family_name" => json!(person.name.family.as_ref()?),
        "middle_name" => json!(person.name.middle.as_ref()?),
        "given_name" => json!(person.name.given),
        "birthdate" => json!(person.birthdate),
        "gender" => json!(gender(person.gender)?),
        "locale" => json!(person.locale),
        "updated_at" => json!(person.updated_at.unix_timestamp()),
        "phone_number" => json!(person.phone.as_ref()?.as_e164()),
        "phone_number_verified" => person.phone.as_ref().map(|_| json!(person.phone_verified))?,
        "email" => json!(person.email.as_ref()?),
        "email_verified" => person.email.as_ref().map(|_| json!(person.email_verified))?,
        "citizen_id" => json!(person.citizen_id.as_str()),
        "old_id_number" => json!(person.old_id_number.as_ref()?),
        "address" | "permanent_residence" => address(person.permanent_residence.as_ref()?),
        "temporary_residence" => address(person.temporary_residence.as_ref()?),
        "current_residence" => address(person.current_residence.as_ref()?),
        "household" => json!(person.household.as_ref()?),
        "electronic_id" => electronic_id(person, person.eid.as_ref()?, facts),
        "driving_licence" => document(person.documents.driving_licence.as_ref()?),
        "vehicle_registration" => document(person.documents.vehicle_registration.as_ref()?),
        "health_insurance" => document(person.documents.health_insurance.as_ref()?),
        "social_insurance" => document(person.documents.social_insurance.as_ref()?),
        "legacy_account_id" => match legacy {
            Legacy::Linked(id) => json!(id),
            Legacy::None | Legacy::Conflict => return None,
        },
        "legacy_account_status" => json!(match legacy {
            Legacy::None => "none",
            Legacy::Linked(_) => "linked",
            Legacy::Conflict => "conflict",
        }),
        "organization" if person.organizations.is_empty() => return None,
        "organization" => person.organizations.iter().map(organization).collect(),
        "foreigner" => foreigner(person.foreigner.as_ref()?, &person.nationality),
        _ => return None,
    })
}

fn gender(gender: Gender) -> Option<&'static str> {
    match gender {
        Gender::Male => Some("male"),
        Gender::Female => Some("female"),
        Gender::Unknown => None,
    }
}

/// The address claim of OpenID Connect Core §5.1.1, with the official unit codes beside it.
fn address(address: &Address) -> Value {
    json!({
        "formatted": address.formatted, "street_address": address.street_address, "locality": address.commune, "region": address.province,
        "country": address.country, "commune_code": address.commune_code, "province_code": address.province_code,
    })
}

/// The fields of the e-ID card (Law 26/2023/QH15 Art. 31) that a portal needs; biometrics and family are never among them.
fn electronic_id(person: &Person, eid: &EidCardDetails, facts: &Facts) -> Value {
    let locked = !facts.lock_grounds.is_empty();
    json!({
        "number": person.citizen_id.as_str(), "name": person.name.full, "birthdate": person.birthdate, "gender": gender(person.gender),
        "nationality": person.nationality, "place_of_birth": person.place_of_birth, "place_of_birth_registration": person.place_of_birth_registration,
        "place_of_origin": person.place_of_origin, "old_id_number": person.old_id_number,
        "state": if locked { "locked" } else if facts.state == AccountState::Active { "active" } else { "not_activated" },
        "issued_on": eid.issued_on.to_string(), "expires_on": eid.expires_on.map(|day| day.to_string()),
    })
}

/// An integrated document with its source and time (Law Art. 22.2).
fn document(document: &IntegratedDocument) -> Value {
    json!({ "number": document.number, "fields": document.fields, "source": document.source, "as_of": document.as_of.unix_timestamp() })
}

fn organization(organization: &OrganizationRole) -> Value {
    json!({
        "organization_id": organization.organization_id, "name": organization.name, "short_name": organization.short_name,
        "tax_code": organization.tax_code, "enterprise_code": organization.enterprise_code, "role": organization.role,
    })
}

/// The foreigner's travel document and residence (Decree 69/2024 Art. 5).
fn foreigner(document: &ForeignerDocument, nationality: &str) -> Value {
    json!({
        "nationality": nationality, "document": document.document, "document_number": document.number, "issuing_country": document.issuing_country,
        "document_expires_on": document.expires_on.to_string(), "residence_card": document.residence_card,
        "residence_card_number": document.residence_card_number, "residence_expires_on": document.residence_expires_on.to_string(),
    })
}
