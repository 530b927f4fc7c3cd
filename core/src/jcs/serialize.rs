//! Canonical text from Rust values, through `serde`.

use std::fmt;

use serde::ser::{
    Impossible, Serialize, SerializeMap, SerializeSeq, SerializeStruct, SerializeStructVariant,
    SerializeTuple, SerializeTupleStruct, SerializeTupleVariant, Serializer,
};

use super::Options;
use super::writer::Writer;
use crate::error::{Code, Error, Result};
use crate::json::{Number, to_double};

/// The canonical text of a Rust value.
///
/// Values become JSON as `serde_json` makes them: structures are objects, enumerations are externally tagged, `None` and
/// `()` are `null`, an `f32` is the number with its shortest text. What would lose something is refused.
///
/// # Errors
///
/// `number_not_finite`; `number_not_exact` for integers that are not the value of their canonical text, under both
/// number policies; `number_overflow`; `key_not_string` for maps whose keys are no strings; `duplicate_member` (a map
/// or `flatten` may repeat a name); `unsupported_type` for bytes, or where the value itself refuses; `too_deep`;
/// `too_large`. `pointer` says where.
///
/// `serde` walks values recursively: whoever raises [`Options::max_depth`] far must have the stack for it.
pub fn to_vec<T: ?Sized + Serialize>(value: &T, options: &Options) -> Result<Vec<u8>> {
    let mut writer = Writer::new(options);
    match value.serialize(Value { writer: &mut writer }) {
        Ok(()) => writer.finish(),
        Err(Failure::Error(error)) => Err(error),
        Err(Failure::Refused) => {
            Err(writer.refuse(Code::UnsupportedType, "a value refuses to be serialized"))
        }
    }
}

/// What `serde` passes up.
#[derive(Debug)]
enum Failure {
    Error(Error),
    /// A value's own `Serialize` gave up. Its message may hold payload: it is not kept.
    Refused,
}

impl serde::ser::Error for Failure {
    fn custom<T: fmt::Display>(_: T) -> Self {
        Self::Refused
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Error(error) => error.fmt(formatter),
            Self::Refused => formatter.write_str("a value refuses to be serialized"),
        }
    }
}

impl std::error::Error for Failure {}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        Self::Error(error)
    }
}

/// Names that `serde_json` gives structures which stand for something else: raw text, a number's text.
const PRIVATE: &str = "$serde_json::private::";

type Outcome<T = ()> = Result<T, Failure>;

/// A value being written.
#[derive(Debug)]
struct Value<'a> {
    writer: &'a mut Writer,
}

impl<'a> Serializer for Value<'a> {
    type Ok = ();
    type Error = Failure;
    type SerializeSeq = Elements<'a>;
    type SerializeTuple = Elements<'a>;
    type SerializeTupleStruct = Elements<'a>;
    type SerializeTupleVariant = Elements<'a>;
    type SerializeMap = Members<'a>;
    type SerializeStruct = Members<'a>;
    type SerializeStructVariant = Members<'a>;

    fn serialize_bool(self, value: bool) -> Outcome {
        Ok(self.writer.boolean(value)?)
    }

    fn serialize_i8(self, value: i8) -> Outcome {
        Ok(self.writer.integer(value.into())?)
    }

    fn serialize_i16(self, value: i16) -> Outcome {
        Ok(self.writer.integer(value.into())?)
    }

    fn serialize_i32(self, value: i32) -> Outcome {
        Ok(self.writer.integer(value.into())?)
    }

    fn serialize_i64(self, value: i64) -> Outcome {
        Ok(self.writer.integer(value)?)
    }

    fn serialize_i128(self, value: i128) -> Outcome {
        Ok(self.writer.integer_text(&value.to_string())?)
    }

    fn serialize_u8(self, value: u8) -> Outcome {
        Ok(self.writer.unsigned(value.into())?)
    }

    fn serialize_u16(self, value: u16) -> Outcome {
        Ok(self.writer.unsigned(value.into())?)
    }

    fn serialize_u32(self, value: u32) -> Outcome {
        Ok(self.writer.unsigned(value.into())?)
    }

    fn serialize_u64(self, value: u64) -> Outcome {
        Ok(self.writer.unsigned(value)?)
    }

    fn serialize_u128(self, value: u128) -> Outcome {
        Ok(self.writer.integer_text(&value.to_string())?)
    }

