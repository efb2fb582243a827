//! What Yarn installs without `node_modules`.

use std::fmt::Write as _;
use std::fs;
use std::io::{Cursor, Write};
use std::sync::Arc;

use serde_json::{Value, json};
use sha2::{Digest, Sha512};
use zip::ZipWriter;
use zip::write::SimpleFileOptions;

use super::{Tree, folders};
use crate::installed::{Fetching, Installed, Means, NotInstalled, NotInstalledReason};
use crate::lockfile::yarn::berry::YarnBerry;
use crate::lockfile::{Lockfile, LockfileFormat};
use crate::problem::SourceText;

/// A project with a map, and a lockfile of all that is in it.
struct Project {
    tree: Tree,
    lockfile: String,
}

impl Project {
    /// `packages` are those of the map besides the root: names, references, and what they say.
    fn new(dependencies: &Value, packages: &[(&str, &str, Value)], settings: Value) -> Self {
        let root = json!({ "packageLocation": "./", "packageDependencies": dependencies });
        let mut registry = vec![json!([null, [[null, root]]])];
        registry.extend(
            packages.iter().map(|(name, reference, said)| json!([name, [[reference, said]]])),
        );
        let mut map = settings;
        map["packageRegistryData"] = registry.into();
        let tree = Tree::new(&[(".pnp.data.json", &map.to_string())]);
        tree.write("package.json", r#"{ "name": "app" }"#);
        let lockfile = "__metadata:\n  version: 8\n  cacheKey: 10c0\n".to_owned();
        Self { tree, lockfile }
    }

    fn lock(&mut self, locator: &str, checksum: Option<&str>) {
        let (_, version) = locator.rsplit_once([':', '@']).unwrap();
        let checksum = checksum.map(|it| format!("  checksum: 10c0/{it}\n")).unwrap_or_default();
        let entry = format!(
            "\n\"{locator}\":\n  version: {version}\n  resolution: \"{locator}\"\n{checksum}  linkType: hard\n"
        );
        self.lockfile.write_str(&entry).unwrap();
    }

    /// Locks a package that is kept in an archive.
    fn archive(&mut self, name: &str, version: &str, files: &[(&str, &str)]) {
        let manifest = json!({ "name": name, "version": version }).to_string();
        let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
        for (file, text) in [("package.json", &*manifest), ("index.js", "")].iter().chain(files) {
            zip.start_file(format!("node_modules/{name}/{file}"), SimpleFileOptions::default())
                .unwrap();
            zip.write_all(text.as_bytes()).unwrap();
        }
        let bytes = zip.finish().unwrap().into_inner();
        self.lock(&format!("{name}@npm:{version}"), Some(&format!("{:x}", Sha512::digest(&bytes))));
        let path = self.tree.path(&format!("cache/{name}-{version}.zip"));
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, bytes).unwrap();
    }

    fn lockfile(&self) -> Lockfile {
        YarnBerry.parse(&Arc::new(SourceText::new("yarn.lock", self.lockfile.clone()))).unwrap()
    }

    fn read(&self) -> Result<Installed, NotInstalled> {
        self.tree.read(&self.lockfile())
    }

    /// The packages and versions that a name leads to.
    fn found(&self, from: &str, name: &str) -> Vec<String> {
        let installed = self.read().unwrap();
        let found = installed.resolve(&self.from(&installed, from), name);
        found.packages.iter().map(|it| installed.packages()[*it].id.to_string()).collect()
    }

    /// A file of an installed package, or of the project.
    fn from(&self, installed: &Installed, file: &str) -> std::path::PathBuf {
        let owner = |name: &str| installed.packages().iter().find(|it| it.id.to_string() == name);
        match file.split_once('/').and_then(|(name, below)| Some((owner(name)?, below))) {
            Some((package, below)) => package.folder.join(below),
            None => self.tree.path(file),
        }
    }
}

fn in_archive(name: &str, version: &str, dependencies: &Value) -> Value {
    json!({
        "packageLocation": format!("./cache/{name}-{version}.zip/node_modules/{name}/"),
        "packageDependencies": dependencies,
    })
}

fn glim_and_lefty(settings: Value) -> Project {
    let mut project = Project::new(
        &json!([["glim", "npm:1.0.0"], ["called", ["lefty", "npm:1.0.0"]]]),
        &[
            ("glim", "npm:1.0.0", in_archive("glim", "1.0.0", &json!([["lefty", "npm:2.0.0"]]))),
            ("lefty", "npm:1.0.0", in_archive("lefty", "1.0.0", &json!([["rust", null]]))),
            ("lefty", "npm:2.0.0", in_archive("lefty", "2.0.0", &json!([]))),
        ],
        settings,
    );
    for (name, version) in [("glim", "1.0.0"), ("lefty", "1.0.0"), ("lefty", "2.0.0")] {
        project.archive(name, version, &[]);
    }
    project
}

