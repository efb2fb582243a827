//! The tables in which each key has its own stricter direction.

use std::fmt::Display;

use jiff::SignedDuration;

use super::{ChangeLog, bundled};
use crate::advisory_kind::AdvisoryKind;
use crate::policy::duration::written;
use crate::policy::{
    CargoPolicy, DatabasePolicy, GateKey, HistoryPolicy, IgnoredLine, IncidentPolicy, NpmPolicy,
    Policy, RegistryPolicy, ShippedFeatures, TicketPolicy,
};
use crate::severity::SeverityLevel;

/// `[database]`, with the sources of the base.
pub(super) fn database(base: &Policy, head: &Policy, log: &mut ChangeLog) -> DatabasePolicy {
    let (before, after) = (&base.database, &head.database);
    let asked = [base, head].map(asks_for_yanked);
    let more = if asked[1] { "" } else { " no more" };
    let max_age = shorter("`max-age`", before.max_age, after.max_age, log);
    let text = format!("yanked versions are looked up{more}");
    let is_asked = log.stricter(Ord::max, asked, text, None);
    let is_same = before.yanked == after.yanked;
    let yanked = if is_same { before.yanked } else { Some(is_asked) };
    DatabasePolicy { max_age, sources: before.sources.clone(), yanked }
}

fn asks_for_yanked(policy: &Policy) -> bool {
    let key = GateKey::Kind(AdvisoryKind::Yanked);
    policy.database.yanked.unwrap_or_else(|| policy.gate.mentions(key))
}

fn shorter(
    what: &str,
    base: SignedDuration,
    head: SignedDuration,
    log: &mut ChangeLog,
) -> SignedDuration {
    let text = goes(what, written(base), written(head));
    log.stricter(Ord::min, [base, head], text, None)
}

fn goes(what: &str, base: impl Display, head: impl Display) -> String {
    format!("{what} goes from {base} to {head}")
}

/// Mirrors make more packages known: none is removed before the merge. Private packages are not
/// matched, so a registry is private only if both sides say so.
pub(super) fn registries(
    base: &RegistryPolicy,
    head: &RegistryPolicy,
    log: &mut ChangeLog,
) -> RegistryPolicy {
    RegistryPolicy {
        mirrors: log.either("`mirrors` in [registries]", &base.mirrors, &head.mirrors),
        private: log.both("`private` in [registries]", &base.private, &head.private),
    }
}

/// Libraries without a lockfile close the gate if either says so.
pub(super) fn libraries(base: &Policy, head: &Policy, log: &mut ChangeLog) -> bool {
    let are_gaps = [base, head].map(|policy| policy.unlocked_libraries_are_gaps);
    let [before, after] = are_gaps.map(|is_gap| if is_gap { "gap" } else { "remark" });
    let text = goes("`libraries` in [lockfiles]", before, after);
    log.stricter(Ord::max, are_gaps, text, None)
}

/// `[ticket]`: shorter times apply at once. The form of an issue and how it is found again
/// are neither stricter nor looser, and stay the same until the merge.
pub(super) fn ticket(
    base: &TicketPolicy,
    head: &TicketPolicy,
    log: &mut ChangeLog,
) -> TicketPolicy {
    let mut ticket = base.clone();
    for level in SeverityLevel::ALL {
        if let (Some(before), Some(after)) = (ticket.due.get_mut(level), head.due.get(level)) {
            *before = shorter(&format!("`due` of `{level}` in [ticket]"), *before, *after, log);
        }
    }
    let (before, after) = (&base.issues, &head.issues);
    let most_new = [before.most_new, after.most_new];
    let text = goes("`most-new` in [ticket]", before.most_new, after.most_new);
    ticket.issues.most_new = log.stricter(Ord::min, most_new, text, None);
    log.differing(
        "[ticket]",
        &[
            ("block", base.block != head.block),
            ("label", before.label != after.label),
            ("labels", before.labels != after.labels),
            ("assignees", before.assignees != after.assignees),
            ("milestone", before.milestone != after.milestone),
            ("author", before.author != after.author),
        ],
    );
    ticket
}

/// `[incident]`: a component is marked if either side marks it. The people to notify and the form of
/// the issue stay the same until the merge.
pub(super) fn incident(
    base: Option<&IncidentPolicy>,
    head: Option<&IncidentPolicy>,
    log: &mut ChangeLog,
) -> Option<IncidentPolicy> {
    let (before, after) = match (base, head) {
        (Some(base), Some(head)) => (base, head),
        (None, Some(_)) => {
            log.tightened("[incident] is added", None);
            return head.cloned();
        }
        (Some(_), None) => {
            log.loosened("[incident] is removed", None);
            return base.cloned();
        }
        (None, None) => return None,
    };
    let lockfiles = log.either("`lockfiles` in [incident]", &before.lockfiles, &after.lockfiles);
    let projects = log.either("`projects` in [incident]", &before.projects, &after.projects);
    let checklists = |policy: &IncidentPolicy| {
        [&policy.data_checklist, &policy.credential_checklist]
            .map(|file| file.as_ref().map(|file| (file.path.clone(), file.template.clone())))
    };
    log.differing(
        "[incident]",
        &[
            ("label", before.label != after.label),
            ("assignees", before.assignees != after.assignees),
            ("public", before.public != after.public),
            ("deadline", before.deadline != after.deadline),
            ("authority", before.authority != after.authority),
            ("internal", before.internal != after.internal),
            ("customers", before.customers != after.customers),
            ("checklist", checklists(before) != checklists(after)),
        ],
    );
    Some(IncidentPolicy { lockfiles, projects, ..before.clone() })
}

