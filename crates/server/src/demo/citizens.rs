//! The demo citizens (design section 6). Nobody of them exists: province code 098 was never assigned, the places are invented,
//! the mail addresses end in `.example` (RFC 2606 §3).

use std::collections::BTreeMap;

use account_policy::person::{
    Address, Documents, EidCardDetails, ForeignerDocument, Gender, IdCardDetails, IntegratedDocument, OrganizationRole, Person,
    ResidenceCard, TravelDocument,
};
use account_policy::{AccountLevel, CitizenId, HolderKind, PartialDate, PersonName, PhoneNumber};
use legacy_link::LegacyAccount;
use time::{Date, Duration, OffsetDateTime};

use crate::clock::legal_date;
use crate::config::{DEMO_NATIONAL_PORTAL, DEMO_SOCIAL_SECURITY};

/// The guardian of the child.
pub const GUARDIAN: &str = "098090000001";
/// The child.
pub const CHILD: &str = "098216000005";
/// Whose e-ID card is locked at the holder's request.
pub const LOCKED: &str = "098085000003";

/// One demo citizen who has an account.
pub struct DemoCitizen {
    /// Citizen or foreigner.
    pub kind: HolderKind,
    /// Account level.
    pub level: AccountLevel,
    /// The full synthetic identity.
    pub person: Person,
    /// Old accounts that portals handed over.
    pub legacy: Vec<LegacyAccount>,
}

/// Everybody with an account, guardians before their children.
///
/// # Errors
/// Never, as the test of [`seed`](super::seed()) proves: a number, name or date below would have to be malformed.
pub fn all(now: OffsetDateTime) -> anyhow::Result<Vec<DemoCitizen>> {
    let cast = Cast { now, today: legal_date(now) };
    Ok(vec![
        cast.an()?,
        cast.binh()?,
        cast.cuong()?,
        cast.dung()?,
        cast.duc()?,
        cast.hai()?,
        cast.anna()?,
        cast.officer("098175000008", "Bùi Thanh Hương", "1975-03-08", Gender::Female, "huong")?,
        cast.officer("098068000009", "Đỗ Đức Khoa", "1968-11-20", Gender::Male, "khoa")?,
        cast.officer("098180000010", "Ngô Thị Lan", "1980-06-28", Gender::Female, "lan")?,
    ])
}

struct Cast {
    now: OffsetDateTime,
    today: Date,
}

impl Cast {
    /// Everything: active card, all documents, matching old accounts, acts for a company.
    fn an(&self) -> anyhow::Result<DemoCitizen> {
        let mut person = self.person("098090000001", "Nguyễn Văn An", "1990-05-20", Gender::Male, "an")?;
        person.old_id_number = Some("098000001".to_owned());
        person.temporary_residence = Some(address("Phòng 502, nhà B2, khu tập thể Ánh Dương", "phường Ánh Dương", "98002"));
        person.current_residence = person.temporary_residence.clone();
        person.household = Some("Chủ hộ: Nguyễn Văn An; thành viên: Hoàng Minh Đức".to_owned());
        person.documents = Documents {
            driving_licence: Some(self.document(
                "980190000001",
                "Cơ sở dữ liệu giấy phép lái xe",
                &[("class", "B"), ("issued_on", "2019-04-02")],
            )),
            vehicle_registration: Some(self.document("98A-000.01", "Cơ sở dữ liệu đăng ký xe", &[("brand", "Ví Dụ"), ("colour", "Trắng")])),
            ..self.insurance("0980000001")
        };
        person.organizations = vec![OrganizationRole {
            organization_id: "0980000001".to_owned(),
            name: "Công ty TNHH Ví Dụ".to_owned(),
            short_name: Some("Ví Dụ".to_owned()),
            foreign_name: Some("Vi Du Company Limited".to_owned()),
            tax_code: Some("0980000001".to_owned()),
            enterprise_code: Some("0980000001".to_owned()),
            role: "legal_representative".to_owned(),
        }];
        let legacy = [DEMO_NATIONAL_PORTAL, DEMO_SOCIAL_SECURITY].map(|portal| old_account(portal, "an.1990", &person)).into();
        Ok(DemoCitizen { legacy, ..self.level_two(person, "2021-05-20", "2030-05-20")? })
    }

