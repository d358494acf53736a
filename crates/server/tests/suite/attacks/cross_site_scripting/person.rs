//! A person in whose record every text is markup, as a database or an import might hand it over.

use std::collections::BTreeSet;

use account_policy::person::{
    Address, Documents, EidCardDetails, ForeignerDocument, Gender, IdCardDetails, IntegratedDocument, OrganizationRole, Person,
    ResidenceCard, TravelDocument,
};
use account_policy::{CitizenId, GuardianRelation, HolderKind, PersonName, PhoneNumber};
use legacy_link::LegacyAccount;
use persistence::{Holder, Insertion, LegacyAccounts, NewHolder};
use time::OffsetDateTime;
use time::macros::date;
use uuid::Uuid;

use super::marks::mark;
use crate::support::{AN, App};

/// Without `..`: a new field of a record does not compile before it has its mark here. Numbers and phone are of types that hold digits alone.
pub fn marked(citizen_id: &str, now: OffsetDateTime) -> Person {
    Person {
        citizen_id: CitizenId::parse(citizen_id).unwrap(),
        old_id_number: Some(mark("old-id-number")),
        name: name("name"),
        birthdate: "1990-05-20".parse().unwrap(),
        gender: Gender::Male,
        nationality: mark("nationality"),
        phone: Some(PhoneNumber::parse("+84599000021").unwrap()),
        phone_verified: true,
        email: Some(mark("email")),
        email_verified: true,
        permanent_residence: Some(address("permanent")),
        temporary_residence: Some(address("temporary")),
        current_residence: Some(address("current")),
        household: Some(mark("household")),
        place_of_birth: Some(mark("place-of-birth")),
        place_of_birth_registration: Some(mark("place-of-birth-registration")),
        place_of_origin: Some(mark("place-of-origin")),
        ethnicity: Some(mark("ethnicity")),
        religion: Some(mark("religion")),
        card: Some(IdCardDetails {
            number: mark("card.number"),
            issued_on: date!(2021 - 05 - 20),
            expires_on: None,
            place_of_issue: mark("card.place-of-issue"),
        }),
        eid: Some(EidCardDetails { issued_on: date!(2021 - 05 - 20), expires_on: None }),
        documents: Documents {
            driving_licence: Some(document("driving-licence", now)),
            vehicle_registration: Some(document("vehicle-registration", now)),
            health_insurance: Some(document("health-insurance", now)),
            social_insurance: Some(document("social-insurance", now)),
        },
        foreigner: Some(ForeignerDocument {
            document: TravelDocument::Passport,
            number: mark("foreigner.number"),
            issuing_country: mark("foreigner.issuing-country"),
            issued_on: None,
            expires_on: date!(2090 - 01 - 01),
            place_of_issue: Some(mark("foreigner.place-of-issue")),
            residence_card: ResidenceCard::Permanent,
            residence_card_number: mark("foreigner.residence-card-number"),
            residence_expires_on: date!(2090 - 01 - 01),
        }),
        organizations: vec![OrganizationRole {
            organization_id: mark("organization.id"),
            name: mark("organization.name"),
            short_name: Some(mark("organization.short-name")),
            foreign_name: Some(mark("organization.foreign-name")),
            tax_code: Some(mark("organization.tax-code")),
            enterprise_code: Some(mark("organization.enterprise-code")),
            role: mark("organization.role"),
        }],
        locale: mark("locale"),
        updated_at: now,
    }
}

/// What the consent pages of a citizen and of a foreigner show of it, all scopes together; the others stand on no page.
pub fn shown() -> BTreeSet<String> {
    let single = [
        "name",
        "locale",
        "email",
        "nationality",
        "old-id-number",
        "permanent.formatted",
        "temporary.formatted",
        "current.formatted",
        "household",
        "place-of-birth",
        "place-of-birth-registration",
        "place-of-origin",
        "organization.name",
        "foreigner.number",
        "legacy-id",
    ];
    let papers = ["driving-licence", "vehicle-registration", "health-insurance", "social-insurance"];
    let of_papers = papers.iter().flat_map(|paper| ["number", "field", "value", "source"].map(|part| format!("{paper}.{part}")));
    single.map(str::to_owned).into_iter().chain(of_papers).collect()
}

/// A name that is nothing but markup: no form takes it, but a record is a record.
pub fn name(field: &str) -> PersonName {
    PersonName { full: mark(field), family: Some(mark("name.family")), middle: Some(mark("name.middle")), given: mark("name.given") }
}

fn address(which: &str) -> Address {
    let part = |name: &str| mark(&format!("{which}.{name}"));
    Address {
        formatted: part("formatted"),
        street_address: Some(part("street-address")),
        commune: part("commune"),
        commune_code: part("commune-code"),
        province: part("province"),
        province_code: part("province-code"),
        country: part("country"),
    }
}

fn document(which: &str, now: OffsetDateTime) -> IntegratedDocument {
    let part = |name: &str| mark(&format!("{which}.{name}"));
    IntegratedDocument { number: part("number"), fields: [(part("field"), part("value"))].into(), source: part("source"), as_of: now }
}

/// The old account that a portal handed over for that person.
pub async fn hand_over(app: &App, portal: &str, person: &Person) {
    let account = LegacyAccount {
        portal: portal.to_owned(),
        legacy_id: mark("legacy-id"),
        citizen_id: Some(person.citizen_id.clone()),
        old_id_number: person.old_id_number.clone(),
        name: person.name.full.clone(),
        birthdate: Some(person.birthdate),
    };
    let (keyring, now) = (app.provider.keyring.clone(), app.provider.clock.now());
    app.provider.store.run(move |db| LegacyAccounts::upsert(db, &keyring, &account, now)).await.unwrap();
}

/// Gives the person an account of level 2 with the password of all demo citizens.
pub async fn register(app: &App, kind: HolderKind, person: Person, guardian: Option<Uuid>) -> Uuid {
    let now = app.provider.clock.now();
    let like = app.account(AN).await;
    let holder = NewHolder {
        id: app.provider.randomness.uuid(now),
        kind,
        level: like.level,
        state: like.state,
        password_hash: like.password_hash,
        person,
        guardian: guardian.map(|guardian| (guardian, GuardianRelation::Guardian)),
        created_at: now,
    };
    let (id, keyring) = (holder.id, app.provider.keyring.clone());
    let inserted = app.provider.store.run(move |db| Holder::insert(db, &keyring, &holder)).await.unwrap();
    assert_eq!(inserted, Insertion::Done);
    id
}

/// The person of a demo citizen.
pub async fn of(app: &App, citizen: &str) -> Person {
    let (id, keyring, today) = (app.account(citizen).await.id, app.provider.keyring.clone(), app.provider.clock.today());
    let holder = app.provider.store.read(move |db| Holder::load(db, &keyring, id, today)).await.unwrap().expect("a demo citizen");
    (*holder.person).clone()
}
