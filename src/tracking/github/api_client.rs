//! Sending requests: pauses, limits and retries.

use std::cell::Cell;
use std::time::Duration;

use http_body_util::BodyExt;
use octocrab::Octocrab;
use reqwest::header::USER_AGENT;
use serde::de::DeserializeOwned;
use serde_json::Value;
use tokio::runtime::{Builder, Runtime};

use super::Connection;
use super::response::{CallEffect, Response};
use crate::network::http::{HttpSettings, client_for};
use crate::tracking::tracker::TrackerError;

/// Attempts after the first one.
const RETRIES: u32 = 4;

/// The pause before the first retry; it doubles with every further one.
const FIRST_PAUSE: Duration = Duration::from_millis(500);

/// The longest pause that a server may ask for. A pipeline cannot wait an hour.
const LONGEST_PAUSE: Duration = Duration::from_mins(2);

/// The time limit of one attempt.
const ATTEMPT_TIMEOUT: Duration = Duration::from_mins(1);

/// A request to the server.
#[derive(Clone, Debug)]
pub(super) struct Call {
    method: Method,
    path: String,
    body: Option<Value>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Method {
    Get,
    /// Repeating it has a second effect.
    Post,
    /// Repeating it has no further effect.
    RepeatablePost,
    Patch,
    Delete,
}

impl Call {
    pub(super) fn get(path: String) -> Self {
        Self { method: Method::Get, path, body: None }
    }

    pub(super) fn post(path: String, body: Value) -> Self {
        Self { method: Method::Post, path, body: Some(body) }
    }

    pub(super) fn repeatable_post(path: String, body: Value) -> Self {
        Self { method: Method::RepeatablePost, path, body: Some(body) }
    }

    pub(super) fn patch(path: String, body: Value) -> Self {
        Self { method: Method::Patch, path, body: Some(body) }
    }

    pub(super) fn delete(path: String) -> Self {
        Self { method: Method::Delete, path, body: None }
    }
}

/// The client, its runtime and its time limits.
pub(super) struct ApiClient {
    runtime: Runtime,
    client: Octocrab,
    pause: Duration,
    has_written: Cell<bool>,
}

impl ApiClient {
    pub(super) fn new(connection: &Connection) -> Result<Self, TrackerError> {
        let setup = |cause: &dyn std::fmt::Display| TrackerError::Setup(cause.to_string());
        let settings = HttpSettings::default();
        let http = client_for(&connection.api, &settings).map_err(|error| setup(&error))?;
        let runtime = Builder::new_current_thread()
            .enable_io()
            .enable_time()
            .build()
            .map_err(|error| setup(&error))?;
        // Octocrab spawns a task, which needs the runtime's context.
        let client = {
            let _inside = runtime.enter();
            Octocrab::builder()
                .base_uri(connection.api.as_str())
                .map_err(|error| setup(&error))?
                .personal_token(connection.token.expose())
                .add_header(USER_AGENT, settings.user_agent)
                .build_with_reqwest(http)
                .map_err(|error| setup(&error))?
        };
        Ok(Self { runtime, client, pause: connection.pause, has_written: Cell::new(false) })
    }

    /// Sends a call and reads the answer as JSON.
    pub(super) fn json<Wire: DeserializeOwned>(&self, call: &Call) -> Result<Wire, TrackerError> {
        let answer = self.send(call)?;
        parse(call, &answer)
    }

    /// Sends a call and reads the answer as one page of a list, and whether there is another one.
    pub(super) fn page<Wire: DeserializeOwned>(
        &self,
        call: &Call,
    ) -> Result<(Vec<Wire>, bool), TrackerError> {
        let answer = self.send(call)?;
        Ok((parse(call, &answer)?, answer.has_next()))
    }

    /// Sends a call until it is done, is refused, or its result cannot be known.
    pub(super) fn send(&self, call: &Call) -> Result<Response, TrackerError> {
        self.runtime.block_on(self.send_patiently(call))
    }

    /// Waits until the server's lists show what was written.
    pub(super) fn settle(&self) {
        let pause = self.pause * 2;
        self.runtime.block_on(async { tokio::time::sleep(pause).await });
    }

