//! The fields of an Agent Card: a2a.proto, package `lf.a2a.v1`, of A2A 1.0.
//!
//! Names are the JSON names; the names of the proto file follow from them. A test compares this table with the descriptor
//! of the protocol.

/// A field of a message.
#[derive(Debug)]
pub(super) struct Field {
    pub(super) name: &'static str,
    pub(super) presence: Presence,
    pub(super) kind: Kind,
}

/// What tells whether a field is there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Presence {
    /// Its value: the default is the same as none.
    Implicit,
    /// The field itself: `optional`, or a message.
    Explicit,
    /// `REQUIRED`.
    Required,
    /// A member of the message's one `oneof`.
    OneOf,
}

/// What a field holds.
#[derive(Clone, Copy, Debug)]
pub(super) enum Kind {
    Text,
    Flag,
    Texts,
    TextMap,
    Message(&'static [Field]),
    Messages(&'static [Field]),
    MessageMap(&'static [Field]),
    /// `google.protobuf.Struct`: any JSON object.
    Free,
    /// The member that no form covers.
    Signatures,
}

use Kind::{Flag, Free, Message, MessageMap, Messages, Signatures, Text, TextMap, Texts};

const fn implicit(name: &'static str, kind: Kind) -> Field {
    Field { name, presence: Presence::Implicit, kind }
}

const fn explicit(name: &'static str, kind: Kind) -> Field {
    Field { name, presence: Presence::Explicit, kind }
}

const fn required(name: &'static str, kind: Kind) -> Field {
    Field { name, presence: Presence::Required, kind }
}

const fn one_of(name: &'static str, kind: Kind) -> Field {
    Field { name, presence: Presence::OneOf, kind }
}

/// `AgentCard`.
pub(super) static CARD: &[Field] = &[
    required("name", Text),
    required("description", Text),
    required("supportedInterfaces", Messages(INTERFACE)),
    explicit("provider", Message(PROVIDER)),
    required("version", Text),
    explicit("documentationUrl", Text),
    required("capabilities", Message(CAPABILITIES)),
    implicit("securitySchemes", MessageMap(SECURITY_SCHEME)),
    implicit("securityRequirements", Messages(SECURITY_REQUIREMENT)),
    required("defaultInputModes", Texts),
    required("defaultOutputModes", Texts),
    required("skills", Messages(SKILL)),
    implicit("signatures", Signatures),
    explicit("iconUrl", Text),
];

/// `AgentInterface`.
static INTERFACE: &[Field] = &[
    required("url", Text),
    required("protocolBinding", Text),
    implicit("tenant", Text),
    required("protocolVersion", Text),
];

/// `AgentProvider`.
static PROVIDER: &[Field] = &[required("url", Text), required("organization", Text)];

/// `AgentCapabilities`.
static CAPABILITIES: &[Field] = &[
    explicit("streaming", Flag),
    explicit("pushNotifications", Flag),
    implicit("extensions", Messages(EXTENSION)),
    explicit("extendedAgentCard", Flag),
];

/// `AgentExtension`.
static EXTENSION: &[Field] = &[
    implicit("uri", Text),
    implicit("description", Text),
    implicit("required", Flag),
    explicit("params", Free),
];

/// `AgentSkill`.
static SKILL: &[Field] = &[
    required("id", Text),
    required("name", Text),
    required("description", Text),
    required("tags", Texts),
    implicit("examples", Texts),
    implicit("inputModes", Texts),
    implicit("outputModes", Texts),
    implicit("securityRequirements", Messages(SECURITY_REQUIREMENT)),
];

/// `SecurityRequirement`.
static SECURITY_REQUIREMENT: &[Field] = &[implicit("schemes", MessageMap(STRING_LIST))];

/// `StringList`.
static STRING_LIST: &[Field] = &[implicit("list", Texts)];

/// `SecurityScheme`.
static SECURITY_SCHEME: &[Field] = &[
    one_of("apiKeySecurityScheme", Message(API_KEY)),
    one_of("httpAuthSecurityScheme", Message(HTTP_AUTH)),
    one_of("oauth2SecurityScheme", Message(OAUTH2)),
    one_of("openIdConnectSecurityScheme", Message(OPEN_ID_CONNECT)),
    one_of("mtlsSecurityScheme", Message(MUTUAL_TLS)),
];

/// `APIKeySecurityScheme`.
static API_KEY: &[Field] =
    &[implicit("description", Text), required("location", Text), required("name", Text)];

/// `HTTPAuthSecurityScheme`.
static HTTP_AUTH: &[Field] =
    &[implicit("description", Text), required("scheme", Text), implicit("bearerFormat", Text)];

/// `OAuth2SecurityScheme`.
static OAUTH2: &[Field] = &[
    implicit("description", Text),
    required("flows", Message(OAUTH_FLOWS)),
    implicit("oauth2MetadataUrl", Text),
];

/// `OpenIdConnectSecurityScheme`.
static OPEN_ID_CONNECT: &[Field] = &[implicit("description", Text), required("openIdConnectUrl", Text)];

/// `MutualTlsSecurityScheme`.
static MUTUAL_TLS: &[Field] = &[implicit("description", Text)];

/// `OAuthFlows`.
static OAUTH_FLOWS: &[Field] = &[
    one_of("authorizationCode", Message(AUTHORIZATION_CODE)),
    one_of("clientCredentials", Message(CLIENT_CREDENTIALS)),
    one_of("implicit", Message(IMPLICIT)),
    one_of("password", Message(PASSWORD)),
    one_of("deviceCode", Message(DEVICE_CODE)),
];

/// `AuthorizationCodeOAuthFlow`.
static AUTHORIZATION_CODE: &[Field] = &[
    required("authorizationUrl", Text),
    required("tokenUrl", Text),
    implicit("refreshUrl", Text),
    required("scopes", TextMap),
    implicit("pkceRequired", Flag),
];

/// `ClientCredentialsOAuthFlow`.
static CLIENT_CREDENTIALS: &[Field] =
    &[required("tokenUrl", Text), implicit("refreshUrl", Text), required("scopes", TextMap)];

/// `ImplicitOAuthFlow`.
static IMPLICIT: &[Field] =
    &[implicit("authorizationUrl", Text), implicit("refreshUrl", Text), implicit("scopes", TextMap)];

/// `PasswordOAuthFlow`.
static PASSWORD: &[Field] =
    &[implicit("tokenUrl", Text), implicit("refreshUrl", Text), implicit("scopes", TextMap)];

/// `DeviceCodeOAuthFlow`.
static DEVICE_CODE: &[Field] = &[
    required("deviceAuthorizationUrl", Text),
    required("tokenUrl", Text),
    implicit("refreshUrl", Text),
    required("scopes", TextMap),
];

/// How a member names a field.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Spelling {
    /// As JSON does: `iconUrl`.
    Json,
    /// As the proto file does: `icon_url`.
    Proto,
}

/// The field with this name, its place in the message, and which of its two names that is.
pub(super) fn find(fields: &'static [Field], name: &[u8]) -> Option<(usize, &'static Field, Spelling)> {
    fields.iter().enumerate().find_map(|(index, field)| {
        if field.name.as_bytes() == name {
            Some((index, field, Spelling::Json))
        } else if is_proto_name(field.name, name) {
            Some((index, field, Spelling::Proto))
        } else {
            None
        }
    })
}

/// Whether `name` is the name in the proto file: with an underscore and a small letter for each capital one.
fn is_proto_name(json_name: &str, name: &[u8]) -> bool {
    let mut rest = name.iter();
    json_name.bytes().all(|letter| {
        if letter.is_ascii_uppercase() {
            rest.next() == Some(&b'_') && rest.next() == Some(&letter.to_ascii_lowercase())
        } else {
            rest.next() == Some(&letter)
        }
    }) && rest.next().is_none()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_have_two_names() {
        for (name, expected) in [
            ("iconUrl", Some(("iconUrl", Spelling::Json))),
            ("icon_url", Some(("iconUrl", Spelling::Proto))),
            ("name", Some(("name", Spelling::Json))),
            ("icon_Url", None),
            ("icon_ur", None),
            ("icon_urls", None),
            ("IconUrl", None),
            ("", None),
        ] {
            let found = find(CARD, name.as_bytes()).map(|(_, field, spelling)| (field.name, spelling));
            assert_eq!(found, expected, "{name}");
        }
    }

    /// The descriptor of the protocol, as `conformance-vectors/generate/agent_card.py` wrote it down.
    fn described() -> serde_json::Value {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../conformance-vectors/generate/a2a/fields.json");
        serde_json::from_slice(&std::fs::read(path).expect("a file")).expect("JSON")
    }

    /// Compares a message, and every message in it, with the descriptor; counts the messages.
    fn compare(message: &str, fields: &'static [Field], described: &serde_json::Value) -> usize {
        let rows = described[message].as_array().expect("a message of the protocol");
        assert_eq!(rows.len(), fields.len(), "{message}");
        let mut messages = 1;
        for row in rows {
            let text = |name: &str| row[name].as_str().expect("a string");
            let name = text("name");
            let (_, field, spelling) = find(fields, name.as_bytes()).expect(name);
            assert_eq!((field.name, spelling), (name, Spelling::Json));
            // A name of one word is both.
            let proto_name = text("proto_name");
            let (_, same, _) = find(fields, proto_name.as_bytes()).expect(proto_name);
            assert_eq!(same.name, field.name);
            let presence = match field.presence {
                Presence::Implicit => "implicit",
                Presence::Explicit => "explicit",
                Presence::Required => "required",
                Presence::OneOf => "oneof",
            };
            assert_eq!(presence, text("presence"), "{message}.{}", field.name);
            let (count, kind, inner) = match field.kind {
                Kind::Text => ("one", "string", None),
                Kind::Flag => ("one", "bool", None),
                Kind::Texts => ("list", "string", None),
                Kind::TextMap => ("map", "string", None),
                Kind::Message(inner) => ("one", text("kind"), Some(inner)),
                Kind::Messages(inner) => ("list", text("kind"), Some(inner)),
                Kind::MessageMap(inner) => ("map", text("kind"), Some(inner)),
                Kind::Free => ("one", "Struct", None),
                Kind::Signatures => ("list", "AgentCardSignature", None),
            };
            assert_eq!((count, kind), (text("count"), text("kind")), "{message}.{}", field.name);
            messages += inner.map_or(0, |inner| compare(text("kind"), inner, described));
        }
        messages
    }

    #[test]
    fn the_table_is_that_of_the_protocol() {
        let described = described();
        // `SecurityRequirement` and its `StringList` stand in two places, and `AgentCardSignature` is not looked into.
        let count = described.as_object().expect("messages").len();
        assert_eq!(compare("AgentCard", CARD, &described), count + 2 - 1);
    }
}
