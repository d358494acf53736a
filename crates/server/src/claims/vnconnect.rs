//! The claim names that portals of the national federation read today (domain section 4.2), for clients with `claims_profile = "vnconnect"`.

use std::collections::BTreeSet;

use account_policy::Attribute;
use account_policy::person::Gender;
use serde_json::{Map, Value, json};
use sha2::{Digest, Sha256};

use super::values::{Legacy, Source};

/// The compatibility claims, each only where its attribute was released.
#[must_use]
pub fn claims(source: Source<'_>, released: &BTreeSet<Attribute>, sub: &str) -> Map<String, Value> {
    let person = source.person;
    let mut claims = Map::new();
    let mut put = |attribute: Attribute, name: &str, value: Option<Value>| {
        if let (true, Some(value)) = (released.contains(&attribute), value) {
            claims.insert(name.to_owned(), value);
        }
    };
    put(Attribute::CitizenIdNumber, "SoDinhDanh", Some(json!(person.citizen_id.as_str())));
    put(Attribute::OldIdNumber, "SoCMND", person.old_id_number.as_ref().map(|number| json!(number)));
    put(Attribute::Name, "HoVaTen", Some(json!(person.name.full)));
    put(Attribute::Birthdate, "NgayThangNamSinh", Some(json!(person.birthdate.to_string().replace('-', ""))));
    put(Attribute::Gender, "GioiTinh", Some(json!(gender(person.gender))));
    put(Attribute::Phone, "SoDienThoai", person.phone.as_ref().map(|phone| json!(phone.national().replace(' ', ""))));
    put(Attribute::Email, "ThuDienTu", person.email.as_ref().map(|email| json!(email)));
    put(Attribute::PermanentResidence, "DiaChi", person.permanent_residence.as_ref().map(|address| json!(address.formatted)));
    put(Attribute::ForeignerDocument, "HoChieu", person.foreigner.as_ref().map(|document| json!(document.number)));
    // 1 is a person; an organisation's account (2) signs in through a person, too.
    claims.insert("LoaiTaiKhoan".to_owned(), json!("1"));
    claims.insert("TechID".to_owned(), json!(tech_id(source.legacy, sub)));
    claims
}

/// The id by which portals find the local account: the linked old account's, else a UUID made from the pairwise `sub`.
fn tech_id(legacy: &Legacy, sub: &str) -> String {
    match legacy {
        Legacy::Linked(id) => id.clone(),
        Legacy::None | Legacy::Conflict => {
            let digest = Sha256::new().chain_update(b"TechID\0").chain_update(sub).finalize();
            let mut bytes = [0; 16];
            bytes.copy_from_slice(&digest[..16]);
            uuid::Builder::from_custom_bytes(bytes).into_uuid().to_string()
        }
    }
}

fn gender(gender: Gender) -> u8 {
    match gender {
        Gender::Unknown => 0,
        Gender::Male => 1,
        Gender::Female => 2,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use uuid::Uuid;

    #[test]
    fn a_tech_id_is_stable_for_a_subject_and_differs_between_portals() {
        let id = tech_id(&Legacy::None, "a-subject");
        assert_eq!(id, tech_id(&Legacy::Conflict, "a-subject"));
        assert_ne!(id, tech_id(&Legacy::None, "another-subject"));
        assert!(Uuid::parse_str(&id).is_ok());
        assert_eq!(tech_id(&Legacy::Linked("old-7".to_owned()), "a-subject"), "old-7");
    }
}
