//! SIGTERM while a request is in progress: it is answered, then the program ends.

use std::io::{BufRead, BufReader, ErrorKind, Write};
use std::net::TcpStream;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use crate::machine::{Machine, SECRET, alone};
use crate::steps::{Portal, signed_in, silent_tokens};

#[tokio::test]
async fn a_request_in_progress_is_answered_and_then_the_program_ends() {
    let _alone = alone().await;
    let machine = Machine::new();
    let mut node = machine.serve();
    let browser = signed_in(&machine).await;
    let tokens = silent_tokens(&browser, &Portal::of(&machine)).await;

    let body = format!("grant_type=refresh_token&refresh_token={}", tokens.refresh_token);
    let mut request = TcpStream::connect(("127.0.0.1", machine.port)).unwrap();
    write!(
        request,
        "POST /oauth2/token HTTP/1.1\r\nHost: localhost\r\nAuthorization: Basic {}\r\nContent-Type: application/x-www-form-urlencoded\r\n\
         Content-Length: {}\r\nExpect: 100-continue\r\n\r\n",
        STANDARD.encode(format!("portal:{SECRET}")),
        body.len()
    )
    .unwrap();
    let mut answer = BufReader::new(request.try_clone().unwrap()).lines().map(Result::unwrap);
    // The request is in progress: the node asks for its body.
    assert_eq!(answer.next().unwrap(), "HTTP/1.1 100 Continue");
    assert_eq!(answer.next().unwrap(), "");
    node.terminate();
    assert!(node.child.try_wait().unwrap().is_none(), "it did not wait for the request");
    request.write_all(body.as_bytes()).unwrap();
    let answer: Vec<String> = answer.collect();
    assert!(answer[0].starts_with("HTTP/1.1 200"), "{answer:?}");
    assert!(answer.last().unwrap().contains("\"refresh_token\""), "{answer:?}");
    assert_eq!(node.child.wait().unwrap().code(), Some(0));
    let refused = TcpStream::connect(("127.0.0.1", machine.port)).unwrap_err();
    assert_eq!(refused.kind(), ErrorKind::ConnectionRefused);
    assert!(machine.log().contains("stopping: what was begun is being finished") && machine.log().contains("stopped"), "{}", machine.log());

    // What it answered is kept.
    let node = machine.serve();
    machine.is_sound();
    silent_tokens(&browser.at(&machine.base()), &Portal::of(&machine)).await;
    assert_eq!(node.stop(), Some(0));
}
