//! Slowloris and its kin: heads that never end, bodies that dribble in, answers that nobody reads, huge headers, packed bodies, connections
//! without end.

use std::io::{Read as _, Write as _};
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use dinhdanh::config::TlsConfig;
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject as _;
use rustls::{ClientConfig, ClientConnection, RootCertStore, StreamOwned};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::support::{App, raw};

/// The server has a second; a machine with much else to do has this long. Only a server that never gives up reaches it.
const GIVE_UP: Duration = Duration::from_secs(12);

async fn impatient() -> App {
    App::with(|config| config.http.request_seconds = 1).await
}

async fn connect(app: &App) -> TcpStream {
    TcpStream::connect(app.base.trim_start_matches("http://")).await.unwrap()
}

/// Everything until the server closes, or `None` when it does not.
async fn until_closed(stream: &mut (impl AsyncReadExt + Unpin)) -> Option<String> {
    let mut answer = Vec::new();
    tokio::time::timeout(GIVE_UP, stream.read_to_end(&mut answer)).await.ok()?.ok();
    Some(String::from_utf8_lossy(&answer).into_owned())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_head_that_never_ends_is_cut_off() {
    let app = impatient().await;
    for begun in [&b""[..], b"GET / HT", b"GET / HTTP/1.1\r\nHost: localhost\r\nX-Slow: "] {
        let mut stream = connect(&app).await;
        stream.write_all(begun).await.unwrap();
        let answer = until_closed(&mut stream).await.expect("the connection is closed");
        assert!(answer.is_empty() || answer.starts_with("HTTP/1.1 408"), "{answer}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_head_that_dribbles_in_gets_no_more_time_with_every_byte() {
    let app = impatient().await;
    let (mut reading, mut writing) = connect(&app).await.into_split();
    writing.write_all(b"GET / HTTP/1.1\r\nHost: localhost\r\nX-Slow: ").await.unwrap();
    let dribble = tokio::spawn(async move {
        while writing.write_all(b"a").await.is_ok() {
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    });
    let answer = until_closed(&mut reading).await.expect("the connection is closed");
    assert!(answer.is_empty() || answer.starts_with("HTTP/1.1 408"), "{answer}");
    dribble.abort();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_body_that_dribbles_in_is_cut_off_and_takes_nobodys_place() {
    let app = App::with(|config| {
        config.http.request_seconds = 1;
        config.http.in_flight = 1;
    })
    .await;
    let bodies = ["Content-Length: 100\r\n\r\n", "Transfer-Encoding: chunked\r\n\r\n1\r\na\r\n"];
    let slow = [
        ("POST", "/oauth2/token", 0),
        ("POST", "/interaction/login", 0),
        ("POST", "/oauth2/token", 1),
        ("GET", "/", 1),
        ("POST", "/nowhere", 1),
    ];
    for (method, path, body) in slow.map(|(method, path, body)| (method, path, bodies[body])) {
        let (mut reading, mut writing) = connect(&app).await.into_split();
        let head = format!("{method} {path} HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/x-www-form-urlencoded\r\n{body}");
        writing.write_all(head.as_bytes()).await.unwrap();
        assert_eq!(app.browser().get("/").await.status, 200, "there is room beside it");
        let dribble = tokio::spawn(async move {
            while writing.write_all(if body == bodies[0] { b"a" } else { b"1\r\na\r\n" }).await.is_ok() {
                tokio::time::sleep(Duration::from_millis(50)).await;
            }
        });
        let answer = until_closed(&mut reading).await.unwrap_or_else(|| panic!("{method} {path} waits for ever"));
        assert!(answer.starts_with("HTTP/1.1 408"), "{path}: {answer}");
        dribble.abort();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_idle_connection_is_closed() {
    let app = App::with(|config| config.http.keep_alive_seconds = 1).await;
    let mut stream = connect(&app).await;
    stream.write_all(b"GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n").await.unwrap();
    let answer = until_closed(&mut stream).await.expect("the connection is closed");
    assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
}

/// Where what is not answered is closed after three seconds.
async fn forgetful() -> App {
    App::with(|config| {
        config.http.request_seconds = 1;
        config.http.keep_alive_seconds = 2;
    })
    .await
}

const ASK: &[u8] = b"GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n";

/// One more request on a connection that is open, and its answer.
async fn ask(stream: &mut TcpStream) {
    stream.write_all(ASK).await.expect("it is open");
    let mut answer = String::new();
    while !answer.ends_with("}") {
        let mut part = [0; 1024];
        let length = stream.read(&mut part).await.expect("it is open");
        assert_ne!(length, 0, "it is closed after {answer:?}");
        answer.push_str(&String::from_utf8_lossy(&part[..length]));
    }
    assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_second_head_that_dribbles_in_is_cut_off_and_who_goes_on_asking_is_not() {
    let app = forgetful().await;
    let (mut slow, mut honest) = (connect(&app).await, connect(&app).await);
    ask(&mut slow).await;
    slow.write_all(b"GET /healthz HTTP/1.1\r\nHost: localhost\r\nX-Slow: ").await.unwrap();
    let cut_off = async {
        while slow.write_all(b"a").await.is_ok() {
            ask(&mut honest).await;
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    };
    tokio::time::timeout(GIVE_UP, cut_off).await.expect("the connection is closed");
    ask(&mut honest).await;
}

/// A connection over TLS, one that blocks.
fn connect_over_tls(base: &str, certificate: &Path) -> StreamOwned<ClientConnection, std::net::TcpStream> {
    let mut roots = RootCertStore::empty();
    roots.add(CertificateDer::from_pem_file(certificate).unwrap()).unwrap();
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = ClientConfig::builder_with_provider(provider).with_safe_default_protocol_versions().unwrap();
    let config = config.with_root_certificates(roots).with_no_client_auth();
    let stream = std::net::TcpStream::connect(base.trim_start_matches("http://")).unwrap();
    stream.set_read_timeout(Some(GIVE_UP)).unwrap();
    StreamOwned::new(ClientConnection::new(Arc::new(config), "127.0.0.1".try_into().unwrap()).unwrap(), stream)
}

#[tokio::test(flavor = "multi_thread")]
async fn over_tls_a_second_head_that_dribbles_in_is_cut_off_as_well() {
    let certificate = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/suite/support/localhost.pem");
    let app = App::with(|config| {
        config.tls = Some(TlsConfig { certificate_file: certificate.clone(), key_file: certificate.clone() });
        (config.http.request_seconds, config.http.keep_alive_seconds) = (1, 2);
    })
    .await;
    let base = app.base.clone();
    let slow = tokio::task::spawn_blocking(move || {
        let mut stream = connect_over_tls(&base, &certificate);
        let mut answer = [0; 12];
        stream.write_all(ASK).unwrap();
        stream.read_exact(&mut answer).unwrap();
        assert_eq!(&answer, b"HTTP/1.1 200");
        stream.write_all(b"GET /healthz HTTP/1.1\r\nHost: localhost\r\nX-Slow: ").unwrap();
        let began = Instant::now();
        while stream.write_all(b"a").is_ok() {
            assert!(began.elapsed() < GIVE_UP, "the connection is closed");
            std::thread::sleep(Duration::from_millis(50));
        }
    });
    slow.await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_that_is_never_read_is_given_up() {
    let app = forgetful().await;
    let (_reading, mut writing) = connect(&app).await.into_split();
    // More answers than the system keeps for a reader: at last the server waits, and reads no more requests.
    let requests = ASK.repeat(100);
    let cut_off = async { while writing.write_all(&requests).await.is_ok() {} };
    tokio::time::timeout(GIVE_UP, cut_off).await.expect("the connection is closed");
}

#[tokio::test(flavor = "multi_thread")]
async fn huge_and_countless_headers_are_refused() {
    let app = App::start().await;
    let long = format!("GET / HTTP/1.1\r\nHost: localhost\r\nX-Long: {}\r\n\r\n", "a".repeat(300_000));
    let many = format!("GET / HTTP/1.1\r\nHost: localhost\r\n{}\r\n", "X-Many: 1\r\n".repeat(5000));
    let cookie = format!("GET / HTTP/1.1\r\nHost: localhost\r\nCookie: a={}\r\n\r\n", "b".repeat(300_000));
    let path = format!("GET /{} HTTP/1.1\r\nHost: localhost\r\n\r\n", "a".repeat(300_000));
    for request in [long, many, cookie, path] {
        let (status, answer) = raw(&app.base, request.as_bytes()).await;
        assert!(status == 0 || (400..500).contains(&status) && status != 404, "{status} {answer:.200}");
    }
    assert_eq!(app.browser().get("/healthz").await.status, 200);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_can_be_read_as_two_requests_is_refused() {
    let app = App::with(|config| config.http.keep_alive_seconds = 1).await;
    let smuggled = "GET /smuggled HTTP/1.1\r\nHost: localhost\r\n\r\n";
    for head in [
        "Content-Length: 4\r\nTransfer-Encoding: chunked",
        "Content-Length: 4\r\nContent-Length: 60",
        "Content-Length: +4",
        "Transfer-Encoding: chunked, identity",
        "Transfer-Encoding: xchunked",
    ] {
        let request = format!("POST /oauth2/token HTTP/1.1\r\nHost: localhost\r\n{head}\r\n\r\n0\r\n\r\n{smuggled}");
        let (status, answer) = raw(&app.base, request.as_bytes()).await;
        assert_eq!(status, 400, "{head}: {answer}");
        assert!(answer.matches("HTTP/1.1 ").count() <= 1 && !answer.contains("404"), "{head}: {answer}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_packed_body_is_not_unpacked() {
    let app = App::start().await;
    let form = ("content-type", "application/x-www-form-urlencoded");
    for packing in ["gzip", "deflate", "br", "zstd", "gzip, gzip"] {
        let answer = app.browser().send("POST", "/oauth2/token", &[form, ("content-encoding", packing)], vec![0x1f; 64]).await;
        assert_eq!(answer.status, 415, "{packing}: {}", answer.body);
        assert_eq!(answer.json()["error"], "invalid_request");
        assert_eq!(answer.header("accept-encoding"), "identity");
        let page = app.browser().send("POST", "/interaction/login", &[form, ("content-encoding", packing)], vec![0x1f; 64]).await;
        assert!(page.is_notice(415), "{packing}: {}", page.status);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn connections_beyond_the_bound_wait_until_others_end() {
    let app = App::with(|config| config.http.connections = 16).await;
    the_seventeenth_waits(app.base.trim_start_matches("http://")).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn watchers_beyond_the_bound_wait_until_others_end() {
    let free = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().to_string();
    let _app = App::with(|config| config.metrics.listen = Some(free.clone())).await;
    the_seventeenth_waits(&free).await;
}

/// Of a listener that takes sixteen connections.
async fn the_seventeenth_waits(listener: &str) {
    let ask = b"GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n";
    let mut open = Vec::new();
    for _ in 0..16 {
        let mut stream = TcpStream::connect(listener).await.unwrap();
        stream.write_all(ask).await.unwrap();
        let mut first = [0; 12];
        stream.read_exact(&mut first).await.unwrap();
        assert_eq!(&first, b"HTTP/1.1 200");
        open.push(stream);
    }
    let mut late = TcpStream::connect(listener).await.unwrap();
    late.write_all(ask).await.unwrap();
    let mut first = [0; 12];
    assert!(tokio::time::timeout(Duration::from_millis(300), late.read_exact(&mut first)).await.is_err(), "there is no room yet");
    drop(open);
    tokio::time::timeout(GIVE_UP, late.read_exact(&mut first)).await.expect("its turn comes").unwrap();
    assert_eq!(&first, b"HTTP/1.1 200");
}
