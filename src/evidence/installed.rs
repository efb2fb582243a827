//! `platform` for npm: the package is installed on no platform that is shipped.
//!
//! npm leaves a package out where its `os`, `cpu` and `libc` do not let it in, and with it whatever
//! only it needs. It does so only for what is optional: where something required does not fit, npm
//! refuses to install anything, or installs it all the same with `--force`. What is bundled comes
//! with its bundler, whatever it says about platforms. (npm documentation, "package.json", `os`,
//! `optionalDependencies`, `bundleDependencies`.)

use super::Subject;
use super::seen::Seen;
use crate::graph::DependencyGraph;
use crate::lockfile::{DependencyKind, Lockfile, PackageIndex, PlatformLimitsApply};
use crate::platform_limits::NpmPlatform;
use crate::problem::Location;

/// Compares what the packages on every way in say about platforms with what is shipped.
pub(super) fn look(subject: &Subject<'_>) -> Seen {
    let shipped = &subject.npm.platforms;
    if shipped.is_empty() {
        let help = "add what is shipped: [npm] platforms = [\"linux-x64\"]".to_owned();
        return Seen::unknown("nothing says which platforms are shipped").help(help);
    }
    match &subject.lockfile.platform_limits {
        PlatformLimitsApply::AsRecorded => {}
        PlatformLimitsApply::NotRecorded => {
            let help = subject.lockfile.format.tool().write_lockfile_again(" 7 or later");
            let detail = "a lockfile of version 1 does not say which platforms packages are for";
            return Seen::unknown(detail).help(help);
        }
        PlatformLimitsApply::Never(location) => {
            let detail = "npm is told to look away from the platform of the machine";
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
    undecided.unwrap_or_else(|| {
        let shipped: Vec<String> =
            shipped.iter().map(|(platform, _)| platform.to_string()).collect();
        let detail = format!("npm leaves it out on every platform shipped: {}", shipped.join(", "));
        Seen::upheld(detail)
    })
}

/// Whether a copy is installed on a platform.
enum Installed {
    No,
    Yes(PackageIndex),
    /// This one is if npm is forced: something that does not fit is required.
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
    first(&forced).map_or(Installed::No, Installed::Forced)
}

/// What npm cannot leave out: whatever the projects lead to without an optional dependency.
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
    let detail = format!("{platform} is shipped, and npm installs it there");
    Seen::refuted(detail, vec![subject.lockfile.location(package), shipped.clone()])
}

fn forced(subject: &Subject<'_>, platform: &NpmPlatform, package: PackageIndex) -> Seen {
    let detail = format!(
        "{platform} is shipped, and something that npm does not install there is required: with \
         `--force` it is installed all the same"
    );
    let help = "make it an optional dependency, or ship for platforms that it fits";
    Seen::unknown(detail).help(help).at([subject.lockfile.location(package)])
}
