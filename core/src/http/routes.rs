//! Which requests have to be signed: roll-out modes by method and path.

use crate::error::{Code, Error, Result};
use crate::http::target::normal_path;

/// What a gateway does with the signature of a request, from the most lenient to the strictest.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Mode {
    /// Nothing.
    Off,
    /// Looks at it and tells the log; every request passes.
    Observe,
    /// A request without a signature passes; one with a signature must be right.
    Optional,
    /// Every request must be signed.
    #[default]
    Required,
}

impl Mode {
    pub(crate) const ALL: [Self; 4] = [Self::Off, Self::Observe, Self::Optional, Self::Required];

    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Off => "off",
            Self::Observe => "observe",
            Self::Optional => "optional",
            Self::Required => "required",
        }
    }

    pub(crate) fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|mode| mode.name() == name)
    }
}

/// Rules, of which the first that matches decides, and what holds where none does.
///
/// Routers differ in what they take for one path: upper and lower case, a slash at the end, slashes in a row, encoded
/// ones, parameters behind a semicolon, `HEAD` for `GET`, methods in lower case. If the rules say something stricter of
/// the path that the most lenient of them would see, that holds, so that no spelling leads around a rule.
#[derive(Clone, Debug, Default)]
pub(crate) struct Routes {
    rules: Vec<Rule>,
    default: Mode,
}

#[derive(Clone, Debug)]
struct Rule {
    /// Any method, where there is none.
    method: Option<String>,
    path: Pattern,
    mode: Mode,
}

impl Routes {
    pub(crate) fn new(default: Mode) -> Self {
        Self { rules: Vec::new(), default }
    }

    /// Adds a rule behind those that are there.
    ///
    /// # Errors
    /// `invalid_argument`: no method or path.
    pub(crate) fn push(&mut self, method: Option<&str>, path: &str, mode: Mode) -> Result<()> {
        if method.is_some_and(|method| !is_method(method)) {
            return Err(invalid("a method is upper-case letters"));
        }
        let path = Pattern::parse(path)?;
        self.rules.push(Rule { method: method.map(str::to_owned), path, mode });
        Ok(())
    }

    /// What holds for a request with this method and this path, as `route_path` gives it.
    pub(crate) fn mode(&self, method: &str, path: &str) -> Mode {
        let named = self.first(|rule| rule.answers(method) && rule.path.matches(path));
        if self.rules.is_empty() {
            return named;
        }
        let folded = fold(path);
        // A handler of GET is asked for HEAD, too.
        let method = method.to_ascii_uppercase();
        let method = if method == "HEAD" { "GET" } else { &method };
        named.max(self.first(|rule| rule.answers(method) && rule.path.matches_folded(&folded)))
    }

    /// The strictest mode that any request may meet.
    pub(crate) fn strictest(&self) -> Mode {
        self.rules.iter().map(|rule| rule.mode).fold(self.default, Mode::max)
    }

    fn first(&self, matches: impl Fn(&&Rule) -> bool) -> Mode {
        self.rules.iter().find(matches).map_or(self.default, |rule| rule.mode)
    }
}

impl Rule {
    fn answers(&self, method: &str) -> bool {
        self.method.as_deref().is_none_or(|own| own == method)
    }
}

/// Paths that a key may be used for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Paths(Vec<Pattern>);

impl Paths {
    /// # Errors
    /// `invalid_argument`: not a path.
    pub(crate) fn parse<'a>(paths: impl IntoIterator<Item = &'a str>) -> Result<Self> {
        paths.into_iter().map(Pattern::parse).collect::<Result<_>>().map(Self)
    }

    /// Whether this path, as `route_path` gives it, is one of them, also for the most lenient router: `/a/..%2Fb` is
    /// not below `/a/`.
    pub(crate) fn contain(&self, path: &str) -> bool {
        let folded = fold(path);
        self.0.iter().any(|pattern| pattern.matches(path) && pattern.matches_folded(&folded))
    }
}

