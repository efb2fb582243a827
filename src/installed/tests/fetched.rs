//! What is fetched where nothing is installed.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::fs;
use std::sync::Arc;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use flate2::Compression;
use flate2::write::GzEncoder;
use serde_json::{Value, json};
use sha1::Sha1;
use sha2::{Digest, Sha512};

use super::Tree;
use crate::installed::{
    Archives, Fetching, Installed, NotInstalled, NotInstalledReason, WantedArchive,
};
use crate::lockfile::npm::NpmLock;
use crate::lockfile::{Lockfile, LockfileFormat};
use crate::problem::SourceText;

/// A registry in memory.
#[derive(Debug, Default)]
struct Registry {
    served: BTreeMap<String, Vec<u8>>,
    asked: RefCell<Vec<String>>,
}

impl Archives for Registry {
    fn fetch(&self, wanted: &[WantedArchive]) -> Vec<Result<Vec<u8>, String>> {
        let answers = wanted.iter().map(|archive| {
            let name = archive.package.to_string();
            self.asked.borrow_mut().push(archive.address.clone().unwrap_or_else(|| name.clone()));
            self.served.get(&name).cloned().ok_or_else(|| "nobody serves it".to_owned())
        });
        answers.collect()
    }
}

fn tarball(files: &[(&str, &str)]) -> Vec<u8> {
    let mut tar = tar::Builder::new(GzEncoder::new(Vec::new(), Compression::fast()));
    for (name, text) in files {
        let mut header = tar::Header::new_gnu();
        header.set_size(text.len() as u64);
        header.set_mode(0o644);
        tar.append_data(&mut header, name, text.as_bytes()).unwrap();
    }
    tar.into_inner().unwrap().finish().unwrap()
}

/// A project with a lockfile of npm, and what a registry serves for it.
struct Project {
    tree: Tree,
    registry: Registry,
    entries: serde_json::Map<String, Value>,
}

impl Project {
    fn new(dependencies: &Value) -> Self {
        let tree = Tree::new(&[]);
        let root = json!({ "name": "app", "version": "1.0.0", "dependencies": dependencies });
        tree.write("package.json", &root.to_string());
        let entries = [(String::new(), root)].into_iter().collect();
        Self { tree, registry: Registry::default(), entries }
    }

    /// Locks a package that lies there, and serves it.
    fn serve(&mut self, at: &str, package: &str, dependencies: &Value) -> &mut Value {
        let (name, version) = package.split_once(' ').unwrap();
        let manifest = json!({ "name": name, "version": version, "dependencies": dependencies });
        let files = [("package/package.json", &*manifest.to_string()), ("package/index.js", "")];
        let archive = tarball(&files);
        let integrity = format!("sha512-{}", STANDARD.encode(Sha512::digest(&archive)));
        self.registry.served.insert(package.to_owned(), archive);
        let entry = json!({ "name": name, "version": version, "integrity": integrity, "dependencies": dependencies });
        self.entries.entry(at.to_owned()).or_insert(entry)
    }

    fn lockfile(&self) -> Lockfile {
        let text = json!({ "name": "app", "lockfileVersion": 3, "packages": self.entries });
        let text = serde_json::to_string_pretty(&text).unwrap();
        NpmLock.parse(&Arc::new(SourceText::new("package-lock.json", text))).unwrap()
    }

    fn read(&self) -> Result<Installed, NotInstalled> {
        self.tree.read_with(&self.lockfile(), Fetching::By(&self.registry))
    }

    /// The packages that a name leads to in a file of the project, or of the package in front of it.
    fn found(&self, from: &str, name: &str) -> Vec<String> {
        let installed = self.read().unwrap();
        let owner = |id: &str| installed.packages().iter().find(|it| it.id.to_string() == id);
        let from = match from.split_once('/').and_then(|(id, below)| Some((owner(id)?, below))) {
            Some((package, below)) => package.folder.join(below),
            None => self.tree.path(from),
        };
        let found = installed.resolve(&from, name);
        found.packages.iter().map(|it| installed.packages()[*it].id.to_string()).collect()
    }
}

fn two_versions() -> Project {
    let mut project = Project::new(&json!({ "glim": "^1.0.0", "called": "npm:lefty@^1.0.0" }));
    project.serve("node_modules/glim", "glim 1.0.0", &json!({ "lefty": "^2.0.0" }));
    project.serve("node_modules/called", "lefty 1.0.0", &json!({}));
    project.serve("node_modules/glim/node_modules/lefty", "lefty 2.0.0", &json!({}));
    project
}

#[test]
fn packages_see_what_the_lockfile_says_that_they_depend_on() {
    let project = two_versions();
    for (from, name, expected) in [
        ("src/x.js", "glim", &["glim 1.0.0"][..]),
        ("src/x.js", "called", &["lefty 1.0.0"]),
        ("glim 1.0.0/lib/x.js", "lefty", &["lefty 2.0.0"]),
        ("lefty 1.0.0/x.js", "glim", &["glim 1.0.0"]),
        ("src/x.js", "nothing", &[]),
    ] {
        assert_eq!(project.found(from, name), expected, "{name} from {from}");
    }
}

#[test]
fn an_archive_is_fetched_once() {
    let project = two_versions();
    project.read().unwrap();
    let installed = project.read().unwrap();
    assert_eq!(project.registry.asked.borrow().len(), 3);
    let glim = installed.packages().iter().find(|it| it.id.name == "glim").unwrap();
    let shown = installed.shown(&glim.folder.join("index.js")).into_owned();
    assert_eq!(project.tree.shown(&shown), "node_modules/glim/index.js");
}

