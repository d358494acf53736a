use argon2::password_hash::{PasswordHasher, PasswordVerifier};
use argon2::{Algorithm, Argon2, Params, Version};

use super::argon::MOST_MEMORY_KIB;
use super::*;

/// Cheap, so that the tests are quick; never for real use.
fn cheap() -> PasswordsConfig {
    PasswordsConfig { memory_kib: 64, iterations: 1, parallelism: 1, threads: 2, queue: 8 }
}

fn hasher(passwords: &PasswordsConfig) -> Hasher {
    Hasher::new(passwords, Randomness::seeded(1)).unwrap()
}

#[tokio::test]
async fn the_right_password_is_ok_and_no_other() {
    let hasher = hasher(&cheap());
    let phc = hasher.hash("Sandbox#2024").await.unwrap();
    assert!(phc.starts_with("$argon2id$v=19$m=64,t=1,p=1$"), "{phc}");
    assert_eq!(hasher.verify("Sandbox#2024", &phc).await, Ok(Verified { ok: true, rehash: None }));
    for wrong in ["sandbox#2024", "Sandbox#202", "Sandbox#2024 ", "", "Sandbox#2024\0"] {
        assert_eq!(hasher.verify(wrong, &phc).await, Ok(Verified { ok: false, rehash: None }), "{wrong}");
    }
}

#[tokio::test]
async fn the_memory_is_reused_without_a_trace_of_the_last_password() {
    let hasher = hasher(&PasswordsConfig { threads: 1, iterations: 2, ..cheap() });
    for password in ["first", "second", "third"] {
        let phc = hasher.hash(password).await.unwrap();
        let foreign = argon2::password_hash::phc::PasswordHash::new(&phc).unwrap();
        assert!(Argon2::default().verify_password(password.as_bytes(), &foreign).is_ok(), "{phc}");
    }
}

#[tokio::test]
async fn nobody_has_a_password() {
    let hasher = hasher(&cheap());
    assert!(!hasher.refuse("Sandbox#2024", None).await.unwrap().ok);
    assert!(!hasher.refuse("", None).await.unwrap().ok);
}

#[tokio::test]
async fn an_unreadable_hash_is_nobodys_password() {
    let hasher = hasher(&cheap());
    for stored in
        ["", "x", "$argon2id$", "$2b$12$R9h/cIPz0gi.URNNX3kh2OPST9/PgBkqquzi.Ss7KIUgO2t0jWMUW", "$argon2id$v=19$m=64,t=1,p=1$c2FsdHNhbHQ"]
    {
        assert!(!hasher.verify("x", stored).await.unwrap().ok, "{stored}");
    }
}

#[tokio::test]
async fn a_hash_with_other_parameters_is_renewed_on_success_only() {
    let old = hasher(&cheap()).hash("Sandbox#2024").await.unwrap();
    let hasher = hasher(&PasswordsConfig { iterations: 2, ..cheap() });
    assert_eq!(hasher.verify("wrong", &old).await.unwrap().rehash, None);
    let renewed = hasher.verify("Sandbox#2024", &old).await.unwrap().rehash.expect("renewed");
    assert!(renewed.contains("t=2"), "{renewed}");
    assert_eq!(hasher.verify("Sandbox#2024", &renewed).await, Ok(Verified { ok: true, rehash: None }));
}

#[tokio::test]
async fn an_imported_hash_that_needs_more_memory_is_verified() {
    let foreign = Argon2::new(Algorithm::Argon2i, Version::V0x13, Params::new(256, 3, 2, Some(24)).unwrap())
        .hash_password_with_salt(b"Sandbox#2024", b"saltsaltsalt")
        .unwrap()
        .to_string();
    assert_eq!(acceptable(&foreign), Ok(()));
    let verified = hasher(&cheap()).verify("Sandbox#2024", &foreign).await.unwrap();
    assert!(verified.ok && verified.rehash.is_some());
}

#[test]
fn an_imported_hash_cannot_ask_for_the_whole_machine() {
    let phc = |parameters: &str| format!("$argon2id$v=19${parameters}$c2FsdHNhbHRzYWx0$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA");
    assert_eq!(acceptable(&phc("m=64,t=1,p=1")), Ok(()));
    for parameters in ["m=4194304,t=1,p=1", "m=64,t=4000000,p=1", "m=1024,t=1,p=64"] {
        assert_eq!(acceptable(&phc(parameters)), Err(UnacceptableHash::Parameters), "{parameters}");
    }
    assert!(matches!(acceptable("$scrypt$ln=14,r=8,p=1$c2FsdHNhbHRzYWx0$AAAAAAAAAAAAAAAAAAAAAA"), Err(UnacceptableHash::Algorithm(_))));
}

#[tokio::test]
async fn a_mark_typed_on_another_keyboard_is_the_same_password() {
    let hasher = hasher(&cheap());
    let phc = hasher.hash("M\u{1ead}t kh\u{1ea9}u #1").await.unwrap();
    assert!(hasher.verify("Ma\u{323}\u{302}t kha\u{302}\u{309}u #1", &phc).await.unwrap().ok);
}

