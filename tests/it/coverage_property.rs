//! Over random repositories: every package that a manifest asks for is matched, or its project, its
//! lockfile or its submodule is named in a gap or a remark. A few of them in each run of the tests, and as
//! many as `LOCKGATE_PROPERTY_REPOSITORIES` says.

#![cfg(unix)]

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::fs;
use std::path::Path;
use std::process::Command;

use fastrand::Rng;

use crate::git::path;
use crate::harness::{Project, Run};

const QUICK: u64 = 24;

/// Something that a manifest asks for, which nobody else does.
struct Ask {
    manifest: String,
    package: String,
    /// The folder in which the lockfile would be.
    root: String,
    /// The name of the ecosystem in advisories.
    ecosystem: &'static str,
}

/// What becomes of the lockfile of a group of projects.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Lock {
    Whole,
    /// It knows all projects but one.
    Stale,
    None,
    /// It is kept by git, and taken out of the work tree.
    Removed,
    /// `.gitignore` names it, and git does not keep it.
    Ignored,
    /// `.gitignore` names it, and git keeps it.
    Hidden,
    Excluded,
    Empty,
    Broken,
    /// There is one of another package manager instead.
    Foreign,
}

const LOCKS: &[Lock] = &[
    Lock::Whole,
    Lock::Whole,
    Lock::Whole,
    Lock::Stale,
    Lock::None,
    Lock::Removed,
    Lock::Ignored,
    Lock::Hidden,
    Lock::Excluded,
    Lock::Empty,
    Lock::Broken,
    Lock::Foreign,
];

const FOLDERS: &[&str] = &[
    "",
    "apps/one",
    "apps/two",
    "target/kept",
    "deep/target/x",
    "vendor/[id]",
    "libs/sub",
    "libs/other",
];

const SUBMODULE: &str = "libs/sub";

#[derive(Default)]
struct World {
    files: BTreeMap<String, String>,
    asks: Vec<Ask>,
    excluded: Vec<String>,
    ignored: Vec<String>,
    forced: Vec<String>,
    removed: Vec<String>,
    counter: usize,
}

fn at(folder: &str, name: &str) -> String {
    if folder.is_empty() { name.to_owned() } else { format!("{folder}/{name}") }
}

impl World {
    fn of(rng: &mut Rng) -> Self {
        let mut world = Self::default();
        let mut folders: Vec<&str> = FOLDERS.to_vec();
        rng.shuffle(&mut folders);
        for folder in folders.into_iter().take(rng.usize(1..5)) {
            if rng.bool() {
                world.npm(folder, rng);
            }
            if rng.bool() {
                world.cargo(folder, rng);
            }
        }
        // One that is always read, so that something is.
        world
            .files
            .insert("always/Cargo.lock".to_owned(), cargo_lock(&[("always".to_owned(), vec![])]));
        world
    }

    fn requests(
        &mut self,
        manifest: &str,
        root: &str,
        ecosystem: &'static str,
        rng: &mut Rng,
    ) -> Vec<String> {
        let names: Vec<String> = (0..rng.usize(0..3))
            .map(|_| {
                self.counter += 1;
                format!("dep-{}", self.counter)
            })
            .collect();
        self.asks.extend(names.iter().map(|package| Ask {
            manifest: manifest.to_owned(),
            package: package.clone(),
            root: root.to_owned(),
            ecosystem,
        }));
        names
    }

