//! Options objects: small JSON, every member known.

use crate::error::{Code, Error, Result};
use crate::jcs::{self, Options};
use crate::json::view::{Object, Value};

/// Shows every member of an options object to `member`; what it refuses is refused with the name of the option.
pub(crate) fn each(options: &[u8], member: impl FnMut(&str, Value<'_>) -> Result<()>) -> Result<()> {
    if options.is_empty() {
        return Ok(());
    }
    let canonical = jcs::canonicalize(options, &Options::exact())?;
    let object = Object::parse(&canonical).ok_or_else(|| invalid("options are a JSON object"))?;
    members(object, member)
}

/// Shows every member of an object to `member`, as [`each`] does.
pub(crate) fn members<'a>(
    object: Object<'a>,
    mut member: impl FnMut(&str, Value<'a>) -> Result<()>,
) -> Result<()> {
    for (name, value) in object.members() {
        let name = name.to_text();
        member(&name, value).map_err(|error| error.with_text("option", name))?;
    }
    Ok(())
}

/// A non-negative integer.
pub(crate) fn integer(value: Value<'_>) -> Result<usize> {
    value
        .as_integer()
        .and_then(|number| usize::try_from(number).ok())
        .ok_or_else(|| invalid("an option is not a non-negative integer"))
}

pub(crate) fn flag(value: Value<'_>) -> Result<bool> {
    match value.raw() {
        b"true" => Ok(true),
        b"false" => Ok(false),
        _ => Err(invalid("an option is not true or false")),
    }
}

pub(crate) fn text(value: Value<'_>) -> Result<String> {
    value
        .as_text()
        .map(|text| text.to_text().into_owned())
        .ok_or_else(|| invalid("an option is not a string"))
}

/// An array of strings.
pub(crate) fn texts(value: Value<'_>) -> Result<Vec<String>> {
    value.as_array().ok_or_else(|| invalid("an option is not an array"))?.map(text).collect()
}

/// The option is not known.
pub(crate) fn unknown() -> Error {
    Error::new(Code::UnknownOption, "an option is not known")
}

pub(crate) fn invalid(message: &'static str) -> Error {
    Error::new(Code::InvalidArgument, message)
}
