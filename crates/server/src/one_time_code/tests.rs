pub(crate) mod node;

use persistence::Mode;
use time::Duration;

use self::node::{AN, BINH, DUC, Node};
use super::*;
#[cfg(feature = "sandbox")]
use crate::config::Secret;
use crate::pages::CodeProblem;
use crate::text::Language;

async fn sent_to_an(node: &Node) -> Result<String, CodeProblem> {
    let holder = node.holder(AN).await;
    send(&node.provider, Language::Vi, ("portal-a", "Cổng A"), Audience::Holder(&holder)).await.unwrap()?;
    Ok(node.messages().await[0].body.code.clone().unwrap())
}

async fn typed(node: &Node, purpose: Purpose, code: &str) -> Result<(), CodeProblem> {
    let account = node.account(AN).await.id;
    check(&node.provider, account, purpose, "portal-a", code).await.unwrap()
}

fn another(code: &str) -> String {
    if code == "000000" { "000001".to_owned() } else { "000000".to_owned() }
}

#[tokio::test]
async fn a_code_arrives_by_sms_and_is_right_once() {
    let node = Node::sandbox().await;
    let code = sent_to_an(&node).await.unwrap();
    let message = node.messages().await.remove(0);
    assert_eq!((message.channel.code(), message.body.to.as_str()), ("sms", "+84912345601"));
    assert!(message.body.text.contains(&code) && message.body.text.contains("Cổng A"), "{}", message.body.text);
    assert_eq!(typed(&node, Purpose::SignIn, &code).await, Ok(()));
    assert_eq!(typed(&node, Purpose::SignIn, &code).await, Err(CodeProblem::Expired));
}

#[tokio::test]
async fn a_code_of_one_purpose_is_worthless_for_another() {
    let node = Node::sandbox().await;
    let code = sent_to_an(&node).await.unwrap();
    assert_eq!(typed(&node, Purpose::Recovery, &code).await, Err(CodeProblem::Expired));
    assert_eq!(typed(&node, Purpose::Guardian, &code).await, Err(CodeProblem::Expired));
    assert_eq!(typed(&node, Purpose::SignIn, &code).await, Ok(()));
}

#[tokio::test]
async fn after_five_wrong_codes_the_right_one_is_worthless() {
    let node = Node::sandbox().await;
    let code = sent_to_an(&node).await.unwrap();
    for tries_left in [4, 3, 2, 1] {
        assert_eq!(typed(&node, Purpose::SignIn, &another(&code)).await, Err(CodeProblem::Wrong { tries_left }));
    }
    assert_eq!(typed(&node, Purpose::SignIn, "nonsense").await, Err(CodeProblem::Exhausted));
    assert_eq!(typed(&node, Purpose::SignIn, &code).await, Err(CodeProblem::Exhausted));
}

#[tokio::test]
async fn a_code_lapses_after_three_minutes() {
    let node = Node::sandbox().await;
    let code = sent_to_an(&node).await.unwrap();
    node.wait(Duration::seconds(181));
    assert_eq!(typed(&node, Purpose::SignIn, &code).await, Err(CodeProblem::Expired));
}

#[tokio::test]
async fn another_code_has_to_wait_and_replaces_the_first() {
    let node = Node::sandbox().await;
    let first = sent_to_an(&node).await.unwrap();
    assert!(matches!(sent_to_an(&node).await, Err(CodeProblem::TooSoon { seconds: 1..=30 })));
    node.wait(Duration::seconds(31));
    let second = sent_to_an(&node).await.unwrap();
    assert!(typed(&node, Purpose::SignIn, &first).await.is_err());
    assert_eq!(typed(&node, Purpose::SignIn, &second).await, Ok(()));
}

#[tokio::test]
async fn who_used_a_code_gets_another_at_once_but_only_one() {
    let node = Node::sandbox().await;
    let code = sent_to_an(&node).await.unwrap();
    assert_eq!(typed(&node, Purpose::SignIn, &code).await, Ok(()));
    assert!(sent_to_an(&node).await.is_ok());
    assert!(matches!(sent_to_an(&node).await, Err(CodeProblem::TooSoon { .. })));
}

