//! The history for people.

use std::fmt::Write;

use super::{Exposure, LockfileHistory, Release, Window};
use crate::terminal::{one_line, printable};
use crate::words::plural;

/// How many characters of a commit id are shown.
const SHORT: usize = 12;

/// The exposure of each lockfile over time.
pub fn text(advisory: &str, histories: &[LockfileHistory]) -> String {
    let mut text = String::new();
    for history in histories {
        let (lockfile, commits) = (printable(&history.lockfile), history.commits);
        // Writing to a `String` cannot fail.
        let _ = writeln!(text, "{lockfile}: {commits} {}", plural(commits, "commit", "commits"));
        if history.windows.is_empty() {
            let _ = writeln!(text, "  never affected by {} on this branch", printable(advisory));
        }
        for window in &history.windows {
            let _ = writeln!(text, "  {}", describe(window));
        }
        for release in &history.releases {
            let _ =
                writeln!(text, "  shipped in {}", one_line(&shipped(release, str::to_owned), 400));
        }
        for (environment, windows) in &history.environments {
            if windows.is_empty() {
                let _ = writeln!(text, "  never in {}", printable(environment));
            }
            for window in windows {
                let _ = writeln!(text, "  in {}: {}", printable(environment), describe(window));
            }
        }
    }
    text
}

fn describe(window: &Window) -> String {
    let packages: Vec<&str> = window.packages.iter().map(String::as_str).collect();
    let doubt = if window.is_uncertain {
        "; some states of it cannot be read and count as exposed"
    } else {
        ""
    };
    let time = time(window, str::to_owned);
    one_line(&format!("exposed {time}: {}{doubt}", packages.join(", ")), 400)
}

/// A window as a part of a sentence; `write` formats names.
pub fn time(window: &Window, write: impl Fn(&str) -> String) -> String {
    let end = match (&window.to, window.until) {
        (Some(to), Some(until)) => format!("until {until} ({})", write(short(to))),
        _ => "and still is".to_owned(),
    };
    format!("since {} ({}) {end}", window.since, write(short(&window.from)))
}

/// A commit id is cut, the name of a release is not.
fn short(name: &str) -> &str {
    let is_commit = name.len() >= 40 && name.bytes().all(|byte| byte.is_ascii_hexdigit());
    if is_commit { &name[..SHORT] } else { name }
}

/// What one release shipped; `write` formats names and reasons.
pub fn shipped(release: &Release, write: impl Fn(&str) -> String) -> String {
    let what = match &release.exposure {
        Exposure::Affected(packages) => {
            packages.iter().map(|package| write(package)).collect::<Vec<_>>().join(", ")
        }
        Exposure::Unknown(reason) => format!("not known: {}", write(reason)),
        Exposure::Clear => "nothing".to_owned(),
    };
    format!("{} ({}): {what}", write(&release.tag), release.time)
}
