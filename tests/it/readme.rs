//! What the README shows is what lockgate prints.

use std::fs;

use crate::harness::{Project, Run, repository};

const MARKER: &str = "<!-- output of: lockgate check fixtures/demo -->";

#[test]
fn the_picture_of_the_demo_is_real_output() {
    let readme = fs::read_to_string(repository().join("README.md")).unwrap_or_default();
    let shown = block_behind(&readme, MARKER)
        .unwrap_or_else(|| panic!("README.md has no ```text block behind {MARKER}"));
    // As a person would: here, now, and on the files as they lie.
    let run: Run = Project::empty()
        .command(&["check", "fixtures/demo"])
        .current_dir(repository())
        .env_remove("LOCKGATE_NOW")
        .output()
        .unwrap()
        .into();
    run.assert_code(1);
    assert_eq!(comparable(shown), comparable(&run.stdout));
}

/// The content of the first text block behind a marker.
fn block_behind<'text>(text: &'text str, marker: &str) -> Option<&'text str> {
    let (_, behind) = text.split_once(marker)?;
    let (_, block) = behind.split_once("```text\n")?;
    Some(block.split_once("\n```")?.0)
}

/// Lines without what depends on the day: how old the advisories are and when tickets are due.
fn comparable(text: &str) -> Vec<String> {
    text.trim().lines().map(without_dates).collect()
}

fn without_dates(line: &str) -> String {
    let words: Vec<&str> = line.trim_end().split(' ').collect();
    let mut kept: Vec<String> = Vec::new();
    for word in words {
        if word == "old" && kept.len() >= 2 {
            // `4 min old`, `3 days old`
            let age = kept.len() - 2;
            kept.splice(age.., ["[age]".to_owned()]);
        } else if is_date(word.trim_end_matches([',', '·'])) {
            kept.push("[date]".to_owned());
        } else {
            kept.push(word.to_owned());
        }
    }
    kept.join(" ")
}

/// `2026-12-22`
fn is_date(word: &str) -> bool {
    let parts: Vec<usize> = word.split('-').map(str::len).collect();
    parts == [4, 2, 2] && word.bytes().all(|byte| byte.is_ascii_digit() || byte == b'-')
}
