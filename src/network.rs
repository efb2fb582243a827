//! Networking as a capability: code that needs the network is given a [`Fetch`].
//!
//! Only one implementation opens sockets, and only commands that may use the network create
//! it. A check with a fresh snapshot never does.

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

    /// Downloads a large document into a file. An interrupted download is continued if
    /// the server allows it; the file gets its name only when it is complete.
    fn download(
        &self,
        request: &Request,
        file: &Path,
        progress: &dyn Progress,
    ) -> Result<Fetched<()>, NetworkError>;

    /// Sends a question as JSON and returns the answer. Only for questions that change nothing on
    /// the server: it is sent again if the answer is lost.
    fn ask(&self, request: &Request, question: &serde_json::Value)
    -> Result<Vec<u8>, NetworkError>;
}

#[derive(Clone)]
pub struct Request {
    pub url: Url,
    /// The version that is already here, so that nothing is downloaded twice.
    pub validators: Validators,
    /// Refuse a larger answer, in bytes.
    pub max_bytes: u64,
    /// The value of the `Authorization` header.
    pub authorization: Option<Secret>,
}

impl fmt::Debug for Request {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("Request")
            .field("url", &redacted(&self.url))
            .field("validators", &self.validators)
            .field("max_bytes", &self.max_bytes)
            .field("authorization", &self.authorization)
            .finish()
    }
}

/// The address without user name, password, query and fragment, safe to print.
pub fn redacted(url: &Url) -> String {
    let mut plain = url.clone();
    // These fail only for addresses that cannot hold a user at all, such as `data:`.
    let _ = plain.set_username("");
    let _ = plain.set_password(None);
    plain.set_query(None);
    plain.set_fragment(None);
    plain.to_string()
}

/// The server's identification of the version that is already here (RFC 9110, section 8.8).
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
    /// The version that is already here is still current.
    NotModified,
    New {
        content: Content,
        /// What to send with the next request.
        validators: Validators,
    },
}

/// Receives the progress of a download.
pub trait Progress: Sync {
    /// `done` of `total` bytes have arrived; `total` is not always known.
    fn advance(&self, done: u64, total: Option<u64>);
}

/// A token or a password. It is never printed.
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

/// A company proxy that inspects connections presents its own certificate. On systems with their own
/// certificate store the variable is not read.
const HOW_TO_TRUST: &str = if cfg!(any(target_os = "macos", target_os = "windows")) {
    "where a proxy looks into connections, add the certificate of its authority to those that the \
     system trusts"
} else {
    "where a proxy looks into connections, add the certificate of its authority to those of the \
     system (update-ca-certificates), or name a file in SSL_CERT_FILE that holds it and all others \
     that are needed"
};

/// Why nothing was fetched. The address is printed without credentials and query.
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
    /// No authority that this machine trusts vouches for the server.
    #[error("{url}: the certificate of the server is not accepted: {cause}")]
    Untrusted {
        url: String,
        /// What is wrong with the certificate.
        cause: String,
    },
    /// The server returned an error.
    #[error("{url}: the server answers {status}")]
    Status {
        url: String,
        /// The HTTP status code.
        status: u16,
    },
    /// The server asks for a longer pause than a run can afford.
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
    /// The answer has an unexpected form.
    #[error("{url}: {reason}")]
    Unexpected {
        url: String,
        /// What is wrong with it.
        reason: String,
    },
    /// The answer could not be written to the disk.
    #[error("{}: {cause}", file.display())]
    Write {
        file: PathBuf,
        /// The operating system's error.
        cause: String,
    },
}

impl NetworkError {
    /// What the reader can do about it, if anything.
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
    use super::{Request, Secret, Validators, redacted};

    #[test]
    fn nothing_secret_is_printed() {
        let request = Request {
            url: "https://user:hunter2@mirror.test/a?token=hunter2#hunter2".parse().unwrap(),
            validators: Validators::default(),
            max_bytes: 1,
            authorization: Some(Secret::new("Bearer hunter2")),
        };
        let printed = format!("{request:?} {}", redacted(&request.url));
        assert!(!printed.contains("hunter2"), "{printed}");
        assert!(!printed.contains("user"), "{printed}");
        assert!(printed.contains("https://mirror.test/a"), "{printed}");
    }
}
