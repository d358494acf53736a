use std::sync::Barrier;

use proptest::prelude::*;
use time::macros::datetime;

use super::quota::Quota;
use super::*;

const NOW: OffsetDateTime = datetime!(2026-11-22 02:00 UTC);
const OWNER: &str = "portal-a";

fn later(seconds: i64) -> OffsetDateTime {
    NOW + Duration::seconds(seconds)
}

fn key(n: u32) -> Key {
    let mut key = [0; 32];
    key[..4].copy_from_slice(&n.wrapping_mul(0x9e37_79b9).to_be_bytes());
    key
}

fn put(memory: &Memory, n: u32) -> Result<(), Full> {
    memory.put(Kind::Code, &key(n), OWNER, n.to_be_bytes().to_vec(), later(60), NOW)
}

fn consume(memory: &Memory, n: u32) -> Consumed {
    memory.consume(Kind::Code, &key(n), OWNER, NOW)
}

/// All of them in seconds: the lifetime, and now.
fn once(memory: &Memory, n: u32, from: i64, to: i64, now: i64) -> Result<Seen, Full> {
    memory.once(Kind::AssertionId, &key(n), Lifetime { from: later(from), to: later(to) }, later(now))
}

/// Something else in the same shard, so that the shard is swept.
fn put_at(memory: &Memory, n: u32, now: i64) {
    let mut neighbour = key(1);
    neighbour[31] = u8::try_from(n).unwrap();
    memory.put(Kind::Interaction, &neighbour, OWNER, Vec::new(), later(now + 60), later(now)).unwrap();
}

/// Runs `f` in 16 threads that start together.
fn race<T: Send>(f: impl Fn(usize) -> T + Sync) -> Vec<T> {
    let barrier = Barrier::new(16);
    std::thread::scope(|scope| {
        let threads: Vec<_> = (0..16)
            .map(|n| {
                let (barrier, f) = (&barrier, &f);
                scope.spawn(move || {
                    barrier.wait();
                    f(n)
                })
            })
            .collect();
        threads.into_iter().map(|thread| thread.join().unwrap()).collect()
    })
}

#[test]
fn of_sixteen_consumers_at_once_exactly_one_is_first() {
    let memory = Memory::default();
    for n in 0..1000 {
        put(&memory, n).unwrap();
        let answers = race(|_| consume(&memory, n));
        let value = n.to_be_bytes().to_vec();
        assert_eq!(answers.iter().filter(|answer| **answer == Consumed::First(value.clone())).count(), 1);
        assert_eq!(answers.iter().filter(|answer| **answer == Consumed::Again(value.clone())).count(), 15);
    }
}

#[test]
fn redeemed_codes_make_room_for_any_number_and_the_newest_still_tell_a_replay() {
    let memory = Memory::default();
    let (waiting, redeemed) = (0, 1_000_000);
    put(&memory, waiting).unwrap();
    for n in 1..=redeemed {
        put(&memory, n).unwrap();
        assert!(matches!(consume(&memory, n), Consumed::First(_)));
    }
    let (entries, _) = memory.quotas().of(Kind::Code).used();
    assert!(entries <= 32_769, "{entries}");
    assert!(matches!(consume(&memory, redeemed), Consumed::Again(_)));
    assert_eq!(consume(&memory, 1), Consumed::Unknown);
    assert!(matches!(consume(&memory, waiting), Consumed::First(_)), "a code that nobody redeemed yet is never put out");
}

#[test]
fn of_sixteen_that_ask_at_once_exactly_one_is_the_first_time() {
    let memory = Memory::default();
    for n in 0..1000 {
        let answers = race(|_| once(&memory, n, 0, 60, 0).unwrap());
        assert_eq!(answers.iter().filter(|seen| **seen == Seen::First).count(), 1);
        assert_eq!(answers.iter().filter(|seen| **seen == Seen::Again).count(), 15);
    }
    assert_eq!(once(&memory, 0, 60, 120, 60), Ok(Seen::First), "an expired id is new again");
}

#[test]
fn another_owner_sees_nothing_and_consumes_nothing() {
    let memory = Memory::default();
    put(&memory, 1).unwrap();
    assert_eq!(memory.consume(Kind::Code, &key(1), "portal-b", NOW), Consumed::Unknown);
    assert_eq!(memory.consume(Kind::Interaction, &key(1), OWNER, NOW), Consumed::Unknown);
    assert!(matches!(consume(&memory, 1), Consumed::First(_)));
    assert_eq!(memory.consume(Kind::Code, &key(1), "portal-b", NOW), Consumed::Unknown);
}