    fn serialize_f32(self, value: f32) -> Outcome {
        if !value.is_finite() {
            return Ok(self.writer.double(value.into())?);
        }
        // The double that the shortest text of the `f32` stands for, not the one with the same value.
        let mut buffer = zmij::Buffer::new();
        let text = buffer.format_finite(value).as_bytes();
        let value = Number::read(text, 0).map_or(f64::from(value), |number| to_double(&number));
        Ok(self.writer.double(value)?)
    }

    fn serialize_f64(self, value: f64) -> Outcome {
        Ok(self.writer.double(value)?)
    }

    fn serialize_char(self, value: char) -> Outcome {
        Ok(self.writer.string(value.encode_utf8(&mut [0; 4]))?)
    }

    fn serialize_str(self, value: &str) -> Outcome {
        Ok(self.writer.string(value)?)
    }

    fn serialize_bytes(self, _: &[u8]) -> Outcome {
        Err(self.writer.refuse(Code::UnsupportedType, "bytes have no JSON text"))?
    }

    fn serialize_none(self) -> Outcome {
        Ok(self.writer.null()?)
    }

    fn serialize_some<T: ?Sized + Serialize>(self, value: &T) -> Outcome {
        value.serialize(self)
    }

    fn serialize_unit(self) -> Outcome {
        Ok(self.writer.null()?)
    }

    fn serialize_unit_struct(self, _: &'static str) -> Outcome {
        Ok(self.writer.null()?)
    }

    fn serialize_unit_variant(self, _: &'static str, _: u32, variant: &'static str) -> Outcome {
        Ok(self.writer.string(variant)?)
    }

    fn serialize_newtype_struct<T: ?Sized + Serialize>(self, _: &'static str, value: &T) -> Outcome {
        value.serialize(self)
    }

    fn serialize_newtype_variant<T: ?Sized + Serialize>(
        self,
        _: &'static str,
        _: u32,
        variant: &'static str,
        value: &T,
    ) -> Outcome {
        self.writer.begin_object()?;
        self.writer.key(variant)?;
        value.serialize(Value { writer: self.writer })?;
        Ok(self.writer.end_object()?)
    }

    fn serialize_seq(self, _: Option<usize>) -> Outcome<Elements<'a>> {
        self.writer.begin_array()?;
        Ok(Elements { writer: self.writer, tagged: false })
    }

    fn serialize_tuple(self, _: usize) -> Outcome<Elements<'a>> {
        self.serialize_seq(None)
    }

    fn serialize_tuple_struct(self, _: &'static str, _: usize) -> Outcome<Elements<'a>> {
        self.serialize_seq(None)
    }

    fn serialize_tuple_variant(
        self,
        _: &'static str,
        _: u32,
        variant: &'static str,
        _: usize,
    ) -> Outcome<Elements<'a>> {
        self.writer.begin_object()?;
        self.writer.key(variant)?;
        self.writer.begin_array()?;
        Ok(Elements { writer: self.writer, tagged: true })
    }

    fn serialize_map(self, _: Option<usize>) -> Outcome<Members<'a>> {
        self.writer.begin_object()?;
        Ok(Members { writer: self.writer, tagged: false })
    }

    fn serialize_struct(self, name: &'static str, _: usize) -> Outcome<Members<'a>> {
        if name.starts_with(PRIVATE) {
            Err(self.writer.refuse(Code::UnsupportedType, "raw JSON text is not taken as a value"))?;
        }
        self.serialize_map(None)
    }

    fn serialize_struct_variant(
        self,
        _: &'static str,
        _: u32,
        variant: &'static str,
        _: usize,
    ) -> Outcome<Members<'a>> {
        self.writer.begin_object()?;
        self.writer.key(variant)?;
        self.writer.begin_object()?;
        Ok(Members { writer: self.writer, tagged: true })
    }
}

/// An array being written.
#[derive(Debug)]
struct Elements<'a> {
    writer: &'a mut Writer,
    /// Whether an object with one member, the tag of an enumeration, is around it.
    tagged: bool,
}

impl Elements<'_> {
    fn element<T: ?Sized + Serialize>(&mut self, value: &T) -> Outcome {
        value.serialize(Value { writer: self.writer })
    }

    fn close(self) -> Outcome {
        self.writer.end_array()?;
        if self.tagged {
            self.writer.end_object()?;
        }
        Ok(())
    }
}

