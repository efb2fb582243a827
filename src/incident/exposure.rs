//! When, and in which releases, something was exposed, in Markdown.

use std::collections::BTreeSet;

use super::contacts::to_fill_in;
use crate::history::{Exposure, LockfileHistory, Release, Window};
use crate::markdown::{code, few};

/// As many characters of a commit as people read.
const SHORT: usize = 12;

/// The times of every lockfile and environment, in one line.
pub fn in_one_line(histories: &[LockfileHistory], gaps: &[String]) -> String {
    let mut parts: Vec<String> = Vec::new();
    for history in histories {
        let windows = history.windows.iter();
        parts.extend(windows.map(|shown| format!("{} {}", code(&history.lockfile), window(shown))));
        for (environment, windows) in &history.environments {
            let windows = windows.iter();
            parts
                .extend(windows.map(|shown| format!("in {} {}", code(environment), window(shown))));
        }
        if let Some(shipped) = shipped(&history.releases) {
            parts.push(format!("shipped in {shipped}"));
        }
    }
    parts = few(parts);
    if parts.is_empty() {
        parts.push(to_fill_in("since when; the history of the lockfiles does not say"));
    }
    if !gaps.is_empty() {
        let gaps = few(gaps.iter().map(|gap| code(gap)));
        parts.push(format!("not certain: {}", gaps.join(", ")));
    }
    parts.join("; ")
}

/// One time, as a part of a sentence.
pub fn window(window: &Window) -> String {
    let end = match (&window.to, window.until) {
        (Some(to), Some(until)) => format!("until {until} ({})", name(to)),
        _ => "and still is".to_owned(),
    };
    let doubt = if window.is_uncertain {
        ", with states that cannot be read and count as exposed"
    } else {
        ""
    };
    format!("since {} ({}) {end}{doubt}", window.since, name(&window.from))
}

/// The names of the releases that shipped it; `None` if none did.
pub fn shipped(releases: &[Release]) -> Option<String> {
    let names: BTreeSet<&str> = releases.iter().map(|release| release.tag.as_str()).collect();
    let shown = few(names.into_iter().map(code));
    (!shown.is_empty()).then(|| shown.join(", "))
}

/// What one release shipped.
pub fn release(release: &Release) -> String {
    let what = match &release.exposure {
        Exposure::Affected(packages) => {
            packages.iter().map(|package| code(package)).collect::<Vec<_>>().join(", ")
        }
        Exposure::Unknown(reason) => format!("not known: {}", code(reason)),
        Exposure::Clear => "nothing".to_owned(),
    };
    format!("{} ({}): {what}", code(&release.tag), release.time)
}

/// A commit is cut, the name of a release is not.
fn name(name: &str) -> String {
    let is_commit = name.len() >= 40 && name.bytes().all(|byte| byte.is_ascii_hexdigit());
    code(if is_commit { &name[..SHORT] } else { name })
}
