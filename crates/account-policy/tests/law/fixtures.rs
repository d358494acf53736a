//! The demo citizens' facts, and small changes to them.

use account_policy::{
    AccountLevel, AccountState, CitizenId, Documents, Facts, Gender, Guardian, GuardianRelation, HolderKind, IdCard, LockGrounds, Person,
    PersonName, PhoneNumber,
};
use time::Date;
use time::macros::{date, datetime};
use uuid::Uuid;

/// A day on which everything in these fixtures is in force.
pub const TODAY: Date = date!(2026 - 11 - 23);

pub fn adult(level: AccountLevel) -> Facts {
    Facts {
        kind: HolderKind::Citizen,
        account_level: level,
        state: AccountState::Active,
        birthdate: date!(1990 - 05 - 17).into(),
        card: Some(IdCard { expires_on: Some(date!(2030 - 05 - 17)) }),
        residence_expires_on: None,
        travel_document_expires_on: None,
        lock_grounds: LockGrounds::NONE,
        has_eid: level == AccountLevel::Two,
        guardian: None,
    }
}

/// A child of ten with an admitted parent.
pub fn child(level: AccountLevel) -> Facts {
    Facts { birthdate: date!(2016 - 03 - 09).into(), guardian: Some(guardian(true)), ..adult(level) }
}

pub fn guardian(admitted: bool) -> Guardian {
    Guardian { account: Uuid::from_u128(1), admitted, relation: GuardianRelation::Parent }
}

pub fn foreigner(level: AccountLevel) -> Facts {
    Facts {
        kind: HolderKind::Foreigner,
        card: None,
        residence_expires_on: Some(date!(2027 - 06 - 30)),
        travel_document_expires_on: Some(date!(2029 - 01 - 15)),
        has_eid: false,
        ..adult(level)
    }
}

pub fn person() -> Person {
    Person {
        citizen_id: CitizenId::parse("098090000001").unwrap(),
        old_id_number: Some("098765432".into()),
        name: PersonName::from_full("Nguyễn Văn An").unwrap(),
        birthdate: date!(1990 - 05 - 17).into(),
        gender: Gender::Male,
        nationality: "VN".into(),
        phone: Some(PhoneNumber::parse("0912 345 678").unwrap()),
        phone_verified: true,
        email: Some("an@example.vn".into()),
        email_verified: true,
        permanent_residence: None,
        temporary_residence: None,
        current_residence: None,
        household: None,
        place_of_birth: None,
        place_of_birth_registration: None,
        place_of_origin: None,
        ethnicity: Some("Kinh".into()),
        religion: None,
        card: None,
        eid: None,
        documents: Documents::default(),
        foreigner: None,
        organizations: Vec::new(),
        locale: "vi-VN".into(),
        updated_at: datetime!(2026-01-01 00:00 UTC),
    }
}