#[test]
fn what_was_consumed_stays_consumed_until_it_expires() {
    let memory = Memory::default();
    put(&memory, 1).unwrap();
    assert!(!memory.is_consumed(Kind::Code, &key(1), NOW));
    consume(&memory, 1);
    assert!(memory.is_consumed(Kind::Code, &key(1), NOW));
    assert_eq!(memory.get(Kind::Code, &key(1), NOW), None);
    assert!(!memory.replace(Kind::Code, &key(1), vec![9], NOW));
    put(&memory, 1).unwrap();
    assert!(matches!(consume(&memory, 1), Consumed::Again(_)), "putting does not revive");
    assert_eq!(memory.consume(Kind::Code, &key(1), OWNER, later(60)), Consumed::Unknown);
    assert_eq!(memory.quotas().code.used().0, 1);
}

#[test]
fn a_live_value_is_replaced_and_keeps_its_expiry() {
    let memory = Memory::default();
    assert!(!memory.replace(Kind::Code, &key(1), vec![9], NOW));
    put(&memory, 1).unwrap();
    assert!(memory.replace(Kind::Code, &key(1), vec![9], later(59)));
    assert_eq!(memory.get(Kind::Code, &key(1), later(59)), Some(vec![9]));
    assert_eq!(memory.get(Kind::Code, &key(1), later(60)), None);
    assert!(!memory.replace(Kind::Code, &key(1), vec![8], later(60)));
    memory.remove(Kind::Code, &key(1));
    assert_eq!(consume(&memory, 1), Consumed::Unknown);
    assert_eq!(memory.quotas().code.used(), (0, 0));
}

#[test]
fn a_full_kind_refuses_new_entries_keeps_live_ones_and_leaves_others_room() {
    let memory = Memory::with(|_| Quota::new(10, 1 << 20), 10);
    (0..10).for_each(|n| put(&memory, n).unwrap());
    assert_eq!(put(&memory, 10), Err(Full));
    assert!((0..10).all(|n| memory.get(Kind::Code, &key(n), NOW).is_some()));
    memory.put(Kind::Interaction, &key(1), OWNER, vec![], later(60), NOW).unwrap();
    assert_eq!(memory.put(Kind::Code, &key(10), OWNER, vec![], later(90), later(60)), Ok(()), "expired ones make room");
    assert_eq!(memory.quotas().code.used().0, 1);
}

#[test]
fn huge_values_fill_a_kind_too() {
    let memory = Memory::with(|_| Quota::new(10, 10_000), 10);
    assert_eq!(memory.put(Kind::Code, &key(1), OWNER, vec![0; 20_000], later(60), NOW), Err(Full));
    put(&memory, 2).unwrap();
    assert!(!memory.replace(Kind::Code, &key(2), vec![0; 20_000], NOW));
    assert_eq!(memory.get(Kind::Code, &key(2), NOW), Some(2_u32.to_be_bytes().to_vec()));
    assert_eq!(memory.quotas().code.used().0, 1);
}

/// An interaction that people are in the middle of grows by its steps: that fits even where nothing else does. More than that must find room.
#[test]
fn a_live_entry_grows_a_little_in_a_full_store_and_much_only_where_there_is_room() {
    let memory = Memory::with(|_| Quota::new(10, 3_000), 10);
    let put = |n, size| memory.put(Kind::Interaction, &key(n), OWNER, vec![1; size], later(60), NOW);
    let replace = |n, size| memory.replace(Kind::Interaction, &key(n), vec![2; size], NOW);
    let bytes = || memory.quotas().interaction.used().1;
    put(1, 1_000).unwrap();
    put(2, 1_000).unwrap();
    assert_eq!(put(3, 500), Err(Full), "the store is full");
    let full = bytes();
    assert!(replace(1, 2_024), "1,024 bytes more always fit");
    assert_eq!(bytes(), full + 1_024);
    assert!(!replace(1, 2_024 + 1_025), "1,025 do not");
    assert_eq!((bytes(), memory.get(Kind::Interaction, &key(1), NOW).unwrap().len()), (full + 1_024, 2_024), "it stays as it was");
    assert!(replace(2, 0) && bytes() == full + 24, "what shrinks gives room back");
    assert_eq!(put(3, 100), Ok(()));
    memory.clear();
    put(1, 0).unwrap();
    assert!(replace(1, 2_500), "where there is room it grows at once");
    memory.remove(Kind::Interaction, &key(1));
    assert_eq!(bytes(), 0);
}

