//! The bytes that a signature covers, under each reading of A2A section 8.4.1.
//!
//! The canonical text of the card is copied in one pass, without recursion, and what the form does not cover is
//! left out.

use std::borrow::Cow;
use std::str::FromStr;

use super::fields::{CARD, Field, Kind, Presence, Spelling, find};
use super::malformed;
use crate::error::{Code, Error, Result};
use crate::jcs::{self, Options};
use crate::json::Cursor;
use crate::json::view::Object;

/// A reading of what the signature of an Agent Card covers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// What the official SDKs for Python (since 1.1.4) and JavaScript do: members that the protocol knows, without
    /// those that are empty.
    Sdk,
    /// Section 8.4.1 to the letter: defaults that are neither `optional` nor `REQUIRED` are left out, the rest stays.
    Spec,
    /// All that was served.
    Raw,
}

impl Form {
    /// Every form, the narrowest first.
    pub const ALL: [Self; 3] = [Self::Sdk, Self::Spec, Self::Raw];

    /// The name: `sdk`, `spec` or `raw`.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Sdk => "sdk",
            Self::Spec => "spec",
            Self::Raw => "raw",
        }
    }
}

impl FromStr for Form {
    type Err = Error;

    fn from_str(name: &str) -> Result<Self> {
        Self::ALL
            .into_iter()
            .find(|form| form.name() == name)
            .ok_or_else(|| Error::new(Code::InvalidArgument, "the form is `sdk`, `spec` or `raw`"))
    }
}

/// A card in one form.
pub(super) struct Formed<'a> {
    /// What is signed: canonical text without `signatures`.
    pub(super) bytes: Cow<'a, [u8]>,
    /// Where the form departs from what was served, in the order of the text.
    pub(super) findings: Vec<Finding>,
}

/// A value that the form leaves out or writes otherwise.
#[derive(Clone, Copy, Debug)]
pub(super) struct Finding {
    /// Where the value starts in the canonical text of the whole card.
    pub(super) at: usize,
    pub(super) why: Why,
    /// Whether an entry of a map, a message in a list or a member of a `oneof` is left out with it: a security
    /// scheme, a requirement of one, an interface. The card does not say the same without it.
    pub(super) content: bool,
}

/// What is special about a value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Why {
    /// The protocol knows no such member.
    Unknown,
    /// An empty string, array or object, or one with nothing but such inside.
    Empty,
    Null,
    /// `false` where that is the same as nothing.
    Default,
    /// A member under its name in the proto file. The form covers it, under its JSON name.
    ProtoName,
    /// A member named `__proto__`, which the JavaScript SDK loses. The form covers it.
    Proto,
}

impl Why {
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Unknown => "unknown",
            Self::Empty => "empty",
            Self::Null => "null",
            Self::Default => "default",
            Self::ProtoName => "proto_name",
            Self::Proto => "__proto__",
        }
    }

    /// Whether the value is one that the form covers.
    pub(super) fn covered(self) -> bool {
        matches!(self, Self::ProtoName | Self::Proto)
    }
}

/// The card whose canonical text is `text` in a form.
///
/// # Errors
/// `card_malformed` with a `pointer`, where the form knows a member and it has another type, or stands there under
/// two names, or is the second of a `oneof`.
pub(super) fn form(text: &[u8], form: Form) -> Result<Formed<'_>> {
    if form == Form::Raw {
        let object = Object::parse(text).ok_or_else(|| malformed("a card is a JSON object", text, 0))?;
        return Ok(Formed { bytes: object.without("signatures").0, findings: Vec::new() });
    }
    let mut walk = Walk {
        text,
        sdk: form == Form::Sdk,
        cursor: Cursor::new(text),
        out: Vec::with_capacity(text.len()),
        frames: Vec::new(),
        findings: Vec::new(),
    };
    walk.run()?;
    let Walk { mut out, findings, .. } = walk;
    if findings.iter().any(|finding| finding.why == Why::ProtoName) {
        // The JSON name may belong elsewhere.
        out = jcs::canonicalize(&out, &Options::default())?;
    }
    Ok(Formed { bytes: out.into(), findings })
}

/// What the next value is to be.
#[derive(Clone, Copy)]
struct Slot {
    expected: Expected,
    place: Place,
}

/// Where the value stands.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Place {
    Field(Presence),
    /// A string in a list.
    Item,
    /// A message in a list, or any value in a map.
    Entry,
    /// Inside of a `Struct`.
    Free,
}

