//! English.

use super::{
    ChooseAccount, Code, Common, Consent, FormPost, Home, NoticeWords, Phone, Phrases, Recover, SignIn, SignOut, Text, en_notices,
};
use crate::pages::{CodeProblem, CodeRecipient, RecoverProblem, RecoverStartProblem, SignInProblem};

pub(super) static TEXT: Text = Text {
    common: Common {
        product: "Electronic identification",
        tagline: "One account for public services",
        skip: "Skip to main content",
        sandbox_title: "Sandbox.",
        sandbox_text: "Citizens and portals here are made up. Do not enter real information.",
        sandbox_phone: "Test phone",
        footer_secret: "Never share your password or a one-time code with anyone, not even an official.",
        footer_address: "Before you type your password, check the address of this page in your browser.",
        request_id: "Request ID",
        problem: "There is a problem",
        cancel: "Cancel and return to the portal",
        sign_in_to: "Sign in to",
        show: "Show",
        hide: "Hide",
        shown_password: "password",
        fill_in: "Please fill in this field.",
        citizen_id: "Personal identification number",
        citizen_id_hint: "12 digits, printed on your ID card.",
        code_hint: "6 digits.",
        never_share: "Never share this code with anyone, not even an official.",
    },
    sign_in: SignIn {
        title: "Sign in",
        intro: "Use your electronic identification account (VNeID).",
        level_two: "This portal needs a level 2 account. After your password you will enter a code sent to your phone.",
        password: "Password",
        submit: "Sign in",
        forgot: "Forgot your password?",
        demo_title: "Citizens to try",
        demo_password: "Password of every citizen:",
    },
    code: Code {
        title: "Enter the code",
        label: "One-time code",
        confirm: "Confirm",
        not_received: "No code received?",
        resend: "Send a new code",
        resend_waiting: "Send a new code (in {} s)",
        skip: "Continue without a code",
        skip_hint: "The portal will receive level 1 information only.",
    },
    consent: Consent {
        title: "Confirm sharing of information",
        asks: "asks to receive the information below.",
        more: "You agreed to share some information with this portal before. It now asks for more.",
        recipient: "Recipient",
        holder: "Data subject",
        on_behalf_of: "Consent on behalf of",
        purpose: "Purpose",
        agreement: "Connection agreement no.",
        data: "Information to be shared",
        level_two: "Level 2",
        no_value: "None on record",
        offline: "The portal may go on receiving this information while you are away, until you withdraw your consent.",
        rights_title: "Your rights",
        rights: [
            "Only the information listed above is shared, and only for the purpose stated.",
            "You may decline. The portal then receives nothing.",
            "You may withdraw your consent at any time. This does not affect what was done before.",
        ],
        basis: "Legal basis: Law on Personal Data Protection No. 91/2025/QH15; Decree No. 69/2024/NĐ-CP.",
        allow: "Agree and share",
        deny: "Decline",
        print: "Print this page",
        printed_note: "Printed for your own records. This print does not prove that you agreed.",
    },
    choose_account: ChooseAccount {
        title: "Choose an account",
        signed_in_as: "Signed in as",
        current: "Continue with this account",
        other: "Use another account",
    },
    notices: NoticeWords {
        reasons: "Reason",
        steps: "What to do",
        notes: "Good to know",
        basis: "Legal basis",
        detail: "Technical detail",
        support: "If you ask for help, give this request ID:",
    },
    form_post: FormPost { title: "Returning to the portal", text: "If nothing happens, press “Continue”.", submit: "Continue" },
    sign_out: SignOut {
        title: "Sign out",
        asked_by: "The request to sign out comes from",
        text: "Your session with the electronic identification account in this browser will end. Next time you will need your password again.",
        portals: "Portals that are open may keep sessions of their own. On a shared computer, sign out of each of them.",
        submit: "Sign out",
        stay: "Stay signed in",
        done_title: "You are signed out",
        done_text: "Your session with the electronic identification account has ended.",
    },
    recover: Recover {
        title: "Forgotten password",
        intro: "Enter your personal identification number. If it has an account, a code will be sent to the phone number on record.",
        send: "Send the code",
        back: "Back to sign-in",
        code_title: "Set a new password",
        code_intro: "If the number you entered has an account, a code was sent to the phone number on record.",
        code: "Code sent to your phone",
        second_code: "Second code (level 2 accounts only)",
        second_code_hint: "The code sent by e-mail, or one given to you by a commune-level police officer. Leave empty if your account is level 1.",
        password: "New password",
        password_rules: "At least 8 characters with an upper-case letter, a lower-case letter, a digit and a special character; not containing your identification number.",
        password_again: "New password again",
        consequence: "Once the new password is set, every session ends and you receive a notice.",
        submit: "Set the new password",
        start_again: "Ask for another code",
        done_title: "Your new password is set",
        done_text: "All earlier sessions have ended. A notice was sent to the phone number and e-mail address on record.",
        done_warning: "If this was not you, tell the nearest commune-level police at once.",
        done_sign_in: "Sign in",
    },
    phone: Phone {
        title: "Test phone",
        intro: "Text messages and e-mails of the sandbox appear here; none leaves it.",
        choose: "Show the phone of",
        everybody: "Everybody",
        messages: "Messages",
        empty: "No messages yet.",
        reload: "Reload",
        sms: "Text message",
        email: "E-mail",
        to: "to",
        code: "Code",
    },
    home: Home {
        title: "Sign in to public services with the electronic identification account",
        intro: "Sign-in begins at a public service portal. The portal sends you here to prove who you are, and then you return to it.",
        portals: "Portals",
        no_portals: "There is no portal to show here yet.",
        how_title: "How to sign in",
        how: [
            "Open the portal and choose “Sign in”.",
            "Enter your personal identification number and password; level 2 services also need a code sent to your phone.",
            "Look at what the portal asks to receive, then agree or decline.",
        ],
        sandbox_title: "For testers",
        metadata: "OpenID Connect metadata",
    },
    phrases: Phrases {
        duration,
        back_to: |name| format!("Back to {name}"),
        sign_in_problem,
        code_problem,
        code_sent_to,
        code_valid_for: |minutes| format!("The code is valid for {}.", count(minutes, "minute")),
        resend_in: |seconds| format!("You can ask for a new code in {}.", duration(seconds)),
        recover_start_problem,
        recover_problem,
        notice: en_notices::notice,
    },
};

