//! What a fresh machine lacks: Debian packages, the virtual environment of Python, the packages of Node.
//!
//! Each part looks first whether there is anything to do, which takes milliseconds.

use std::process::{Command, Stdio};

use crate::log::Log;
use crate::workspace::{on_path, program};

/// What a step may need beside Rust.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Tool {
    Python,
    Node,
    C,
    Php,
    /// The command, and the headers, which a crate that is tested against is built with.
    OpenSsl,
}

/// Each program that is looked for, and the Debian packages that bring it.
const PROGRAMS: [(&str, &[&str]); 18] = [
    ("python3", &["python3", "python3-venv"]),
    ("cc", &["gcc", "libc6-dev"]),
    ("c++", &["g++"]),
    ("pkg-config", &["pkg-config"]),
    ("openssl", &["openssl"]),
    ("cmake", &["cmake"]),
    ("valgrind", &["valgrind", "libc6-dbg"]),
    ("php", &["php-cli", "php-mbstring"]),
    ("phpunit", &["phpunit"]),
    ("composer", &["composer"]),
    ("redis-server", &["redis-server"]),
    ("wrk", &["wrk"]),
    ("curl", &["curl"]),
    ("faketime", &["faketime"]),
    ("haproxy", &["haproxy"]),
    ("nginx", &["nginx-light"]),
    ("njs", &["njs", "libnginx-mod-http-js"]),
    ("jq", &["jq"]),
];

/// What the tests of PHP use where it is there, as a condition in PHP, and the Debian package that brings it.
const PHP_PARTS: [(&str, &str); 6] = [
    ("glob('/usr/sbin/php-fpm*')", "php-fpm"),
    ("extension_loaded('pdo_sqlite')", "php-sqlite3"),
    ("extension_loaded('curl')", "php-curl"),
    ("stream_resolve_include_path('Predis/autoload.php')", "php-predis"),
    ("stream_resolve_include_path('Nyholm/Psr7/autoload.php')", "php-nyholm-psr7"),
    ("stream_resolve_include_path('GuzzleHttp/autoload.php')", "php-guzzlehttp-guzzle"),
];

/// The tools that are missing after all, each with the reason.
#[derive(Debug, Default)]
pub(crate) struct Missing(Vec<(Tool, String)>);

impl Missing {
    /// Why this tool cannot be used; `None` where it can.
    pub(crate) fn reason(&self, tool: Tool) -> Option<&str> {
        self.0.iter().find(|(missing, _)| *missing == tool).map(|(_, reason)| reason.as_str())
    }
}

/// Installs missing Debian packages where that is allowed, else says in one line what to install; tells which
/// languages have to be left out.
pub(crate) fn tools() -> Missing {
    let packages = missing_packages();
    if !packages.is_empty() {
        install(&packages);
    }
    missing()
}

/// The tools that are missing now, each with the reason.
pub(crate) fn missing() -> Missing {
    let mut missing = Missing::default();
    let mut lacks = |tool: Tool, reason: &str| missing.0.push((tool, reason.to_owned()));
    if !on_path("python3") {
        lacks(Tool::Python, "python3 is not installed");
    }
    if !on_path("node") || !on_path("npm") {
        lacks(Tool::Node, "node and npm are not installed");
    }
    if !on_path("cc") || !on_path("c++") {
        lacks(Tool::C, "a C and a C++ compiler are not installed");
    }
    if !on_path("php") {
        lacks(Tool::Php, "php is not installed");
    } else if !php_extensions() {
        lacks(Tool::Php, "this php lacks the extension ffi or sodium");
    }
    if !on_path("openssl") {
        lacks(Tool::OpenSsl, "openssl is not installed");
    } else if !on_path("cc") || !openssl_headers() {
        lacks(Tool::OpenSsl, "a C compiler, pkg-config or the headers of OpenSSL are not installed");
    }
    missing
}

/// The Debian packages whose program is not on the search path.
fn missing_packages() -> Vec<&'static str> {
    let absent = PROGRAMS.iter().filter(|(name, _)| !on_path(name));
    let mut packages: Vec<&str> = absent.flat_map(|(_, packages)| packages.iter().copied()).collect();
    // Debian ships Python without the part that makes a virtual environment able to install anything.
    if on_path("python3") && !succeeds(program("python3").args(["-c", "import ensurepip, venv"])) {
        packages.push("python3-venv");
    }
    if !openssl_headers() {
        packages.push("libssl-dev");
    }
    packages.extend(php_parts());
    packages
}

/// The Debian packages of PHP whose part is not there.
fn php_parts() -> Vec<&'static str> {
    // One process for all of them: it prints one digit for each.
    let code: String =
        PHP_PARTS.iter().map(|(condition, _)| format!("echo (int) (bool) {condition};")).collect();
    let found = program("php").args(["-r", &code]).output().map(|output| output.stdout).unwrap_or_default();
    let lacks = |index: &usize| found.get(*index) != Some(&b'1');
    (0..PHP_PARTS.len()).filter(lacks).map(|index| PHP_PARTS[index].1).collect()
}

/// Runs apt-get as root or through a sudo that asks for no password; otherwise prints what to run.
fn install(packages: &[&str]) {
    let list = packages.join(" ");
    let root = succeeds(program("sh").args(["-c", "test \"$(id -u)\" = 0"]));
    let may =
        on_path("apt-get") && (root || on_path("sudo") && succeeds(program("sudo").args(["-n", "true"])));
    if !may {
        println!("To test everything install as root: apt-get install --no-install-recommends {list}");
        return;
    }
    println!("Installing Debian packages: {list}");
    let apt = |arguments: &[&str]| {
        let mut command = if root { program("env") } else { program("sudo") };
        if !root {
            command.args(["-n", "env"]);
        }
        command.args(["DEBIAN_FRONTEND=noninteractive", "apt-get", "-q", "-o", "DPkg::Lock::Timeout=300"]);
        command.args(arguments);
        command
    };
    let outcome = Log::new("debian").and_then(|mut log| {
        log.run(&mut apt(&["update"]))?;
        log.run(&mut apt(&[&["install", "-y", "--no-install-recommends"], packages].concat()))
    });
    if let Err(error) = outcome {
        println!("That failed ({error}; see build/logs/debian.log). Install them by hand: {list}");
    }
}

/// Whether PHP has what the package and the plain script need.
fn php_extensions() -> bool {
    let code = "exit(extension_loaded('FFI') && extension_loaded('sodium') ? 0 : 1);";
    succeeds(program("php").args(["-r", code]))
}

/// Whether what compiles against OpenSSL finds it.
fn openssl_headers() -> bool {
    succeeds(program("pkg-config").args(["--exists", "openssl"]))
}

/// Whether a silent command ends with code 0.
fn succeeds(command: &mut Command) -> bool {
    command.stdout(Stdio::null()).stderr(Stdio::null()).status().is_ok_and(|status| status.success())
}
