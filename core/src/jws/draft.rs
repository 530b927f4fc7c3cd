//! A JWS that lacks its signature.

use super::payload::stands_in_a_token;
use super::protected::{HeaderOptions, Written};
use super::serialization::Serialization;
use super::sign::SignOptions;
use crate::algorithms::Algorithm;
use crate::encoding::push_base64url;
use crate::error::{Code, Error, Result};
use crate::jcs::write_string;

/// One signature to be: its headers and what it is over.
pub(super) struct Draft {
    /// The protected header, a dot, the payload: what is signed (RFC 7515 section 5.1 step 8).
    message: Vec<u8>,
    /// Where the dot is.
    dot: usize,
    unprotected: Option<Vec<u8>>,
}

impl Draft {
    /// The draft of a signature over `payload`.
    ///
    /// # Errors
    /// `signature_header_malformed`, `too_large`, the codes of the reader.
    pub(super) fn new(
        payload: &[u8],
        algorithm: Algorithm,
        kid: Option<&str>,
        header: &HeaderOptions,
    ) -> Result<Self> {
        let Written { protected, unprotected } = header.write(algorithm, kid)?;
        // With room for the signature of an elliptic curve.
        let mut message = Vec::with_capacity((protected.len() + payload.len()).div_ceil(3) * 4 + 200);
        push_base64url(&mut message, &protected);
        let dot = message.len();
        message.push(b'.');
        if header.b64 {
            push_base64url(&mut message, payload);
        } else {
            message.extend_from_slice(payload);
        }
        Ok(Self { message, dot, unprotected })
    }

    /// What is signed.
    pub(super) fn message(&self) -> &[u8] {
        &self.message
    }

    /// Whether the JWS can be written like this.
    ///
    /// # Errors
    /// `invalid_argument`, `payload_unencodable`.
    pub(super) fn check(&self, options: &SignOptions) -> Result<()> {
        let unencodable = |message| Err(Error::new(Code::PayloadUnencodable, message));
        let compact = options.serialization == Serialization::Compact;
        if compact && self.unprotected.is_some() {
            let message = "a compact JWS has no unprotected header";
            return Err(Error::new(Code::InvalidArgument, message));
        }
        let payload = &self.message[self.dot + 1..];
        match (options.detached || options.header.b64, compact) {
            (false, true) if !stands_in_a_token(payload) => {
                unencodable("an unencoded payload in a token is printable ASCII without dots")
            }
            (false, false) if std::str::from_utf8(payload).is_err() => {
                unencodable("an unencoded payload in JSON is UTF-8")
            }
            _ => Ok(()),
        }
    }

    /// The JWS with its signature, of a form that was checked.
    pub(super) fn assemble(self, signature: &[u8], options: &SignOptions) -> Vec<u8> {
        let payload = self.dot + 1;
        if options.serialization == Serialization::Compact {
            let mut token = self.message;
            if options.detached {
                token.truncate(payload);
            }
            token.push(b'.');
            push_base64url(&mut token, signature);
            return token;
        }
        let mut member = Vec::new();
        if !options.detached {
            member.extend_from_slice(b"\"payload\":");
            let text = std::str::from_utf8(&self.message[payload..]).expect("UTF-8: checked, or base64url");
            write_string(text, &mut member);
            member.push(b',');
        }
        if options.serialization == Serialization::Flattened {
            return self.object(&member, signature);
        }
        [b"{", &*member, b"\"signatures\":[", &self.entry(signature), b"]}"].concat()
    }

    /// The signature as one of a general JWS.
    pub(super) fn entry(&self, signature: &[u8]) -> Vec<u8> {
        self.object(b"", signature)
    }

    /// The members `header`, `payload` (with its comma, or nothing), `protected`, `signature`: canonical.
    fn object(&self, payload: &[u8], signature: &[u8]) -> Vec<u8> {
        let mut object = b"{".to_vec();
        if let Some(unprotected) = &self.unprotected {
            object.extend([b"\"header\":", &**unprotected, b","].concat());
        }
        object.extend_from_slice(payload);
        object.extend([b"\"protected\":\"", &self.message[..self.dot], b"\",\"signature\":\""].concat());
        push_base64url(&mut object, signature);
        object.extend_from_slice(b"\"}");
        object
    }
}
