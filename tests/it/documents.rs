//! What the documents for contributors name is there.

use std::collections::BTreeSet;
use std::fs;

use crate::harness::repository;

const DOCUMENTS: &[&str] = &["CONTRIBUTING.md", "fixtures/README.md"];

/// What a path of this repository begins with.
const BEGINNINGS: &[&str] = &[
    "src/",
    "tests/",
    "fixtures/",
    "docs/",
    "benches/",
    "findings/",
    "examples/",
    ".ci/",
    ".github/",
];

/// What stands between backticks outside of blocks.
fn quoted(text: &str) -> Vec<&str> {
    let outside = text.split("```").step_by(2);
    outside.flat_map(|part| part.split('`').skip(1).step_by(2)).collect()
}

/// Whether something is the name of a file or folder: no placeholder, no pattern, no command.
fn is_path(word: &str) -> bool {
    let is_pattern = word.contains(['<', '*', ' ', '=', '{']);
    let is_file = [".rs", ".md", ".toml"].iter().any(|end| word.ends_with(end));
    !is_pattern && (is_file || BEGINNINGS.iter().any(|beginning| word.starts_with(beginning)))
}

#[test]
fn every_file_that_they_name_is_there() {
    let mut missing = Vec::new();
    for document in DOCUMENTS {
        let text = fs::read_to_string(repository().join(document)).unwrap();
        let folder = repository().join(document).parent().unwrap().to_owned();
        let words: BTreeSet<&str> =
            quoted(&text).into_iter().filter(|word| is_path(word)).collect();
        assert!(words.len() > 5, "the paths of {document} were not found");
        let is_there = |word: &str| repository().join(word).exists() || folder.join(word).exists();
        missing.extend(
            words.iter().filter(|word| !is_there(word)).map(|word| format!("{document}: {word}")),
        );
        let links = text.split("](").skip(1).filter_map(|rest| rest.split_once(')'));
        let links = links.map(|(target, _)| target.split('#').next().unwrap());
        let links = links.filter(|target| !target.contains("://") && !target.is_empty());
        missing.extend(
            links
                .filter(|target| !folder.join(target).exists())
                .map(|target| format!("{document}: {target}")),
        );
    }
    assert!(missing.is_empty(), "not there: {missing:#?}");
}

/// A recipe that names no table leaves a stranger to search.
#[test]
fn every_recipe_names_its_table() {
    let text = fs::read_to_string(repository().join("CONTRIBUTING.md")).unwrap();
    for (recipe, table, file) in [
        ("How to add a lockfile format", "FORMATS", "src/lockfile.rs"),
        ("How to add a lockfile format", "TOOLS", "src/lockfile/tool.rs"),
        ("How to add an advisory source", "FORMATS", "src/advisory/formats.rs"),
        ("How to add an advisory source", "KINDS", "src/policy/database/source.rs"),
        ("How to add a report", "REPORTERS", "src/report.rs"),
        ("How to add a kind of claim", "CLAIMS", "src/policy/claim/table.rs"),
        ("How to add a kind of claim", "COLLECTORS", "src/evidence.rs"),
    ] {
        let (_, section) = text.split_once(&format!("## {recipe}\n")).unwrap();
        let section = section.split("\n## ").next().unwrap();
        let is_named =
            section.contains(&format!("`{table}`")) && section.contains(&format!("`{file}`"));
        assert!(is_named, "{recipe}: `{table}` in `{file}`");
        let source = fs::read_to_string(repository().join(file)).unwrap();
        assert!(source.contains(&format!("const {table}: ")), "{table} is not in {file}");
    }
}
