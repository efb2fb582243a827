//! When, and in which releases, something was exposed, in Markdown.

use std::collections::BTreeSet;

use super::contacts::to_fill_in;
use crate::history::{LockfileHistory, Release, Window, listing};
use crate::markdown::{code, few};

/// The exposure in every lockfile and environment, in one line.
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

/// One window, as a part of a sentence.
pub fn window(window: &Window) -> String {
    let doubt = if window.is_uncertain {
        ", with states that cannot be read and count as exposed"
    } else {
        ""
    };
    format!("{}{doubt}", listing::time(window, code))
}

/// The names of the releases that shipped it; `None` if none did.
pub fn shipped(releases: &[Release]) -> Option<String> {
    let names: BTreeSet<&str> = releases.iter().map(|release| release.tag.as_str()).collect();
    let shown = few(names.into_iter().map(code));
    (!shown.is_empty()).then(|| shown.join(", "))
}
