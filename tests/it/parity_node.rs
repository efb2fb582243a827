//! Real lockfiles of every package manager of npm's world, with the packages that its own parser finds:
//! exactly those, with what production needs among them.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use lockgate::inside::{self, DependencyGraph, DependencyKind, PackageSource, Scope};
use npmrc_config_rs::registry::DEFAULT_REGISTRY;
use serde_json::Value;
use tempfile::TempDir;

use crate::harness::{Project, shared};

type Packages = BTreeSet<(String, String)>;

/// The names that stand for hosts of the public registry in the stored files.
const PUBLIC_HOSTS: &[&str] = &["npm-registry.invalid", "yarn-registry.invalid"];

/// A case whose answer differs, and why ours is the right one.
type Exception = (&'static str, &'static str);

/// One stored lockfile with its manifests, and what is known about it.
struct Case {
    name: String,
    lockfile: PathBuf,
    answer: Value,
}

/// Every kind of lockfile that is read, with the cases whose answer differs.
const KINDS: &[(&str, &[Exception])] = &[
    ("berry", &[]),
    ("pnpm", PNPM),
    ("zpm", &[]),
    (
        "bun",
        &[("anchore+syft__2026-03-19__fd74d80fbb", "no path of names: Bun refuses it as well")],
    ),
    ("deno", &[]),
    (
        "yarn1",
        &[
            (
                "anchore+syft__2026-07-21__be8e078ef1",
                "who has the archive by the name of the key installs that",
            ),
            (
                "aquasecurity+trivy__2025-11-10__584449388a",
                "the address serves another version than the entry says",
            ),
        ],
    ),
];

/// Files that pnpm never wrote, most of them fixtures of its own tests and of other readers.
const PNPM: &[Exception] = &[
    ("google+osv-scalibr__2026-08-19__39583817dc", "entries without anything in them are refused"),
    ("google+osv-scalibr__2026-08-19__9110913637", "a folder without a name is called by its path"),
    (
        "pnpm+pnpm__2019-03-06__4ea1e8b275",
        "version 3 is refused: it was never the version of this file",
    ),
    (
        "pnpm+pnpm__2026-06-30__5adcac123f",
        "version 3 is refused: it was never the version of this file",
    ),
    ("pnpm+pnpm__2024-12-14__35eeb2657f", "a key of version 9 in version 5.3 is refused"),
];

#[test]
fn every_stored_lockfile_gives_the_packages_that_its_package_manager_finds() {
    for (kind, exceptions) in KINDS {
        check(kind, exceptions);
    }
}

/// By npm's own semver, of the pinned listing. What is known to differ in its packages differs here as well.
#[test]
fn every_stored_lockfile_gives_the_findings_that_npm_would_report() {
    let test = "findings in lockfiles of npm's world";
    let (Some(folder), Some(npm)) =
        (shared("corpus-node", test), shared("advisories/npm.zip", test))
    else {
        return;
    };
    let project = Project::empty();
    project.write("lockgate.toml", "schema = 1\n[database]\nmax-age = \"3650d\"\n");
    let source = format!("npm={}", npm.display());
    let import = ["db", "import", "--osv", &source, "--out", "npm.lockgate"];
    assert!(project.command(&import).env_remove("LOCKGATE_NOW").status().unwrap().success());
    let answers = fs::read_to_string(folder.join("expected.json")).unwrap();
    let answers: BTreeMap<String, BTreeSet<String>> = serde_json::from_str(&answers).unwrap();
    let known: Vec<&str> =
        KINDS.iter().flat_map(|(_, exceptions)| *exceptions).map(|(name, _)| *name).collect();
    let mut wrong = Vec::new();
    for (name, expected) in &answers {
        let case = Case {
            name: name.clone(),
            lockfile: lockfile_in(&folder.join(name)),
            answer: Value::Null,
        };
        let found = findings(&project, &case);
        if found != *expected && !known.iter().any(|known| name.contains(known)) {
            wrong.push(format!("{name}: {expected:?} {found:?}"));
        }
    }
    assert!(answers.len() > 300 && wrong.is_empty(), "{}", wrong.join("\n"));
}

