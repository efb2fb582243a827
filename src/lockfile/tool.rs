//! Package managers: one row each, from which every list of file names and every command comes.
//!
//! An [`Ecosystem`] says whose advisories count. What a person types, and which files say what is
//! installed, is a matter of the package manager: several of them install packages of one ecosystem.

mod moving;

use super::Lockfile;
use crate::package::Ecosystem;

pub use self::moving::{Below, Moving, Overruling, Place, ProjectChoice, Reach};

pub const CARGO_LOCK: &str = "Cargo.lock";

/// The lockfile that npm can publish with a package (npm documentation, "npm-shrinkwrap.json").
pub const SHRINKWRAP: &str = "npm-shrinkwrap.json";

/// Where pnpm's workspaces are listed (pnpm documentation, "pnpm-workspace.yaml").
pub const PNPM_WORKSPACE: &str = "pnpm-workspace.yaml";

/// What Bun wrote before its version 1.2 (Bun documentation, "Lockfile").
const BUN_LOCKB: &str = "bun.lockb";

/// A package manager.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Tool {
    /// What people type, and what it is called in sentences.
    pub word: &'static str,
    pub ecosystem: Ecosystem,
    /// The names of its lockfiles. Those that no format reads are told as not read.
    pub lockfiles: &'static [&'static str],
    /// The beginning and the end of the names of lockfiles that it writes for branches.
    pub branch_lockfiles: Option<(&'static str, &'static str)>,
    /// Which of its lockfiles counts, where several lie in one folder.
    pub side_by_side: Option<SideBySide>,
    /// A lockfile of it that is no text, and what is typed to have a text in its place.
    pub binary_lockfile: Option<(&'static str, &'static str)>,
    /// The file that says what a project asks for.
    pub manifest: &'static str,
    /// What else decides about what is locked and built: names of files, wherever they lie, and of
    /// folders, which end in `/`.
    pub configuration: &'static [&'static str],
    /// What becomes of what is required and does not fit the platform (`os`, `cpu`, `libc`).
    pub unfitting: Unfitting,
    /// What is typed in place of [`Commands::lock`] for a project that lies below another one and is not
    /// part of its workspace, where that differs.
    pub lock_apart: Option<&'static str>,
    pub commands: Commands,
}

/// What a package manager does with a package that does not fit the platform and is not optional.
/// What is optional all of them leave out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Unfitting {
    /// It installs nothing at all, unless it is forced to.
    Refused,
    /// It is installed, with a warning.
    Installed,
    /// It is left out, and with it what only it needs.
    LeftOut,
}

/// Lockfiles of one package manager in one folder, of which its versions install different ones, so that
/// each is checked.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct SideBySide {
    /// The name that makes it so.
    pub name: &'static str,
    /// Which version installs which.
    pub reason: &'static str,
}

/// What is typed. Names of packages and versions stand behind it.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Commands {
    /// Writes a lockfile for a project that has none.
    pub lock: &'static str,
    /// Installs what is locked, and nothing else.
    pub install: &'static str,
    /// Adds to a lockfile what manifests ask for and it lacks.
    pub complete: &'static str,
    /// Adds projects of the workspace to a lockfile that does not know them.
    pub add_projects: &'static str,
    /// Locks the newest version of a package that everything admits.
    pub upgrade: &'static str,
    /// Locks one version of a package.
    pub pin: &'static str,
    /// Installs nothing that is only for development. `None` where that is never installed for others, or
    /// nothing leaves it out.
    pub omit_development: Option<&'static str>,
    /// How a manifest is changed. `None` where that is done by hand.
    pub manifest: Option<ManifestCommands>,
    /// What `upgrade` and `pin` reach, and what overrules dependents (npm and those like it).
    pub moving: Option<Moving>,
    /// What people type so that lockgate can ask what is built. `None` where it asks nobody.
    pub build: Option<BuildCommands>,
}

#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct ManifestCommands {
    /// Changes a value. `key=value` stands behind it.
    pub set: &'static str,
    /// Locks and installs what manifests ask for after they were changed.
    pub install: &'static str,
}

#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct BuildCommands {
    /// Brings the sources of all locked packages.
    pub fetch: &'static str,
    /// Resolves what is locked without a change and without the network.
    pub resolve: &'static str,
}

