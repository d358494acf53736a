//! Messages wait sealed until they are delivered.

use persistence::{Channel, Message, MessageBody, MessagesOf};
use time::Duration;

use crate::world::{NOW, World, number};

contract!(
    a_message_waits_until_it_is_delivered,
    a_failed_message_is_due_again_later_or_never,
    a_message_not_worth_sending_is_not_sent,
    messages_are_found_by_account_and_by_recipient_newest_first,
);

fn message(world: &World, serial: u32, to: &str) -> Message {
    let message = Message {
        id: world.id(),
        channel: Channel::Sms,
        body: MessageBody { to: to.into(), subject: None, text: "Mã OTP: 123456".into(), code: Some("123456".into()) },
        number_hash: world.keyring.number_hash(&number(serial)),
        created_at: NOW,
        expires_at: NOW + Duration::minutes(3),
        attempts: 0,
        delivered_at: None,
    };
    let (queued, keyring) = (message.clone(), world.keyring.clone());
    world.run(move |db| queued.insert(db, &keyring));
    message
}

fn due(world: &World, after: Duration) -> Vec<Message> {
    world.read(|db| Message::undelivered(db, &world.keyring, NOW + after, 10))
}

fn a_message_waits_until_it_is_delivered(world: &World) {
    let message = message(world, 1, "+84912345678");
    assert_eq!(due(world, Duration::ZERO), std::slice::from_ref(&message));
    assert!(!format!("{message:?}").contains("123456"));
    world.run(move |db| Message::mark_delivered(db, message.id, NOW));
    assert!(due(world, Duration::ZERO).is_empty());
}

fn a_failed_message_is_due_again_later_or_never(world: &World) {
    let id = message(world, 1, "+84912345678").id;
    world.run(move |db| Message::mark_failed(db, id, Some(NOW + Duration::MINUTE)));
    assert!(due(world, Duration::seconds(59)).is_empty());
    assert_eq!(due(world, Duration::MINUTE)[0].attempts, 1);
    world.run(move |db| Message::mark_failed(db, id, None));
    assert!(due(world, Duration::minutes(2)).is_empty());
}

fn a_message_not_worth_sending_is_not_sent(world: &World) {
    message(world, 1, "+84912345678");
    assert!(due(world, Duration::minutes(3)).is_empty());
}

fn messages_are_found_by_account_and_by_recipient_newest_first(world: &World) {
    let (one, two, three) = (message(world, 1, "+84912345678"), message(world, 2, "+84912345678"), message(world, 2, "a@example.org"));
    let latest = |whose| world.read(|db| Message::latest_for(db, &world.keyring, whose, 10));
    assert_eq!(latest(MessagesOf::Number(world.keyring.number_hash(&number(2)))), [three.clone(), two.clone()]);
    assert_eq!(latest(MessagesOf::Recipient(world.keyring.phone_hash("+84912345678"))), [two.clone(), one.clone()]);
    assert_eq!(latest(MessagesOf::Recipient(world.keyring.recipient_hash("A@Example.org"))), std::slice::from_ref(&three));
    assert_eq!(latest(MessagesOf::Anyone), [three, two, one]);
}