/// `GHSA-… name@version`
fn findings(project: &Project, case: &Case) -> BTreeSet<String> {
    let (folder, _) = written_out(case);
    let place = folder.path().to_str().unwrap();
    let words = ["check", "--db", "npm.lockgate", "--policy", "lockgate.toml", "--report", "json"];
    let run = project.command(&words).arg(place).env_remove("LOCKGATE_NOW").output().unwrap();
    let report: Value = serde_json::from_slice(&run.stdout).unwrap_or_default();
    let findings = report["findings"].as_array().into_iter().flatten();
    findings
        .map(|finding| {
            let word = |value: &Value| value.as_str().unwrap_or_default().to_owned();
            let package = &finding["package"];
            let (name, version) = (word(&package["name"]), word(&package["version"]));
            format!("{} {name}@{version}", word(&finding["id"]))
        })
        .collect()
}

/// Holds the cases of one kind against the known answers.
fn check(kind: &str, exceptions: &[Exception]) {
    let test = format!("parity of {kind}");
    let Some(folder) = shared("corpus-node", &test) else {
        return;
    };
    let wrong: BTreeMap<String, String> = cases(&folder, kind)
        .iter()
        .filter_map(|case| Some((case.name.clone(), difference(case)?)))
        .filter(|(name, _)| !exceptions.iter().any(|(known, _)| name.contains(known)))
        .collect();
    let told: Vec<String> =
        wrong.iter().map(|(name, difference)| format!("{name}: {difference}")).collect();
    assert!(wrong.is_empty(), "{} of them:\n{}", wrong.len(), told.join("\n"));
}

fn cases(folder: &Path, kind: &str) -> Vec<Case> {
    let answers = fs::read_to_string(folder.join("oracle.json")).unwrap();
    let answers: BTreeMap<String, Value> = serde_json::from_str(&answers).unwrap();
    let of_kind = answers.into_iter().filter(|(name, _)| name.starts_with(&format!("{kind}/")));
    of_kind
        .map(|(name, answer)| {
            let lockfile = lockfile_in(&folder.join(&name));
            Case { name, lockfile, answer }
        })
        .collect()
}

fn lockfile_in(folder: &Path) -> PathBuf {
    let files = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let mut locks = files.filter(|path| {
        let name = path.file_name().unwrap().to_str().unwrap();
        name.contains("lock") && !name.starts_with("package.json")
    });
    locks.next().unwrap()
}

/// The case with the public registry's host put back, in a folder of its own.
fn written_out(case: &Case) -> (TempDir, PathBuf) {
    let host = DEFAULT_REGISTRY.split("://").nth(1).unwrap().trim_end_matches('/');
    let copy = tempfile::tempdir().unwrap();
    let from = case.lockfile.parent().unwrap();
    for entry in walk(from) {
        let to = copy.path().join(entry.strip_prefix(from).unwrap());
        fs::create_dir_all(to.parent().unwrap()).unwrap();
        let mut bytes = fs::read(&entry).unwrap();
        if let Ok(text) = std::str::from_utf8(&bytes) {
            let text = PUBLIC_HOSTS.iter().fold(text.to_owned(), |text, it| text.replace(it, host));
            bytes = text.into_bytes();
        }
        fs::write(to, bytes).unwrap();
    }
    let lockfile = copy.path().join(case.lockfile.strip_prefix(from).unwrap());
    (copy, lockfile)
}

fn walk(folder: &Path) -> Vec<PathBuf> {
    let mut files = Vec::new();
    let mut left = vec![folder.to_owned()];
    while let Some(folder) = left.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() { left.push(path) } else { files.push(path) }
        }
    }
    files
}

