//! The list of what must hold under load and under faults, and what shows that it does.

/// One line of the list.
pub(super) struct Line {
    pub(super) id: &'static str,
    pub(super) name: &'static str,
    /// What must hold.
    pub(super) holds: &'static str,
    /// The checks of the suite that answer it.
    pub(super) checks: &'static [&'static str],
    /// Tests outside of the suite that answer it: the file, and what in it.
    pub(super) elsewhere: &'static [(&'static str, &'static str)],
}

impl Line {
    pub(super) fn has(&self, check: &str) -> bool {
        self.checks.contains(&check)
    }
}

/// The lines by their numbers.
pub(super) const LINES: [Line; 21] = [
    Line {
        id: "T1",
        name: "the three scenarios",
        holds: "An unknown key is `signature_unknown` and the handler is not called; a response is signed, and verified by \
                another implementation; the nonce `abc123` is accepted once, and is then `replay_detected`.",
        checks: &["essentials"],
        elsewhere: &[],
    },
    Line {
        id: "T2",
        name: "one frame, many times at once",
        holds: "100,000 copies (of php-fpm 20,000) over 256 connections: one is accepted, the handler runs once.",
        checks: &["replays"],
        elsewhere: &[],
    },
    Line {
        id: "T3",
        name: "several processes, one store",
        holds: "Each of 100,000 frames (of php-fpm and with SQLite 20,000) is sent to two gateways at once and accepted by \
                exactly one of them; processes with a store each race for the same nonces, and each nonce has one winner.",
        checks: &["two gateways", "race", "race of all"],
        elsewhere: &[],
    },
    Line {
        id: "T4",
        name: "several processes, each with its own memory",
        holds: "The second one refuses to start.",
        checks: &["memory of several"],
        elsewhere: &[],
    },
    Line {
        id: "T5",
        name: "forgeries first",
        holds: "Forged frames with the victim's key name and nonce burn nothing and store nothing; then the true one is \
                accepted.",
        checks: &["forgeries"],
        elsewhere: &[],
    },
    Line {
        id: "T6",
        name: "a valid key that floods",
        holds: "It comes to its quota; the other keys do not notice, and memory stays bounded.",
        checks: &["quota"],
        elsewhere: &[],
    },
    Line {
        id: "T7",
        name: "a store that dies and forgets",
        holds: "While it is away everything is refused; afterwards no frame from before is accepted, not even one.",
        checks: &[
            "redis killed",
            "restarted",
            "killed driver",
            "killed",
            "emptied",
            "young",
            "removed",
            "absent",
        ],
        elsewhere: &[],
    },
    Line {
        id: "T8",
        name: "a store that hangs, or whose reply is lost",
        holds: "Every request is answered in time by 503, none by a false 409, and nothing runs twice.",
        checks: &["redis stalled", "lost reply", "late", "stalled", "locked", "own owner"],
        elsewhere: &[],
    },
    Line {
        id: "T9",
        name: "a store that is full, or throws away",
        holds: "One that evicts is refused at the start; one that is full refuses, and forgets nothing before its time.",
        checks: &["redis memory", "full", "eviction", "brim", "lifetime"],
        elsewhere: &[],
    },
    Line {
        id: "T10",
        name: "a replica",
        holds: "What is no primary is no store.",
        checks: &["replica"],
        elsewhere: &[],
    },
    Line {
        id: "T11",
        name: "clocks that are wrong",
        holds: "Seconds to minutes off, ten minutes back, two gateways 20 s apart: the window is where it has to be, and no \
                frame is accepted twice.",
        checks: &["wrong clock", "step back", "two clocks", "clock back"],
        elsewhere: &[("conformance-vectors/vectors/http/clock.json", "steps of the clock in all languages")],
    },
    Line {
        id: "T12",
        name: "any times",
        holds: "Whatever the times of a frame, of its arrivals and of its bodies are, and however the clock drifts: no frame \
                is accepted twice.",
        checks: &[],
        elsewhere: &[
            (
                "core/tests/http_time.rs",
                "`a_frame_is_accepted_once`, `a_clock_that_steps_accepts_no_frame_twice`",
            ),
            ("bindings-python/tests/test_http_asgi_time.py", "`test_no_frame_is_accepted_twice`, over HTTP"),
        ],
    },
    Line {
        id: "T13",
        name: "bodies that are slow, large or deep",
        holds: "Each is refused with its status, memory stays bounded, and others are served meanwhile.",
        checks: &["hostile bodies", "slow body", "slowloris"],
        elsewhere: &[("conformance-vectors/vectors/http/bodies.json", "limits in all languages")],
    },
    Line {
        id: "T14",
        name: "bodies that were written anew",
        holds: "What a program writes of the same value is accepted, what has another value is refused.",
        checks: &["rewritten bodies"],
        elsewhere: &[],
    },
    Line {
        id: "T15",
        name: "targets, and what stands before a gateway",
        holds: "Behind haproxy and nginx, over HTTP/1.1 and HTTP/2, a target that arrives as it was signed is accepted; one \
                that was made another is `signature_binding_mismatch`; X-Forwarded-Host counts from a trusted proxy alone.",
        checks: &["intermediaries"],
        elsewhere: &[("conformance-vectors/vectors/http/target.json", "normal forms of target URIs")],
    },
    Line {
        id: "T16",
        name: "responses",
        holds: "A client refuses every response but the one to its request.",
        checks: &["client"],
        elsewhere: &[("conformance-vectors/vectors/http/responses.json", "the same in all languages")],
    },
    Line {
        id: "T17",
        name: "keys that come and go",
        holds: "A key is published, used and retired under load, while its server answers with errors, redirects, garbage or \
                too much: no valid request is refused, and there is one fetch in 30 s at most.",
        checks: &["rotation", "kid storm", "private key server"],
        elsewhere: &[
            ("server/tests/key_sets.rs", "private addresses, redirects, large and slow answers over HTTPS"),
            ("bindings-python/tests/test_http_fetch.py", "the same in Python"),
            ("bindings-node/test/jwks.test.mjs", "the same in Node"),
            ("bindings-php/tests/unit/SetupTest.php", "the same in PHP"),
        ],
    },
    Line {
        id: "T18",
        name: "mutations",
        holds: "Every changed signature header and every changed body has the same code in every gateway.",
        checks: &["mutations"],
        elsewhere: &[
            (
                "fuzz/src/bin/request.rs",
                "heads that anybody may have written, as they are and signed by a trusted key: no panic",
            ),
            ("fuzz/src/bin/jws.rs", "headers of signatures"),
            ("conformance-vectors/vectors/http/signatures.json", "changed signatures in all languages"),
        ],
    },
    Line {
        id: "T19",
        name: "throughput",
        holds: "It has pages of its own.",
        checks: &[],
        elsewhere: &[
            ("docs/benchmarks/http.md", "Rust and the proxy"),
            ("docs/benchmarks/http-python.md", "Python"),
            ("docs/benchmarks/http-node.md", "Node"),
            ("docs/benchmarks/http-php.md", "PHP"),
            ("docs/benchmarks/replay.md", "stores"),
        ],
    },
    Line {
        id: "T20",
        name: "frameworks",
        holds: "Bodies that were parsed before, streams, methods without a body, statuses without content, chunks and \
                HTTP/1.0 have an answer each.",
        checks: &["requests"],
        elsewhere: &[
            ("server/tests/layer.rs", "tower: chunks, HEAD, 204 and 304, streams, HTTP/1.0"),
            ("bindings-python/tests/test_http_asgi.py", "ASGI: parsed before"),
            ("bindings-python/tests/test_http_asgi_requests.py", "ASGI: chunks, methods, statuses"),
            ("bindings-python/tests/test_http_asgi_responses.py", "ASGI: streams"),
            ("bindings-python/tests/test_http_wsgi.py", "WSGI: parsed before, chunks, streams"),
            (
                "bindings-node/test/middleware.test.mjs",
                "Express, Fastify, Fetch: parsed before, streams, HTTP/1.0",
            ),
            ("bindings-php/tests/unit/HttpTest.php", "PSR-15: parsed before, responses of all kinds"),
        ],
    },
    Line {
        id: "T21",
        name: "roll-out",
        holds: "Off, observe, optional, required: each does what it says with a request that is good, seen before, changed, \
                broken or stripped of its signature.",
        checks: &["modes"],
        elsewhere: &[("conformance-vectors/vectors/http/modes.json", "modes of routes in all languages")],
    },
];
