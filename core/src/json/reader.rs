//! One pass over the input, driving a [`Sink`].

use zeroize::Zeroize as _;

use super::fault::Fault;
use super::number::Number;
use super::string::{self, Text};
use super::{byte, pointer, scan};
use crate::error::{Code, Result};

/// What a reader tells about the values that it meets, in the order of the input.
///
/// Calls are balanced: each `begin` has its `end`, and each value within an object follows its name.
pub(crate) trait Sink {
    /// `null`.
    fn null(&mut self);
    /// `true` or `false`.
    fn boolean(&mut self, value: bool);
    /// A number that follows the grammar. It may be refused with a code, whose offset is that of the number.
    fn number(&mut self, number: Number<'_>) -> Result<(), Code>;
    /// A string.
    fn string(&mut self, text: Text<'_>);
    /// The name of the next member.
    fn name(&mut self, text: Text<'_>);
    /// `[`
    fn begin_array(&mut self);
    /// `]`
    fn end_array(&mut self);
    /// `{`
    fn begin_object(&mut self);
    /// `}`. Refused where two members have one name; the value is the index of the first repetition among
    /// the members of this object, in the order of the input.
    fn end_object(&mut self) -> Result<(), usize>;
}

/// How much is read.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Limits {
    /// How many arrays and objects may be open at once.
    pub(crate) depth: usize,
    /// How many bytes the input may have.
    pub(crate) bytes: usize,
}

/// A reader: the buffers that one pass needs, for use again.
#[derive(Debug, Default)]
pub(crate) struct Reader {
    /// For each open container but the innermost, whether it is an object.
    open: Vec<bool>,
    /// The text of the last string that had escapes; see [`string::read`].
    resolved: Vec<u8>,
}

impl Reader {
    /// Reads the whole of `input`.
    ///
    /// # Errors
    ///
    /// The first fault, as the page of this module ranks them.
    pub(crate) fn read<S: Sink>(&mut self, input: &[u8], limits: Limits, sink: &mut S) -> Result<()> {
        self.pass(input, limits, sink).map_err(|fault| fault.into_error(input))
    }

    /// Makes room for strings of `length` bytes that have escapes.
    pub(crate) fn reserve(&mut self, length: usize) {
        self.resolved.resize(length, 0);
    }

    /// Clears the text that was read.
    pub(crate) fn wipe(&mut self) {
        self.resolved.zeroize();
    }

    /// How many bytes the buffers hold.
    pub(crate) fn capacity(&self) -> usize {
        self.open.capacity() + self.resolved.capacity()
    }

    #[inline(never)]
    fn pass<S: Sink>(&mut self, input: &[u8], limits: Limits, sink: &mut S) -> Result<(), Fault> {
        check_encoding(input, limits)?;
        self.open.clear();
        // Whether the innermost open container is an object.
        let mut in_object = false;
        let mut at = skip_white(input, 0);
        'value: loop {
            match byte(input, at) {
                b'"' => {
                    at = match short_string(input, at) {
                        Some((text, _)) => {
                            sink.string(text);
                            text.end + 1
                        }
                        None => self.long_string(input, at, sink)?,
                    };
                }
                b'0'..=b'9' | b'-' => {
                    let number = Number::read(input, at)?;
                    sink.number(number).map_err(|code| refused_number(code, at))?;
                    at = number.end;
                }
                b'{' => {
                    self.descend(&mut in_object, true, limits, at)?;
                    sink.begin_object();
                    at = skip_white(input, at + 1);
                    if byte(input, at) != b'}' {
                        at = self.name(input, at, sink)?;
                        continue 'value;
                    }
                }
                b'[' => {
                    self.descend(&mut in_object, false, limits, at)?;
                    sink.begin_array();
                    at = skip_white(input, at + 1);
                    if byte(input, at) != b']' {
                        continue 'value;
                    }
                }
                b't' => {
                    at = literal(input, at, b"true")?;
                    sink.boolean(true);
                }
                b'f' => {
                    at = literal(input, at, b"false")?;
                    sink.boolean(false);
                }
                b'n' => {
                    at = literal(input, at, b"null")?;
                    sink.null();
                }
                _ => return Err(no_value(input, at)),
            }
            // A value is complete, or an empty container is about to be.
            loop {
                at = skip_white(input, at);
                let mark = byte(input, at);
                if self.open.is_empty() {
                    return if at == input.len() { Ok(()) } else { Err(trailing(input, at)) };
                }
                if mark == b',' {
                    at = skip_white(input, at + 1);
                    if in_object {
                        at = self.name(input, at, sink)?;
                    }
                    continue 'value;
                }
                if in_object && mark == b'}' {
                    sink.end_object().map_err(|member| repeated_name(input, at, member))?;
                } else if !in_object && mark == b']' {
                    sink.end_array();
                } else {
                    return Err(no_end(in_object, at));
                }
                at += 1;
                in_object = self.open.pop().expect("a container is open: checked above");
            }
        }
    }

    /// Opens a container.
    #[inline(always)]
    fn descend(
        &mut self,
        in_object: &mut bool,
        object: bool,
        limits: Limits,
        at: usize,
    ) -> Result<(), Fault> {
        if self.open.len() >= limits.depth {
            return Err(Fault::new(Code::TooDeep, at, "arrays and objects are nested deeper than the limit"));
        }
        self.open.push(*in_object);
        *in_object = object;
        Ok(())
    }

    /// Reads the name of a member and its colon. Returns where its value starts.
    #[inline(always)]
    fn name<S: Sink>(&mut self, input: &[u8], at: usize, sink: &mut S) -> Result<usize, Fault> {
        if let Some((text, window)) = short_string(input, at) {
            sink.name(text);
            let length = text.end - text.start;
            // Most often nothing stands around the colon, or one space behind it.
            if window[length + 2] == b':' {
                let at = text.end + 2;
                return Ok(if window[length + 3] > b' ' { at } else { skip_white(input, at) });
            }
            return colon(input, text.end + 1);
        }
        self.long_name(input, at, sink)
    }

    #[inline(never)]
    fn long_name<S: Sink>(&mut self, input: &[u8], at: usize, sink: &mut S) -> Result<usize, Fault> {
        if byte(input, at) != b'"' {
            return Err(Fault::syntax(at, "a member must start with its name"));
        }
        let (text, end) = string::read(input, at + 1, &mut self.resolved)?;
        sink.name(text);
        colon(input, end)
    }

    #[inline(never)]
    fn long_string<S: Sink>(&mut self, input: &[u8], at: usize, sink: &mut S) -> Result<usize, Fault> {
        let (text, end) = string::read(input, at + 1, &mut self.resolved)?;
        sink.string(text);
        Ok(end)
    }
}

/// The string that starts at `at`, if it is short, and its window; see [`string::short_length`].
#[inline(always)]
fn short_string(input: &[u8], at: usize) -> Option<(Text<'_>, &[u8; string::WINDOW])> {
    let window = input.get(at..)?.first_chunk()?;
    let length = string::short_length(window)?;
    Some((Text { source: input, start: at + 1, end: at + 1 + length, plain: true }, window))
}

/// Reads the colon behind a name that ends at `at`. Returns where the value starts.
#[inline]
fn colon(input: &[u8], at: usize) -> Result<usize, Fault> {
    let at = skip_white(input, at);
    if byte(input, at) != b':' {
        return Err(Fault::syntax(at, "a colon must follow the name of a member"));
    }
    Ok(skip_white(input, at + 1))
}

fn check_encoding(input: &[u8], limits: Limits) -> Result<(), Fault> {
    if input.len() > limits.bytes {
        return Err(Fault::new(Code::TooLarge, limits.bytes, "the input is larger than the limit"));
    }
    if input.starts_with(b"\xef\xbb\xbf") {
        return Err(Fault::new(Code::ByteOrderMark, 0, "the text starts with a byte order mark"));
    }
    if simdutf8::basic::from_utf8(input).is_err() {
        let offset = std::str::from_utf8(input).err().map_or(0, |error| error.valid_up_to());
        return Err(Fault::new(Code::InvalidUtf8, offset, "the bytes are not UTF-8"));
    }
    Ok(())
}

/// The first offset from `at` on that holds no white space.
#[inline(always)]
fn skip_white(input: &[u8], at: usize) -> usize {
    if byte(input, at) > b' ' {
        return at;
    }
    // Between tokens there is most often nothing, or one space.
    let at = at + usize::from(byte(input, at) == b' ');
    if byte(input, at) > b' ' {
        return at;
    }
    skip_long_white(input, at)
}

#[inline]
fn skip_long_white(input: &[u8], mut at: usize) -> usize {
    loop {
        let mask = scan::ask(scan::not_white, input, at);
        if mask != 0 {
            return at + mask.trailing_zeros() as usize;
        }
        at += scan::WIDTH;
    }
}

#[inline(always)]
fn literal(input: &[u8], at: usize, text: &'static [u8]) -> Result<usize, Fault> {
    if input[at..].starts_with(text) { Ok(at + text.len()) } else { Err(broken_literal(input, at, text)) }
}

#[cold]
fn broken_literal(input: &[u8], at: usize, text: &[u8]) -> Fault {
    let same = input[at..].iter().zip(text).take_while(|(left, right)| left == right).count();
    Fault::syntax(
        at + same,
        "a value must be a string, a number, an object, an array, `true`, `false` or `null`",
    )
}

#[cold]
fn no_value(input: &[u8], at: usize) -> Fault {
    let rest = input.get(at..).unwrap_or_default();
    if rest.starts_with(b"NaN") || rest.starts_with(b"Infinity") {
        return Fault::new(Code::NumberNotFinite, at, "a number must be finite");
    }
    Fault::syntax(at, "a value is expected")
}

#[cold]
fn trailing(input: &[u8], at: usize) -> Fault {
    // `01` is no number, rather than the number zero with something behind it.
    debug_assert!(at < input.len());
    Fault::new(Code::TrailingBytes, at, "something follows the value")
}

#[cold]
fn no_end(in_object: bool, at: usize) -> Fault {
    let message = if in_object { "a comma or `}` is expected" } else { "a comma or `]` is expected" };
    Fault::syntax(at, message)
}

#[cold]
fn refused_number(code: Code, at: usize) -> Fault {
    let message = match code {
        Code::NumberNotExact => "a number is not the decimal value of its canonical text",
        _ => "a number is larger than the largest double",
    };
    Fault::new(code, at, message)
}

#[cold]
fn repeated_name(input: &[u8], end: usize, member: usize) -> Fault {
    let offset = pointer::member_name(input, end, member);
    Fault::new(Code::DuplicateMember, offset, "an object names a member twice")
}