#[derive(Clone, Copy)]
enum Expected {
    Text,
    Flag,
    /// An object with these fields.
    Message(&'static [Field]),
    /// An array whose elements are …
    List(Element),
    /// An object whose members are …
    Map(Element),
    Struct,
    Anything,
}

#[derive(Clone, Copy)]
enum Element {
    Text,
    Message(&'static [Field]),
}

impl Slot {
    fn of_field(field: &Field) -> Self {
        let expected = match field.kind {
            Kind::Text => Expected::Text,
            Kind::Flag => Expected::Flag,
            Kind::Texts => Expected::List(Element::Text),
            Kind::TextMap => Expected::Map(Element::Text),
            Kind::Message(fields) => Expected::Message(fields),
            Kind::Messages(fields) => Expected::List(Element::Message(fields)),
            Kind::MessageMap(fields) => Expected::Map(Element::Message(fields)),
            Kind::Free => Expected::Struct,
            Kind::Signatures => Expected::Anything,
        };
        Self { expected, place: Place::Field(field.presence) }
    }

    fn of_element(element: Element, in_list: bool) -> Self {
        match element {
            Element::Text => {
                Self { expected: Expected::Text, place: if in_list { Place::Item } else { Place::Entry } }
            }
            Element::Message(fields) => Self { expected: Expected::Message(fields), place: Place::Entry },
        }
    }

    /// Whether a value that starts with this byte, and is not `null`, is one of those expected.
    fn takes(self, first: u8) -> bool {
        match self.expected {
            Expected::Text => first == b'"',
            Expected::Flag => matches!(first, b't' | b'f'),
            Expected::Message(_) | Expected::Map(_) | Expected::Struct => first == b'{',
            Expected::List(_) => first == b'[',
            Expected::Anything => true,
        }
    }

    fn is_content(self) -> bool {
        matches!(self.place, Place::Entry | Place::Field(Presence::OneOf))
    }
}

/// A container that is open.
struct Frame {
    slot: Slot,
    /// Where the value starts in the text, and its member or element in `out`.
    at: usize,
    start: usize,
    /// How many findings there were before it.
    findings: usize,
    /// Whether something has been written into it.
    filled: bool,
    /// The fields that were there, by their place in the message, and whether a member of its `oneof` was.
    seen: u32,
    one_of: bool,
}

struct Walk<'a> {
    text: &'a [u8],
    sdk: bool,
    cursor: Cursor<'a>,
    out: Vec<u8>,
    frames: Vec<Frame>,
    findings: Vec<Finding>,
}

impl Walk<'_> {
    fn run(&mut self) -> Result<()> {
        let card = Slot { expected: Expected::Message(CARD), place: Place::Field(Presence::Required) };
        if !card.takes(self.cursor.peek()) {
            return Err(malformed("a card is a JSON object", self.text, 0));
        }
        self.begin(card, 0);
        loop {
            match self.cursor.peek() {
                b',' => self.cursor.step(),
                b'}' | b']' => {
                    if self.end() {
                        return Ok(());
                    }
                }
                _ => self.item()?,
            }
        }
    }

    /// Takes a member or an element.
    fn item(&mut self) -> Result<()> {
        let frame = self.frames.last().expect("run ends with the outermost container");
        let (slot, start) = (frame.slot, self.out.len());
        let slot = match slot.expected {
            Expected::Message(fields) => match self.member(fields)? {
                Some(slot) => slot,
                None => return Ok(()),
            },
            Expected::Map(element) => {
                self.entry();
                Slot::of_element(element, false)
            }
            Expected::List(element) => {
                self.comma();
                Slot::of_element(element, true)
            }
            _ => {
                if self.text[frame.at] == b'{' {
                    self.entry();
                } else {
                    self.comma();
                }
                Slot { expected: Expected::Anything, place: Place::Free }
            }
        };
        self.value(slot, start)
    }

    /// Takes the name of a member of a message, or the whole member where no field is expected.
    fn member(&mut self, fields: &'static [Field]) -> Result<Option<Slot>> {
        let name = self.cursor.name().raw();
        let at = self.cursor.at();
        let Some((index, field, spelling)) = find(fields, name) else {
            self.unknown(name);
            return Ok(None);
        };
        let is_null = self.cursor.peek() == b'n';
        let frame = self.frames.last_mut().expect("the message is open");
        if frame.seen & 1 << index != 0 {
            return Err(malformed("a field stands there under both of its names", self.text, at));
        }
        frame.seen |= 1 << index;
        if field.presence == Presence::OneOf && !is_null {
            if frame.one_of {
                return Err(malformed("two members of a oneof", self.text, at));
            }
            frame.one_of = true;
        }
        if matches!(field.kind, Kind::Signatures) {
            self.cursor.value();
            return Ok(None);
        }
        if spelling == Spelling::Proto {
            if !self.sdk {
                self.unknown(name);
                return Ok(None);
            }
            self.find(at, Why::ProtoName);
        }
        self.comma();
        self.name(field.name.as_bytes());
        Ok(Some(Slot::of_field(field)))
    }