/// Cargo (Cargo book, "Cargo Commands" and "Configuration"; rustup book, "Overrides").
pub const CARGO: Tool = Tool {
    word: "cargo",
    ecosystem: Ecosystem::Cargo,
    lockfiles: &[CARGO_LOCK],
    branch_lockfiles: None,
    side_by_side: None,
    binary_lockfile: None,
    manifest: "Cargo.toml",
    configuration: &[".cargo/", "rust-toolchain", "rust-toolchain.toml"],
    unfitting: Unfitting::Refused,
    lock_apart: None,
    commands: Commands {
        lock: "cargo generate-lockfile",
        install: "cargo fetch --locked",
        complete: "cargo metadata --format-version 1",
        add_projects: "cargo update --workspace",
        upgrade: "cargo update",
        pin: "cargo update",
        omit_development: None,
        manifest: None,
        moving: None,
        build: Some(BuildCommands {
            fetch: "cargo fetch --locked",
            resolve: "cargo metadata --locked --offline",
        }),
    },
};

/// npm (npm documentation, "package-lock.json", "npmrc", "npm install", "npm update", "npm ci").
pub const NPM: Tool = Tool {
    word: "npm",
    ecosystem: Ecosystem::Npm,
    lockfiles: &[SHRINKWRAP, "package-lock.json"],
    branch_lockfiles: None,
    side_by_side: Some(SideBySide {
        name: SHRINKWRAP,
        reason: "npm before version 12 installs from npm-shrinkwrap.json, version 12 from \
                 package-lock.json",
    }),
    binary_lockfile: None,
    manifest: "package.json",
    configuration: &[".npmrc"],
    unfitting: Unfitting::Refused,
    lock_apart: None,
    commands: Commands {
        lock: "npm install --package-lock-only",
        install: "npm ci",
        complete: "npm install --package-lock-only",
        add_projects: "npm install --package-lock-only",
        upgrade: "npm update",
        pin: "npm install",
        omit_development: Some("npm ci --omit=dev"),
        manifest: Some(ManifestCommands { set: "npm pkg set", install: "npm install" }),
        moving: Some(moving::NPM),
        build: None,
    },
};

/// Every package manager whose lockfiles are known, the usual one of an ecosystem first.
pub const TOOLS: &[&Tool] =
    &[&CARGO, &NPM, &YARN, &YARN_CLASSIC, &PNPM, &BUN, &DENO, &VLT, &AUBE, &NUB, &COTTON, &OROGENE];

/// Yarn 2 and later (Yarn documentation, "yarn install", "yarn up", "yarn add", "yarn workspaces
/// focus").
pub const YARN: Tool = Tool {
    word: "yarn",
    lockfiles: &["yarn.lock"],
    branch_lockfiles: None,
    side_by_side: None,
    configuration: &[".yarnrc.yml", ".pnp.cjs"],
    unfitting: Unfitting::LeftOut,
    // It takes the project above for the one that is meant, unless there is a lockfile (it says so itself).
    lock_apart: Some("touch yarn.lock && yarn install --mode=update-lockfile"),
    commands: Commands {
        lock: "yarn install --mode=update-lockfile",
        install: "yarn install --immutable",
        complete: "yarn install --mode=update-lockfile",
        add_projects: "yarn install --mode=update-lockfile",
        upgrade: "yarn up --recursive",
        pin: "yarn add",
        omit_development: Some("yarn workspaces focus --all --production"),
        manifest: Some(ManifestCommands { set: "npm pkg set", install: "yarn install" }),
        moving: Some(moving::YARN),
        build: None,
    },
    ..NPM
};

/// Yarn 1 (Yarn 1 documentation, "yarn install", "yarn upgrade").
pub const YARN_CLASSIC: Tool = Tool {
    configuration: &[".yarnrc"],
    unfitting: Unfitting::Refused,
    lock_apart: None,
    commands: Commands {
        lock: "yarn install",
        install: "yarn install --frozen-lockfile",
        complete: "yarn install",
        add_projects: "yarn install",
        upgrade: "yarn upgrade",
        pin: "yarn add",
        omit_development: Some("yarn install --production"),
        manifest: Some(ManifestCommands { set: "npm pkg set", install: "yarn install" }),
        moving: Some(moving::YARN_CLASSIC),
        build: None,
    },
    ..YARN
};

