//! A network with prepared answers that records the requests.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Mutex;

use serde_json::Value;

use crate::network::{Fetch, Fetched, NetworkError, Progress, Request, Secret, Validators};

/// The answers, in order: a text, or a status.
type Replies = Vec<Result<Vec<u8>, u16>>;

/// Answers by address. Other addresses answer 404.
#[derive(Default)]
pub(super) struct FakeNetwork {
    pages: BTreeMap<String, Fetched<Vec<u8>>>,
    answers: Mutex<BTreeMap<String, Replies>>,
    asked: Mutex<Vec<SentRequest>>,
}

/// One request that was sent.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct SentRequest {
    pub(super) url: String,
    pub(super) authorization: Option<String>,
    pub(super) validators: Validators,
    pub(super) question: Value,
}

impl FakeNetwork {
    pub(super) fn page(mut self, url: &str, content: &str, etag: Option<&str>) -> Self {
        let page = Fetched::New {
            content: content.into(),
            validators: Validators { etag: etag.map(str::to_owned), last_modified: None },
        };
        self.pages.insert(url.to_owned(), page);
        self
    }

    pub(super) fn unchanged(mut self, url: &str) -> Self {
        self.pages.insert(url.to_owned(), Fetched::NotModified);
        self
    }

    /// Adds the next answer to a question; the last one repeats.
    pub(super) fn answer(self, url: &str, answer: Result<&str, u16>) -> Self {
        let answer = answer.map(|text| text.as_bytes().to_vec());
        let mut answers = self.answers.lock().unwrap();
        answers.entry(url.to_owned()).or_default().push(answer);
        drop(answers);
        self
    }

    pub(super) fn asked(&self) -> Vec<SentRequest> {
        self.asked.lock().unwrap().clone()
    }

    pub(super) fn addresses(&self) -> Vec<String> {
        self.asked().into_iter().map(|asked| asked.url).collect()
    }

    fn note(&self, request: &Request, question: Value) {
        self.asked.lock().unwrap().push(SentRequest {
            url: request.url.to_string(),
            authorization: request
                .authorization
                .as_ref()
                .map(|secret| Secret::expose(secret).to_owned()),
            validators: request.validators.clone(),
            question,
        });
    }
}

fn status(request: &Request, status: u16) -> NetworkError {
    NetworkError::Status { url: request.url.to_string(), status }
}

impl Fetch for FakeNetwork {
    fn get(&self, request: &Request) -> Result<Fetched<Vec<u8>>, NetworkError> {
        self.note(request, Value::Null);
        let page = self.pages.get(request.url.as_str()).cloned();
        page.ok_or_else(|| status(request, 404))
    }

    fn get_all(&self, requests: &[Request]) -> Vec<Result<Fetched<Vec<u8>>, NetworkError>> {
        requests.iter().map(|request| self.get(request)).collect()
    }

    fn download(
        &self,
        _: &Request,
        _: &Path,
        _: &dyn Progress,
    ) -> Result<Fetched<()>, NetworkError> {
        unreachable!("nothing here is large enough to be downloaded")
    }

    fn ask(&self, request: &Request, question: &Value) -> Result<Vec<u8>, NetworkError> {
        self.note(request, question.clone());
        let mut answers = self.answers.lock().unwrap();
        let answers = answers.get_mut(request.url.as_str()).ok_or_else(|| status(request, 404))?;
        let answer = if answers.len() > 1 { answers.remove(0) } else { answers[0].clone() };
        answer.map_err(|code| status(request, code))
    }
}
