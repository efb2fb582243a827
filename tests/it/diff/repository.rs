//! A repository with a commit to compare with, and advisories beside it.

use std::fs;
use std::path::PathBuf;
use std::process::{Command, Output};

use serde_json::Value;

use crate::harness::{Project, Run};

/// A repository in the folder `repo`; the advisories lie beside it, where no change reaches them.
pub(super) struct Repository {
    pub(super) project: Project,
}

/// What is known: CVE-2026-0001 (high) in tarn, CVE-2026-0002 (medium) in quill, CVE-2026-0003 (high)
/// in glim of npm; each before 2.0.0.
const ADVISORIES: &[(&str, &str, &str, &str, &str)] = &[
    ("crates.io", "CVE-2026-0001", "GHSA-case-0001-tarn", "tarn", "H"),
    ("crates.io", "CVE-2026-0002", "GHSA-case-0002-quil", "quill", "L"),
    ("npm", "CVE-2026-0003", "GHSA-case-0003-glim", "glim", "H"),
];

/// An OSV record about the versions of a package before 2.0.0.
pub(super) fn record(
    ecosystem: &str,
    id: &str,
    aliases: &[&str],
    package: &str,
    availability: &str,
) -> String {
    let vector = format!("CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:N/I:N/A:{availability}");
    serde_json::json!({
        "id": id, "aliases": aliases, "modified": "2026-11-20T00:00:00Z",
        "summary": format!("{package} breaks"),
        "severity": [{ "type": "CVSS_V3", "score": vector }],
        "affected": [{ "package": { "ecosystem": ecosystem, "name": package },
            "ranges": [{ "type": "SEMVER", "events": [{ "introduced": "0" }, { "fixed": "2.0.0" }] }] }],
    })
    .to_string()
}

/// A Cargo.lock of the project `harbour`, which depends on all the packages (`name version`).
pub(super) fn cargo_lock(packages: &[&str]) -> String {
    cargo_lock_of("harbour", packages)
}

/// The same for a project of another name.
pub(super) fn cargo_lock_of(project: &str, packages: &[&str]) -> String {
    let named = |name: &str| packages.iter().filter(|it| it.starts_with(name)).count();
    let dependencies: Vec<String> = packages
        .iter()
        .map(|package| {
            let name = package.split(' ').next().unwrap();
            let written = if named(&format!("{name} ")) > 1 { package } else { name };
            format!(" \"{written}\",\n")
        })
        .collect();
    let mut text = format!(
        "version = 4\n\n[[package]]\nname = \"{project}\"\nversion = \"0.1.0\"\ndependencies = \
         [\n{}]\n",
        dependencies.concat()
    );
    for package in packages {
        let (name, version) = package.split_once(' ').unwrap();
        let entry = format!(
            "\n[[package]]\nname = \"{name}\"\nversion = \"{version}\"\n\
             source = \"registry+https://github.com/rust-lang/crates.io-index\"\n\
             checksum = \"{}\"\n",
            "0".repeat(64)
        );
        text.push_str(&entry);
    }
    text
}

/// A package-lock.json of a project that depends on all the packages.
pub(super) fn npm_lock(project: &str, packages: &[&str]) -> String {
    let mut root = serde_json::Map::new();
    let mut entries = serde_json::Map::new();
    for package in packages {
        let (name, version) = package.split_once(' ').unwrap();
        root.insert(name.to_owned(), Value::from(version));
        entries.insert(format!("node_modules/{name}"), serde_json::json!({ "version": version }));
    }
    entries.insert(
        String::new(),
        serde_json::json!({ "name": project, "version": "1.0.0", "dependencies": root }),
    );
    let text = serde_json::json!({
        "name": project, "version": "1.0.0", "lockfileVersion": 3, "packages": entries,
    });
    serde_json::to_string_pretty(&text).unwrap() + "\n"
}

impl Repository {
    /// Without any commit yet.
    pub(super) fn new() -> Self {
        let project = Project::empty();
        for (ecosystem, id, alias, package, availability) in ADVISORIES {
            let text = record(ecosystem, id, &[alias], package, availability);
            project.write(&format!("advisories/{ecosystem}/{id}.json"), text);
        }
        let import = [
            "db",
            "import",
            "--osv",
            "npm=advisories/npm",
            "--osv",
            "crates.io=advisories/crates.io",
            "--out",
            "db.lockgate",
        ];
        project.run(&import).assert_code(0);
        project.write("repo/README.md", "A project.\n");
        let repository = Self { project };
        repository.git(&["init", "--quiet", "--initial-branch=main"]);
        repository
    }

    pub(super) fn folder(&self) -> PathBuf {
        self.project.path().join("repo")
    }

    pub(super) fn write(&self, path: &str, text: impl AsRef<[u8]>) -> &Self {
        // With a time of its own: git tells a change by the time and size of a file.
        let path = self.folder().join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
        self
    }

