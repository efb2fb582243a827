//! Whether what only development needs of npm's packages may be in what is shipped all the same.

use std::collections::BTreeSet;

use super::Subject;
use super::production_import::Ways;
use super::seen::Seen;
use crate::lockfile::PackageIndex;
use crate::npm_use::NpmUse;
use crate::problem::Location;

/// The first reason why the package may be shipped, although every way in to it starts at a development
/// dependency.
pub(super) fn doubt(subject: &Subject<'_>, used: &NpmUse) -> Option<Seen> {
    always_installed(subject)
        .or_else(|| unread(used))
        .or_else(|| in_linked_folder(subject, used))
        .or_else(|| installed(subject, used))
        .or_else(|| on_a_way_in(subject, used))
        .or_else(|| copied(subject, used))
}

/// Deno installs from its lockfile what development needs, `--prod` or not (seen with Deno 2.9).
fn always_installed(subject: &Subject<'_>) -> Option<Seen> {
    let tool = subject.lockfile.format.tool();
    if tool.commands.omit_development.is_some() {
        return None;
    }
    let detail = format!(
        "only development needs it, but {} installs from its lockfile what development needs, too, \
         whatever it is told",
        tool.word
    );
    let help = "ship what is bundled or compiled, and let somebody answer for it: claim = { attested = true }";
    let mut copies = subject.packages.iter();
    let locations = copies.next().map(|copy| subject.lockfile.location(*copy));
    Some(Seen::unknown(detail).help(help).at(locations))
}

fn unread(used: &NpmUse) -> Option<Seen> {
    let location = used.unread()?;
    let detail = "a file that may use what development needs cannot be read, or there are too many files \
                  to search all of them";
    let help = "check where the whole repository is checked out, submodules included";
    Some(Seen::unknown(detail).help(help).at([location.clone()]))
}

fn in_linked_folder(subject: &Subject<'_>, used: &NpmUse) -> Option<Seen> {
    let mut copies = subject.packages.iter().copied();
    let copy = copies.find(|copy| used.comes_with_link(*copy))?;
    let detail = "it lies in the folder of a linked project, where npm installs it even if it is told to \
                  leave development out";
    let help = "make the linked folder a workspace";
    Some(Seen::unknown(detail).help(help).at([subject.lockfile.location(copy)]))
}

fn installed(subject: &Subject<'_>, used: &NpmUse) -> Option<Seen> {
    if used.shipped().is_empty() {
        return None;
    }
    let detail = "only development needs it, but what is installed for development may be shipped, or a \
                  file that may say so cannot be read";
    let help = format!(
        "leave it out of what is shipped: {}; or answer for a line that ships nothing: [npm] ignore = \
         [{{ line = \"…\", why = \"…\" }}]",
        subject.lockfile.format.tool().commands.omit_development.unwrap_or_default()
    );
    Some(Seen::unknown(detail).help(help).at(used.shipped().to_vec()))
}

/// The package itself, or one that leads to it, is used by something that is not known to be a test or
/// a check.
fn on_a_way_in(subject: &Subject<'_>, used: &NpmUse) -> Option<Seen> {
    let asked_for = asked_for(subject);
    let mut packages = Ways::to(subject).nearest_first;
    packages.sort_by_key(|package| subject.graph.rank(*package));
    let imported = packages
        .iter()
        .find_map(|package| used.imported(*package).map(|location| (*package, location)));
    if let Some((package, location)) = imported {
        let detail = format!("{} is imported there", subject.graph.id(package));
        return Some(by_use(&detail, "", location));
    }
    for package in packages {
        let id = subject.graph.id(package);
        let name = &id.name;
        let is_asked_for = asked_for.contains(&package);
        let named = if is_asked_for { used.named(package) } else { used.run(package) };
        if let Some(location) = named.filter(|_| !used.adds_nothing(package)) {
            let detail = format!("{id} is named there");
            let declared =
                format!("if it puts nothing into what is shipped: [npm] tools = [\"{name}\"]");
            return Some(by_use(&detail, &declared, location));
        }
        if let Some(location) = used.may_be_added(package).filter(|_| is_asked_for) {
            let detail = format!(
                "nothing says what {id} is for, and what is run there may add it unasked, as compilers \
                 add their helpers"
            );
            let declared =
                format!("if it puts nothing into what is shipped: [npm] tools = [\"{name}\"]");
            return Some(by_use(&detail, &declared, location));
        }
    }
    None
}

fn by_use(what: &str, declared: &str, location: &Location) -> Seen {
    let or = if declared.is_empty() { "" } else { "; " };
    let detail = format!("only development needs it, but it may get into what is built: {what}");
    let help = format!(
        "say what only tests use: [npm] tests = [\"…\"]{or}{declared}; or answer for the line: [npm] \
         ignore = [{{ line = \"…\", why = \"…\" }}]"
    );
    Seen::unknown(detail).help(help).at([location.clone()])
}

fn copied(subject: &Subject<'_>, used: &NpmUse) -> Option<Seen> {
    let mut copies = subject.packages.iter();
    let location = copies.find_map(|copy| used.copied(*copy))?;
    let detail = "only development needs it, but a file is called like it, and may be a copy";
    let help = "remove the copy, or call it otherwise if it is none";
    Some(Seen::unknown(detail).help(help).at([location.clone()]))
}

/// What a project asks for itself.
fn asked_for(subject: &Subject<'_>) -> BTreeSet<PackageIndex> {
    let graph = subject.graph;
    let edges = graph.roots().iter().flat_map(|root| graph.successors(*root));
    edges.map(|edge| edge.package).collect()
}
