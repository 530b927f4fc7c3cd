//! Connections: taken within bounds, ended in order.

use std::convert::Infallible;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use http::{Request, Response};
use hyper::body::Incoming;
use hyper::service::service_fn;
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use hyper_util::server::conn::auto::Builder;
use hyper_util::server::graceful::GracefulShutdown;
use tokio::net::TcpListener;
use tokio::sync::{Semaphore, watch};

use crate::body::Body;

/// How long the head of a request may take: what holds connections open must cost something.
const HEAD: Duration = Duration::from_secs(10);

/// Serves requests until `stop` turns true, then lets those under way finish, for `drain` at most; whether all did.
pub(super) async fn serve<F, A>(
    listener: TcpListener,
    max_connections: usize,
    drain: Duration,
    mut stop: watch::Receiver<bool>,
    handler: F,
) -> bool
where
    F: Fn(Request<Incoming>, SocketAddr) -> A + Clone + Send + 'static,
    A: Future<Output = Response<Body>> + Send + 'static,
{
    let mut server = Builder::new(TokioExecutor::new());
    server.http1().timer(TokioTimer::new()).header_read_timeout(HEAD);
    server.http2().timer(TokioTimer::new()).max_concurrent_streams(200).keep_alive_interval(Some(HEAD));
    let places = Arc::new(Semaphore::new(max_connections));
    let graceful = GracefulShutdown::new();
    loop {
        let place = tokio::select! {
            place = Arc::clone(&places).acquire_owned() => place,
            _ = stop.wait_for(|stop| *stop) => break,
        };
        let accepted = tokio::select! {
            accepted = listener.accept() => accepted,
            _ = stop.wait_for(|stop| *stop) => break,
        };
        let (Ok(place), Ok((stream, address))) = (place, accepted) else {
            // Out of file descriptors, most likely: it passes, but not at once.
            tokio::time::sleep(Duration::from_millis(20)).await;
            continue;
        };
        // A connection on which it cannot be set is slower, and else the same.
        let _ = stream.set_nodelay(true);
        let handler = handler.clone();
        let service = service_fn(move |request| {
            let answer = handler(request, address);
            async move { Ok::<_, Infallible>(answer.await) }
        });
        let connection = server.serve_connection(TokioIo::new(stream), service).into_owned();
        let connection = graceful.watch(connection);
        tokio::spawn(async move {
            // A client that breaks off has its reasons.
            let _ = connection.await;
            drop(place);
        });
    }
    drop(listener);
    tokio::time::timeout(drain, graceful.shutdown()).await.is_ok()
}