    fn npm(&mut self, folder: &str, rng: &mut Rng) {
        let tables =
            ["dependencies", "devDependencies", "optionalDependencies", "peerDependencies"];
        let table = |names: &[String], rng: &mut Rng| {
            let entries: Vec<String> =
                names.iter().map(|name| format!("\"{name}\": \"1\"")).collect();
            format!("\"{}\": {{{}}}", rng.choice(tables).unwrap(), entries.join(", "))
        };
        let is_negated = rng.bool();
        let mut packages: Vec<String> = Vec::new();
        let mut locked: Vec<String> = Vec::new();
        let root = at(folder, "package.json");
        let own = self.requests(&root, folder, "npm", rng);
        let own_table = table(&own, rng);
        let globs =
            if is_negated { r#"["packages/*", "!packages/m0"]"# } else { r#"["./packages/*/"]"# };
        self.files
            .insert(root, format!("{{\"name\": \"p\", \"workspaces\": {globs}, {own_table}}}"));
        packages.push(format!("\"\": {{\"workspaces\": {globs}, {own_table}}}"));
        locked.extend(own);
        let lock = *rng.choice(LOCKS).unwrap();
        let members = rng.usize(0..4);
        for member in 0..members {
            let place = at(folder, &format!("packages/m{member}"));
            let is_member = !(is_negated && member == 0);
            let home = if is_member { folder } else { &place };
            let manifest = at(&place, "package.json");
            let names = self.requests(&manifest, home, "npm", rng);
            let names_table = table(&names, rng);
            self.files.insert(manifest, format!("{{\"name\": \"m{member}\", {names_table}}}"));
            if is_member && !(lock == Lock::Stale && member + 1 == members) {
                packages.push(format!(
                    "\"packages/m{member}\": {{\"version\": \"1.0.0\", {names_table}}}"
                ));
                packages.push(format!(
                    "\"node_modules/m{member}\": {{\"resolved\": \"packages/m{member}\", \"link\": true}}"
                ));
                locked.extend(names);
            }
        }
        packages.extend(
            locked
                .iter()
                .map(|name| format!("\"node_modules/{name}\": {{\"version\": \"1.0.0\"}}")),
        );
        let text =
            format!("{{\"lockfileVersion\": 3, \"packages\": {{{}}}}}", packages.join(",\n"));
        let name = *rng.choice(["package-lock.json", "npm-shrinkwrap.json"].iter()).unwrap();
        let foreign =
            *rng.choice(["yarn.lock", "pnpm-lock.main.yaml", "vlt-lock.json"].iter()).unwrap();
        self.put(lock, folder, name, foreign, text);
    }

    fn cargo(&mut self, folder: &str, rng: &mut Rng) {
        let tables = [
            "dependencies",
            "dev-dependencies",
            "build-dependencies",
            "target.'cfg(unix)'.dependencies",
        ];
        let manifest_of = |name: &str, names: &[String], more: &str, rng: &mut Rng| {
            let mut text = format!("[package]\nname = \"{name}\"\nversion = \"1.0.0\"\n");
            writeln!(text, "[{}]", rng.choice(tables).unwrap()).unwrap();
            for name in names {
                writeln!(text, "{name} = \"1\"").unwrap();
            }
            text + more
        };
        let lock = *rng.choice(LOCKS).unwrap();
        let root = at(folder, "Cargo.toml");
        let name = format!("root-{}", self.asks.len());
        let own = self.requests(&root, folder, "crates.io", rng);
        let workspace = "[workspace]\nmembers = [\"crates/*\"]\nexclude = [\"crates/c0\"]\n\
                         [target.'cfg(windows)'.dependencies]\ninner = { path = \"inner\" }\n";
        let text = manifest_of(&name, &own, workspace, rng);
        self.files.insert(root, text);
        let mut locked = vec![(name, own)];
        let members = rng.usize(0..4);
        let places = (0..members).map(|member| (format!("crates/c{member}"), member > 0));
        for (position, (place, is_member)) in places.chain([("inner".to_owned(), true)]).enumerate()
        {
            let manifest = at(folder, &format!("{place}/Cargo.toml"));
            let home = if is_member { folder.to_owned() } else { at(folder, &place) };
            let name = if place == "inner" {
                "inner".to_owned()
            } else {
                format!("member-{}-{position}", self.asks.len())
            };
            let names = self.requests(&manifest, &home, "crates.io", rng);
            let text = manifest_of(&name, &names, "", rng);
            self.files.insert(manifest, text);
            if rng.bool() {
                self.files.insert(at(folder, &format!("{place}/src/lib.rs")), String::new());
            }
            if is_member && !(lock == Lock::Stale && position == members) {
                locked.push((name, names));
            }
        }
        if rng.bool() {
            self.files.insert(at(folder, "src/lib.rs"), String::new());
        }
        self.put(lock, folder, "Cargo.lock", "Cargo.lock.msrv", cargo_lock(&locked));
    }

    fn put(&mut self, lock: Lock, folder: &str, name: &str, foreign: &str, text: String) {
        let path = at(folder, name);
        match lock {
            Lock::Whole | Lock::Stale => {}
            Lock::None => return,
            Lock::Removed => self.removed.push(path.clone()),
            Lock::Ignored => self.ignored.push(path.clone()),
            Lock::Hidden => {
                self.ignored.push(path.clone());
                self.forced.push(path.clone());
            }
            Lock::Excluded => self.excluded.push(path.clone()),
            Lock::Empty => {
                self.files.insert(path, String::new());
                return;
            }
            Lock::Broken => {
                self.files.insert(path, "<<<<<<< ours\n".to_owned());
                return;
            }
            Lock::Foreign => {
                self.files.insert(at(folder, foreign), text);
                return;
            }
        }
        self.files.insert(path, text);
    }
}

fn cargo_lock(projects: &[(String, Vec<String>)]) -> String {
    let mut text = "version = 4\n".to_owned();
    for (name, names) in projects {
        let names: Vec<String> = names.iter().map(|name| format!("\"{name}\"")).collect();
        write!(
            text,
            "[[package]]\nname = \"{name}\"\nversion = \"1.0.0\"\ndependencies = [{}]\n",
            names.join(", ")
        )
        .unwrap();
    }
    for name in projects.iter().flat_map(|(_, names)| names) {
        write!(
            text,
            "[[package]]\nname = \"{name}\"\nversion = \"1.0.0\"\n\
             source = \"registry+https://github.com/rust-lang/crates.io-index\"\n"
        )
        .unwrap();
    }
    text
}

fn git(folder: &Path, arguments: &[&str]) {
    let done = Command::new("git")
        .args(["-c", "user.name=Ann", "-c", "user.email=ann@example.test"])
        .args(["-c", "init.templateDir=", "-c", "advice.addEmbeddedRepo=false"])
        .args(arguments)
        .current_dir(folder)
        .output()
        .unwrap();
    assert!(done.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&done.stderr));
}

