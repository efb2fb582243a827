//! Which files a specifier leads to where the real Yarn has installed packages without `node_modules`, beside what
//! Node.js says about every package that any of them depends on.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use lockgate::inside::{
    Fetching, Installed, Means, NotInstalledReason, ResolvedKind, read_lockfile,
};
use sha2::{Digest, Sha512};

use crate::package_managers::{Manager, installed as managers};

/// Peers that two projects provide differently, an alias, a patched package, one that is not kept in an archive,
/// folders, and names that nobody asks for.
const MANIFEST: &str = r##"{ "name": "app", "version": "1.0.0", "workspaces": ["members/*"],
    "imports": { "#glob": "minimatch" },
    "dependencies": { "express": "4.21.2", "yargs": "17.7.2", "lo": "npm:lodash@4.17.21",
        "minimatch": "9.0.5", "debug": "4.4.1", "react": "17.0.2", "react-dom": "17.0.2",
        "resolve": "1.22.10", "local": "file:./lib/local", "linked": "link:./lib/linked",
        "port": "portal:./lib/port" },
    "devDependencies": { "esbuild": "0.19.0" }, "optionalDependencies": { "fsevents": "2.3.2" } }"##;

const MEMBER: &str = r#"{ "name": "member", "version": "1.2.3",
    "dependencies": { "lodash": "4.17.20", "react": "16.14.0", "react-dom": "17.0.2" } }"#;