impl SerializeSeq for Elements<'_> {
    type Ok = ();
    type Error = Failure;

    fn serialize_element<T: ?Sized + Serialize>(&mut self, value: &T) -> Outcome {
        self.element(value)
    }

    fn end(self) -> Outcome {
        self.close()
    }
}

impl SerializeTuple for Elements<'_> {
    type Ok = ();
    type Error = Failure;

    fn serialize_element<T: ?Sized + Serialize>(&mut self, value: &T) -> Outcome {
        self.element(value)
    }

    fn end(self) -> Outcome {
        self.close()
    }
}

impl SerializeTupleStruct for Elements<'_> {
    type Ok = ();
    type Error = Failure;

    fn serialize_field<T: ?Sized + Serialize>(&mut self, value: &T) -> Outcome {
        self.element(value)
    }

    fn end(self) -> Outcome {
        self.close()
    }
}

impl SerializeTupleVariant for Elements<'_> {
    type Ok = ();
    type Error = Failure;

    fn serialize_field<T: ?Sized + Serialize>(&mut self, value: &T) -> Outcome {
        self.element(value)
    }

    fn end(self) -> Outcome {
        self.close()
    }
}

/// An object being written.
#[derive(Debug)]
struct Members<'a> {
    writer: &'a mut Writer,
    /// Whether an object with one member, the tag of an enumeration, is around it.
    tagged: bool,
}

impl Members<'_> {
    fn member<T: ?Sized + Serialize>(&mut self, name: &'static str, value: &T) -> Outcome {
        self.writer.key(name)?;
        value.serialize(Value { writer: self.writer })
    }

    fn close(self) -> Outcome {
        self.writer.end_object()?;
        if self.tagged {
            self.writer.end_object()?;
        }
        Ok(())
    }
}

impl SerializeMap for Members<'_> {
    type Ok = ();
    type Error = Failure;

    fn serialize_key<T: ?Sized + Serialize>(&mut self, key: &T) -> Outcome {
        key.serialize(Key { writer: self.writer })
    }

    fn serialize_value<T: ?Sized + Serialize>(&mut self, value: &T) -> Outcome {
        value.serialize(Value { writer: self.writer })
    }

    fn end(self) -> Outcome {
        self.close()
    }
}

impl SerializeStruct for Members<'_> {
    type Ok = ();
    type Error = Failure;

    fn serialize_field<T: ?Sized + Serialize>(&mut self, name: &'static str, value: &T) -> Outcome {
        self.member(name, value)
    }

    fn end(self) -> Outcome {
        self.close()
    }
}

impl SerializeStructVariant for Members<'_> {
    type Ok = ();
    type Error = Failure;

    fn serialize_field<T: ?Sized + Serialize>(&mut self, name: &'static str, value: &T) -> Outcome {
        self.member(name, value)
    }

    fn end(self) -> Outcome {
        self.close()
    }
}

/// The key of a map: a string, or what is written as one.
#[derive(Debug)]
struct Key<'a> {
    writer: &'a mut Writer,
}

impl Key<'_> {
    fn refuse<T>(self) -> Outcome<T> {
        Err(self.writer.refuse(Code::KeyNotString, "the key of a map is not a string").into())
    }
}

/// Methods that refuse what is no string.
macro_rules! refuse {
    ($($method:ident($($argument:ty),*) -> $ok:ty;)*) => {$(
        fn $method(self, $(_: $argument),*) -> Outcome<$ok> {
            self.refuse()
        }
    )*};
}

