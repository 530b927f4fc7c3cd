//! Canonical text from values that come one by one.

use super::builder::{Builder, SHORT};
use super::pool::{self, Buffers};
use super::string::{padded, plain_length};
use super::{Finished, LONGEST, Numbers, Options};
use crate::error::{Code, Error, Result};
use crate::json::{Number, Sink, Text, WIDTH, pointer_at, special};

/// Writes one JSON value, told piece by piece, as canonical text.
///
/// This is for native objects: whoever walks one calls a method for each value in it, [`key`](Writer::key) before each
/// member's value, and [`finish`](Writer::finish) at the end. Members may come in any order.
///
/// ```
/// # use samebyte::jcs::{Options, Writer};
/// let mut writer = Writer::new(&Options::default());
/// writer.begin_object()?;
/// writer.key("b")?;
/// writer.integer(1)?;
/// writer.key("a")?;
/// writer.double(0.5)?;
/// writer.end_object()?;
/// assert_eq!(writer.finish()?, br#"{"a":0.5,"b":1}"#);
/// # Ok::<(), samebyte::Error>(())
/// ```
///
/// # Errors
///
/// Calls that make no JSON value (a value without a key, an end without its beginning) are `invalid_argument`. Every
/// error carries the `pointer` to where it occurred, but for those of `finish`. After an error every further call is
/// `invalid_argument`.
pub struct Writer {
    /// Taken from the thread's pool, and given back when the writer is dropped.
    buffers: Option<Box<Buffers>>,
    /// For each open container but the innermost, whether it is an object.
    open: Vec<bool>,
    in_object: bool,
    expected: Expected,
    max_depth: usize,
    max_bytes: usize,
    /// Whether the buffers are the writer's own, to be cleared rather than kept.
    secret: bool,
}

/// What may come next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Expected {
    /// The one value, or one of an array (or the end of the array).
    Element,
    /// The value of a member.
    MemberValue,
    /// A key, or the end of the object.
    Key,
    /// The value is complete.
    Finish,
    /// There was an error.
    Nothing,
}

impl Writer {
    /// A writer with nothing written. Of the options, `numbers` makes no difference: native doubles are exact, and
    /// native integers must be.
    #[must_use]
    pub fn new(options: &Options) -> Self {
        Self::with(pool::take(), 0, options, false)
    }

    /// A writer for a value that holds a secret: no copy of it is left in memory but the result, for the caller to
    /// clear. Meant for small limits, since room for the longest text is made at once.
    pub(crate) fn for_secret(options: &Options) -> Self {
        // Within the limit, and then one more string that is within it before it is escaped.
        let room = options.max_bytes.min(LONGEST).saturating_mul(8);
        Self::with(Box::default(), room, options, true)
    }

    fn with(mut buffers: Box<Buffers>, room: usize, options: &Options, secret: bool) -> Self {
        buffers.builder.start(Numbers::default(), room);
        let mut open = std::mem::take(&mut buffers.open);
        open.clear();
        Self {
            buffers: Some(buffers),
            open,
            in_object: false,
            expected: Expected::Element,
            max_depth: options.max_depth,
            max_bytes: options.max_bytes.min(LONGEST),
            secret,
        }
    }

    /// Writes `null`.
    ///
    /// # Errors
    ///
    /// `too_large`, `invalid_argument`.
    #[inline]
    pub fn null(&mut self) -> Result<()> {
        self.before_value()?;
        self.builder().null();
        self.after_value()
    }

    /// Writes `true` or `false`.
    ///
    /// # Errors
    ///
    /// `too_large`, `invalid_argument`.
    #[inline]
    pub fn boolean(&mut self, value: bool) -> Result<()> {
        self.before_value()?;
        self.builder().boolean(value);
        self.after_value()
    }

    /// Writes an integer.
    ///
    /// # Errors
    ///
    /// `number_not_exact` if the canonical text would have another value: for some integers beyond ±2^53;
    /// `too_large`, `invalid_argument`.
    #[inline]
    pub fn integer(&mut self, value: i64) -> Result<()> {
        self.decimal_integer(value.unsigned_abs(), value < 0)
    }

