//! The demo phone of the sandbox: the messages our gateway would have sent.

use askama::Template;

use super::{DEMO_CITIZENS, Frame, page};

/// The SMS and e-mail inbox at `/sandbox/phone`.
#[derive(Clone, Debug, Template)]
#[template(path = "phone.html")]
pub struct PhonePage {
    /// Header and footer.
    pub frame: Frame,
    /// The messages, newest first.
    pub messages: Vec<PhoneMessage>,
    /// The citizen number the inbox is filtered by (`?citizen_id=`); none shows every message.
    pub citizen_id: Option<String>,
}

/// One message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PhoneMessage {
    /// The phone number or e-mail address.
    pub to: String,
    /// `sms` or `email`.
    pub channel: String,
    /// The whole text.
    pub text: String,
    /// The one-time code in it.
    pub code: Option<String>,
    /// When it was sent, as the reader writes times.
    pub sent_at: String,
}

impl PhonePage {
    fn shows(&self, citizen_id: &str) -> bool {
        self.citizen_id.as_deref() == Some(citizen_id)
    }
}

page!(PhonePage);
