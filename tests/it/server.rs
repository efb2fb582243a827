//! A web server on this machine that says what it is told to, and breaks where it is told to.
//!
//! ```text
//! let server = Server::start();
//! server.route("/all.zip", Page::new(bytes).etag("\"1\"").ranges().fault(Fault::CutAfter(100)));
//! … fetch server.url("/all.zip") …
//! assert_eq!(server.count("/all.zip"), 2);
//! ```

use std::collections::{BTreeMap, VecDeque};
use std::fmt::Write as _;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;

use url::Url;

/// What goes wrong with one answer.
#[derive(Clone, Debug)]
pub(crate) enum Fault {
    /// This status and no body.
    Status(u16),
    /// This status with `Retry-After`.
    RetryAfter(u16, &'static str),
    /// The connection ends before anything is said.
    Hangup,
    /// The connection ends after this many bytes of the body.
    CutAfter(usize),
    /// The connection ends after so many tenths of the body.
    CutAtTenth(usize),
    /// So many bytes at a time, with a pause after each.
    Slow(usize, Duration),
    /// The answer is fine, but begins only after so long.
    Late(Duration),
    /// Nothing is said for so long, and then the connection ends.
    Silent(Duration),
    /// The answer stops after this many bytes of the body, and the connection stays open.
    StopsAfter(usize),
    /// `Content-Length` is off by this many bytes.
    WrongLength(isize),
    /// A web page with status 200.
    Html,
    /// A body that never ends.
    Endless,
    /// This status with this `Location`.
    Redirect(u16, String),
    /// The range that was asked for, whatever `If-Range` says, with these bytes as the whole.
    IgnoreIfRange(Vec<u8>, &'static str),
}

type Computed = Arc<dyn Fn(&Recorded) -> Vec<u8> + Send + Sync>;

/// What lies at a path.
#[derive(Clone, Default)]
pub(crate) struct Page {
    body: Vec<u8>,
    computed: Option<Computed>,
    headers: Vec<(String, String)>,
    ranges: bool,
    faults: VecDeque<Fault>,
    always: Option<Fault>,
}

impl Page {
    /// These bytes.
    pub(crate) fn new(body: impl Into<Vec<u8>>) -> Self {
        Self { body: body.into(), ..Self::default() }
    }

    /// An answer that depends on the request.
    pub(crate) fn computed(answer: impl Fn(&Recorded) -> Vec<u8> + Send + Sync + 'static) -> Self {
        Self { computed: Some(Arc::new(answer)), ..Self::default() }
    }

    /// With this `ETag`, quotes included; `If-None-Match` and `If-Range` are understood.
    pub(crate) fn etag(self, etag: &str) -> Self {
        self.header("ETag", etag)
    }

    /// With this `Last-Modified`; `If-Modified-Since` and `If-Range` are understood.
    pub(crate) fn last_modified(self, date: &str) -> Self {
        self.header("Last-Modified", date)
    }

    /// With one more header.
    pub(crate) fn header(mut self, name: &str, value: &str) -> Self {
        self.headers.push((name.to_owned(), value.to_owned()));
        self
    }

    /// Parts of it may be asked for.
    pub(crate) fn ranges(mut self) -> Self {
        self.ranges = true;
        self
    }

    /// The next answer that has no other fault yet goes wrong like this; later ones are fine.
    pub(crate) fn fault(mut self, fault: Fault) -> Self {
        self.faults.push_back(fault);
        self
    }

    /// Every answer goes wrong like this.
    pub(crate) fn always(mut self, fault: Fault) -> Self {
        self.always = Some(fault);
        self
    }

    /// What it holds when nothing goes wrong.
    pub(crate) fn body(&self) -> &[u8] {
        &self.body
    }

    fn header_value(&self, name: &str) -> Option<&str> {
        let (_, value) = self.headers.iter().find(|(key, _)| key == name)?;
        Some(value)
    }
}

/// A request that came in.
#[derive(Clone, Debug)]
pub(crate) struct Recorded {
    pub(crate) method: String,
    /// Path and query.
    pub(crate) path: String,
    /// Names in lower case.
    pub(crate) headers: BTreeMap<String, String>,
    pub(crate) body: Vec<u8>,
}

impl Recorded {
    /// The value of a header, by its name in lower case.
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).map(String::as_str)
    }
}

/// The server. It ends with the test.
pub(crate) struct Server {
    address: SocketAddr,
    state: Arc<State>,
}

#[derive(Default)]
struct State {
    pages: Mutex<BTreeMap<String, Page>>,
    requests: Mutex<Vec<Recorded>>,
    connections: AtomicUsize,
    waiting: AtomicUsize,
    most_at_once: AtomicUsize,
    ended: AtomicBool,
}