#[test]
fn a_replay_is_told_even_when_the_store_is_full() {
    let memory = Memory::with(|_| Quota::new(1, 1 << 20), 10);
    assert_eq!(once(&memory, 1, 0, 60, 0), Ok(Seen::First));
    assert_eq!(once(&memory, 1, 0, 60, 0), Ok(Seen::Again));
    assert_eq!(once(&memory, 2, 0, 60, 0), Err(Full));
}

#[test]
fn what_was_there_before_the_store_began_may_have_been_seen() {
    let memory = Memory::since(later(100));
    assert_eq!(once(&memory, 1, 99, 160, 100), Ok(Seen::Perhaps));
    assert_eq!(once(&memory, 1, 100, 160, 100), Ok(Seen::First));
    assert_eq!(once(&memory, 1, 100, 160, 159), Ok(Seen::Again));
    memory.clear();
    assert_eq!(once(&memory, 1, 100, 220, 160), Ok(Seen::Perhaps), "all that was seen is forgotten");
    assert_eq!(once(&memory, 2, 160, 220, 160), Ok(Seen::First));
    assert_eq!(memory.quotas().assertion_id.used().0, 1);
}

#[test]
fn a_clock_that_went_ahead_and_came_back_forgets_nothing_that_it_would_take_again() {
    let memory = Memory::since(NOW);
    assert_eq!(once(&memory, 1, 0, 60, 1), Ok(Seen::First));
    // A day ahead: its mark goes, like everything that ended by then.
    put_at(&memory, 2, 86_400);
    assert_eq!(once(&memory, 1, 0, 60, 5), Ok(Seen::Perhaps), "back again");
    assert_eq!(once(&memory, 3, 4, 60, 5), Ok(Seen::Perhaps), "this one may have been seen before the jump");
    assert_eq!(once(&memory, 4, 5, 60, 5), Ok(Seen::First), "this one was made since");
    assert_eq!(once(&memory, 4, 5, 60, 30), Ok(Seen::Again));
}

#[test]
fn a_reading_of_the_clock_that_comes_late_is_no_jump_and_takes_nothing_twice() {
    let memory = Memory::since(NOW);
    assert_eq!(once(&memory, 1, 0, 60, 1), Ok(Seen::First));
    put_at(&memory, 2, 61);
    assert_eq!(once(&memory, 1, 0, 60, 59), Ok(Seen::Perhaps), "swept by a thread that read the clock later");
    assert_eq!(once(&memory, 3, 0, 90, 59), Ok(Seen::First), "the store still knows the time since it began");
}

#[test]
fn a_window_starts_with_its_first_event_and_ends_for_all() {
    let memory = Memory::default();
    let count = |at| memory.count(&key(1), 5, Duration::MINUTE, later(at));
    assert_eq!((count(0), count(10), count(59)), (1, 2, 3));
    let counted = memory.counted(&key(1), later(59)).unwrap();
    assert_eq!(counted, Counted { count: 3, since: NOW, last: later(59) });
    assert_eq!(memory.counted(&key(1), later(60)), None);
    assert_eq!(count(60), 1);
    memory.reset(&key(1));
    assert_eq!(count(61), 1);
    assert_eq!(race(|_| memory.count(&key(2), 5, Duration::MINUTE, NOW)).into_iter().max(), Some(16));
}

/// Counters of one shard, whose limit is 4.
struct Counting(Memory);

impl Counting {
    fn times(&self, n: u16, times: usize, at: i64) {
        for _ in 0..times {
            self.0.count(&Self::key(n), 4, Duration::MINUTE, later(at));
        }
    }

    fn counted(&self, n: u16, at: i64) -> Option<u64> {
        self.0.counted(&Self::key(n), later(at)).map(|counted| counted.count)
    }

    fn key(n: u16) -> Key {
        let mut key = [0; 32];
        key[1..3].copy_from_slice(&n.to_be_bytes());
        key
    }
}

