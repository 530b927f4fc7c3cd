//! Counters in the text format of Prometheus. Labels have few values: codes, modes, and the routes of the settings.

use std::borrow::Cow;
use std::sync::Arc;

use prometheus_client::encoding::EncodeLabelSet;
use prometheus_client::encoding::text::encode;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::Histogram;
use prometheus_client::registry::{Registry, Unit};
use samebyte::api;
use serde::Deserialize;

use super::log::Log;
use crate::clock::now_ms;
use crate::gateway::Event;

/// Seconds; a verified request to a near upstream takes about a millisecond.
const BUCKETS: [f64; 12] = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1.0, 5.0, 30.0];

#[derive(Clone, Debug, Hash, PartialEq, Eq, EncodeLabelSet)]
struct RequestLabels {
    code: String,
    mode: String,
    outcome: String,
    route: String,
    status: String,
}

#[derive(Clone, Debug, Hash, PartialEq, Eq, EncodeLabelSet)]
struct OutcomeLabel {
    outcome: String,
}

/// What the proxy counts.
#[derive(Debug)]
pub(super) struct Metrics {
    registry: Registry,
    routes: Vec<Route>,
    requests: Family<RequestLabels, Counter>,
    seconds: Family<OutcomeLabel, Histogram, fn() -> Histogram>,
    live_nonces: Gauge,
    body_bytes: Gauge,
    log_lines_dropped: Gauge,
}

/// A route of the settings, which names the class of a request.
#[derive(Clone, Debug, Deserialize)]
struct Route {
    method: Option<String>,
    path: String,
}

#[derive(Deserialize)]
struct Settings {
    #[serde(default)]
    routes: Vec<Route>,
}

/// The members of an event that are counted by.
#[derive(Deserialize)]
struct Seen<'a> {
    #[serde(borrow)]
    code: Option<Cow<'a, str>>,
    #[serde(borrow)]
    mode: Cow<'a, str>,
    #[serde(borrow)]
    outcome: Cow<'a, str>,
    #[serde(borrow)]
    method: Cow<'a, str>,
    #[serde(borrow)]
    path: Cow<'a, str>,
}

/// The members of the core's counters that are shown.
#[derive(Deserialize)]
struct Stats {
    inflight: i64,
    live_nonces: i64,
}

impl Metrics {
    /// Counts by the routes of these settings.
    pub(super) fn new(settings: &[u8]) -> Arc<Self> {
        let routes =
            serde_json::from_slice::<Settings>(settings).map_or(Vec::new(), |settings| settings.routes);
        let histogram: fn() -> Histogram = || Histogram::new(BUCKETS);
        let mut metrics = Self {
            registry: Registry::with_prefix("samebyte"),
            routes,
            requests: Family::default(),
            seconds: Family::new_with_constructor(histogram),
            live_nonces: Gauge::default(),
            body_bytes: Gauge::default(),
            log_lines_dropped: Gauge::default(),
        };
        let registry = &mut metrics.registry;
        registry.register("requests", "Requests by what became of them", metrics.requests.clone());
        registry.register_with_unit(
            "request_duration",
            "From the head of the request to the head of the response",
            Unit::Seconds,
            metrics.seconds.clone(),
        );
        registry.register("live_nonces", "Nonces kept in memory", metrics.live_nonces.clone());
        registry.register_with_unit(
            "request_bodies",
            "Bodies that are being read, as announced",
            Unit::Bytes,
            metrics.body_bytes.clone(),
        );
        registry.register("log_lines_dropped", "Lines that no one took", metrics.log_lines_dropped.clone());
        Arc::new(metrics)
    }

    /// Counts a request.
    pub(super) fn request(&self, event: &Event<'_>) {
        let Ok(seen) = serde_json::from_slice::<Seen<'_>>(event.exchange) else { return };
        let labels = RequestLabels {
            code: seen.code.as_deref().unwrap_or_default().to_owned(),
            mode: seen.mode.into_owned(),
            route: self.route(&seen.method, &seen.path).to_owned(),
            outcome: seen.outcome.clone().into_owned(),
            status: event.status.to_string(),
        };
        self.requests.get_or_create(&labels).inc();
        let outcome = OutcomeLabel { outcome: seen.outcome.into_owned() };
        self.seconds.get_or_create(&outcome).observe(event.elapsed.as_secs_f64());
    }

    /// The route of the settings that a request falls under; `other` where it is none.
    fn route(&self, method: &str, path: &str) -> &str {
        let is_of = |route: &&Route| {
            route.method.as_deref().is_none_or(|wanted| wanted == method)
                && match route.path.strip_suffix("/*") {
                    Some(prefix) => path.strip_prefix(prefix).is_some_and(|rest| rest.starts_with('/')),
                    None => route.path == "*" || route.path == path,
                }
        };
        self.routes.iter().find(is_of).map_or("other", |route| &route.path)
    }

    /// All of it as text.
    pub(super) fn text(&self, gateway: &api::Gateway, log: &Log) -> String {
        let stats = api::gateway_stats(gateway, now_ms()).ok();
        if let Some(stats) = stats.and_then(|stats| serde_json::from_slice::<Stats>(&stats).ok()) {
            self.live_nonces.set(stats.live_nonces);
            self.body_bytes.set(stats.inflight);
        }
        self.log_lines_dropped.set(i64::try_from(log.dropped()).unwrap_or(i64::MAX));
        let mut text = String::new();
        // Writing to a string does not fail.
        let _ = encode(&mut text, &self.registry);
        text
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    #[test]
    fn paths_are_counted_under_the_routes_of_the_settings() {
        let settings =
            br#"{"routes":[{"method":"POST","path":"/rpc","mode":"required"},{"path":"/a/*","mode":"off"}]}"#;
        let metrics = Metrics::new(settings);
        assert_eq!(metrics.route("POST", "/rpc"), "/rpc");
        assert_eq!(metrics.route("GET", "/rpc"), "other");
        assert_eq!(metrics.route("GET", "/a/b"), "/a/*");
        assert_eq!(metrics.route("GET", "/ab"), "other");
        for path in ["/x1", "/x2", "/x3"] {
            let exchange = format!(
                r#"{{"method":"GET","mode":"required","outcome":"refused","path":"{path}","code":"signature_missing"}}"#
            );
            metrics.request(&Event {
                exchange: exchange.as_bytes(),
                status: 401,
                elapsed: Duration::from_millis(1),
            });
        }
        let mut text = String::new();
        encode(&mut text, &metrics.registry).expect("text");
        let lines: Vec<&str> =
            text.lines().filter(|line| line.starts_with("samebyte_requests_total{")).collect();
        assert_eq!(lines.len(), 1, "{text}");
        assert!(
            lines[0].ends_with("} 3") && lines[0].contains(r#"code="signature_missing""#),
            "{}",
            lines[0]
        );
    }
}