/// The repository of a world, checked out as chance will have it.
fn build(world: &World, rng: &mut Rng) -> Project {
    let project = Project::empty();
    let root = project.path().join("repo");
    for (path, text) in &world.files {
        project.write(&format!("repo/{path}"), text);
    }
    let ignored: String = world
        .ignored
        .iter()
        .fold(String::new(), |text, path| text + "/" + &path.replace('[', "\\[") + "\n");
    project.write("repo/.gitignore", ignored);
    for ask in &world.asks {
        let Ask { package, ecosystem, .. } = ask;
        let record = format!(
            r#"{{"id": "ACME-{package}-{ecosystem}", "modified": "2026-11-20T00:00:00Z", "affected": [{{
            "package": {{"ecosystem": "{ecosystem}", "name": "{package}"}}, "versions": ["1.0.0"]}}]}}"#
        );
        project.write(&format!("advisories/ACME-{package}-{ecosystem}.json"), record);
    }
    project.write(
        "advisories/ACME-other.json",
        r#"{"id": "ACME-other", "modified": "2026-11-20T00:00:00Z", "affected": [
        {"package": {"ecosystem": "npm", "name": "other"}, "versions": ["1.0.0"]},
        {"package": {"ecosystem": "crates.io", "name": "other"}, "versions": ["1.0.0"]}]}"#,
    );
    let excluded: Vec<String> =
        world.excluded.iter().map(|path| format!("'/{}'", path.replace('[', "\\["))).collect();
    let exclude = if excluded.is_empty() {
        String::new()
    } else {
        format!("[lockfiles]\nexclude = [{}]\n", excluded.join(", "))
    };
    project.write(
        "repo/lockgate.toml",
        format!(
            "schema = 1\n[database]\nmax-age = \"3650d\"\n\
             sources = [{{ kind = \"osv\", path = \"../advisories\" }}]\n{exclude}"
        ),
    );
    let submodule = root.join(SUBMODULE);
    let has_submodule = submodule.is_dir() && rng.bool();
    if has_submodule {
        git(&submodule, &["init", "--quiet"]);
        git(&submodule, &["add", "--force", "--all"]);
        git(&submodule, &["commit", "--quiet", "--message", "x"]);
    }
    git(&root, &["init", "--quiet"]);
    git(&root, &["add", "--all"]);
    let forced = world.forced.iter().filter(|path| !(has_submodule && path.starts_with(SUBMODULE)));
    for path in forced {
        git(&root, &["--literal-pathspecs", "add", "--force", path]);
    }
    git(&root, &["commit", "--quiet", "--message", "x"]);
    if has_submodule && rng.bool() {
        fs::remove_dir_all(&submodule).unwrap();
        fs::create_dir(&submodule).unwrap();
    }
    if rng.usize(0..4) == 0 {
        let kept = *rng.choice(["/apps/", "/always/", "/libs/", "/target/"].iter()).unwrap();
        git(&root, &["sparse-checkout", "set", "--no-cone", kept, "/always/", "/lockgate.toml"]);
    }
    for path in &world.removed {
        // A sparse checkout may have taken it before.
        let _ = fs::remove_file(root.join(path));
    }
    project
}