/// pnpm (pnpm documentation, "pnpm install", "pnpm update", "pnpm-workspace.yaml", "Git Branch Lockfiles").
pub const PNPM: Tool = Tool {
    word: "pnpm",
    // `shrinkwrap.yaml` is what it wrote before its version 3.
    lockfiles: &["pnpm-lock.yaml", "shrinkwrap.yaml"],
    branch_lockfiles: Some(("pnpm-lock.", ".yaml")),
    side_by_side: None,
    configuration: &[PNPM_WORKSPACE, ".npmrc", ".pnpmfile.cjs", ".pnpmfile.mjs"],
    unfitting: Unfitting::Installed,
    commands: Commands {
        lock: "pnpm install --lockfile-only",
        install: "pnpm install --frozen-lockfile",
        complete: "pnpm install --lockfile-only",
        add_projects: "pnpm install --lockfile-only",
        upgrade: "pnpm update",
        pin: "pnpm add",
        omit_development: Some("pnpm install --prod"),
        manifest: Some(ManifestCommands { set: "npm pkg set", install: "pnpm install" }),
        moving: Some(moving::PNPM),
        build: None,
    },
    ..NPM
};

/// Rush, which keeps lockfiles of pnpm and runs it (Rush documentation, "rush update").
pub const RUSH: Tool = Tool {
    word: "rush",
    commands: Commands {
        lock: "rush update",
        complete: "rush update",
        add_projects: "rush update",
        ..PNPM.commands
    },
    ..PNPM
};

/// Bun (Bun documentation, "bun install", "bun update", "Lockfile").
pub const BUN: Tool = Tool {
    word: "bun",
    lockfiles: &["bun.lock", BUN_LOCKB],
    side_by_side: None,
    binary_lockfile: Some((
        BUN_LOCKB,
        "bun install --save-text-lockfile --frozen-lockfile --lockfile-only",
    )),
    configuration: &["bunfig.toml", ".npmrc"],
    unfitting: Unfitting::LeftOut,
    commands: Commands {
        lock: "bun install --lockfile-only",
        install: "bun install --frozen-lockfile",
        complete: "bun install --lockfile-only",
        add_projects: "bun install --lockfile-only",
        upgrade: "bun update",
        pin: "bun add",
        omit_development: Some("bun install --production"),
        manifest: Some(ManifestCommands { set: "bun pm pkg set", install: "bun install" }),
        moving: Some(moving::BUN),
        build: None,
    },
    ..NPM
};

/// Deno (Deno documentation, "deno install", "deno update", "Lockfile").
pub const DENO: Tool = Tool {
    word: "deno",
    lockfiles: &["deno.lock"],
    side_by_side: None,
    configuration: &["deno.json", "deno.jsonc"],
    unfitting: Unfitting::Installed,
    commands: Commands {
        lock: "deno install",
        install: "deno install --frozen",
        complete: "deno install",
        add_projects: "deno install",
        upgrade: "deno update",
        pin: "deno update",
        omit_development: None,
        manifest: None,
        moving: Some(moving::DENO),
        build: None,
    },
    ..NPM
};

/// vlt (vlt documentation, "install", "update"). Its lockfile is known and not read.
const VLT: Tool = Tool {
    word: "vlt",
    lockfiles: &["vlt-lock.json"],
    side_by_side: None,
    configuration: &["vlt.json"],
    commands: Commands {
        lock: "vlt install",
        install: "vlt install --frozen-lockfile",
        complete: "vlt install",
        add_projects: "vlt install",
        upgrade: "vlt update",
        pin: "vlt install",
        omit_development: None,
        manifest: None,
        moving: None,
        build: None,
    },
    ..NPM
};

/// aube (aube documentation, "Lockfiles"). Its lockfile is known and not read.
const AUBE: Tool = Tool {
    word: "aube",
    lockfiles: &["aube-lock.yaml"],
    branch_lockfiles: Some(("aube-lock.", ".yaml")),
    configuration: &[],
    commands: only_install("aube install"),
    ..VLT
};

/// nub (nub documentation, "Install"). Its lockfile is known and not read.
const NUB: Tool = Tool {
    word: "nub",
    lockfiles: &["nub.lock"],
    configuration: &[],
    commands: only_install("nub install"),
    ..VLT
};

/// Cotton (Cotton documentation, "Usage"). Its lockfile is known and not read.
const COTTON: Tool = Tool {
    word: "cotton",
    lockfiles: &["cotton.lock"],
    configuration: &[],
    commands: only_install("cotton install"),
    ..VLT
};

/// Orogene (Orogene documentation, "oro apply"). Its lockfile is known and not read.
const OROGENE: Tool = Tool {
    word: "oro",
    lockfiles: &["package-lock.kdl"],
    configuration: &[],
    commands: only_install("oro apply"),
    ..VLT
};

