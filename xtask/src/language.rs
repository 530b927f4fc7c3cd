//! The five languages, and how each is reached.

use std::path::PathBuf;

use crate::setup::{Missing, Tool};
use crate::workspace::root;

/// A language that samebyte speaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Language {
    Rust,
    Python,
    Node,
    Php,
    C,
}

impl Language {
    /// All of them, in the order of every table.
    pub(crate) const ALL: [Self; 5] = [Self::Rust, Self::Python, Self::Node, Self::Php, Self::C];

    /// The name for people.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Rust => "Rust",
            Self::Python => "Python",
            Self::Node => "Node",
            Self::Php => "PHP",
            Self::C => "C",
        }
    }

    /// What has to be installed.
    const fn needs(self) -> &'static [Tool] {
        match self {
            Self::Rust => &[],
            Self::Python => &[Tool::Python],
            Self::Node => &[Tool::Node],
            Self::Php => &[Tool::C, Tool::Php],
            Self::C => &[Tool::C],
        }
    }

    /// Why this language has to be left out on this machine; `None` where it is here.
    pub(crate) fn lacks(self, missing: &Missing) -> Option<&str> {
        self.needs().iter().find_map(|tool| missing.reason(*tool))
    }

    /// The executable that answers for this language (conformance-vectors/runner/PROTOCOL.md).
    pub(crate) fn adapter(self) -> PathBuf {
        root().join("conformance-vectors/runner/adapters").join(self.name().to_lowercase())
    }
}
