//! What stands between lockgate and the emulator: it refuses what GitHub would refuse, and breaks
//! what it is told to break.

use std::collections::VecDeque;
use std::fmt::Write as _;
use std::io::{BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::thread;

use serde_json::{Value, json};

use super::schema::Schema;
use crate::server::{Recorded, read_request};

/// The path of the API, as on an Enterprise Server.
const BASE: &str = "/api/v3";

/// What goes wrong with one request.
#[derive(Clone, Debug)]
pub(crate) enum Fault {
    /// It is answered with this status, headers and message, and does not reach the emulator.
    Refuse(u16, &'static [(&'static str, &'static str)], &'static str),
    /// It reaches the emulator, and is answered with this status.
    FailAfterwards(u16),
    /// It reaches the emulator, and the connection ends without an answer.
    LoseAnswer,
    /// The connection ends, and it does not reach the emulator.
    Hangup,
    /// The list is as it was at the beginning: nothing in it.
    EmptyList,
    /// The labels are taken out of it before it reaches the emulator.
    DropLabels,
    /// A pull request is put in front of the list.
    AddPullRequest,
}

/// One fault that waits for its request.
struct Waiting {
    method: &'static str,
    end_of_path: &'static str,
    fault: Fault,
}

#[derive(Default)]
struct State {
    waiting: Mutex<VecDeque<Waiting>>,
    requests: Mutex<Vec<Recorded>>,
    violations: Mutex<Vec<String>>,
    ended: AtomicBool,
}

/// The proxy. It ends with the test.
pub(crate) struct Proxy {
    address: String,
    state: Arc<State>,
}

/// An answer of the emulator, or one made up.
pub(crate) struct Reply {
    pub(crate) status: u16,
    headers: Vec<(String, String)>,
    pub(crate) body: Vec<u8>,
}

impl Proxy {
    pub(crate) fn start(emulator: &str) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap().to_string();
        let state = Arc::new(State::default());
        let (shared, emulator) = (Arc::clone(&state), emulator.to_owned());
        thread::spawn(move || {
            let schema = Arc::new(Schema::load());
            for stream in listener.incoming() {
                if shared.ended.load(Ordering::SeqCst) {
                    return;
                }
                let state = Arc::clone(&shared);
                let (schema, emulator) = (Arc::clone(&schema), emulator.clone());
                thread::spawn(move || {
                    stream.and_then(|stream| converse(&stream, &state, &schema, &emulator))
                });
            }
        });
        Self { address, state }
    }

    /// The address of the API.
    pub(crate) fn api(&self) -> String {
        format!("http://{}{BASE}", self.address)
    }

    /// The next request with this method and end of the path goes wrong.
    pub(crate) fn fault(
        &self,
        method: &'static str,
        end_of_path: &'static str,
        fault: Fault,
    ) -> &Self {
        let waiting = Waiting { method, end_of_path, fault };
        self.state.waiting.lock().unwrap().push_back(waiting);
        self
    }

    /// How many requests with this method there were.
    pub(crate) fn count(&self, method: &str, end_of_path: &str) -> usize {
        let requests = self.state.requests.lock().unwrap();
        requests.iter().filter(|request| fits(request, method, end_of_path)).count()
    }

    /// How many requests wrote something.
    pub(crate) fn writes(&self) -> usize {
        let requests = self.state.requests.lock().unwrap();
        requests.iter().filter(|request| request.method != "GET").count()
    }

    /// The requests from here on.
    pub(crate) fn forget(&self) {
        self.state.requests.lock().unwrap().clear();
    }

    /// Everything that was sent, for a look at what must not be in it.
    pub(crate) fn sent(&self) -> String {
        let requests = self.state.requests.lock().unwrap();
        requests.iter().map(|request| String::from_utf8_lossy(&request.body).into_owned()).collect()
    }

    /// Faults that no request has met.
    pub(crate) fn left_over(&self) -> usize {
        self.state.waiting.lock().unwrap().len()
    }

    /// Every request was one that GitHub accepts.
    pub(crate) fn assert_valid(&self) {
        let violations = self.state.violations.lock().unwrap();
        assert!(violations.is_empty(), "{violations:#?}");
    }
}

impl Drop for Proxy {
    fn drop(&mut self) {
        self.state.ended.store(true, Ordering::SeqCst);
        let _ = TcpStream::connect(&self.address);
    }
}

fn fits(request: &Recorded, method: &str, end_of_path: &str) -> bool {
    let path = request.path.split('?').next().unwrap();
    request.method == method && path.ends_with(end_of_path)
}

fn converse(
    mut stream: &TcpStream,
    state: &State,
    schema: &Schema,
    emulator: &str,
) -> std::io::Result<()> {
    let mut reader = BufReader::new(stream.try_clone()?);
    while let Some(request) = read_request(&mut reader)? {
        state.requests.lock().unwrap().push(request.clone());
        let Some(reply) = answer(&request, state, schema, emulator)? else {
            break;
        };
        stream.write_all(&reply.bytes())?;
    }
    stream.shutdown(std::net::Shutdown::Both)
}

