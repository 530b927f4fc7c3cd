//! Names to addresses that may be asked.

use std::io;
use std::net::SocketAddr;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::vec;

use hyper_util::client::legacy::connect::dns::Name;
use samebyte::api::http_address_is_public;
use tower_service::Service;

/// Refuses a name where any of its addresses is not public. The connection goes to the addresses that were judged: the
/// name is not looked up again.
#[derive(Clone, Debug)]
pub(super) struct Resolver {
    pub(super) private_addresses: bool,
}

impl Service<Name> for Resolver {
    type Response = vec::IntoIter<SocketAddr>;
    type Error = io::Error;
    type Future = Pin<Box<dyn Future<Output = io::Result<Self::Response>> + Send>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, name: Name) -> Self::Future {
        let private_addresses = self.private_addresses;
        Box::pin(async move {
            let found: Vec<SocketAddr> = tokio::net::lookup_host((name.as_str(), 0)).await?.collect();
            let may_be_asked = |address: &SocketAddr| http_address_is_public(&address.ip().to_string());
            if !private_addresses && !found.iter().all(may_be_asked) {
                return Err(io::Error::new(
                    io::ErrorKind::PermissionDenied,
                    "the name leads to an address that is not public",
                ));
            }
            Ok(found.into_iter())
        })
    }
}
