//! One-time codes: six digits sent to a phone or a mailbox that prove its possession (Decree 69/2024/NĐ-CP Art. 20.2).
//!
//! 1. [`Drafting`] draws a code and makes a [`Draft`]: its hash, and the [message](message) that carries it. [`Draft::place`] stores
//!    both in the caller's transaction; the [delivery](crate::delivery) worker sends the message.
//! 2. [`send`] does that for a sign-in; [`check`] judges what was typed, in one atomic step of the store: a right code is
//!    consumed, a wrong one costs a try.
//!
//! A code belongs to one account and one [`Purpose`]: the code of a sign-in opens no recovery. The account is the one being
//! signed in to; for a child the code goes to the guardian's phone and still belongs to the child's account.

mod digits;
mod draft;
pub mod message;
mod sign_in;
#[cfg(test)]
pub(crate) mod tests;

pub use self::digits::OneTimeCode;
pub(crate) use self::draft::limits;
pub use self::draft::{Draft, Drafting, Placed};
pub(crate) use self::sign_in::hash_of;
pub use self::sign_in::{Audience, Recipient, check, recipient, send};

/// What a code is good for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Purpose {
    /// The holder's second factor.
    SignIn,
    /// The guardian's agreement to a child's sign-in (Decree 69/2024/NĐ-CP Art. 14.2).
    Guardian,
    /// A new password: the code on the phone.
    Recovery,
    /// A new password at level 2: the code in the mailbox.
    RecoveryByMail,
    /// A new password at level 2: the code that an officer hands out.
    RecoveryByOfficer,
}

impl Purpose {
    /// The name in the store. Never changed.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::SignIn => "sign_in",
            Self::Guardian => "guardian",
            Self::Recovery => "recovery",
            Self::RecoveryByMail => "recovery_by_mail",
            Self::RecoveryByOfficer => "recovery_by_officer",
        }
    }
}
