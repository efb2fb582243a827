//! One request and the head of its answer, through redirects.

use std::iter;
use std::net::{Ipv4Addr, Ipv6Addr, SocketAddr};
use std::sync::OnceLock;
use std::time::Duration;

use reqwest::header::{
    AUTHORIZATION, CONTENT_TYPE, HeaderMap, HeaderName, HeaderValue, IF_MODIFIED_SINCE,
    IF_NONE_MATCH, LOCATION,
};
use reqwest::{Certificate, Client, Response, StatusCode, redirect};
use url::Url;

use super::HttpSettings;
use super::address::{Hop, MAX_REDIRECTS, is_permitted};
use super::retry::{Failure, sources};
use crate::network::{NetworkError, Request, Validators, redacted};

/// The settings and the clients, each created when it is first needed.
pub(super) struct Exchange {
    pub(super) settings: HttpSettings,
    documents: Clients,
    downloads: Clients,
}

/// Everything that is sent except the address.
pub(super) struct OutgoingRequest<'request> {
    pub(super) request: &'request Request,
    pub(super) headers: HeaderMap,
    pub(super) kind: Kind<'request>,
}

/// What is sent and expected.
#[derive(Clone, Copy)]
pub(super) enum Kind<'request> {
    Document,
    /// A large document, as stored on the server's disk.
    Download,
    /// A question and its answer.
    Question(&'request serde_json::Value),
}

/// The head of an answer; its body is still to come.
pub(super) struct ResponseHead {
    pub(super) response: Response,
    /// The address for errors.
    pub(super) name: String,
}

impl Exchange {
    pub(super) fn new(settings: HttpSettings) -> Self {
        Self { settings, documents: Clients::new(true), downloads: Clients::new(false) }
    }

    /// Sends a message and follows redirects.
    pub(super) async fn send(
        &self,
        message: &OutgoingRequest<'_>,
    ) -> Result<ResponseHead, Failure> {
        let mut hop = Hop::first(message.request)?;
        for _ in 0..=MAX_REDIRECTS {
            let response = self.send_once(message, &hop).await?;
            let Some(location) = redirection(&response) else {
                return Ok(ResponseHead { response, name: hop.name });
            };
            let next = hop.follow(&location)?;
            if let Kind::Question(_) = message.kind {
                refuse_to_ask_elsewhere(&hop, &next, response.status())?;
            }
            hop = next;
        }
        Err(Failure::Final(NetworkError::Unexpected {
            url: hop.name,
            reason: format!("the server redirects more than {MAX_REDIRECTS} times"),
        }))
    }

    async fn send_once(
        &self,
        message: &OutgoingRequest<'_>,
        hop: &Hop,
    ) -> Result<Response, Failure> {
        let clients = match message.kind {
            Kind::Download => &self.downloads,
            Kind::Document | Kind::Question(_) => &self.documents,
        };
        let client = clients.for_hop(hop, &self.settings)?;
        let mut builder = match message.kind {
            Kind::Question(question) => client.post(hop.url.clone()).json(question),
            Kind::Document | Kind::Download => client.get(hop.url.clone()),
        };
        builder = builder.headers(message.headers.clone());
        if !matches!(message.kind, Kind::Download) {
            builder = builder.timeout(self.settings.document_timeout);
        }
        if let Some(authorization) = &hop.authorization {
            builder = builder.header(AUTHORIZATION, sensitive(authorization.expose(), &hop.name)?);
        }
        builder.send().await.map_err(|error| Failure::transport(&hop.name, &error))
    }
}

impl ResponseHead {
    pub(super) fn unexpected(&self, reason: impl Into<String>) -> NetworkError {
        NetworkError::Unexpected { url: self.name.clone(), reason: reason.into() }
    }

    pub(super) fn broken(&self, error: &reqwest::Error) -> Failure {
        Failure::transport(&self.name, error)
    }

    pub(super) fn refused(&self, settings: &HttpSettings) -> Failure {
        let status = self.response.status().as_u16();
        Failure::status(&self.name, status, self.response.headers(), settings)
    }

    pub(super) fn too_large(&self, limit: u64) -> Failure {
        Failure::Final(NetworkError::TooLarge { url: self.name.clone(), limit })
    }

    /// Nothing that lockgate fetches is a web page. Login pages, captive portals and gateways
    /// return one with a success status.
    pub(super) fn refuse_web_page(&self) -> Result<(), Failure> {
        let kind = self.header(&CONTENT_TYPE).unwrap_or_default();
        if kind.to_ascii_lowercase().starts_with("text/html") {
            return Err(Failure::Final(self.unexpected(
                "the answer is a web page, not data: a login page or a gateway may stand in between",
            )));
        }
        Ok(())
    }