/// The commands of a package manager whose lockfile is not read: it is only told to write one.
const fn only_install(command: &'static str) -> Commands {
    Commands {
        lock: command,
        install: command,
        complete: command,
        add_projects: command,
        upgrade: command,
        pin: command,
        omit_development: None,
        manifest: None,
        moving: None,
        build: None,
    }
}

impl Commands {
    /// What is typed before the name of a package to lock the newest version of it that everything admits.
    pub fn upgrade_of(&self, lockfile: &Lockfile) -> &'static str {
        let of_workspace = self.moving.as_ref().and_then(|moving| moving.upgrade_workspace);
        of_workspace.filter(|_| lockfile.roots.len() > 1).unwrap_or(self.upgrade)
    }
}

impl Tool {
    /// The usual package manager of an ecosystem: that of a project which names no other one.
    pub fn usual(ecosystem: Ecosystem) -> &'static Self {
        match ecosystem {
            Ecosystem::Cargo => &CARGO,
            Ecosystem::Npm => &NPM,
        }
    }

    /// Whose lockfile a file is, by its name alone.
    pub fn of_lockfile(name: &str) -> Option<&'static Self> {
        TOOLS.iter().copied().find(|tool| tool.lockfiles.contains(&name) || tool.is_of_branch(name))
    }

    /// Whose manifest a file is, by its name alone: of several, the usual one.
    pub fn of_manifest(name: &str) -> Option<&'static Self> {
        let is_of_deno = DENO.configuration.contains(&name);
        let usual = || TOOLS.iter().copied().find(|tool| tool.manifest == name);
        if is_of_deno { Some(&DENO) } else { usual() }
    }

    /// The manifest, and a file of each configuration.
    #[cfg(test)]
    pub fn files(&self) -> Vec<String> {
        let configuration = self.configuration.iter().map(|name| match name.strip_suffix('/') {
            Some(folder) => format!("{folder}/config.toml"),
            None => (*name).to_owned(),
        });
        configuration.chain([self.manifest.to_owned()]).collect()
    }

    pub(super) fn is_of_branch(&self, name: &str) -> bool {
        self.branch_lockfiles.is_some_and(|(start, end)| {
            name.strip_prefix(start).is_some_and(|rest| rest.strip_suffix(end).is_some())
        })
    }

    /// `let npm write it again: npm install --package-lock-only`
    pub fn write_again(&self) -> String {
        format!("let {} write it again: {}", self.word, self.commands.lock)
    }

    /// `let npm 7 or later write the lockfile again: npm install --package-lock-only`. `versions` stands
    /// behind the name.
    pub fn write_lockfile_again(&self, versions: &str) -> String {
        format!("let {}{versions} write the lockfile again: {}", self.word, self.commands.lock)
    }

    /// The same where the lockfile has to be removed first.
    pub fn write_anew(&self) -> String {
        format!("let {} write it anew: {}", self.word, self.commands.lock)
    }

    /// `let npm complete the lockfile: npm install --package-lock-only`
    pub fn complete(&self) -> String {
        format!("let {} complete the lockfile: {}", self.word, self.commands.complete)
    }

    /// `let npm bring the lockfile up to date: npm install --package-lock-only`
    pub fn bring_up_to_date(&self) -> String {
        format!("let {} bring the lockfile up to date: {}", self.word, self.commands.complete)
    }
}

