//! The audit log: who administered what. No personal data in `detail`.

use diesel::prelude::*;
use serde_json::Value;
use time::OffsetDateTime;
use uuid::Uuid;

use crate::Db;
use crate::columns::{from_json, from_ms, id, id_bytes, ms, to_json};
use crate::schema::audit_events;

/// One event.
#[derive(Debug, Clone, PartialEq)]
pub struct AuditEvent {
    /// Time-ordered id.
    pub id: Uuid,
    /// When.
    pub at: OffsetDateTime,
    /// Who: `cli`, `config`, an account id.
    pub actor: String,
    /// What, as `noun.verb`.
    pub action: String,
    /// The account it was done to.
    pub subject: Option<Uuid>,
    /// Further facts.
    pub detail: Value,
}

impl AuditEvent {
    /// Appends it.
    ///
    /// # Errors
    /// Of the database.
    pub fn append(&self, db: &mut Db) -> QueryResult<()> {
        diesel::insert_into(audit_events::table)
            .values((
                audit_events::id.eq(id_bytes(&self.id)),
                audit_events::at.eq(ms(self.at)),
                audit_events::actor.eq(&self.actor),
                audit_events::action.eq(&self.action),
                audit_events::subject.eq(self.subject.as_ref().map(id_bytes)),
                audit_events::detail.eq(to_json("an audit event", &self.detail)?),
            ))
            .execute(db)
            .map(drop)
    }

    /// A page, newest first, before the last id of the page before.
    ///
    /// # Errors
    /// Of the database.
    pub fn list(db: &mut Db, before: Option<Uuid>, limit: i64) -> QueryResult<Vec<Self>> {
        let before = before.unwrap_or(Uuid::max());
        let rows: Vec<Row> =
            audit_events::table.filter(audit_events::id.lt(id_bytes(&before))).order(audit_events::id.desc()).limit(limit).load(db)?;
        rows.into_iter().map(Self::try_from).collect()
    }
}

#[derive(Queryable)]
struct Row {
    id: Vec<u8>,
    at: i64,
    actor: String,
    action: String,
    subject: Option<Vec<u8>>,
    detail: String,
}

impl TryFrom<Row> for AuditEvent {
    type Error = diesel::result::Error;

    fn try_from(row: Row) -> QueryResult<Self> {
        Ok(Self {
            id: id(&row.id)?,
            at: from_ms(row.at),
            actor: row.actor,
            action: row.action,
            subject: row.subject.as_deref().map(id).transpose()?,
            detail: from_json("an audit event", &row.detail)?,
        })
    }
}