fn check(project: &Project) -> Run {
    let run = project
        .command(&["check", "--report", "json"])
        .current_dir(project.path().join("repo"))
        .env("PATH", path())
        .output()
        .unwrap();
    Run::from(run)
}

/// What is neither matched nor named.
fn forgotten(world: &World, run: &Run) -> Vec<String> {
    let report = run.json();
    let matched: BTreeSet<&str> = report["findings"]
        .as_array()
        .unwrap()
        .iter()
        .filter_map(|finding| finding["package"]["name"].as_str())
        .collect();
    let said = report["gaps"].as_array().unwrap().iter().map(|gap| &gap["message"]);
    let said = said.chain(report["remarks"].as_array().unwrap());
    let said: Vec<&str> = said.filter_map(|text| text.as_str()).collect();
    let words: BTreeSet<&str> =
        said.iter().flat_map(|text| text.split([' ', ',', ':', ';', '`'])).collect();
    let names = [
        "package.json",
        "package-lock.json",
        "npm-shrinkwrap.json",
        "yarn.lock",
        "pnpm-lock.main.yaml",
        "vlt-lock.json",
        "Cargo.toml",
        "Cargo.lock",
    ];
    let is_named = |ask: &Ask| {
        words.contains(ask.manifest.as_str())
            || names.iter().any(|name| words.contains(at(&ask.root, name).as_str()))
            || (ask.manifest.starts_with(SUBMODULE) && words.contains(SUBMODULE))
    };
    world
        .asks
        .iter()
        .filter(|ask| !matched.contains(ask.package.as_str()) && !is_named(ask))
        .map(|ask| format!("{} of {}", ask.package, ask.manifest))
        .collect()
}

#[test]
fn every_package_that_is_asked_for_is_matched_or_its_project_is_named() {
    #[expect(
        clippy::disallowed_methods,
        reason = "whoever runs the tests says how long they may take"
    )]
    let repositories = std::env::var("LOCKGATE_PROPERTY_REPOSITORIES")
        .ok()
        .and_then(|number| number.parse().ok())
        .unwrap_or(QUICK);
    let (mut passed, mut asked, mut matched) = (0, 0, 0);
    for seed in 0..repositories {
        let mut rng = Rng::with_seed(seed);
        let world = World::of(&mut rng);
        let project = build(&world, &mut rng);
        let run = check(&project);
        let forgotten = forgotten(&world, &run);
        assert!(forgotten.is_empty(), "seed {seed}: {forgotten:?}\n{}{}", run.stdout, run.stderr);
        passed += usize::from(run.code == 0);
        asked += world.asks.len();
        matched += run.json()["findings"].as_array().unwrap().len();
        let path = project.path().join("repo");
        assert!(path.join(".git").is_dir(), "seed {seed}");
    }
    // Neither all nor nothing is found: otherwise nothing was tried.
    assert!(matched > 0 && matched < asked, "{matched} of {asked} packages, {passed} passed");
    println!("{repositories} repositories, {asked} packages, {matched} matched, {passed} passed");
}