#[tokio::test]
async fn an_overlong_password_is_wrong_without_being_hashed() {
    let hasher = hasher(&cheap());
    let long = "a".repeat(LONGEST_PASSWORD_BYTES + 1);
    let phc = hasher.hash(&long).await.unwrap();
    assert!(!hasher.verify(&long, &phc).await.unwrap().ok);
}

#[tokio::test]
async fn a_full_queue_says_busy_and_later_works_again() {
    let hasher = hasher(&PasswordsConfig { memory_kib: 4096, iterations: 2, threads: 1, queue: 2, ..cheap() });
    let answers = futures_util::future::join_all((0..20).map(|_| hasher.hash("x"))).await;
    let busy = answers.iter().filter(|answer| **answer == Err(Busy)).count();
    assert!((17..20).contains(&busy), "{busy}");
    assert!(hasher.hash("x").await.is_ok());
    assert_eq!(hasher.depth(), 0);
}

#[test]
fn who_has_waited_for_long_waits_for_no_idle_moment() {
    let shared = |long| Shared {
        state: Mutex::default(),
        ready: Condvar::new(),
        waiting: Condvar::new(),
        queue: 8,
        long,
        filled: AtomicU64::new(0),
        randomness: Randomness::seeded(1),
    };
    let long = Duration::from_millis(30);
    let hasher = Hasher { shared: Arc::new(shared(long)) };
    let late = {
        let shared = Arc::clone(&hasher.shared);
        std::thread::spawn(move || (shared.next_late().is_some(), Instant::now()))
    };
    let (reply, _answer) = oneshot::channel();
    let asked = Instant::now();
    hasher.enqueue(Job::Hash { password: normalized("Sandbox#2024"), reply }).unwrap();
    let (taken, at) = late.join().unwrap();
    assert!(taken && at - asked >= long, "{:?}", at - asked);
    assert_eq!(hasher.depth(), 0);
    let shared = Arc::clone(&hasher.shared);
    let late = std::thread::spawn(move || shared.next_late().is_none());
    drop(hasher);
    assert!(late.join().unwrap(), "the thread ends with the hasher");
}

#[tokio::test]
async fn an_abandoned_request_leaves_no_work_behind() {
    let hasher = hasher(&PasswordsConfig { threads: 1, queue: 1, ..cheap() });
    for _ in 0..50 {
        let request = hasher.refuse("x", None);
        let _ = tokio::time::timeout(std::time::Duration::ZERO, request).await;
        assert!(hasher.depth() <= 1);
    }
    while hasher.hash("x").await.is_err() {
        tokio::task::yield_now().await;
    }
}

/// The hash of a password with other parameters than [`cheap`] ones.
fn imported(algorithm: Algorithm, params: Params) -> String {
    Argon2::new(algorithm, Version::V0x13, params).hash_password_with_salt(b"Sandbox#2024", b"saltsaltsalt").unwrap().to_string()
}

#[test]
fn an_unknown_number_costs_the_work_of_its_stand_in() {
    let filled = AtomicU64::new(0);
    let current = Current::new(&cheap()).unwrap();
    let mut memory = current.memory(&filled);
    let mut work = |run: &mut dyn FnMut(&mut argon::Memory<'_>)| {
        let before = filled.load(Ordering::Relaxed);
        run(&mut memory);
        filled.load(Ordering::Relaxed) - before
    };
    let mut phc = String::new();
    work(&mut |memory| phc = current.hash(memory, b"Sandbox#2024", [1; 16]).unwrap());
    let dear = imported(Algorithm::Argon2id, Params::new(128, 3, 1, Some(32)).unwrap());
    let foreign = imported(Algorithm::Argon2i, Params::new(256, 2, 2, Some(24)).unwrap());
    for (stored, expected) in [(&phc, 64), (&dear, 3 * 128), (&foreign, 2 * 256)] {
        assert_eq!(work(&mut |memory| assert!(!current.verify(memory, b"wrong", stored, || [2; 16]).ok)), expected, "{stored}");
        for password in ["wrong", "Sandbox#2024"] {
            assert_eq!(work(&mut |memory| current.refuse(memory, password.as_bytes(), Some(stored.as_str()))), expected, "{stored}");
        }
    }
    for nobody in [None, Some("not a hash")] {
        assert_eq!(work(&mut |memory| current.refuse(memory, b"wrong", nobody)), 64, "{nobody:?}");
    }
    assert_eq!(work(&mut |memory| assert!(!current.verify(memory, b"wrong", "not a hash", || [2; 16]).ok)), 64);
}

#[tokio::test]
async fn the_password_of_a_stand_in_is_nobodys() {
    let hasher = hasher(&cheap());
    let phc = hasher.hash("Sandbox#2024").await.unwrap();
    let before = hasher.work();
    assert_eq!(hasher.refuse("Sandbox#2024", Some(&phc)).await, Ok(Verified { ok: false, rehash: None }));
    assert_eq!(hasher.work() - before, 64);
}

#[test]
fn unusable_parameters_are_refused_with_the_key_to_change() {
    for passwords in [PasswordsConfig { memory_kib: 1, ..cheap() }, PasswordsConfig { memory_kib: MOST_MEMORY_KIB + 1, ..cheap() }] {
        let error = Hasher::new(&passwords, Randomness::seeded(1)).unwrap_err();
        assert!(error.to_string().contains("[passwords] memory_kib"), "{error}");
    }
}
