//! Whole requests to a provider in this process: a line `METHOD target`, lines of headers, an empty line, the body.

use std::cell::OnceCell;
use std::pin::Pin;
use std::rc::Rc;

use actix_web::body::{BoxBody, to_bytes};
use actix_web::dev::{Service, ServiceResponse};
use actix_web::http::header::{HeaderMap, HeaderName, HeaderValue};
use actix_web::http::{Method, Uri};
use actix_web::middleware::from_fn;
use actix_web::rt::Runtime;
use actix_web::test::{TestRequest, init_service};
use actix_web::{App, Error, web};
use url::Url;

use crate::provider::{ISSUER, provider};

type Answer = ServiceResponse<BoxBody>;
type Ask = Rc<dyn Fn(TestRequest) -> Pin<Box<dyn Future<Output = Result<Answer, Error>>>>>;

thread_local! {
    /// Never dropped: the end of the program is no place to stop a runtime.
    static NODE: OnceCell<&'static (Runtime, Ask)> = const { OnceCell::new() };
}

/// No request makes the provider fail, leads a browser to a stranger, or is answered without the headers that guard a page.
pub fn run(data: &[u8]) {
    let Some(request) = request(data) else { return };
    NODE.with(|node| {
        let (runtime, ask) = node.get_or_init(|| Box::leak(Box::new(start())));
        runtime.block_on(async {
            let Ok(answer) = ask(request).await else { return };
            look(answer).await;
        });
    });
}

fn start() -> (Runtime, Ask) {
    let runtime = Runtime::new().unwrap_or_else(|error| panic!("{error}"));
    let ask = runtime.block_on(async {
        let provider = web::Data::from(provider().await.unwrap_or_else(|error| panic!("{error:#}")));
        let app = App::new()
            .app_data(provider.clone())
            .wrap(from_fn(dinhdanh::http::headers::guard))
            .configure(|services| dinhdanh::routes::configure(services, &provider));
        let service = Rc::new(init_service(app).await);
        Rc::new(move |request: TestRequest| {
            let service = Rc::clone(&service);
            Box::pin(async move { service.call(request.to_request()).await }) as Pin<Box<dyn Future<Output = _>>>
        }) as Ask
    });
    (runtime, ask)
}

fn request(data: &[u8]) -> Option<TestRequest> {
    let end = data.windows(2).position(|pair| pair == b"\n\n").unwrap_or(data.len());
    let body = data.get(end + 2..).unwrap_or_default();
    let mut lines = data[..end].split(|byte| *byte == b'\n');
    let first = std::str::from_utf8(lines.next()?).ok()?;
    let (method, target) = first.split_once(' ')?;
    let uri: Uri = target.parse().ok().filter(|uri: &Uri| uri.path().starts_with('/'))?;
    // The sandbox's clock is not fuzzed: it would end what other inputs began.
    if uri.path().starts_with("/sandbox/clock") {
        return None;
    }
    let peer = ([127, 0, 0, 1], 9).into();
    let mut request = TestRequest::default().method(Method::from_bytes(method.as_bytes()).ok()?).uri(&uri.to_string()).peer_addr(peer);
    for line in lines.take(32) {
        let colon = line.iter().position(|byte| *byte == b':')?;
        let (name, value) = (HeaderName::from_bytes(&line[..colon]).ok()?, HeaderValue::from_bytes(line[colon + 1..].trim_ascii()).ok()?);
        request = request.append_header((name, value));
    }
    Some(request.set_payload(body.to_vec()))
}

async fn look(answer: Answer) {
    let path = answer.request().path().to_owned();
    let answer = answer.into_parts().1;
    let (status, headers) = (answer.status(), answer.headers().clone());
    assert_ne!(status.as_u16(), 500, "{path} failed");
    for name in ["content-security-policy", "x-content-type-options", "x-frame-options", "cache-control", "x-request-id"] {
        assert!(headers.contains_key(name), "{path} without {name}");
    }
    if let Some(location) = text(&headers, "location") {
        let base = Url::parse(ISSUER).unwrap_or_else(|error| panic!("{error}"));
        let url = base.join(location).unwrap_or_else(|error| panic!("{location}: {error}"));
        let known = ["id.example", "portal-a.example", "127.0.0.1"];
        assert!(url.host_str().is_some_and(|host| known.contains(&host)), "{path} leads to {location}");
    }
    let body = to_bytes(answer.into_body()).await.unwrap_or_default();
    if text(&headers, "content-type").is_some_and(|kind| kind.starts_with("text/html")) {
        let page = String::from_utf8_lossy(&body);
        assert!(!page.contains("<fuzz") && !page.contains("\"fuzz=") && !page.contains("'fuzz="), "{path} lets markup through");
    }
}

fn text<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    headers.get(name)?.to_str().ok()
}
