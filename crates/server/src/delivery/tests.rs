use std::sync::Mutex;

use persistence::messages::{MessageBody, MessagesOf};
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::TcpListener;

use super::*;
use crate::config::{MailConfig, Secret, SmsConfig};
use crate::one_time_code::tests::node::{AN, Node};

/// A gateway that answers with these status codes in turn, the last one for ever, and keeps what it was sent.
async fn gateway(statuses: &'static [u16]) -> (String, Arc<Mutex<Vec<String>>>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/send", listener.local_addr().unwrap());
    let requests = Arc::new(Mutex::new(Vec::new()));
    let kept = Arc::clone(&requests);
    tokio::spawn(async move {
        let mut answered = 0;
        while let Ok((mut stream, _)) = listener.accept().await {
            let mut request = vec![0; 4096];
            let length = stream.read(&mut request).await.unwrap();
            let mut text = String::from_utf8_lossy(&request[..length]).into_owned();
            while !text.ends_with('}') {
                let length = stream.read(&mut request).await.unwrap();
                text.push_str(&String::from_utf8_lossy(&request[..length]));
            }
            kept.lock().unwrap().push(text);
            let status = statuses[answered.min(statuses.len() - 1)];
            answered += 1;
            let answer = format!("HTTP/1.1 {status} X\r\ncontent-length: 0\r\nconnection: close\r\n\r\n");
            stream.write_all(answer.as_bytes()).await.unwrap();
        }
    });
    (url, requests)
}

async fn node(mode: Mode, sms_url: &str, smtp_url: Option<String>) -> Node {
    let sms = SmsConfig { url: sms_url.to_owned(), bearer_token: Some(Secret::from("gateway-token")), bearer_token_file: None };
    let mail =
        smtp_url.map(|url| MailConfig { smtp_url: Secret::from(url), from: "Định danh <khong-tra-loi@dinhdanh.example>".to_owned() });
    Node::start(mode, |config| (config.sms, config.mail) = (Some(sms), mail)).await
}

async fn queue(node: &Node, channel: Channel, to: &str) {
    let now = node.provider.clock.now();
    let message = Message {
        id: node.provider.randomness.uuid(now),
        channel,
        body: MessageBody {
            to: to.to_owned(), subject: Some("Chủ đề".to_owned()), text: "123456 là mã xác thực".to_owned(), code: None
        },
        number_hash: node.number_hash(AN),
        created_at: now,
        expires_at: now + Duration::minutes(3),
        attempts: 0,
        delivered_at: None,
    };
    let keyring = node.provider.keyring.clone();
    node.provider.store.run(move |db| message.insert(db, &keyring)).await.unwrap();
}

async fn only(node: &Node) -> Message {
    node.messages().await.remove(0)
}

/// One look: what is due is claimed and sent, then the worker stops.
async fn look(node: &Node) {
    let Provider { delivery, store, keyring, clock, metrics, .. } = &*node.provider;
    delivery.run(store, keyring, clock, metrics, std::future::ready(())).await;
}

#[tokio::test]
async fn a_text_message_goes_to_the_gateway_with_token_and_id() {
    let (url, requests) = gateway(&[200]).await;
    let node = node(Mode::Production, &url, None).await;
    queue(&node, Channel::Sms, "+84912345601").await;
    look(&node).await;
    let message = only(&node).await;
    assert!(message.delivered_at.is_some());
    let request = requests.lock().unwrap()[0].clone();
    assert!(request.starts_with("POST /send ") && request.contains("Bearer gateway-token"), "{request}");
    assert!(request.contains(&message.id.to_string()), "{request}");
    let (_, body) = request.split_once("\r\n\r\n").unwrap();
    let body: serde_json::Value = serde_json::from_str(body).unwrap();
    assert_eq!(body, serde_json::json!({ "to": "+84912345601", "text": "123456 là mã xác thực" }));
    look(&node).await;
    assert_eq!(requests.lock().unwrap().len(), 1, "once");
}

