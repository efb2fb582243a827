//! The table of claims is the only place that knows which kinds of claims there are.

use std::fs;
use std::path::{Path, PathBuf};

/// Where a kind of claim may be named: the table, and the collector of each.
const HOMES: &[&str] = &["policy/claim.rs", "policy/claim/", "evidence.rs", "evidence/"];

/// Files that name a kind all the same, and how often: `suppress` has an option of its own for each claim
/// that only a person can make.
const EXCEPTIONS: &[(&str, usize)] = &[("cli/suppress/choice.rs", 4)];

fn sources(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            sources(&path, found);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            found.push(path);
        }
    }
}

/// The lines of code in front of the tests, without comments.
fn code(text: &str) -> impl Iterator<Item = (usize, &str)> {
    let lines = text.lines().enumerate().map(|(number, line)| (number + 1, line));
    lines
        .take_while(|(_, line)| line.trim() != "mod tests {")
        .filter(|(_, line)| !line.trim_start().starts_with("//"))
}

/// The words in the table that mean nothing else.
fn words(table: &str) -> Vec<String> {
    let rows = table.lines().filter_map(|line| line.trim().strip_prefix("word: \""));
    let words = rows.filter_map(|row| row.split('"').next());
    words.filter(|word| word.contains('-')).map(str::to_owned).collect()
}

#[test]
fn no_list_of_claims_is_kept_by_hand() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let table = fs::read_to_string(root.join("policy/claim/table.rs")).unwrap();
    let words = words(&table);
    assert!(words.len() > 3, "the table was not read: {words:?}");
    let mut files = Vec::new();
    sources(&root, &mut files);
    let mut named = Vec::new();
    for path in files {
        let shown = path.strip_prefix(&root).unwrap().to_string_lossy().replace('\\', "/");
        let is_test = shown.contains("tests") || shown.contains("sample");
        if is_test || HOMES.iter().any(|home| shown.starts_with(home)) {
            continue;
        }
        let text = fs::read_to_string(&path).unwrap();
        let lines: Vec<String> = code(&text)
            .filter(|(_, line)| {
                let mut kinds = line.split("ClaimKind::").skip(1);
                kinds.any(|rest| rest.starts_with(char::is_uppercase))
                    || words.iter().any(|word| line.contains(word.as_str()))
            })
            .map(|(number, line)| format!("src/{shown}:{number}: {}", line.trim()))
            .collect();
        let allowed = EXCEPTIONS.iter().find(|(file, _)| *file == shown);
        if lines.len() != allowed.map_or(0, |(_, count)| *count) {
            named.extend(lines);
        }
    }
    assert!(named.is_empty(), "make it a column of the table:\n{}", named.join("\n"));
}
