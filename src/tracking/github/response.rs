//! The meaning of an answer: whether the call took effect, and whether it may be repeated.

use std::time::Duration;

use jiff::Timestamp;
use jiff::fmt::rfc2822;
use serde::Deserialize;

use crate::tracking::tracker::TrackerError;

/// The pause after a secondary limit without a stated time (GitHub documentation, "Rate limits": at least
/// one minute).
const UNNAMED_PAUSE: Duration = Duration::from_mins(1);

#[derive(Debug)]
pub(super) struct Response {
    pub(super) status: u16,
    pub(super) headers: Vec<(String, String)>,
    pub(super) body: String,
}

#[derive(Debug, PartialEq, Eq)]
pub(super) enum CallEffect {
    Done,
    /// It had no effect and may be repeated after this pause.
    NotDone(Duration, String),
    /// It may have had an effect. Only repeatable calls may be sent again.
    Doubtful(String),
    /// It had no effect, and would not have one if repeated.
    Refused(TrackerError),
}

#[derive(Deserialize, Default)]
struct Complaint {
    #[serde(default)]
    message: String,
    #[serde(default)]
    errors: Vec<serde_json::Value>,
}

impl Response {
    pub(super) fn header(&self, name: &str) -> Option<&str> {
        let (_, value) = self.headers.iter().find(|(key, _)| key.eq_ignore_ascii_case(name))?;
        Some(value)
    }

    /// Whether there is another page (RFC 8288, `rel="next"`).
    pub(super) fn has_next(&self) -> bool {
        self.header("link")
            .is_some_and(|links| links.split(',').any(|link| link.contains("rel=\"next\"")))
    }

    pub(super) fn meaning(&self) -> CallEffect {
        let complaint = self.complaint();
        match self.status {
            200..=299 => CallEffect::Done,
            429 => CallEffect::NotDone(self.pause().unwrap_or(UNNAMED_PAUSE), complaint),
            403 => self.forbidden(complaint),
            401 => CallEffect::Refused(TrackerError::Unauthorized(complaint)),
            404 => CallEffect::Refused(TrackerError::Missing(complaint)),
            301 | 302 | 307 | 308 => {
                CallEffect::Refused(TrackerError::Gone("it has moved to another place".to_owned()))
            }
            410 => CallEffect::Refused(TrackerError::Gone(complaint)),
            500..=599 => CallEffect::Doubtful(complaint),
            _ => CallEffect::Refused(TrackerError::Invalid(complaint)),
        }
    }

    /// A 403 is a limit or a lack of permission. A limit is indicated by a header or the text.
    fn forbidden(&self, complaint: String) -> CallEffect {
        let words = complaint.to_ascii_lowercase();
        let is_limit = self.header("retry-after").is_some()
            || self.header("x-ratelimit-remaining") == Some("0")
            || words.contains("rate limit")
            || words.contains("abuse detection");
        if is_limit {
            CallEffect::NotDone(self.pause().unwrap_or(UNNAMED_PAUSE), complaint)
        } else {
            CallEffect::Refused(TrackerError::Forbidden(complaint))
        }
    }

    /// The pause that the server asks for: `Retry-After` in seconds, otherwise until the limit is reset,
    /// by the server's own clock.
    fn pause(&self) -> Option<Duration> {
        if let Some(after) = self.header("retry-after") {
            return Some(Duration::from_secs(after.trim().parse().ok()?));
        }
        let reset: i64 = self.header("x-ratelimit-reset")?.trim().parse().ok()?;
        let now: Timestamp = rfc2822::parse(self.header("date")?).ok()?.timestamp();
        u64::try_from(reset.saturating_sub(now.as_second())).ok().map(Duration::from_secs)
    }

    /// The server's message, in one line.
    fn complaint(&self) -> String {
        let complaint: Complaint = serde_json::from_str(&self.body).unwrap_or_default();
        let errors: Vec<String> = complaint.errors.iter().map(describe).collect();
        let message = if complaint.message.is_empty() {
            "no reason is given".to_owned()
        } else {
            complaint.message
        };
        let line = match errors.as_slice() {
            [] => format!("status {}: {message}", self.status),
            errors => format!("status {}: {message} ({})", self.status, errors.join("; ")),
        };
        crate::terminal::one_line(&line, 300)
    }
}

/// One entry of `errors` (GitHub documentation, "Client errors").
fn describe(error: &serde_json::Value) -> String {
    let text = |key: &str| error.get(key).and_then(serde_json::Value::as_str);
    match (text("message"), text("field"), text("code")) {
        (Some(message), ..) => message.to_owned(),
        (None, Some(field), Some(code)) => format!("{field}: {code}"),
        _ => error.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answer(status: u16, headers: &[(&str, &str)], body: &str) -> Response {
        Response {
            status,
            headers: headers
                .iter()
                .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
                .collect(),
            body: body.to_owned(),
        }
    }

    #[test]
    fn a_rate_limit_is_not_a_lack_of_permission() {
        let pause = |answer: Response| match answer.meaning() {
            CallEffect::NotDone(pause, _) => Some(pause.as_secs()),
            _ => None,
        };
        assert_eq!(pause(answer(429, &[("Retry-After", "7")], "")), Some(7));
        assert_eq!(pause(answer(403, &[("retry-after", "7")], "")), Some(7));
        let reset = [
            ("x-ratelimit-remaining", "0"),
            ("x-ratelimit-reset", "1795367331"),
            ("date", "Sun, 22 Nov 2026 17:08:21 GMT"),
        ];
        assert_eq!(pause(answer(403, &reset, "")), Some(30));
        let secondary = r#"{"message":"You have exceeded a secondary rate limit."}"#;
        assert_eq!(pause(answer(403, &[], secondary)), Some(60));
        assert_eq!(pause(answer(429, &[], "")), Some(60));
        let forbidden = r#"{"message":"Resource not accessible by integration"}"#;
        assert_eq!(
            answer(403, &[], forbidden).meaning(),
            CallEffect::Refused(TrackerError::Forbidden(
                "status 403: Resource not accessible by integration".to_owned()
            ))
        );
    }

    #[test]
    fn only_a_server_error_is_doubtful() {
        for status in [500, 502, 503, 504] {
            assert!(matches!(answer(status, &[], "").meaning(), CallEffect::Doubtful(_)));
        }
        for status in [301, 400, 401, 404, 410, 413, 422] {
            assert!(
                matches!(answer(status, &[], "").meaning(), CallEffect::Refused(_)),
                "{status}"
            );
        }
        assert_eq!(answer(201, &[], "").meaning(), CallEffect::Done);
    }

    #[test]
    fn a_rejected_field_is_named() {
        let body = r#"{"message":"Validation Failed","errors":[
            {"resource":"Issue","field":"assignees","code":"invalid"}, {"message":"too long"}]}"#;
        assert_eq!(
            answer(422, &[], body).meaning(),
            CallEffect::Refused(TrackerError::Invalid(
                "status 422: Validation Failed (assignees: invalid; too long)".to_owned()
            ))
        );
    }

    #[test]
    fn a_list_has_another_page_if_it_says_so() {
        let next = r#"<https://api.test/x?page=2>; rel="next", <https://api.test/x>; rel="last""#;
        assert!(answer(200, &[("Link", next)], "").has_next());
        let last = r#"<https://api.test/x>; rel="prev""#;
        assert!(!answer(200, &[("Link", last)], "").has_next());
    }
}
