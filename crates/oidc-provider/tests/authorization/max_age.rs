//! OpenID Connect Core §3.1.2.1: `max_age`.

use oidc_provider::{
    authorization::{AuthenticateReason, AuthorizationError, Decision, Situation, decide},
    client::ClientMetadata,
};
use time::Duration;

use crate::actors::{NOW, ask, asked, at_ease, citizen, portal, portal_metadata, register};

const STALE: Decision = Decision::Authenticate(AuthenticateReason::MaxAge);

/// What is decided about a sign-in of this age.
fn after(age: Duration, max_age: &str) -> Decision {
    let mut citizen = citizen();
    citizen.auth_time = NOW - age;
    decide(&asked(&[("max_age", Some(max_age))]), &portal(), &at_ease(&citizen), NOW)
}

#[test]
fn a_sign_in_may_be_as_old_as_max_age_and_not_older() {
    assert_eq!(after(Duration::seconds(60), "60"), Decision::Permit);
    assert_eq!(after(Duration::seconds(60) + Duration::MILLISECOND, "60"), STALE);
    assert_eq!(after(Duration::days(400), "18446744073709551615"), Decision::Permit);
}

#[test]
fn max_age_zero_means_sign_in_again() {
    assert_eq!(after(Duration::ZERO, "0"), STALE);
    assert_eq!(after(Duration::seconds(-5), "0"), STALE);
}

#[test]
fn a_clock_ahead_of_ours_makes_no_sign_in_stale() {
    assert_eq!(after(Duration::seconds(-5), "1"), Decision::Permit);
}

#[test]
fn signing_in_here_satisfies_it() {
    let citizen = citizen();
    let situation = Situation { authenticated_here: true, ..at_ease(&citizen) };
    assert_eq!(decide(&asked(&[("max_age", Some("0"))]), &portal(), &situation, NOW), Decision::Permit);
}

#[test]
fn with_prompt_none_it_is_login_required() {
    let request = asked(&[("max_age", Some("1")), ("prompt", Some("none"))]);
    assert_eq!(decide(&request, &portal(), &at_ease(&citizen()), NOW), Decision::Refuse(AuthorizationError::LoginRequired));
}

#[test]
fn the_clients_default_holds_where_the_request_names_none() {
    let client = register(ClientMetadata { default_max_age: Some(30), ..portal_metadata() }).unwrap();
    assert_eq!(decide(&ask(&client, &[]).unwrap(), &client, &at_ease(&citizen()), NOW), STALE);
    assert_eq!(decide(&ask(&client, &[("max_age", Some("90"))]).unwrap(), &client, &at_ease(&citizen()), NOW), Decision::Permit);
}
