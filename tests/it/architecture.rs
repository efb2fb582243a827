//! The layers of `src/lib.rs`: imports run one way, between folders and inside of them.

mod imports;

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use self::imports::{Import, ModulePath, imports};

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
        "words",
        "parallel",
    ],
    &["problem", "terminal", "network", "markdown"],
    &["diagnostic", "git", "github_event", "cargo_toml", "javascript"],
    &["lockfile"],
    &["installed"],
    &["advisory"],
    &["policy"],
    &["advisory_exports", "vex"],
    &["database"],
    &["graph"],
    &["matching"],
    &["cargo_build", "npm_use"],
    &["imports"],
    &["evidence"],
    &["finding"],
    &["upgrade"],
    &["verdict"],
    &["attestation"],
    &["outcome"],
    &["facts"],
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
    "advisory_exports",
    "github_event",
    "javascript",
    "vex",
    "graph",
    "matching",
    "evidence",
    "finding",
    "upgrade",
    "verdict",
    "outcome",
    "facts",
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

/// The module that a file holds, from the root of the crate; none for the root itself.
fn module_of(path: &Path) -> Option<ModulePath> {
    let parts = path.with_extension("");
    let parts: ModulePath =
        parts.components().map(|part| part.as_os_str().to_string_lossy().into_owned()).collect();
    (parts != ["lib"] && parts != ["main"]).then_some(parts)
}

/// Every module that is not for tests, with what it names.
fn modules() -> BTreeMap<ModulePath, Vec<Import>> {
    let sources = sources().into_iter().filter(|(path, _)| !is_test_file(path));
    let modules = sources.filter_map(|(path, text)| {
        let module = module_of(&path)?;
        let imports = imports(&module, &text);
        Some((module, imports))
    });
    modules.collect()
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
    for module in modules().keys() {
        assert!(layer(&module[0]).is_some(), "{} has no layer: add it to LAYERS", module[0]);
    }
}

#[test]
fn imports_run_one_way() {
    let mut backwards = Vec::new();
    for (module, imports) in modules() {
        let Some(own) = layer(&module[0]) else { continue };
        for Import { line, path } in imports {
            let Some((imported, other)) = path.first().and_then(|it| Some((it, layer(it)?))) else {
                continue;
            };
            let stranger = STRANGERS.contains(&(module[0].as_str(), imported.as_str()));
            if other > own || stranger {
                backwards.push(format!("{}.rs:{line} uses {imported}", module.join("/")));
            }
        }
    }
    assert!(backwards.is_empty(), "imports run back:\n{}", backwards.join("\n"));
}

/// Which children of a module use which others of its children, themselves or by what lies below
/// them. What a child uses of the module itself is not counted: that is what a parent is for.
type Siblings = BTreeMap<String, BTreeSet<String>>;

fn siblings() -> BTreeMap<ModulePath, Siblings> {
    let modules = modules();
    let mut found: BTreeMap<ModulePath, Siblings> = BTreeMap::new();
    for (module, imports) in &modules {
        for Import { path, .. } in imports {
            let common = module.iter().zip(path).take_while(|(own, other)| own == other).count();
            let (Some(own), Some(other)) = (module.get(common), path.get(common)) else { continue };
            if modules.contains_key(&path[..=common]) {
                let of_parent = found.entry(module[..common].to_vec()).or_default();
                of_parent.entry(own.clone()).or_default().insert(other.clone());
            }
        }
    }
    found
}

/// Everything that can be reached from one of them.
fn reached(from: &str, siblings: &Siblings) -> BTreeSet<String> {
    let mut reached = BTreeSet::new();
    let mut pending = vec![from];
    while let Some(module) = pending.pop() {
        for other in siblings.get(module).into_iter().flatten() {
            if reached.insert(other.clone()) {
                pending.push(other);
            }
        }
    }
    reached
}

/// The circles among the children of one module: those of each reach one another.
fn circles(siblings: &Siblings) -> BTreeSet<Vec<&str>> {
    let reach: BTreeMap<&str, BTreeSet<String>> =
        siblings.keys().map(|module| (module.as_str(), reached(module, siblings))).collect();
    let in_circles = reach.iter().filter(|(module, reached)| reached.contains(**module));
    in_circles
        .map(|(module, reached)| {
            let returns = |(_, others): &(&&str, &BTreeSet<String>)| others.contains(*module);
            let circle = reach.iter().filter(|(other, _)| reached.contains(**other));
            circle.filter(returns).map(|(other, _)| *other).collect()
        })
        .collect()
}

#[test]
fn nothing_runs_in_a_circle() {
    let siblings = siblings();
    let found: BTreeSet<(String, Vec<&str>)> = siblings
        .iter()
        .flat_map(|(parent, children)| {
            circles(children).into_iter().map(|circle| (parent.join("/"), circle))
        })
        .collect();
    assert!(found.is_empty(), "modules use each other in a circle: {found:?}");
}

#[test]
fn a_circle_is_found_whoever_is_asked_first() {
    let siblings = |edges: &[(&str, &str)]| {
        let mut siblings = Siblings::new();
        for (from, to) in edges {
            siblings.entry((*from).to_owned()).or_default().insert((*to).to_owned());
        }
        siblings
    };
    let acyclic = siblings(&[("a", "b"), ("a", "c"), ("b", "c")]);
    assert_eq!(circles(&acyclic), BTreeSet::new());
    let two = siblings(&[("a", "b"), ("b", "c"), ("c", "b"), ("d", "a"), ("e", "f"), ("f", "e")]);
    assert_eq!(circles(&two), BTreeSet::from([vec!["b", "c"], vec!["e", "f"]]));
}

#[test]
fn the_core_is_pure() {
    let effects =
        ["std::fs", "std::env", "std::net", "std::process", "std::time::", "Timestamp::now"];
    let mut impure = Vec::new();
    for (path, text) in sources() {
        if !module_of(&path).is_some_and(|module| PURE.contains(&module[0].as_str())) {
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