    /// Writes an integer that is not negative.
    ///
    /// # Errors
    ///
    /// Those of [`integer`](Writer::integer).
    #[inline]
    pub fn unsigned(&mut self, value: u64) -> Result<()> {
        self.decimal_integer(value, false)
    }

    /// Writes an integer of any size, given as JSON writes it: digits without leading zeros, perhaps a minus sign.
    ///
    /// # Errors
    ///
    /// `number_not_exact` if the canonical text would have another value; `number_overflow` beyond the largest
    /// double; `invalid_argument` if the text is something else; `too_large`.
    pub fn integer_text(&mut self, digits: &str) -> Result<()> {
        self.before_value()?;
        let source = digits.as_bytes();
        let number = match Number::read(source, 0) {
            Ok(number) if number.end == source.len() && number.fraction == 0 && !number.exponent => number,
            _ => return Err(self.refuse(Code::InvalidArgument, "an integer's text is not decimal digits")),
        };
        match self.builder().literal(&number, Numbers::Exact) {
            Ok(()) => self.after_value(),
            Err(code) => Err(self.refuse(code, "an integer is not the value of any double's canonical text")),
        }
    }

    /// Writes a double.
    ///
    /// # Errors
    ///
    /// `number_not_finite` for NaN and the infinities; `too_large`, `invalid_argument`.
    #[inline]
    pub fn double(&mut self, value: f64) -> Result<()> {
        self.before_value()?;
        if !value.is_finite() {
            return Err(self.refuse(Code::NumberNotFinite, "a number must be finite"));
        }
        self.builder().double(value);
        self.after_value()
    }

    /// Writes a string.
    ///
    /// # Errors
    ///
    /// `too_large`, `invalid_argument`.
    #[inline]
    pub fn string(&mut self, text: &str) -> Result<()> {
        self.before_value()?;
        self.check_length(text.len())?;
        if text.len() > WIDTH {
            self.builder().long_string(text.as_bytes());
        } else {
            self.builder().string(text_of(text, &mut [0; SHORT]));
        }
        self.after_value()
    }

    /// Starts an array.
    ///
    /// # Errors
    ///
    /// `too_deep`, `too_large`, `invalid_argument`.
    #[inline]
    pub fn begin_array(&mut self) -> Result<()> {
        self.descend(false)?;
        self.builder().begin_array();
        self.check_length(0)
    }

    /// Ends the innermost array.
    ///
    /// # Errors
    ///
    /// `invalid_argument` if an object is open, or nothing; `too_large`.
    #[inline]
    pub fn end_array(&mut self) -> Result<()> {
        if self.in_object || self.open.is_empty() || self.expected != Expected::Element {
            return Err(self.misused("no array can end here"));
        }
        self.builder().end_array();
        self.ascend()
    }

    /// Starts an object.
    ///
    /// # Errors
    ///
    /// `too_deep`, `too_large`, `invalid_argument`.
    #[inline]
    pub fn begin_object(&mut self) -> Result<()> {
        self.descend(true)?;
        self.builder().begin_object();
        self.check_length(0)
    }

    /// Writes the name of the next member.
    ///
    /// # Errors
    ///
    /// `invalid_argument` if no object is open, or the last member has no value yet; `too_large`.
    #[inline]
    pub fn key(&mut self, name: &str) -> Result<()> {
        if self.expected != Expected::Key {
            return Err(self.misused("no key can stand here"));
        }
        self.check_length(name.len())?;
        self.builder().name(text_of(name, &mut [0; SHORT]));
        self.expected = Expected::MemberValue;
        Ok(())
    }

    /// Ends the innermost object.
    ///
    /// # Errors
    ///
    /// `duplicate_member` if two of its members have one name; `invalid_argument` if an array is open, or nothing, or
    /// the last member has no value; `too_large`.
    #[inline]
    pub fn end_object(&mut self) -> Result<()> {
        if self.expected != Expected::Key {
            return Err(self.misused("no object can end here"));
        }
        if self.builder().end_object().is_err() {
            return Err(self.refuse(Code::DuplicateMember, "an object names a member twice"));
        }
        self.ascend()
    }