    /// A link, in place of what was there.
    #[cfg(unix)]
    pub(super) fn link(&self, path: &str, target: &str) -> &Self {
        let link = self.folder().join(path);
        if link.is_symlink() {
            fs::remove_file(&link).unwrap();
        } else if link.exists() {
            self.project.remove(&format!("repo/{path}"));
        }
        std::os::unix::fs::symlink(target, link).unwrap();
        self
    }

    pub(super) fn remove(&self, path: &str) -> &Self {
        self.project.remove(&format!("repo/{path}"));
        self.git(&["rm", "-r", "--cached", "--quiet", "--ignore-unmatch", path]);
        self
    }

    /// Runs git in the repository.
    pub(super) fn git(&self, arguments: &[&str]) -> String {
        let output = git(&self.folder(), arguments);
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).unwrap().trim().to_owned()
    }

    /// Commits everything.
    pub(super) fn commit(&self) -> String {
        self.git(&["add", "--all", "--force"]);
        self.git(&["commit", "--quiet", "--allow-empty", "--message", "A state"]);
        self.git(&["rev-parse", "HEAD"])
    }

    /// Takes back what was changed since the last commit.
    pub(super) fn reset(&self) {
        self.git(&["reset", "--quiet", "--hard"]);
        self.git(&["clean", "--quiet", "--force", "-d"]);
    }

    /// The command `check` in the repository, against the advisories beside it.
    pub(super) fn command(&self, arguments: &[&str]) -> Command {
        let mut all = vec!["check", "--db", "../db.lockgate"];
        all.extend(arguments);
        let mut command = self.project.command(&all);
        command.current_dir(self.folder()).env("PATH", path());
        command
    }

    /// Runs it.
    pub(super) fn check(&self, arguments: &[&str]) -> Run {
        self.command(arguments).output().unwrap().into()
    }

    /// What the JSON report says.
    pub(super) fn told(&self, arguments: &[&str]) -> Told {
        let run = self.check(&[arguments, &["--report", "json"]].concat());
        run.assert_harmless();
        Told { code: run.code, json: run.json() }
    }

    /// A text without what differs from run to run.
    pub(super) fn without_names(&self, text: &str) -> String {
        let short = &self.git(&["rev-parse", "HEAD"])[..7];
        text.replace(short, "[base]")
    }
}

/// Runs git as somebody who has configured nothing.
pub(super) fn git(folder: &std::path::Path, arguments: &[&str]) -> Output {
    Command::new("git")
        .args(["-c", "user.name=Ann", "-c", "user.email=ann@example.test"])
        .args(arguments)
        .current_dir(folder)
        .env("HOME", folder)
        .env("GIT_CONFIG_NOSYSTEM", "1")
        .env("GIT_AUTHOR_DATE", "2026-01-01T00:00:00Z")
        .env("GIT_COMMITTER_DATE", "2026-01-01T00:00:00Z")
        .output()
        .unwrap()
}

/// `git` is looked for where whoever runs the tests has it.
pub(super) fn path() -> std::ffi::OsString {
    #[expect(clippy::disallowed_methods, reason = "the tests start git as a person would")]
    std::env::var_os("PATH").unwrap_or_default()
}

/// A JSON report.
pub(super) struct Told {
    pub(super) code: i32,
    pub(super) json: Value,
}

impl Told {
    /// The findings, in words: `added CVE-2026-0001 tarn 1.0.0 block`.
    pub(super) fn findings(&self) -> Vec<String> {
        let findings = self.json["findings"].as_array().unwrap().iter();
        let mut said: Vec<String> = findings
            .map(|finding| {
                let text = |value: &Value| value.as_str().unwrap_or("-").to_owned();
                format!(
                    "{} {} {} {}",
                    text(&finding["change"]),
                    text(&finding["package"]["name"]),
                    text(&finding["package"]["version"]),
                    text(&finding["disposition"]),
                )
            })
            .collect();
        said.sort();
        said
    }

    /// What is fixed: `tarn 1.0.0`.
    pub(super) fn fixed(&self) -> Vec<String> {
        let fixed = self.json["fixed"].as_array().unwrap().iter();
        fixed
            .map(|fixed| {
                let package = &fixed["package"];
                let (name, version) = (package["name"].as_str(), package["version"].as_str());
                format!("{} {}", name.unwrap(), version.unwrap())
            })
            .collect()
    }

    /// The changes of the policy: `loosened: …`.
    pub(super) fn policy_changes(&self) -> Vec<String> {
        let changes = self.json["policy_changes"].as_array().unwrap().iter();
        changes
            .map(|change| {
                let (effect, text) = (change["effect"].as_str(), change["text"].as_str());
                format!("{}: {}", effect.unwrap(), text.unwrap())
            })
            .collect()
    }

    /// The remarks, as one text.
    pub(super) fn remarks(&self) -> String {
        self.json["remarks"].to_string()
    }

    /// The codes of the gaps.
    pub(super) fn gaps(&self) -> Vec<&str> {
        let gaps = self.json["gaps"].as_array().unwrap().iter();
        gaps.map(|gap| gap["code"].as_str().unwrap()).collect()
    }
}
