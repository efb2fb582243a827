//! The network as a capability: what it fetches, what it refuses, and how it mends.

mod downloads;

use std::fs;
use std::io::Write;
use std::path::PathBuf;
use std::process::Command;
use std::sync::Mutex;
use std::time::Duration;

use lockgate::inside::{
    Fetch, Fetched, Http, HttpSettings, NetworkError, Progress, Request, Secret, Validators,
};
use url::Url;

use crate::server::{Fault, Page, Server};
use crate::skip::skip;

const LIMIT: u64 = 1_000_000;
const OLD: &str = "Sun, 01 Nov 2026 12:00:00 GMT";

fn impatient() -> HttpSettings {
    HttpSettings {
        retries: 3,
        first_pause: Duration::from_millis(1),
        longest_pause: Duration::from_millis(2),
        ..HttpSettings::default()
    }
}

fn http() -> Http {
    Http::new(impatient()).unwrap()
}

fn request(url: Url) -> Request {
    Request { url, validators: Validators::default(), max_bytes: LIMIT, authorization: None }
}

fn conditional(url: Url, etag: &str) -> Request {
    Request {
        validators: Validators { etag: Some(etag.to_owned()), last_modified: None },
        ..request(url)
    }
}

fn content<Content>(fetched: Fetched<Content>) -> Content {
    match fetched {
        Fetched::New { content, .. } => content,
        Fetched::NotModified => panic!("nothing new"),
    }
}

fn get(server: &Server, path: &str) -> Result<Vec<u8>, NetworkError> {
    http().get(&request(server.url(path))).map(content)
}

/// Bytes that differ everywhere, so that a piece in the wrong place shows.
fn bytes(length: u32) -> Vec<u8> {
    (0..length).map(|position| (position.wrapping_mul(2_654_435_761) >> 24) as u8).collect()
}

#[derive(Default)]
struct Steps(Mutex<Vec<(u64, Option<u64>)>>);

impl Progress for Steps {
    fn advance(&self, done: u64, total: Option<u64>) {
        self.0.lock().unwrap().push((done, total));
    }
}

/// A folder to download to.
struct Target {
    folder: tempfile::TempDir,
    file: PathBuf,
}

impl Target {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("all.zip");
        Self { folder, file }
    }

    fn download(&self, http: &Http, request: &Request) -> Result<Fetched<()>, NetworkError> {
        http.download(request, &self.file, &Steps::default())
    }

    fn fetch(&self, server: &Server) -> Result<Fetched<()>, NetworkError> {
        self.download(&http(), &request(server.url("/all.zip")))
    }

    fn names(&self) -> Vec<String> {
        let mut names: Vec<String> = fs::read_dir(self.folder.path())
            .unwrap()
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .collect();
        names.sort();
        names
    }

    fn assert_holds(&self, expected: &[u8]) {
        assert!(fs::read(&self.file).unwrap() == expected, "the file is not what the server has");
        assert_eq!(self.names(), ["all.zip"]);
    }
}

#[test]
fn a_document_comes_with_what_asks_for_the_next_version() {
    let server = Server::start();
    server.route("/a", Page::new("one").etag("\"1\"").last_modified(OLD));
    let Fetched::New { content, validators } = http().get(&request(server.url("/a"))).unwrap()
    else {
        panic!("nothing new");
    };
    assert_eq!(content, b"one");
    assert_eq!(validators.etag.as_deref(), Some("\"1\""));
    assert_eq!(validators.last_modified.as_deref(), Some(OLD));
    let again = Request { validators, ..request(server.url("/a")) };
    assert_eq!(http().get(&again).unwrap(), Fetched::NotModified);
    let agent = server.requests()[0].header("user-agent").unwrap().to_owned();
    assert_eq!(agent, format!("lockgate/{}", env!("CARGO_PKG_VERSION")));
}

#[test]
fn not_modified_is_no_answer_to_an_unconditional_request() {
    let server = Server::start();
    server.route("/a", Page::new("one").fault(Fault::Status(304)));
    assert!(matches!(get(&server, "/a"), Err(NetworkError::Status { status: 304, .. })));
}

#[test]
fn what_passes_is_tried_again() {
    for fault in [
        Fault::Status(429),
        Fault::Status(500),
        Fault::Status(502),
        Fault::Status(503),
        Fault::Status(504),
        Fault::RetryAfter(503, "0"),
        Fault::Hangup,
        Fault::CutAfter(3),
        Fault::WrongLength(5),
    ] {
        let server = Server::start();
        server.route("/a", Page::new("the whole").fault(fault.clone()).fault(fault.clone()));
        assert_eq!(get(&server, "/a").unwrap(), b"the whole", "{fault:?}");
        assert_eq!(server.count("/a"), 3, "{fault:?}");
    }
}

