//! One frame is accepted once, whenever and however slowly it arrives, and whatever the clock does meanwhile.

use std::sync::LazyLock;

use proptest::collection::vec;
use proptest::prelude::*;
use samebyte::algorithms::Algorithm;
use samebyte::api::{self, Call, Exchange, Gateway, Head, SigningKey, Step};

/// The second at which the frame is signed, in milliseconds.
const SIGNED: u64 = 1_800_000_000_000;
const JSON: (&[u8], &[u8]) = (b"content-type", b"application/json");

/// How the gateway and its client are set up, in seconds.
#[derive(Clone, Debug)]
struct Times {
    nonce_ttl: u64,
    clock_skew: u64,
    future_skew: u64,
    /// Between `iat` and `exp`.
    ttl: u64,
}

/// One copy of the frame: when its head is seen after [`SIGNED`], and how much later its body is there, in milliseconds.
#[derive(Clone, Copy, Debug)]
struct Arrival {
    head: i64,
    delay: u64,
}

fn key() -> &'static SigningKey {
    static KEY: LazyLock<SigningKey> =
        LazyLock::new(|| SigningKey::generate(Algorithm::EdDsa).expect("a key"));
    &KEY
}

fn gateway(times: &Times) -> Gateway {
    let jwk = String::from_utf8(key().public_key().expect("a pair").to_jwk()).expect("JSON");
    let Times { nonce_ttl, clock_skew, future_skew, .. } = times;
    let settings = format!(
        r#"{{"public_origins":["https://gw.example"],"trust":{{"keys":[{jwk}]}},"replay":"memory",
        "nonce_ttl":{nonce_ttl},"clock_skew":{clock_skew},"future_skew":{future_skew}}}"#
    );
    // Long enough before that what is signed later cannot have been seen.
    api::gateway_new(settings.as_bytes(), None, SIGNED - 1_000_000).expect("a gateway")
}

/// The frame. Its nonce is always the same.
fn frame(ttl: u64) -> Call {
    let client = api::client_new(key(), None, format!(r#"{{"ttl":{ttl}}}"#).as_bytes()).expect("a client");
    let url = "https://gw.example/rpc";
    api::client_sign(&client, "POST", url, &[JSON], Some(b"{}"), Some("once"), SIGNED).expect("signed")
}

fn begin(gateway: &Gateway, frame: &Call, now_ms: u64) -> Exchange {
    let fields = [JSON, (b"x-signature", frame.header().1.as_bytes())];
    let head = Head { method: b"POST", target: b"/rpc", authority: None, peer: None, fields: &fields };
    api::gateway_begin(gateway, &head, now_ms).expect("an exchange")
}

/// Plays the arrivals in the order of time, where the wall clock differs by what `drift` says of each event; how many
/// are accepted, and whether any was acceptable from its head to its end.
fn play(times: &Times, arrivals: &[Arrival], drift: &[i64]) -> (usize, bool) {
    let (gateway, frame) = (gateway(times), frame(times.ttl));
    let mut events: Vec<(u64, usize, bool)> = Vec::new();
    for (index, arrival) in arrivals.iter().enumerate() {
        let head = SIGNED.saturating_add_signed(arrival.head);
        events.push((head, index, false));
        events.push((head + arrival.delay, index, true));
    }
    events.sort_unstable();
    let mut exchanges: Vec<Option<Exchange>> = arrivals.iter().map(|_| None).collect();
    let mut accepted = 0;
    for (number, (time, index, is_body)) in events.into_iter().enumerate() {
        let now_ms = time.saturating_add_signed(drift.get(number).copied().unwrap_or(0));
        if !is_body {
            exchanges[index] = Some(begin(&gateway, &frame, now_ms));
        } else if let Some(exchange) = exchanges[index].as_mut().filter(|one| one.step() == Step::Body) {
            let step = api::exchange_body(exchange, b"{ }", now_ms).expect("a step");
            accepted += usize::from(step == Step::Accept);
        }
    }
    let (first, last) = (SIGNED - times.future_skew * 1000, SIGNED + (times.ttl + times.clock_skew) * 1000);
    let acceptable = |arrival: &Arrival| {
        let head = SIGNED.saturating_add_signed(arrival.head);
        head >= first && head + arrival.delay <= last
    };
    (accepted, arrivals.iter().any(acceptable))
}

/// Settings around the smallest and the largest that there are.
fn times() -> impl Strategy<Value = Times> {
    (1_u64..=400, 0_u64..=60, 0_u64..=10, 1_u64..=400).prop_map(
        |(nonce_ttl, clock_skew, future_skew, ttl)| Times {
            nonce_ttl,
            clock_skew,
            future_skew: future_skew.min(clock_skew),
            ttl: ttl.min(nonce_ttl),
        },
    )
}

/// Arrivals anywhere, and many of them about the edges of the window.
fn arrivals(times: &Times) -> impl Strategy<Value = Vec<Arrival>> + use<> {
    let end = i64::try_from((times.ttl + times.clock_skew) * 1000).expect("a window");
    let start = -i64::try_from(times.future_skew * 1000).expect("a window");
    let head = prop_oneof![
        2 => start - 3_000..end + 3_000,
        1 => start - 3..start + 3,
        2 => end - 1_100..end + 1_100,
    ];
    let delay = prop_oneof![2 => Just(0_u64), 1 => 0_u64..1_500, 1 => 0_u64..700_000];
    vec((head, delay).prop_map(|(head, delay)| Arrival { head, delay }), 1..8)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 500, ..ProptestConfig::default() })]

    /// With a clock that runs: once where any copy comes in time, and never where none does.
    #[test]
    fn a_frame_is_accepted_once((times, arrivals) in times().prop_flat_map(|times| {
        let arrivals = arrivals(&times);
        (Just(times), arrivals)
    })) {
        let (accepted, acceptable) = play(&times, &arrivals, &[]);
        prop_assert_eq!(accepted, usize::from(acceptable));
    }

    /// With a clock that is set to and fro: never twice.
    #[test]
    fn a_clock_that_steps_accepts_no_frame_twice(
        (times, arrivals) in times().prop_flat_map(|times| {
            let arrivals = arrivals(&times);
            (Just(times), arrivals)
        }),
        drift in vec(prop_oneof![1 => Just(0_i64), 1 => -6_000_i64..6_000, 1 => -900_000_i64..900_000], 16),
    ) {
        let (accepted, _) = play(&times, &arrivals, &drift);
        prop_assert!(accepted <= 1, "{accepted}");
    }
}