#[test]
fn what_lies_elsewhere_is_fetched_from_there() {
    let mut project = Project::new(&json!({ "glim": "^1.0.0", "other": "^1.0.0" }));
    let address = "https://npm.example.com/glim/-/glim-1.0.0.tgz";
    project.serve("node_modules/glim", "glim 1.0.0", &json!({}))["resolved"] = address.into();
    let address = "https://files.example.com/other.tgz";
    project.serve("node_modules/other", "other 1.0.0", &json!({}))["resolved"] = address.into();
    project.read().unwrap();
    let asked = project.registry.asked.borrow();
    assert_eq!(*asked, ["https://npm.example.com/glim/-/glim-1.0.0.tgz", address]);
}

#[test]
fn a_weak_checksum_is_one_and_none_is_refused() {
    for (checksum, is_fetched) in [
        (
            Some(format!(
                "sha1-{}",
                STANDARD.encode(Sha1::digest(tarball(&[(
                    "package/package.json",
                    r#"{"name":"glim","version":"1.0.0"}"#
                )])))
            )),
            true,
        ),
        (None, false),
    ] {
        let mut project = Project::new(&json!({ "glim": "^1.0.0" }));
        let entry = project.serve("node_modules/glim", "glim 1.0.0", &json!({}));
        match &checksum {
            Some(checksum) => entry["integrity"] = checksum.clone().into(),
            None => _ = entry.as_object_mut().unwrap().remove("integrity"),
        }
        let archive = tarball(&[("package/package.json", r#"{"name":"glim","version":"1.0.0"}"#)]);
        project.registry.served.insert("glim 1.0.0".to_owned(), archive);
        let read = project.read();
        assert_eq!(read.is_ok(), is_fetched, "{checksum:?}");
        if let Err(refused) = read {
            assert_eq!(refused.code(), "stale-install");
            assert!(matches!(refused.reason, NotInstalledReason::NotOnDisk { .. }), "{refused}");
        }
    }
}

#[test]
fn what_is_served_has_to_be_what_is_locked() {
    for (served, said) in [
        (None, "glim 1.0.0 cannot be fetched: nobody serves it"),
        (
            Some(b"other".to_vec()),
            "glim 1.0.0 cannot be fetched: what is served does not have the checksum in package-lock.json:12",
        ),
    ] {
        let mut project = Project::new(&json!({ "glim": "^1.0.0" }));
        project.serve("node_modules/glim", "glim 1.0.0", &json!({}));
        project.registry.served.clear();
        project.registry.served.extend(served.map(|bytes| ("glim 1.0.0".to_owned(), bytes)));
        let refused = project.read().unwrap_err();
        assert_eq!((refused.code(), refused.to_string().as_str()), ("not-installed", said));
        assert_eq!(refused.help, "run again when it is served, or install what is locked: npm ci");
    }
}

#[test]
fn what_does_not_fit_this_machine_is_not_fetched() {
    let mut project = Project::new(&json!({ "glim": "^1.0.0" }));
    project.serve("node_modules/glim", "glim 1.0.0", &json!({}));
    let entry = project.serve("node_modules/other", "other 1.0.0", &json!({}));
    entry["optional"] = true.into();
    entry["os"] = json!(["aix"]);
    project.read().unwrap();
    assert_eq!(*project.registry.asked.borrow(), ["glim 1.0.0"]);
}

#[test]
fn projects_see_each_other() {
    let mut project = Project::new(&json!({ "glim": "^1.0.0", "member": "^1.0.0" }));
    project.entries[""]["workspaces"] = json!(["packages/*"]);
    project.serve("node_modules/glim", "glim 1.0.0", &json!({}));
    project.tree.write(
        "packages/member/package.json",
        r#"{ "name": "member", "version": "1.0.0", "dependencies": { "glim": "^2.0.0" } }"#,
    );
    project.tree.write("packages/member/index.js", "");
    let member =
        json!({ "name": "member", "version": "1.0.0", "dependencies": { "glim": "^2.0.0" } });
    project.entries.insert("packages/member".to_owned(), member);
    let link = json!({ "resolved": "packages/member", "link": true });
    project.entries.insert("node_modules/member".to_owned(), link);
    project.serve("packages/member/node_modules/glim", "glim 2.0.0", &json!({}));
    assert_eq!(project.found("x.js", "glim"), ["glim 1.0.0"]);
    assert_eq!(project.found("packages/member/x.js", "glim"), ["glim 2.0.0"]);
    let installed = project.read().unwrap();
    let member = project.tree.files(&installed, "x.js", "member");
    assert_eq!(member, ["packages/member/index.js"]);
}

#[test]
fn what_is_installed_is_not_fetched() {
    let project = two_versions();
    fs::create_dir(project.tree.path("node_modules")).unwrap();
    let refused = project.read().unwrap_err();
    assert!(matches!(refused.reason, NotInstalledReason::NotOnDisk { .. }), "{refused}");
    assert!(project.registry.asked.borrow().is_empty());
}

#[test]
fn without_a_network_there_is_what_was_fetched_before() {
    let project = two_versions();
    for (fetching, help) in [
        (
            Fetching::Off,
            "install what is locked: npm ci; or have the packages fetched: [npm] fetch = true",
        ),
        (
            Fetching::Offline,
            "install what is locked: npm ci; or run without --offline, to have the packages fetched",
        ),
    ] {
        let refused = project.tree.read_with(&project.lockfile(), fetching).unwrap_err();
        assert_eq!(refused.reason, NotInstalledReason::Missing);
        assert_eq!(refused.help, help);
    }
    project.read().unwrap();
    let offline = project.tree.read_with(&project.lockfile(), Fetching::Offline).unwrap();
    assert_eq!(offline.packages().len(), 3);
}
