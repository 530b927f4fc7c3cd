//! The servers that are measured: how each is started, and with which settings.

use std::fmt;
use std::fs;
use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use anyhow::{Result, ensure};

use super::load::{self, Load};
use crate::workspace::{build, program, python, root, target};

/// A program that answers requests.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Server {
    Axum,
    Proxy,
    Starlette,
    Waitress,
    Express,
    Fastify,
    Fetch,
    Fpm,
}

/// What it does with a request beside answering it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Mode {
    Unsigned,
    /// What no gateway can do without.
    Engine,
    /// The same in Node, by its own means: the verification alone.
    Primitive,
    Verify,
    Memory,
    MemorySigned,
    /// What PHP has in place of memory, which its processes do not share.
    Sqlite,
    SqliteSigned,
    Redis,
    RedisSigned,
    Peer,
}

/// A server in a mode.
#[derive(Clone, Copy, Debug)]
pub(super) struct Case {
    pub(super) server: Server,
    pub(super) mode: Mode,
}

impl Server {
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Axum => "axum, tower layer",
            Self::Proxy => "samebyte proxy",
            Self::Starlette => "Starlette under uvicorn",
            Self::Waitress => "WSGI under waitress",
            Self::Express => "Express",
            Self::Fastify => "Fastify",
            Self::Fetch => "`fetch` handler under node:http",
            Self::Fpm => "PSR-15 under php-fpm",
        }
    }
}

impl Mode {
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Unsigned => "unsigned",
            Self::Engine => "Ed25519 by AWS-LC alone, verify and sign (nothing else is checked)",
            Self::Primitive => "verify by node:crypto alone (nothing else is checked)",
            Self::Verify => "verify",
            Self::Memory => "verify + memory",
            Self::MemorySigned => "verify + memory + signed response",
            Self::Sqlite => "verify + SQLite",
            Self::SqliteSigned => "verify + SQLite + signed response",
            Self::Redis => "verify + Redis",
            Self::RedisSigned => "verify + Redis + signed response",
            Self::Peer => "verify by http-message-signatures (RFC 9421, no replay store)",
        }
    }

    fn signs(self) -> bool {
        matches!(self, Self::Engine | Self::MemorySigned | Self::SqliteSigned | Self::RedisSigned)
    }

    fn keeps_in_redis(self) -> bool {
        matches!(self, Self::Redis | Self::RedisSigned)
    }

    fn keeps_in_sqlite(self) -> bool {
        matches!(self, Self::Sqlite | Self::SqliteSigned)
    }
}

impl fmt::Display for Case {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}, {}", self.server.name(), self.mode.name())
    }
}

/// A process that ends with its owner.
struct Process(Child);

