//! Which changes can change the answer of the gate. What is in doubt can.

use crate::evidence::FilesOfClaims;
use crate::lockfile::discovery::is_unread_name;
use crate::lockfile::file::format_of_name;
use crate::lockfile::tool::says_what_is_locked;
use crate::policy::{FILE_NAME, Policy, SourcePlace, Suppression};

/// The files that decide, besides those of package managers.
const NAMES: &[&str] = &[FILE_NAME, ".gitignore"];

/// What the answer of the gate rests on beyond lockfiles and manifests.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Relevance {
    /// What it takes to check claims.
    files: FilesOfClaims,
    /// Any file decides about claims.
    everything: bool,
    /// Folders and files with advisories of the team's own.
    advisories: Vec<String>,
}

impl Relevance {
    /// What a policy makes relevant.
    pub fn of(policy: &Policy) -> Self {
        let written = policy.suppressions.iter().flat_map(Suppression::kinds);
        let files = FilesOfClaims::of(written.chain(policy.automatic.iter().copied()));
        let advisories = policy.database.sources.iter().filter_map(|source| match &source.place {
            SourcePlace::Path(path) => Some(normal(path)),
            SourcePlace::Url(_) | SourcePlace::PackageManager => None,
        });
        Self {
            files,
            everything: match files {
                FilesOfClaims::Manifests => false,
                // Where less is declared than what could be built, any text may hold a command that
                // builds more.
                FilesOfClaims::Builds => policy.cargo.is_narrow(),
                FilesOfClaims::All => true,
            },
            advisories: advisories.collect(),
        }
    }

    /// Whether a change of a file can change the answer, whatever the policy says.
    pub fn always(path: &str) -> bool {
        let name = name_of(path);
        format_of_name(name).is_some()
            || is_unread_name(name.as_ref())
            || NAMES.contains(&name)
            || says_what_is_locked(path)
    }

    /// Whether a check looks at a file, or at whether it is there.
    pub fn is_looked_at(&self, path: &str) -> bool {
        self.files.are_all() || self.matters(path)
    }

    /// Whether a change of a file can change the answer. `path` counts from the root of the
    /// repository.
    pub fn matters(&self, path: &str) -> bool {
        self.everything
            || Self::always(path)
            || self.advisories.iter().any(|folder| is_at_or_below(folder, path))
    }
}

/// Whether a file says by being there what a package of Cargo's is (Cargo documentation, "Cargo
/// Targets"): a library, which may go without a lockfile, or a program.
pub fn tells_targets(path: &str) -> bool {
    let ends = |place: &str| {
        path.strip_suffix(place).is_some_and(|before| before.is_empty() || before.ends_with('/'))
    };
    ends("src/lib.rs") || ends("src/main.rs") || format!("/{path}").contains("/src/bin/")
}

fn name_of(path: &str) -> &str {
    path.rsplit('/').next().unwrap_or(path)
}

/// A relative path without `./`, and without a slash at its end.
fn normal(path: &str) -> String {
    let path = path.replace('\\', "/");
    let parts = path.split('/').filter(|part| !part.is_empty() && *part != ".");
    parts.collect::<Vec<_>>().join("/")
}

fn is_at_or_below(folder: &str, path: &str) -> bool {
    folder.is_empty()
        || path.strip_prefix(folder).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::lockfile::tool::TOOLS;
    use crate::problem::SourceText;

    #[test]
    fn every_file_of_every_package_manager_matters() {
        for tool in TOOLS {
            let lockfiles = tool.lockfiles.iter().map(|name| (*name).to_owned());
            for name in tool.files().into_iter().chain(lockfiles) {
                assert!(Relevance::always(&name), "{name}");
                assert!(Relevance::always(&format!("web/{name}")), "{name}");
            }
        }
    }

    fn relevance(policy: &str) -> Relevance {
        let source = SourceText::new(FILE_NAME, format!("schema = 1\n{policy}"));
        let today = jiff::civil::date(2026, 11, 22);
        Relevance::of(&crate::policy::Policy::parse(Arc::new(source), today).unwrap())
    }

    #[test]
    fn what_can_change_the_answer_matters() {
        let ordinary = relevance("");
        let everything = relevance("[evidence]\nauto = [\"not-built\"]\n");
        let declared = relevance(
            "[evidence]\nauto = [\"not-built\"]\n[cargo]\ntargets = [\"x86_64-unknown-linux-gnu\"]\n",
        );
        let development = relevance(
            "[[suppress]]\nadvisory = \"CVE-2026-0001\"\nclaim = { development-only = true }\nreason = \"x\"\n",
        );
        let own = relevance(
            "[database]\nsources = [{ kind = \"folder\", path = \"./security/advisories/\" }]\n",
        );
        for (path, matters, matters_for_own) in [
            ("Cargo.lock", true, true),
            ("web/admin/package-lock.json", true, true),
            ("web/pnpm-lock.yaml", true, true),
            ("lockgate.toml", true, true),
            ("server/Cargo.toml", true, true),
            ("web/package.json", true, true),
            (".cargo/config.toml", true, true),
            ("server/.cargo/config", true, true),
            (".cargo/", true, true),
            ("web/node_modules/", false, false),
            (".github/workflows/build.yml", false, false),
            ("Dockerfile", false, false),
            ("web/api.dockerfile", false, false),
            ("bin/build", false, false),
            ("xtask/src/main.rs", false, false),
            ("deploy/build.sh", false, false),
            ("security/advisories/ours.json", false, true),
            ("security/advisories-old/ours.json", false, false),
            ("src/main.rs", false, false),
            ("README.md", false, false),
            ("docs/Cargo.lock.md", false, false),
        ] {
            assert_eq!(Relevance::always(path), matters, "{path}");
            assert_eq!(ordinary.matters(path), matters, "{path}");
            assert_eq!(everything.matters(path), matters, "{path}");
            assert!(declared.matters(path), "any text may order another build: {path}");
            assert!(development.matters(path), "any file may import: {path}");
            assert!(everything.is_looked_at(path) && declared.is_looked_at(path), "{path}");
            assert!(development.is_looked_at(path), "{path}");
            assert_eq!(own.is_looked_at(path), matters_for_own, "{path}");
            assert_eq!(own.matters(path), matters_for_own, "{path}");
        }
    }
}