#[test]
fn what_stays_is_not_tried_again() {
    for status in [400, 401, 403, 404, 410, 204, 206, 501] {
        let server = Server::start();
        server.route("/a", Page::new("").always(Fault::Status(status)));
        let error = get(&server, "/a").unwrap_err();
        assert_eq!(error, NetworkError::Status { url: server.url("/a").to_string(), status });
        assert_eq!(server.count("/a"), 1);
    }
}

#[test]
fn trying_again_has_an_end() {
    for fault in [Fault::Status(503), Fault::Hangup, Fault::CutAfter(3)] {
        let server = Server::start();
        server.route("/a", Page::new("the whole").always(fault));
        get(&server, "/a").unwrap_err();
        assert_eq!(server.count("/a"), 4);
    }
}

#[test]
fn a_server_that_asks_for_an_hour_is_believed_and_not_waited_for() {
    let server = Server::start();
    server.route("/a", Page::new("").always(Fault::RetryAfter(429, "3600")));
    let error = get(&server, "/a").unwrap_err();
    assert!(matches!(error, NetworkError::TryLater { seconds: 3600, .. }), "{error}");
    assert_eq!(server.count("/a"), 1);
    assert!(error.help().is_some());
}

#[test]
fn a_server_that_says_nothing_is_given_up() {
    let server = Server::start();
    server.route("/a", Page::new("").always(Fault::Silent(Duration::from_secs(2))));
    let settings =
        HttpSettings { read_timeout: Duration::from_millis(30), retries: 1, ..impatient() };
    let error = Http::new(settings).unwrap().get(&request(server.url("/a"))).unwrap_err();
    assert!(error.to_string().ends_with("no answer in time"), "{error}");
    assert_eq!(server.count("/a"), 2);
}

#[test]
fn a_server_that_trickles_is_given_up() {
    let server = Server::start();
    let trickle = Fault::Slow(1, Duration::from_millis(20));
    server.route("/all.zip", Page::new(bytes(10_000)).always(trickle));
    let settings = HttpSettings {
        document_total_timeout: Duration::from_millis(100),
        download_total_timeout: Duration::from_millis(100),
        ..impatient()
    };
    let http = Http::new(settings).unwrap();
    let request = request(server.url("/all.zip"));
    let target = Target::new();
    for error in [http.get(&request).unwrap_err(), target.download(&http, &request).unwrap_err()] {
        assert!(error.to_string().contains("not done within 0.1 seconds"), "{error}");
    }
    assert!(!target.file.exists());
}

#[test]
fn nobody_listens() {
    let server = Server::start();
    let url = server.url("/a?token=hunter2");
    drop(server);
    let error = http().get(&request(url)).unwrap_err();
    assert!(matches!(error, NetworkError::Unreachable { .. }), "{error}");
    assert!(error.help().unwrap().contains("proxy"));
}

#[test]
fn an_answer_has_a_size_limit() {
    let server = Server::start();
    let too_much = bytes(u32::try_from(LIMIT).unwrap() + 1);
    server.route("/announced", Page::new(too_much));
    server.route("/endless", Page::new("").always(Fault::Endless));
    server.route("/bomb", Page::new(bomb()).header("Content-Encoding", "gzip"));
    for path in ["/announced", "/endless", "/bomb"] {
        let error = get(&server, path).unwrap_err();
        assert!(matches!(error, NetworkError::TooLarge { limit: LIMIT, .. }), "{error}");
        assert_eq!(server.count(path), 1);
    }
    for path in ["/announced", "/endless"] {
        let target = Target::new();
        let error = target.download(&http(), &request(server.url(path))).unwrap_err();
        assert!(matches!(error, NetworkError::TooLarge { .. }), "{error}");
        assert!(target.names().is_empty());
    }
}

/// Ten megabytes of nothing in ten kilobytes.
fn bomb() -> Vec<u8> {
    let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    packed.write_all(&vec![0; 10_000_000]).unwrap();
    packed.finish().unwrap()
}

#[test]
fn documents_may_be_compressed_and_downloads_may_not() {
    let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    packed.write_all(b"one").unwrap();
    let packed = packed.finish().unwrap();
    let server = Server::start();
    let page = Page::new(packed.clone()).header("Content-Encoding", "gzip");
    server.route("/all.zip", page);
    assert_eq!(get(&server, "/all.zip").unwrap(), b"one");
    let error = Target::new().fetch(&server).unwrap_err();
    assert!(error.to_string().contains("as gzip"), "{error}");
    let asked: Vec<_> = server
        .requests()
        .iter()
        .map(|request| request.header("accept-encoding").unwrap().to_owned())
        .collect();
    assert_eq!(asked, ["gzip", "identity"]);

    let broken = Page::new(&packed[..packed.len() - 9]).header("Content-Encoding", "gzip");
    server.route("/broken", broken);
    get(&server, "/broken").unwrap_err();
    assert_eq!(server.count("/broken"), 4);
}