#[tokio::test]
async fn ten_codes_are_an_hours_worth() {
    let node = Node::sandbox().await;
    for _ in 0..10 {
        sent_to_an(&node).await.unwrap();
        node.wait(Duration::seconds(31));
    }
    assert!(matches!(sent_to_an(&node).await, Err(CodeProblem::TooSoon { seconds: 3000.. })));
    node.wait(Duration::HOUR);
    assert!(sent_to_an(&node).await.is_ok());
}

#[tokio::test]
async fn a_sandbox_without_rate_limits_sends_at_once() {
    let node = Node::start(Mode::Sandbox, |config| config.sandbox.rate_limits = false).await;
    for _ in 0..30 {
        sent_to_an(&node).await.unwrap();
    }
}

#[tokio::test]
async fn a_childs_code_goes_to_the_guardian_and_names_the_child() {
    let node = Node::sandbox().await;
    let child = node.holder(DUC).await;
    let audience = Audience::GuardianOf(&child);
    assert_eq!(recipient(audience), Some(Recipient { name_masked: "N. V. An".to_owned(), phone_masked: "•••• ••• 601".to_owned() }));
    send(&node.provider, Language::Vi, ("portal-a", "Cổng A"), audience).await.unwrap().unwrap();
    let message = node.messages().await.remove(0);
    assert_eq!(message.body.to, "+84912345601");
    assert!(message.body.text.contains("Hoàng Minh Đức"), "{}", message.body.text);
    let code = message.body.code.unwrap();
    assert_eq!(typed(&node, Purpose::Guardian, &code).await, Err(CodeProblem::Expired), "it belongs to the child's account");
    assert_eq!(check(&node.provider, child.account.id, Purpose::Guardian, "portal-a", &code).await.unwrap(), Ok(()));
}

#[tokio::test]
async fn without_a_guardian_there_is_nobody_to_send_to() {
    let node = Node::sandbox().await;
    let holder = node.holder(BINH).await;
    assert_eq!(recipient(Audience::GuardianOf(&holder)), None);
    let sent = send(&node.provider, Language::En, ("portal-a", "Portal A"), Audience::GuardianOf(&holder)).await.unwrap();
    assert_eq!(sent, Err(CodeProblem::NotSent));
}

#[cfg(feature = "sandbox")]
#[tokio::test]
async fn a_fixed_code_is_for_the_sandbox_alone() {
    let fixed = |config: &mut crate::config::Config| config.sandbox.fixed_otp = Some(Secret::from("123456"));
    let sandbox = Node::start(Mode::Sandbox, fixed).await;
    assert_eq!(sent_to_an(&sandbox).await.unwrap(), "123456");
    let production = Node::start(Mode::Production, fixed).await;
    assert_ne!(sent_to_an(&production).await.unwrap(), "123456");
}

#[tokio::test]
async fn of_many_who_type_the_right_code_at_once_one_is_right() {
    let node = Node::sandbox().await;
    let code = sent_to_an(&node).await.unwrap();
    let account = node.account(AN).await.id;
    let checks = (0..16).map(|_| check(&node.provider, account, Purpose::SignIn, "portal-a", &code));
    let right = futures_util::future::join_all(checks).await.into_iter().filter(|verdict| *verdict.as_ref().unwrap() == Ok(())).count();
    assert_eq!(right, 1);
}

#[actix_web::test]
async fn a_code_for_one_portal_opens_no_other() {
    let node = Node::sandbox().await;
    let code = sent_to_an(&node).await.unwrap();
    let account = node.account(AN).await.id;
    let elsewhere = check(&node.provider, account, Purpose::SignIn, "portal-b", &code).await.unwrap();
    assert!(matches!(elsewhere, Err(CodeProblem::Wrong { .. })), "{elsewhere:?}");
    assert_eq!(typed(&node, Purpose::SignIn, &code).await, Ok(()));
}
