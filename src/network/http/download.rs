//! Large documents, downloaded into a file and continued after an interruption.

use std::path::Path;

use jiff::SignedDuration;
use reqwest::header::{
    ACCEPT_ENCODING, CONTENT_ENCODING, CONTENT_RANGE, DATE, HeaderMap, HeaderValue, IF_RANGE,
    LAST_MODIFIED, RANGE,
};

use super::documents::validators;
use super::exchange::{Exchange, Kind, OutgoingRequest, ResponseHead, conditions};
use super::partial::{PartRecord, Partial};
use super::retry::{Attempts, Failure, http_date};
use crate::network::{Fetched, NetworkError, Progress, Request, Validators};

/// A modification date identifies a version only if it is this much older than the answer
/// (RFC 9110, section 8.8.2.2, with the margin of its predecessor RFC 7232).
const SETTLED: SignedDuration = SignedDuration::from_secs(60);

impl Exchange {
    pub(super) async fn download(
        &self,
        request: &Request,
        target: &Path,
        progress: &dyn Progress,
    ) -> Result<Fetched<()>, NetworkError> {
        let mut partial = Partial::open(target, &request.url)?;
        let mut attempts = Attempts::new(&self.settings);
        let mut furthest = partial.length();
        loop {
            let failure = match self.continue_download(request, &mut partial, progress).await {
                Ok(Fetched::NotModified) => {
                    partial.discard()?;
                    return Ok(Fetched::NotModified);
                }
                Ok(fetched) => {
                    partial.finish()?;
                    return Ok(fetched);
                }
                Err(failure) => failure,
            };
            if partial.length() > furthest {
                furthest = partial.length();
                attempts.start_over();
            }
            if let Err(error) = attempts.pause(failure).await {
                if partial.length() == 0 || is_final_for_the_part(&error) {
                    partial.discard()?;
                }
                return Err(error);
            }
        }
    }

    async fn continue_download(
        &self,
        request: &Request,
        partial: &mut Partial,
        progress: &dyn Progress,
    ) -> Result<Fetched<()>, Failure> {
        let message =
            OutgoingRequest { request, headers: headers(request, partial), kind: Kind::Download };
        let answer = self.send(&message).await?;
        match answer.response.status().as_u16() {
            200 => begin(&answer, request, partial)?,
            206 => continue_at(&answer, partial)?,
            304 if request.validators != Validators::default() => return Ok(Fetched::NotModified),
            416 if partial.continuation().is_some() => {
                partial.forget()?;
                return Err(start_over(&answer, "the server has less than is already here"));
            }
            _ => return Err(answer.refused(&self.settings)),
        }
        receive(answer, request.max_bytes, partial, progress).await?;
        let validators =
            partial.record().map(|record| record.validators.clone()).unwrap_or_default();
        Ok(Fetched::New { content: (), validators })
    }
}

/// An oversized file is useless, and a full disk needs the space.
fn is_final_for_the_part(error: &NetworkError) -> bool {
    matches!(error, NetworkError::TooLarge { .. } | NetworkError::Write { .. })
}

fn headers(request: &Request, partial: &Partial) -> HeaderMap {
    let mut headers = conditions(&request.validators);
    headers.insert(ACCEPT_ENCODING, HeaderValue::from_static("identity"));
    let range = HeaderValue::from_str(&format!("bytes={}-", partial.length()));
    let if_range = partial.continuation().map(HeaderValue::from_str);
    if let (Some(Ok(if_range)), Ok(range)) = (if_range, range) {
        headers.insert(RANGE, range);
        headers.insert(IF_RANGE, if_range);
    }
    headers
}

/// The server sends everything.
fn begin(answer: &ResponseHead, request: &Request, partial: &mut Partial) -> Result<(), Failure> {
    answer.refuse_web_page()?;
    refuse_encoding(answer)?;
    let validators = validators(answer);
    let record = PartRecord::new(
        &request.url,
        strong_validator(&validators, answer.response.headers()),
        answer.response.content_length(),
        validators,
    );
    Ok(partial.restart(record)?)
}

/// The server sends the rest. Check again that it belongs to the same version, because
/// some servers do not know `If-Range`.
fn continue_at(answer: &ResponseHead, partial: &mut Partial) -> Result<(), Failure> {
    refuse_encoding(answer)?;
    let Some(record) = partial.record().filter(|_| partial.length() > 0) else {
        return Err(Failure::Final(
            answer.unexpected("the server sends a part of what was asked for"),
        ));
    };
    let now = validators(answer);
    let same_version = now.etag.is_none() || now.etag == record.validators.etag;
    let range = answer.header(&CONTENT_RANGE);
    let fits = range.as_deref().and_then(content_range).is_some_and(|(start, total)| {
        start == partial.length()
            && (record.total.is_none() || total.is_none() || total == record.total)
    });
    if same_version && fits {
        return Ok(());
    }
    partial.forget()?;
    Err(start_over(answer, "the server continues with something else"))
}

