//! `not-imported`: no code loads the package, one of its modules, or uses something that it exports.
//!
//! It is upheld where everything that may load modules was read, and nothing of it leads there; refuted where
//! code surely does; and unknown otherwise. What is followed stands in [`crate::imports`]. That an export is not
//! used is proved only where the package is not loaded at all.

use super::seen::Seen;
use super::{Searched, Subject};
use crate::imports::{Answer, Extent, Imports, Step};
use crate::policy::{About, Fact, ImportTarget, ImportedPart};
use crate::problem::Location;
use crate::words::count;

/// Looks for everything that the claim names, or for the package of the finding.
pub(super) fn look(subject: &Subject<'_>, about: &About) -> Seen {
    let imports = match subject.facts.imports() {
        Ok(imports) => imports,
        Err(why) => return why.seen(Fact::Imports),
    };
    let package = &subject.lockfile.packages[subject.packages[0]].id.name;
    let own = [ImportTarget { package: package.to_string(), part: ImportedPart::Package }];
    let targets = match about {
        About::Package => &own[..],
        About::Imports(targets) => targets,
        About::Features(_) => return Seen::unknown("it names features"),
    };
    // A claim that names nothing of the package could contradict nothing.
    let mut of_package = targets.iter().filter(|target| *package == target.package).peekable();
    if of_package.peek().is_none() {
        let names: Vec<String> = targets.iter().map(ToString::to_string).collect();
        let detail = format!("{} is not of {package}", names.join(", "));
        return Seen::refuted(detail, vec![subject.lockfile.location(subject.packages[0])]);
    }
    let looked = of_package.map(|target| look_for(subject, imports, target));
    // The first of the worst: what refutes one of them refutes them all.
    let worst = looked.reduce(|worst, next| if next.result > worst.result { next } else { worst });
    worst.unwrap_or_else(|| Seen::unknown("it names nothing"))
}

fn look_for(subject: &Subject<'_>, imports: &Imports, target: &ImportTarget) -> Seen {
    let answer = match &target.part {
        ImportedPart::Package => imports.package(subject.packages),
        ImportedPart::Module(module) => imports.module_of(subject.packages, module),
        ImportedPart::Export(properties) => imports.export(subject.packages, properties),
    };
    match answer {
        Answer::No(extent) => nothing_leads_there(target, extent),
        Answer::NamesNothing(why) => {
            let place = subject.lockfile.location(subject.packages[0]);
            Seen::refuted(format!("`{target}` can contradict nothing: {why}"), vec![place])
        }
        Answer::Yes { steps } => {
            Seen::refuted(format!("{target} is used: {}", route(&steps)), places(steps))
        }
        Answer::Perhaps { why, help, steps } => {
            let route = route(&steps);
            let detail = if route.is_empty() {
                format!("{target} may be used: {why}")
            } else {
                format!("{target} may be used: {why}: {route}")
            };
            Seen { help, ..Seen::unknown(detail).at(places(steps)) }
        }
    }
}

fn nothing_leads_there(target: &ImportTarget, extent: Extent) -> Seen {
    let Extent { entry_points, modules, packages } = extent;
    let detail = format!(
        "nothing loads {target}: {} of {} are loaded from {} of the repository",
        count(modules, "module", "modules"),
        count(packages, "package", "packages"),
        count(entry_points, "module", "modules"),
    );
    let searched = Searched { modules, packages, entry_points, ..Searched::default() };
    Seen { searched, ..Seen::upheld(detail) }
}

/// `src/app.js:3 › express 4.17.1`
fn route(steps: &[Step]) -> String {
    let words = steps.iter().map(|step| match &step.package {
        Some(package) => package.clone(),
        None => step.location.to_string(),
    });
    let mut words: Vec<String> = words.collect();
    words.dedup();
    words.join(" › ")
}

fn places(steps: Vec<Step>) -> Vec<Location> {
    steps.into_iter().map(|step| step.location).collect()
}
