//! What the consent page calls each datum, and how it shows the value that would be released.

use std::collections::BTreeSet;

use account_policy::person::{Address, EidCardDetails, Gender, IntegratedDocument};
use account_policy::{AccountLevel, Attribute, Facts, PartialDate};
use time::Date;

use super::values::{Legacy, Source};
use crate::pages::{ConsentGroup, ConsentItem};
use crate::text::Language;

/// Everything that would be released, in groups; every attribute appears, also one without a value on record.
#[must_use]
pub fn consent_groups(source: Source<'_>, released: &BTreeSet<Attribute>, language: Language, today: Date) -> Vec<ConsentGroup> {
    let mut groups: Vec<ConsentGroup> = Vec::new();
    for attribute in released {
        let (group, label) = labels(*attribute, language);
        let level_two = attribute.rule(today).is_some_and(|rule| rule.account_level == AccountLevel::Two);
        let items = match (attribute, &source.person.eid) {
            (Attribute::EidCard, Some(eid)) => card(source, eid, language),
            _ => vec![ConsentItem { label: label.to_owned(), value: shown(*attribute, source, language) }],
        };
        match groups.iter_mut().find(|known| known.title == group) {
            Some(known) => known.items.extend(items),
            None => groups.push(ConsentGroup { title: group.to_owned(), level_two, items }),
        }
    }
    groups
}

fn labels(attribute: Attribute, language: Language) -> (&'static str, &'static str) {
    let (group, vietnamese, english) = match attribute {
        Attribute::Name => (Group::Person, "Họ, chữ đệm và tên", "Full name"),
        Attribute::Birthdate => (Group::Person, "Ngày, tháng, năm sinh", "Date of birth"),
        Attribute::Gender => (Group::Person, "Giới tính", "Sex"),
        Attribute::Locale => (Group::Person, "Ngôn ngữ", "Language"),
        Attribute::Phone => (Group::Contact, "Số thuê bao di động", "Mobile number"),
        Attribute::Email => (Group::Contact, "Địa chỉ thư điện tử", "E-mail address"),
        Attribute::CitizenIdNumber => (Group::Number, "Số định danh cá nhân", "Personal identification number"),
        Attribute::OldIdNumber => (Group::Number, "Số chứng minh nhân dân cũ", "Old 9-digit ID number"),
        Attribute::PermanentResidence => (Group::Residence, "Nơi thường trú", "Permanent residence"),
        Attribute::TemporaryResidence => (Group::Residence, "Nơi tạm trú", "Temporary residence"),
        Attribute::CurrentResidence => (Group::Residence, "Nơi ở hiện tại", "Current residence"),
        Attribute::Household => (Group::Residence, "Hộ gia đình", "Household"),
        Attribute::EidCard => (Group::Card, "Thông tin căn cước điện tử", "Electronic ID card"),
        Attribute::DrivingLicence => (Group::Documents, "Giấy phép lái xe", "Driving licence"),
        Attribute::VehicleRegistration => (Group::Documents, "Chứng nhận đăng ký xe", "Vehicle registration"),
        Attribute::HealthInsurance => (Group::Documents, "Thẻ bảo hiểm y tế", "Health insurance card"),
        Attribute::SocialInsurance => (Group::Documents, "Sổ bảo hiểm xã hội", "Social insurance book"),
        Attribute::LegacyAccount => (Group::Account, "Tài khoản cũ tại cổng này", "Old account at this portal"),
        Attribute::Organization => (Group::Account, "Tổ chức mà người dùng đại diện", "Organisations represented"),
        Attribute::ForeignerDocument => (Group::Documents, "Hộ chiếu và giấy tờ cư trú", "Passport and residence card"),
    };
    match language {
        Language::Vi => (group.vietnamese(), vietnamese),
        Language::En => (group.english(), english),
    }
}

#[derive(Clone, Copy)]
enum Group {
    Person,
    Contact,
    Number,
    Residence,
    Card,
    Documents,
    Account,
}

impl Group {
    fn vietnamese(self) -> &'static str {
        match self {
            Self::Person => "Thông tin cá nhân",
            Self::Contact => "Thông tin liên hệ",
            Self::Number => "Số định danh",
            Self::Residence => "Nơi cư trú",
            Self::Card => "Căn cước điện tử",
            Self::Documents => "Giấy tờ",
            Self::Account => "Tài khoản và tổ chức",
        }
    }

    fn english(self) -> &'static str {
        match self {
            Self::Person => "Personal details",
            Self::Contact => "Contact details",
            Self::Number => "Identification number",
            Self::Residence => "Residence",
            Self::Card => "Electronic ID card",
            Self::Documents => "Documents",
            Self::Account => "Account and organisations",
        }
    }
}

