use std::rc::Rc;

use actix_web::{App, HttpResponse, HttpServer, web};
use load::connection::Connection;
use load::failure::Failure;
use load::origin::{Origin, OriginError};
use load::portal::{Portal, get};
use load::profile::Profile;
use tokio::task::LocalSet;
use url::Url;

/// A server with one answer to everything; it ends with the test's process.
async fn answering(answer: fn() -> HttpResponse) -> Url {
    let (tell, told) = tokio::sync::oneshot::channel();
    std::thread::spawn(move || {
        actix_web::rt::System::new().block_on(async move {
            let server = HttpServer::new(move || App::new().default_service(web::to(move || async move { answer() })));
            let server = server.workers(1).disable_signals().bind("127.0.0.1:0").unwrap();
            tell.send(server.addrs()[0]).unwrap();
            server.run().await
        })
    });
    Url::parse(&format!("http://{}/", told.await.unwrap())).unwrap()
}

#[test]
fn only_addresses_of_this_machine_are_driven() {
    for ours in ["http://127.0.0.1:8090", "http://127.9.9.9/x?y", "http://[::1]:80/", "http://localhost:8090/"] {
        assert!(Origin::parse(ours).is_ok_and(|origin| origin.address().ip().is_loopback()), "{ours}");
    }
    let others = [
        "http://10.0.0.1:8090",
        "http://0.0.0.0:8090",
        "http://[::]:80",
        "http://192.0.2.1/",
        "http://dinhdanh.example/",
        "http://localhost.example/",
        "http://127.0.0.1.example/",
        "http://127.0.0.1@192.0.2.1/",
    ];
    for other in others {
        assert!(matches!(Origin::parse(other), Err(OriginError::NotLoopback(_))), "{other}");
    }
    assert!(matches!(Origin::parse("https://127.0.0.1/"), Err(OriginError::NotHttp(_))));
    assert!(matches!(Origin::parse("127.0.0.1"), Err(OriginError::Malformed(_))));
}

#[tokio::test]
async fn metadata_that_sends_elsewhere_is_refused() {
    let mut profile = Profile::load(None).unwrap();
    profile.issuer = "http://192.0.2.1".to_owned();
    assert!(Portal::discover(profile.clone()).await.err().unwrap().to_string().contains("loopback"));
    LocalSet::new()
        .run_until(async {
            let url = answering(|| {
                HttpResponse::Ok().json(serde_json::json!({
                    "issuer": "http://elsewhere.example", "authorization_endpoint": "http://127.0.0.1/", "token_endpoint": "http://127.0.0.1/",
                    "userinfo_endpoint": "http://127.0.0.1/"
                }))
            })
            .await;
            profile.issuer = url.as_str().trim_end_matches('/').to_owned();
            assert!(Portal::discover(profile).await.err().unwrap().to_string().contains("another issuer"));
        })
        .await;
}

#[tokio::test]
async fn a_refusal_with_503_is_no_error_and_tells_whether_it_said_when() {
    LocalSet::new()
        .run_until(async {
            let polite = answering(|| HttpResponse::ServiceUnavailable().insert_header(("retry-after", "3")).finish()).await;
            let rude = answering(|| HttpResponse::ServiceUnavailable().finish()).await;
            for (url, expected) in [(polite, true), (rude, false)] {
                let mut connection = Connection::new(Rc::new(Origin::of(&url).unwrap()));
                let failure = get(&mut connection, &url).await.unwrap().ok("page").unwrap_err();
                assert!(matches!(failure, Failure::Shed { retry_after } if retry_after == expected), "{failure:?}");
            }
        })
        .await;
}

#[tokio::test]
async fn nobody_listening_is_a_failed_connection() {
    let closed = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let url = Url::parse(&format!("http://{closed}/")).unwrap();
    let mut connection = Connection::new(Rc::new(Origin::of(&url).unwrap()));
    assert!(matches!(get(&mut connection, &url).await, Err(Failure::Connection(_))));
}
