//! The package managers of npm's world, as they are published, for tests that ask the real ones.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::sync::OnceLock;

use crate::harness::repository;
use crate::skip::skip;

/// What is installed, by name and version. Bun and Deno are taken in the packages that hold nothing but the
/// program for this machine: those of their own names fetch it in a script.
const PINNED: &[&str] = &[
    "pnpm@12.21.0",
    "yarn@1.22.22",
    "@yarnpkg/cli-dist@4.18.1",
    "@oven/bun-linux-x64@1.4.5",
    "@deno/linux-x64-glibc@2.9.6",
];

/// A package manager.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Manager {
    Npm,
    Pnpm,
    YarnClassic,
    Yarn,
    Bun,
    Deno,
}

/// The folder that the package managers are installed in, or `None` with a visible remark.
pub(crate) fn installed(test: &str) -> Option<&'static Path> {
    static FOLDER: OnceLock<Result<PathBuf, String>> = OnceLock::new();
    match FOLDER.get_or_init(install) {
        Ok(folder) => Some(folder),
        Err(reason) => {
            skip("package-managers", test, reason);
            None
        }
    }
}

fn install() -> Result<PathBuf, String> {
    if !cfg!(all(target_os = "linux", target_arch = "x86_64")) {
        return Err("they are pinned for 64-bit Linux".to_owned());
    }
    let folder = repository().join("target/package-managers");
    let is_done = folder.join("done");
    let wanted = PINNED.join("\n");
    if fs::read_to_string(&is_done).is_ok_and(|done| done == wanted) {
        return Ok(folder);
    }
    fs::create_dir_all(&folder).map_err(|error| error.to_string())?;
    fs::write(folder.join("package.json"), "{\"private\": true}").unwrap();
    let run = Command::new("npm")
        .args(["install", "--silent", "--no-audit", "--no-fund", "--ignore-scripts"])
        .args(PINNED)
        .current_dir(&folder)
        .output()
        .map_err(|error| format!("npm cannot be started: {error}"))?;
    if !run.status.success() {
        return Err(format!("npm cannot install them: {}", String::from_utf8_lossy(&run.stderr)));
    }
    fs::write(is_done, wanted).unwrap();
    Ok(folder)
}

impl Manager {
    /// The name of its lockfile.
    pub(crate) fn lockfile(self) -> &'static str {
        match self {
            Self::Npm => "package-lock.json",
            Self::Pnpm => "pnpm-lock.yaml",
            Self::YarnClassic | Self::Yarn => "yarn.lock",
            Self::Bun => "bun.lock",
            Self::Deno => "deno.lock",
        }
    }

    /// The command that starts it, in a home folder of its own, so that nothing of this machine decides but
    /// where the registry is.
    pub(crate) fn command(self, tools: &Path, home: &Path) -> Command {
        let modules = tools.join("node_modules");
        let under_node = |script: &str| {
            let mut command = Command::new("node");
            command.arg(modules.join(script));
            command
        };
        let mut command = match self {
            Self::Npm => Command::new("npm"),
            Self::Pnpm => Command::new(modules.join("@pnpm/exe.linux-x64/pnpm")),
            Self::YarnClassic => under_node("yarn/bin/yarn.js"),
            Self::Yarn => under_node("@yarnpkg/cli-dist/bin/yarn.js"),
            Self::Bun => Command::new(modules.join("@oven/bun-linux-x64/bin/bun")),
            Self::Deno => Command::new(modules.join("@deno/linux-x64-glibc/deno")),
        };
        command.envs([
            ("YARN_ENABLE_GLOBAL_CACHE", "false"),
            ("YARN_NODE_LINKER", "node-modules"),
            ("YARN_ENABLE_IMMUTABLE_INSTALLS", "false"),
            ("CI", ""),
        ]);
        command.env("XDG_DATA_HOME", home.join("data")).env("XDG_CACHE_HOME", home.join("cache"));
        command
    }

    /// Runs it in a folder.
    ///
    /// # Panics
    ///
    /// If it fails.
    pub(crate) fn run(self, tools: &Path, home: &Path, folder: &Path, words: &[&str]) -> Output {
        let run = self.command(tools, home).args(words).current_dir(folder).output().unwrap();
        let said = [&run.stdout, &run.stderr].map(|it| String::from_utf8_lossy(it).into_owned());
        assert!(run.status.success(), "{self:?} {words:?}: {}", said.concat());
        run
    }
}