    async fn send_patiently(&self, call: &Call) -> Result<Response, TrackerError> {
        if call.method != Method::Get && self.has_written.replace(true) {
            tokio::time::sleep(self.pause).await;
        }
        let mut failed = 0;
        loop {
            let (pause, error) = match self.attempt(call).await {
                Attempt::Answered(answer) => match answer.meaning() {
                    CallEffect::Done => return Ok(answer),
                    CallEffect::Refused(error) => return Err(error),
                    CallEffect::NotDone(pause, message) if pause > LONGEST_PAUSE => {
                        let seconds = pause.as_secs();
                        return Err(TrackerError::Limited(format!(
                            "{message}, for {seconds} seconds"
                        )));
                    }
                    CallEffect::NotDone(pause, message) => (pause, TrackerError::Limited(message)),
                    CallEffect::Doubtful(message) if call.method == Method::Post => {
                        return Err(TrackerError::Lost(message));
                    }
                    CallEffect::Doubtful(message) => {
                        (own_pause(failed), TrackerError::Lost(message))
                    }
                },
                Attempt::Broken(cause) if call.method == Method::Post => {
                    return Err(TrackerError::Lost(cause));
                }
                Attempt::NotSent(cause) | Attempt::Broken(cause) => {
                    (own_pause(failed), TrackerError::Lost(cause))
                }
            };
            failed += 1;
            if failed > RETRIES {
                return Err(error);
            }
            tokio::time::sleep(pause).await;
        }
    }

    async fn attempt(&self, call: &Call) -> Attempt {
        match tokio::time::timeout(ATTEMPT_TIMEOUT, self.attempt_forever(call)).await {
            Ok(attempt) => attempt,
            Err(_) => Attempt::Broken("no answer within a minute".to_owned()),
        }
    }

    async fn attempt_forever(&self, call: &Call) -> Attempt {
        let (client, path) = (&self.client, call.path.as_str());
        let sent = match call.method {
            Method::Get => client._get(path).await,
            Method::Post | Method::RepeatablePost => client._post(path, call.body.as_ref()).await,
            Method::Patch => client._patch(path, call.body.as_ref()).await,
            Method::Delete => client._delete(path, None::<&Value>).await,
        };
        let response = match sent {
            Ok(response) => response,
            Err(error) => return Attempt::of(&error),
        };
        let status = response.status().as_u16();
        let headers = response
            .headers()
            .iter()
            .filter_map(|(name, value)| {
                Some((name.as_str().to_owned(), value.to_str().ok()?.to_owned()))
            })
            .collect();
        match response.into_body().collect().await {
            Ok(body) => Attempt::Answered(Response {
                status,
                headers,
                body: String::from_utf8_lossy(&body.to_bytes()).into_owned(),
            }),
            Err(error) => Attempt::of(&error),
        }
    }
}

/// How one attempt ended.
enum Attempt {
    Answered(Response),
    /// There was no connection: the request had no effect.
    NotSent(String),
    /// The connection broke: the result is unknown.
    Broken(String),
}

impl Attempt {
    fn of(error: &octocrab::Error) -> Self {
        match error {
            octocrab::Error::Reqwest { source, .. } if source.is_connect() => {
                Self::NotSent(cause(source))
            }
            octocrab::Error::Reqwest { source, .. } => Self::Broken(cause(source)),
            other => Self::Broken(cause(other)),
        }
    }
}

/// The innermost cause; the outer ones only say that a request failed.
fn cause(error: &dyn std::error::Error) -> String {
    let mut innermost = error;
    while let Some(source) = innermost.source() {
        innermost = source;
    }
    crate::terminal::one_line(&innermost.to_string(), 200)
}

fn own_pause(failed: u32) -> Duration {
    FIRST_PAUSE * 2_u32.saturating_pow(failed)
}

/// Even if the answer cannot be parsed, the call may have had its effect.
fn parse<Wire: DeserializeOwned>(call: &Call, answer: &Response) -> Result<Wire, TrackerError> {
    serde_json::from_str(&answer.body).map_err(|error| match call.method {
        Method::Post => TrackerError::Lost(format!("an answer that is not understood: {error}")),
        _ => TrackerError::Unexpected(error.to_string()),
    })
}
