//! The driver of the replay store of this crate: speaks `conformance-vectors/soak/README.md`.

use std::io::{BufRead, Write};
use std::sync::Arc;
use std::time::{Duration, Instant};

use samebyte_server::{Redis, RedisOptions, ReplayStore};
use serde::Deserialize;
use serde_json::{Value, json};

/// One line of the input.
#[derive(Deserialize)]
#[serde(rename_all = "snake_case")]
enum Question {
    Open { kind: String, client: Option<String>, target: String, timeout_ms: u64 },
    Reserve(Reservation),
    Together(Vec<Reservation>),
}

/// Key, owner and lifetime in milliseconds.
#[derive(Deserialize)]
struct Reservation(String, String, u64);

#[tokio::main]
async fn main() {
    let mut store: Option<Arc<Redis>> = None;
    let mut told = 0;
    for line in std::io::stdin().lock().lines() {
        let question = serde_json::from_str(&line.expect("a line")).expect("a question");
        let begin = Instant::now();
        let mut answer = match question {
            Question::Open { kind, client, target, timeout_ms } => {
                if kind == "redis" && client.is_none() {
                    let timeout = Duration::from_millis(timeout_ms);
                    match Redis::connect(&target, RedisOptions { timeout, ..RedisOptions::default() }).await {
                        Ok(opened) => {
                            store = Some(Arc::new(opened));
                            json!({"opened": true})
                        }
                        Err(error) => json!({"error": error.code().name()}),
                    }
                } else {
                    json!({"error": "unsupported"})
                }
            }
            Question::Reserve(one) => {
                let verdicts = together(store.as_ref().expect("opened"), vec![one]).await;
                json!({"verdict": verdicts[0]})
            }
            Question::Together(all) => {
                json!({"verdicts": together(store.as_ref().expect("opened"), all).await})
            }
        };
        answer["ms"] = json!(begin.elapsed().as_secs_f64() * 1000.0);
        let lost = store.as_ref().map_or(0, |store| store.lost_ms());
        if lost > told {
            told = lost;
            answer["lost"] = json!(lost);
        }
        let mut output = std::io::stdout().lock();
        writeln!(output, "{answer}").and_then(|()| output.flush()).expect("somebody reads");
    }
}

/// The names of the verdicts on reservations that are asked for at the same time.
async fn together(store: &Arc<Redis>, reservations: Vec<Reservation>) -> Vec<Value> {
    let tasks: Vec<_> = reservations
        .into_iter()
        .map(|Reservation(key, owner, ttl_ms)| {
            let store = Arc::clone(store);
            tokio::spawn(
                async move { store.reserve(bytes(&key), bytes(&owner), ttl_ms).await.verdict.name() },
            )
        })
        .collect();
    let mut names = Vec::new();
    for task in tasks {
        names.push(json!(task.await.expect("no panic")));
    }
    names
}

fn bytes(text: &str) -> [u8; 16] {
    hex::decode(text).ok().and_then(|bytes| bytes.try_into().ok()).expect("32 hex digits")
}
