//! The mail server (see [`MailConfig`]): SMTP with a pool of connections.

use std::time::{Duration, SystemTime};

use lettre::message::header::ContentType;
use lettre::message::{Mailbox, MessageBuilder};
use lettre::transport::smtp;
use lettre::{AsyncSmtpTransport, AsyncTransport, Message, Tokio1Executor};
use persistence::messages::MessageBody;
use time::OffsetDateTime;
use uuid::Uuid;

use super::{DeliveryError, SendError};
use crate::config::MailConfig;

const TIMEOUT: Duration = Duration::from_secs(15);
/// Sends e-mail.
pub(super) struct Mail {
    transport: AsyncSmtpTransport<Tokio1Executor>,
    from: Mailbox,
}

impl std::fmt::Debug for Mail {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Mail").field("from", &self.from).finish_non_exhaustive()
    }
}

impl Mail {
    pub(super) fn new(config: &MailConfig) -> Result<Self, DeliveryError> {
        let from = config.from.parse().map_err(|_| DeliveryError::Sender)?;
        let transport = AsyncSmtpTransport::<Tokio1Executor>::from_url(config.smtp_url.expose())
            // Its text may quote the URL with the password.
            .map_err(|_| DeliveryError::Smtp)?
            .timeout(Some(TIMEOUT))
            .build();
        Ok(Self { transport, from })
    }

    pub(super) async fn send(&self, message: &persistence::messages::Message, now: OffsetDateTime) -> Result<(), SendError> {
        let message = self.compose(message.id, &message.body, now)?;
        self.transport.send(message).await.map(|_| ()).map_err(|error| judge(&error))
    }

    fn compose(&self, id: Uuid, body: &MessageBody, now: OffsetDateTime) -> Result<Message, SendError> {
        let to: Mailbox = body.to.parse().map_err(|_| SendError::Permanent("the stored e-mail address is malformed".to_owned()))?;
        self.headers(id, now)
            .to(to)
            .subject(body.subject.clone().unwrap_or_default())
            .header(ContentType::TEXT_PLAIN)
            .body(body.text.clone())
            .map_err(|_| SendError::Permanent("the e-mail cannot be composed".to_owned()))
    }

    /// RFC 5322 §3.6. The message's own id makes a repeated delivery recognisable; RFC 3834 §5 keeps absence notes away.
    fn headers(&self, id: Uuid, now: OffsetDateTime) -> MessageBuilder {
        let id = format!("<{id}@{}>", self.from.email.domain());
        Message::builder().from(self.from.clone()).date(SystemTime::from(now)).message_id(Some(id)).raw_header(
            lettre::message::header::HeaderValue::new(
                lettre::message::header::HeaderName::new_from_ascii_str("Auto-Submitted"),
                "auto-generated".to_owned(),
            ),
        )
    }
}

/// The server's text may quote the address: only its code is kept.
fn judge(error: &smtp::Error) -> SendError {
    let status = error.status().map(|code| format!(" with status {code}")).unwrap_or_default();
    if error.is_permanent() {
        return SendError::Permanent(format!("the mail server refused{status}"));
    }
    SendError::Transient(match (error.is_transient(), error.is_timeout(), error.is_tls()) {
        (true, ..) => format!("the mail server put it off{status}"),
        (_, true, _) => "the mail server did not answer in time".to_owned(),
        (_, _, true) => "no TLS connection to the mail server".to_owned(),
        _ => "the mail server cannot be reached".to_owned(),
    })
}

#[cfg(test)]
mod tests {
    use time::macros::datetime;

    use super::*;
    use crate::config::Secret;

    fn mail() -> Mail {
        let config =
            MailConfig { smtp_url: Secret::from("smtp://127.0.0.1:1"), from: "Định danh <khong-tra-loi@dinhdanh.example>".to_owned() };
        Mail::new(&config).unwrap()
    }

    fn body(to: &str, text: &str) -> MessageBody {
        MessageBody { to: to.to_owned(), subject: Some("Tài khoản".to_owned()), text: text.to_owned(), code: None }
    }

    #[tokio::test]
    async fn an_email_carries_date_id_and_vietnamese_text() {
        let message =
            mail().compose(Uuid::from_u128(5), &body("an@example.com", "123456 là mã xác thực"), datetime!(2026-03-02 05:00 UTC)).unwrap();
        let wire = String::from_utf8(message.formatted()).unwrap();
        assert!(wire.contains("Mon, 02 Mar 2026 05:00:00"), "{wire}");
        assert!(wire.contains("Message-ID: <00000000-0000-0000-0000-000000000005@dinhdanh.example>"), "{wire}");
        assert!(wire.contains("Auto-Submitted: auto-generated") && wire.contains("To: an@example.com"), "{wire}");
        assert!(wire.contains("Content-Type: text/plain; charset=utf-8"), "{wire}");
    }

    #[tokio::test]
    async fn an_address_cannot_smuggle_headers() {
        let refused = mail().compose(Uuid::nil(), &body("an@example.com\r\nBcc: all@example.com", "text"), OffsetDateTime::UNIX_EPOCH);
        assert!(matches!(refused, Err(SendError::Permanent(_))));
    }

    #[tokio::test]
    async fn a_wrong_configuration_is_named_without_its_password() {
        let config = |url: &str, from: &str| MailConfig { smtp_url: Secret::from(url), from: from.to_owned() };
        let error = Mail::new(&config("nonsense://user:hunter2@host", "a@example.com")).unwrap_err();
        assert!(error.to_string().contains("mail.smtp_url") && !error.to_string().contains("hunter2"), "{error}");
        assert!(Mail::new(&config("smtp://127.0.0.1:1", "no address")).unwrap_err().to_string().contains("mail.from"));
    }
}
