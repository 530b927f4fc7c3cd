//! Values of single settings.

use crate::error::Result;
use crate::http::routes::{Mode, Routes};
use crate::http::target::Origin;
use crate::json::view::Value;
use crate::keys::Keyset;
use crate::options::{integer, invalid, members, text, texts, unknown};

/// Fields that HTTP or this profile reads in another sense.
const TAKEN_FIELDS: [&str; 12] = [
    "authorization",
    "connection",
    "content-encoding",
    "content-length",
    "content-type",
    "cookie",
    "date",
    "host",
    "signature",
    "signature-input",
    "transfer-encoding",
    "x-signature-error",
];

pub(super) fn within(value: Value<'_>, least: usize, most: usize) -> Result<usize> {
    let number = integer(value)?;
    if (least..=most).contains(&number) {
        Ok(number)
    } else {
        Err(invalid("a number is out of range").with_number("least", least).with_number("most", most))
    }
}

pub(super) fn mode(value: Value<'_>) -> Result<Mode> {
    Mode::from_name(&text(value)?)
        .ok_or_else(|| invalid("a mode is `off`, `observe`, `optional` or `required`"))
}

/// `[{"method":…,"mode":…,"path":…}]`.
pub(super) fn read_routes(list: Value<'_>, routes: &mut Routes) -> Result<()> {
    for entry in list.as_array().ok_or_else(|| invalid("routes are not an array"))? {
        let object = entry.as_object().ok_or_else(|| invalid("a route is not an object"))?;
        let (mut method, mut path, mut chosen) = (None, None, None);
        members(object, |name, value| {
            match name {
                "method" => method = Some(text(value)?),
                "path" => path = Some(text(value)?),
                "mode" => chosen = Some(mode(value)?),
                _ => return Err(unknown()),
            }
            Ok(())
        })?;
        let (Some(path), Some(mode)) = (path, chosen) else {
            return Err(invalid("a route has a path and a mode"));
        };
        routes.push(method.as_deref(), &path, mode)?;
    }
    Ok(())
}

pub(super) fn origins(value: Value<'_>) -> Result<Vec<Origin>> {
    let mut origins: Vec<Origin> = Vec::new();
    for text in texts(value)? {
        let origin = Origin::parse(&text)?;
        if origins.contains(&origin) {
            return Err(invalid("an origin stands twice"));
        }
        origins.push(origin);
    }
    Ok(origins)
}

pub(super) fn audiences(value: Value<'_>) -> Result<Vec<String>> {
    let names = texts(value)?;
    if names.is_empty() || names.iter().any(|name| name.is_empty() || name.len() > 2048) {
        return Err(invalid("audiences are names of up to 2048 bytes, at least one"));
    }
    Ok(names)
}

/// The name of a header field (RFC 9110 section 5.6.2), in lower case.
pub(super) fn field_name(text: &str) -> Result<String> {
    let name = text.to_ascii_lowercase();
    let is_token = !name.is_empty()
        && name.len() <= 64
        && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte));
    if !is_token || TAKEN_FIELDS.contains(&name.as_str()) {
        return Err(invalid("not the name of a header field that is free"));
    }
    Ok(name)
}

/// A JWK Set, or the text of one.
pub(super) fn published_keys(value: Value<'_>) -> Result<Keyset> {
    match value.as_text() {
        Some(text) => Keyset::from_jwks(text.to_text().as_bytes()),
        None => Keyset::from_jwks(value.raw()),
    }
}
