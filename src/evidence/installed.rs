//! `platform` for packages of npm: the package is installed on no platform that is shipped.
//!
//! A package is left out where its `os`, `cpu` and `libc` do not let it in, and with it whatever only it
//! needs. npm and Yarn 1 do so only for what is optional: where something required does not fit, they
//! refuse to install anything, or install it all the same with `--force` or `--ignore-platform`. pnpm and
//! Deno install it, later versions of Yarn and Bun leave it out ([`Unfitting`]). What is bundled comes
//! with its bundler, whatever it says about platforms. (npm documentation, "package.json", `os`,
//! `optionalDependencies`, `bundleDependencies`.)

use super::Subject;
use super::seen::Seen;
use crate::graph::DependencyGraph;
use crate::lockfile::tool::{self, Tool, Unfitting};
use crate::lockfile::{DependencyKind, Lockfile, PackageIndex, PlatformLimitsApply};
use crate::platform_limits::NpmPlatform;
use crate::policy::Fact;
use crate::problem::Location;

/// Compares what the packages on every way in say about platforms with what is shipped.
pub(super) fn look(subject: &Subject<'_>) -> Seen {
    let shipped = &subject.npm.platforms;
    if shipped.is_empty() {
        let help = "add what is shipped: [npm] platforms = [\"linux-x64\"]".to_owned();
        return Seen::unknown("nothing says which platforms are shipped").help(help);
    }
    let tool = subject.lockfile.format.tool();
    match &subject.lockfile.platform_limits {
        PlatformLimitsApply::AsRecorded => {}
        PlatformLimitsApply::NotRecorded => return not_recorded(tool),
        PlatformLimitsApply::Never(location) => {
            let detail =
                format!("{} is told to look away from the platform of the machine", tool.word);
            return Seen::unknown(detail).help("remove the setting").at([location.clone()]);
        }
    }
    let unreached = |package: &&PackageIndex| subject.finder.distance_to(**package).is_none();
    if let Some(package) = subject.packages.iter().find(unreached) {
        let detail = "no project leads to an installed copy, so nothing tells when it is installed";
        return Seen::unknown(detail).at([subject.lockfile.location(*package)]);
    }
    let mut undecided = None;
    for (platform, location) in shipped {
        match installed(subject, platform) {
            Installed::No => {}
            Installed::Yes(package) => return refuted(subject, platform, location, package),
            Installed::Forced(package) => {
                undecided = undecided.or(Some(forced(subject, platform, package)));
            }
        }
    }
    undecided.or_else(|| looks_away(subject)).unwrap_or_else(|| {
        let shipped: Vec<String> =
            shipped.iter().map(|(platform, _)| platform.to_string()).collect();
        let shipped = shipped.join(", ");
        let detail = format!("{} leaves it out on every platform shipped: {shipped}", tool.word);
        Seen::upheld(detail)
    })
}

/// A command of the repository may install it all the same.
fn looks_away(subject: &Subject<'_>) -> Option<Seen> {
    let used = match subject.facts.npm_use() {
        Ok(used) => used,
        Err(why) => return Some(why.seen(Fact::NpmUse)),
    };
    let word = subject.lockfile.format.tool().word;
    if !used.forced().is_empty() {
        let detail = format!("{word} is told to look away from the platform of the machine");
        let help = "remove the option, or answer for the line in `[npm]`: \
                    `ignore = [{ line = \"…\", why = \"…\" }]`";
        return Some(Seen::unknown(detail).help(help).at(used.forced().to_vec()));
    }
    let location = used.unread()?;
    let detail = format!(
        "a file that may tell {word} to look away from the platform cannot be read, or there are too many \
         files to search all of them"
    );
    let help = "check where the whole repository is checked out, submodules included";
    Some(Seen::unknown(detail).help(help).at([location.clone()]))
}

fn not_recorded(tool: &Tool) -> Seen {
    if *tool == tool::NPM {
        let detail = "a lockfile of version 1 does not say which platforms packages are for";
        return Seen::unknown(detail).help(tool.write_lockfile_again(" 7 or later"));
    }
    let detail = "the lockfile does not say which platforms packages are for";
    let help = format!("claim something else, or lock with a later version of {}", tool.word);
    Seen::unknown(detail).help(help)
}

/// Whether a copy is installed on a platform.
enum Installed {
    No,
    Yes(PackageIndex),
    /// This one is if the package manager is forced: something that does not fit is required.
    Forced(PackageIndex),
}

fn installed(subject: &Subject<'_>, platform: &NpmPlatform) -> Installed {
    let (lockfile, graph) = (subject.lockfile, subject.graph);
    let fits = |package: PackageIndex| allows(lockfile, package, platform);
    let fitting = graph.reach(graph.roots(), |_, edge| fits(edge.package));
    let first = |reached: &[bool]| {
        let mut copies = subject.packages.iter().copied();
        copies.find(|package| reached[*package])
    };
    if let Some(package) = first(&fitting) {
        return Installed::Yes(package);
    }
    let required = required(graph);
    let forced = graph.reach(graph.roots(), |_, edge| required[edge.package] || fits(edge.package));
    let reached = first(&forced);
    match (reached, lockfile.format.tool().unfitting) {
        (None, _) | (_, Unfitting::LeftOut) => Installed::No,
        (Some(package), Unfitting::Installed) => Installed::Yes(package),
        (Some(package), Unfitting::Refused) => Installed::Forced(package),
    }
}

/// What is not optional: whatever the projects lead to without an optional dependency.
fn required(graph: &DependencyGraph<'_>) -> Vec<bool> {
    graph.reach(graph.roots(), |_, edge| edge.kind != DependencyKind::Optional)
}

fn allows(lockfile: &Lockfile, package: PackageIndex, platform: &NpmPlatform) -> bool {
    let limits = lockfile.packages[package].limits.as_ref();
    limits.is_none_or(|limits| limits.allow(platform))
}

fn refuted(
    subject: &Subject<'_>,
    platform: &NpmPlatform,
    shipped: &Location,
    package: PackageIndex,
) -> Seen {
    let word = subject.lockfile.format.tool().word;
    let detail = format!("{platform} is shipped, and {word} installs it there");
    Seen::refuted(detail, vec![subject.lockfile.location(package), shipped.clone()])
}

fn forced(subject: &Subject<'_>, platform: &NpmPlatform, package: PackageIndex) -> Seen {
    let tool = subject.lockfile.format.tool();
    let option = if *tool == tool::YARN_CLASSIC { "--ignore-platform" } else { "--force" };
    let detail = format!(
        "{platform} is shipped, and something that {} does not install there is required: with \
         `{option}` it is installed all the same",
        tool.word
    );
    let help = "make it an optional dependency, or ship for platforms that it fits";
    Seen::unknown(detail).help(help).at([subject.lockfile.location(package)])
}
