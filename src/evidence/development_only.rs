//! `development-only`: nothing but development needs the package.
//!
//! Two questions make up the claim. Is the package outside of what is installed or built for
//! production? This is decided here, over the edges of the lockfile, as told apart by the projects'
//! manifests: npm, pnpm, Yarn and Bun install for production what the dependencies, optional dependencies
//! and peer dependencies of any workspace lead to (npm documentation, "npm install", `--omit`). A flag in the
//! lockfile (npm `dev`) is no evidence; where it contradicts the edges the claim is unknown.
//!
//! And is what is left out shipped all the same, because code imports it, a bundler takes it in, somebody
//! copies it, or development is installed where it is shipped? For npm every file of the repository
//! may say so: [`crate::npm_use`] tells what was searched, and on what that rests. An import in production
//! code refutes the claim, everything else leaves it unknown. For Cargo tests, examples or benchmarks may be
//! shipped.
//!
//! What it rests on for Cargo: the lockfile, the manifests, and that no test, example or benchmark is
//! shipped. That `[cargo] development` declares; lines of any text file that order such a build are found,
//! and one that ships what `cargo test` has left behind would make it false.

use super::reachability::{Chain, Way, chain, first_that_may_want_peers, is_any_copy_unreached};
use super::seen::Seen;
use super::{Subject, production_import, shipped_development};
use crate::lockfile::DependencyKind;
use crate::lockfile::tool::{CARGO_LOCK, NPM};
use crate::package::Ecosystem;
use crate::policy::Fact;

/// Looks for a way in that is not development.
pub(super) fn look(subject: &Subject<'_>) -> Seen {
    if let Some(chain) = chain(subject, Way::OutsideDevelopment) {
        let is_shown_by = |kind| kind != DependencyKind::Development;
        return chain.refutes(subject, "it is needed outside development", is_shown_by);
    }
    if let Some(chain) = chain(subject, Way::PerhapsOutsideDevelopment) {
        return undecided(subject, &chain);
    }
    if let Some(seen) = imported(subject) {
        return seen;
    }
    if is_any_copy_unreached(subject) {
        return Seen::unknown(
            "no project leads to an installed copy, so nothing tells what it is for",
        );
    }
    contradicted(subject)
        .or_else(|| peers_not_recorded(subject))
        .or_else(|| shipped_all_the_same(subject))
        .unwrap_or_else(|| {
            Seen::upheld("every way in starts at a development dependency of a project")
        })
}

/// Production code imports it, whatever the manifest calls it.
fn imported(subject: &Subject<'_>) -> Option<Seen> {
    if subject.lockfile.ecosystem != Ecosystem::Npm {
        return None;
    }
    // Where nobody may ask the claim is not decided further on, either.
    let used = subject.facts.npm_use().ok()?;
    production_import::look(subject, used)
}

/// The project's own edge is of unknown kind: its manifest was not there, or does not ask for it.
fn undecided(subject: &Subject<'_>, chain: &Chain) -> Seen {
    let project =
        chain.project().map_or_else(String::new, |project| subject.graph.id(project).to_string());
    let tool = subject.lockfile.format.tool();
    if tool.ecosystem == Ecosystem::Npm && tool.commands.omit_development.is_none() {
        let detail = format!(
            "the lockfile does not say what {project} needs it for, and {} installs what development \
             needs with everything else",
            tool.word
        );
        return Seen::unknown(detail);
    }
    let manifest = tool.manifest;
    let lockfile = match subject.lockfile.ecosystem {
        Ecosystem::Cargo => CARGO_LOCK,
        Ecosystem::Npm if *tool == NPM && subject.lockfile.omits_peers => "a lockfile of version 1",
        Ecosystem::Npm => "the lockfile",
    };
    let detail = format!(
        "{lockfile} does not say what {project} needs it for, and no {manifest} of it was found that does"
    );
    let help = format!("check where the {manifest} of {project} lies beside the lockfile");
    Seen::unknown(detail).help(help)
}

/// The lockfile's own flag says something else than its edges: one of them is wrong.
fn contradicted(subject: &Subject<'_>) -> Option<Seen> {
    let lockfile = subject.lockfile;
    let flagged = subject
        .packages
        .iter()
        .find(|package| lockfile.packages[**package].development_flag == Some(false))?;
    let detail = format!(
        "the dependencies say development, but the lockfile does not mark {} as `dev`",
        subject.graph.id(*flagged)
    );
    let help = lockfile.format.tool().write_lockfile_again("");
    Some(Seen::unknown(detail).help(help).at([lockfile.location(*flagged)]))
}

/// A package of production may want this one beside it, and npm 7 and later and Yarn 1 then install it for
/// production. Lockfiles of npm's version 1 and of Yarn 1 do not say so.
fn peers_not_recorded(subject: &Subject<'_>) -> Option<Seen> {
    let lockfile = subject.lockfile;
    let which = lockfile.kind_that_omits_peers()?;
    let first = first_that_may_want_peers(subject)?;
    let (tool, id) = (lockfile.format.tool(), subject.graph.id(first));
    let help = if *tool == NPM {
        tool.write_lockfile_again(" 7 or later")
    } else {
        let help = "lock with a later version of yarn, or let somebody answer for it: claim = { attested = true }";
        help.to_owned()
    };
    let detail = format!("{which} does not say whether {id} needs it as a peer");
    Some(Seen::unknown(detail).help(help).at([lockfile.location(first)]))
}

/// What is meant for development is shipped, or may be: an example of Cargo's, or whatever brings what
/// npm installs into it.
fn shipped_all_the_same(subject: &Subject<'_>) -> Option<Seen> {
    match subject.lockfile.ecosystem {
        Ecosystem::Npm => match subject.facts.npm_use() {
            Ok(used) => shipped_development::doubt(subject, used),
            Err(why) => Some(why.seen(Fact::NpmUse)),
        },
        Ecosystem::Cargo => match subject.facts.shipped_development() {
            Ok([]) => None,
            Ok(lines) => {
                let detail = "only development needs it, but what development builds (tests, examples, \
                              benchmarks) may be shipped";
                let help = "ship a binary of the package instead, or answer for the line in `[cargo]`: \
                            `ignore = [{ line = \"…\", why = \"…\" }]`";
                Some(Seen::unknown(detail).help(help).at(lines.to_vec()))
            }
            Err(why) => Some(why.seen(Fact::ShippedDevelopment)),
        },
    }
}
