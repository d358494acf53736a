use actix_web::{App, test};
use serde_json::Value;

use super::*;
use crate::one_time_code::tests::node::{AN, BINH, DUC, Node};
use crate::one_time_code::{Audience, send};
use crate::text::Language;

async fn call(node: &Node, request: test::TestRequest) -> (u16, String) {
    let data = Data::from(std::sync::Arc::clone(&node.provider));
    let app = test::init_service(App::new().app_data(data).configure(configure)).await;
    let answer = test::call_service(&app, request.to_request()).await;
    (answer.status().as_u16(), String::from_utf8(test::read_body(answer).await.to_vec()).unwrap())
}

async fn outbox_of(node: &Node, query: &str) -> Vec<Value> {
    let (status, body) = call(node, test::TestRequest::get().uri(&format!("/sandbox/outbox{query}"))).await;
    assert_eq!(status, 200, "{body}");
    serde_json::from_str(&body).unwrap()
}

async fn with_codes() -> Node {
    let node = Node::sandbox().await;
    for (number, child) in [(AN, false), (BINH, false), (DUC, true)] {
        let holder = node.holder(number).await;
        let audience = if child { Audience::GuardianOf(&holder) } else { Audience::Holder(&holder) };
        send(&node.provider, Language::Vi, ("portal-a", "Cổng A"), audience).await.unwrap().unwrap();
        node.wait(time::Duration::SECOND);
    }
    node
}

#[actix_web::test]
async fn the_outbox_lists_a_citizens_messages_newest_first() {
    let node = with_codes().await;
    let [message] = outbox_of(&node, &format!("?citizen_id={BINH}")).await.try_into().unwrap();
    assert_eq!(message["channel"], "sms");
    assert_eq!(message["to"], "+84912345602");
    let code = message["code"].as_str().unwrap();
    assert!(code.len() == 6 && message["text"].as_str().unwrap().contains(code));
    assert!(OffsetDateTime::parse(message["sent_at"].as_str().unwrap(), &Rfc3339).is_ok());
    let all = outbox_of(&node, "").await;
    assert!(all.len() == 3 && all[0]["sent_at"].as_str() > all[2]["sent_at"].as_str(), "{all:?}");
}

#[actix_web::test]
async fn a_childs_code_is_found_under_the_child_and_under_the_guardian() {
    let node = with_codes().await;
    let of_child = outbox_of(&node, &format!("?citizen_id={DUC}")).await;
    assert!(of_child.len() == 1 && of_child[0]["text"].as_str().unwrap().contains("Hoàng Minh Đức"));
    let of_guardian = outbox_of(&node, &format!("?citizen_id={AN}")).await;
    assert_eq!(of_guardian.len(), 2);
    assert_eq!(of_guardian[0], of_child[0]);
}

#[actix_web::test]
async fn the_outbox_is_found_by_phone_number_in_either_form() {
    let node = with_codes().await;
    for to in ["%2B84912345602", "0912345602", "0912%20345%20602"] {
        assert_eq!(outbox_of(&node, &format!("?to={to}")).await.len(), 1, "{to}");
    }
    for nobody in ["?to=an%40example.com", "?citizen_id=098199999999", "?citizen_id=1", "?citizen_id=%00"] {
        assert!(outbox_of(&node, nobody).await.is_empty(), "{nobody}");
    }
}

#[actix_web::test]
async fn the_phone_shows_the_code() {
    let node = with_codes().await;
    let code = node.messages().await[0].body.code.clone().unwrap();
    for uri in ["/sandbox/phone".to_owned(), format!("/sandbox/phone?citizen_id={DUC}")] {
        let (status, html) = call(&node, test::TestRequest::get().uri(&uri)).await;
        assert!(status == 200 && html.contains(&code), "{uri}");
    }
}

#[actix_web::test]
async fn the_clock_moves_for_everything() {
    let node = Node::sandbox().await;
    let request = test::TestRequest::post().uri("/sandbox/clock").set_json(serde_json::json!({ "now": "2030-01-02T03:04:05+07:00" }));
    let (status, body) = call(&node, request).await;
    assert_eq!(status, 200, "{body}");
    let now = node.provider.clock.now();
    assert!((now - time::macros::datetime!(2030-01-01 20:04:05 UTC)).abs() < time::Duration::seconds(3), "{now}");
}

#[actix_web::test]
async fn what_is_no_time_moves_nothing() {
    let node = Node::sandbox().await;
    for body in [
        "",
        "{}",
        "{\"now\":1}",
        "{\"now\":\"tomorrow\"}",
        "{\"now\":\"9999-12-31T23:59:59Z\"}",
        "{\"now\":\"1969-12-31T23:59:59Z\"}",
        "{\"now\":\"0000-01-01T00:00:00+23:59\"}",
        "[]",
    ] {
        let request = test::TestRequest::post().uri("/sandbox/clock").insert_header(("content-type", "application/json")).set_payload(body);
        assert_eq!(call(&node, request).await.0, 400, "{body}");
    }
    let form = test::TestRequest::post().uri("/sandbox/clock").set_form([("now", "2030-01-01T00:00:00Z")]);
    assert_eq!(call(&node, form).await.0, 400, "another site's form");
    assert!(node.provider.clock.now().year() < 2030);
}

#[actix_web::test]
async fn a_wrong_method_is_told_the_right_one() {
    let node = Node::sandbox().await;
    for uri in ["/sandbox/phone", "/sandbox/outbox", "/sandbox/clock"] {
        assert_eq!(call(&node, test::TestRequest::delete().uri(uri)).await.0, 405, "{uri}");
    }
}
