//! The store in Redis: races, and everything that goes wrong with a server.

#![allow(clippy::unwrap_used, reason = "a test says what went wrong by failing where it is")]

#[path = "support/redis_server.rs"]
mod redis_server;

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use redis_server::RedisServer;
use samebyte::api::Code;
use samebyte::replay::Verdict;
use samebyte_server::{Redis, RedisOptions, ReplayStore};

const TTL_MS: u64 = 300_000;

fn key(number: u128) -> [u8; 16] {
    number.to_be_bytes()
}

/// An attempt of someone else each time.
fn owner() -> [u8; 16] {
    static NEXT: AtomicUsize = AtomicUsize::new(1);
    key(NEXT.fetch_add(1, Ordering::Relaxed) as u128)
}

/// A store with time enough: the machine of a test may have other things to do.
fn patient() -> RedisOptions {
    let time = Duration::from_secs(2);
    RedisOptions { timeout: time, connect_timeout: time, ..RedisOptions::default() }
}

async fn connect(server: &RedisServer) -> Redis {
    Redis::connect(&server.url(), patient()).await.expect("a store")
}

async fn verdict(store: &Redis, number: u128) -> Verdict {
    store.reserve(key(number), owner(), TTL_MS).await.verdict
}

/// Asks for new nonces until the store answers again.
async fn recovered(store: &Redis, mut number: u128) {
    let begun = Instant::now();
    while verdict(store, number).await != Verdict::New {
        assert!(begun.elapsed() < Duration::from_secs(5), "the store does not come back");
        number += 1;
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn of_all_who_ask_for_one_nonce_one_wins() {
    let Some(server) = RedisServer::start(&[]) else { return };
    let stores = [Arc::new(connect(&server).await), Arc::new(connect(&server).await)];
    let wins = Arc::new(AtomicUsize::new(0));
    let mut tasks = Vec::new();
    for task in 0..8 {
        let (store, wins) = (Arc::clone(&stores[task % 2]), Arc::clone(&wins));
        tasks.push(tokio::spawn(async move {
            for number in 0..500 {
                match verdict(&store, number).await {
                    Verdict::New => _ = wins.fetch_add(1, Ordering::Relaxed),
                    other => assert_eq!(other, Verdict::Replay),
                }
            }
        }));
    }
    for task in tasks {
        task.await.expect("no panic");
    }
    assert_eq!(wins.load(Ordering::Relaxed), 500);
}

#[tokio::test]
async fn an_owner_may_ask_twice_and_nonces_expire() {
    let Some(server) = RedisServer::start(&[]) else { return };
    let store = connect(&server).await;
    let mine = owner();
    assert_eq!(store.reserve(key(1), mine, TTL_MS).await.verdict, Verdict::New);
    assert_eq!(store.reserve(key(1), mine, TTL_MS).await.verdict, Verdict::New, "an answer got lost");
    assert_eq!(verdict(&store, 1).await, Verdict::Replay);
    let left: u64 = server.command(&["PTTL", &format!("samebyte:n:{}", hex(&key(1)))]).parse().unwrap();
    assert!((TTL_MS - 5_000..=TTL_MS).contains(&left), "{left}");
    assert_eq!(store.reserve(key(2), mine, 1000).await.verdict, Verdict::New);
    tokio::time::sleep(Duration::from_millis(1100)).await;
    assert_eq!(verdict(&store, 2).await, Verdict::New, "it was forgotten when it was due");
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[tokio::test]
async fn a_server_that_evicts_is_refused_at_start() {
    for policy in ["allkeys-lru", "volatile-lru", "volatile-ttl", "allkeys-random"] {
        let arguments = ["--maxmemory", "8mb", "--maxmemory-policy", policy];
        let Some(server) = RedisServer::start(&arguments) else { return };
        let error = Redis::connect(&server.url(), patient()).await.expect_err(policy);
        assert_eq!(error.code(), Code::SettingsInvalid);
        let knowingly = RedisOptions { allow_eviction: true, ..patient() };
        let store = Redis::connect(&server.url(), knowingly).await.expect("it was said to be wanted");
        assert_eq!(verdict(&store, 1).await, Verdict::New);
    }
}

#[tokio::test]
async fn a_policy_that_changes_while_it_runs_closes_the_store() {
    let Some(server) = RedisServer::start(&[]) else { return };
    let store = connect(&server).await;
    assert_eq!(verdict(&store, 1).await, Verdict::New);
    server.command(&["CONFIG", "SET", "maxmemory-policy", "allkeys-lru"]);
    tokio::time::sleep(Duration::from_millis(1100)).await;
    for number in 2..6 {
        assert_eq!(verdict(&store, number).await, Verdict::Unavailable);
    }
    server.command(&["CONFIG", "SET", "maxmemory-policy", "noeviction"]);
    recovered(&store, 100).await;
}

#[tokio::test]
async fn a_full_server_says_so_and_forgets_nothing() {
    let arguments = ["--maxmemory", "3mb", "--maxmemory-policy", "noeviction"];
    let Some(server) = RedisServer::start(&arguments) else { return };
    let store = connect(&server).await;
    let mut held = 0;
    while verdict(&store, held).await == Verdict::New {
        held += 1;
        assert!(held < 100_000, "3 MB are never full");
    }
    assert_eq!(verdict(&store, held).await, Verdict::Full);
    for number in (0..held).step_by(50) {
        let again = verdict(&store, number).await;
        assert!(matches!(again, Verdict::Replay | Verdict::Full), "{number}: {again:?}");
    }
    let late = connect(&server).await;
    assert_eq!(verdict(&late, held).await, Verdict::Full, "whoever connects now knows the epoch");
}

#[tokio::test]
async fn a_server_that_lost_its_data_makes_the_store_cold_and_then_serves_again() {
    let Some(mut server) = RedisServer::start(&[]) else { return };
    let store = connect(&server).await;
    let first = store.lost_ms();
    assert!(first > 0, "an empty server may have lost everything");
    assert_eq!(verdict(&store, 1).await, Verdict::New);

    server.command(&["FLUSHALL"]);
    let answer = store.reserve(key(1), owner(), TTL_MS).await;
    assert_eq!(answer.verdict, Verdict::Cold);
    assert!(answer.lost_ms > first);
    recovered(&store, 100).await;

    let before = store.lost_ms();
    server.kill();
    let begun = Instant::now();
    for number in 200..220 {
        assert_eq!(verdict(&store, number).await, Verdict::Unavailable);
    }
    assert!(begun.elapsed() < Duration::from_secs(1), "{:?}", begun.elapsed());
    server.restart();
    recovered(&store, 300).await;
    assert!(store.lost_ms() > before);
}

#[tokio::test]
async fn a_server_that_stalls_costs_each_request_its_deadline_and_no_more() {
    let Some(server) = RedisServer::start(&[]) else { return };
    let store = Redis::connect(&server.url(), RedisOptions::default()).await.expect("a store");
    let store = Arc::new(store);
    assert_eq!(verdict(&connect(&server).await, 1).await, Verdict::New);
    recovered(&store, 3000).await;
    server.signal("STOP");
    let mut asked = Vec::new();
    for number in 0..100 {
        let store = Arc::clone(&store);
        asked.push(tokio::spawn(async move {
            let begun = Instant::now();
            (verdict(&store, 1000 + number).await, begun.elapsed())
        }));
        tokio::time::sleep(Duration::from_millis(3)).await;
    }
    let mut times = Vec::new();
    for task in asked {
        let (verdict, time) = task.await.expect("no panic");
        assert_eq!(verdict, Verdict::Unavailable);
        times.push(time);
    }
    times.sort_unstable();
    assert!(times[89] < Duration::from_millis(150), "{times:?}");
    // A machine with other things to do may let a task wait.
    assert!(times[99] < Duration::from_secs(1), "{times:?}");
    server.signal("CONT");
    recovered(&store, 2000).await;
    assert_eq!(verdict(&connect(&server).await, 1).await, Verdict::Replay, "it stalled, and lost nothing");
}

#[tokio::test]
async fn a_store_begins_without_its_server_and_takes_up_when_it_comes() {
    let Some(mut server) = RedisServer::start(&[]) else { return };
    server.kill();
    let store = connect(&server).await;
    assert_eq!(verdict(&store, 1).await, Verdict::Unavailable);
    server.restart();
    recovered(&store, 10).await;
}

#[tokio::test]
async fn a_gateway_that_starts_after_a_loss_that_another_found_is_cold_too() {
    let Some(server) = RedisServer::start(&[]) else { return };
    let first = connect(&server).await;
    tokio::time::sleep(Duration::from_millis(20)).await;
    let second = connect(&server).await;
    let apart = second.lost_ms().abs_diff(first.lost_ms());
    assert!(apart < 20, "the loss is as old as the epoch, not as the second gateway: {apart}");
}

#[tokio::test]
async fn a_replica_is_refused() {
    let Some(server) = RedisServer::start(&[]) else { return };
    let master = server.port.to_string();
    let replica = RedisServer::start(&["--replicaof", "127.0.0.1", &master]).expect("a second server");
    let error = Redis::connect(&replica.url(), patient()).await.expect_err("a replica");
    assert_eq!(error.code(), Code::SettingsInvalid);
}
