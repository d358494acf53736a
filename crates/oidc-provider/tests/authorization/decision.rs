//! OpenID Connect Core §3.1.2.3, §3.1.2.4: what is due next.

use oidc_provider::{
    authorization::{
        AuthenticateReason, AuthorizationError, ConsentStanding, Decision, ResolvedRequest, Situation, Standing, StepUpReason, decide,
    },
    client::{Client, ConsentPolicy},
};

use crate::actors::{NOW, asked, at_ease, citizen, portal};

fn decided(request: &ResolvedRequest, change: impl FnOnce(&mut Situation<'_>)) -> Decision {
    decided_for(&portal(), request, change)
}

fn decided_for(client: &Client, request: &ResolvedRequest, change: impl FnOnce(&mut Situation<'_>)) -> Decision {
    let citizen = citizen();
    let mut situation = at_ease(&citizen);
    change(&mut situation);
    decide(request, client, &situation, NOW)
}

fn prompt(words: &str) -> ResolvedRequest {
    asked(&[("prompt", Some(words))])
}

fn silent() -> ResolvedRequest {
    prompt("none")
}

fn refuse(error: AuthorizationError) -> Decision {
    Decision::Refuse(error)
}

#[test]
fn nothing_due_permits() {
    assert_eq!(decided(&asked(&[]), |_| ()), Decision::Permit);
    assert_eq!(decided(&silent(), |_| ()), Decision::Permit);
}

#[test]
fn nobody_signed_in_signs_in() {
    assert_eq!(decided(&asked(&[]), |s| s.authentication = None), Decision::Authenticate(AuthenticateReason::NoSession));
    assert_eq!(decided(&silent(), |s| s.authentication = None), refuse(AuthorizationError::LoginRequired));
}

#[test]
fn prompt_login_and_select_account_hold_until_somebody_signed_in_here() {
    for (words, reason) in [("login", AuthenticateReason::PromptLogin), ("select_account", AuthenticateReason::SelectAccount)] {
        assert_eq!(decided(&prompt(words), |_| ()), Decision::Authenticate(reason));
        assert_eq!(decided(&prompt(words), |s| s.authenticated_here = true), Decision::Permit);
    }
}

#[test]
fn choosing_the_account_answers_select_account_and_nothing_else() {
    assert_eq!(decided(&prompt("select_account"), |s| s.chosen_here = true), Decision::Permit);
    let stale = asked(&[("prompt", Some("select_account")), ("max_age", Some("1"))]);
    assert_eq!(decided(&stale, |s| s.chosen_here = true), Decision::Authenticate(AuthenticateReason::MaxAge));
    let again = Decision::Authenticate(AuthenticateReason::PromptLogin);
    assert_eq!(decided(&prompt("select_account login"), |s| s.chosen_here = true), again);
}

#[test]
fn another_person_than_the_hinted_one_signs_in_and_then_is_refused() {
    let claims = Some(r#"{"id_token":{"sub":{"value":"sub-2"}}}"#);
    for hint in [("id_token_hint", Some("sub-2/portal-a")), ("claims", claims)] {
        let request = asked(&[hint]);
        assert_eq!(decided(&request, |_| ()), Decision::Authenticate(AuthenticateReason::HintMismatch));
        assert_eq!(decided(&request, |s| s.authenticated_here = true), refuse(AuthorizationError::LoginRequired));
        let silent = asked(&[hint, ("prompt", Some("none"))]);
        assert_eq!(decided(&silent, |_| ()), refuse(AuthorizationError::LoginRequired));
    }
}

#[test]
fn the_hinted_person_is_permitted() {
    assert_eq!(decided(&asked(&[("id_token_hint", Some("sub-1/portal-a")), ("prompt", Some("none"))]), |_| ()), Decision::Permit);
    assert_eq!(decided(&asked(&[("claims", Some(r#"{"id_token":{"sub":{"value":"sub-1"}}}"#))]), |_| ()), Decision::Permit);
}

#[test]
fn an_account_that_may_not_be_used_is_denied_without_a_ground() {
    assert_eq!(decided(&asked(&[]), |s| s.admitted = false), refuse(AuthorizationError::AccessDenied));
    assert_eq!(decided(&silent(), |s| s.admitted = false), refuse(AuthorizationError::AccessDenied));
}

#[test]
fn what_binds_is_stepped_up_to_or_refused() {
    assert_eq!(decided(&asked(&[]), |s| s.binding = Standing::Attainable), Decision::StepUp(StepUpReason::Binding));
    assert_eq!(decided(&silent(), |s| s.binding = Standing::Attainable), refuse(AuthorizationError::InteractionRequired));
    let unmet = refuse(AuthorizationError::UnmetAuthenticationRequirements);
    assert_eq!(decided(&asked(&[]), |s| s.binding = Standing::Unattainable), unmet);
    assert_eq!(decided(&silent(), |s| s.binding = Standing::Unattainable), unmet);
}

#[test]
fn what_is_wished_is_offered_once_and_never_an_error() {
    assert_eq!(decided(&asked(&[]), |s| s.voluntary = Standing::Attainable), Decision::StepUp(StepUpReason::Voluntary));
    let declined = |s: &mut Situation<'_>| (s.voluntary, s.voluntary_declined) = (Standing::Attainable, true);
    assert_eq!(decided(&asked(&[]), declined), Decision::Permit);
    assert_eq!(decided(&asked(&[]), |s| s.voluntary = Standing::Unattainable), Decision::Permit);
    assert_eq!(decided(&silent(), |s| s.voluntary = Standing::Attainable), Decision::Permit);
}

#[test]
fn consent_is_asked_when_due() {
    assert_eq!(decided(&asked(&[]), |s| s.consent = ConsentStanding::Due), Decision::AskConsent);
    assert_eq!(decided(&silent(), |s| s.consent = ConsentStanding::Due), refuse(AuthorizationError::ConsentRequired));
}

#[test]
fn prompt_consent_asks_once_whatever_is_remembered() {
    let mut client = portal();
    for policy in [ConsentPolicy::Remembered, ConsentPolicy::Always, ConsentPolicy::None] {
        client.consent = policy;
        assert_eq!(decided_for(&client, &prompt("consent"), |_| ()), Decision::AskConsent);
        assert_eq!(decided_for(&client, &prompt("consent"), |s| s.consented_here = true), Decision::Permit);
    }
}

#[test]
fn a_client_may_always_ask_or_never() {
    let due = |s: &mut Situation<'_>| s.consent = ConsentStanding::Due;
    let mut client = portal();
    client.consent = ConsentPolicy::Always;
    assert_eq!(decided_for(&client, &asked(&[]), |_| ()), Decision::AskConsent);
    assert_eq!(decided_for(&client, &silent(), |_| ()), refuse(AuthorizationError::ConsentRequired));
    client.consent = ConsentPolicy::None;
    assert_eq!(decided_for(&client, &asked(&[]), due), Decision::Permit);
}

#[test]
fn the_order_is_sign_in_admission_level_wish_consent() {
    let mut seen = Vec::new();
    let citizen = citizen();
    let request = prompt("login consent");
    let mut situation = Situation {
        authentication: None,
        authenticated_here: false,
        chosen_here: false,
        admitted: false,
        binding: Standing::Attainable,
        voluntary: Standing::Attainable,
        voluntary_declined: false,
        consent: ConsentStanding::Due,
        consented_here: false,
    };
    let cures: [fn(&mut Situation<'_>); 7] = [
        |s| s.authenticated_here = true,
        |s| s.admitted = true,
        |s| s.binding = Standing::Satisfied,
        |s| s.voluntary_declined = true,
        |s| s.consent = ConsentStanding::Covered,
        |s| s.consented_here = true,
        |_| (),
    ];
    seen.push(decide(&request, &portal(), &situation, NOW));
    situation.authentication = Some(&citizen);
    for cure in cures {
        seen.push(decide(&request, &portal(), &situation, NOW));
        cure(&mut situation);
    }
    assert_eq!(
        seen,
        [
            Decision::Authenticate(AuthenticateReason::NoSession),
            Decision::Authenticate(AuthenticateReason::PromptLogin),
            refuse(AuthorizationError::AccessDenied),
            Decision::StepUp(StepUpReason::Binding),
            Decision::StepUp(StepUpReason::Voluntary),
            Decision::AskConsent,
            Decision::AskConsent,
            Decision::Permit,
        ]
    );
}