const BUSY: &str = "The system is very busy. Please try again in a few minutes.";
const NUMBER_MALFORMED: &str = "The personal identification number has exactly 12 digits. Please check it and try again.";

fn count(number: u64, unit: &str) -> String {
    let plural = if number == 1 { "" } else { "s" };
    format!("{number} {unit}{plural}")
}

pub(super) fn duration(seconds: u64) -> String {
    match (seconds / 3600, seconds / 60 % 60, seconds % 60) {
        (0, 0, seconds) => count(seconds, "second"),
        (0, minutes, 0) => count(minutes, "minute"),
        (0, minutes, seconds) => format!("{} {}", count(minutes, "minute"), count(seconds, "second")),
        (hours, 0, _) => count(hours, "hour"),
        (hours, minutes, _) => format!("{} {}", count(hours, "hour"), count(minutes, "minute")),
    }
}

fn throttled(seconds: u64) -> String {
    format!("There were too many tries. To protect the account, please try again in {}.", duration(seconds))
}

fn sign_in_problem(problem: &SignInProblem) -> String {
    match problem {
        SignInProblem::NumberMalformed => NUMBER_MALFORMED.to_owned(),
        SignInProblem::Wrong => "The number or the password is wrong. Please try again.".to_owned(),
        SignInProblem::Throttled { seconds } => throttled(*seconds),
        SignInProblem::Busy => BUSY.to_owned(),
    }
}

fn code_problem(problem: &CodeProblem) -> String {
    match problem {
        CodeProblem::Wrong { tries_left: 0 } | CodeProblem::Exhausted => {
            "The code was entered wrongly too often and can no longer be used. Please ask for a new code.".to_owned()
        }
        CodeProblem::Wrong { tries_left: 1 } => "The code is wrong. You have 1 try left.".to_owned(),
        CodeProblem::Wrong { tries_left } => format!("The code is wrong. You have {tries_left} tries left."),
        CodeProblem::Expired => "The code has expired. Please ask for a new code.".to_owned(),
        CodeProblem::TooSoon { seconds } => format!("A code was sent a moment ago. You can ask for a new code in {}.", duration(*seconds)),
        CodeProblem::NotSent => "The message could not be sent. Please press “Send a new code”.".to_owned(),
    }
}

fn code_sent_to(recipient: &CodeRecipient) -> String {
    match recipient {
        CodeRecipient::Holder { phone_masked } | CodeRecipient::Guardian { phone_masked, .. } if phone_masked.is_empty() => {
            "There is no phone number on record to send a code to. Please have a mobile number in your own name recorded by the commune-level police."
                .to_owned()
        }
        CodeRecipient::Holder { phone_masked } => format!("A code was sent by text message to {phone_masked}."),
        CodeRecipient::Guardian { name_masked, phone_masked, child_name } => format!(
            "The account of {child_name} may be used with the consent of a representative or guardian. A code was sent by text message \
             to {phone_masked}, the number of {name_masked}. Entering it means agreeing that {child_name} signs in."
        ),
    }
}

fn recover_start_problem(problem: &RecoverStartProblem) -> String {
    match problem {
        RecoverStartProblem::NumberMalformed => NUMBER_MALFORMED.to_owned(),
        RecoverStartProblem::Throttled { seconds } => throttled(*seconds),
        RecoverStartProblem::Busy => BUSY.to_owned(),
    }
}

fn recover_problem(problem: &RecoverProblem) -> String {
    match problem {
        RecoverProblem::CodeWrong => "A code is wrong. Please check both codes and try again.".to_owned(),
        RecoverProblem::Expired => "The code has expired. Please ask for another.".to_owned(),
        RecoverProblem::PasswordWeak => {
            "The new password needs at least 8 characters with an upper-case letter, a lower-case letter, a digit \
             and a special character, and must not contain your identification number."
                .to_owned()
        }
        RecoverProblem::PasswordsDiffer => "The two new passwords differ. Please type them again.".to_owned(),
        RecoverProblem::Throttled { seconds } => throttled(*seconds),
        RecoverProblem::Busy => BUSY.to_owned(),
    }
}