    /// An error with the `pointer` to where the writer stands, for whoever walks a native object and meets a value
    /// that has no JSON text. It ends the writing, as any error does.
    #[cold]
    #[inline(never)]
    pub fn refuse(&mut self, code: Code, message: &'static str) -> Error {
        self.expected = Expected::Nothing;
        // What is written is in the order of the calls, so that it can be asked.
        let text = self.builder().text();
        let pointer = pointer_at(text, text.len());
        Error::new(code, message).with_text("pointer", pointer)
    }

    /// The canonical text of the value.
    ///
    /// # Errors
    ///
    /// `invalid_argument` if the value is not complete.
    pub fn finish(mut self) -> Result<Vec<u8>> {
        self.check_complete()?;
        let mut out = Vec::new();
        self.builder().finish(&mut out);
        Ok(out)
    }

    /// As [`finish`](Writer::finish), to a place that the caller makes for the text.
    ///
    /// # Errors
    ///
    /// Those of `finish`; then nothing is made.
    pub fn finish_with<T>(mut self, make: impl FnOnce(Finished<'_>) -> T) -> Result<T> {
        self.check_complete()?;
        Ok(self.builder().finish_with(make))
    }

    fn check_complete(&self) -> Result<()> {
        match self.expected {
            Expected::Finish => Ok(()),
            _ => Err(Error::new(Code::InvalidArgument, "the value is not complete")),
        }
    }

    #[inline(always)]
    fn builder(&mut self) -> &mut Builder {
        &mut self.buffers.as_mut().expect("only dropping takes the buffers").builder
    }

    #[inline(always)]
    fn before_value(&mut self) -> Result<()> {
        match self.expected {
            Expected::Element | Expected::MemberValue => Ok(()),
            _ => Err(self.misused("no value can stand here")),
        }
    }

    #[inline(always)]
    fn after_value(&mut self) -> Result<()> {
        self.check_length(0)?;
        self.expected = if self.in_object {
            Expected::Key
        } else if self.open.is_empty() {
            Expected::Finish
        } else {
            Expected::Element
        };
        Ok(())
    }

    /// Checks what is written, and `more`, without the comma that is behind every value.
    #[inline(always)]
    fn check_length(&mut self, more: usize) -> Result<()> {
        let length = self.builder().text().len();
        if length + more > self.max_bytes && length + more > self.max_bytes.saturating_add(1) {
            return Err(self.refuse(Code::TooLarge, "the canonical text is larger than the limit"));
        }
        Ok(())
    }

    #[inline(always)]
    fn descend(&mut self, object: bool) -> Result<()> {
        self.before_value()?;
        if self.open.len() >= self.max_depth {
            return Err(self.refuse(Code::TooDeep, "arrays and objects are nested deeper than the limit"));
        }
        self.open.push(self.in_object);
        self.in_object = object;
        self.expected = if object { Expected::Key } else { Expected::Element };
        Ok(())
    }

    #[inline(always)]
    fn ascend(&mut self) -> Result<()> {
        self.in_object = self.open.pop().expect("a container is open: checked by the caller");
        self.after_value()
    }

    #[inline]
    fn decimal_integer(&mut self, magnitude: u64, negative: bool) -> Result<()> {
        if magnitude <= 1 << f64::MANTISSA_DIGITS {
            self.before_value()?;
            self.builder().small_integer(magnitude, negative);
            return self.after_value();
        }
        self.integer_text(&format!("{}{magnitude}", if negative { "-" } else { "" }))
    }

    #[cold]
    #[inline(never)]
    fn misused(&mut self, message: &'static str) -> Error {
        self.refuse(Code::InvalidArgument, message)
    }
}

impl Drop for Writer {
    fn drop(&mut self) {
        match self.buffers.take() {
            Some(mut buffers) if self.secret => buffers.builder.wipe(),
            Some(mut buffers) => {
                buffers.open = std::mem::take(&mut self.open);
                pool::give(buffers);
            }
            None => {}
        }
    }
}

/// Shows what the writer expects, and nothing of what was written.
impl std::fmt::Debug for Writer {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter
            .debug_struct("Writer")
            .field("depth", &self.open.len())
            .field("expected", &self.expected)
            .finish_non_exhaustive()
    }
}