/// `*` for every path, `/a/*` for those that start with `/a/`, else one path.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Pattern {
    All,
    Below { start: String, folded: Vec<u8> },
    One { path: String, folded: Vec<u8> },
}

impl Pattern {
    fn parse(text: &str) -> Result<Self> {
        if text == "*" {
            return Ok(Self::All);
        }
        let (path, below) = match text.strip_suffix('*') {
            Some(start) => (start, true),
            None => (text, false),
        };
        let normal = normal_path(path).filter(|_| !path.contains('*'));
        let path = normal.ok_or_else(|| invalid("a route is a path, a path with /* at its end, or *"))?;
        let folded = fold(&path);
        match below {
            false => Ok(Self::One { path, folded }),
            true if path.ends_with('/') => Ok(Self::Below { start: path, folded }),
            true => Err(invalid("a route with * at its end has a slash before it")),
        }
    }

    fn matches(&self, path: &str) -> bool {
        match self {
            Self::All => true,
            Self::Below { start, .. } => path.starts_with(start),
            Self::One { path: own, .. } => path == own,
        }
    }

    fn matches_folded(&self, path: &[u8]) -> bool {
        match self {
            Self::All => true,
            Self::Below { folded, .. } => {
                path.strip_prefix(&**folded).is_some_and(|rest| rest.is_empty() || rest[0] == b'/')
            }
            Self::One { folded, .. } => path == folded,
        }
    }
}

/// The path as the most lenient router sees it: decoded, in lower case, without empty segments, dot segments and
/// parameters. `/a` for `/A//%62/..;x=1/`, and nothing for `/`.
fn fold(path: &str) -> Vec<u8> {
    let mut folded = Vec::with_capacity(path.len());
    for segment in decode(path).split(|byte| matches!(byte, b'/' | b'\\')) {
        let segment = segment.split(|byte| *byte == b';').next().unwrap_or(segment);
        match segment {
            b"" | b"." => {}
            b".." => folded.truncate(folded.iter().rposition(|byte| *byte == b'/').unwrap_or(0)),
            other => {
                folded.push(b'/');
                folded.extend(other.iter().map(u8::to_ascii_lowercase));
            }
        }
    }
    folded
}

/// The bytes that a path in normal form stands for.
fn decode(path: &str) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(path.len());
    let mut rest = path.as_bytes();
    while let Some((first, behind)) = rest.split_first() {
        let mut decoded = [*first];
        rest = behind;
        if *first == b'%'
            && let Some((digits, behind)) = behind.split_first_chunk::<2>()
            && hex::decode_to_slice(digits, &mut decoded).is_ok()
        {
            rest = behind;
        }
        bytes.push(decoded[0]);
    }
    bytes
}

fn is_method(method: &str) -> bool {
    !method.is_empty() && method.bytes().all(|byte| byte.is_ascii_uppercase() || matches!(byte, b'-' | b'_'))
}