#[tokio::test]
async fn a_message_that_nobody_waits_for_does_not_wait_for_the_next_look() {
    let node = Arc::new(node(Mode::Sandbox, "http://127.0.0.1:1/", None).await);
    let (stop, stopped) = watch::channel(false);
    let worker = tokio::spawn(work(Arc::clone(&node.provider), stopped));
    queue(&node, Channel::Sms, "+84912345601").await;
    node.provider.delivery.wake_soon();
    let sent = async {
        while only(&node).await.delivered_at.is_none() {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(POLL - GATHER / 2, sent).await.expect("sent after a second");
    stop.send(true).unwrap();
    worker.await.unwrap();
}

#[tokio::test]
async fn what_the_gateway_puts_off_is_sent_again_later() {
    let (url, requests) = gateway(&[503, 429, 200]).await;
    let node = node(Mode::Production, &url, None).await;
    queue(&node, Channel::Sms, "+84912345601").await;
    for (wait, sent) in [(0, 1), (1, 1), (2, 2), (2, 2), (3, 3), (60, 3)] {
        node.wait(Duration::seconds(wait));
        look(&node).await;
        assert_eq!(requests.lock().unwrap().len(), sent, "after {wait} s more");
    }
    assert!(only(&node).await.delivered_at.is_some());
}

#[tokio::test]
async fn what_the_gateway_refuses_for_good_is_given_up() {
    let (url, requests) = gateway(&[422]).await;
    let node = node(Mode::Production, &url, None).await;
    queue(&node, Channel::Sms, "+84912345601").await;
    look(&node).await;
    node.wait(Duration::seconds(120));
    look(&node).await;
    assert_eq!(requests.lock().unwrap().len(), 1);
    assert!(only(&node).await.delivered_at.is_none());
}

#[tokio::test]
async fn a_gateway_that_is_down_is_tried_until_the_message_expires() {
    let node = node(Mode::Production, "http://127.0.0.1:1/", None).await;
    queue(&node, Channel::Sms, "+84912345601").await;
    for _ in 0..10 {
        look(&node).await;
        node.wait(Duration::seconds(30));
    }
    let message = only(&node).await;
    assert!(message.delivered_at.is_none() && (8..16).contains(&message.attempts), "{}", message.attempts);
}

#[tokio::test]
async fn a_claimed_message_is_not_claimed_again_until_the_lease_ends() {
    let node = node(Mode::Production, "http://127.0.0.1:1/", None).await;
    queue(&node, Channel::Sms, "+84912345601").await;
    let Provider { delivery, store, keyring, clock, .. } = &*node.provider;
    assert_eq!(delivery.claim(store, keyring, clock, 10).await.len(), 1);
    assert_eq!(delivery.claim(store, keyring, clock, 10).await.len(), 0);
    node.wait(LEASE);
    assert_eq!(delivery.claim(store, keyring, clock, 10).await.len(), 1);
}

#[tokio::test]
async fn a_sandbox_sends_nothing_and_shows_everything() {
    let (url, requests) = gateway(&[200]).await;
    let node = node(Mode::Sandbox, &url, None).await;
    queue(&node, Channel::Sms, "+84912345601").await;
    queue(&node, Channel::Email, "an@example.com").await;
    look(&node).await;
    assert!(requests.lock().unwrap().is_empty());
    let messages = node.messages().await;
    assert!(messages.len() == 2 && messages.iter().all(|message| message.delivered_at.is_some()));
}

#[tokio::test]
async fn an_email_goes_out_by_smtp() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let smtp_url = format!("smtp://{}", listener.local_addr().unwrap());
    let server = tokio::spawn(async move {
        let (stream, _) = listener.accept().await.unwrap();
        let (reader, mut writer) = stream.into_split();
        let mut lines = BufReader::new(reader).lines();
        writer.write_all(b"220 mail.example\r\n").await.unwrap();
        let (mut mail, mut in_data) = (String::new(), false);
        while let Ok(Some(line)) = lines.next_line().await {
            let answer = match (in_data, line.as_str()) {
                (true, ".") => {
                    in_data = false;
                    "250 taken\r\n"
                }
                (true, line) => {
                    mail.push_str(line);
                    mail.push('\n');
                    continue;
                }
                (false, line) if line.starts_with("EHLO") => "250 mail.example\r\n",
                (false, "DATA") => {
                    in_data = true;
                    "354 go on\r\n"
                }
                (false, "QUIT") => break,
                (false, line) => {
                    mail.push_str(line);
                    mail.push('\n');
                    "250 ok\r\n"
                }
            };
            writer.write_all(answer.as_bytes()).await.unwrap();
            if !in_data && mail.contains("MAIL FROM") && answer.contains("taken") {
                break;
            }
        }
        mail
    });
    let node = node(Mode::Production, "http://127.0.0.1:1/", Some(smtp_url)).await;
    queue(&node, Channel::Email, "an@example.com").await;
    look(&node).await;
    assert!(only(&node).await.delivered_at.is_some());
    let mail = server.await.unwrap();
    assert!(mail.contains("RCPT TO:<an@example.com>") && mail.contains("Auto-Submitted: auto-generated"), "{mail}");
}

#[tokio::test]
async fn without_a_mail_server_an_email_is_given_up() {
    let node = node(Mode::Production, "http://127.0.0.1:1/", None).await;
    assert!(!node.provider.delivery.has_mail());
    queue(&node, Channel::Email, "an@example.com").await;
    look(&node).await;
    node.wait(Duration::seconds(61));
    let Provider { delivery, store, keyring, clock, .. } = &*node.provider;
    assert!(delivery.claim(store, keyring, clock, 10).await.is_empty());
}

#[test]
fn the_delay_grows_and_is_bounded() {
    assert_eq!([0, 2, 4, 6].map(|attempts| delay(attempts).whole_seconds()), [2, 4, 8, 16]);
    assert_eq!(delay(i32::MAX), LONGEST_DELAY);
}

#[tokio::test]
async fn messages_to_a_phone_are_found_by_its_number() {
    let node = Node::sandbox().await;
    queue(&node, Channel::Sms, "+84912345601").await;
    let keyring = node.provider.keyring.clone();
    let whose = MessagesOf::Recipient(keyring.recipient_hash("+84912345601"));
    let found = node.provider.store.read(move |db| Message::latest_for(db, &keyring, whose, 5)).await.unwrap();
    assert_eq!(found.len(), 1);
}