impl Serializer for Key<'_> {
    type Ok = ();
    type Error = Failure;
    type SerializeSeq = Impossible<(), Failure>;
    type SerializeTuple = Impossible<(), Failure>;
    type SerializeTupleStruct = Impossible<(), Failure>;
    type SerializeTupleVariant = Impossible<(), Failure>;
    type SerializeMap = Impossible<(), Failure>;
    type SerializeStruct = Impossible<(), Failure>;
    type SerializeStructVariant = Impossible<(), Failure>;

    fn serialize_str(self, value: &str) -> Outcome {
        Ok(self.writer.key(value)?)
    }

    fn serialize_char(self, value: char) -> Outcome {
        self.serialize_str(value.encode_utf8(&mut [0; 4]))
    }

    fn serialize_unit_variant(self, _: &'static str, _: u32, variant: &'static str) -> Outcome {
        self.serialize_str(variant)
    }

    fn serialize_newtype_struct<T: ?Sized + Serialize>(self, _: &'static str, value: &T) -> Outcome {
        value.serialize(self)
    }

    fn serialize_some<T: ?Sized + Serialize>(self, _: &T) -> Outcome {
        self.refuse()
    }

    fn serialize_newtype_variant<T: ?Sized + Serialize>(
        self,
        _: &'static str,
        _: u32,
        _: &'static str,
        _: &T,
    ) -> Outcome {
        self.refuse()
    }

    refuse! {
        serialize_bool(bool) -> ();
        serialize_i8(i8) -> ();
        serialize_i16(i16) -> ();
        serialize_i32(i32) -> ();
        serialize_i64(i64) -> ();
        serialize_i128(i128) -> ();
        serialize_u8(u8) -> ();
        serialize_u16(u16) -> ();
        serialize_u32(u32) -> ();
        serialize_u64(u64) -> ();
        serialize_u128(u128) -> ();
        serialize_f32(f32) -> ();
        serialize_f64(f64) -> ();
        serialize_bytes(&[u8]) -> ();
        serialize_none() -> ();
        serialize_unit() -> ();
        serialize_unit_struct(&'static str) -> ();
        serialize_seq(Option<usize>) -> Self::SerializeSeq;
        serialize_tuple(usize) -> Self::SerializeTuple;
        serialize_tuple_struct(&'static str, usize) -> Self::SerializeTupleStruct;
        serialize_tuple_variant(&'static str, u32, &'static str, usize) -> Self::SerializeTupleVariant;
        serialize_map(Option<usize>) -> Self::SerializeMap;
        serialize_struct(&'static str, usize) -> Self::SerializeStruct;
        serialize_struct_variant(&'static str, u32, &'static str, usize) -> Self::SerializeStructVariant;
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;

    fn text<T: Serialize>(value: T) -> String {
        String::from_utf8(to_vec(&value, &Options::default()).unwrap()).unwrap()
    }

    fn code<T: Serialize>(value: T) -> Code {
        to_vec(&value, &Options::default()).unwrap_err().code()
    }

    #[test]
    fn scalars() {
        assert_eq!(text(()), "null");
        assert_eq!(text(None::<u8>), "null");
        assert_eq!(text(Some('é')), "\"é\"");
        assert_eq!(text(0.1_f32), "0.1");
        assert_eq!(text(1e-7_f32), "1e-7");
        assert_eq!(text(f32::MAX), "3.4028235e+38");
        assert_eq!(text(10_u128.pow(20)), "100000000000000000000");
        assert_eq!(text(-(10_i128.pow(20))), "-100000000000000000000");
        assert_eq!(text((1_u8, "x", [true])), r#"[1,"x",[true]]"#);
    }

    #[test]
    fn what_is_refused() {
        assert_eq!(code(f64::NAN), Code::NumberNotFinite);
        assert_eq!(code(f32::INFINITY), Code::NumberNotFinite);
        assert_eq!(code(u64::MAX), Code::NumberNotExact);
        assert_eq!(code(u128::MAX), Code::NumberNotExact);
        assert_eq!(code(BTreeMap::from([(1, 2)])), Code::KeyNotString);
        assert_eq!(code(BTreeMap::from([(true, 2)])), Code::KeyNotString);
        assert_eq!(code(BTreeMap::from([(Some("a"), 2)])), Code::KeyNotString);
        assert_eq!(text(BTreeMap::from([('b', 1), ('a', 2)])), r#"{"a":2,"b":1}"#);

        struct Bytes;
        impl Serialize for Bytes {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_bytes(b"x")
            }
        }
        assert_eq!(code(Bytes), Code::UnsupportedType);

        struct Refusing;
        impl Serialize for Refusing {
            fn serialize<S: Serializer>(&self, _: S) -> Result<S::Ok, S::Error> {
                Err(serde::ser::Error::custom("no"))
            }
        }
        let error = to_vec(&BTreeMap::from([("a", [Refusing])]), &Options::default()).unwrap_err();
        assert_eq!(error.code(), Code::UnsupportedType);
        assert_eq!(error.detail_json().unwrap(), r#"{"pointer":"/a/0"}"#);
    }
}
