//! `not-imported`: no code loads the package, one of its modules, or uses something that it exports.
//!
//! It is upheld where everything that may load modules was read, and nothing of it leads there; refuted where
//! code surely does; and unknown otherwise. What is followed stands in [`crate::imports`]. Where it is known what
//! the advisory is about, a claim that leaves out some of that is unknown, and no word counts beside it.

mod known;

use self::known::Known;
use super::open_places::{self, OpenPlaces};
use super::seen::Seen;
use super::{EvidenceResult, Searched, Subject};
use crate::imports::{Answer, Extent, Imports, Places, Review, Step, Unreviewed};
use crate::policy::{About, Fact, ImportTarget, ImportedPart, Reviewed};
use crate::problem::Location;
use crate::words::{count, few};

/// How many reviews that fit nothing are named.
const MOST_UNUSED: usize = 5;

/// Looks for everything that the claim names, or for the package of the finding.
pub(super) fn look(subject: &Subject<'_>, about: &About, reviewed: &[Reviewed]) -> Seen {
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
    let of_package: Vec<&ImportTarget> =
        targets.iter().filter(|target| *package == target.package).collect();
    if of_package.is_empty() {
        let names: Vec<String> = targets.iter().map(ToString::to_string).collect();
        let detail = format!("{} is not of {package}", names.join(", "));
        return Seen::refuted(detail, vec![subject.lockfile.location(subject.packages[0])]);
    }
    let places = if reviewed.is_empty() { Places::Open } else { Places::Reviewed };
    let looked = of_package.iter().map(|target| look_for(subject, imports, target, places));
    // The first of the worst: what refutes one of them refutes them all.
    let worst = looked.reduce(|worst, next| if next.result > worst.result { next } else { worst });
    let worst = worst.unwrap_or_else(|| Seen::unknown("it names nothing"));
    let known = Known::of(subject, imports);
    let seen = match worst.result {
        EvidenceResult::Refuted => worst,
        EvidenceResult::Upheld | EvidenceResult::Unknown => {
            known.left_out(&of_package).unwrap_or(worst)
        }
    };
    let seen = known.proposed(subject, imports, &of_package, seen);
    if reviewed.is_empty() || seen.result == EvidenceResult::Refuted {
        return seen;
    }
    reviewed_as_it_is(subject, imports.review(subject.packages, reviewed), seen)
}

fn ask(subject: &Subject<'_>, imports: &Imports, target: &ImportTarget, doubt: Places) -> Answer {
    let copies = subject.packages;
    match &target.part {
        ImportedPart::Package => imports.package(copies, doubt),
        ImportedPart::Module(module) => imports.module_of(copies, module, doubt),
        ImportedPart::Export(properties) => imports.export(copies, properties, doubt),
    }
}

/// What was seen, as far as a person has looked at every place as it is now.
fn reviewed_as_it_is(subject: &Subject<'_>, review: Review<'_>, seen: Seen) -> Seen {
    let Some(Unreviewed { why, steps, before }) = review.unreviewed else {
        return with_word(seen, review.fitting, &review.unused);
    };
    let place = steps.last().map_or_else(String::new, |step| step.location.to_string());
    let detail = match before {
        Some(Reviewed { site, .. }) => {
            format!("{place} is not as it was when {site} was reviewed: {why}: {}", route(&steps))
        }
        None => format!("nobody has reviewed {place}: {why}: {}", route(&steps)),
    };
    let help = format!(
        "look at it; if it does not load the package, this lists every place and writes them anew: {}",
        open_places::command(subject)
    );
    // The place itself first, and then the way to it.
    Seen::refuted(detail, places(steps).into_iter().rev().collect()).help(help)
}

/// With how much of it rests on a person, and what was reviewed and fits nothing any more.
fn with_word(seen: Seen, fitting: usize, unused: &[&Reviewed]) -> Seen {
    let places = count(fitting, "place", "places");
    let detail = format!("{}; a person answers for {places} that may load anything", seen.detail);
    if unused.is_empty() {
        return Seen { detail, ..seen };
    }
    let sites: Vec<String> = unused.iter().map(|reviewed| reviewed.site.to_string()).collect();
    let detail = format!(
        "{detail}; what was reviewed is not there any more, and its entry can go: {}",
        few(sites.into_iter(), MOST_UNUSED).join(", ")
    );
    Seen { detail, ..seen }
}

/// What a person would have to review, so that nothing loads the package.
pub(super) fn open_places(subject: &Subject<'_>) -> OpenPlaces {
    let Ok(imports) = subject.facts.imports() else { return OpenPlaces::NotEnough };
    match imports.count_of_open_places(subject.packages) {
        None | Some(0) => OpenPlaces::NotEnough,
        Some(places) if places > open_places::MOST => OpenPlaces::TooMany(places),
        Some(_) => {
            imports.open_places(subject.packages).map_or(OpenPlaces::NotEnough, OpenPlaces::These)
        }
    }
}

fn look_for(
    subject: &Subject<'_>,
    imports: &Imports,
    target: &ImportTarget,
    doubt: Places,
) -> Seen {
    match ask(subject, imports, target, doubt) {
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
    let verb = match target.part {
        ImportedPart::Package | ImportedPart::Module(_) => "loads",
        ImportedPart::Export(_) => "uses",
    };
    let detail = format!(
        "nothing {verb} {target}: {} of {} are loaded from {} of the repository",
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