    pub(super) fn header(&self, name: &HeaderName) -> Option<String> {
        let text = self.response.headers().get(name)?.to_str().ok()?;
        Some(text.to_owned())
    }
}

/// The headers that make a request conditional.
pub(super) fn conditions(validators: &Validators) -> HeaderMap {
    let pairs = [(IF_NONE_MATCH, &validators.etag), (IF_MODIFIED_SINCE, &validators.last_modified)];
    pairs
        .into_iter()
        .filter_map(|(name, value)| {
            let value = HeaderValue::from_str(value.as_deref()?).ok()?;
            Some((name, value))
        })
        .collect()
}

fn sensitive(text: &str, name: &str) -> Result<HeaderValue, NetworkError> {
    let mut value = HeaderValue::from_str(text).map_err(|_| NetworkError::Unexpected {
        url: name.to_owned(),
        reason: "the credentials for it hold characters that no header can carry".to_owned(),
    })?;
    value.set_sensitive(true);
    Ok(value)
}

fn redirection(response: &Response) -> Option<String> {
    if !matches!(response.status().as_u16(), 301 | 302 | 303 | 307 | 308) {
        return None;
    }
    let location = response.headers().get(LOCATION)?.to_str().ok()?;
    Some(location.to_owned())
}

/// A question names packages that may be private: only the intended server may see it. And
/// 301, 302 or 303 would turn it into a plain GET, whose answer could look like "nothing
/// known" (RFC 9110, section 15.4).
fn refuse_to_ask_elsewhere(hop: &Hop, next: &Hop, status: StatusCode) -> Result<(), NetworkError> {
    let same_server = hop.url.origin() == next.url.origin();
    if same_server && matches!(status.as_u16(), 307 | 308) {
        return Ok(());
    }
    Err(NetworkError::Unexpected {
        url: next.name.clone(),
        reason: "the server wants the question to be asked elsewhere".to_owned(),
    })
}

/// A client for other machines and one for this machine, both with or without compression.
struct Clients {
    compression: bool,
    secure: OnceLock<Result<Client, NetworkError>>,
    local: OnceLock<Result<Client, NetworkError>>,
}

impl Clients {
    fn new(compression: bool) -> Self {
        Self { compression, secure: OnceLock::new(), local: OnceLock::new() }
    }

    /// Plain HTTP to this machine needs no certificates, and must not use a proxy.
    fn for_hop(&self, hop: &Hop, settings: &HttpSettings) -> Result<Client, NetworkError> {
        if hop.is_plain() {
            let build = || local_client(settings, self.compression);
            self.local.get_or_init(build).clone()
        } else {
            let build = || secure_client(settings, self.compression);
            self.secure.get_or_init(build).clone()
        }
    }
}

fn secure_client(settings: &HttpSettings, compression: bool) -> Result<Client, NetworkError> {
    build(builder(settings, compression).https_only(true))
}

fn local_client(settings: &HttpSettings, compression: bool) -> Result<Client, NetworkError> {
    // This name always means this machine, regardless of the resolver's answer (RFC 6761, section 6.3).
    let this_machine =
        [SocketAddr::from((Ipv4Addr::LOCALHOST, 0)), SocketAddr::from((Ipv6Addr::LOCALHOST, 0))];
    let builder = builder(settings, compression)
        .no_proxy()
        .tls_certs_only(iter::empty::<Certificate>())
        .resolve_to_addrs("localhost", &this_machine);
    build(builder)
}

/// A client for one server, with the same rules: HTTPS, or plain HTTP to this machine itself; no
/// redirects and no retries, which are for the caller to decide.
pub(super) fn client_for(url: &Url, settings: &HttpSettings) -> Result<Client, NetworkError> {
    if !is_permitted(url) {
        return Err(NetworkError::Insecure { url: redacted(url) });
    }
    if url.scheme() == "http" {
        local_client(settings, true)
    } else {
        secure_client(settings, true)
    }
}

fn builder(settings: &HttpSettings, compression: bool) -> reqwest::ClientBuilder {
    // An error means that a provider is already installed, which is fine.
    let _ = rustls::crypto::ring::default_provider().install_default();
    Client::builder()
        .user_agent(&settings.user_agent)
        .connect_timeout(settings.connect_timeout)
        .read_timeout(settings.read_timeout)
        .pool_idle_timeout(Duration::from_secs(30))
        .gzip(compression)
        .redirect(redirect::Policy::none())
        .retry(reqwest::retry::never())
}

fn build(builder: reqwest::ClientBuilder) -> Result<Client, NetworkError> {
    builder.build().map_err(|error| NetworkError::Setup {
        cause: sources(&error).last().map_or_else(|| error.to_string(), ToString::to_string),
    })
}
