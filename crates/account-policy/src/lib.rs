//! The law of electronic identification, as pure functions: who may use an account today, and what a portal may learn.
//!
//! No HTTP, no database, no clock: a legal date comes in, a decision with its article goes out. Read in this order:
//!
//! 1. [`Facts`]: what the system knows about the account, the card and the locks ([`facts`], [`lock`], [`citizen_id`]).
//! 2. [`admit`]: may this account be used at all today? Decree 69/2024 Arts. 7, 14, 15; Law on Identification Art. 34 ([`admission`]).
//! 3. [`disclose`]: of the attributes asked, which are released to a sign-in of this strength? Arts. 9, 20; Law Arts. 31, 34 ([`disclosure`]).
//! 4. [`suffices`]: does the sign-in reach what the service demands? Arts. 9, 20 ([`level`], [`disclosure`]).
//!
//! Every refusal names its article ([`Refusal`], [`LegalBasis`]). Ages, deadlines, cut-offs and retention terms are dated rows with a
//! legal basis ([`parameter`]), never constants in code. What a [`Person`] is made of lies in [`person`] and [`name`].
//!
//! Two scales, never mixed: *account level* 1–2 (mức độ tài khoản: how the person was registered) and *authentication level* 1–4
//! (mức độ xác thực: how strong this sign-in was). The decision table that follows from these rules is committed as
//! `docs/levels-table.md`; a test prints it.

pub mod admission;
pub mod age;
pub mod attribute;
pub mod basis;
pub mod citizen_id;
pub mod day;
pub mod disclosure;
pub mod factor;
pub mod facts;
pub mod level;
pub mod lock;
pub mod name;
pub mod parameter;
pub mod partial_date;
pub mod person;
pub mod phone;
pub mod refusal;

pub use admission::{Admission, admit, is_represented, may_represent};
pub use age::age_on;
pub use attribute::{Attribute, AttributeRule, UnknownAttribute};
pub use basis::{Instrument, LegalBasis};
pub use citizen_id::{CitizenId, InvalidCitizenId, StructureWarning};
pub use day::{end_of_day, legal_date};
pub use disclosure::{Disclosure, DisclosureRequest, Withheld, WithheldReason, disclose, suffices};
pub use factor::{Factor, FactorClass};
pub use facts::{AccountState, Facts, Guardian, GuardianRelation, HolderKind, IdCard};
pub use level::{AccountLevel, AuthenticationLevel, Levels};
pub use lock::{LockGround, LockGrounds};
pub use name::{InvalidName, PersonName};
pub use partial_date::{InvalidPartialDate, PartialDate};
pub use person::{
    Address, Documents, EidCardDetails, ForeignerDocument, Gender, IdCardDetails, IntegratedDocument, OrganizationRole, Person,
    ResidenceCard, TravelDocument,
};
pub use phone::{InvalidPhoneNumber, PhoneNumber};
pub use refusal::{Refusal, RefusalCause};