/// The tags of an environment decide nothing; they stay the same until the merge.
pub(super) fn history(
    base: &HistoryPolicy,
    head: &HistoryPolicy,
    log: &mut ChangeLog,
) -> HistoryPolicy {
    log.differing("[history]", &[("environments", base != head)]);
    base.clone()
}

/// `[cargo]`: what is shipped, for which claims are proved. It may only grow.
pub(super) fn cargo(base: &CargoPolicy, head: &CargoPolicy, log: &mut ChangeLog) -> CargoPolicy {
    let targets = ["limits what is shipped to some targets", "every target is shipped"];
    let packages = ["limits what is shipped to some packages", "every package is shipped"];
    let scripts = [
        "leaves all other files out of the search for commands",
        "every file is searched for commands",
    ];
    // Packages that are built together get more features than separately.
    let alone = if head.is_alone {
        "`alone` in [cargo] takes away the features of other packages"
    } else {
        "`alone` in [cargo] is removed: features are unified"
    };
    let package = head.packages.first().map(|name| &name.location);
    // Development builds count as shipped as long as either side says so.
    let development = head.development.as_ref().or(base.development.as_ref());
    let ships = if head.development.is_some() { "ships more" } else { "is removed" };
    CargoPolicy {
        targets: log.narrowing("`targets` in [cargo]", targets, &base.targets, &head.targets),
        packages: log.narrowing("`packages` in [cargo]", packages, &base.packages, &head.packages),
        is_alone: log.stricter(Ord::min, [base.is_alone, head.is_alone], alone, package),
        features: features(base.features.as_ref(), head.features.as_ref(), log),
        development: {
            let is_shipped = [&base.development, &head.development].map(Option::is_some);
            let text = format!("`development` in [cargo] {ships}");
            log.stricter(Ord::max, is_shipped, text, development);
            development.cloned()
        },
        scripts: log.narrowing("`scripts` in [cargo]", scripts, &base.scripts, &head.scripts),
        ignored: ignored("`ignore` in [cargo]", &base.ignored, &head.ignored, log),
    }
}

/// Without a list every feature is on.
fn features(
    base: Option<&ShippedFeatures>,
    head: Option<&ShippedFeatures>,
    log: &mut ChangeLog,
) -> Option<ShippedFeatures> {
    const KEY: &str = "`features` in [cargo]";
    let (base, head) = match (base, head) {
        (Some(base), Some(head)) => (base, head),
        (None, Some(head)) if !head.all => {
            log.loosened(format!("{KEY} chooses what is shipped"), Some(&head.location));
            return None;
        }
        (Some(base), None) => {
            let text = format!("{KEY} is removed: every feature is shipped");
            log.tightened(text, Some(&base.location));
            return None;
        }
        (None, head) => return head.cloned(),
    };
    let location = &head.location;
    let mut either = |word: &str, base: bool, head: bool| {
        let text = goes(&format!("`{word}` in `features` of [cargo]"), base, head);
        log.stricter(Ord::max, [base, head], text, Some(location))
    };
    Some(ShippedFeatures {
        default: either("default", base.default, head.default),
        all: either("all", base.all, head.all),
        names: log.either("`names` in `features` of [cargo]", &base.names, &head.names),
        location: location.clone(),
    })
}

/// A line is ignored only if both sides ignore it: a change may not vouch for its own commands.
fn ignored(
    key: &str,
    base: &[IgnoredLine],
    head: &[IgnoredLine],
    log: &mut ChangeLog,
) -> Vec<IgnoredLine> {
    let is_in = |lines: &[IgnoredLine], line: &IgnoredLine| {
        let mut lines = lines.iter();
        lines.any(|known| known.line == line.line && known.file == line.file)
    };
    let (both, own): (Vec<&IgnoredLine>, Vec<_>) = head.iter().partition(|line| is_in(base, line));
    for line in own {
        let text = format!("{key} answers for a line: `{}`", line.line);
        log.loosened(text, Some(&line.location));
    }
    for line in base.iter().filter(|line| !is_in(head, line)) {
        let text = format!("{key} no longer answers for a line: `{}`", line.line);
        log.tightened(text, Some(&line.location));
    }
    both.into_iter().cloned().collect()
}

/// `[npm]`: where npm installs packages, and which do not ship: a word that
/// only the head has applies after the merge.
pub(super) fn npm(base: &NpmPolicy, head: &NpmPolicy, log: &mut ChangeLog) -> NpmPolicy {
    // Without a list nothing is proved about platforms: no list is stricter.
    let platforms =
        ["says for the first time what is shipped", "nothing is proved about platforms"];
    // Where nothing is installed and nothing is fetched, no word counts that says what code imports.
    let text = goes("`fetch` in [npm]", base.fetch, head.fetch);
    NpmPolicy {
        fetch: log.stricter(Ord::min, [base.fetch, head.fetch], text, None),
        platforms: log.narrowing(
            "`platforms` in [npm]",
            platforms,
            &base.platforms,
            &head.platforms,
        ),
        tools: log.both("`tools` in [npm]", &base.tools, &head.tools),
        tests: log.both("`tests` in [npm]", &base.tests, &head.tests),
        built: log.both("`built` in [npm]", &base.built, &head.built),
        ignore: ignored("`ignore` in [npm]", &base.ignore, &head.ignore, log),
        bundled: bundled::merge(&base.bundled, &head.bundled, log),
    }
}