const FOLDERS: &[(&str, &str)] = &[
    ("members/member", MEMBER),
    ("lib/local", r#"{ "name": "local", "version": "1.0.0" }"#),
    ("lib/linked", r#"{ "name": "linked", "version": "1.0.0" }"#),
    ("lib/port", r#"{ "name": "port", "version": "1.0.0", "dependencies": { "ms": "2.0.0" } }"#),
];

/// Names that packages may see although they do not ask for them, and files inside of packages.
const OTHERS: &[&str] = &[
    "lodash",
    "react",
    "ms",
    "express/lib/router",
    "lo/get",
    "yargs/helpers",
    "#glob",
    "local",
    "member",
    "./index.js",
    "./package.json",
    "fs",
];

/// The answers of Node.js: for every package, what leads where from a file in its folder.
const ASK: &str = r"
const { createRequire } = require('module');
const pnp = require('pnpapi');
const others = JSON.parse(process.env.OTHERS);
const answers = [];
const plain = (path) => pnp.resolveVirtual(path) ?? path;
for (const locator of pnp.getAllLocators()) {
  const { packageLocation, packageDependencies } = pnp.getPackageInformation(locator);
  const file = packageLocation + 'asks.js';
  const require = createRequire(file);
  for (const name of [...packageDependencies.keys(), ...others]) {
    try {
      const answer = require.resolve(name);
      if (answer.startsWith('/')) answers.push([plain(file), name, plain(answer)]);
    } catch {}
  }
}
console.log(JSON.stringify(answers));
";

struct Project {
    _folder: tempfile::TempDir,
    root: PathBuf,
    unpacked: PathBuf,
}

/// A project that Yarn has installed, with more settings.
fn project(tools: &Path, settings: &str) -> Project {
    let folder = tempfile::tempdir().unwrap();
    let above = fs::canonicalize(folder.path()).unwrap();
    let root = above.join("app");
    for (below, manifest) in FOLDERS {
        fs::create_dir_all(root.join(below)).unwrap();
        fs::write(root.join(below).join("package.json"), manifest).unwrap();
        fs::write(root.join(below).join("index.js"), "").unwrap();
    }
    fs::write(root.join("package.json"), MANIFEST).unwrap();
    fs::write(root.join("index.js"), "").unwrap();
    fs::write(root.join("ask.cjs"), ASK).unwrap();
    fs::write(root.join(".yarnrc.yml"), format!("nodeLinker: pnp\n{settings}")).unwrap();
    let project = Project { _folder: folder, root, unpacked: above.join("unpacked") };
    project.yarn(tools, &["install", "--mode=skip-build"]);
    project
}

impl Project {
    fn yarn(&self, tools: &Path, words: &[&str]) -> String {
        let home = self.unpacked.parent().unwrap();
        let mut command = Manager::Yarn.command(tools, home);
        command.env_remove("YARN_NODE_LINKER").env_remove("YARN_ENABLE_GLOBAL_CACHE");
        command.env("YARN_GLOBAL_FOLDER", home.join("yarn"));
        command.env("OTHERS", serde_json::to_string(OTHERS).unwrap());
        let run = command.args(words).current_dir(&self.root).output().unwrap();
        let said = String::from_utf8_lossy(&run.stdout).into_owned();
        assert!(run.status.success(), "{said}{}", String::from_utf8_lossy(&run.stderr));
        said
    }

    fn read(&self) -> Result<Installed, lockgate::inside::NotInstalled> {
        let lockfile = read_lockfile(&self.root.join("yarn.lock")).unwrap();
        Installed::read(
            &lockfile,
            &self.root,
            Means { unpacked: Some(&self.unpacked), fetching: Fetching::Off },
        )
    }

    fn answers(&self, tools: &Path) -> Vec<(PathBuf, String, PathBuf)> {
        let said = self.yarn(tools, &["node", "ask.cjs"]);
        let mut unpacked = BTreeMap::new();
        let answers: Vec<(PathBuf, String, PathBuf)> = serde_json::from_str(said.trim()).unwrap();
        let mut real = |path: PathBuf| self.real(&path, &mut unpacked);
        let answers = answers.into_iter();
        let answers = answers.map(|(file, name, answer)| (real(file), name, real(answer)));
        // What does not fit this machine has a place in the map, and nothing lies there.
        answers.filter(|(file, ..)| file.parent().is_some_and(Path::exists)).collect()
    }

    /// Where what lies in an archive is unpacked.
    fn real(&self, path: &Path, known: &mut BTreeMap<PathBuf, PathBuf>) -> PathBuf {
        let is_archive = |it: &&Path| it.extension().is_some_and(|it| it == "zip") && it.is_file();
        let Some(archive) = path.ancestors().find(is_archive) else { return path.to_owned() };
        let folder = known.entry(archive.to_owned()).or_insert_with(|| {
            let checksum = format!("{:x}", Sha512::digest(fs::read(archive).unwrap()));
            self.unpacked.join(checksum).join("content")
        });
        folder.join(path.strip_prefix(archive).unwrap())
    }
}

#[test]
fn what_node_resolves_in_archives_is_among_the_files_that_a_specifier_leads_to() {
    let Some(tools) = managers("what_node_resolves_in_archives") else { return };
    for settings in [
        "enableGlobalCache: true\n",
        "enableGlobalCache: false\npnpEnableInlining: false\n",
        "enableGlobalCache: false\npnpFallbackMode: all\nvirtualFolder: ./.yarn/__virtual__\n",
    ] {
        let project = project(tools, settings);
        let installed = project.read().unwrap_or_else(|reason| panic!("{settings}: {reason}"));
        let absent = installed.absent().len();
        assert!(installed.packages().len() > 100 && absent < 30, "{settings}: {absent} are absent");
        let answers = project.answers(tools);
        assert!(answers.len() > 400, "{settings}: Node.js resolved only {}", answers.len());
        for (file, specifier, answer) in answers {
            let found = installed.resolve(&file, &specifier);
            let (from, to) = (file.display(), answer.display());
            assert!(found.files.contains(&answer), "{specifier} of {from}: {found:?} lacks {to}");
            assert_eq!(found.kind, ResolvedKind::Found);
            let owner = installed.owner(&answer);
            assert!(owner.is_none_or(|owner| found.packages.contains(&owner)));
            let seen = installed.visible_from(&file);
            let own = installed.owner(&file);
            assert!(
                owner.is_none() || own == owner || seen.contains(&owner.unwrap()),
                "{specifier} of {from}"
            );
        }
    }
}

#[test]
fn an_archive_that_is_not_the_locked_one_is_refused() {
    let Some(tools) = managers("an_archive_that_is_not_the_locked_one") else { return };
    let project = project(tools, "enableGlobalCache: false\n");
    project.read().unwrap();
    let archives = fs::read_dir(project.root.join(".yarn/cache")).unwrap();
    let mut archives = archives.map(|it| it.unwrap().path());
    let is_express = |path: &PathBuf| path.to_string_lossy().contains("express-npm-4");
    let express = archives.find(is_express).unwrap();
    let mut bytes = fs::read(&express).unwrap();
    let last = bytes.len() / 2;
    bytes[last] ^= 1;
    fs::write(&express, bytes).unwrap();
    let refused = project.read().unwrap_err();
    assert_eq!(refused.code(), "stale-install");
    let NotInstalledReason::ArchiveDiffers { package, .. } = refused.reason else {
        panic!("{refused}");
    };
    assert_eq!(package.to_string(), "express 4.21.2");
}
