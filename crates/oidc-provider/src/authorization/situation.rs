//! Who is there while a request waits for its answer: the facts that [`super::decide`] judges. The law is not known here, only what it said.

use super::Authentication;

/// Whether a requirement on the sign-in is met, by this citizen at this moment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// The sign-in satisfies it as it is, or there is no such requirement.
    Satisfied,
    /// Another factor would satisfy it.
    Attainable,
    /// No factor can: the account's own level is too low, or nobody knows the value.
    Unattainable,
}

/// Whether what would be released was agreed to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ConsentStanding {
    /// All of it.
    Covered,
    /// Not, or not all of it.
    Due,
}

/// The facts about one interaction.
#[derive(Clone, Copy, Debug)]
pub struct Situation<'a> {
    /// The live session of this browser, as this client may see it.
    pub authentication: Option<&'a Authentication>,
    /// Whether a factor was proven in this very interaction: that answers `prompt=login`, `prompt=select_account` and `max_age`.
    pub authenticated_here: bool,
    /// Whether the citizen said in this very interaction to go on with the account that is signed in: that answers
    /// `prompt=select_account`, and nothing else, for no factor was proven.
    pub chosen_here: bool,
    /// Whether the law lets this account be used today.
    pub admitted: bool,
    /// What binds: the client's minimum levels and an essential `acr`.
    pub binding: Standing,
    /// What is wished: `acr_values`, scopes of level 2.
    pub voluntary: Standing,
    /// Whether the citizen has skipped the step-up that is only wished.
    pub voluntary_declined: bool,
    /// Whether consent is due by what is remembered.
    pub consent: ConsentStanding,
    /// Whether the citizen agreed in this very interaction: that answers `prompt=consent` and clients that always ask.
    pub consented_here: bool,
}
