//! Outgoing SMS and e-mail: queued in the transaction that needs them, sent by a worker, sealed.

use diesel::prelude::*;
use serde::{Deserialize, Serialize};
use time::OffsetDateTime;
use uuid::Uuid;

use crate::columns::{from_ms, id, id_bytes, ms, to_json, unreadable};
use crate::schema::messages;
use crate::{Db, Keyring, NumberHash, Place};

/// By what way.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Channel {
    /// To a phone number.
    Sms,
    /// To an address.
    Email,
}

/// What is sent. `Debug` shows nothing of it.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MessageBody {
    /// Phone number (E.164) or e-mail address.
    pub to: String,
    /// Subject line; e-mail only.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub subject: Option<String>,
    /// The text.
    pub text: String,
    /// The one-time code in it, for the sandbox's outbox.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub code: Option<String>,
}

impl std::fmt::Debug for MessageBody {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("MessageBody(…)")
    }
}

/// One message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Message {
    /// Time-ordered id.
    pub id: Uuid,
    /// By what way.
    pub channel: Channel,
    /// What.
    pub body: MessageBody,
    /// About whose account: the account's number, not always the recipient's.
    pub number_hash: NumberHash,
    /// When it was queued.
    pub created_at: OffsetDateTime,
    /// After this it is not worth sending.
    pub expires_at: OffsetDateTime,
    /// Failed attempts.
    pub attempts: i32,
    /// When the gateway took it.
    pub delivered_at: Option<OffsetDateTime>,
}

/// Whose messages.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MessagesOf {
    /// About an account.
    Number(NumberHash),
    /// To a recipient: [`Keyring::recipient_hash`].
    Recipient([u8; 32]),
    /// All: the sandbox's phone.
    Anyone,
}

impl Message {
    /// Queues it.
    ///
    /// # Errors
    /// Of the database.
    pub fn insert(&self, db: &mut Db, keyring: &Keyring) -> QueryResult<()> {
        let plain = zeroize::Zeroizing::new(to_json("a message", &self.body)?);
        diesel::insert_into(messages::table)
            .values((
                messages::id.eq(id_bytes(&self.id)),
                messages::channel.eq(self.channel.code()),
                messages::sealed.eq(keyring.seal(place(&self.id), plain.as_bytes())),
                messages::number_hash.eq(self.number_hash.0.as_slice()),
                messages::recipient_hash.eq(keyring.recipient_hash(&self.body.to).to_vec()),
                messages::created_at.eq(ms(self.created_at)),
                messages::expires_at.eq(ms(self.expires_at)),
                messages::due_at.eq(ms(self.created_at)),
                messages::attempts.eq(0),
            ))
            .execute(db)
            .map(drop)
    }

    /// What is due to be sent and still worth it, the longest due first.
    ///
    /// # Errors
    /// Of the database.
    pub fn undelivered(db: &mut Db, keyring: &Keyring, now: OffsetDateTime, limit: i64) -> QueryResult<Vec<Self>> {
        let rows: Vec<Row> = messages::table
            .filter(messages::due_at.le(ms(now)))
            .filter(messages::expires_at.gt(ms(now)))
            .order(messages::due_at)
            .limit(limit)
            .load(db)?;
        rows.into_iter().map(|row| row.open(keyring)).collect()
    }

    /// The gateway took it.
    ///
    /// # Errors
    /// Of the database.
    pub fn mark_delivered(db: &mut Db, message: Uuid, now: OffsetDateTime) -> QueryResult<()> {
        diesel::update(messages::table.find(id_bytes(&message)))
            .set((messages::delivered_at.eq(ms(now)), messages::due_at.eq(None::<i64>)))
            .execute(db)
            .map(drop)
    }

    /// The gateway did not take it: again at `next`, or never.
    ///
    /// # Errors
    /// Of the database.
    pub fn mark_failed(db: &mut Db, message: Uuid, next: Option<OffsetDateTime>) -> QueryResult<()> {
        diesel::update(messages::table.find(id_bytes(&message)))
            .set((messages::attempts.eq(messages::attempts + 1), messages::due_at.eq(next.map(ms))))
            .execute(db)
            .map(drop)
    }

    /// The latest messages, newest first.
    ///
    /// # Errors
    /// Of the database.
    pub fn latest_for(db: &mut Db, keyring: &Keyring, whose: MessagesOf, limit: i64) -> QueryResult<Vec<Self>> {
        let newest = messages::table.order(messages::id.desc()).limit(limit);
        let rows: Vec<Row> = match whose {
            MessagesOf::Number(number) => newest.filter(messages::number_hash.eq(number.0.to_vec())).load(db)?,
            MessagesOf::Recipient(recipient) => newest.filter(messages::recipient_hash.eq(recipient.to_vec())).load(db)?,
            MessagesOf::Anyone => newest.load(db)?,
        };
        rows.into_iter().map(|row| row.open(keyring)).collect()
    }
}

impl Channel {
    /// The word in the database and in the sandbox's outbox.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::Sms => "sms",
            Self::Email => "email",
        }
    }
}

fn place(id: &Uuid) -> Place<'_> {
    Place { table: "messages", row: id_bytes(id), column: "sealed" }
}

#[derive(Queryable)]
#[allow(dead_code)] // recipient_hash and due_at are for finding
struct Row {
    id: Vec<u8>,
    channel: String,
    sealed: Vec<u8>,
    number_hash: Vec<u8>,
    recipient_hash: Vec<u8>,
    created_at: i64,
    expires_at: i64,
    due_at: Option<i64>,
    attempts: i32,
    delivered_at: Option<i64>,
}

impl Row {
    fn open(self, keyring: &Keyring) -> QueryResult<Message> {
        let id = id(&self.id)?;
        let plain = keyring.unseal(place(&id), &self.sealed).map_err(|e| unreadable("a message", e))?;
        Ok(Message {
            id,
            channel: match self.channel.as_str() {
                "sms" => Channel::Sms,
                "email" => Channel::Email,
                other => return Err(unreadable("a channel", other)),
            },
            body: serde_json::from_slice(&plain).map_err(|e| unreadable("a message", e))?,
            number_hash: NumberHash(crate::columns::hash32(&self.number_hash)?),
            created_at: from_ms(self.created_at),
            expires_at: from_ms(self.expires_at),
            attempts: self.attempts,
            delivered_at: self.delivered_at.map(from_ms),
        })
    }
}