#[test]
fn a_web_page_is_no_data() {
    let server = Server::start();
    server.route("/all.zip", Page::new("").always(Fault::Html));
    let target = Target::new();
    for error in [
        get(&server, "/all.zip").unwrap_err(),
        target.fetch(&server).unwrap_err(),
        http().ask(&request(server.url("/all.zip")), &serde_json::json!({})).unwrap_err(),
    ] {
        assert!(error.to_string().contains("a web page, not data"), "{error}");
    }
    assert!(target.names().is_empty());
}

#[test]
fn redirects_are_followed_with_their_conditions_and_without_credentials() {
    let (first, second) = (Server::start(), Server::start());
    second.route("/b", Page::new("two").etag("\"2\""));
    let elsewhere = Fault::Redirect(302, second.url("/b?sig=1").to_string());
    first.route("/a", Page::new("").always(Fault::Redirect(301, "/here".to_owned())));
    first.route("/here", Page::new("").always(elsewhere));
    let request = Request {
        authorization: Some(Secret::new("Bearer hunter2")),
        ..conditional(first.url("/a"), "\"1\"")
    };
    assert_eq!(content(http().get(&request).unwrap()), b"two");
    let sent = |server: &Server| -> Vec<(bool, bool)> {
        let requests = server.requests();
        requests
            .iter()
            .map(|request| {
                let conditional = request.header("if-none-match") == Some("\"1\"");
                (request.header("authorization") == Some("Bearer hunter2"), conditional)
            })
            .collect()
    };
    assert_eq!(sent(&first), [(true, true), (true, true)]);
    assert_eq!(sent(&second), [(false, true)]);
    assert_eq!(second.requests()[0].path, "/b?sig=1");
}

#[test]
fn redirects_have_an_end_and_lead_to_no_insecure_place() {
    let server = Server::start();
    server.route("/loop", Page::new("").always(Fault::Redirect(302, "/loop".to_owned())));
    let error = get(&server, "/loop").unwrap_err();
    assert!(error.to_string().contains("redirects more than 5 times"), "{error}");
    assert_eq!(server.count("/loop"), 6);
    for to in ["http://mirror.test/a", "ftp://127.0.0.1/a", "file:///etc/passwd"] {
        server.route("/away", Page::new("").always(Fault::Redirect(302, to.to_owned())));
        let error = get(&server, "/away").unwrap_err();
        assert!(matches!(error, NetworkError::Insecure { .. }), "{error}");
    }
}

#[test]
fn plain_http_to_another_machine_is_refused_before_anything_is_sent() {
    let request = request("http://mirror.test/a".parse().unwrap());
    let error = http().get(&request).unwrap_err();
    assert!(matches!(error, NetworkError::Insecure { .. }), "{error}");
    let error = Target::new().download(&http(), &request).unwrap_err();
    assert!(matches!(error, NetworkError::Insecure { .. }), "{error}");
}

#[test]
fn a_question_is_asked_again_until_it_is_answered() {
    let server = Server::start();
    let echo = Page::computed(|request| request.body.clone())
        .fault(Fault::Status(503))
        .fault(Fault::CutAfter(3));
    server.route("/query", echo);
    let question = serde_json::json!({"package": "a"});
    let answer = http().ask(&request(server.url("/query")), &question).unwrap();
    assert_eq!(answer, serde_json::to_vec(&question).unwrap());
    for request in server.requests() {
        assert_eq!(request.method, "POST");
        assert_eq!(request.header("content-type"), Some("application/json"));
    }
    assert_eq!(server.count("/query"), 3);
}

#[test]
fn a_question_goes_to_nobody_else_and_never_becomes_a_plain_fetch() {
    let (server, other) = (Server::start(), Server::start());
    other.route("/query", Page::new("{}"));
    server.route("/query", Page::new("{}"));
    let ask = |status, to: String| {
        server.route("/moved", Page::new("").always(Fault::Redirect(status, to)));
        http().ask(&request(server.url("/moved")), &serde_json::json!({"package": "private"}))
    };
    assert!(ask(307, other.url("/query").to_string()).is_err());
    assert!(ask(302, "/query".to_owned()).is_err());
    assert_eq!(other.connections(), 0);
    assert_eq!(server.count("/query"), 0);
    assert_eq!(ask(308, "/query".to_owned()).unwrap(), b"{}");
    assert_eq!(server.requests().last().unwrap().method, "POST");
}