fn shown(attribute: Attribute, source: Source<'_>, language: Language) -> String {
    let person = source.person;
    let address = |address: &Option<Address>| address.as_ref().map(|address| address.formatted.clone());
    let document = |document: &Option<IntegratedDocument>| document.as_ref().map(|document| integrated(document, language));
    let value = match attribute {
        Attribute::Name => Some(person.name.full.clone()),
        Attribute::Birthdate => Some(birthdate(person.birthdate)),
        Attribute::Gender => gender(person.gender, language).map(str::to_owned),
        Attribute::Locale => Some(person.locale.clone()),
        Attribute::Phone => person.phone.as_ref().map(account_policy::PhoneNumber::national),
        Attribute::Email => person.email.clone(),
        Attribute::CitizenIdNumber => Some(person.citizen_id.as_str().to_owned()),
        Attribute::OldIdNumber => person.old_id_number.clone(),
        Attribute::PermanentResidence => address(&person.permanent_residence),
        Attribute::TemporaryResidence => address(&person.temporary_residence),
        Attribute::CurrentResidence => address(&person.current_residence),
        Attribute::Household => person.household.clone(),
        Attribute::EidCard => None,
        Attribute::DrivingLicence => document(&person.documents.driving_licence),
        Attribute::VehicleRegistration => document(&person.documents.vehicle_registration),
        Attribute::HealthInsurance => document(&person.documents.health_insurance),
        Attribute::SocialInsurance => document(&person.documents.social_insurance),
        Attribute::LegacyAccount => match source.legacy {
            Legacy::Linked(id) => Some(id.clone()),
            Legacy::None | Legacy::Conflict => None,
        },
        Attribute::Organization => {
            let names: Vec<_> = person.organizations.iter().map(|organization| organization.name.as_str()).collect();
            (!names.is_empty()).then(|| names.join("; "))
        }
        Attribute::ForeignerDocument => person.foreigner.as_ref().map(|document| document.number.clone()),
    };
    value.unwrap_or_default()
}

/// Every field of the e-ID card that would be released, one line each.
fn card(source: Source<'_>, eid: &EidCardDetails, language: Language) -> Vec<ConsentItem> {
    let person = source.person;
    let fields = [
        ("Số định danh", "Number", Some(person.citizen_id.as_str().to_owned())),
        ("Họ, chữ đệm và tên", "Full name", Some(person.name.full.clone())),
        ("Ngày, tháng, năm sinh", "Date of birth", Some(birthdate(person.birthdate))),
        ("Giới tính", "Sex", gender(person.gender, language).map(str::to_owned)),
        ("Quốc tịch", "Nationality", Some(person.nationality.clone())),
        ("Nơi sinh", "Place of birth", person.place_of_birth.clone()),
        ("Nơi đăng ký khai sinh", "Place of birth registration", person.place_of_birth_registration.clone()),
        ("Quê quán", "Place of origin", person.place_of_origin.clone()),
        ("Số chứng minh nhân dân cũ", "Old 9-digit ID number", person.old_id_number.clone()),
        ("Ngày cấp", "Issued on", Some(day(eid.issued_on))),
        ("Có giá trị đến", "Valid until", eid.expires_on.map(day)),
        ("Trạng thái", "State", Some(state(source.facts, language).to_owned())),
    ];
    fields
        .into_iter()
        .filter_map(|(vietnamese, english, value)| {
            let label = if language == Language::Vi { vietnamese } else { english };
            Some(ConsentItem { label: label.to_owned(), value: value? })
        })
        .collect()
}

fn state(facts: &Facts, language: Language) -> &'static str {
    match (facts.lock_grounds.is_empty(), language) {
        (true, Language::Vi) => "Đang hoạt động",
        (true, Language::En) => "Active",
        (false, Language::Vi) => "Đang khóa",
        (false, Language::En) => "Locked",
    }
}

/// Number, further fields by the names that the source gives them, and the source.
fn integrated(document: &IntegratedDocument, language: Language) -> String {
    let source = if language == Language::Vi { "nguồn" } else { "source" };
    let fields = document.fields.iter().map(|(name, value)| format!("{}: {value}", name.replace('_', " ")));
    let parts: Vec<_> = [document.number.clone()].into_iter().chain(fields).chain([format!("{source}: {}", document.source)]).collect();
    parts.join("; ")
}

fn gender(gender: Gender, language: Language) -> Option<&'static str> {
    match (gender, language) {
        (Gender::Male, Language::Vi) => Some("Nam"),
        (Gender::Male, Language::En) => Some("Male"),
        (Gender::Female, Language::Vi) => Some("Nữ"),
        (Gender::Female, Language::En) => Some("Female"),
        (Gender::Unknown, _) => None,
    }
}

fn birthdate(date: PartialDate) -> String {
    match date {
        PartialDate::Full(date) => day(date),
        PartialDate::YearMonth(year, month) => format!("{:02}/{year}", u8::from(month)),
        PartialDate::Year(year) => year.to_string(),
    }
}

/// dd/MM/yyyy, as on Vietnamese forms (domain section 8).
fn day(date: Date) -> String {
    format!("{:02}/{:02}/{}", date.day(), u8::from(date.month()), date.year())
}
