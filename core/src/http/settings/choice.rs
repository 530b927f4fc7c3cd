//! Settings that are one of a few words.

use crate::error::Result;
use crate::json::view::Value;
use crate::options::{invalid, text};

/// An enum whose first variant is the default, and how it is read.
macro_rules! choice {
    ($(#[$doc:meta])* $name:ident, $message:literal, $($(#[$of:meta])* $variant:ident = $text:literal,)+) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
        pub(crate) enum $name {
            $($(#[$of])* $variant,)+
        }

        impl $name {
            pub(super) fn read(value: Value<'_>) -> Result<Self> {
                match text(value)?.as_str() {
                    $($text => Ok(Self::$variant),)+
                    _ => Err(invalid($message)),
                }
            }
        }
    };
}

choice! {
    /// Where the nonce of a request stands.
    NonceLocation, "nonce_location is `either`, `header` or `body`",
    #[default]
    Either = "either",
    Header = "header",
    Body = "body",
}

choice! {
    /// Which bytes of a body the handler gets.
    ForwardBody, "forward_body is `canonical` or `original`",
    #[default]
    Canonical = "canonical",
    Original = "original",
}

choice! {
    /// How much is asked where nothing else is said.
    Preset, "preset is `standard`, `strict` or `dev`",
    #[default]
    Standard = "standard",
    /// Long nonces, in the header alone.
    Strict = "strict",
    /// For a developer's machine: no origins needed, no guard after a start.
    Dev = "dev",
}

choice! {
    /// Which responses are signed.
    SignResponses, "sign_responses is `off`, `on` or `required-by-client`",
    #[default]
    Off = "off",
    On = "on",
    RequiredByClient = "required-by-client",
}

choice! {
    /// Who remembers nonces.
    Replay, "replay is `memory` or `external`",
    /// The gateway, in its own memory.
    #[default]
    Memory = "memory",
    /// The host, in a store of its own.
    External = "external",
}