#[test]
fn the_map_says_what_a_name_stands_for() {
    let project = glim_and_lefty(json!({}));
    for (from, name, expected) in [
        ("src/x.js", "glim", &["glim 1.0.0"][..]),
        ("src/x.js", "called", &["lefty 1.0.0"]),
        ("src/x.js", "lefty", &[]),
        ("glim 1.0.0/lib/x.js", "lefty", &["lefty 2.0.0"]),
        ("glim 1.0.0/lib/x.js", "called", &[]),
        ("lefty 1.0.0/x.js", "glim", &[]),
    ] {
        assert_eq!(project.found(from, name), expected, "{name} from {from}");
    }
    let installed = project.read().unwrap();
    let seen = installed.visible_from(&project.tree.path("src/x.js"));
    let seen: Vec<String> =
        seen.iter().map(|it| installed.packages()[*it].id.to_string()).collect();
    assert_eq!(seen, ["glim 1.0.0", "lefty 1.0.0"]);
}

#[test]
fn what_the_root_depends_on_others_see_where_the_settings_say_so() {
    let settings = json!({ "enableTopLevelFallback": true, "fallbackPool": [["rust", ["lefty", "npm:2.0.0"]]] });
    let project = glim_and_lefty(settings);
    assert_eq!(project.found("lefty 1.0.0/x.js", "glim"), ["glim 1.0.0"]);
    assert_eq!(project.found("glim 1.0.0/x.js", "lefty"), ["lefty 2.0.0"]);
    assert_eq!(project.found("lefty 1.0.0/x.js", "rust"), ["lefty 2.0.0"]);
    assert_eq!(project.found("src/x.js", "rust"), [""; 0]);
    let settings = json!({ "enableTopLevelFallback": true, "fallbackExclusionList": [["lefty", ["npm:1.0.0"]]] });
    let project = glim_and_lefty(settings);
    assert_eq!(project.found("lefty 1.0.0/x.js", "glim"), [""; 0]);
    assert_eq!(project.found("lefty 2.0.0/x.js", "glim"), ["glim 1.0.0"]);
}

/// Whoever wants something beside itself is installed once for each set of neighbours, in one archive.
#[test]
fn a_package_sees_the_neighbours_of_all_its_instances() {
    let folder =
        |at: &str| format!("./cache/__virtual__/glim-{at}/0/glim-1.0.0.zip/node_modules/glim/");
    let instance = |at: &str, rust: Value| json!({ "packageLocation": folder(at), "packageDependencies": [["rust", rust]] });
    let mut project = Project::new(
        &json!([["glim", "virtual:a#npm:1.0.0"], ["rust", "npm:1.0.0"]]),
        &[
            ("glim", "virtual:a#npm:1.0.0", instance("a", json!("npm:1.0.0"))),
            ("glim", "virtual:b#npm:1.0.0", instance("b", json!("npm:2.0.0"))),
            ("glim", "virtual:c#npm:1.0.0", instance("c", json!(null))),
            ("rust", "npm:1.0.0", in_archive("rust", "1.0.0", &json!([]))),
            ("rust", "npm:2.0.0", in_archive("rust", "2.0.0", &json!([]))),
            ("rust", "npm:3.0.0", in_archive("rust", "3.0.0", &json!([]))),
        ],
        json!({ "enableTopLevelFallback": true, "fallbackPool": [["rust", "npm:3.0.0"]] }),
    );
    project.archive("glim", "1.0.0", &[]);
    for version in ["1.0.0", "2.0.0", "3.0.0"] {
        project.archive("rust", version, &[]);
    }
    let all = ["rust 1.0.0", "rust 2.0.0", "rust 3.0.0"];
    assert_eq!(project.found("glim 1.0.0/x.js", "rust"), all);
}

#[test]
fn folders_are_packages_where_packages_lie_and_else_projects() {
    let at = |folder: &str, more: Value| {
        let mut said = more;
        said["packageLocation"] = format!("./{folder}/").into();
        said
    };
    let mut project = Project::new(
        &json!([
            ["glim", "npm:1.0.0"],
            ["member", "workspace:member"],
            ["linked", "link:./linked"]
        ]),
        &[
            ("glim", "npm:1.0.0", at(".yarn/unplugged/glim/node_modules/glim", json!({}))),
            ("gone", "npm:1.0.0", at(".yarn/unplugged/gone/node_modules/gone", json!({}))),
            (
                "member",
                "workspace:member",
                at("member", json!({ "packageDependencies": [["lo", ["glim", "npm:1.0.0"]]] })),
            ),
            ("linked", "link:./linked", at("member/linked", json!({ "discardFromLookup": true }))),
        ],
        json!({}),
    );
    project.tree.package(".yarn/unplugged/glim/node_modules/glim", "glim 1.0.0");
    project.tree.package("member", "member 1.0.0");
    project.tree.package("member/linked", "linked 1.0.0");
    project.lock("glim@npm:1.0.0", None);
    let installed = project.read().unwrap();
    let all = (0..installed.packages().len()).collect();
    assert_eq!(
        folders(&project.tree, &installed, &all),
        [".yarn/unplugged/glim/node_modules/glim"]
    );
    for (from, name, expected) in [
        ("x.js", "member", "member/index.js"),
        ("x.js", "linked", "member/linked/index.js"),
        ("member/x.js", "lo", ".yarn/unplugged/glim/node_modules/glim/index.js"),
        ("member/linked/x.js", "lo", ".yarn/unplugged/glim/node_modules/glim/index.js"),
    ] {
        assert_eq!(project.tree.files(&installed, from, name), [expected], "{name} from {from}");
    }
}