/// Whether a file says what is locked or built, beside lockfiles: a manifest of any package manager, or a
/// configuration. `path` has `/` between its parts.
pub fn says_what_is_locked(path: &str) -> bool {
    let name = path.rsplit('/').next().unwrap_or(path);
    TOOLS.iter().any(|tool| {
        tool.manifest == name
            || tool.configuration.iter().any(|known| match known.strip_suffix('/') {
                Some(folder) => path.split('/').rev().skip(1).any(|above| above == folder),
                None => *known == name,
            })
    })
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;
    use std::ffi::OsStr;
    use std::fs;
    use std::path::Path;

    use super::*;
    use crate::lockfile::{FORMATS, discovery, project};

    /// A package manager that a list of names leaves out is not looked at there, which is a false pass.
    #[test]
    fn every_file_of_every_tool_is_looked_for() {
        for tool in TOOLS {
            let branch = tool.branch_lockfiles.map(|(start, end)| format!("{start}main{end}"));
            for name in tool.lockfiles.iter().copied().chain(branch.as_deref()) {
                assert!(discovery::is_looked_for(OsStr::new(name)), "{name}");
                let word = Tool::of_lockfile(name).map(|first| first.word);
                assert_eq!(word, Some(tool.word), "{name}");
                let is_read = FORMATS.iter().any(|format| format.reads(name));
                assert_eq!(discovery::is_unread_name(OsStr::new(name)), !is_read, "{name}");
            }
            assert!(discovery::is_manifest_name(OsStr::new(tool.manifest)), "{}", tool.word);
            let usual = project::tool_of(Path::new(tool.manifest));
            assert_eq!(usual.map(|usual| usual.ecosystem), Some(tool.ecosystem), "{}", tool.word);
            for file in tool.files() {
                assert!(says_what_is_locked(&file), "{file}");
            }
        }
    }

    #[test]
    fn every_format_is_one_of_a_tool_that_knows_its_names() {
        for format in FORMATS {
            assert!(TOOLS.contains(&format.tool()), "{}", format.name());
            for name in format.file_names() {
                assert!(format.tool().lockfiles.contains(name), "{name}");
            }
        }
    }

    #[test]
    fn every_command_is_one_of_its_tool() {
        for usual in [&CARGO, &NPM] {
            assert_eq!(Tool::usual(usual.ecosystem), usual);
        }
        // What has no command to change a manifest is helped by npm's.
        let of_npm = commands(&NPM);
        for tool in TOOLS {
            for command in commands(tool) {
                let is_own = command.starts_with(tool.word);
                assert!(is_own || command.ends_with("pkg set") && of_npm.contains(&command));
            }
        }
    }

    fn commands(tool: &Tool) -> Vec<&'static str> {
        let Commands { lock, install, complete, add_projects, upgrade, pin, .. } = tool.commands;
        let Commands { omit_development, manifest, build, .. } = &tool.commands;
        let mut commands = vec![lock, install, complete, add_projects, upgrade, pin];
        commands.extend(omit_development);
        commands.extend(manifest.iter().flat_map(|manifest| [manifest.set, manifest.install]));
        commands.extend(build.iter().flat_map(|build| [build.fetch, build.resolve]));
        commands.extend(tool.binary_lockfile.map(|(_, command)| command));
        commands.extend(tool.commands.moving.iter().filter_map(|moving| moving.upgrade_workspace));
        commands
    }

    /// A command that is written out elsewhere is that of one package manager, whoever wrote the lockfile.
    #[test]
    fn every_command_is_written_once() {
        // What is run and not said, and the example of a line that somebody answers for.
        let known = [("workspace.rs", "cargo metadata"), ("ignored_line.rs", "npm ci")];
        let begins = |command: &str| command.split(' ').take(2).collect::<Vec<_>>().join(" ");
        let begins: BTreeSet<String> =
            TOOLS.iter().flat_map(|tool| commands(tool)).map(begins).collect();
        assert!(begins.contains("npm install") && begins.contains("cargo update"));
        let sources = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/**/*.rs");
        for path in glob::glob(sources.to_str().unwrap()).unwrap() {
            let path = path.unwrap();
            let name = path.file_name().unwrap().to_str().unwrap();
            let is_of_tests = path
                .iter()
                .any(|part| ["tests", "tests.rs", "sample"].iter().any(|it| part == *it));
            let tables = ["lockfile/tool.rs", "lockfile/tool/moving.rs"];
            if is_of_tests || tables.into_iter().any(|table| path.ends_with(table)) {
                continue;
            }
            let text = fs::read_to_string(&path).unwrap();
            let code = text.split("#[cfg(test)]\nmod tests").next().unwrap_or_default();
            let lines = code.lines().filter(|line| !line.trim_start().starts_with("//"));
            for line in lines {
                let is_named = |command: &&String| {
                    let mut behind = line.split(command.as_str()).skip(1);
                    behind.any(|behind| !behind.starts_with(char::is_alphanumeric))
                };
                for command in begins.iter().filter(is_named) {
                    let is_known = known.contains(&(name, command.as_str()));
                    assert!(is_known, "{} writes a command out: {line}", path.display());
                }
            }
        }
    }

    #[test]
    fn other_files_say_nothing_about_what_is_locked() {
        for (path, expected) in [
            (".cargo/config", true),
            ("a/.cargo/b/c", true),
            ("a.cargo/config.toml", false),
            (".cargo", false),
            ("src/main.rs", false),
            ("npmrc", false),
        ] {
            assert_eq!(says_what_is_locked(path), expected, "{path}");
        }
    }
}