async fn receive(
    mut answer: ResponseHead,
    limit: u64,
    partial: &mut Partial,
    progress: &dyn Progress,
) -> Result<(), Failure> {
    let total = partial.record().and_then(|record| record.total);
    if total.is_some_and(|total| total > limit) {
        return Err(answer.too_large(limit));
    }
    progress.advance(partial.length(), total);
    loop {
        match answer.response.chunk().await {
            Ok(Some(chunk)) => {
                if partial.length() + chunk.len() as u64 > limit {
                    return Err(answer.too_large(limit));
                }
                partial.append(&chunk)?;
                progress.advance(partial.length(), total);
            }
            Ok(None) => break,
            Err(error) => return Err(answer.broken(&error)),
        }
    }
    match total {
        Some(total) if total < partial.length() => {
            partial.forget()?;
            Err(start_over(&answer, "the server sent more than it announced"))
        }
        Some(total) if total > partial.length() => {
            Err(start_over(&answer, "the server sent less than it announced"))
        }
        _ => Ok(()),
    }
}

fn start_over(answer: &ResponseHead, reason: &str) -> Failure {
    Failure::passing(answer.unexpected(reason))
}

fn refuse_encoding(answer: &ResponseHead) -> Result<(), Failure> {
    match answer.header(&CONTENT_ENCODING) {
        Some(encoding) if !encoding.eq_ignore_ascii_case("identity") => Err(Failure::Final(
            answer
                .unexpected(format!("the server sends it as {encoding}, which was not asked for")),
        )),
        _ => Ok(()),
    }
}

/// The validator that makes it safe to continue (RFC 9110, section 13.1.5): a strong `ETag`, or,
/// without any `ETag`, a modification date that is old enough.
fn strong_validator(validators: &Validators, headers: &HeaderMap) -> Option<String> {
    if let Some(etag) = &validators.etag {
        return etag.starts_with('"').then(|| etag.clone());
    }
    let age = http_date(headers, &DATE)?.duration_since(http_date(headers, &LAST_MODIFIED)?);
    validators.last_modified.clone().filter(|_| age >= SETTLED)
}

/// The first byte and the total length of `Content-Range: bytes 5-9/10` (RFC 9110, section 14.4).
fn content_range(text: &str) -> Option<(u64, Option<u64>)> {
    let (range, total) = text.strip_prefix("bytes ")?.split_once('/')?;
    let (start, _) = range.split_once('-')?;
    let total = match total {
        "*" => None,
        total => Some(total.parse().ok()?),
    };
    Some((start.parse().ok()?, total))
}

#[cfg(test)]
mod tests {
    use reqwest::header::{DATE, HeaderMap, HeaderValue, LAST_MODIFIED};

    use super::{content_range, strong_validator};
    use crate::network::Validators;

    #[test]
    fn a_content_range_is_read_strictly() {
        for (text, expected) in [
            ("bytes 5-9/10", Some((5, Some(10)))),
            ("bytes 5-9/*", Some((5, None))),
            ("bytes */10", None),
            ("bytes 5-9", None),
            ("lines 5-9/10", None),
            ("bytes 5-9/ten", None),
            ("", None),
        ] {
            assert_eq!(content_range(text), expected, "{text}");
        }
    }

    #[test]
    fn only_a_validator_that_names_one_version_continues_a_download() {
        let settled = "Sun, 22 Nov 2026 11:58:00 GMT";
        let recent = "Sun, 22 Nov 2026 11:59:30 GMT";
        for (etag, modified, expected) in [
            (Some("\"1\""), Some(recent), Some("\"1\"")),
            (Some("W/\"1\""), None, None),
            (Some("W/\"1\""), Some(settled), None),
            (None, Some(settled), Some(settled)),
            (None, Some(recent), None),
            (None, None, None),
        ] {
            let mut headers = HeaderMap::new();
            headers.insert(DATE, HeaderValue::from_static("Sun, 22 Nov 2026 12:00:00 GMT"));
            if let Some(modified) = modified {
                headers.insert(LAST_MODIFIED, HeaderValue::from_static(modified));
            }
            let validators = Validators {
                etag: etag.map(str::to_owned),
                last_modified: modified.map(str::to_owned),
            };
            let validator = strong_validator(&validators, &headers);
            assert_eq!(validator.as_deref(), expected, "{etag:?} {modified:?}");
        }
    }
}