/// A native string, as the reader tells of one. A short one stands in a chunk of its own, so that it is searched and
/// copied in one step.
#[inline(always)]
fn text_of<'a>(text: &'a str, chunk: &'a mut [u8; SHORT]) -> Text<'a> {
    let source = text.as_bytes();
    let end = source.len();
    if let Some(padded) = padded(source) {
        chunk[..WIDTH].copy_from_slice(&padded);
        let plain = special(&padded) & !(u32::MAX << end) == 0;
        Text { source: chunk, start: 0, end, plain }
    } else {
        Text { source, start: 0, end, plain: plain_length(source) == end }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    type Call = fn(&mut Writer) -> Result<()>;

    fn run(calls: &[Call], options: &Options) -> Result<String> {
        let mut writer = Writer::new(options);
        for call in calls {
            call(&mut writer)?;
        }
        writer.finish().map(|text| String::from_utf8(text).unwrap())
    }

    fn code(calls: &[Call]) -> Code {
        run(calls, &Options::default()).unwrap_err().code()
    }

    const OBJECT: Call = Writer::begin_object;
    const END_OBJECT: Call = Writer::end_object;
    const ARRAY: Call = Writer::begin_array;
    const END_ARRAY: Call = Writer::end_array;
    const NULL: Call = Writer::null;
    const KEY: Call = |writer| writer.key("k");

    #[test]
    fn a_place_of_the_caller_is_filled() {
        for names in [["a", "b"], ["b", "a"]] {
            let mut writer = Writer::new(&Options::default());
            writer.begin_object().unwrap();
            for name in names {
                writer.key(name).unwrap();
                writer.string(name).unwrap();
            }
            writer.end_object().unwrap();
            let text = writer.finish_with(|finished| match finished {
                Finished::InOrder(text) => (true, text.to_vec()),
                Finished::Reordered { length, fill } => {
                    let mut place = vec![b'?'; length];
                    fill(&mut place);
                    (false, place)
                }
            });
            assert_eq!(text.unwrap(), (names == ["a", "b"], br#"{"a":"a","b":"b"}"#.to_vec()));
        }
        let unfinished = Writer::new(&Options::default()).finish_with(|_| ());
        assert_eq!(unfinished.unwrap_err().code(), Code::InvalidArgument);
    }

    /// Strings around each length at which they are copied in another way, with a special character at each place.
    #[test]
    fn strings_of_all_lengths() {
        for length in (0..=40).chain(60..=70).chain(124..=132).chain([191, 192, 193, 300]) {
            let plain = "x".repeat(length);
            let text = |text: &str| {
                let mut writer = Writer::new(&Options::default());
                writer.string(text).unwrap();
                String::from_utf8(writer.finish().unwrap()).unwrap()
            };
            assert_eq!(text(&plain), format!("\"{plain}\""));
            for place in 0..length {
                let mut string = plain.clone();
                string.replace_range(place..=place, "\"");
                assert_eq!(text(&string), format!("\"{}\\\"{}\"", &plain[..place], &plain[place + 1..]));
            }
        }
    }

    #[test]
    fn values() {
        let options = Options::default();
        let calls: [Call; 16] = [
            OBJECT,
            |writer| writer.key("z\n"),
            ARRAY,
            NULL,
            |writer| writer.boolean(true),
            |writer| writer.boolean(false),
            |writer| writer.integer(i64::from(i32::MIN)),
            |writer| writer.unsigned(1_000_000_000_000_000_000),
            |writer| writer.integer_text("-295147905179352830000"),
            |writer| writer.double(-0.0),
            |writer| writer.string("a\"\u{1}é"),
            END_ARRAY,
            KEY,
            ARRAY,
            END_ARRAY,
            END_OBJECT,
        ];
        assert_eq!(
            run(&calls, &options).unwrap(),
            r#"{"k":[],"z\n":[null,true,false,-2147483648,1000000000000000000,-295147905179352830000,0,"a\"\u0001é"]}"#
        );
    }

    #[test]
    fn strings_of_every_length_with_an_escape_at_every_place() {
        for length in 0..70 {
            for at in 0..=length {
                let mut text = "a".repeat(length);
                let mut expected = text.clone();
                if at < length {
                    text.replace_range(at..=at, "\n");
                    expected.replace_range(at..=at, "\\n");
                }
                let mut writer = Writer::new(&Options::default());
                writer.begin_object().unwrap();
                writer.key(&text).unwrap();
                writer.string(&text).unwrap();
                writer.end_object().unwrap();
                let expected = format!(r#"{{"{expected}":"{expected}"}}"#);
                assert_eq!(writer.finish().unwrap(), expected.as_bytes());
            }
        }
    }

    #[test]
    fn misuse_is_an_error() {
        let misuses: [&[Call]; 14] = [
            &[],
            &[KEY],
            &[END_ARRAY],
            &[END_OBJECT],
            &[OBJECT],
            &[OBJECT, NULL],
            &[OBJECT, KEY, KEY],
            &[OBJECT, KEY, END_OBJECT],
            &[OBJECT, END_ARRAY],
            &[ARRAY, END_OBJECT],
            &[ARRAY, KEY],
            &[NULL, NULL],
            &[ARRAY, END_ARRAY, END_ARRAY],
            &[|writer| writer.integer_text("1.0")],
        ];
        for calls in misuses {
            assert_eq!(code(calls), Code::InvalidArgument);
        }
        // And so is every call after an error.
        let mut writer = Writer::new(&Options::default());
        assert_eq!(writer.double(f64::NAN).unwrap_err().code(), Code::NumberNotFinite);
        assert_eq!(writer.null().unwrap_err().code(), Code::InvalidArgument);
        assert_eq!(writer.finish().unwrap_err().code(), Code::InvalidArgument);
    }

    #[test]
    fn integers_must_be_exact() {
        for (value, exact) in [
            (9_007_199_254_740_991, true),
            (9_007_199_254_740_992, true),
            (9_007_199_254_740_993, false),
            (9_007_199_254_740_994, true),
            (-9_007_199_254_740_993, false),
            (i64::MAX, false),
            (i64::MIN, false),
            (1 << 60, false),
            (1_000_000_000_000_000_000, true),
        ] {
            let mut writer = Writer::new(&Options::default());
            let result = writer.integer(value);
            let mut other = Writer::new(&Options::default());
            assert_eq!(result, other.integer_text(&value.to_string()));
            match result {
                Ok(()) => assert_eq!(writer.finish().unwrap(), value.to_string().as_bytes()),
                Err(error) => assert_eq!(error.code(), Code::NumberNotExact),
            }
            assert_eq!(other.finish().is_ok(), exact, "{value}");
        }
        assert_eq!(code(&[|writer| writer.unsigned(u64::MAX)]), Code::NumberNotExact);
        assert_eq!(code(&[|writer| writer.integer_text(&"9".repeat(400))]), Code::NumberOverflow);
    }

    #[test]
    fn errors_tell_where() {
        let mut writer = Writer::new(&Options::default());
        writer.begin_object().unwrap();
        writer.key("a").unwrap();
        writer.begin_array().unwrap();
        writer.null().unwrap();
        let error = writer.double(f64::INFINITY).unwrap_err();
        assert_eq!(error.detail_json().unwrap(), r#"{"pointer":"/a/1"}"#);
    }

    #[test]
    fn limits() {
        let mut options = Options { max_depth: 1, max_bytes: 4, ..Options::default() };
        assert_eq!(run(&[NULL], &options).unwrap(), "null");
        assert_eq!(run(&[|writer| writer.boolean(false)], &options).unwrap_err().code(), Code::TooLarge);
        assert_eq!(run(&[|writer| writer.string("abc")], &options).unwrap_err().code(), Code::TooLarge);
        assert_eq!(run(&[|writer| writer.string("ab")], &options).unwrap(), r#""ab""#);
        assert_eq!(run(&[ARRAY, ARRAY], &options).unwrap_err().code(), Code::TooDeep);
        options.max_depth = 0;
        assert_eq!(run(&[ARRAY], &options).unwrap_err().code(), Code::TooDeep);
    }

    #[test]
    fn duplicates() {
        assert_eq!(code(&[OBJECT, KEY, NULL, KEY, NULL, END_OBJECT]), Code::DuplicateMember);
    }
}
