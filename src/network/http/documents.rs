//! Small documents and answers to questions, fetched into memory.

use reqwest::header::{ETAG, HeaderMap, LAST_MODIFIED};

use super::exchange::{Exchange, Kind, OutgoingRequest, ResponseHead, conditions};
use super::retry::{Attempts, Failure};
use crate::network::{Fetched, NetworkError, Request, Validators};

impl Exchange {
    pub(super) async fn document(
        &self,
        request: &Request,
    ) -> Result<Fetched<Vec<u8>>, NetworkError> {
        self.persist(&OutgoingRequest {
            request,
            headers: conditions(&request.validators),
            kind: Kind::Document,
        })
        .await
    }

    pub(super) async fn ask(
        &self,
        request: &Request,
        question: &serde_json::Value,
    ) -> Result<Vec<u8>, NetworkError> {
        let message =
            OutgoingRequest { request, headers: HeaderMap::new(), kind: Kind::Question(question) };
        match self.persist(&message).await? {
            Fetched::New { content, .. } => Ok(content),
            Fetched::NotModified => Err(NetworkError::Unexpected {
                url: crate::network::redacted(&request.url),
                reason: "the server answers a question with 304".to_owned(),
            }),
        }
    }

    async fn persist(
        &self,
        message: &OutgoingRequest<'_>,
    ) -> Result<Fetched<Vec<u8>>, NetworkError> {
        let mut attempts = Attempts::new(&self.settings);
        loop {
            match self.attempt(message).await {
                Ok(fetched) => return Ok(fetched),
                Err(failure) => attempts.pause(failure).await?,
            }
        }
    }

    async fn attempt(&self, message: &OutgoingRequest<'_>) -> Result<Fetched<Vec<u8>>, Failure> {
        let answer = self.send(message).await?;
        match answer.response.status().as_u16() {
            200 => {
                answer.refuse_web_page()?;
                let validators = validators(&answer);
                let content = body(answer, message.request.max_bytes).await?;
                Ok(Fetched::New { content, validators })
            }
            304 if !message.headers.is_empty() => Ok(Fetched::NotModified),
            _ => Err(answer.refused(&self.settings)),
        }
    }
}

/// The server's identification of the version that it sends.
pub(super) fn validators(answer: &ResponseHead) -> Validators {
    Validators { etag: answer.header(&ETAG), last_modified: answer.header(&LAST_MODIFIED) }
}

/// Reads the body and limits its decompressed size, not the size that the server announces.
async fn body(mut answer: ResponseHead, limit: u64) -> Result<Vec<u8>, Failure> {
    if answer.response.content_length().is_some_and(|length| length > limit) {
        return Err(answer.too_large(limit));
    }
    let mut content = Vec::new();
    loop {
        let chunk = match answer.response.chunk().await {
            Ok(Some(chunk)) => chunk,
            Ok(None) => return Ok(content),
            Err(error) => return Err(answer.broken(&error)),
        };
        if (content.len() + chunk.len()) as u64 > limit {
            return Err(answer.too_large(limit));
        }
        content.extend_from_slice(&chunk);
    }
}