/// In what our answer differs, if it does.
fn difference(case: &Case) -> Option<String> {
    let (_folder, path) = written_out(case);
    let lockfile = match inside::read_lockfile(&path) {
        Ok(lockfile) if case.answer["packages"].is_null() => {
            return Some(format!("{} packages of a refused file", lockfile.packages.len()));
        }
        Ok(lockfile) => lockfile,
        Err(_) if case.answer["packages"].is_null() => return None,
        Err(error) => return Some(format!("refused: {error}")),
    };
    // An optional peer that development brings Bun installs for production as well; the list leaves it out.
    let counts_peers = path.file_name().is_none_or(|name| name != "bun.lock");
    let is_asked_for = asked_for(&lockfile, counts_peers);
    let graph = DependencyGraph::new(&lockfile);
    let scopes = inside::scopes(&graph);
    let mut found = Packages::new();
    let mut elsewhere = Packages::new();
    let mut production = Packages::new();
    let mut unasked = Packages::new();
    for (index, package) in lockfile.packages.iter().enumerate() {
        let id = (package.id.name.to_string(), package.id.version.to_string());
        if lockfile.roots.contains(&index) {
            continue;
        }
        match package.source {
            PackageSource::PublicRegistry | PackageSource::OtherRegistry(_) => {
                if scopes[index] == Scope::Runtime {
                    production.insert(id.clone());
                    if !is_asked_for[index] {
                        unasked.insert(id.clone());
                    }
                }
                found.insert(id);
            }
            // What is of no registry of npm's is in no list.
            PackageSource::Elsewhere(_) => {}
            _ => {
                elsewhere.insert(id);
            }
        }
    }
    let expected = packages(&case.answer["packages"]);
    let mut differences = sides("", &expected, &found);
    let exotic = packages(&case.answer["exotic"]);
    let unnamed = |packages: &Packages| {
        packages.iter().map(|(name, _)| (name.clone(), String::new())).collect::<Packages>()
    };
    differences.extend(sides("elsewhere ", &unnamed(&exotic), &unnamed(&elsewhere)));
    if !case.answer["prod"].is_null() {
        let disputed = packages(&case.answer["prod_disputed"]);
        let unreached = packages(&case.answer["unreached"]);
        let tools = packages(&case.answer["tools"]);
        // What nobody reaches, and what runs in every installation, counts as needed at run time.
        let left_out = |id: &(String, String)| {
            disputed.contains(id) || unreached.contains(id) || tools.contains(id)
        };
        let expected = packages(&case.answer["prod"]);
        production.retain(|id| expected.contains(id) || !unasked.contains(id));
        let expected = expected.into_iter().filter(|id| !left_out(id)).collect();
        let production = production.into_iter().filter(|id| !left_out(id)).collect();
        differences.extend(sides("production ", &expected, &production));
    }
    (!differences.is_empty()).then(|| differences.join(", "))
}

/// Whether some project is known to need each package at run time. What only an edge of an unknown kind
/// leads to counts as if it were.
fn asked_for(lockfile: &inside::Lockfile, counts_peers: bool) -> Vec<bool> {
    let is_known = |kind| match kind {
        DependencyKind::Unknown | DependencyKind::Development => false,
        DependencyKind::Peer => counts_peers,
        _ => true,
    };
    let mut dependencies = vec![Vec::new(); lockfile.packages.len()];
    for edge in lockfile.edges.iter().filter(|edge| is_known(edge.kind)) {
        dependencies[edge.from].push(edge.to);
    }
    let mut found = vec![false; lockfile.packages.len()];
    let mut left = lockfile.roots.clone();
    while let Some(package) = left.pop() {
        if !std::mem::replace(&mut found[package], true) {
            left.extend(&dependencies[package]);
        }
    }
    found
}

fn sides(what: &str, expected: &Packages, found: &Packages) -> Vec<String> {
    let named = |word: &str, ids: Vec<&(String, String)>| {
        let shown: Vec<String> =
            ids.iter().take(4).map(|(name, version)| format!("{name}@{version}")).collect();
        (!ids.is_empty()).then(|| format!("{what}{word} {}: {}", ids.len(), shown.join(" ")))
    };
    let missing = named("missing", expected.difference(found).collect());
    let extra = named("extra", found.difference(expected).collect());
    missing.into_iter().chain(extra).collect()
}

fn packages(list: &Value) -> Packages {
    let pairs = list.as_array().into_iter().flatten();
    pairs
        .map(|pair| {
            let word = |position: usize| pair[position].as_str().unwrap_or_default().to_owned();
            (word(0), word(1))
        })
        .collect()
}
