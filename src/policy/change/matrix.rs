//! The `[cargo]` and `[npm]` tables: what is shipped, over which claims are proved. It may only grow.

use super::{Log, PolicyEffect};
use crate::platform_limits::NpmPlatform;
use crate::policy::{CargoPolicy, IgnoredLine, NpmPolicy, Placed, ShippedFeatures};
use crate::problem::Location;

/// What is added is proved over at once; what is removed is proved over until the change is merged.
const SHIPPED: [PolicyEffect; 2] = [PolicyEffect::Tightened, PolicyEffect::Loosened];

/// Everything that either side ships.
pub(super) fn merge_cargo(base: &CargoPolicy, head: &CargoPolicy, log: &mut Log) -> CargoPolicy {
    CargoPolicy {
        targets: narrowing(
            "`targets` in [cargo]",
            ["limits what is shipped to some targets", "every target is shipped"],
            [&base.targets, &head.targets],
            log,
        ),
        packages: narrowing(
            "`packages` in [cargo]",
            ["limits what is shipped to some packages", "every package is shipped"],
            [&base.packages, &head.packages],
            log,
        ),
        is_alone: alone(base, head, log),
        features: features(base.features.as_ref(), head.features.as_ref(), log),
        development: development(base, head, log),
        scripts: narrowing(
            "`scripts` in [cargo]",
            [
                "leaves all other files out of the search for commands",
                "every file is searched for commands",
            ],
            [&base.scripts, &head.scripts],
            log,
        ),
        ignored: ignored("`ignore` in [cargo]", &base.ignored, &head.ignored, log),
    }
}

/// Built together, packages get more features than alone.
fn alone(base: &CargoPolicy, head: &CargoPolicy, log: &mut Log) -> bool {
    let place = head.packages.first().map(|name| &name.location);
    match (base.is_alone, head.is_alone) {
        (false, true) => {
            log.loosened(
                "`alone` in [cargo] takes away the features of other packages".to_owned(),
                place,
            );
        }
        (true, false) => {
            log.tightened("`alone` in [cargo] is removed: features are unified".to_owned(), place);
        }
        (true, true) | (false, false) => {}
    }
    base.is_alone && head.is_alone
}

/// What development builds is shipped as long as either side says so.
fn development(base: &CargoPolicy, head: &CargoPolicy, log: &mut Log) -> Option<Location> {
    const KEY: &str = "`development` in [cargo]";
    match (&base.development, &head.development) {
        (Some(place), None) => log.loosened(format!("{KEY} is removed"), Some(place)),
        (None, Some(place)) => log.tightened(format!("{KEY} ships more"), Some(place)),
        (Some(_), Some(_)) | (None, None) => {}
    }
    head.development.clone().or_else(|| base.development.clone())
}