    /// Level 1: no e-ID card; her card itself is valid.
    fn binh(&self) -> anyhow::Result<DemoCitizen> {
        let mut person = self.person("098199000002", "Trần Thị Bình", "1999-09-02", Gender::Female, "binh")?;
        person.card = Some(card(&person.citizen_id, "2022-01-10", Some(date("2039-09-02")?))?);
        Ok(DemoCitizen { kind: HolderKind::Citizen, level: AccountLevel::One, person, legacy: vec![] })
    }

    /// Level 2; the seed locks his e-ID card at his own request.
    fn cuong(&self) -> anyhow::Result<DemoCitizen> {
        let mut person = self.person(LOCKED, "Lê Quang Cường", "1985-12-19", Gender::Male, "cuong")?;
        person.documents = self.insurance("0980000003");
        self.level_two(person, "2021-08-15", "2045-12-19")
    }

    /// Level 2; her card expired yesterday.
    fn dung(&self) -> anyhow::Result<DemoCitizen> {
        let mut person = self.person("098188000004", "Phạm Thu Dung", "1988-02-29", Gender::Female, "dung")?;
        person.documents = self.insurance("0980000004");
        let yesterday = (self.today - Duration::DAY).to_string();
        self.level_two(person, "2016-02-29", &yesterday)
    }

    /// A child born 2016: level 2 under the guardian.
    fn duc(&self) -> anyhow::Result<DemoCitizen> {
        let mut person = self.person(CHILD, "Hoàng Minh Đức", "2016-06-01", Gender::Male, "")?;
        person.phone = None;
        person.phone_verified = false;
        person.documents.health_insurance = self.insurance("0980000005").health_insurance;
        self.level_two(person, "2024-07-10", "2030-06-01")
    }

    /// Two old accounts of one portal bear his number: a person must settle it.
    fn hai(&self) -> anyhow::Result<DemoCitizen> {
        let mut person = self.person("098070000007", "Đặng Hữu Hải", "1970-04-30", Gender::Male, "hai")?;
        person.old_id_number = Some("098000007".to_owned());
        person.documents = self.insurance("0980000007");
        let mut other = old_account(DEMO_SOCIAL_SECURITY, "hai.cu", &person);
        other.name = "Đặng Hữu Hai".to_owned();
        let legacy =
            vec![old_account(DEMO_SOCIAL_SECURITY, "hai.1970", &person), other, old_account(DEMO_NATIONAL_PORTAL, "hai.1970", &person)];
        Ok(DemoCitizen { legacy, ..self.level_two(person, "2021-04-30", "2035-04-30")? })
    }

    /// A foreigner of level 2: travel document and residence card instead of an e-ID card.
    fn anna(&self) -> anyhow::Result<DemoCitizen> {
        let mut person = self.person("098188000011", "Anna Müller", "1988-08-11", Gender::Female, "anna")?;
        person.name = PersonName::from_parts("Anna Müller", Some("Müller"), None, "Anna")?;
        person.nationality = "DE".to_owned();
        person.locale = "en".to_owned();
        (person.ethnicity, person.religion, person.place_of_birth_registration, person.place_of_origin) = (None, None, None, None);
        person.place_of_birth = Some("Musterstadt".to_owned());
        person.temporary_residence = person.permanent_residence.clone();
        person.foreigner = Some(ForeignerDocument {
            document: TravelDocument::Passport,
            number: "C098X0011".to_owned(),
            issuing_country: "DE".to_owned(),
            issued_on: Some(date("2023-03-01")?),
            expires_on: date("2033-02-28")?,
            place_of_issue: Some("Musterstadt".to_owned()),
            residence_card: ResidenceCard::Temporary,
            residence_card_number: "LD0980011".to_owned(),
            residence_expires_on: self.today + Duration::days(700),
        });
        Ok(DemoCitizen { kind: HolderKind::Foreigner, level: AccountLevel::Two, person, legacy: vec![] })
    }

    fn officer(&self, number: &str, name: &str, birthdate: &str, gender: Gender, mailbox: &str) -> anyhow::Result<DemoCitizen> {
        let mut person = self.person(number, name, birthdate, gender, mailbox)?;
        person.documents = self.insurance(&format!("09800000{}", &number[10..]));
        self.level_two(person, "2021-03-01", "2040-12-31")
    }

