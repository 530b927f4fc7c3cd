//! Values of variables, and how they are written down.

use zeroize::{Zeroize, ZeroizeOnDrop};

use crate::error::Result;
use crate::jcs::Writer;
use crate::options::invalid;

/// A JSON value. Some hold keys.
#[derive(Clone, PartialEq, Eq)]
pub(super) enum Member {
    Null,
    Flag(bool),
    Number(usize),
    Text(String),
    List(Vec<Member>),
    Object(Vec<(&'static str, Member)>),
}

impl Drop for Member {
    fn drop(&mut self) {
        if let Self::Text(text) = self {
            text.zeroize();
        }
    }
}

impl ZeroizeOnDrop for Member {}

/// Writes a value. It is no deeper than it was made here.
pub(super) fn write(writer: &mut Writer, member: &Member) -> Result<()> {
    match member {
        Member::Null => writer.null(),
        Member::Flag(flag) => writer.boolean(*flag),
        Member::Number(number) => writer.unsigned(*number as u64),
        Member::Text(text) => writer.string(text),
        Member::List(list) => {
            writer.begin_array()?;
            list.iter().try_for_each(|member| write(writer, member))?;
            writer.end_array()
        }
        Member::Object(members) => {
            writer.begin_object()?;
            for (name, member) in members {
                writer.key(name)?;
                write(writer, member)?;
            }
            writer.end_object()
        }
    }
}

/// Decimal digits, of a number that every JSON reader holds.
pub(super) fn number(text: &str) -> Result<Member> {
    let is_number = text.bytes().all(|byte| byte.is_ascii_digit());
    match text.parse() {
        Ok(number) if is_number && number < 1 << 53 => Ok(Member::Number(number)),
        _ => Err(invalid("not a number")),
    }
}

pub(super) fn flag(text: &str) -> Result<Member> {
    match text.to_ascii_lowercase().as_str() {
        "1" | "true" | "on" | "yes" => Ok(Member::Flag(true)),
        "0" | "false" | "off" | "no" => Ok(Member::Flag(false)),
        _ => Err(invalid("not 1 or 0")),
    }
}

/// A word, which the setting itself knows.
pub(super) fn one_of(text: &str) -> Result<Member> {
    Ok(Member::Text(text.to_owned()))
}

/// Texts with commas between them.
pub(super) fn list(text: &str) -> Result<Member> {
    let items = text.split(',').map(str::trim).filter(|item| !item.is_empty());
    let items: Vec<_> = items.map(|item| Member::Text(item.to_owned())).collect();
    if items.is_empty() { Err(invalid("a list is empty")) } else { Ok(Member::List(items)) }
}

/// The settings `mode` and `routes` of `POST /rpc=required,/health=off,*=optional`: a mode alone, or that of `*`, is for
/// whatever no route names.
pub(super) fn signature_mode(text: &str) -> Result<Vec<(&'static str, Member)>> {
    let (mut default, mut routes) = (None, Vec::new());
    for entry in text.split(',').map(str::trim).filter(|entry| !entry.is_empty()) {
        let (route, mode) = entry.rsplit_once('=').unwrap_or(("*", entry));
        let (route, mode) = (route.trim(), Member::Text(mode.trim().to_owned()));
        if route == "*" {
            if default.replace(mode).is_some() {
                return Err(invalid("there are two modes for all other routes"));
            }
            continue;
        }
        let mut members = vec![("mode", mode)];
        let path = match route.split_once(char::is_whitespace) {
            Some((method, path)) => {
                members.push(("method", Member::Text(method.to_owned())));
                path.trim_start()
            }
            None => route,
        };
        members.push(("path", Member::Text(path.to_owned())));
        routes.push(Member::Object(members));
    }
    let mut settings: Vec<_> = default.into_iter().map(|mode| ("mode", mode)).collect();
    if !routes.is_empty() {
        settings.push(("routes", Member::List(routes)));
    }
    if settings.is_empty() { Err(invalid("there is no mode")) } else { Ok(settings) }
}
