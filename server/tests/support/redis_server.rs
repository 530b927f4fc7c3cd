//! A Redis of its own for a test.

#![allow(dead_code, reason = "each test file uses a part")]

use std::net::{TcpListener, TcpStream};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

/// A `redis-server` on a free port, killed when it is dropped.
pub(crate) struct RedisServer {
    child: Child,
    pub(crate) port: u16,
    arguments: Vec<String>,
}

impl RedisServer {
    /// Starts one with more arguments; `None`, and a word about it, where there is no Redis.
    pub(crate) fn start(arguments: &[&str]) -> Option<Self> {
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let arguments: Vec<String> = arguments.iter().map(|argument| (*argument).to_owned()).collect();
        let Some(child) = spawn(port, &arguments) else {
            println!("skipped: redis-server is not installed");
            return None;
        };
        Some(Self { child, port, arguments })
    }

    pub(crate) fn url(&self) -> String {
        format!("redis://127.0.0.1:{}/", self.port)
    }

    /// Ends it as `kill -9` does.
    pub(crate) fn kill(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    /// Starts it again on the same port.
    pub(crate) fn restart(&mut self) {
        self.kill();
        self.child = spawn(self.port, &self.arguments).unwrap();
    }

    /// Sends a signal to it: `STOP`, `CONT`.
    pub(crate) fn signal(&self, name: &str) {
        let status = Command::new("kill").args(["-s", name, &self.child.id().to_string()]).status().unwrap();
        assert!(status.success());
    }

    /// What `redis-cli` says.
    pub(crate) fn command(&self, arguments: &[&str]) -> String {
        let mut cli = Command::new("redis-cli");
        let output = cli.args(["-p", &self.port.to_string()]).args(arguments).output().unwrap();
        String::from_utf8(output.stdout).unwrap().trim().to_owned()
    }
}

impl Drop for RedisServer {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn spawn(port: u16, arguments: &[String]) -> Option<Child> {
    let mut command = Command::new("redis-server");
    command.args(["--port", &port.to_string(), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no"]);
    command.args(arguments).current_dir(std::env::temp_dir());
    let child = command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().ok()?;
    let begun = Instant::now();
    while TcpStream::connect(("127.0.0.1", port)).is_err() {
        assert!(begun.elapsed() < Duration::from_secs(10), "redis-server does not come up");
        std::thread::sleep(Duration::from_millis(10));
    }
    Some(child)
}