fn invalid(message: &'static str) -> Error {
    Error::new(Code::InvalidArgument, message)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn routes(rules: &[(Option<&str>, &str, Mode)], default: Mode) -> Routes {
        let mut routes = Routes::new(default);
        for (method, path, mode) in rules {
            routes.push(*method, path, *mode).expect(path);
        }
        routes
    }

    #[test]
    fn the_first_rule_that_matches_decides() {
        let routes = routes(
            &[
                (Some("POST"), "/rpc", Mode::Required),
                (None, "/rpc", Mode::Optional),
                (None, "/public/*", Mode::Off),
                (None, "/public/private", Mode::Required),
            ],
            Mode::Observe,
        );
        for (method, path, expected) in [
            ("POST", "/rpc", Mode::Required),
            ("GET", "/rpc", Mode::Optional),
            ("GET", "/public/", Mode::Off),
            ("GET", "/public/a/b", Mode::Off),
            ("GET", "/public/private", Mode::Off),
            ("GET", "/publicity", Mode::Observe),
            ("GET", "/", Mode::Observe),
        ] {
            assert_eq!(routes.mode(method, path), expected, "{method} {path}");
        }
        assert_eq!(routes.strictest(), Mode::Required);
        assert_eq!(Routes::new(Mode::Off).strictest(), Mode::Off);
        assert_eq!(Routes::default().mode("GET", "/"), Mode::Required);
    }

    #[test]
    fn no_spelling_leads_around_a_stricter_rule() {
        let strict = routes(
            &[(Some("POST"), "/rpc", Mode::Required), (Some("GET"), "/admin/*", Mode::Required)],
            Mode::Off,
        );
        for path in [
            "/RPC",
            "/rpc/",
            "//rpc",
            "/rpc//",
            "/x/..%2Frpc",
            "/%2Frpc",
            "/rpc%2F",
            "/rpc;a=b",
            "/x%5C..%5Crpc",
        ] {
            assert_eq!(strict.mode("POST", path), Mode::Required, "{path}");
        }
        for path in ["/Admin/x", "/admin%2Fx", "/admin", "//admin//x", "/a/%2E%2E%2Fadmin/x"] {
            assert_eq!(strict.mode("HEAD", path), Mode::Required, "{path}");
        }
        assert_eq!(strict.mode("post", "/rpc"), Mode::Required);
        for path in ["/rpc2", "/rp", "/rpc/x", "/x/rpc", "/"] {
            assert_eq!(strict.mode("POST", path), Mode::Off, "{path}");
        }
        // And none leads into a more lenient one.
        let lenient = routes(&[(None, "/health", Mode::Off), (None, "/public/*", Mode::Off)], Mode::Required);
        for path in
            ["/HEALTH", "/health/", "/health%2F..%2Frpc", "/public%2Fx", "/public", "/public/..%2Frpc"]
        {
            assert_eq!(lenient.mode("GET", path), Mode::Required, "{path}");
        }
        assert_eq!(lenient.mode("GET", "/health"), Mode::Off);
        assert_eq!(lenient.mode("GET", "/public/x"), Mode::Off);
        let root = routes(&[(None, "/", Mode::Required)], Mode::Off);
        assert_eq!(root.mode("GET", "//"), Mode::Required);
        assert_eq!(root.mode("GET", "/x"), Mode::Off);
    }

    #[test]
    fn a_pattern_is_a_path() {
        for (text, path, expected) in [
            ("*", "/x", true),
            ("/*", "/", true),
            ("/*", "/a/b", true),
            ("/a/*", "/a/", true),
            ("/a/*", "/a", false),
            ("/%7e", "/~", true),
            ("/a/../b", "/b", true),
            ("/a", "/A", false),
            ("/a", "/a/", false),
            ("/caf%c3%a9", "/caf%C3%A9", true),
            ("/a/*", "/a/b%2Fc", true),
            ("/a/*", "/a/..%2Fb", false),
            ("/a/*", "/a/b/..;x/..;/c", false),
        ] {
            assert_eq!(Paths::parse([text]).expect(text).contain(path), expected, "{text} {path}");
        }
        for text in [
            "",
            "rpc",
            "/a*",
            "/a/*/b",
            "**",
            "/a/**",
            "/a?x",
            "/a b",
            "https://gw.example/rpc",
            "/%",
            "/a#b",
        ] {
            assert!(Paths::parse([text]).is_err(), "{text}");
        }
        for method in ["", "get", "GET ", "GET,POST", "*"] {
            assert!(Routes::default().push(Some(method), "/", Mode::Off).is_err(), "{method}");
        }
        assert!(!Paths::parse([]).expect("none").contain("/"));
    }

    #[test]
    fn modes_have_names_and_an_order() {
        for mode in Mode::ALL {
            assert_eq!(Mode::from_name(mode.name()), Some(mode));
        }
        assert_eq!(Mode::from_name("Required"), None);
        assert!(Mode::ALL.is_sorted());
    }
}
