//! `docs/truth-exports.md`: what is said of the exports of real packages, beside what Node.js really runs.
//!
//! A program calls one export of a package in a few ways. V8 counts which functions of the package run; about none of them
//! it may be said that nothing uses it.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use lockgate::inside::{
    Answer, Fetching, Imports, ImportsRequest, Lockfile, Means, NpmPolicy, Places, read_lockfile,
};
use serde_json::json;

use crate::harness::repository;
use crate::skip::skip;

const PROBE: &str = include_str!("executed/probe.cjs");

/// The variable with which the file is written instead of compared.
const WRITE: &str = "LOCKGATE_WRITE_TRUTH";

/// Packages about whose exports there are advisories, most of them in an affected version, and some that others are built of.
const PACKAGES: &[(&str, &str)] = &[
    ("content-disposition", "0.5.4"),
    ("cookie", "0.4.2"),
    ("cookie-signature", "1.0.6"),
    ("css-what", "5.0.0"),
    ("devalue", "4.3.2"),
    ("dot-prop", "4.2.0"),
    ("dotty", "0.1.1"),
    ("getobject", "0.1.0"),
    ("hosted-git-info", "2.8.8"),
    ("ini", "1.3.5"),
    ("js-yaml", "3.13.0"),
    ("json-pointer", "0.6.1"),
    ("jsonpointer", "4.1.0"),
    ("jsonwebtoken", "8.5.1"),
    ("minimatch", "3.0.4"),
    ("mpath", "0.8.3"),
    ("mustache", "2.2.0"),
    ("negotiator", "0.6.0"),
    ("nth-check", "1.0.2"),
    ("object-path", "0.11.5"),
    ("path-parse", "1.0.6"),
    ("pathval", "1.1.0"),
    ("property-expr", "2.0.2"),
    ("qs", "6.2.3"),
    ("shell-quote", "1.7.2"),
    ("sqlstring", "2.3.0"),
    ("ssri", "8.0.0"),
    ("tough-cookie", "4.0.0"),
];

/// How a program uses an export. `NAME` and `PACKAGE` stand for them.
const FORMS: &[&str] = &[
    "const all = require('PACKAGE');\ntry { all.NAME('a=b', 'c') } catch {}\ntry { all.NAME({ a: { b: 'c' } }, 'a.b', 1) } catch {}\n\
     try { new all.NAME('a') } catch {}\n",
    "const { NAME: used } = require('PACKAGE');\nconst run = (...given) => { try { return used(...given) } catch {} };\n\
     run('a'); run(['a', 'b'], 'b'); run({ a: 1 }, { b: 2 }, () => true);\n",
];

#[derive(Debug, Default)]
struct Counts {
    exports: usize,
    /// Of those that ran: what is said of them.
    refuted: usize,
    unknown: usize,
    cleared: Vec<String>,
    /// Those that did not run, and of how many it is said so.
    others: usize,
    proven: usize,
}

impl Counts {
    fn count(&mut self, answer: &Answer, has_run: bool, what: impl FnOnce() -> String) {
        self.others += usize::from(!has_run);
        match answer {
            Answer::No(_) if has_run => self.cleared.push(what()),
            Answer::No(_) => self.proven += 1,
            Answer::Yes { .. } if has_run => self.refuted += 1,
            Answer::Perhaps { .. } | Answer::NamesNothing(_) if has_run => self.unknown += 1,
            Answer::Yes { .. } | Answer::Perhaps { .. } | Answer::NamesNothing(_) => {}
        }
    }

    fn add(&mut self, more: &Self) {
        self.exports += more.exports;
        self.refuted += more.refuted;
        self.unknown += more.unknown;
        self.cleared.extend(more.cleared.iter().cloned());
        self.others += more.others;
        self.proven += more.proven;
    }

    fn row(&self, name: &str) -> String {
        let Self { exports, refuted, unknown, cleared, others, proven } = self;
        let run = refuted + unknown + cleared.len();
        let cleared = cleared.len();
        format!(
            "| {name} | {exports} | {run} | {refuted} | {unknown} | {cleared} | {proven} of {others} |\n"
        )
    }
}

/// The folder in which npm has installed all packages, or `None` with a visible remark.
fn install() -> Option<PathBuf> {
    let folder = repository().join("target/executed");
    let dependencies: BTreeMap<&str, &str> = PACKAGES.iter().copied().collect();
    let manifest = json!({ "name": "executed", "version": "1.0.0", "dependencies": dependencies });
    let manifest = manifest.to_string();
    let is_done = folder.join("node_modules/.package-lock.json").is_file()
        && fs::read_to_string(folder.join("package.json")).is_ok_and(|then| then == manifest);
    // What is tried is no part of the repository around it.
    fs::create_dir_all(folder.join(".git")).unwrap();
    fs::write(folder.join("package.json"), manifest).unwrap();
    if is_done {
        return Some(folder);
    }
    let run = Command::new("npm")
        .args(["install", "--silent", "--no-audit", "--no-fund", "--ignore-scripts"])
        .current_dir(&folder)
        .output();
    let why = match run {
        Ok(run) if run.status.success() => return Some(folder),
        Ok(run) => String::from_utf8_lossy(&run.stderr).into_owned(),
        Err(error) => error.to_string(),
    };
    // What is half done must not be taken for installed.
    let _ = fs::remove_file(folder.join("package.json"));
    skip("npm", "no_export_that_runs_is_said_not_to_be_used", why);
    None
}

