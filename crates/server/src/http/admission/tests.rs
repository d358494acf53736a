use super::*;

fn admission(in_flight: usize, longest_wait_milliseconds: u64) -> Admission {
    Admission::new(&HttpConfig { in_flight, longest_wait_milliseconds, ..HttpConfig::default() })
}

const LATE: Duration = Duration::from_millis(101);

#[test]
fn new_sign_ins_give_way_before_begun_ones_and_operation_never() {
    let admission = admission(2, 0);
    let held: Vec<_> = (0..2).map(|_| admission.enter(Urgency::Begins).unwrap()).collect();
    assert_eq!(admission.check(Urgency::Begins, Duration::ZERO), Err(NoRoom::InFlight));
    assert_eq!(admission.enter(Urgency::Begins).unwrap_err(), NoRoom::InFlight);
    let more: Vec<_> = (0..2).map(|_| admission.enter(Urgency::Finishes).unwrap()).collect();
    assert_eq!(admission.check(Urgency::Finishes, Duration::ZERO), Err(NoRoom::InFlight));
    assert_eq!(admission.enter(Urgency::Finishes).unwrap_err(), NoRoom::InFlight);
    assert!(admission.check(Urgency::Always, LATE).is_ok() && admission.enter(Urgency::Always).is_ok());
    drop((held, more));
    assert_eq!(admission.in_flight(), 0, "who was refused holds nothing");
    assert!(admission.check(Urgency::Begins, Duration::ZERO).is_ok());
}

#[test]
fn a_late_worker_refuses_new_sign_ins_first() {
    let admission = admission(10, 100);
    assert!(admission.check(Urgency::Begins, Duration::from_millis(100)).is_ok());
    assert_eq!(admission.check(Urgency::Begins, LATE), Err(NoRoom::Wait));
    assert!(admission.check(Urgency::Finishes, 3 * LATE).is_ok());
    assert_eq!(admission.check(Urgency::Finishes, 4 * LATE), Err(NoRoom::Wait));
    assert!(self::admission(10, 0).check(Urgency::Begins, 1000 * LATE).is_ok(), "switched off");
}

#[test]
fn every_path_has_its_urgency() {
    let get = |path| Urgency::of(&actix_web::http::Method::GET, path);
    let post = |path| Urgency::of(&actix_web::http::Method::POST, path);
    assert_eq!([get("/healthz"), get("/readyz"), get("/metrics")], [Urgency::Always; 3]);
    for path in ["/oauth2/token", "/interaction/login", "/interaction/consent", "/oidc/logout", "/account/recover/code"] {
        assert_eq!(post(path), Urgency::Finishes, "{path}");
    }
    for path in ["/interaction/abc", "/oauth2/userinfo", "/static/style.css"] {
        assert_eq!(get(path), Urgency::Finishes, "{path}");
    }
    for path in ["/oauth2/authorize", "/", "/account/recover", "/healthz/", "/nothing"] {
        assert_eq!(get(path), Urgency::Begins, "{path}");
    }
}
