//! Runs a program that must neither hang, nor fill the memory, nor read anything but its input.

use std::io::{self, Read};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::thread;
use std::time::Duration;

use super::BuildProblem;

/// The time limit of a program, in seconds. Resolving the largest workspaces takes a few.
const SECONDS: u64 = 120;

/// The limit of its output, in bytes. The metadata of a thousand packages has ten million.
const MOST_BYTES: u64 = 256 * 1024 * 1024;

/// The output of a program.
#[derive(Debug)]
pub(super) struct ProgramOutput {
    /// Whether it succeeded.
    pub(super) success: bool,
    pub(super) stdout: String,
    pub(super) stderr: String,
}

/// Runs a command to its end.
pub(super) fn run(program: &str, command: &mut Command) -> Result<ProgramOutput, BuildProblem> {
    let unreadable = |reason: &dyn ToString| BuildProblem::Unreadable {
        program: program.to_owned(),
        reason: reason.to_string(),
    };
    command.stdin(Stdio::null());
    command.stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().map_err(|error| unreadable(&error))?;
    let output = read(child.stdout.take());
    let errors = read(child.stderr.take());
    let texts = wait_for(&output).and_then(|output| Ok((output, wait_for(&errors)?)));
    let texts = match texts {
        Ok(texts) => texts,
        Err(stop) => {
            // It may have ended in the meantime.
            let _ = child.kill();
            let _ = child.wait();
            return Err(match stop {
                Stop::TooSlow => {
                    BuildProblem::TooSlow { program: program.to_owned(), seconds: SECONDS }
                }
                Stop::Unreadable(reason) => unreadable(&reason),
            });
        }
    };
    let status = end(&mut child).map_err(|error| unreadable(&error))?;
    Ok(ProgramOutput { success: status.success(), stdout: texts.0, stderr: texts.1 })
}

fn end(child: &mut Child) -> io::Result<ExitStatus> {
    child.wait()
}

/// Why a program is stopped.
enum Stop {
    TooSlow,
    Unreadable(String),
}

/// Reads a stream on a thread of its own, so that neither stream blocks the other.
fn read(stream: Option<impl Read + Send + 'static>) -> Receiver<io::Result<Vec<u8>>> {
    let (sender, receiver) = channel();
    thread::spawn(move || {
        let mut bytes = Vec::new();
        let read =
            stream.map_or(Ok(0), |stream| stream.take(MOST_BYTES + 1).read_to_end(&mut bytes));
        // Nobody receives it if the program was stopped.
        let _ = sender.send(read.map(|_| bytes));
    });
    receiver
}

fn wait_for(stream: &Receiver<io::Result<Vec<u8>>>) -> Result<String, Stop> {
    let bytes = match stream.recv_timeout(Duration::from_secs(SECONDS)) {
        Ok(Ok(bytes)) => bytes,
        Ok(Err(error)) => return Err(Stop::Unreadable(error.to_string())),
        Err(RecvTimeoutError::Timeout | RecvTimeoutError::Disconnected) => {
            return Err(Stop::TooSlow);
        }
    };
    if bytes.len() as u64 > MOST_BYTES {
        return Err(Stop::Unreadable("it is too much".to_owned()));
    }
    String::from_utf8(bytes).map_err(|_| Stop::Unreadable("it is not UTF-8".to_owned()))
}
