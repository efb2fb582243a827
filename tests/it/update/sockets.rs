//! What opens no socket: every address that a check could ask is one that counts its visitors, and
//! the system calls of the process are looked at where that is possible.

use std::fs;
use std::process::Command;

use super::publisher::Source;
use super::{LATER, Machine, NEXT_DAY};
use crate::harness::NOW;
use crate::server::Server;
use crate::skip::skip;

const BOTH: [Source; 2] = [Source::RustSec, Source::Osv];

/// Sources that are asked at each check, and a gate for which the index is asked.
const ASKED: &str = "
[[database.sources]]
kind = \"npm-registry\"
[[database.sources]]
kind = \"osv-api\"
url = \"{server}\"

[gate]
yanked = \"block\"
";

/// A machine with fresh advisories. Whatever it may ask is the server.
fn machine(server: &Server, policy: &str) -> Machine {
    for source in BOTH {
        source.publish(server, 1);
    }
    let machine = Machine::updated(server, &BOTH);
    let address = server.url("").to_string();
    let address = address.trim_end_matches('/');
    let index = format!(
        "[source.crates-io]\nreplace-with = \"here\"\n[source.here]\nregistry = \"sparse+{address}/index/\"\n"
    );
    let named = machine.project.read("lockgate.toml") + &policy.replace("{server}", address);
    machine.project.write("lockgate.toml", named);
    machine.project.write(".cargo/config.toml", index);
    machine
}

/// The command, with a server in the place of every registry and proxy.
fn surrounded(mut command: Command, server: &Server) -> Command {
    let address = server.url("/").to_string();
    for variable in [
        "npm_config_registry",
        "HTTP_PROXY",
        "HTTPS_PROXY",
        "ALL_PROXY",
        "http_proxy",
        "https_proxy",
        "all_proxy",
    ] {
        command.env(variable, &address);
    }
    command.env_remove("LOCKGATE_OFFLINE");
    command
}

fn check(machine: &Machine, server: &Server, arguments: &[&str], now: &str) -> i32 {
    let command = machine.project.command(&[&["check"], arguments].concat());
    let mut command = surrounded(command, server);
    command.env("LOCKGATE_NOW", now);
    let output = command.output().unwrap();
    output.status.code().unwrap()
}

#[test]
fn offline_nobody_is_asked_whatever_the_policy_wants() {
    let server = Server::start();
    let machine = machine(&server, ASKED);
    let before = server.connections();
    for now in [NOW, LATER, NEXT_DAY] {
        assert_eq!(check(&machine, &server, &["--offline"], now), 3);
    }
    fs::remove_file(machine.snapshot_path().unwrap()).unwrap();
    assert_eq!(check(&machine, &server, &["--offline"], NOW), 3);
    assert_eq!(server.connections(), before);
    // The same without the option reaches the server: it would have been noticed.
    check(&machine, &server, &[], NOW);
    let asked: Vec<String> =
        server.requests().split_off(before).into_iter().map(|request| request.path).collect();
    for path in ["/rustsec.zip", "/-/npm/v1/security/advisories/bulk", "/v1/querybatch"] {
        assert!(asked.iter().any(|asked| asked == path), "{path} is not among {asked:?}");
    }
    assert!(asked.iter().any(|path| path.starts_with("/index/")), "{asked:?}");
}

#[test]
fn with_a_fresh_snapshot_nobody_is_asked() {
    let server = Server::start();
    let machine = machine(&server, "");
    let before = server.connections();
    assert_eq!(check(&machine, &server, &[], LATER), 0);
    assert_eq!(server.connections(), before);
}

/// The system calls of a check, or `None` with a visible remark.
fn traced(
    machine: &Machine,
    server: &Server,
    arguments: &[&str],
    now: &str,
) -> Option<Vec<String>> {
    let trace = machine.project.path().join("trace");
    let original = machine.project.command(&[&["check"], arguments].concat());
    let original = surrounded(original, server);
    let mut command = Command::new("strace");
    command
        .args(["-f", "-e", "trace=%network,clone,clone3,fork,vfork", "-o"])
        .arg(&trace)
        .arg(original.get_program())
        .args(original.get_args())
        .current_dir(machine.project.path())
        .env_clear()
        .env("PATH", "/usr/bin:/bin");
    for (name, value) in original.get_envs() {
        if let Some(value) = value {
            command.env(name, value);
        }
    }
    command.env("LOCKGATE_NOW", now);
    let Ok(output) = command.output() else {
        skip("strace", "the system calls of a check", "there is no `strace`");
        return None;
    };
    let text = fs::read_to_string(trace).unwrap_or_default();
    if !text.contains("+++ exited with") {
        skip("strace", "the system calls of a check", String::from_utf8_lossy(&output.stderr));
        return None;
    }
    let calls = text.lines().filter(|line| !line.contains("+++"));
    Some(calls.map(str::to_owned).collect())
}

#[test]
fn offline_no_socket_is_opened() {
    let server = Server::start();
    let machine = machine(&server, ASKED);
    for now in [NOW, NEXT_DAY] {
        let Some(calls) = traced(&machine, &server, &["--offline"], now) else {
            return;
        };
        assert_eq!(calls, [""; 0], "{now}");
    }
    // The trace would show it.
    let calls = traced(&machine, &server, &[], NOW).unwrap();
    assert!(calls.iter().any(|call| call.contains("connect(")), "{calls:#?}");
}

#[test]
fn with_a_fresh_snapshot_no_socket_is_opened_and_no_thread_is_started() {
    let server = Server::start();
    let machine = machine(&server, "");
    let Some(calls) = traced(&machine, &server, &[], LATER) else {
        return;
    };
    assert_eq!(calls, [""; 0]);
}
