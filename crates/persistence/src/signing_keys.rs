//! Signing keys: next, active, retired; the private half sealed.

use diesel::prelude::*;
use oidc_provider::signing_alg::SigningAlg;
use serde_json::Value;
use time::OffsetDateTime;

use crate::columns::{from_json, from_ms, ms, to_json, unreadable};
use crate::schema::signing_keys;
use crate::{Db, Keyring, Place, Unsealable};

/// Where a key is in its life.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum KeyState {
    /// Published, so that clients know it before it signs.
    Next,
    /// Signs; one for each algorithm.
    Active,
    /// Signs no more; published until [`SigningKeyRecord::published_to`].
    Retired,
}

/// One stored key.
#[derive(Debug, Clone, PartialEq)]
pub struct SigningKeyRecord {
    /// RFC 7638 thumbprint.
    pub kid: String,
    /// Its one algorithm.
    pub alg: SigningAlg,
    /// Where it is in its life.
    pub state: KeyState,
    /// The sealed private JWK.
    sealed: Vec<u8>,
    /// The public JWK.
    pub public_jwk: Value,
    /// When it was made.
    pub created_at: OffsetDateTime,
    /// When it began to sign.
    pub activated_at: Option<OffsetDateTime>,
    /// When it ceased to sign.
    pub retired_at: Option<OffsetDateTime>,
    /// Until when a retired key is in the JWKS.
    pub published_to: Option<OffsetDateTime>,
}

impl SigningKeyRecord {
    /// All keys, oldest first.
    ///
    /// # Errors
    /// Of the database.
    pub fn list(db: &mut Db) -> QueryResult<Vec<Self>> {
        let rows: Vec<Row> = signing_keys::table.order((signing_keys::created_at, signing_keys::kid)).load(db)?;
        rows.into_iter().map(Self::try_from).collect()
    }

    /// Inserts a new key as next.
    ///
    /// # Errors
    /// Of the database.
    pub fn insert(
        db: &mut Db,
        keyring: &Keyring,
        kid: &str,
        alg: SigningAlg,
        private_jwk: &Value,
        public_jwk: &Value,
        now: OffsetDateTime,
    ) -> QueryResult<()> {
        let plain = zeroize::Zeroizing::new(private_jwk.to_string());
        diesel::insert_into(signing_keys::table)
            .values((
                signing_keys::kid.eq(kid),
                signing_keys::alg.eq(alg.to_string()),
                signing_keys::state.eq(KeyState::Next.code()),
                signing_keys::private_jwk.eq(keyring.seal(place(kid), plain.as_bytes())),
                signing_keys::public_jwk.eq(to_json("a public key", public_jwk)?),
                signing_keys::created_at.eq(ms(now)),
            ))
            .execute(db)
            .map(drop)
    }

    /// Lets a next key sign; the active one of its algorithm retires and stays published until `old_published_to`, when
    /// the last token it signed has expired. `false`: there is no such next key.
    ///
    /// # Errors
    /// Of the database.
    pub fn activate(db: &mut Db, kid: &str, old_published_to: OffsetDateTime, now: OffsetDateTime) -> QueryResult<bool> {
        let next = signing_keys::table.filter(signing_keys::kid.eq(kid)).filter(signing_keys::state.eq(KeyState::Next.code()));
        let Some(alg) = next.select(signing_keys::alg).get_result::<String>(db).optional()? else { return Ok(false) };
        diesel::update(signing_keys::table.filter(signing_keys::alg.eq(&alg)).filter(signing_keys::state.eq(KeyState::Active.code())))
            .set((
                signing_keys::state.eq(KeyState::Retired.code()),
                signing_keys::retired_at.eq(ms(now)),
                signing_keys::published_to.eq(ms(old_published_to)),
            ))
            .execute(db)?;
        diesel::update(signing_keys::table.find(kid))
            .set((signing_keys::state.eq(KeyState::Active.code()), signing_keys::activated_at.eq(ms(now))))
            .execute(db)
            .map(|rows| rows == 1)
    }

    /// Takes a key out of use and out of the JWKS at once: tokens it signed fail from now on. `false`: unknown.
    ///
    /// # Errors
    /// Of the database.
    pub fn retire(db: &mut Db, kid: &str, now: OffsetDateTime) -> QueryResult<bool> {
        diesel::update(signing_keys::table.find(kid))
            .set((
                signing_keys::state.eq(KeyState::Retired.code()),
                signing_keys::retired_at.eq(ms(now)),
                signing_keys::published_to.eq(ms(now)),
            ))
            .execute(db)
            .map(|rows| rows == 1)
    }

    /// Whether the JWKS lists it.
    #[must_use]
    pub fn is_published(&self, now: OffsetDateTime) -> bool {
        self.state != KeyState::Retired || self.published_to.is_some_and(|until| now < until)
    }

    /// The private JWK.
    ///
    /// # Errors
    /// [`Unsealable`].
    pub fn private_jwk(&self, keyring: &Keyring) -> Result<Value, Unsealable> {
        let plain = keyring.unseal(place(&self.kid), &self.sealed)?;
        serde_json::from_slice(&plain).map_err(|_| Unsealable { table: "signing_keys", column: "private_jwk" })
    }
}

impl KeyState {
    /// The word in the database and on the command line.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::Next => "next",
            Self::Active => "active",
            Self::Retired => "retired",
        }
    }
}

fn place(kid: &str) -> Place<'_> {
    Place { table: "signing_keys", row: kid.as_bytes(), column: "private_jwk" }
}

#[derive(Queryable)]
struct Row {
    kid: String,
    alg: String,
    state: String,
    private_jwk: Vec<u8>,
    public_jwk: String,
    created_at: i64,
    activated_at: Option<i64>,
    retired_at: Option<i64>,
    published_to: Option<i64>,
}

impl TryFrom<Row> for SigningKeyRecord {
    type Error = diesel::result::Error;

    fn try_from(row: Row) -> QueryResult<Self> {
        Ok(Self {
            alg: row.alg.parse().map_err(|_| unreadable("an algorithm", &row.alg))?,
            kid: row.kid,
            state: match row.state.as_str() {
                "next" => KeyState::Next,
                "active" => KeyState::Active,
                "retired" => KeyState::Retired,
                other => return Err(unreadable("a key's state", other)),
            },
            sealed: row.private_jwk,
            public_jwk: from_json("a public key", &row.public_jwk)?,
            created_at: from_ms(row.created_at),
            activated_at: row.activated_at.map(from_ms),
            retired_at: row.retired_at.map(from_ms),
            published_to: row.published_to.map(from_ms),
        })
    }
}
