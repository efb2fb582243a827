//! Networking as a capability: everything that wants to reach the network is handed a [`Fetch`].
//!
//! There is one implementation that opens sockets, and it is only made by commands that are allowed
//! to. A check with a fresh snapshot never makes it.

pub mod http;

use std::fmt;
use std::path::{Path, PathBuf};

use url::Url;

/// The ability to fetch over HTTPS, or over plain HTTP from this machine itself.
///
/// Retries, timeouts, size limits and the choice of proxies belong to the implementation.
pub trait Fetch: Sync {
    /// Fetches one small document into memory.
    fn get(&self, request: &Request) -> Result<Fetched<Vec<u8>>, NetworkError>;

    /// Fetches many small documents, several at a time; the answers are in the order of the
    /// requests.
    fn get_all(&self, requests: &[Request]) -> Vec<Result<Fetched<Vec<u8>>, NetworkError>>;

    /// Fetches a large document into a file. An earlier attempt that broke off is continued where
    /// the server allows it; the file appears under its name only when it is whole.
    fn download(
        &self,
        request: &Request,
        file: &Path,
        progress: &dyn Progress,
    ) -> Result<Fetched<()>, NetworkError>;

    /// Sends a question as JSON and fetches the answer. Only for questions that change nothing on
    /// the server: it is sent again when the answer is lost.
    fn ask(&self, request: &Request, question: &serde_json::Value)
    -> Result<Vec<u8>, NetworkError>;
}

#[derive(Clone)]
pub struct Request {
    pub url: Url,
    /// What is already here, so that nothing is sent twice.
    pub validators: Validators,
    /// Refuse an answer larger than this, in bytes.
    pub max_bytes: u64,
    /// The value of the `Authorization` header.
    pub authorization: Option<Secret>,
}

impl fmt::Debug for Request {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("Request")
            .field("url", &shown(&self.url))
            .field("validators", &self.validators)
            .field("max_bytes", &self.max_bytes)
            .field("authorization", &self.authorization)
            .finish()
    }
}

/// The address without user name, password, query and fragment: what may be printed.
pub fn shown(url: &Url) -> String {
    let mut plain = url.clone();
    // These fail only for addresses that cannot hold a user at all, such as `data:`.
    let _ = plain.set_username("");
    let _ = plain.set_password(None);
    plain.set_query(None);
    plain.set_fragment(None);
    plain.to_string()
}

/// What a server said about the version that is already here (RFC 9110, section 8.8).
#[derive(Clone, Debug, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Validators {
    /// `ETag`
    pub etag: Option<String>,
    /// `Last-Modified`
    pub last_modified: Option<String>,
}

/// The answer to a conditional request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fetched<Content> {
    /// What is already here is still what the server offers.
    NotModified,
    New {
        content: Content,
        /// What to send along the next time.
        validators: Validators,
    },
}

/// Told how far a download has come.
pub trait Progress: Sync {
    /// `done` of `total` bytes are here; `total` is not always known.
    fn advance(&self, done: u64, total: Option<u64>);
}

/// Text that never prints: a token or a password.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(String);

impl Secret {
    pub fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// The secret itself, for the one place that sends it.
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("Secret(…)")
    }
}

/// A company's proxy that looks into connections shows a certificate of its own. Where there is a store
/// of the system, the variable is not read.
const HOW_TO_TRUST: &str = if cfg!(any(target_os = "macos", target_os = "windows")) {
    "where a proxy looks into connections, add the certificate of its authority to those that the \
     system trusts"
} else {
    "where a proxy looks into connections, add the certificate of its authority to those of the \
     system (update-ca-certificates), or name a file in SSL_CERT_FILE that holds it and all others \
     that are needed"
};

/// Why nothing was fetched. The address is shown without credentials and query.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NetworkError {
    /// Nothing can be fetched from anywhere, for example because this machine has no certificates.
    #[error("the network cannot be used: {cause}")]
    Setup { cause: String },
    /// Neither HTTPS nor plain HTTP to this machine.
    #[error("{url}: only https is allowed, or http to this machine itself")]
    Insecure { url: String },
    /// The server could not be reached, or the connection broke, after every retry.
    #[error("{url}: {cause}")]
    Unreachable { url: String, cause: String },
    /// Nobody whom this machine trusts says who the server is.
    #[error("{url}: the certificate of the server is not accepted: {cause}")]
    Untrusted {
        url: String,
        /// What is wrong with the certificate.
        cause: String,
    },
    /// The server answered with an error.
    #[error("{url}: the server answers {status}")]
    Status {
        url: String,
        /// The HTTP status code.
        status: u16,
    },
    /// The server asks for more patience than a run has.
    #[error("{url}: the server answers {status} and asks to be left alone for {seconds} seconds")]
    TryLater {
        url: String,
        /// The HTTP status code.
        status: u16,
        /// The value of `Retry-After`, in seconds.
        seconds: u64,
    },
    /// The answer is larger than allowed.
    #[error("{url}: the answer is larger than {limit} bytes")]
    TooLarge {
        url: String,
        /// The limit, in bytes.
        limit: u64,
    },
    /// The answer is not what was asked for.
    #[error("{url}: {reason}")]
    Unexpected {
        url: String,
        /// What is wrong with it.
        reason: String,
    },
    /// The answer could not be written to disk.
    #[error("{}: {cause}", file.display())]
    Write {
        file: PathBuf,
        /// What the operating system says.
        cause: String,
    },
}

impl NetworkError {
    /// What the reader can do about it, where something is known to help.
    pub fn help(&self) -> Option<&'static str> {
        match self {
            Self::Setup { .. } => Some(
                "install the system's certificates (often a package named ca-certificates), \
                 or name a file of them in SSL_CERT_FILE",
            ),
            Self::Insecure { .. } => Some("use an address that begins with https://"),
            Self::Unreachable { .. } => {
                Some("check the network and the proxy settings (HTTPS_PROXY, NO_PROXY)")
            }
            Self::Untrusted { .. } => Some(HOW_TO_TRUST),
            Self::TryLater { .. } => Some("run again later, or use a mirror"),
            Self::Status { status: 401 | 403, .. } => Some("check the credentials for this server"),
            Self::Status { .. }
            | Self::TooLarge { .. }
            | Self::Unexpected { .. }
            | Self::Write { .. } => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Request, Secret, Validators, shown};

    #[test]
    fn nothing_secret_is_printed() {
        let request = Request {
            url: "https://user:hunter2@mirror.test/a?token=hunter2#hunter2".parse().unwrap(),
            validators: Validators::default(),
            max_bytes: 1,
            authorization: Some(Secret::new("Bearer hunter2")),
        };
        let printed = format!("{request:?} {}", shown(&request.url));
        assert!(!printed.contains("hunter2"), "{printed}");
        assert!(!printed.contains("user"), "{printed}");
        assert!(printed.contains("https://mirror.test/a"), "{printed}");
    }
}
