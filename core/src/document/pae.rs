//! The pre-authentication encoding of DSSE, version 1.

/// `"DSSEv1" SP LEN(type) SP type SP LEN(body) SP body`, lengths in bytes, decimal.
pub(crate) fn pae(media_type: &str, body: &[u8]) -> Vec<u8> {
    let head = format!("DSSEv1 {} {media_type} {} ", media_type.len(), body.len());
    let mut encoding = Vec::with_capacity(head.len() + body.len());
    encoding.extend_from_slice(head.as_bytes());
    encoding.extend_from_slice(body);
    encoding
}

#[cfg(test)]
mod tests {
    use super::pae;

    /// The example of the DSSE protocol.
    #[test]
    fn as_the_protocol_shows() {
        assert_eq!(
            pae("http://example.com/HelloWorld", b"hello world"),
            b"DSSEv1 29 http://example.com/HelloWorld 11 hello world"
        );
    }
}
