use time::macros::datetime;

use super::*;

const NOON: OffsetDateTime = datetime!(2026-03-02 12:00 UTC);
const NUMBER: [u8; 32] = [1; 32];

fn store() -> ShortLived {
    ShortLived::memory(NOON)
}

fn limits() -> LimitsConfig {
    LimitsConfig {
        number_tries: 3,
        address_tries: 6,
        client_tries: 2,
        first_delay_seconds: 2,
        longest_delay_seconds: 60,
        window_minutes: 60,
        ..LimitsConfig::default()
    }
}

fn sign_in<'a>(number: &'a [u8; 32], address: &str) -> Attempt<'a> {
    Attempt::SignIn { number, address: address.parse().unwrap() }
}

async fn fail(throttle: &Throttle, store: &ShortLived, attempt: &Attempt<'_>, now: OffsetDateTime) -> Result<(), Throttled> {
    throttle.check(store, attempt, now).await?;
    throttle.failed(store, attempt, now).await;
    Ok(())
}

/// Fails as soon as it may, `tries` times; the seconds waited before each.
async fn waits(throttle: &Throttle, store: &ShortLived, attempt: &Attempt<'_>, tries: usize) -> Vec<u64> {
    let (mut now, mut waits) = (NOON, Vec::new());
    for _ in 0..tries {
        let mut waited = 0;
        while let Err(Throttled { seconds }) = fail(throttle, store, attempt, now).await {
            waited += seconds;
            now += Duration::seconds(i64::try_from(seconds).unwrap());
        }
        waits.push(waited);
    }
    waits
}

#[tokio::test]
async fn after_the_free_tries_each_wait_is_twice_as_long_up_to_the_longest() {
    let (throttle, store) = (Throttle::new(limits()), store());
    let attempts: Vec<_> = (0..11).map(|last| format!("203.0.113.{last}")).collect();
    let mut now = NOON;
    let mut waited = Vec::new();
    for address in &attempts {
        let attempt = sign_in(&NUMBER, address);
        let mut total = 0;
        while let Err(Throttled { seconds }) = fail(&throttle, &store, &attempt, now).await {
            total += seconds;
            now += Duration::seconds(i64::try_from(seconds).unwrap());
        }
        waited.push(total);
    }
    assert_eq!(waited, [0, 0, 0, 0, 2, 4, 8, 16, 32, 60, 60]);
}

#[tokio::test]
async fn an_address_that_tries_many_numbers_waits_too() {
    let (throttle, store) = (Throttle::new(limits()), store());
    for number in 0..7_u8 {
        fail(&throttle, &store, &sign_in(&[number; 32], "2001:db8::1"), NOON).await.unwrap();
    }
    let neighbour = sign_in(&[99; 32], "2001:db8::ffff:1");
    assert_eq!(throttle.check(&store, &neighbour, NOON).await, Err(Throttled { seconds: 2 }), "one /64 is one subscriber");
    assert_eq!(throttle.check(&store, &sign_in(&[99; 32], "2001:db8:0:1::1"), NOON).await, Ok(()));
}

#[tokio::test]
async fn an_ipv4_address_counts_alone_and_also_in_its_mapped_form() {
    let (throttle, store) = (Throttle::new(limits()), store());
    for number in 0..7_u8 {
        fail(&throttle, &store, &sign_in(&[number; 32], "203.0.113.5"), NOON).await.unwrap();
    }
    assert!(throttle.check(&store, &sign_in(&[99; 32], "::ffff:203.0.113.5"), NOON).await.is_err());
    assert!(throttle.check(&store, &sign_in(&[99; 32], "203.0.113.6"), NOON).await.is_ok());
}

#[tokio::test]
async fn a_right_password_forgets_the_number_but_not_the_address() {
    let (throttle, store) = (Throttle::new(limits()), store());
    let attempt = sign_in(&NUMBER, "203.0.113.5");
    for number in 0..3_u8 {
        fail(&throttle, &store, &sign_in(&[100 + number; 32], "203.0.113.5"), NOON).await.unwrap();
    }
    for _ in 0..3 {
        fail(&throttle, &store, &attempt, NOON).await.unwrap();
    }
    throttle.check(&store, &attempt, NOON).await.unwrap();
    throttle.succeeded(&store, &attempt).await;
    let elsewhere = sign_in(&NUMBER, "203.0.113.77");
    for _ in 0..4 {
        fail(&throttle, &store, &elsewhere, NOON).await.unwrap();
    }
    fail(&throttle, &store, &sign_in(&[200; 32], "203.0.113.5"), NOON).await.unwrap();
    assert!(throttle.check(&store, &sign_in(&[201; 32], "203.0.113.5"), NOON).await.is_err());
}

