use std::net::SocketAddr;

use time::macros::datetime;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;

use super::*;

const NOON: OffsetDateTime = datetime!(2026-03-02 12:00 UTC);
/// The public key of RFC 7517 appendix A.1.
const KEY_SET: &str = r#"{"keys":[{"kty":"EC","crv":"P-256","x":"MKBCTNIcKUSDii11ySs3526iDZ8AiTo7Tu6KPAqv7D4","y":"4Etl6SRW2YiLUrN5vfvVHuhp7x8PxltmWWlbbM4IFyM","use":"sig","kid":"1","alg":"ES256"}]}"#;

fn sandbox() -> Outbound {
    Outbound::reaching(Reach::Sandbox, None).unwrap()
}

fn production() -> Outbound {
    Outbound::reaching(Reach::Public, None).unwrap()
}

/// A server that gives every connection the same bytes.
async fn server(answer: String) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            let mut request = [0; 2048];
            let _ = stream.read(&mut request).await;
            let _ = stream.write_all(answer.as_bytes()).await;
        }
    });
    address
}

fn ok(body: &str) -> String {
    format!("HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: {}\r\nconnection: close\r\n\r\n{body}", body.len())
}

#[tokio::test]
async fn a_key_set_is_fetched_once_and_then_cached() {
    let address = server(ok(KEY_SET)).await;
    let outbound = sandbox();
    let uri = format!("http://{address}/jwks");
    let first = outbound.client_keys(&uri, NOON).await.unwrap();
    assert!(Arc::ptr_eq(&first, &outbound.client_keys(&uri, NOON).await.unwrap()));
    assert!(Arc::ptr_eq(&first, &outbound.client_keys_again(&uri, NOON + time::Duration::seconds(10)).await.unwrap()));
    let renewed = outbound.client_keys_again(&uri, NOON + time::Duration::seconds(31)).await.unwrap();
    assert!(!Arc::ptr_eq(&first, &renewed));
}

#[tokio::test]
async fn a_sector_document_lists_redirect_uris() {
    let address = server(ok(r#"["https://a.example/cb","https://b.example/cb"]"#)).await;
    let listed = sandbox().sector_redirect_uris(&format!("http://{address}/sector.json")).await.unwrap();
    assert_eq!(listed, ["https://a.example/cb", "https://b.example/cb"]);
}

#[tokio::test]
async fn what_is_not_the_expected_document_is_refused() {
    for body in ["", "null", "{}", "[1]", "\"https://a.example\"", "\u{0}"] {
        let address = server(ok(body)).await;
        let outbound = sandbox();
        let refused = outbound.sector_redirect_uris(&format!("http://{address}/")).await;
        assert!(matches!(refused, Err(OutboundError::Malformed { .. })), "{body} {refused:?}");
        let refused = outbound.client_keys(&format!("http://{address}/"), NOON).await;
        assert!(matches!(refused, Err(OutboundError::Malformed { .. })), "{body}");
    }
}

#[tokio::test]
async fn a_redirect_is_not_followed() {
    let target = server(ok("[]")).await;
    let address = server(format!("HTTP/1.1 302 Found\r\nlocation: http://{target}/\r\ncontent-length: 0\r\n\r\n")).await;
    let refused = sandbox().sector_redirect_uris(&format!("http://{address}/")).await;
    assert_eq!(refused, Err(OutboundError::Status { host: "127.0.0.1".to_owned(), status: 302 }));
}

#[tokio::test]
async fn a_document_over_64_kib_is_refused_with_or_without_a_length() {
    let body = "x".repeat(MOST_BYTES + 1);
    for answer in [ok(&body), format!("HTTP/1.1 200 OK\r\nconnection: close\r\n\r\n{body}")] {
        let address = server(answer).await;
        let refused = sandbox().sector_redirect_uris(&format!("http://{address}/")).await;
        assert_eq!(refused, Err(OutboundError::TooLarge("127.0.0.1".to_owned())));
    }
}

#[tokio::test]
async fn a_server_that_stays_silent_costs_three_seconds_at_most() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let refused = tokio::time::timeout(StdDuration::from_secs(6), sandbox().sector_redirect_uris(&format!("http://{address}/"))).await;
    assert!(matches!(refused, Ok(Err(OutboundError::Unreachable { .. }))), "{refused:?}");
}

#[tokio::test]
async fn production_calls_public_hosts_by_https_only() {
    for uri in [
        "http://portal.example/jwks",
        "https://127.0.0.1/jwks",
        "https://2130706433/jwks",
        "https://0x7f.1/jwks",
        "https://[::1]/jwks",
        "https://[::ffff:10.0.0.1]/jwks",
        "https://169.254.169.254/latest",
        "https://user:password@portal.example/jwks",
        "file:///etc/passwd",
        "unix:/run/x",
        "portal.example",
        "",
    ] {
        let refused = production().sector_redirect_uris(uri).await;
        assert!(matches!(refused, Err(OutboundError::Forbidden(_))), "{uri} {refused:?}");
    }
}

#[tokio::test]
async fn production_does_not_call_a_name_that_resolves_to_this_machine() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let uri = format!("https://localhost:{}/jwks", listener.local_addr().unwrap().port());
    let refused = production().sector_redirect_uris(&uri).await;
    assert_eq!(
        refused,
        Err(OutboundError::Unreachable { host: "localhost".to_owned(), cause: "the name has no public address".to_owned() })
    );
}

#[tokio::test]
async fn the_sandbox_speaks_plain_http_with_this_machine_alone() {
    for uri in ["http://portal.example/jwks", "http://10.0.0.1/jwks", "http://localhost.example/jwks"] {
        let refused = sandbox().sector_redirect_uris(uri).await;
        assert!(matches!(refused, Err(OutboundError::Forbidden(_))), "{uri}");
    }
}

#[test]
fn a_wrong_certificate_file_is_named_with_its_key() {
    let missing = Outbound::reaching(Reach::Sandbox, Some(Path::new("/nonexistent/ca.pem"))).unwrap_err();
    assert!(missing.to_string().contains("sandbox.outbound_ca_file /nonexistent/ca.pem"), "{missing}");
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(file.path(), "not a certificate").unwrap();
    assert!(Outbound::reaching(Reach::Sandbox, Some(file.path())).is_err());
}
