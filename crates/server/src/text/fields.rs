//! What each page says, field by field. A field's name says where the words stand; both languages fill every one.

#![expect(missing_docs, reason = "the name of a text field is its place on the page; the words themselves stand in vi.rs and en.rs")]

pub struct Common {
    pub product: &'static str,
    pub tagline: &'static str,
    pub skip: &'static str,
    pub sandbox_title: &'static str,
    pub sandbox_text: &'static str,
    pub sandbox_phone: &'static str,
    pub footer_secret: &'static str,
    pub footer_address: &'static str,
    pub request_id: &'static str,
    pub problem: &'static str,
    pub cancel: &'static str,
    pub sign_in_to: &'static str,
    pub show: &'static str,
    pub hide: &'static str,
    /// Follows `show` and `hide`, for those who hear the page.
    pub shown_password: &'static str,
    pub fill_in: &'static str,
    pub citizen_id: &'static str,
    pub citizen_id_hint: &'static str,
    pub code_hint: &'static str,
    pub never_share: &'static str,
}

pub struct SignIn {
    pub title: &'static str,
    pub intro: &'static str,
    pub level_two: &'static str,
    pub password: &'static str,
    pub submit: &'static str,
    pub forgot: &'static str,
    pub demo_title: &'static str,
    pub demo_password: &'static str,
}

pub struct Code {
    pub title: &'static str,
    pub label: &'static str,
    pub confirm: &'static str,
    pub not_received: &'static str,
    pub resend: &'static str,
    /// `{}` is where the script counts the seconds down.
    pub resend_waiting: &'static str,
    pub skip: &'static str,
    pub skip_hint: &'static str,
}

pub struct Consent {
    pub title: &'static str,
    pub asks: &'static str,
    pub more: &'static str,
    pub recipient: &'static str,
    pub holder: &'static str,
    pub on_behalf_of: &'static str,
    pub purpose: &'static str,
    pub agreement: &'static str,
    pub data: &'static str,
    pub level_two: &'static str,
    pub no_value: &'static str,
    pub offline: &'static str,
    pub rights_title: &'static str,
    pub rights: [&'static str; 3],
    pub basis: &'static str,
    pub allow: &'static str,
    pub deny: &'static str,
    pub print: &'static str,
    pub printed_note: &'static str,
}

pub struct ChooseAccount {
    pub title: &'static str,
    pub signed_in_as: &'static str,
    pub current: &'static str,
    pub other: &'static str,
}

pub struct NoticeWords {
    pub reasons: &'static str,
    pub steps: &'static str,
    pub notes: &'static str,
    pub basis: &'static str,
    pub detail: &'static str,
    pub support: &'static str,
}

pub struct FormPost {
    pub title: &'static str,
    pub text: &'static str,
    pub submit: &'static str,
}

pub struct SignOut {
    pub title: &'static str,
    pub asked_by: &'static str,
    pub text: &'static str,
    pub portals: &'static str,
    pub submit: &'static str,
    pub stay: &'static str,
    pub done_title: &'static str,
    pub done_text: &'static str,
}

pub struct Recover {
    pub title: &'static str,
    pub intro: &'static str,
    pub send: &'static str,
    pub back: &'static str,
    pub code_title: &'static str,
    pub code_intro: &'static str,
    pub code: &'static str,
    pub second_code: &'static str,
    pub second_code_hint: &'static str,
    pub password: &'static str,
    pub password_rules: &'static str,
    pub password_again: &'static str,
    pub consequence: &'static str,
    pub submit: &'static str,
    pub start_again: &'static str,
    pub done_title: &'static str,
    pub done_text: &'static str,
    pub done_warning: &'static str,
    pub done_sign_in: &'static str,
}

pub struct Phone {
    pub title: &'static str,
    pub intro: &'static str,
    pub choose: &'static str,
    pub everybody: &'static str,
    pub messages: &'static str,
    pub empty: &'static str,
    pub reload: &'static str,
    pub sms: &'static str,
    pub email: &'static str,
    pub to: &'static str,
    pub code: &'static str,
}

pub struct Home {
    pub title: &'static str,
    pub intro: &'static str,
    pub portals: &'static str,
    pub no_portals: &'static str,
    pub how_title: &'static str,
    pub how: [&'static str; 3],
    pub sandbox_title: &'static str,
    pub metadata: &'static str,
}
