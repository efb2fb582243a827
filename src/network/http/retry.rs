//! What is retried, after how long, and how often.

use std::error::Error;
use std::io;
use std::time::Duration;

use jiff::Timestamp;
use jiff::fmt::rfc2822;
use reqwest::header::{DATE, HeaderMap, HeaderName, RETRY_AFTER};

use super::HttpSettings;
use crate::network::NetworkError;

/// How an attempt failed.
#[derive(Debug)]
pub(super) enum Failure {
    /// A retry would fail the same way.
    Final(NetworkError),
    /// A retry may succeed, after a pause if the server asks for one.
    Passing { error: NetworkError, retry_after: Option<Duration> },
}

impl Failure {
    pub(super) fn passing(error: NetworkError) -> Self {
        Self::Passing { error, retry_after: None }
    }

    /// The server returned an error status.
    pub(super) fn status(
        url: &str,
        status: u16,
        headers: &HeaderMap,
        settings: &HttpSettings,
    ) -> Self {
        let url = url.to_owned();
        if !matches!(status, 429 | 500 | 502 | 503 | 504) {
            return Self::Final(NetworkError::Status { url, status });
        }
        match retry_after(headers) {
            Some(pause) if pause > settings.longest_retry_after => {
                Self::Final(NetworkError::TryLater { url, status, seconds: pause.as_secs() })
            }
            retry_after => {
                Self::Passing { error: NetworkError::Status { url, status }, retry_after }
            }
        }
    }

    /// The connection failed, or the answer broke off.
    pub(super) fn transport(url: &str, error: &reqwest::Error) -> Self {
        if let Some(cause) = sources(error).find_map(bad_certificate) {
            return Self::Final(NetworkError::Untrusted { url: url.to_owned(), cause });
        }
        let error_shown = NetworkError::Unreachable { url: url.to_owned(), cause: cause(error) };
        if error.is_builder() { Self::Final(error_shown) } else { Self::passing(error_shown) }
    }
}

impl From<NetworkError> for Failure {
    fn from(error: NetworkError) -> Self {
        Self::Final(error)
    }
}

/// Counts attempts and pauses between them: exponential, with full jitter.
pub(super) struct Attempts<'settings> {
    settings: &'settings HttpSettings,
    failed: u32,
}

impl<'settings> Attempts<'settings> {
    pub(super) fn new(settings: &'settings HttpSettings) -> Self {
        Self { settings, failed: 0 }
    }

    /// The last attempt failed, but it made progress.
    pub(super) fn start_over(&mut self) {
        self.failed = 0;
    }

    /// Pauses before the next attempt, or returns the error if there is none.
    pub(super) async fn pause(&mut self, failure: Failure) -> Result<(), NetworkError> {
        let (error, retry_after) = match failure {
            Failure::Final(error) => return Err(error),
            Failure::Passing { error, retry_after } => (error, retry_after),
        };
        if self.failed >= self.settings.retries {
            return Err(error);
        }
        let jitter = self.longest_pause().mul_f64(fastrand::f64());
        self.failed += 1;
        // Jitter is added to the pause that the server asks for, so that clients do not all return at once.
        let asked = retry_after.unwrap_or_default();
        tokio::time::sleep(asked + jitter).await;
        Ok(())
    }

    fn longest_pause(&self) -> Duration {
        let factor = 2_u32.saturating_pow(self.failed);
        self.settings.first_pause.saturating_mul(factor).min(self.settings.longest_pause)
    }
}

/// `Retry-After` (RFC 9110, section 10.2.3): seconds, or a date. A date is compared with the
/// server's own clock, so that ours need not be right.
fn retry_after(headers: &HeaderMap) -> Option<Duration> {
    let text = headers.get(RETRY_AFTER)?.to_str().ok()?.trim();
    if let Ok(seconds) = text.parse() {
        return Some(Duration::from_secs(seconds));
    }
    let until = http_date(headers, &RETRY_AFTER)?;
    let pause = until.duration_since(http_date(headers, &DATE)?);
    Some(Duration::try_from(pause).unwrap_or_default())
}

/// A date in a header (RFC 9110, section 5.6.7, the form that servers must send).
pub(super) fn http_date(headers: &HeaderMap, name: &HeaderName) -> Option<Timestamp> {
    let text = headers.get(name)?.to_str().ok()?;
    Some(rfc2822::parse(text).ok()?.timestamp())
}

/// The cause without the address, which may contain secrets.
fn cause(error: &reqwest::Error) -> String {
    let what = if error.is_timeout() {
        return "no answer in time".to_owned();
    } else if error.is_connect() {
        "cannot connect"
    } else if error.is_body() || error.is_decode() {
        "the answer broke off"
    } else {
        "the connection broke"
    };
    match sources(error).last() {
        Some(innermost) => format!("{what}: {innermost}"),
        None => what.to_owned(),
    }
}

