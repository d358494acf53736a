//! RFC 6749 §3.1 and Appendix B: parameters from raw bytes.

use oidc_provider::parameters::{MAX_COUNT, MAX_LENGTH, Parameters, ParametersError};

#[test]
fn a_query_is_decoded() {
    let parameters = Parameters::parse(b"scope=openid+profile&state=a%26b%3Dc%2Bd&name=Nguy%E1%BB%85n&flag").unwrap();
    assert_eq!(parameters.value("scope"), Some("openid profile"));
    assert_eq!(parameters.value("state"), Some("a&b=c+d"));
    assert_eq!(parameters.value("name"), Some("Nguyễn"));
    assert_eq!(parameters.value("flag"), None);
    assert_eq!(parameters.value("absent"), None);
}

#[test]
fn a_parameter_without_a_value_is_absent() {
    assert_eq!(Parameters::parse(b"nonce=&state").unwrap().value("nonce"), None);
}

#[test]
fn a_repeated_parameter_is_remembered_and_its_first_value_kept() {
    let parameters = Parameters::parse(b"state=1&scope=openid&state=2&state=3").unwrap();
    assert_eq!(parameters.value("state"), Some("1"));
    assert_eq!(parameters.duplicate(), Some("state"));
    assert!(parameters.is_duplicate("state") && !parameters.is_duplicate("scope"));
}

#[test]
fn a_name_repeated_in_another_encoding_is_repeated() {
    assert_eq!(Parameters::parse(b"state=1&st%61te=2").unwrap().duplicate(), Some("state"));
}

#[test]
fn a_repetition_without_a_value_is_a_repetition() {
    assert_eq!(Parameters::parse(b"state=&state=2").unwrap().duplicate(), Some("state"));
}

#[test]
fn resource_may_come_twice() {
    assert_eq!(Parameters::parse(b"resource=https://a&resource=https://b").unwrap().duplicate(), None);
}

#[test]
fn bytes_that_are_no_text_are_refused() {
    for (raw, expected) in [
        (&b"state=%zz"[..], ParametersError::BadEscape),
        (b"state=%4", ParametersError::BadEscape),
        (b"state=%", ParametersError::BadEscape),
        (b"st%%61te=1", ParametersError::BadEscape),
        (b"state=%ff", ParametersError::InvalidUtf8),
        (b"state=%c3%28", ParametersError::InvalidUtf8),
        (b"state=\xff", ParametersError::InvalidUtf8),
        (b"%c0%80=1", ParametersError::InvalidUtf8),
        (b"state=a%00b", ParametersError::NulByte),
        (b"sta\0te=a", ParametersError::NulByte),
    ] {
        assert_eq!(Parameters::parse(raw), Err(expected), "{raw:?}");
    }
}

#[test]
fn a_huge_request_is_refused() {
    let long = vec![b'a'; MAX_LENGTH + 1];
    assert_eq!(Parameters::parse(&long), Err(ParametersError::TooLong));
    assert!(Parameters::parse(&long[..MAX_LENGTH]).is_ok());
    let many = |count: usize| (0..count).map(|index| format!("p{index}=1")).collect::<Vec<_>>().join("&");
    assert_eq!(Parameters::parse(many(MAX_COUNT + 1).as_bytes()), Err(ParametersError::TooMany));
    assert!(Parameters::parse(many(MAX_COUNT).as_bytes()).is_ok());
}

#[test]
fn values_do_not_print() {
    let printed = format!("{:?}", Parameters::from_pairs([("client_secret", "hush")]));
    assert!(printed.contains("client_secret") && !printed.contains("hush"));
}
