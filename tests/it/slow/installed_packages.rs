//! Which files a specifier leads to, beside what Node.js itself says about what the real package managers
//! have installed.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use lockgate::inside::{Fetching, Installed, Means, ResolvedKind, read_lockfile};

use crate::package_managers::{Manager, installed as managers};

/// Packages with `exports`, patterns, conditions, nested manifests, two versions of one package, an alias
/// and scopes.
const MANIFEST: &str = r##"{ "name": "app", "version": "1.0.0", "type": "module",
    "imports": { "#glob": "minimatch", "#own/*": "./src/*.js" },
    "exports": { "./self": "./src/a.js" },
    "dependencies": { "express": "4.21.2", "yargs": "17.7.2", "lo": "npm:lodash@4.17.21",
        "minimatch": "9.0.5", "uuid": "11.1.0", "@noble/hashes": "1.8.0", "debug": "4.4.1",
        "date-fns": "4.1.0" } }"##;

const SPECIFIERS: &[&str] = &[
    "express",
    "express/lib/router",
    "yargs",
    "yargs/helpers",
    "yargs/yargs",
    "lo",
    "lo/get",
    "lo/get.js",
    "minimatch",
    "uuid",
    "@noble/hashes/sha2",
    "@noble/hashes/sha2.js",
    "@noble/hashes/utils",
    "debug",
    "debug/src/browser.js",
    "ms",
    "date-fns",
    "date-fns/locale/de",
    "date-fns/addDays",
    "#glob",
    "#own/b",
    "app/self",
    "./b.js",
    "./b",
    "../src/c",
    "./c/",
    ".",
    "..",
    "uuid/package.json",
    "fs",
    "node:path",
    "inherits",
    "qs",
    "brace-expansion",
    "cliui",
    "string-width",
    "strip-ansi",
    "not-there",
    "./not-there",
];

/// `types` is missing: nothing runs under it.
const CONDITIONS: &[&[&str]] = &[
    &[],
    &["browser"],
    &["development"],
    &["production", "module-sync"],
    &["worker", "deno", "electron"],
];

/// Answers of Node.js: one line of JSON for each specifier.
const ASK: &str = r"
import { createRequire } from 'node:module';
import { readFileSync, realpathSync, statSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
const [files, specifiers] = JSON.parse(readFileSync(process.env.ASKED, 'utf8'));
const answers = [];
for (const file of files) {
  const require = createRequire(file);
  for (const specifier of specifiers) {
    const ways = [
      () => require.resolve(specifier),
      () => fileURLToPath(import.meta.resolve(specifier, 'file://' + file)),
    ];
    for (const way of ways) {
      try {
        const answer = realpathSync(way());
        if (statSync(answer).isFile()) answers.push([file, specifier, answer]);
      } catch {}
    }
  }
}
console.log(JSON.stringify(answers));
";

fn project(manager: Manager, tools: &Path) -> (tempfile::TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let root = fs::canonicalize(folder.path()).unwrap().join("app");
    fs::create_dir_all(root.join("src/c")).unwrap();
    fs::write(root.join("package.json"), MANIFEST).unwrap();
    fs::write(root.join("index.js"), "").unwrap();
    for file in ["a.js", "b.js", "c/index.js", "index.js"] {
        fs::write(root.join("src").join(file), "").unwrap();
    }
    fs::write(root.join(".yarnrc.yml"), "nodeLinker: node-modules\n").unwrap();
    let without_scripts =
        if manager == Manager::Yarn { "--mode=skip-build" } else { "--ignore-scripts" };
    manager.run(tools, folder.path(), &root, &["install", without_scripts]);
    (folder, root)
}

/// What Node.js resolves, under every list of conditions.
fn answers(root: &Path, files: &[PathBuf]) -> BTreeSet<(PathBuf, String, PathBuf)> {
    let asked = root.join("asked.json");
    fs::write(&asked, serde_json::to_string(&(files, SPECIFIERS)).unwrap()).unwrap();
    let script = root.join("ask.mjs");
    fs::write(&script, ASK).unwrap();
    let mut all = BTreeSet::new();
    for conditions in CONDITIONS {
        let run = Command::new("node")
            .arg("--experimental-import-meta-resolve")
            .args(conditions.iter().flat_map(|condition| ["--conditions", condition]))
            .arg(&script)
            .env("ASKED", &asked)
            .output()
            .unwrap();
        assert!(run.status.success(), "{}", String::from_utf8_lossy(&run.stderr));
        let said: Vec<(PathBuf, String, PathBuf)> = serde_json::from_slice(&run.stdout).unwrap();
        all.extend(said);
    }
    all
}

#[test]
fn what_node_resolves_is_among_the_files_that_a_specifier_leads_to() {
    let Some(tools) = managers("what_node_resolves_is_among_the_files") else { return };
    for manager in [Manager::Npm, Manager::Pnpm, Manager::YarnClassic, Manager::Yarn, Manager::Bun]
    {
        let (_folder, root) = project(manager, tools);
        let lockfile = read_lockfile(&root.join(manager.lockfile())).unwrap();
        let installed =
            Installed::read(&lockfile, &root, Means { unpacked: None, fetching: Fetching::Off })
                .unwrap_or_else(|reason| panic!("{manager:?}: {reason}"));
        assert!(installed.absent().is_empty(), "{manager:?}: {:?}", installed.absent());
        let inside = |name: &str, file: &str| {
            let packages = installed.packages().iter();
            packages.filter(|it| it.id.name == name).map(|it| it.folder.join(file)).next().unwrap()
        };
        let files = [
            root.join("src/a.js"),
            inside("express", "lib/express.js"),
            inside("yargs", "build/index.cjs"),
            inside("minimatch", "dist/commonjs/index.js"),
        ];
        let answers = answers(&root, &files);
        assert!(answers.len() > 60, "{manager:?}: Node.js resolved only {}", answers.len());
        for (file, specifier, answer) in answers {
            let found = installed.resolve(&file, &specifier);
            assert!(
                found.files.contains(&answer),
                "{manager:?}: {} of {}: {found:?} lacks {}",
                specifier,
                file.display(),
                answer.display()
            );
            assert_eq!(found.kind, ResolvedKind::Found);
            let owner = installed.owner(&answer);
            assert!(owner.is_none_or(|owner| found.packages.contains(&owner)));
        }
    }
}