/// What the probe prints, which lies in a folder of its own: it is no part of what is searched.
fn probe<Printed: serde::de::DeserializeOwned>(folder: &Path, arguments: &[&str]) -> Printed {
    let probe = folder.join(".git/probe.cjs");
    fs::write(&probe, PROBE).unwrap();
    let run =
        Command::new("node").arg(&probe).args(arguments).current_dir(folder).output().unwrap();
    let printed = String::from_utf8_lossy(&run.stdout);
    serde_json::from_str(&printed).unwrap_or_else(|why| panic!("{arguments:?}: {why}: {printed}"))
}

/// What is said while the repository is one program.
fn searched(folder: &Path, lockfile: &Lockfile) -> Imports {
    let request = ImportsRequest {
        lockfile,
        path: &folder.join("package-lock.json"),
        policy: &NpmPolicy::default(),
        advisories: &[],
        means: Means { unpacked: None, fetching: Fetching::Off },
        module_cache: None,
    };
    Imports::find(&request).unwrap()
}

/// Every export of a package is called in every form, and asked about each time.
fn measure(folder: &Path, lockfile: &Lockfile, package: &str, exports: &[String]) -> Counts {
    let mut counts = Counts { exports: exports.len(), ..Counts::default() };
    // Other packages may bring copies of their own, which the program does not load itself.
    let named =
        lockfile.packages.iter().enumerate().filter(|(_, locked)| locked.id.name == *package);
    let version = PACKAGES.iter().find(|(name, _)| name == &package).map(|(_, version)| *version);
    let mut copies = named.filter(|(_, locked)| Some(locked.id.version.as_str()) == version);
    let (copy, _) = copies.next().unwrap_or_else(|| panic!("{package} is not locked"));
    for used in exports {
        for form in FORMS {
            let program = form.replace("PACKAGE", package).replace("NAME", used);
            fs::write(folder.join("app.js"), program).unwrap();
            let run: BTreeSet<String> = probe(folder, &["run", package, "app.js"]);
            let imports = searched(folder, lockfile);
            for export in exports {
                let answer = imports.export(&[copy], std::slice::from_ref(export), Places::Open);
                let what = || format!("{package}#{export}, where {used} is called");
                counts.count(&answer, run.contains(export), what);
            }
        }
    }
    counts
}

fn document(measured: &[(&str, &str, Counts)]) -> String {
    let mut together = Counts::default();
    for (_, _, counts) in measured {
        together.add(counts);
    }
    let mut text = format!(
        "# `not-imported` about exports, beside Node.js\n\n\
         Each function that one of these packages exports is called by a program of its own, in {} forms; V8 counts which functions of the\n\
         package run then. About every one of its exports lockgate is asked whether the program uses it.\n\n\
         - **run**: how often an export ran that was asked about: the one that is called, or one that it calls\n\
         - **cleared**: how often lockgate said of such a one that nothing uses it. Has to be 0\n\
         - **others**: of how many that did not run lockgate says so\n\n\
         The table is written by\n\n\
         ```bash\n{WRITE}=1 cargo test --test it -- slow::executed\n```\n\n\
         and the same test without the variable fails where it is not what is measured.\n\n\
         | package | exports | run | refuted | unknown | cleared | others |\n\
         | --- | --- | --- | --- | --- | --- | --- |\n",
        FORMS.len()
    );
    text.push_str(&together.row("together"));
    for (package, version, counts) in measured {
        write!(text, "{}", counts.row(&format!("{package} {version}"))).unwrap();
    }
    text
}

#[test]
fn no_export_that_runs_is_said_not_to_be_used() {
    let Some(folder) = install() else { return };
    let lockfile = read_lockfile(&folder.join("package-lock.json")).unwrap();
    let names: Vec<&str> = PACKAGES.iter().map(|(name, _)| *name).collect();
    let exports: BTreeMap<String, Vec<String>> =
        probe(&folder, &[&["list"], names.as_slice()].concat());
    let measured: Vec<(&str, &str, Counts)> = PACKAGES
        .iter()
        .map(|(package, version)| {
            (*package, *version, measure(&folder, &lockfile, package, &exports[*package]))
        })
        .collect();
    for (_, _, counts) in &measured {
        assert!(counts.cleared.is_empty(), "{:?}", counts.cleared);
    }
    let path = repository().join("docs/truth-exports.md");
    let document = document(&measured);
    #[expect(clippy::disallowed_methods, reason = "who runs the tests says whether to write")]
    if std::env::var_os(WRITE).is_some() {
        fs::write(&path, &document).unwrap();
    }
    let written = fs::read_to_string(&path).unwrap_or_default();
    assert!(written == document, "{} is not what is measured: {document}", path.display());
}
