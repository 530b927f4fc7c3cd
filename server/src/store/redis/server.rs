//! What the server says about itself: which one it is, and whether it keeps what it is given.

use redis::{Pipeline, Value};

/// What `INFO` tells that matters here.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Server {
    /// The run and the replication history: another value is a server that may not know what the last one knew.
    pub(super) identity: (String, String),
    major_version: u32,
    is_master: bool,
    /// Whether it removes keys that have not expired when its memory is full.
    evicts: bool,
}

/// Adds the question to a pipeline; sections are named, so that the answer is short.
pub(super) fn ask(pipe: &mut Pipeline) {
    pipe.cmd("INFO").arg("server").arg("replication").arg("memory");
}

impl Server {
    /// Reads the answer; `None` where it is no answer to the question.
    pub(super) fn read(value: &Value) -> Option<Self> {
        let text = match value {
            Value::BulkString(bytes) => std::str::from_utf8(bytes).ok()?,
            Value::VerbatimString { text, .. } => text,
            _ => return None,
        };
        let field = |name: &str| {
            text.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(':')).map(str::trim)
        };
        Some(Self {
            identity: (field("run_id")?.to_owned(), field("master_replid")?.to_owned()),
            major_version: field("redis_version")?.split('.').next()?.parse().ok()?,
            is_master: field("role")? == "master",
            evicts: field("maxmemory_policy")? != "noeviction",
        })
    }

    /// Why this server must not hold nonces; `None` where it may.
    pub(super) fn refusal(&self, allow_eviction: bool) -> Option<&'static str> {
        if self.major_version < 7 {
            Some("Redis 7.0 or later is needed")
        } else if !self.is_master {
            Some("this Redis is a replica: nonces are reserved on the master")
        } else if self.evicts && !allow_eviction {
            Some("this Redis evicts live keys: `maxmemory-policy` has to be `noeviction`")
        } else {
            None
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Option<Server> {
        Server::read(&Value::BulkString(text.as_bytes().to_vec()))
    }

    #[test]
    fn the_fields_that_count_are_read() {
        let text = "# Server\r\nredis_version:7.0.15\r\nrun_id:ab\r\n# Replication\r\nrole:master\r\n\
                    master_replid:cd\r\nmaster_replid2:00\r\n# Memory\r\nmaxmemory_policy:noeviction\r\n";
        let server = read(text).expect("an answer");
        assert_eq!(server.identity, ("ab".to_owned(), "cd".to_owned()));
        assert_eq!(server.refusal(false), None);
        for policy in ["allkeys-lru", "volatile-ttl", "allkeys-random", "volatile-lfu"] {
            let evicting = read(&text.replace("noeviction", policy)).expect("an answer");
            assert!(evicting.refusal(false).is_some(), "{policy}");
            assert_eq!(evicting.refusal(true), None);
        }
        assert!(read(&text.replace("7.0.15", "6.2.1")).expect("an answer").refusal(true).is_some());
        assert!(read(&text.replace("role:master", "role:slave")).expect("an answer").refusal(true).is_some());
        assert_eq!(read(&text.replace("run_id", "walk_id")), None);
        assert_eq!(Server::read(&Value::Nil), None);
    }
}