fn answer(
    request: &Recorded,
    state: &State,
    schema: &Schema,
    emulator: &str,
) -> std::io::Result<Option<Reply>> {
    let path = request.path.strip_prefix(BASE).unwrap_or(&request.path).to_owned();
    if let Err(violation) = schema.check(request, &path) {
        let violation = format!("{} {path}: {violation}", request.method);
        state.violations.lock().unwrap().push(violation.clone());
        return Ok(Some(Reply::refusal(422, &[], &violation)));
    }
    if !request.header("authorization").is_some_and(|header| header.contains("token-of-")) {
        return Ok(Some(Reply::refusal(401, &[], "Bad credentials")));
    }
    let mut request = Recorded { path, ..request.clone() };
    let fault = take_fault(state, &request);
    match &fault {
        Some(Fault::Refuse(status, headers, message)) => {
            return Ok(Some(Reply::refusal(*status, headers, message)));
        }
        Some(Fault::Hangup) => return Ok(None),
        Some(Fault::DropLabels) => drop_labels(&mut request),
        _ => {}
    }
    let mut reply = forward(&request, emulator)?;
    match fault {
        Some(Fault::LoseAnswer) => return Ok(None),
        Some(Fault::FailAfterwards(status)) => {
            reply = Reply::refusal(status, &[], "Something went wrong");
        }
        Some(Fault::EmptyList) => reply.body = b"[]".to_vec(),
        Some(Fault::AddPullRequest) => add_pull_request(&mut reply),
        _ => {}
    }
    Ok(Some(reply))
}

fn take_fault(state: &State, request: &Recorded) -> Option<Fault> {
    let mut waiting = state.waiting.lock().unwrap();
    let position =
        waiting.iter().position(|waiting| fits(request, waiting.method, waiting.end_of_path))?;
    waiting.remove(position).map(|waiting| waiting.fault)
}

fn drop_labels(request: &mut Recorded) {
    let mut body: Value = serde_json::from_slice(&request.body).unwrap();
    body["labels"] = json!([]);
    request.body = serde_json::to_vec(&body).unwrap();
}

fn add_pull_request(reply: &mut Reply) {
    let mut list: Vec<Value> = serde_json::from_slice(&reply.body).unwrap();
    let mut request = list.first().cloned().unwrap_or(Value::Null);
    request["number"] = json!(1);
    request["pull_request"] = json!({ "url": "http://127.0.0.1/" });
    list.insert(0, request);
    reply.body = serde_json::to_vec(&list).unwrap();
}

/// Sends a request on, and reads the whole answer.
pub(crate) fn forward(request: &Recorded, emulator: &str) -> std::io::Result<Reply> {
    let mut stream = TcpStream::connect(emulator)?;
    let mut head = format!(
        "{} {} HTTP/1.1\r\nHost: {emulator}\r\nConnection: close\r\nContent-Length: {}\r\n",
        request.method,
        request.path,
        request.body.len()
    );
    for name in ["authorization", "content-type", "accept"] {
        if let Some(value) = request.header(name) {
            write!(head, "{name}: {value}\r\n").unwrap();
        }
    }
    stream.write_all(format!("{head}\r\n").as_bytes())?;
    stream.write_all(&request.body)?;
    let mut bytes = Vec::new();
    stream.read_to_end(&mut bytes)?;
    Ok(Reply::parse(&bytes))
}

impl Reply {
    fn refusal(status: u16, headers: &[(&str, &str)], message: &str) -> Self {
        Self {
            status,
            headers: headers
                .iter()
                .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
                .collect(),
            body: json!({ "message": message }).to_string().into_bytes(),
        }
    }

    fn parse(bytes: &[u8]) -> Self {
        let end = bytes.windows(4).position(|window| window == b"\r\n\r\n").unwrap();
        let head = String::from_utf8_lossy(&bytes[..end]).into_owned();
        let status = head.split(' ').nth(1).unwrap().parse().unwrap();
        let headers: Vec<(String, String)> = head
            .lines()
            .skip(1)
            .filter_map(|line| line.split_once(": "))
            .map(|(name, value)| (name.to_ascii_lowercase(), value.to_owned()))
            .collect();
        let is_chunked =
            headers.iter().any(|(name, value)| name == "transfer-encoding" && value == "chunked");
        let body = &bytes[end + 4..];
        let body = if is_chunked { unchunked(body) } else { body.to_vec() };
        let kept = headers
            .into_iter()
            .filter(|(name, _)| ["link", "date", "content-type"].contains(&name.as_str()));
        Self { status, headers: kept.collect(), body }
    }

    fn bytes(&self) -> Vec<u8> {
        let mut head = format!("HTTP/1.1 {} X\r\n", self.status);
        for (name, value) in &self.headers {
            write!(head, "{name}: {value}\r\n").unwrap();
        }
        if self.status != 204 {
            write!(head, "Content-Length: {}\r\n", self.body.len()).unwrap();
        }
        [format!("{head}\r\n").as_bytes(), &self.body].concat()
    }
}

/// RFC 9112, section 7.1.
fn unchunked(mut rest: &[u8]) -> Vec<u8> {
    let mut body = Vec::new();
    loop {
        let end = rest.windows(2).position(|window| window == b"\r\n").unwrap();
        let size = std::str::from_utf8(&rest[..end]).unwrap();
        let size = usize::from_str_radix(size.split(';').next().unwrap().trim(), 16).unwrap();
        if size == 0 {
            return body;
        }
        body.extend_from_slice(&rest[end + 2..end + 2 + size]);
        rest = &rest[end + 2 + size + 2..];
    }
}