    /// Takes a member that the protocol does not know.
    fn unknown(&mut self, name: &[u8]) {
        let at = self.cursor.at();
        let value = self.cursor.value();
        if self.sdk {
            self.find(at, Why::Unknown);
        } else {
            self.comma();
            self.name(name);
            self.out.extend_from_slice(value.raw());
            self.fill();
        }
    }

    /// Takes the name of a member that may have any.
    fn entry(&mut self) {
        let name = self.cursor.name().raw();
        if self.sdk && name == b"__proto__" {
            self.find(self.cursor.at(), Why::Proto);
        }
        self.comma();
        self.name(name);
    }

    /// Takes a value or starts one; its member or element starts at `start` in what is written.
    fn value(&mut self, slot: Slot, start: usize) -> Result<()> {
        let at = self.cursor.at();
        let first = self.cursor.peek();
        let is_null = first == b'n';
        // `null` means that a field is not set; neither list nor map can hold it.
        let fits =
            if is_null { !matches!(slot.place, Place::Item | Place::Entry) } else { slot.takes(first) };
        if !fits {
            return Err(malformed("a member of the card has another type", self.text, at));
        }
        // Nothing inside of a `Struct` is a default.
        let verbatim = matches!(slot.expected, Expected::Struct) && !self.sdk;
        if matches!(first, b'{' | b'[') && !verbatim {
            self.begin_at(slot, at, start);
            return Ok(());
        }
        let value = self.cursor.value().raw();
        let left_out = match value {
            b"null" => self.leaves_out(slot, Why::Null),
            b"\"\"" => self.leaves_out(slot, Why::Empty),
            b"false" => self.leaves_out(slot, Why::Default),
            _ => None,
        };
        if let Some(why) = left_out {
            self.out.truncate(start);
            self.findings.push(Finding { at, why, content: slot.is_content() });
        } else {
            self.out.extend_from_slice(value);
            self.fill();
        }
        Ok(())
    }

    /// Whether the form leaves out a value of that sort in this place.
    fn leaves_out(&self, slot: Slot, why: Why) -> Option<Why> {
        let left_out = match (why, slot.place) {
            (Why::Default, place) => place == Place::Field(Presence::Implicit),
            _ if self.sdk => true,
            (Why::Null, place) => place != Place::Field(Presence::Required),
            (_, place) => place == Place::Field(Presence::Implicit),
        };
        left_out.then_some(why)
    }

    fn begin(&mut self, slot: Slot, at: usize) {
        self.begin_at(slot, at, self.out.len());
    }

    fn begin_at(&mut self, slot: Slot, at: usize, start: usize) {
        self.out.push(self.cursor.peek());
        self.cursor.step();
        let findings = self.findings.len();
        self.frames.push(Frame { slot, at, start, findings, filled: false, seen: 0, one_of: false });
    }

    /// Ends the innermost container; `true` where it was the card.
    fn end(&mut self) -> bool {
        self.out.push(self.cursor.peek());
        self.cursor.step();
        let frame = self.frames.pop().expect("a container is open");
        if self.frames.is_empty() {
            return true;
        }
        if !frame.filled && self.leaves_out(frame.slot, Why::Empty).is_some() {
            self.out.truncate(frame.start);
            // One finding for it and all that was inside.
            let inside = self.findings.drain(frame.findings..);
            let content = inside.fold(frame.slot.is_content(), |content, finding| content | finding.content);
            self.findings.push(Finding { at: frame.at, why: Why::Empty, content });
        } else {
            self.fill();
        }
        false
    }

    fn find(&mut self, at: usize, why: Why) {
        self.findings.push(Finding { at, why, content: false });
    }

    /// Writes the comma before a member or an element, where one is due.
    fn comma(&mut self) {
        if self.frames.last().is_some_and(|frame| frame.filled) {
            self.out.push(b',');
        }
    }

    fn name(&mut self, name: &[u8]) {
        self.out.push(b'"');
        self.out.extend_from_slice(name);
        self.out.extend_from_slice(b"\":");
    }

    /// Notes that something has been written into the innermost container.
    fn fill(&mut self) {
        if let Some(frame) = self.frames.last_mut() {
            frame.filled = true;
        }
    }
}