#[test]
fn many_are_fetched_together_and_answered_in_order() {
    let server = Server::start();
    for number in 0..20 {
        let late = Fault::Late(Duration::from_millis(10));
        server.route(&format!("/{number}"), Page::new(format!("{number:02}")).fault(late));
    }
    let requests: Vec<Request> =
        (0..21).map(|number| request(server.url(&format!("/{number}")))).collect();
    let settings = HttpSettings { parallel: 4, ..impatient() };
    let mut answers = Http::new(settings).unwrap().get_all(&requests);
    let missing = answers.pop().unwrap().unwrap_err();
    assert!(matches!(missing, NetworkError::Status { status: 404, .. }), "{missing}");
    for (number, answer) in answers.into_iter().enumerate() {
        assert_eq!(content(answer.unwrap()), format!("{number:02}").as_bytes());
    }
    assert!((2..=4).contains(&server.most_at_once()), "{}", server.most_at_once());
}

#[test]
fn errors_hold_no_secret() {
    let server = Server::start();
    let mut url = server.url("/a?token=hunter2#hunter2");
    url.set_username("user").unwrap();
    url.set_password(Some("hunter2")).unwrap();
    let to = "https://user:hunter2@127.0.0.1:1/b?sig=hunter2".to_owned();
    for fault in [
        Fault::Status(404),
        Fault::Hangup,
        Fault::CutAfter(1),
        Fault::Html,
        Fault::Redirect(302, to),
        Fault::Redirect(302, "http://user:hunter2@mirror.test/?sig=hunter2".to_owned()),
    ] {
        server.route("/a", Page::new("the whole").always(fault));
        for secret in ["Bearer hunter2", "hunter2\n"] {
            let request =
                Request { authorization: Some(Secret::new(secret)), ..request(url.clone()) };
            let http = http();
            let error = http.get(&request).unwrap_err();
            let printed = format!("{error} {error:?} {http:?} {request:?}");
            assert!(!printed.contains("hunter2"), "{printed}");
            assert!(!printed.contains("user"), "{printed}");
        }
    }
}

/// Run by the test below, alone in a process.
#[test]
#[ignore = "counts the sockets of its whole process"]
fn settings_alone_open_no_socket() {
    let sockets = || {
        fs::read_dir("/proc/self/fd")
            .unwrap()
            .filter_map(|entry| fs::read_link(entry.unwrap().path()).ok())
            .filter(|target| target.to_string_lossy().starts_with("socket:"))
            .count()
    };
    let threads = || fs::read_dir("/proc/self/task").unwrap().count();
    let before = (sockets(), threads());
    let settings = HttpSettings::default();
    assert_eq!((sockets(), threads()), before);
    let http = Http::new(settings).unwrap();
    assert_eq!(sockets(), before.0);
    drop(http);
}

#[test]
fn settings_open_no_socket_and_start_no_thread() {
    if !cfg!(target_os = "linux") {
        skip("linux", "settings_open_no_socket_and_start_no_thread", "it reads /proc");
        return;
    }
    let alone = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "network::settings_alone_open_no_socket", "--ignored"])
        .args(["--test-threads", "1"])
        .output()
        .unwrap();
    let output = String::from_utf8_lossy(&alone.stdout);
    assert!(alone.status.success() && output.contains("1 passed"), "{output}");
}

/// Run by the test below, in a process whose certificates cannot be found.
#[test]
#[ignore = "needs an environment of its own"]
fn a_machine_without_certificates() {
    let request = request("https://127.0.0.1:1/a".parse().unwrap());
    let error = http().get(&request).unwrap_err();
    assert!(matches!(error, NetworkError::Setup { .. }), "{error}");
    assert!(error.help().unwrap().contains("SSL_CERT_FILE"));
    let server = Server::start();
    server.route("/a", Page::new("one"));
    assert_eq!(get(&server, "/a").unwrap(), b"one");
}

#[test]
fn without_certificates_only_this_machine_is_reached_and_no_proxy_is_asked() {
    if !cfg!(target_os = "linux") {
        skip("linux", "without_certificates", "other systems have a store of their own");
        return;
    }
    let empty = tempfile::NamedTempFile::new().unwrap();
    let alone = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "network::a_machine_without_certificates", "--ignored"])
        .env("SSL_CERT_FILE", empty.path())
        .env_remove("SSL_CERT_DIR")
        .env("HTTP_PROXY", "http://127.0.0.1:1")
        .env("http_proxy", "http://127.0.0.1:1")
        .output()
        .unwrap();
    let output = String::from_utf8_lossy(&alone.stdout);
    assert!(alone.status.success() && output.contains("1 passed"), "{output}");
}