#[test]
fn full_counters_make_room_and_who_came_to_the_limit_is_the_last_to_go() {
    let counting = Counting(Memory::with(Quota::of, 64 * 4));
    counting.times(1, 4, 0);
    counting.times(2, 3, 0);
    counting.times(3, 1, 1);
    counting.times(4, 1, 2);
    counting.times(5, 1, 3);
    assert_eq!(counting.counted(3, 3), None, "the least loaded, whose window ends first");
    for n in 6..1_000 {
        counting.times(n, 1, 3);
        assert_eq!(counting.counted(n, 3), Some(1), "a new one is counted");
    }
    assert_eq!((counting.counted(1, 3), counting.counted(2, 3)), (Some(4), Some(3)), "a crowd puts out itself");
    // Even those who come to the limit do not put out who waits longer than they will, while there is anybody else.
    for n in 1_000..1_003 {
        counting.times(n, 4, 4);
    }
    assert_eq!((counting.counted(1, 4), counting.counted(2, 4)), (Some(4), None));
    assert!((1_000..1_003).all(|n| counting.counted(n, 4) == Some(4)));
    counting.times(1_003, 1, 5);
    assert_eq!(
        (counting.counted(1, 5), counting.counted(1_003, 5)),
        (None, Some(1)),
        "all are at the limit: who is forgotten first anyway"
    );
    counting.times(1_004, 1, 5);
    assert!((1_000..1_003).all(|n| counting.counted(n, 5) == Some(4)), "and then the new one, not another at the limit");
}

#[test]
fn counters_whose_window_is_over_make_room_first() {
    let counting = Counting(Memory::with(Quota::of, 64 * 2));
    counting.times(1, 4, 0);
    counting.times(2, 1, 30);
    counting.times(3, 1, 60);
    assert_eq!((counting.counted(1, 60), counting.counted(2, 60), counting.counted(3, 60)), (None, Some(1), Some(1)));
}

#[tokio::test]
async fn the_store_forgets_everything_when_cleared() {
    let store = ShortLived::memory(NOW);
    store.put(Kind::Interaction, &key(1), OWNER, vec![1], later(60), NOW).await.unwrap();
    store.count(&key(1), 5, Duration::MINUTE, NOW).await;
    assert_eq!(store.get(Kind::Interaction, &key(1), NOW).await, Some(vec![1]));
    store.clear().await;
    assert_eq!(store.get(Kind::Interaction, &key(1), NOW).await, None);
    assert_eq!(store.counted(&key(1), NOW).await, None);
    assert_eq!(store.consume(Kind::Interaction, &key(1), OWNER, NOW).await, Consumed::Unknown);
}

proptest! {
    /// Whatever is put, taken and swept, the quota counts exactly what is there.
    #[test]
    fn the_quota_counts_what_is_there(steps in prop::collection::vec((0..5_u8, 0..20_u32, 0..300_i64, 0..50_usize), 1..200)) {
        let memory = Memory::with(|_| Quota::new(15, 20_000), 10);
        for (step, n, at, size) in steps {
            match step {
                0 => { let _ = memory.put(Kind::Code, &key(n), OWNER, vec![0; size], later(at + 60), later(at)); }
                1 => drop(memory.consume(Kind::Code, &key(n), OWNER, later(at))),
                2 => drop(memory.replace(Kind::Code, &key(n), vec![0; size], later(at))),
                3 => memory.remove(Kind::Code, &key(n)),
                _ => { let _ = memory.once(Kind::Code, &key(n), Lifetime { from: later(at), to: later(at + 60) }, later(at)); }
            }
        }
        memory.clear();
        prop_assert_eq!(memory.quotas().code.used(), (0, 0));
    }
}

#[tokio::test]
async fn what_was_taken_in_vain_is_put_back_by_its_owner_alone() {
    let store = ShortLived::memory(NOW);
    let (key, now) = ([9; 32], time::macros::datetime!(2026-11-22 02:00 UTC));
    store.put(Kind::Code, &key, "a", vec![1], now + Duration::MINUTE, now).await.unwrap();
    assert_eq!(store.consume(Kind::Code, &key, "a", now).await, Consumed::First(vec![1]));
    store.put_back(Kind::Code, &key, "b", now).await;
    assert_eq!(store.consume(Kind::Code, &key, "a", now).await, Consumed::Again(vec![1]));
    store.put_back(Kind::Code, &key, "a", now).await;
    assert_eq!(store.consume(Kind::Code, &key, "a", now).await, Consumed::First(vec![1]));
    store.put_back(Kind::Code, &key, "a", now + Duration::MINUTE).await;
    assert_eq!(store.consume(Kind::Code, &key, "a", now).await, Consumed::Again(vec![1]), "it had expired");
}
