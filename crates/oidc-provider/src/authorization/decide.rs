//! The answer to an authorization request: a pure function, an ordered table of named checks.

use time::{Duration, OffsetDateTime};

use super::{Authentication, AuthorizationError, ConsentStanding, PromptValue, ResolvedRequest, Situation, Standing};
use crate::client::{Client, ConsentPolicy};

/// What happens next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Decision {
    /// The citizen must sign in.
    Authenticate(AuthenticateReason),
    /// The citizen must prove another factor; `sub` and `sid` stay.
    StepUp(StepUpReason),
    /// The citizen must be asked.
    AskConsent,
    /// The client gets its code.
    Permit,
    /// The client gets an error.
    Refuse(AuthorizationError),
}

/// Why the citizen must sign in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AuthenticateReason {
    /// Nobody is signed in.
    NoSession,
    /// `prompt=login`.
    PromptLogin,
    /// `prompt=select_account`.
    SelectAccount,
    /// The sign-in is older than `max_age`.
    MaxAge,
    /// Another citizen is signed in than the one the client means.
    HintMismatch,
}

/// Why another factor is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StepUpReason {
    /// The client cannot do without.
    Binding,
    /// The client would like it; the citizen may skip it.
    Voluntary,
}

/// What every check looks at.
struct Case<'a> {
    request: &'a ResolvedRequest,
    client: &'a Client,
    situation: &'a Situation<'a>,
    now: OffsetDateTime,
}

/// Decides. The first check that has an answer gives it; none has: permit.
pub fn decide(request: &ResolvedRequest, client: &Client, situation: &Situation<'_>, now: OffsetDateTime) -> Decision {
    let case = Case { request, client, situation, now };
    let Some(authentication) = situation.authentication else {
        return case.authenticate(AuthenticateReason::NoSession);
    };
    let answer = case
        .prompt_login()
        .or_else(|| case.select_account())
        .or_else(|| case.max_age(authentication))
        .or_else(|| case.another_person(authentication))
        .or_else(|| case.not_admitted())
        .or_else(|| case.binding())
        .or_else(|| case.voluntary())
        .or_else(|| case.consent());
    answer.unwrap_or(Decision::Permit)
}

impl Case<'_> {
    /// Core §3.1.2.1: with `none` the server "MUST NOT display any authentication or consent user interface pages".
    fn unless_silent(&self, page: Decision, error: AuthorizationError) -> Decision {
        if self.request.prompt.is_none() { Decision::Refuse(error) } else { page }
    }

    fn authenticate(&self, reason: AuthenticateReason) -> Decision {
        self.unless_silent(Decision::Authenticate(reason), AuthorizationError::LoginRequired)
    }

    /// Core §3.1.2.1: `login` "SHOULD prompt the End-User for reauthentication"; §3.1.2.3: MUST attempt to authenticate.
    fn prompt_login(&self) -> Option<Decision> {
        let due = self.request.prompt.contains(PromptValue::Login) && !self.situation.authenticated_here;
        due.then(|| self.authenticate(AuthenticateReason::PromptLogin))
    }

    /// Core §3.1.2.1: `select_account` "SHOULD prompt the End-User to select a user account".
    fn select_account(&self) -> Option<Decision> {
        let answered = self.situation.authenticated_here || self.situation.chosen_here;
        let due = self.request.prompt.contains(PromptValue::SelectAccount) && !answered;
        due.then(|| self.authenticate(AuthenticateReason::SelectAccount))
    }

    /// Core §3.1.2.1: if the elapsed time is greater than max_age, "the OP MUST attempt to actively re-authenticate the End-User"; "max_age=0 is
    /// equivalent to prompt=login". A sign-in in the future (another node's clock) is fresh.
    fn max_age(&self, authentication: &Authentication) -> Option<Decision> {
        let seconds = self.request.max_age?;
        let allowed = i64::try_from(seconds).map_or(Duration::MAX, Duration::seconds);
        let stale = seconds == 0 || self.now - authentication.auth_time > allowed;
        (stale && !self.situation.authenticated_here).then(|| self.authenticate(AuthenticateReason::MaxAge))
    }

    /// Core §3.1.2.2: with a `sub` requested by `id_token_hint` or `claims`, the server "MUST only send a positive response if the End-User
    /// identified by that sub value has an active session or has been Authenticated as a result of the request".
    fn another_person(&self, authentication: &Authentication) -> Option<Decision> {
        let hinted = self.request.id_token_hint.as_ref().is_none_or(|hint| hint.sub == authentication.sub);
        let asked = self.request.claims.id_token.get("sub").is_none_or(|claim| claim.accepts(&authentication.sub.as_str().into()));
        match (hinted && asked, self.situation.authenticated_here) {
            (true, _) => None,
            // The citizen has just signed in, as somebody else: asking again would go on for ever.
            (false, true) => Some(Decision::Refuse(AuthorizationError::LoginRequired)),
            (false, false) => Some(self.authenticate(AuthenticateReason::HintMismatch)),
        }
    }

    /// The law does not let this account be used today; the portal does not learn why.
    fn not_admitted(&self) -> Option<Decision> {
        (!self.situation.admitted).then_some(Decision::Refuse(AuthorizationError::AccessDenied))
    }

    /// Core §5.5.1.1: an essential `acr` that cannot be satisfied "MUST be treated as a failed authentication attempt"; the client's registered
    /// minimums bind alike.
    fn binding(&self) -> Option<Decision> {
        match self.situation.binding {
            Standing::Satisfied => None,
            Standing::Attainable => {
                Some(self.unless_silent(Decision::StepUp(StepUpReason::Binding), AuthorizationError::InteractionRequired))
            }
            Standing::Unattainable => Some(Decision::Refuse(AuthorizationError::UnmetAuthenticationRequirements)),
        }
    }

    /// Core §3.1.2.1: `acr_values` is a voluntary claim: worth a page, never an error.
    fn voluntary(&self) -> Option<Decision> {
        let wanted = self.situation.voluntary == Standing::Attainable && !self.situation.voluntary_declined;
        (wanted && !self.request.prompt.is_none()).then_some(Decision::StepUp(StepUpReason::Voluntary))
    }

    /// Core §3.1.2.4: the server "MUST obtain an authorization decision before releasing information to the Relying Party".
    fn consent(&self) -> Option<Decision> {
        let by_policy = match self.client.consent {
            ConsentPolicy::Remembered => self.situation.consent == ConsentStanding::Due,
            ConsentPolicy::Always => !self.situation.consented_here,
            ConsentPolicy::None => false,
        };
        let by_prompt = self.request.prompt.contains(PromptValue::Consent) && !self.situation.consented_here;
        (by_policy || by_prompt).then(|| self.unless_silent(Decision::AskConsent, AuthorizationError::ConsentRequired))
    }
}