impl Process {
    /// Starts a server, and waits until it listens.
    fn start(command: &mut Command, port: u16) -> Result<Self> {
        let mut process = Self(command.spawn()?);
        let begun = Instant::now();
        while TcpStream::connect(("127.0.0.1", port)).is_err() {
            ensure!(process.0.try_wait()?.is_none(), "the server ended: {command:?}");
            ensure!(begun.elapsed() < Duration::from_secs(30), "the server does not listen: {command:?}");
            sleep(Duration::from_millis(20));
        }
        Ok(process)
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        // It may have ended by itself. One that has started others ends them, if it is asked to end.
        if matches!(self.0.try_wait(), Ok(None)) {
            let id = self.0.id().to_string();
            let _ = Command::new("kill").args(["-s", "TERM", &id]).status();
        }
        let begun = Instant::now();
        while matches!(self.0.try_wait(), Ok(None)) && begun.elapsed() < Duration::from_secs(5) {
            sleep(Duration::from_millis(20));
        }
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

impl Case {
    /// Starts the server, loads it, and ends it.
    pub(super) fn measure(&self, folder: &Path) -> Result<Load> {
        let redis_port = free_port()?;
        let redis = self.mode.keeps_in_redis().then(|| {
            let port = redis_port.to_string();
            let fixed = ["--bind", "127.0.0.1", "--save", "", "--appendonly", "no", "--loglevel", "warning"];
            let mut redis = program("redis-server");
            Process::start(redis.args(["--port", &port]).args(fixed).stdout(Stdio::null()), redis_port)
        });
        let _redis = redis.transpose()?;
        if self.mode.keeps_in_redis() {
            // What a server finds that runs for an hour: an empty one refuses what was signed before it began.
            let hour_ago = SystemTime::now().duration_since(UNIX_EPOCH)?.as_millis() - 3_600_000;
            let mut stream = TcpStream::connect(("127.0.0.1", redis_port))?;
            writeln!(stream, "SET samebyte:epoch {:032x}:{hour_ago}\r", 1)?;
            let mut answer = [0; 5];
            stream.read_exact(&mut answer)?;
            ensure!(&answer == b"+OK\r\n", "Redis does not take the epoch");
        }
        let upstream_port = free_port()?;
        let upstream = (self.server == Server::Proxy).then(|| {
            let mut axum = example();
            Process::start(axum.arg(upstream_port.to_string()).env("BENCH", "unsigned"), upstream_port)
        });
        let _upstream = upstream.transpose()?;
        let port = free_port()?;
        let mut command = self.command(port, upstream_port);
        self.set(&mut command, folder, redis_port)?;
        if self.server == Server::Fpm {
            self.prepare(&command, folder)?;
        }
        let server = Process::start(&mut command, port)?;
        let name = if self.mode == Mode::Peer { "peer.txt" } else { "signatures.txt" };
        load::measure(port, server.0.id(), folder, name)
    }

    fn command(&self, port: u16, upstream: u16) -> Command {
        let port = port.to_string();
        match self.server {
            Server::Axum => {
                let mut command = example();
                command.arg(port);
                command
            }
            Server::Proxy => {
                let mut command = program(target().join("release/samebyte"));
                command.args(["proxy", "--listen", &format!("127.0.0.1:{port}")]);
                command.args(["--upstream", &format!("http://127.0.0.1:{upstream}")]);
                command
            }
            Server::Starlette => {
                let mut command = program(python());
                command.args(["-m", "uvicorn", "http_app:app", "--app-dir", "bindings-python/benches"]);
                command.args(["--port", &port, "--no-access-log", "--log-level", "warning"]);
                command
            }
            Server::Waitress => {
                let mut command = program(python());
                command.args(["bindings-python/benches/http_wsgi.py", &port]);
                command
            }
            Server::Express => node("express", &port),
            Server::Fastify => node("fastify", &port),
            Server::Fetch => node("fetch", &port),
            Server::Fpm => {
                let mut command = program("python3");
                command.args(["conformance-vectors/soak/fpm.py", &port, FPM_SCRIPT]);
                command
            }
        }
    }

    /// Gives the processes of PHP a folder of their own for what they share, and in it a store that has been there for an hour.
    fn prepare(&self, command: &Command, folder: &Path) -> Result<()> {
        let shared = shared(folder);
        if shared.exists() {
            fs::remove_dir_all(&shared)?;
        }
        fs::create_dir_all(&shared)?;
        if self.mode != Mode::Unsigned {
            let mut php = program("php");
            php.arg(FPM_SCRIPT).envs(command.get_envs().filter_map(|(name, value)| Some((name, value?))));
            ensure!(php.status()?.success(), "the store cannot be prepared");
        }
        Ok(())
    }

    /// The variables of the mode.
    fn set(&self, command: &mut Command, folder: &Path, redis: u16) -> Result<()> {
        command.env("PRESET", "dev").env("PUBLIC_ORIGINS", "https://gw.example").env("NONCE_TTL", "3600");
        // One key sends everything: its quota is the whole store, whose size is what it is by default.
        command.env("REPLAY_CAP", "1000000").env("REPLAY_QUOTA_PER_KEY", "1000000");
        command.env("TRUSTED_KEYS", folder.join("trusted.json")).env("PEER_KEY", folder.join("peer.pem"));
        if self.mode.signs() {
            command.env("SIGNING_KEY", folder.join("signing.jwk")).env("SIGN_RESPONSES", "on");
        }
        if self.server == Server::Fpm {
            command.env("TMPDIR", shared(folder));
        }
        if self.mode.keeps_in_sqlite() {
            command.env("REPLAY_STORE", format!("sqlite:{}", shared(folder).join("nonces.db").display()));
        }
        if self.mode.keeps_in_redis() {
            command.env("REPLAY_STORE", format!("redis://127.0.0.1:{redis}/"));
        }
        if self.mode.keeps_in_redis() || self.mode.keeps_in_sqlite() {
            // Client, server and Redis share the processors: at saturation all of them wait for each other.
            command.env("REPLAY_TIMEOUT_MS", "2000");
        }
        let bench = match self.mode {
            Mode::Unsigned => "unsigned",
            Mode::Engine => "engine",
            Mode::Primitive => "primitive",
            Mode::Verify => "verify",
            Mode::Peer => "peer",
            _ => "signed",
        };
        command.env("BENCH", bench);
        if self.mode == Mode::Unsigned {
            command.env("SIGNATURE_MODE", "off");
        }
        // The log of the proxy is written like anybody's, to a file.
        let output = fs::File::create(build().join("bench/http/server.log"))?;
        command.stderr(output.try_clone()?).stdout(output);
        Ok(())
    }
}

/// The application that php-fpm runs.
const FPM_SCRIPT: &str = "bindings-php/benches/http_app.php";

/// What the processes of PHP share.
fn shared(folder: &Path) -> PathBuf {
    folder.join("php")
}

fn example() -> Command {
    let mut command = program(target().join("release/examples/http_bench"));
    command.arg("serve");
    command
}

fn node(framework: &str, port: &str) -> Command {
    let mut command = program("node");
    command.args(["benches/http-app.mjs", framework, port]);
    command.current_dir(root().join("bindings-node"));
    command
}

fn free_port() -> Result<u16> {
    Ok(TcpListener::bind("127.0.0.1:0")?.local_addr()?.port())
}