/// Yarn resolves nothing by what lies in an archive beside the package; other tools may.
#[test]
fn what_lies_inside_of_a_package_is_its_own() {
    let mut project = Project::new(
        &json!([["glim", "npm:1.0.0"]]),
        &[("glim", "npm:1.0.0", in_archive("glim", "1.0.0", &json!([])))],
        json!({}),
    );
    let inner = r#"{ "name": "inner", "version": "1.0.0" }"#;
    let bundling = r#"{ "name": "glim", "version": "1.0.0", "bundleDependencies": ["inner"] }"#;
    project.archive(
        "glim",
        "1.0.0",
        &[("lib/package.json", bundling), ("node_modules/inner/package.json", inner)],
    );
    let refused = project.read().unwrap_err();
    assert!(matches!(refused.reason, NotInstalledReason::NotLocked { .. }), "{refused}");
    project.lock("inner@npm:1.0.0", None);
    assert_eq!(project.found("glim 1.0.0/x.js", "inner"), ["inner 1.0.0"]);
}

#[test]
fn what_is_not_the_locked_archive_or_no_archive_is_stale() {
    let project = glim_and_lefty(json!({}));
    let glim = project.tree.path("cache/glim-1.0.0.zip");
    let lefty = fs::read(project.tree.path("cache/lefty-1.0.0.zip")).unwrap();
    let fitting = |bytes: &[u8]| format!("10c0/{:x}", Sha512::digest(bytes));
    let locked = fitting(&fs::read(&glim).unwrap());
    for (bytes, checksum, said) in [
        (
            &lefty[..],
            &locked,
            "cache/glim-1.0.0.zip is not the glim 1.0.0 that is locked in yarn.lock:5",
        ),
        (
            b"no zip",
            &fitting(b"no zip"),
            "cache/glim-1.0.0.zip cannot be looked at: it is damaged: ",
        ),
        (&lefty, &fitting(&lefty), "glim 1.0.0 is locked in yarn.lock:5 and not installed"),
    ] {
        fs::write(&glim, bytes).unwrap();
        let project = Project {
            lockfile: project.lockfile.replace(&locked, checksum),
            tree: Tree { root: project.tree.root.clone(), folder: tempfile::tempdir().unwrap() },
        };
        let refused = project.read().unwrap_err();
        assert!(refused.to_string().replace('\\', "/").starts_with(said), "{refused}");
        assert_eq!(refused.code(), "stale-install");
    }
}

#[test]
fn an_archive_that_is_not_locked_is_stale() {
    let mut project = glim_and_lefty(json!({}));
    project.lockfile = project.lockfile.replace("lefty@npm:2.0.0", "lefty@npm:2.0.1");
    let refused = project.read().unwrap_err();
    let said = "cache/lefty-2.0.0.zip is lefty npm:2.0.0, which is not locked";
    assert_eq!(refused.to_string().replace('\\', "/"), said);
}

#[test]
fn an_archive_that_is_gone_is_not_installed() {
    let project = glim_and_lefty(json!({}));
    fs::remove_file(project.tree.path("cache/lefty-2.0.0.zip")).unwrap();
    let refused = project.read().unwrap_err();
    let said = "lefty 2.0.0 is locked in yarn.lock:17 and not installed";
    assert_eq!((refused.code(), refused.to_string().as_str()), ("stale-install", said));
}

#[test]
fn what_cannot_be_read_or_unpacked_is_not_installed() {
    let project = glim_and_lefty(json!({}));
    let nowhere = Installed::read(
        &project.lockfile(),
        &project.tree.root,
        Means { unpacked: None, fetching: Fetching::Off },
    )
    .unwrap_err();
    assert_eq!(
        (nowhere.code(), nowhere.to_string().as_str()),
        (
            "not-installed",
            "archives of packages cannot be unpacked: this machine has no folder for caches",
        )
    );
    project.tree.write(".pnp.cjs", "const RAW_RUNTIME_STATE = '{}';");
    let unreadable = project.read().unwrap_err();
    assert_eq!(unreadable.code(), "not-installed");
    assert!(
        unreadable.to_string().starts_with(".pnp.cjs cannot be read: missing field"),
        "{unreadable}"
    );
    let help = "install what is locked: yarn install --immutable; or set `nodeLinker: node-modules` in .yarnrc.yml";
    assert_eq!(unreadable.help, help);
    project.tree.write(".pnp.cjs", "hydrateRuntimeState(JSON.parse(fs.readFileSync(path)))");
    assert!(project.read().is_ok());
}