/// A line is answered for once both sides answer for it: a change may not vouch for its own commands.
fn ignored(
    key: &str,
    base: &[IgnoredLine],
    head: &[IgnoredLine],
    log: &mut Log,
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

/// A list that narrows what is proved over, and without which everything counts: what either side names.
/// `limits` says what a list does, `opens` what taking it away does.
fn narrowing(
    key: &str,
    [limits, opens]: [&str; 2],
    [base, head]: [&[Placed]; 2],
    log: &mut Log,
) -> Vec<Placed> {
    match (base, head) {
        ([], []) => Vec::new(),
        ([], [first, ..]) => {
            log.loosened(format!("{key} {limits}"), Some(&first.location));
            Vec::new()
        }
        ([first, ..], []) => {
            log.tightened(format!("{key} is removed: {opens}"), Some(&first.location));
            Vec::new()
        }
        _ => {
            log.list(key, SHIPPED, &texts(base), &texts(head));
            union(base, head)
        }
    }
}

/// Without a choice it is every feature.
fn features(
    base: Option<&ShippedFeatures>,
    head: Option<&ShippedFeatures>,
    log: &mut Log,
) -> Option<ShippedFeatures> {
    const KEY: &str = "`features` in [cargo]";
    match (base, head) {
        (None, None) => None,
        (None, Some(head)) if head.all => Some(head.clone()),
        (None, Some(head)) => {
            log.loosened(format!("{KEY} chooses what is shipped"), Some(&head.location));
            None
        }
        (Some(base), None) => {
            let text = format!("{KEY} is removed: every feature is shipped");
            log.tightened(text, Some(&base.location));
            None
        }
        (Some(base), Some(head)) => Some(both(base, head, log)),
    }
}

fn both(base: &ShippedFeatures, head: &ShippedFeatures, log: &mut Log) -> ShippedFeatures {
    for (word, before, after) in
        [("default", base.default, head.default), ("all", base.all, head.all)]
    {
        let text = format!("`{word}` in `features` of [cargo] goes from {before} to {after}");
        match (before, after) {
            (true, false) => log.loosened(text, Some(&head.location)),
            (false, true) => log.tightened(text, Some(&head.location)),
            (true, true) | (false, false) => {}
        }
    }
    let key = "`names` in `features` of [cargo]";
    log.list(key, SHIPPED, &texts(&base.names), &texts(&head.names));
    ShippedFeatures {
        default: base.default || head.default,
        all: base.all || head.all,
        names: union(&base.names, &head.names),
        location: head.location.clone(),
    }
}

/// What npm installs where, and what is said to add nothing to what is shipped: a word that only the
/// head has counts when it is merged.
pub(super) fn merge_npm(base: &NpmPolicy, head: &NpmPolicy, log: &mut Log) -> NpmPolicy {
    NpmPolicy {
        platforms: platforms(base, head, log),
        tools: agreed("`tools` in [npm]", &base.tools, &head.tools, log),
        tests: agreed("`tests` in [npm]", &base.tests, &head.tests, log),
        ignore: ignored("`ignore` in [npm]", &base.ignore, &head.ignore, log),
    }
}

/// What both sides say, of a list that takes something away from what is looked at.
fn agreed(key: &str, base: &[Placed], head: &[Placed], log: &mut Log) -> Vec<Placed> {
    let (before, after) = (texts(base), texts(head));
    log.list(key, [PolicyEffect::Loosened, PolicyEffect::Tightened], &before, &after);
    let is_in_base = |word: &&Placed| before.contains(&word.text.as_str());
    head.iter().filter(is_in_base).cloned().collect()
}

/// The platforms of npm. Without a list nobody has said, and then nothing is proved about platforms:
/// nothing is stricter.
fn platforms(base: &NpmPolicy, head: &NpmPolicy, log: &mut Log) -> Vec<(NpmPlatform, Location)> {
    const KEY: &str = "`platforms` in [npm]";
    let (before, after) = (&base.platforms, &head.platforms);
    match (before.as_slice(), after.as_slice()) {
        ([], []) => Vec::new(),
        ([], [(_, place), ..]) => {
            log.loosened(format!("{KEY} says for the first time what is shipped"), Some(place));
            Vec::new()
        }
        ([(_, place), ..], []) => {
            let text = format!("{KEY} is removed: nothing is proved about platforms");
            log.tightened(text, Some(place));
            Vec::new()
        }
        _ => {
            let names = |npm: &NpmPolicy| -> Vec<String> {
                npm.platforms.iter().map(|(platform, _)| platform.to_string()).collect()
            };
            let (base_names, head_names) = (names(base), names(head));
            let base_words: Vec<&str> = base_names.iter().map(String::as_str).collect();
            let head_words: Vec<&str> = head_names.iter().map(String::as_str).collect();
            log.list(KEY, SHIPPED, &base_words, &head_words);
            let is_new = |known: &&(_, _)| !after.iter().any(|(platform, _)| *platform == known.0);
            let kept = before.iter().filter(is_new);
            after.iter().chain(kept).cloned().collect()
        }
    }
}

fn texts(words: &[Placed]) -> Vec<&str> {
    words.iter().map(|word| word.text.as_str()).collect()
}

/// Those of the head, and what only the base has.
fn union(base: &[Placed], head: &[Placed]) -> Vec<Placed> {
    let known = texts(head);
    let kept = base.iter().filter(|word| !known.contains(&word.text.as_str()));
    head.iter().chain(kept).cloned().collect()
}
