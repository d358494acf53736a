//! A backup beside writers is one moment, whole; a restore brings nothing back to life that was revoked.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use persistence::restore::{RestoreError, quiesce, stage, verify};
use persistence::{
    Account, AuditEvent, BackupError, DatabaseUrl, Family, Grant, LiveGrant, Mode, OneTimeCode, OpenError, Session, SessionStanding, Store,
    UsageKind, Verdict, backup,
};
use persistence::{CodeLimits, NewCode};
use time::Duration;
use uuid::Uuid;

use crate::world::{CLIENT, NOW, TODAY, World, open};

fn copy(world: &World, to: &Path) -> Result<(u64, Mode), BackupError> {
    backup(&world.url, to, &mut |_, _| {})
}

fn event(n: u64) -> AuditEvent {
    AuditEvent {
        id: Uuid::from_u64_pair(n, 0),
        at: NOW,
        actor: "t".into(),
        action: "t".into(),
        subject: None,
        detail: serde_json::json!({}),
    }
}

#[test]
fn a_backup_beside_a_writer_is_one_moment_and_stops_nobody() {
    let world = World::sqlite();
    let folder = tempfile::tempdir().unwrap();
    let (written, done) = (AtomicU64::new(0), AtomicBool::new(false));
    let files: Vec<PathBuf> = (0..3).map(|n| folder.path().join(format!("{n}.sqlite"))).collect();
    let bounds: Vec<(u64, u64)> = std::thread::scope(|scope| {
        scope.spawn(|| {
            for n in 0.. {
                if done.load(Ordering::Acquire) {
                    return;
                }
                world.run(move |db| event(n).append(db));
                written.store(n + 1, Ordering::Release);
            }
        });
        let bounds = files.iter().map(|file| {
            while written.load(Ordering::Acquire) < 20 {
                std::thread::yield_now();
            }
            let before = written.load(Ordering::Acquire);
            copy(&world, file).unwrap();
            (before, written.load(Ordering::Acquire) + 1)
        });
        let bounds = bounds.collect();
        done.store(true, Ordering::Release);
        bounds
    });
    for (file, (least, most)) in files.iter().zip(bounds) {
        assert_eq!(fs::metadata(file).unwrap().permissions().mode() & 0o777, 0o600);
        let ids: Vec<u64> = open(&DatabaseUrl::sqlite(file))
            .read_blocking(|db| AuditEvent::list(db, None, 1_000_000))
            .unwrap()
            .iter()
            .rev()
            .map(|event| event.id.as_u64_pair().0)
            .collect();
        assert_eq!(ids, (0..ids.len() as u64).collect::<Vec<_>>(), "without a gap");
        assert!((least..=most).contains(&(ids.len() as u64)), "{} of {least}..={most}", ids.len());
    }
    let names: Vec<_> = fs::read_dir(folder.path()).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    assert!(names.iter().all(|name| !name.to_string_lossy().contains("partial")), "{names:?}");
}

#[test]
fn a_backup_overwrites_nothing_and_leaves_nothing_half() {
    let world = World::sqlite();
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("a.sqlite");
    fs::write(&file, "precious").unwrap();
    assert!(matches!(copy(&world, &file), Err(BackupError::Exists(_))));
    assert_eq!(fs::read_to_string(&file).unwrap(), "precious");
    fs::write(folder.path().join("b.sqlite.partial"), "of somebody else").unwrap();
    assert!(matches!(copy(&world, &folder.path().join("b.sqlite")), Err(BackupError::UnderWay(_))));
    assert!(matches!(copy(&world, &folder.path().join("nowhere/c.sqlite")), Err(BackupError::File { .. })));
    let missing = DatabaseUrl::sqlite(folder.path().join("no-database.sqlite"));
    assert!(matches!(backup(&missing, &folder.path().join("d.sqlite"), &mut |_, _| {}), Err(BackupError::Missing(_))));
    assert!(!folder.path().join("no-database.sqlite").exists(), "looking made it");
    let postgres = DatabaseUrl::parse("postgres://u@127.0.0.1:1/d").unwrap();
    let refused = backup(&postgres, &file, &mut |_, _| {}).unwrap_err().to_string();
    assert!(refused.contains("pg_dump") && refused.contains("pg_basebackup"), "{refused}");
}

/// A backup with a session, an offline grant and a one-time code in it.
struct Story {
    world: World,
    folder: tempfile::TempDir,
    account: Uuid,
    session: Session,
    grant: Grant,
}

impl Story {
    fn begin() -> Self {
        let world = World::sqlite();
        let account = world.citizen(1);
        let session = world.session(account);
        let grant = world.grant(account, session.id, "openid offline_access");
        let (row, family, usage) = (grant.clone(), world.family(&grant), world.usage(&grant, UsageKind::Code));
        let code = NewCode { account_id: account, purpose: "sign-in".into(), code_hash: [1; 32], expires_at: NOW + Duration::HOUR };
        world.run(move |db| {
            OneTimeCode::issue(db, &code, &CodeLimits::default(), NOW)?;
            Grant::redeem(db, &row, Some(&family), &usage)
        });
        let folder = tempfile::tempdir().unwrap();
        copy(&world, &folder.path().join("backup.sqlite")).unwrap();
        Self { world, folder, account, session, grant }
    }

    fn file(&self) -> PathBuf {
        self.folder.path().join("backup.sqlite")
    }