impl Server {
    /// Listens on a free port of this machine.
    pub(crate) fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let state = Arc::new(State::default());
        let shared = Arc::clone(&state);
        thread::spawn(move || {
            for stream in listener.incoming() {
                if shared.ended.load(Ordering::SeqCst) {
                    return;
                }
                let state = Arc::clone(&shared);
                state.connections.fetch_add(1, Ordering::SeqCst);
                // A client that hangs up is part of many tests.
                thread::spawn(move || stream.and_then(|stream| converse(&stream, &state)));
            }
        });
        Self { address, state }
    }

    /// The address of a path.
    pub(crate) fn url(&self, path: &str) -> Url {
        format!("http://{}{path}", self.address).parse().unwrap()
    }

    /// Puts something at a path, in place of what was there.
    pub(crate) fn route(&self, path: &str, page: Page) -> &Self {
        self.state.pages.lock().unwrap().insert(path.to_owned(), page);
        self
    }

    /// Every request so far, in the order of their arrival.
    pub(crate) fn requests(&self) -> Vec<Recorded> {
        self.state.requests.lock().unwrap().clone()
    }

    /// How often a path was asked for, whatever the query.
    pub(crate) fn count(&self, path: &str) -> usize {
        let requests = self.requests();
        requests.iter().filter(|request| without_query(&request.path) == path).count()
    }

    /// How many connections were made.
    pub(crate) fn connections(&self) -> usize {
        self.state.connections.load(Ordering::SeqCst)
    }

    /// How many requests waited for a late answer at the same time, at most.
    pub(crate) fn most_at_once(&self) -> usize {
        self.state.most_at_once.load(Ordering::SeqCst)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.state.ended.store(true, Ordering::SeqCst);
        // Wakes the listener, which then sees that it is over.
        let _ = TcpStream::connect(self.address);
    }
}

fn without_query(path: &str) -> &str {
    path.split_once('?').map_or(path, |(path, _)| path)
}

fn converse(stream: &TcpStream, state: &State) -> std::io::Result<()> {
    let mut reader = BufReader::new(stream.try_clone()?);
    while let Some(request) = read_request(&mut reader)? {
        state.requests.lock().unwrap().push(request.clone());
        if !answer(stream, state, &request)? {
            break;
        }
    }
    stream.shutdown(std::net::Shutdown::Both)
}

pub(crate) fn read_request(reader: &mut impl BufRead) -> std::io::Result<Option<Recorded>> {
    let mut line = String::new();
    if reader.read_line(&mut line)? == 0 {
        return Ok(None);
    }
    let mut words = line.split_whitespace();
    let method = words.next().unwrap_or_default().to_owned();
    let path = words.next().unwrap_or_default().to_owned();
    let mut headers = BTreeMap::new();
    loop {
        let mut line = String::new();
        reader.read_line(&mut line)?;
        let Some((name, value)) = line.trim_end().split_once(": ") else {
            break;
        };
        headers.insert(name.to_ascii_lowercase(), value.to_owned());
    }
    let length = headers.get("content-length").and_then(|length| length.parse().ok()).unwrap_or(0);
    let mut body = vec![0; length];
    reader.read_exact(&mut body)?;
    Ok(Some(Recorded { method, path, headers, body }))
}

/// A whole answer, before anything goes wrong with it.
struct Reply {
    status: u16,
    headers: Vec<(String, String)>,
    body: Vec<u8>,
}

impl Reply {
    fn empty(status: u16) -> Self {
        Self { status, headers: Vec::new(), body: Vec::new() }
    }

    fn with(mut self, name: &str, value: &str) -> Self {
        self.headers.push((name.to_owned(), value.to_owned()));
        self
    }

    fn head(&self, length: Option<usize>) -> String {
        let mut head = format!("HTTP/1.1 {} X\r\n", self.status);
        for (name, value) in &self.headers {
            write!(head, "{name}: {value}\r\n").unwrap();
        }
        if let Some(length) = length {
            write!(head, "Content-Length: {length}\r\n").unwrap();
        }
        head.push_str("\r\n");
        head
    }
}