#[tokio::test]
async fn after_a_wait_one_try_is_let_through_and_not_a_hundred() {
    let (throttle, store) = (Throttle::new(limits()), store());
    waits(&throttle, &store, &sign_in(&NUMBER, "203.0.113.5"), 4).await;
    let later = NOON + Duration::seconds(3);
    let mut through = 0;
    for last in 0..100 {
        let attempt = sign_in(&NUMBER, &format!("198.51.100.{last}"));
        through += usize::from(throttle.check(&store, &attempt, later).await.is_ok());
    }
    assert_eq!(through, 1);
}

#[tokio::test]
async fn a_try_that_never_reports_back_blocks_the_number_for_seconds_only() {
    let (throttle, store) = (Throttle::new(limits()), store());
    let attempt = sign_in(&NUMBER, "203.0.113.5");
    waits(&throttle, &store, &attempt, 4).await;
    let later = NOON + Duration::seconds(3);
    throttle.check(&store, &attempt, later).await.unwrap();
    assert!(throttle.check(&store, &attempt, later).await.is_err());
    assert!(throttle.check(&store, &attempt, later + TURN).await.is_ok());
}

#[tokio::test]
async fn a_burst_in_parallel_is_bounded_before_any_failure_is_known() {
    let (throttle, store) = (Throttle::new(limits()), store());
    let mut through = 0;
    for index in 0..1000_u32 {
        let attempt = Attempt::SignIn { number: &NUMBER, address: IpAddr::from(std::net::Ipv4Addr::from_bits(0xC633_0000 + index)) };
        through += u64::from(throttle.check(&store, &attempt, NOON).await.is_ok());
    }
    assert_eq!(through, LEAST_BURST);
}

#[tokio::test]
async fn failures_are_forgotten_after_the_window() {
    let (throttle, store) = (Throttle::new(limits()), store());
    let attempt = sign_in(&NUMBER, "203.0.113.5");
    waits(&throttle, &store, &attempt, 5).await;
    let tomorrow = NOON + Duration::hours(24);
    for _ in 0..3 {
        fail(&throttle, &store, &attempt, tomorrow).await.unwrap();
    }
}

#[tokio::test]
async fn a_client_is_throttled_by_address_so_that_a_stranger_cannot_shut_it_out() {
    let (throttle, store) = (Throttle::new(limits()), store());
    let client = |address: &str| Attempt::Client { client_id: "portal-a", address: address.parse().unwrap() };
    waits(&throttle, &store, &client("203.0.113.5"), 3).await;
    assert!(throttle.check(&store, &client("203.0.113.5"), NOON).await.is_err());
    assert!(throttle.check(&store, &client("203.0.113.6"), NOON).await.is_ok());
}

#[tokio::test]
async fn sign_in_and_recovery_do_not_block_each_other() {
    let (throttle, store) = (Throttle::new(limits()), store());
    waits(&throttle, &store, &sign_in(&NUMBER, "203.0.113.5"), 4).await;
    let recovery = Attempt::Recovery { number: &NUMBER, address: "203.0.113.5".parse().unwrap() };
    assert!(throttle.check(&store, &recovery, NOON).await.is_ok());
}

/// More networks than there is room for counters, each with a recovery of a number of its own.
#[tokio::test]
async fn recoveries_from_very_many_networks_refuse_nobody_and_free_no_guesser() {
    let (throttle, store) = (Throttle::new(limits()), store());
    let guesser = sign_in(&NUMBER, "203.0.113.5");
    waits(&throttle, &store, &guesser, 6).await;
    // The guesser has eight seconds to wait by now.
    let (spraying, later) = ("198.51.100.7", NOON + Duration::seconds(7));
    for number in 0..7_u8 {
        fail(&throttle, &store, &sign_in(&[100 + number; 32], spraying), later).await.unwrap();
    }
    for network in 0..400_000_u64 {
        let mut number = [0; 32];
        number[..8].copy_from_slice(&network.to_be_bytes());
        let address = IpAddr::from(std::net::Ipv6Addr::from_bits((0x2001_0db8 << 96) | (u128::from(network) << 64)));
        let attempt = Attempt::Recovery { number: &number, address };
        assert_eq!(fail(&throttle, &store, &attempt, later).await, Ok(()), "{network}");
    }
    assert!(throttle.check(&store, &guesser, later).await.is_err(), "the number that was guessed at");
    assert!(throttle.check(&store, &sign_in(&[99; 32], spraying), later).await.is_err(), "the network that tried many numbers");
    assert_eq!(throttle.check(&store, &sign_in(&[99; 32], "192.0.2.1"), later).await, Ok(()), "everybody else");
}

#[tokio::test]
async fn switched_off_nothing_waits() {
    let (throttle, store) = (Throttle::off(), store());
    for _ in 0..200 {
        fail(&throttle, &store, &sign_in(&NUMBER, "203.0.113.5"), NOON).await.unwrap();
    }
}

#[test]
fn the_wait_never_overflows() {
    let limits = LimitsConfig { first_delay_seconds: 60, longest_delay_seconds: 86_400, ..limits() };
    assert_eq!(delay(u64::MAX, 3, &limits), Some(Duration::seconds(86_400)));
    assert_eq!(delay(3, 3, &limits), None);
}