    /// Where the restored installation lives; a database that was written since may be there.
    fn target(&self) -> PathBuf {
        self.folder.path().join("target.sqlite")
    }

    fn restore(&self) -> Option<PathBuf> {
        let staged = stage(&self.target(), &self.file(), &mut |_, _| {}).unwrap();
        let store = open(&staged.url());
        store.inspect(|db| Ok(verify(db))).unwrap().unwrap();
        let ended = store.run_blocking(|db| quiesce(db, &event(1), NOW)).unwrap();
        assert_eq!((ended.accounts, ended.sessions, ended.grants, ended.as_of), (1, 1, 1, Some(NOW)));
        drop(store);
        staged.put_in_place(NOW).unwrap()
    }
}

#[test]
fn nothing_of_a_restored_database_is_alive_and_everything_is_there() {
    let story = Story::begin();
    assert!(story.world.read(|db| LiveGrant::find(db, story.grant.id, NOW)).is_some());
    assert_eq!(story.restore(), None);
    let store = open(&DatabaseUrl::sqlite(story.target()));
    let (keyring, session) = (&story.world.keyring, story.session.id);
    let live = store.read_blocking(|db| SessionStanding::find(db, keyring, session, CLIENT, NOW, Duration::HOUR, TODAY)).unwrap();
    assert!(live.is_none(), "a session came alive");
    assert!(store.read_blocking(|db| LiveGrant::find(db, story.grant.id, NOW)).unwrap().is_none(), "a grant came alive");
    assert!(store.read_blocking(|db| Family::find(db, story.grant.id)).unwrap().unwrap().revoked_at.is_some());
    assert_eq!(store.read_blocking(|db| Account::find(db, story.account)).unwrap().unwrap().epoch, 2);
    let (account, limits) = (story.account, CodeLimits::default());
    let verdict = store.run_blocking(move |db| OneTimeCode::check(db, account, "sign-in", &[1; 32], &limits, NOW)).unwrap();
    assert_eq!(verdict, Verdict::NoneIssued, "a used code came alive");
    assert_eq!(store.read_blocking(|db| persistence::UsageRecord::list(db, account, None, 10)).unwrap().len(), 1);
    assert_eq!(fs::metadata(story.target()).unwrap().permissions().mode() & 0o777, 0o600);
}

#[test]
fn the_database_that_was_there_is_kept_whole_with_its_log() {
    let story = Story::begin();
    let old = open(&DatabaseUrl::sqlite(story.target()));
    old.migrate(NOW).unwrap();
    old.run_blocking(|db| event(7).append(db)).unwrap();
    // As after a kill: the last commits are in the log alone.
    let log = fs::read(story.folder.path().join("target.sqlite-wal")).unwrap();
    let main = fs::read(story.target()).unwrap();
    drop(old);
    fs::write(story.target(), main).unwrap();
    fs::write(story.folder.path().join("target.sqlite-wal"), &log).unwrap();
    assert!(!log.is_empty());
    let aside = story.restore().unwrap();
    let kept = open(&DatabaseUrl::sqlite(&aside));
    assert_eq!(kept.read_blocking(|db| AuditEvent::list(db, None, 10)).unwrap(), [event(7)]);
    let restored = open(&DatabaseUrl::sqlite(story.target()));
    assert_eq!(restored.read_blocking(|db| AuditEvent::list(db, None, 10)).unwrap(), [event(1)], "the old log was played into it");
}

#[test]
fn a_damaged_backup_or_one_of_the_other_mode_changes_nothing() {
    let story = Story::begin();
    let mut bytes = fs::read(story.file()).unwrap();
    let half = bytes.len() / 2 / 4096 * 4096;
    bytes[half..half + 8192].fill(0xa5);
    let damaged = story.folder.path().join("damaged.sqlite");
    fs::write(&damaged, bytes).unwrap();
    let staged = stage(&story.target(), &damaged, &mut |_, _| {}).unwrap();
    match Store::open(&staged.url(), Mode::Sandbox, Default::default()) {
        Ok(store) => assert!(matches!(store.inspect(|db| Ok(verify(db))).unwrap(), Err(RestoreError::Unsound(_)))),
        Err(error) => assert!(matches!(error, OpenError::Damaged { .. }), "{error}"),
    }
    drop(staged);
    let staged = stage(&story.target(), &story.file(), &mut |_, _| {}).unwrap();
    assert!(matches!(Store::open(&staged.url(), Mode::Production, Default::default()), Err(OpenError::OtherMode { .. })));
    drop(staged);
    assert!(stage(&story.target(), Path::new("/no/such/backup"), &mut |_, _| {}).is_err());
    let left: Vec<_> = fs::read_dir(story.folder.path()).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    assert!(left.iter().all(|name| !name.to_string_lossy().starts_with("target")), "{left:?}");
}

#[test]
fn a_restore_that_was_killed_in_the_middle_keeps_every_store_shut_until_it_is_run_again() {
    let story = Story::begin();
    fs::copy(story.file(), story.folder.path().join("target.sqlite.restoring")).unwrap();
    let refused = Store::open(&DatabaseUrl::sqlite(story.target()), Mode::Sandbox, Default::default()).unwrap_err();
    assert!(matches!(&refused, OpenError::RestoreInterrupted { .. }) && refused.to_string().contains("dinhdanh restore"), "{refused}");
    assert!(!story.target().exists(), "a new database was made");
    story.restore();
    open(&DatabaseUrl::sqlite(story.target()));
}
