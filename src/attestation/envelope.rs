//! Finds the statement in a file: bare, in a DSSE envelope (DSSE specification,
//! "Envelope"), or in a Sigstore bundle around one (Sigstore bundle format, `dsseEnvelope`).
//!
//! Signatures are ignored: nothing here says who made the statement.

use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE};
use serde_json::Value;

use super::strict::{self, StrictError};

/// The type of the payload of every envelope around an in-toto statement (in-toto attestation
/// framework, "Envelope").
const PAYLOAD_TYPE: &str = "application/vnd.in-toto+json";

/// The wrapping of a statement.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wrapping {
    /// None: the statement is not signed.
    Bare,
    /// An envelope, with signatures that were not checked.
    Envelope,
    /// A bundle, with signatures that were not checked.
    Bundle,
}

/// A statement, extracted from its wrapping.
#[derive(Clone, Debug, PartialEq)]
pub struct OpenedStatement {
    /// The statement. Its shape is not checked yet.
    pub statement: Value,
    /// Its wrapping.
    pub wrapping: Wrapping,
}

/// Why no statement was found.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum OpenError {
    /// It is not a statement at all.
    #[error("{0}")]
    Unreadable(String),
    /// It can be read in more than one way.
    #[error("it can be read in more than one way: {0}")]
    Ambiguous(String),
}

/// Extracts the statement from its wrapping.
///
/// # Errors
///
/// There is none, or it can be read in more than one way.
pub fn open(bytes: &[u8]) -> Result<OpenedStatement, OpenError> {
    let outer = parse(bytes, "the file")?;
    check_spelling(&outer)?;
    if let Some(envelope) = outer.get("dsseEnvelope") {
        // The program that checks the signature may read the other one.
        if outer.get("payload").is_some() {
            let message = "it is a bundle and an envelope at once".to_owned();
            return Err(OpenError::Ambiguous(message));
        }
        check_spelling(envelope)?;
        let statement = payload(envelope)?;
        return Ok(OpenedStatement { statement, wrapping: Wrapping::Bundle });
    }
    if outer.get("payload").is_some() {
        let statement = payload(&outer)?;
        return Ok(OpenedStatement { statement, wrapping: Wrapping::Envelope });
    }
    if !outer.is_object() {
        return Err(OpenError::Unreadable("the file holds no statement".to_owned()));
    }
    Ok(OpenedStatement { statement: outer, wrapping: Wrapping::Bare })
}

/// The keys by which readers recognise the wrapping.
const KEYS: [&str; 4] = ["dsseEnvelope", "payload", "payloadType", "signatures"];

/// A reader that ignores case would find an envelope where others find none.
fn check_spelling(object: &Value) -> Result<(), OpenError> {
    let mut keys = object.as_object().into_iter().flat_map(|object| object.keys());
    let misspelt = keys.find(|key| {
        let meant =
            |known: &&str| strict::fold(known) == strict::fold(key) && *known != key.as_str();
        KEYS.iter().any(meant)
    });
    match misspelt {
        None => Ok(()),
        Some(key) => {
            let key = key.escape_debug();
            Err(OpenError::Ambiguous(format!("`{key}` is a key of an envelope in other letters")))
        }
    }
}

fn payload(envelope: &Value) -> Result<Value, OpenError> {
    let unreadable = |what: &str| OpenError::Unreadable(format!("the envelope {what}"));
    let text = |key: &str| envelope.get(key).and_then(Value::as_str);
    if text("payloadType") != Some(PAYLOAD_TYPE) {
        return Err(unreadable(&format!("does not hold `{PAYLOAD_TYPE}`")));
    }
    let payload = text("payload").ok_or_else(|| unreadable("has no payload"))?;
    // Both alphabets are allowed (DSSE specification, "Envelope").
    let bytes = STANDARD
        .decode(payload)
        .or_else(|_| URL_SAFE.decode(payload))
        .map_err(|error| unreadable(&format!("has a payload that is not Base64: {error}")))?;
    parse(&bytes, "the payload of the envelope")
}

fn parse(bytes: &[u8], what: &str) -> Result<Value, OpenError> {
    strict::parse(bytes).map_err(|error| match error {
        StrictError::Syntax(message) => {
            OpenError::Unreadable(format!("{what} is not one JSON document: {message}"))
        }
        StrictError::Ambiguous(message) => OpenError::Ambiguous(format!("in {what}, {message}")),
    })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    const STATEMENT: &str = r#"{"_type":"x","n":"a?>b"}"#;

    fn envelope(payload: &str) -> Value {
        json!({ "payload": payload, "payloadType": PAYLOAD_TYPE, "signatures": [{ "sig": "AA==" }] })
    }

    #[test]
    fn a_statement_is_found_in_any_wrapping() {
        let inner: Value = serde_json::from_str(STATEMENT).unwrap();
        let bundle = json!({
            "mediaType": "application/vnd.dev.sigstore.bundle.v0.3+json",
            "verificationMaterial": { "tlogEntries": [] },
            "dsseEnvelope": envelope(&STANDARD.encode(STATEMENT)),
        });
        for (outer, wrapping) in [
            (inner.clone(), Wrapping::Bare),
            (envelope(&STANDARD.encode(STATEMENT)), Wrapping::Envelope),
            (envelope(&URL_SAFE.encode(STATEMENT)), Wrapping::Envelope),
            (bundle, Wrapping::Bundle),
        ] {
            let opened = open(outer.to_string().as_bytes()).unwrap();
            assert_eq!(opened, OpenedStatement { statement: inner.clone(), wrapping });
        }
    }

    #[test]
    fn a_file_without_exactly_one_statement_is_refused() {
        let twice = STANDARD.encode(r#"{"a":1,"a":2}"#);
        let other_type = json!({ "payload": "e30=", "payloadType": "text/plain" });
        for (outer, message) in [
            ("[]".to_owned(), "holds no statement"),
            ("{}{}".to_owned(), "not one JSON document"),
            (r#"{"payload":1,"payload":2}"#.to_owned(), "`payload` occurs twice"),
            (r#"{"payload":"e30=","Payload":"e30="}"#.to_owned(), "`Payload` occurs twice"),
            (r#"{"_type":"x","Payload":"e30="}"#.to_owned(), "`Payload` is a key of an envelope"),
            (r#"{"_type":"x","dsseenvelope":{}}"#.to_owned(), "`dsseenvelope` is a key"),
            (
                r#"{"dsseEnvelope":{"payload":"e30=","PayloadType":"x"}}"#.to_owned(),
                "`PayloadType` is a key of an envelope in other letters",
            ),
            (envelope(&twice).to_string(), "`a` occurs twice"),
            (envelope("%").to_string(), "not Base64"),
            (envelope("AAAA").to_string(), "not one JSON document"),
            (other_type.to_string(), "application/vnd.in-toto+json"),
            (json!({ "dsseEnvelope": "x" }).to_string(), "application/vnd.in-toto+json"),
            (
                json!({ "dsseEnvelope": envelope("e30="), "payload": "e30=" }).to_string(),
                "a bundle and an envelope at once",
            ),
        ] {
            let error = open(outer.as_bytes()).unwrap_err().to_string();
            assert!(error.contains(message), "{outer}: {error}");
        }
    }
}
