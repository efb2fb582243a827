//! Waiting for a program, with an optional time limit.

use std::io::{self, Read, Write};
use std::process::{Child, Command, ExitStatus, Output};
use std::sync::mpsc::{self, RecvTimeoutError};
use std::thread;
use std::time::Duration;

/// Starts a program, passes it `input`, and returns its output; `None` if it takes longer than
/// `patience`. Then it is killed. Its own child processes end when their pipe breaks, and are
/// not waited for.
pub(super) fn output(
    mut command: Command,
    input: String,
    patience: Option<Duration>,
) -> io::Result<Option<Output>> {
    let mut child = command.spawn()?;
    // Most commands need no input.
    let writer = child.stdin.take().filter(|_| !input.is_empty()).map(|mut stdin| {
        // On a thread of its own: a pipe holds less than a history, so writing first could deadlock.
        thread::spawn(move || stdin.write_all(input.as_bytes()))
    });
    let Some(patience) = patience else {
        let output = child.wait_with_output()?;
        if let Some(writer) = writer {
            // If it stopped reading, its exit code says why.
            let _ = writer.join();
        }
        return Ok(Some(output));
    };
    wait_for(child, patience)
}

fn wait_for(mut child: Child, patience: Duration) -> io::Result<Option<Output>> {
    let (stdout, stderr) = (child.stdout.take(), child.stderr.take());
    let (sender, receiver) = mpsc::channel();
    let from_stdout = sender.clone();
    thread::spawn(move || from_stdout.send((true, all(stdout))));
    thread::spawn(move || sender.send((false, all(stderr))));
    let mut output = [Vec::new(), Vec::new()];
    for _ in 0..2 {
        match receiver.recv_timeout(patience) {
            Ok((is_stdout, bytes)) => output[usize::from(!is_stdout)] = bytes?,
            Err(RecvTimeoutError::Timeout | RecvTimeoutError::Disconnected) => {
                child.kill()?;
                child.wait()?;
                return Ok(None);
            }
        }
    }
    // Its output has ended, so it is about to exit.
    let status: ExitStatus = child.wait()?;
    let [stdout, stderr] = output;
    Ok(Some(Output { status, stdout, stderr }))
}

fn all(pipe: Option<impl Read>) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    if let Some(mut pipe) = pipe {
        pipe.read_to_end(&mut bytes)?;
    }
    Ok(bytes)
}

#[cfg(all(test, unix))]
mod tests {
    use std::process::Stdio;

    use super::*;

    fn shell(script: &str) -> Command {
        let mut command = Command::new("sh");
        command
            .args(["-c", script])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        command
    }

    #[test]
    fn output_in_time_is_complete() {
        for patience in [None, Some(Duration::from_mins(10))] {
            let output = output(shell("cat; echo no >&2; exit 3"), "yes".to_owned(), patience);
            let output = output.unwrap().unwrap();
            assert_eq!(
                (output.status.code(), &*output.stdout, &*output.stderr),
                (Some(3), &b"yes"[..], &b"no\n"[..])
            );
        }
    }

    #[test]
    fn a_program_that_takes_too_long_is_killed() {
        let left = tempfile::NamedTempFile::new().unwrap();
        let leaving = format!("sleep 600 & echo $! > '{}'; wait", left.path().display());
        for script in ["exec sleep 600", "echo x; exec sleep 600", &leaving] {
            let output = output(shell(script), String::new(), Some(Duration::from_millis(50)));
            assert!(output.unwrap().is_none(), "{script}");
        }
        // It is an orphan now, and would keep its inherited pipe open.
        let orphan = std::fs::read_to_string(left.path()).unwrap();
        let _ = Command::new("kill").arg(orphan.trim()).status();
    }
}
