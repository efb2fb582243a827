//! The one implementation of [`Fetch`] that opens sockets.
//!
//! It speaks HTTPS with the system's certificates and through the proxies that the environment
//! names. Plain HTTP is only used for this machine itself, and never through a proxy. A command
//! creates an [`Http`] only when it is about to use the network: the settings alone
//! open no socket and start no thread.

mod address;
mod documents;
mod download;
mod exchange;
mod partial;
mod retry;

use std::fmt;
use std::future::Future;
use std::path::Path;
use std::time::Duration;

use futures_util::{StreamExt, stream};
use tokio::runtime::{Builder, Handle, Runtime};
use url::Url;

use super::{Fetch, Fetched, NetworkError, Progress, Request, redacted};
use exchange::Exchange;

/// Time limits, retries and concurrency.
#[derive(Clone, Debug)]
pub struct HttpSettings {
    /// The `User-Agent` header.
    pub user_agent: String,
    /// For establishing a connection.
    pub connect_timeout: Duration,
    /// Between two pieces of an answer.
    pub read_timeout: Duration,
    /// One attempt at a small document.
    pub document_timeout: Duration,
    /// All attempts at a small document and the pauses between them.
    pub document_total_timeout: Duration,
    /// A whole download with all its attempts.
    pub download_total_timeout: Duration,
    /// Attempts after the first one. A download that made progress starts counting again.
    pub retries: u32,
    /// The longest pause before the first retry; it doubles with every further one.
    pub first_pause: Duration,
    /// The longest pause that lockgate chooses.
    pub longest_pause: Duration,
    /// The longest pause that a server may ask for with `Retry-After`.
    pub longest_retry_after: Duration,
    /// Small documents fetched at the same time.
    pub parallel: usize,
}

impl Default for HttpSettings {
    fn default() -> Self {
        Self {
            user_agent: concat!("lockgate/", env!("CARGO_PKG_VERSION")).to_owned(),
            connect_timeout: Duration::from_secs(10),
            read_timeout: Duration::from_secs(30),
            document_timeout: Duration::from_mins(1),
            document_total_timeout: Duration::from_mins(5),
            download_total_timeout: Duration::from_mins(30),
            retries: 4,
            first_pause: Duration::from_millis(500),
            longest_pause: Duration::from_secs(20),
            longest_retry_after: Duration::from_mins(1),
            parallel: 8,
        }
    }
}

pub struct Http {
    exchange: Exchange,
    handle: Handle,
    runtime: Option<Runtime>,
}

impl Http {
    /// Starts the runtime; connections are made by the first request that needs them.
    pub fn new(settings: HttpSettings) -> Result<Self, NetworkError> {
        let runtime = Builder::new_multi_thread()
            .worker_threads(1)
            .thread_name("network")
            .enable_io()
            .enable_time()
            .build()
            .map_err(|error| NetworkError::Setup { cause: error.to_string() })?;
        Ok(Self {
            exchange: Exchange::new(settings),
            handle: runtime.handle().clone(),
            runtime: Some(runtime),
        })
    }

    fn settings(&self) -> &HttpSettings {
        &self.exchange.settings
    }

    async fn within<T>(
        limit: Duration,
        request: &Request,
        work: impl Future<Output = Result<T, NetworkError>>,
    ) -> Result<T, NetworkError> {
        tokio::time::timeout(limit, work).await.unwrap_or_else(|_| {
            Err(NetworkError::Unreachable {
                url: redacted(&request.url),
                cause: format!("not done within {} seconds", limit.as_secs_f32()),
            })
        })
    }

    async fn document(&self, request: &Request) -> Result<Fetched<Vec<u8>>, NetworkError> {
        let limit = self.settings().document_total_timeout;
        Self::within(limit, request, self.exchange.document(request)).await
    }
}

/// A client for a library that talks to one server itself. It keeps the rules of this module:
/// HTTPS, or plain HTTP to this machine itself, the system's certificates and proxies, no redirects
/// and no retries.
pub fn client_for(url: &Url, settings: &HttpSettings) -> Result<reqwest::Client, NetworkError> {
    exchange::client_for(url, settings)
}

impl fmt::Debug for Http {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        // The clients inside know proxy passwords.
        formatter.debug_struct("Http").finish_non_exhaustive()
    }
}

impl Drop for Http {
    fn drop(&mut self) {
        // An ordinary drop would wait for a hanging name lookup.
        if let Some(runtime) = self.runtime.take() {
            runtime.shutdown_background();
        }
    }
}

impl Fetch for Http {
    fn get(&self, request: &Request) -> Result<Fetched<Vec<u8>>, NetworkError> {
        self.handle.block_on(self.document(request))
    }

    fn get_all(&self, requests: &[Request]) -> Vec<Result<Fetched<Vec<u8>>, NetworkError>> {
        let all = stream::iter(requests.iter().enumerate())
            .map(|(position, request)| async move { (position, self.document(request).await) })
            .buffer_unordered(self.settings().parallel.max(1))
            .collect::<Vec<_>>();
        let mut answers = self.handle.block_on(all);
        answers.sort_by_key(|(position, _)| *position);
        answers.into_iter().map(|(_, answer)| answer).collect()
    }

    fn download(
        &self,
        request: &Request,
        file: &Path,
        progress: &dyn Progress,
    ) -> Result<Fetched<()>, NetworkError> {
        let work = self.exchange.download(request, file, progress);
        let limit = self.settings().download_total_timeout;
        self.handle.block_on(Self::within(limit, request, work))
    }

    fn ask(
        &self,
        request: &Request,
        question: &serde_json::Value,
    ) -> Result<Vec<u8>, NetworkError> {
        let work = self.exchange.ask(request, question);
        let limit = self.settings().document_total_timeout;
        self.handle.block_on(Self::within(limit, request, work))
    }
}