/// The chain of causes, the innermost last.
pub(super) fn sources(error: &reqwest::Error) -> impl Iterator<Item = &(dyn Error + 'static)> {
    std::iter::successors(error.source(), |source| (*source).source())
}

/// The certificate error, if that is the cause: retrying does not help.
fn bad_certificate(source: &(dyn Error + 'static)) -> Option<String> {
    match source.downcast_ref::<rustls::Error>() {
        Some(rustls::Error::InvalidCertificate(error)) => return Some(error.to_string()),
        Some(_) => return None,
        None => {}
    }
    // The sources of an `io::Error` do not include the error that it wraps, and there may be two of them.
    let wrapped = source.downcast_ref::<io::Error>().and_then(io::Error::get_ref);
    wrapped.and_then(|inner| bad_certificate(inner))
}

#[cfg(test)]
mod tests {
    use std::io;
    use std::time::Duration;

    use reqwest::header::{HeaderMap, HeaderName, HeaderValue};

    use super::{Attempts, Failure, bad_certificate, retry_after};
    use crate::network::NetworkError;
    use crate::network::http::HttpSettings;

    fn headers(pairs: &[(&'static str, &str)]) -> HeaderMap {
        pairs
            .iter()
            .map(|(name, value)| {
                (HeaderName::from_static(name), HeaderValue::from_str(value).unwrap())
            })
            .collect()
    }

    #[test]
    fn retry_after_is_seconds_or_a_date_by_the_servers_own_clock() {
        let date = ("date", "Sun, 22 Nov 2026 12:00:00 GMT");
        for (given, seconds) in [
            (vec![("retry-after", "7")], Some(7)),
            (vec![("retry-after", "0")], Some(0)),
            (vec![("retry-after", "Sun, 22 Nov 2026 12:00:30 GMT"), date], Some(30)),
            (vec![("retry-after", "Sun, 22 Nov 2026 11:00:00 GMT"), date], Some(0)),
            (vec![("retry-after", "Sun, 22 Nov 2026 12:00:30 GMT")], None),
            (vec![("retry-after", "soon"), date], None),
            (vec![("retry-after", "-5"), date], None),
            (vec![], None),
        ] {
            let expected = seconds.map(Duration::from_secs);
            assert_eq!(retry_after(&headers(&given)), expected, "{given:?}");
        }
    }

    #[test]
    fn only_temporary_failures_are_retried() {
        let settings = HttpSettings::default();
        for (status, again) in [
            (400, false),
            (401, false),
            (403, false),
            (404, false),
            (408, false),
            (410, false),
            (416, false),
            (429, true),
            (500, true),
            (501, false),
            (502, true),
            (503, true),
            (504, true),
            (505, false),
        ] {
            let failure = Failure::status("u", status, &HeaderMap::new(), &settings);
            assert_eq!(matches!(failure, Failure::Passing { .. }), again, "{status}");
        }
    }

    #[test]
    fn a_server_that_asks_for_too_long_a_pause_is_not_waited_for() {
        let settings = HttpSettings::default();
        let hour = headers(&[("retry-after", "3600")]);
        let Failure::Final(error) = Failure::status("https://m.test/", 429, &hour, &settings)
        else {
            panic!("it is waited for");
        };
        assert_eq!(
            error,
            NetworkError::TryLater {
                url: "https://m.test/".to_owned(),
                status: 429,
                seconds: 3600,
            }
        );
    }

    #[test]
    fn a_bad_certificate_is_distinguished_from_a_bad_connection() {
        let expired = rustls::Error::InvalidCertificate(rustls::CertificateError::Expired);
        let wrapped = io::Error::other(expired);
        assert!(bad_certificate(&wrapped).is_some());
        assert!(bad_certificate(&io::Error::other(wrapped)).is_some());
        let handshake = io::Error::other(rustls::Error::HandshakeNotComplete);
        assert_eq!(bad_certificate(&handshake), None);
        assert_eq!(bad_certificate(&io::Error::from(io::ErrorKind::ConnectionReset)), None);
    }

    #[test]
    fn pauses_double_up_to_a_limit() {
        let settings = HttpSettings {
            first_pause: Duration::from_secs(1),
            longest_pause: Duration::from_secs(6),
            ..HttpSettings::default()
        };
        let mut attempts = Attempts::new(&settings);
        let seconds: Vec<u64> = [0, 1, 2, 3, 64]
            .into_iter()
            .map(|failed| {
                attempts.failed = failed;
                attempts.longest_pause().as_secs()
            })
            .collect();
        assert_eq!(seconds, [1, 2, 4, 6, 6]);
    }
}