    fn person(&self, number: &str, name: &str, birthdate: &str, gender: Gender, mailbox: &str) -> anyhow::Result<Person> {
        let birthdate: PartialDate = birthdate.parse()?;
        let home = address(&format!("Số {}, đường Ví Dụ", &number[9..]), "phường Bình Minh", "98001");
        Ok(Person {
            citizen_id: CitizenId::parse(number)?,
            old_id_number: None,
            name: PersonName::from_full(name)?,
            birthdate,
            gender,
            nationality: "VN".to_owned(),
            phone: Some(PhoneNumber::parse(&format!("0599000{}", &number[9..]))?),
            phone_verified: true,
            email: (!mailbox.is_empty()).then(|| format!("{mailbox}@congdan.example")),
            email_verified: !mailbox.is_empty(),
            current_residence: Some(home.clone()),
            permanent_residence: Some(home),
            temporary_residence: None,
            household: None,
            place_of_birth: Some("Bệnh viện Mẫu, tỉnh Thử Nghiệm".to_owned()),
            place_of_birth_registration: Some("Phường Bình Minh, tỉnh Thử Nghiệm".to_owned()),
            place_of_origin: Some("Phường Bình Minh, tỉnh Thử Nghiệm".to_owned()),
            ethnicity: Some("Kinh".to_owned()),
            religion: Some("Không".to_owned()),
            card: None,
            eid: None,
            documents: Documents::default(),
            foreigner: None,
            organizations: vec![],
            locale: "vi-VN".to_owned(),
            updated_at: self.now,
        })
    }

    /// A citizen with card and e-ID card, both valid to the same day (Decree 69/2024 Art. 28).
    fn level_two(&self, mut person: Person, issued_on: &str, expires_on: &str) -> anyhow::Result<DemoCitizen> {
        let expires_on = Some(date(expires_on)?);
        person.card = Some(card(&person.citizen_id, issued_on, expires_on)?);
        // e-ID cards exist since 1 July 2024 (Law 26/2023/QH15 Art. 45).
        person.eid = Some(EidCardDetails { issued_on: date("2024-07-01")?.max(date(issued_on)?), expires_on });
        Ok(DemoCitizen { kind: HolderKind::Citizen, level: AccountLevel::Two, person, legacy: vec![] })
    }

    fn insurance(&self, number: &str) -> Documents {
        let source = "Cơ sở dữ liệu quốc gia về bảo hiểm";
        Documents {
            health_insurance: Some(self.document(
                &format!("DN498{number}"),
                source,
                &[("hospital", "Bệnh viện Mẫu"), ("valid_from", "2026-01-01"), ("valid_to", "2026-12-31")],
            )),
            social_insurance: Some(self.document(number, source, &[("years_contributed", "9"), ("employer", "Công ty TNHH Ví Dụ")])),
            ..Documents::default()
        }
    }

    fn document(&self, number: &str, source: &str, fields: &[(&str, &str)]) -> IntegratedDocument {
        let fields: BTreeMap<_, _> = fields.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        IntegratedDocument { number: number.to_owned(), fields, source: source.to_owned(), as_of: self.now }
    }
}

fn card(number: &CitizenId, issued_on: &str, expires_on: Option<Date>) -> anyhow::Result<IdCardDetails> {
    let place_of_issue = "Cục Cảnh sát quản lý hành chính về trật tự xã hội".to_owned();
    Ok(IdCardDetails { number: number.as_str().to_owned(), issued_on: date(issued_on)?, expires_on, place_of_issue })
}

fn address(street: &str, commune: &str, commune_code: &str) -> Address {
    Address {
        formatted: format!("{street}, {commune}, tỉnh Thử Nghiệm"),
        street_address: Some(street.to_owned()),
        commune: commune.to_owned(),
        commune_code: commune_code.to_owned(),
        province: "tỉnh Thử Nghiệm".to_owned(),
        province_code: "98".to_owned(),
        country: "VN".to_owned(),
    }
}

fn old_account(portal: &str, legacy_id: &str, person: &Person) -> LegacyAccount {
    LegacyAccount {
        portal: portal.to_owned(),
        legacy_id: legacy_id.to_owned(),
        citizen_id: Some(person.citizen_id.clone()),
        old_id_number: person.old_id_number.clone(),
        name: person.name.full.clone(),
        birthdate: Some(person.birthdate),
    }
}

fn date(text: &str) -> anyhow::Result<Date> {
    Ok(Date::parse(text, &time::format_description::well_known::Iso8601::DATE)?)
}
