//! No room left, and no permission to write.

use crate::browser::Browser;
use crate::machine::{Machine, alone};
use crate::small_disk::SmallDisk;
use crate::steps::{Portal, Tokens, Told, at_work, probe, sign_in, signed_in, silent_code, silent_tokens};

#[tokio::test]
async fn a_full_disk_is_said_puts_people_off_and_loses_nothing() {
    let _alone = alone().await;
    let Some(disk) = SmallDisk::find(24) else { return };
    let machine = Machine::on(disk.path());
    let (node, portal, browser, before) = at_work(&machine).await;

    disk.fill();
    // What the log of the database still has room for is served and kept.
    let mut served = Vec::new();
    let (refused, told) = loop {
        let code = silent_code(&browser, &portal).await;
        let told = portal.redeem(&code).await.unwrap();
        match told.tokens() {
            Some(tokens) => served.push(tokens),
            None => break (code, told),
        }
        assert!(served.len() < 20_000, "the disk is not full");
    };
    only_reads(&machine, &portal, &told, &before, "disk_full").await;
    let log = machine.log();
    assert!(log.contains("no space is left for the database") && log.contains("make room on its disk"), "{log}");
    assert!(log.matches("no space is left").count() < 5, "one line for each request would fill the disk:\n{log}");

    disk.make_room();
    works_again(&machine, &portal, &refused).await;
    for tokens in served.iter().take(5).chain(served.last()).chain([&before]) {
        assert!(portal.is_active(&tokens.access_token).await);
        assert!(portal.refresh(&tokens.refresh_token).await.unwrap().tokens().is_some());
    }
    signed_in(&machine).await;
    machine.is_sound();
    assert_eq!(node.stop(), Some(0));
}

/// Whoever has to write is put off, as `told` was, whoever only reads is served, and the node names the reason.
async fn only_reads(machine: &Machine, portal: &Portal, told: &Told, before: &Tokens, reason: &str) {
    assert!(told.is_put_off() && told.error() == "temporarily_unavailable", "{told:?}");
    let page = sign_in(&Browser::new(&machine.base()), portal).await;
    assert_eq!((page.status, page.header("retry-after").is_empty(), page.parameter("code")), (503, false, None), "{}", page.text());
    let ready = probe(&machine.base(), "/readyz").await;
    assert!(ready.is_put_off() && ready.json["reason"] == reason, "{ready:?}");
    assert_eq!(probe(&machine.base(), "/healthz").await.status, 200);
    assert!(portal.is_active(&before.access_token).await, "what only reads goes on");
}

/// By itself, and the code that was put off was not used up by that; used, it is.
async fn works_again(machine: &Machine, portal: &Portal, put_off: &str) {
    let ready = probe(&machine.base(), "/readyz").await;
    assert_eq!(ready.status, 200, "{ready:?}");
    assert!(machine.log().contains("the database works again"));
    let told = portal.redeem(put_off).await.unwrap();
    let late = told.tokens().unwrap_or_else(|| panic!("{told:?}"));
    assert_eq!(portal.redeem(put_off).await.unwrap().error(), "invalid_grant");
    assert!(!portal.is_active(&late.access_token).await, "a code that was used twice is worth nothing");
}

#[tokio::test]
async fn a_disk_that_turns_read_only_under_a_node_is_said_puts_people_off_and_loses_nothing() {
    let _alone = alone().await;
    let Some(disk) = SmallDisk::ext4(32) else { return };
    let machine = Machine::on(disk.path());
    let (node, portal, browser, before) = at_work(&machine).await;

    let frozen = SmallDisk::freeze(&[machine.database(), machine.data.join("dinhdanh.sqlite-wal")]);
    let refused = silent_code(&browser, &portal).await;
    let told = portal.redeem(&refused).await.unwrap();
    let refresh = portal.refresh(&before.refresh_token).await.unwrap();
    assert!(refresh.is_put_off(), "{refresh:?}");
    only_reads(&machine, &portal, &told, &before, "read_only").await;
    let log = machine.log();
    assert!(log.contains("the database cannot be written") && log.contains("mount its disk writable"), "{log}");
    assert!(log.matches("ERROR").count() < 5, "one line for each request would fill a disk:\n{log}");

    drop(frozen);
    works_again(&machine, &portal, &refused).await;
    assert!(portal.is_active(&before.access_token).await);
    let refreshed = portal.refresh(&before.refresh_token).await.unwrap();
    assert!(refreshed.tokens().is_some(), "the refresh token that was put off was not used up: {refreshed:?}");
    silent_tokens(&browser, &portal).await;
    signed_in(&machine).await;
    machine.is_sound();
    assert_eq!(node.stop(), Some(0));
}

#[tokio::test]
async fn a_disk_without_room_for_a_start_is_named() {
    let _alone = alone().await;
    let Some(disk) = SmallDisk::find(1) else { return };
    let machine = Machine::on(disk.path());
    std::fs::create_dir(&machine.data).unwrap();
    disk.fill();
    let (status, said) = machine.try_serve(&mut machine.command(&["serve"])).err().expect("no room");
    assert_eq!(status.code(), Some(1), "{said}");
    assert!(said.contains("no space left") || said.contains("No space left") || said.contains("disk is full"), "{said}");
    disk.make_room();
}

#[tokio::test]
async fn a_read_only_data_folder_is_named_at_start_and_does_not_hurt_a_node_that_has_its_files_open() {
    let _alone = alone().await;
    let Some(disk) = SmallDisk::find(24) else { return };
    let machine = Machine::on(disk.path());
    let node = machine.serve();
    let portal = Portal::of(&machine);
    let browser = signed_in(&machine).await;

    let cover = disk.cover(&machine.data);
    let kept = silent_tokens(&browser, &portal).await;
    signed_in(&machine).await;
    assert_eq!(probe(&machine.base(), "/healthz").await.status, 200);
    let ready = probe(&machine.base(), "/readyz").await;
    assert_eq!(ready.status, 200, "what is open stays open: {ready:?}");
    drop(cover);
    machine.is_sound();
    assert_eq!(node.stop(), Some(0));

    if disk.remount("ro").is_none() {
        return;
    }
    machine.forget_log();
    let (status, said) = machine.try_serve(&mut machine.command(&["serve"])).err().expect("read-only");
    assert_eq!((status.code(), said.lines().count()), (Some(1), 1), "{said}");
    assert!(said.contains("data folder") && said.contains("read-only file system") && said.contains("data_dir"), "{said}");
    disk.remount("rw").unwrap();
    let node = machine.serve();
    let (portal, browser) = (portal.anew(), browser.at(&machine.base()));
    assert!(portal.is_active(&kept.access_token).await, "kept before, there after");
    silent_tokens(&browser, &portal).await;
    machine.is_sound();
    assert_eq!(node.stop(), Some(0));
}
