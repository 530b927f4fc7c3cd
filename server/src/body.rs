//! Bodies: read whole within bounds, or put together again where they were read in part.

use std::collections::VecDeque;
use std::convert::Infallible;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

pub use axum_core::body::Body;
use bytes::{Bytes, BytesMut};
use http_body::{Frame, SizeHint};
use http_body_util::BodyExt;
use samebyte::api::Code;

/// How the reading of a body ended.
pub(crate) enum Read {
    /// All of it.
    Whole(Bytes),
    /// Not within the bounds; the body as if nothing had been read.
    Refused(Code, Body),
    /// It broke off.
    Broken,
}

/// Reads a body of up to `limit` bytes within `timeout`. Trailers are left out: nothing vouches for them.
pub(crate) async fn read(mut body: Body, limit: usize, timeout: Duration) -> Read {
    if http_body::Body::size_hint(&body).lower() > limit as u64 {
        return Read::Refused(Code::BodyTooLarge, body);
    }
    let mut parts = VecDeque::new();
    let mut length = 0;
    let deadline = tokio::time::sleep(timeout);
    tokio::pin!(deadline);
    loop {
        let frame = tokio::select! {
            biased;
            frame = body.frame() => frame,
            () = &mut deadline => return Read::Refused(Code::BodyTimeout, resumed(parts, body)),
        };
        match frame {
            None => return Read::Whole(joined(parts, length)),
            Some(Err(_)) => return Read::Broken,
            Some(Ok(frame)) => {
                let Ok(data) = frame.into_data() else { continue };
                length += data.len();
                parts.push_back(data);
                if length > limit {
                    return Read::Refused(Code::BodyTooLarge, resumed(parts, body));
                }
            }
        }
    }
}

fn joined(mut parts: VecDeque<Bytes>, length: usize) -> Bytes {
    if parts.len() <= 1 {
        return parts.pop_front().unwrap_or_default();
    }
    let mut whole = BytesMut::with_capacity(length);
    parts.iter().for_each(|part| whole.extend_from_slice(part));
    whole.freeze()
}

fn resumed(parts: VecDeque<Bytes>, rest: Body) -> Body {
    Body::new(Resumed { parts, rest })
}

/// What was read of a body, and then the rest of it.
struct Resumed {
    parts: VecDeque<Bytes>,
    rest: Body,
}

impl http_body::Body for Resumed {
    type Data = Bytes;
    type Error = axum_core::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Self::Error>>> {
        match self.parts.pop_front() {
            Some(part) => Poll::Ready(Some(Ok(Frame::data(part)))),
            None => Pin::new(&mut self.rest).poll_frame(context),
        }
    }

    fn is_end_stream(&self) -> bool {
        self.parts.is_empty() && self.rest.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        let read: u64 = self.parts.iter().map(|part| part.len() as u64).sum();
        let rest = self.rest.size_hint();
        let mut hint = SizeHint::new();
        hint.set_lower(read + rest.lower());
        if let Some(upper) = rest.upper() {
            hint.set_upper(read + upper);
        }
        hint
    }
}

/// A body that never ends early: for answers made here.
pub(crate) fn full(bytes: impl Into<Bytes>) -> Body {
    Body::new(http_body_util::Full::<Bytes>::new(bytes.into()).map_err(|never: Infallible| match never {}))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn chunks(parts: &'static [&'static str]) -> Body {
        let frames =
            parts.iter().map(|part| Ok::<_, Infallible>(Frame::data(Bytes::from_static(part.as_bytes()))));
        let frames: VecDeque<_> = frames.collect();
        Body::new(Chunks(frames))
    }

    struct Chunks(VecDeque<Result<Frame<Bytes>, Infallible>>);

    impl http_body::Body for Chunks {
        type Data = Bytes;
        type Error = Infallible;

        fn poll_frame(
            mut self: Pin<&mut Self>,
            _: &mut Context<'_>,
        ) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
            Poll::Ready(self.0.pop_front())
        }
    }

    #[tokio::test]
    async fn a_body_at_the_limit_is_read_and_one_byte_more_is_not() {
        let time = Duration::from_secs(5);
        let Read::Whole(bytes) = read(chunks(&["ab", "cd"]), 4, time).await else { panic!("whole") };
        assert_eq!(&bytes[..], b"abcd");
        let Read::Refused(code, body) = read(chunks(&["ab", "cd", "e"]), 4, time).await else {
            panic!("refused")
        };
        assert_eq!(code, Code::BodyTooLarge);
        let again = body.collect().await.expect("the whole body").to_bytes();
        assert_eq!(&again[..], b"abcde", "what was read is not lost");
        let Read::Refused(Code::BodyTooLarge, _) = read(full("abcde"), 4, time).await else {
            panic!("refused by its length")
        };
    }

    #[tokio::test]
    async fn a_body_that_does_not_come_is_given_up() {
        struct Never;
        impl http_body::Body for Never {
            type Data = Bytes;
            type Error = Infallible;
            fn poll_frame(
                self: Pin<&mut Self>,
                _: &mut Context<'_>,
            ) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
                Poll::Pending
            }
        }
        let Read::Refused(code, _) = read(Body::new(Never), 4, Duration::from_millis(20)).await else {
            panic!("refused")
        };
        assert_eq!(code, Code::BodyTimeout);
    }
}
