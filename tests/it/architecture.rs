//! The layers of `src/lib.rs`: imports run one way.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

/// From the bottom to the top. A module may use its own layer's row only where the row says so, and
/// every row below it.
const LAYERS: &[&[&str]] = &[
    &[
        "package",
        "platform_limits",
        "version",
        "severity",
        "advisory_id",
        "advisory_kind",
        "scope",
        "source",
        "disk",
        "repository_root",
        "text_file",
    ],
    &["problem", "terminal", "network", "markdown"],
    &["diagnostic", "git", "github_event"],
    &["lockfile"],
    &["advisory"],
    &["policy"],
    &["vex"],
    &["database"],
    &["graph"],
    &["matching"],
    &["cargo_build", "npm_use"],
    &["evidence"],
    &["finding"],
    &["upgrade"],
    &["verdict"],
    &["attestation"],
    &["outcome"],
    &["history"],
    &["incident"],
    &["tracking", "hook"],
    &["exit"],
    &["report"],
    &["settings"],
    &["pipeline"],
    &["console"],
    &["cli"],
];

/// Pairs that a higher row may not use although it could: lockfiles, advisories and the policy
/// never see each other.
const STRANGERS: &[(&str, &str)] = &[
    ("advisory", "lockfile"),
    ("policy", "lockfile"),
    ("policy", "advisory"),
    ("policy", "database"),
    ("database", "lockfile"),
    ("graph", "advisory"),
    ("graph", "database"),
];

/// Modules that do nothing but compute: they may not reach for files, clocks or the environment.
const PURE: &[&str] = &[
    "github_event",
    "vex",
    "graph",
    "matching",
    "evidence",
    "finding",
    "upgrade",
    "verdict",
    "outcome",
    "incident",
];

fn sources() -> BTreeMap<PathBuf, String> {
    let mut found = BTreeMap::new();
    let mut pending = vec![Path::new(env!("CARGO_MANIFEST_DIR")).join("src")];
    while let Some(folder) = pending.pop() {
        for entry in fs::read_dir(&folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                pending.push(path);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                let text = fs::read_to_string(&path).unwrap();
                let relative = path.strip_prefix(env!("CARGO_MANIFEST_DIR")).unwrap();
                found.insert(relative.strip_prefix("src").unwrap().to_owned(), text);
            }
        }
    }
    assert!(found.len() > 20, "the sources were not found");
    found
}

fn module_of(path: &Path) -> String {
    let first = path.components().next().unwrap().as_os_str().to_string_lossy().into_owned();
    first.trim_end_matches(".rs").to_owned()
}

/// Every `crate::module` that a text names outside its tests, with the line.
fn imports(text: &str) -> Vec<(usize, String)> {
    let mut found = Vec::new();
    for (number, line) in text.lines().enumerate() {
        if line.trim() == "#[cfg(test)]" {
            break;
        }
        if line.trim_start().starts_with("//") {
            continue;
        }
        for (position, _) in line.match_indices("crate::") {
            let rest = &line[position + "crate::".len()..];
            let end = rest
                .find(|character: char| !character.is_alphanumeric() && character != '_')
                .unwrap_or(rest.len());
            found.push((number + 1, rest[..end].to_owned()));
        }
    }
    found
}

fn layer(module: &str) -> Option<usize> {
    LAYERS.iter().position(|row| row.contains(&module))
}

fn is_test_file(path: &Path) -> bool {
    path.file_name().is_some_and(|name| name == "tests.rs")
        || path.components().any(|part| part.as_os_str() == "tests")
}

#[test]
fn every_module_has_a_layer() {
    for path in sources().keys() {
        let module = module_of(path);
        if module != "lib" && module != "main" {
            assert!(layer(&module).is_some(), "{module} has no layer: add it to LAYERS");
        }
    }
}

#[test]
fn imports_run_one_way() {
    let mut backwards = Vec::new();
    for (path, text) in sources() {
        let module = module_of(&path);
        let Some(own) = layer(&module) else { continue };
        if is_test_file(&path) {
            continue;
        }
        for (line, imported) in imports(&text) {
            let Some(other) = layer(&imported) else {
                continue;
            };
            let stranger = STRANGERS.contains(&(module.as_str(), imported.as_str()));
            if other > own || stranger {
                backwards.push(format!("src/{}:{line}: {module} uses {imported}", path.display()));
            }
        }
    }
    assert!(backwards.is_empty(), "imports run back:\n{}", backwards.join("\n"));
}

#[test]
fn the_core_is_pure() {
    let effects =
        ["std::fs", "std::env", "std::net", "std::process", "std::time::", "Timestamp::now"];
    let mut impure = Vec::new();
    for (path, text) in sources() {
        if !PURE.contains(&module_of(&path).as_str()) {
            continue;
        }
        for (number, line) in text.lines().enumerate() {
            if effects.iter().any(|effect| line.contains(effect)) {
                impure.push(format!("src/{}:{}: {line}", path.display(), number + 1));
            }
        }
    }
    assert!(impure.is_empty(), "the pure core reaches outside:\n{}", impure.join("\n"));
}

#[test]
fn modules_are_files_not_mod_rs_and_short_enough_to_read() {
    for (path, text) in sources() {
        assert!(!path.ends_with("mod.rs"), "{}", path.display());
        let lines = text.lines().count();
        assert!(lines <= 600, "src/{} has {lines} lines", path.display());
    }
}
