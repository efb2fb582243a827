//! Real lockfiles with random damage: whatever is done to one, it is read or refused, and what is read stands
//! in the text.
//!
//! `LOCKGATE_MUTATIONS` says how many; two thousand by themselves. A failure names its seed, and
//! `LOCKGATE_MUTATIONS_SEED` begins there.

use std::fs;
use std::panic::{self, AssertUnwindSafe};
use std::path::Path;
use std::sync::Arc;

use fastrand::Rng;
use lockgate::inside::{LockfileFormat, PnpmLock, SourceText, YarnBerry, YarnClassic, YarnZpm};

use crate::harness::shared;

/// How many are tried by themselves.
const MUTATIONS: u64 = 2_000;

/// Larger files are left out, so that many can be tried.
const MOST_BYTES: usize = 24 * 1024;

/// What stands between lines and words.
const INSERTED: &[&str] = &[
    "",
    "\n",
    "\n\n",
    " ",
    "  ",
    "\t",
    "\r\n",
    ":",
    ": ",
    "'",
    "\"",
    "{",
    "}",
    "[",
    "]",
    ",",
    "(",
    ")",
    "@",
    "/",
    "#",
    "---\n",
    "|",
    "null",
    "1.0.0",
    "link:",
    "file:",
    "npm:",
    "? ",
    "- ",
    "&a ",
    "dependencies:",
    "\u{e9}",
    "\u{0}",
];

#[test]
fn damaged_lockfiles_of_pnpm_are_read_or_refused() {
    let Some(folder) = shared("corpus-node/pnpm", "damaged lockfiles of pnpm") else {
        return;
    };
    check(&PnpmLock, &texts(&folder, "pnpm-lock.yaml"));
}

#[test]
fn damaged_lockfiles_of_yarn_are_read_or_refused() {
    let formats: [(&str, &dyn LockfileFormat); 3] =
        [("yarn1", &YarnClassic), ("berry", &YarnBerry), ("zpm", &YarnZpm)];
    for (kind, format) in formats {
        let test = format!("damaged lockfiles of {kind}");
        if let Some(folder) = shared(&format!("corpus-node/{kind}"), &test) {
            check(format, &texts(&folder, "yarn.lock"));
        }
    }
}

fn texts(folder: &Path, name: &str) -> Vec<String> {
    let cases = fs::read_dir(folder).unwrap().map(|case| case.unwrap().path().join(name));
    let mut paths: Vec<_> = cases.filter(|path| path.is_file()).collect();
    paths.sort();
    let texts = paths.iter().filter_map(|path| fs::read_to_string(path).ok());
    texts.filter(|text| text.len() <= MOST_BYTES).collect()
}

fn check(format: &dyn LockfileFormat, texts: &[String]) {
    let first = setting("LOCKGATE_MUTATIONS_SEED").unwrap_or_else(|| fastrand::u64(..));
    let count = setting("LOCKGATE_MUTATIONS").unwrap_or(MUTATIONS);
    for seed in (0..count).map(|more| first.wrapping_add(more)) {
        let mut random = Rng::with_seed(seed);
        let text = mutated(&mut random, texts);
        let tried = panic::catch_unwind(AssertUnwindSafe(|| read_or_refuse(format, &text)));
        assert!(tried.is_ok(), "LOCKGATE_MUTATIONS_SEED={seed}");
    }
}

fn setting(name: &str) -> Option<u64> {
    #[expect(clippy::disallowed_methods, reason = "who runs the tests says how many")]
    let value = std::env::var(name).ok()?;
    value.parse().ok()
}

/// One of the texts after a few changes: something cut out, put in, moved from elsewhere, or the end lost.
fn mutated(random: &mut Rng, texts: &[String]) -> String {
    let mut text = texts[random.usize(..texts.len())].clone();
    for _ in 0..random.usize(1..6) {
        let start = text.floor_char_boundary(random.usize(..=text.len()));
        let end = text.ceil_char_boundary((start + random.usize(..60)).min(text.len()));
        match random.u8(..8) {
            0 => text.truncate(start),
            1 => {
                let part = text[start..end].to_owned();
                let to = text.floor_char_boundary(random.usize(..=text.len()));
                text.insert_str(to, &part);
            }
            2 => {
                let lines: Vec<&str> = text.split_inclusive('\n').collect();
                let kept = random.usize(..=lines.len());
                let gone = random.usize(..20);
                let rest = lines.iter().skip(kept + gone);
                text = lines.iter().take(kept).chain(rest).copied().collect();
            }
            3 => text.insert_str(start, INSERTED[random.usize(..INSERTED.len())]),
            _ => text.replace_range(start..end, INSERTED[random.usize(..INSERTED.len())]),
        }
    }
    text
}

fn read_or_refuse(format: &dyn LockfileFormat, text: &str) {
    match format.parse(&Arc::new(SourceText::new("lockfile", text))) {
        Ok(lockfile) => {
            for package in &lockfile.packages {
                assert!(text.get(package.span.clone()).is_some_and(|shown| !shown.is_empty()));
            }
            for edge in &lockfile.edges {
                assert!(edge.from < lockfile.packages.len() && edge.to < lockfile.packages.len());
            }
        }
        Err(error) => {
            let problem = error.problem();
            assert!(problem.help.is_some(), "{problem}");
            assert!(problem.span.clone().is_none_or(|span| text.get(span).is_some()), "{problem}");
        }
    }
}
