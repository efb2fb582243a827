//! What it takes to lock another version of one package, where several package managers install packages of
//! one registry: which dependents a command reaches, and what overrules those that it does not.
//!
//! Seen with the package managers themselves: `tests/cases/upgrades/followed.rs` types what follows from it.

use super::PNPM_WORKSPACE;

/// How one package is moved to another version.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Moving {
    /// Whose requests [`super::Commands::upgrade`] answers anew.
    pub reach: Reach,
    /// The same command where a lockfile locks more than one project, if it is another one.
    pub upgrade_workspace: Option<&'static str>,
    /// Whether an update is by the name of the package where it is asked for under another one.
    pub is_updated_by_package: bool,
    /// How [`super::Commands::pin`] is told which project asks.
    pub project: ProjectChoice,
    /// Whether it writes a version or a range into the manifest as it is typed. Else it makes a range of a
    /// version.
    pub is_written_as_typed: bool,
    /// Makes it write the version itself. Empty where that takes no option.
    pub exact: &'static str,
    /// Makes it write into a table of the manifest, where it would not keep the one that asks.
    pub tables: &'static [(&'static str, &'static str)],
    /// How a project overrules what its dependencies ask for, where it can.
    pub overruling: Option<Overruling>,
}

/// Whose requests an update of one package answers anew.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Reach {
    /// Everybody's.
    Everybody,
    /// Those of the project that lies beside the lockfile.
    Root,
}

/// How a command is told which project of a workspace it is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum ProjectChoice {
    /// With this option and the folder, beside the lockfile.
    Option(&'static str),
    /// It is typed in the project's folder; beside the lockfile of a workspace with this option.
    Folder { root_option: &'static str },
}

/// How a project overrules what its dependencies ask for.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Overruling {
    pub table: &'static str,
    pub place: Place,
    pub below: Below,
    /// Whether what a dependency asks for under another name is overruled by that name.
    pub is_for_aliases: bool,
}

/// Where the table lies, beside the lockfile.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Place {
    /// In the manifest.
    Manifest,
    /// In this file, which no command adds to, and with other versions of the package manager elsewhere.
    File { name: &'static str, otherwise: &'static str },
}

/// How it is written that an order is about what one dependent asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Below {
    /// In a table of the dependent's name.
    Nested,
    /// Under both names, with this in front and this between them.
    Joined { before: &'static str, between: &'static str },
}

/// npm documentation, "npm install", "npm update", "package.json", `overrides`.
pub(super) const NPM: Moving = Moving {
    reach: Reach::Everybody,
    upgrade_workspace: None,
    is_updated_by_package: false,
    project: ProjectChoice::Option("--workspace"),
    is_written_as_typed: false,
    exact: "--save-exact",
    tables: &[],
    overruling: Some(Overruling {
        table: "overrides",
        place: Place::Manifest,
        below: Below::Nested,
        is_for_aliases: true,
    }),
};

/// pnpm documentation, "pnpm update", "pnpm add", "Settings (pnpm-workspace.yaml)", `overrides`.
///
/// Before version 12 an update of the folder does not reach the members of the workspace, and `--recursive`
/// does not reach the dependencies of a project that is no workspace.
pub(super) const PNPM: Moving = Moving {
    reach: Reach::Everybody,
    upgrade_workspace: Some("pnpm update --recursive"),
    is_updated_by_package: true,
    project: ProjectChoice::Folder { root_option: "--workspace-root" },
    is_written_as_typed: true,
    exact: "--save-exact",
    tables: &[],
    overruling: Some(Overruling {
        table: "overrides",
        place: Place::File {
            name: PNPM_WORKSPACE,
            otherwise: "before pnpm 10.5 under `pnpm.overrides` in package.json",
        },
        below: Below::Joined { before: "", between: ">" },
        is_for_aliases: true,
    }),
};

/// Options of `yarn add`, which asks back where a package is in a table for peers as well, and for Yarn 1
/// writes into `dependencies` whatever table has it.
const YARN_TABLES: &[(&str, &str)] = &[
    ("devDependencies", "--dev"),
    ("optionalDependencies", "--optional"),
    ("peerDependencies", "--peer"),
];

/// Yarn documentation, "yarn up", "yarn add", "Manifest fields", `resolutions`.
pub(super) const YARN: Moving = Moving {
    reach: Reach::Everybody,
    upgrade_workspace: None,
    is_updated_by_package: false,
    project: ProjectChoice::Folder { root_option: "" },
    is_written_as_typed: true,
    exact: "",
    tables: YARN_TABLES,
    overruling: Some(Overruling {
        table: "resolutions",
        place: Place::Manifest,
        below: Below::Joined { before: "", between: "/" },
        is_for_aliases: true,
    }),
};

/// Yarn 1 documentation, "yarn upgrade", "yarn add", "Selective dependency resolutions".
///
/// An update of a package that only dependencies or members of the workspace ask for exits with 0 and
/// changes nothing.
pub(super) const YARN_CLASSIC: Moving = Moving {
    reach: Reach::Root,
    upgrade_workspace: None,
    is_updated_by_package: false,
    project: ProjectChoice::Folder { root_option: "-W" },
    is_written_as_typed: true,
    exact: "",
    tables: YARN_TABLES,
    overruling: Some(Overruling {
        table: "resolutions",
        place: Place::Manifest,
        below: Below::Joined { before: "**/", between: "/" },
        is_for_aliases: true,
    }),
};

/// Bun documentation, "bun update", "bun add", "Overrides and resolutions".
pub(super) const BUN: Moving = Moving {
    reach: Reach::Everybody,
    upgrade_workspace: Some("bun update --recursive"),
    is_updated_by_package: false,
    project: ProjectChoice::Folder { root_option: "" },
    is_written_as_typed: true,
    exact: "",
    tables: &[],
    overruling: Some(Overruling {
        table: "overrides",
        place: Place::Manifest,
        below: Below::Nested,
        is_for_aliases: false,
    }),
};

/// Deno documentation, "deno update". Deno passes over `overrides`.
pub(super) const DENO: Moving = Moving {
    reach: Reach::Root,
    upgrade_workspace: None,
    is_updated_by_package: false,
    project: ProjectChoice::Folder { root_option: "" },
    is_written_as_typed: true,
    exact: "",
    tables: &[],
    overruling: None,
};