/// Whether the connection may be used again.
fn answer(mut stream: &TcpStream, state: &State, request: &Recorded) -> std::io::Result<bool> {
    let Some((mut page, fault)) = take(state, without_query(&request.path)) else {
        stream.write_all(Reply::empty(404).head(Some(0)).as_bytes())?;
        return Ok(true);
    };
    if let Some(Fault::Late(pause)) = &fault {
        let now = state.waiting.fetch_add(1, Ordering::SeqCst) + 1;
        state.most_at_once.fetch_max(now, Ordering::SeqCst);
        thread::sleep(*pause);
        state.waiting.fetch_sub(1, Ordering::SeqCst);
    }
    if let Some(computed) = &page.computed {
        page.body = computed(request);
    }
    if let Some(Fault::IgnoreIfRange(body, etag)) = &fault {
        let changed = Page::new(body.clone()).etag(etag).ranges();
        send(stream, &whole_or_part(&changed, request, true), None)?;
        return Ok(true);
    }
    let reply = match &fault {
        Some(Fault::Status(status)) => Reply::empty(*status),
        Some(Fault::RetryAfter(status, after)) => Reply::empty(*status).with("Retry-After", after),
        Some(Fault::Redirect(status, to)) => Reply::empty(*status).with("Location", to),
        Some(Fault::Html) => Reply {
            body: b"<!doctype html><title>Please log in</title>".to_vec(),
            ..Reply::empty(200).with("Content-Type", "text/html; charset=utf-8")
        },
        _ => whole_or_part(&page, request, false),
    };
    send(stream, &reply, fault.as_ref())
}

fn take(state: &State, path: &str) -> Option<(Page, Option<Fault>)> {
    let mut pages = state.pages.lock().unwrap();
    let page = pages.get_mut(path)?;
    let fault = page.faults.pop_front().or_else(|| page.always.clone());
    Some((page.clone(), fault))
}

fn whole_or_part(page: &Page, request: &Recorded, ignore_if_range: bool) -> Reply {
    let (etag, modified) = (page.header_value("ETag"), page.header_value("Last-Modified"));
    let unchanged = match request.header("if-none-match") {
        Some(known) => Some(known) == etag,
        None => modified.is_some() && request.header("if-modified-since") == modified,
    };
    let status = if unchanged { 304 } else { 200 };
    let mut reply = Reply::empty(status);
    reply.headers.clone_from(&page.headers);
    if unchanged {
        return reply;
    }
    let same = request
        .header("if-range")
        .is_none_or(|known| Some(known) == etag || Some(known) == modified);
    let range = request.header("range").filter(|_| page.ranges && (same || ignore_if_range));
    let Some(start) = range.and_then(|range| {
        let (start, _) = range.strip_prefix("bytes=")?.split_once('-')?;
        start.parse::<usize>().ok()
    }) else {
        reply.body.clone_from(&page.body);
        return reply;
    };
    let length = page.body.len();
    if start >= length {
        return Reply::empty(416).with("Content-Range", &format!("bytes */{length}"));
    }
    reply.status = 206;
    reply.body = page.body[start..].to_vec();
    reply.with("Content-Range", &format!("bytes {start}-{}/{length}", length - 1))
}

fn send(mut stream: &TcpStream, reply: &Reply, fault: Option<&Fault>) -> std::io::Result<bool> {
    let body = &reply.body;
    let head = reply.head((reply.status != 304).then_some(body.len()));
    let cut = match fault {
        Some(Fault::CutAfter(bytes)) => Some((*bytes).min(body.len())),
        Some(Fault::CutAtTenth(tenths)) => Some(body.len() * tenths / 10),
        _ => None,
    };
    if let Some(cut) = cut {
        stream.write_all(head.as_bytes())?;
        stream.write_all(&body[..cut])?;
        return Ok(false);
    }
    match fault {
        Some(Fault::Hangup) => return Ok(false),
        Some(Fault::Silent(pause)) => {
            thread::sleep(*pause);
            return Ok(false);
        }
        Some(Fault::Slow(bytes, pause)) => {
            stream.write_all(head.as_bytes())?;
            for piece in body.chunks(*bytes) {
                stream.write_all(piece)?;
                thread::sleep(*pause);
            }
            return Ok(true);
        }
        Some(Fault::StopsAfter(bytes)) => {
            stream.write_all(head.as_bytes())?;
            stream.write_all(&body[..*bytes])?;
            // Until the client hangs up.
            stream.read_to_end(&mut Vec::new())?;
            return Ok(false);
        }
        Some(Fault::WrongLength(off)) => {
            let length = body.len().checked_add_signed(*off).unwrap();
            stream.write_all(reply.head(Some(length)).as_bytes())?;
            stream.write_all(body)?;
            return Ok(false);
        }
        Some(Fault::Endless) => {
            stream.write_all(reply.head(None).as_bytes())?;
            loop {
                stream.write_all(&[b'x'; 4096])?;
            }
        }
        _ => {}
    }
    stream.write_all(head.as_bytes())?;
    stream.write_all(body)?;
    Ok(true)
}
