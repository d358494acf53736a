//! What the provider remembers (design section 9).
//!
//! **Durable** state lies in SQLite or PostgreSQL behind one enum of connections, [`Db`], one schema and one set of queries:
//!
//! 1. [`DatabaseUrl`] says where; [`Store::open`] checks that the database can be written, is ours, of a known version and of
//!    this [`Mode`]; [`Store::migrate`] brings it up to date.
//! 2. [`Keyring`] unwraps the data keys: personal data and signing keys are sealed at rest, people are found by keyed hash.
//! 3. [`Store::read`] and [`Store::run`] take closures over `&mut Db`. One `run` closure is one transaction; on SQLite many
//!    share a commit ([`writer`](self) thread), and an answer always means that it is on disk.
//! 4. Nouns have inherent methods, one file each: [`accounts`], [`holders`], [`eid_locks`], [`sessions`], [`consents`], [`grants`],
//!    [`refresh_families`], [`usage`], [`clients`], [`signing_keys`], [`messages`], [`one_time_codes`], [`audit`],
//!    [`legacy_accounts`], [`imports`]; [`bulk`] inserts holders by the thousand, and what one use of a session, grant or account needs of several
//!    is in [`standings`]. What leaves when is in [`expiry`] and `docs/retention.md`.
//!
//! **Short-lived** state (ten minutes at most) lies in [`ShortLived`], whose one delicate verb, `consume`, is a single atomic step.
//!
//! [`backup()`], [`restore`] and [`check`] are for whoever looks after it; [`Ailment`] names what is wrong when it fails.
//!
//! Neither clock nor randomness is read here: both are passed in.

pub mod accounts;
mod ailment;
pub mod audit;
mod backup;
pub mod bulk;
pub mod check;
pub mod clients;
mod columns;
mod connection;
pub mod consents;
mod database_file;
mod database_url;
pub mod eid_locks;
mod error;
pub mod expiry;
pub mod grants;
pub mod holders;
pub mod imports;
mod installation;
pub mod keyring;
pub mod legacy_accounts;
pub mod messages;
mod migrations;
pub mod one_time_codes;
pub mod refresh_families;
pub mod restore;
mod rows;
pub mod schema;
pub mod sessions;
pub mod short_lived;
pub mod signing_keys;
pub mod standings;
pub mod store;
pub mod usage;
mod writer;

pub use accounts::{Account, PasswordOf};
pub use ailment::Ailment;
pub use audit::AuditEvent;
pub use backup::{BackupError, backup};
pub use bulk::SealedHolder;
pub use clients::{ClientRecord, Origin, Upserted};
pub use columns::{Unreadable, from_ms, ms};
pub use connection::{ConnectError, Db};
pub use consents::{Consent, Evidence};
pub use database_url::{DatabaseUrl, DatabaseUrlError};
pub use diesel::result::{Error as QueryError, QueryResult};
pub use eid_locks::{EidLock, LockChange};
pub use error::{KeyringError, OpenError, StoreError, Unsealable};
pub use expiry::Expiring;
pub use grants::{Grant, LiveGrant, Redemption};
pub use holders::{Holder, Insertion, NewHolder, StoredHolder};
pub use imports::ImportProgress;
pub use installation::{Installation, Mode};
pub use keyring::{KeyEncryptionKey, Keyring, NumberHash, Place, RandomSource};
pub use legacy_accounts::LegacyAccounts;
pub use messages::{Channel, Message, MessageBody, MessagesOf};
#[doc(hidden)]
pub use migrations::revert_all;
pub use one_time_codes::{CodeLimits, Issue, NewCode, OneTimeCode, Verdict};
pub use refresh_families::{Family, Rotated};
pub use sessions::{Renewal, Session};
pub use short_lived::{Consumed, Counted, Full, Key, Kind, Lifetime, Memory, Seen, ShortLived};
pub use signing_keys::{KeyState, SigningKeyRecord};
pub use standings::{AccountStanding, GrantStanding, SessionStanding};
pub use store::{Store, StoreOptions};
pub use usage::{UsageKind, UsageRecord};
pub use writer::OnCommit;
