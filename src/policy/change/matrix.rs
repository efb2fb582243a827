//! The `[cargo]` and `[npm]` tables: what is shipped, over which claims are proved. It may only grow.

use super::{Log, PolicyEffect};
use crate::platform_limits::NpmPlatform;
use crate::policy::{CargoPolicy, NpmPolicy, Placed, ShippedFeatures};
use crate::problem::Location;

/// What is added is proved over at once; what is removed is proved over until the change is merged.
const SHIPPED: [PolicyEffect; 2] = [PolicyEffect::Tightened, PolicyEffect::Loosened];

/// Everything that either side ships.
pub(super) fn merge_cargo(base: &CargoPolicy, head: &CargoPolicy, log: &mut Log) -> CargoPolicy {
    CargoPolicy {
        targets: targets(&base.targets, &head.targets, log),
        packages: packages(&base.packages, &head.packages, log),
        features: features(base.features.as_ref(), head.features.as_ref(), log),
    }
}

/// Without a list the machine that checks is the target, which no list contains for sure.
fn targets(base: &[Placed], head: &[Placed], log: &mut Log) -> Vec<Placed> {
    const KEY: &str = "`targets` in [cargo]";
    match (base, head) {
        ([], []) => Vec::new(),
        ([], [first, ..]) => {
            log.loosened(
                format!("{KEY} replaces the target of the machine"),
                Some(&first.location),
            );
            Vec::new()
        }
        ([first, ..], []) => {
            log.loosened(format!("{KEY} is removed"), Some(&first.location));
            base.to_vec()
        }
        _ => {
            log.list(KEY, SHIPPED, &texts(base), &texts(head));
            union(base, head)
        }
    }
}

/// Without a list every member is shipped.
fn packages(base: &[Placed], head: &[Placed], log: &mut Log) -> Vec<Placed> {
    const KEY: &str = "`packages` in [cargo]";
    match (base, head) {
        ([], []) => Vec::new(),
        ([], [first, ..]) => {
            let text = format!("{KEY} limits what is shipped to some packages");
            log.loosened(text, Some(&first.location));
            Vec::new()
        }
        ([first, ..], []) => {
            let text = format!("{KEY} is removed: every package is shipped");
            log.tightened(text, Some(&first.location));
            Vec::new()
        }
        _ => {
            log.list(KEY, SHIPPED, &texts(base), &texts(head));
            union(base, head)
        }
    }
}

/// Without a choice it is the default features, and every feature of a library that is published:
/// only all features together contain that for sure.
fn features(
    base: Option<&ShippedFeatures>,
    head: Option<&ShippedFeatures>,
    log: &mut Log,
) -> Option<ShippedFeatures> {
    const KEY: &str = "`features` in [cargo]";
    match (base, head) {
        (None, None) => None,
        (None, Some(head)) if head.all => {
            log.tightened(format!("{KEY} turns on all features"), Some(&head.location));
            Some(ShippedFeatures { default: true, ..head.clone() })
        }
        (None, Some(head)) => {
            log.loosened(format!("{KEY} chooses what is shipped"), Some(&head.location));
            None
        }
        (Some(base), None) => {
            log.loosened(format!("{KEY} is removed"), Some(&base.location));
            Some(base.clone())
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
    let ignored = |npm: &NpmPolicy| -> Vec<Placed> {
        let lines = npm.ignore.iter();
        let placed = lines.map(|ignored| Placed {
            text: ignored.line.clone(),
            location: ignored.location.clone(),
        });
        placed.collect()
    };
    let kept = agreed("`ignore` in [npm]", &ignored(base), &ignored(head), log);
    let is_kept = |line: &str| kept.iter().any(|kept| kept.text == line);
    NpmPolicy {
        platforms: platforms(base, head, log),
        tools: agreed("`tools` in [npm]", &base.tools, &head.tools, log),
        tests: agreed("`tests` in [npm]", &base.tests, &head.tests, log),
        ignore: head
            .ignore
            .iter()
            .filter(|ignored| is_kept(&ignored.line))
            .cloned()
            .collect(),
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
                npm.platforms
                    .iter()
                    .map(|(platform, _)| platform.to_string())
                    .collect()
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
    let kept = base
        .iter()
        .filter(|word| !known.contains(&word.text.as_str()));
    head.iter().chain(kept).cloned().collect()
}
