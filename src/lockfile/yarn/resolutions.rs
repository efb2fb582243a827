//! `resolutions` of the root's manifest: what Yarn takes in place of what is asked for (Yarn 1
//! documentation, "Selective dependency resolutions"; Yarn documentation, "Manifest fields").

use std::collections::BTreeMap;

use super::descriptor::split;
use crate::lockfile::node::package_json::{PackageJson, Resolution};

/// The rules for each name that is asked for.
#[derive(Default)]
pub(super) struct Resolutions<'manifest>(BTreeMap<&'manifest str, Vec<Rule<'manifest>>>);

/// What counts in place of what is asked for under a name.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Rule<'manifest> {
    /// Who has to ask, with the version where it is limited to one.
    pub(super) from: Option<(&'manifest str, &'manifest str)>,
    /// What has to be asked for; empty for everything.
    pub(super) range: &'manifest str,
    pub(super) reference: &'manifest str,
}

impl<'manifest> Resolutions<'manifest> {
    pub(super) fn of(root: Option<&'manifest PackageJson>) -> Self {
        let mut rules: BTreeMap<&str, Vec<Rule<'_>>> = BTreeMap::new();
        for resolution in root.iter().flat_map(|root| &root.resolutions) {
            if let Some((name, rule)) = rule(resolution) {
                rules.entry(name).or_default().push(rule);
            }
        }
        Self(rules)
    }

    /// The rules for a name, in the order of the manifest.
    pub(super) fn of_name(&self, name: &str) -> &[Rule<'manifest>] {
        self.0.get(name).map_or(&[], Vec::as_slice)
    }

    /// Every name that has a rule.
    pub(super) fn names(&self) -> impl Iterator<Item = &'manifest str> {
        self.0.keys().copied()
    }
}

/// `**/a/b@1` is about `b` where `a` asks for it.
fn rule(resolution: &Resolution) -> Option<(&str, Rule<'_>)> {
    let steps = steps(&resolution.pattern.text);
    let mut steps = steps.into_iter().rev().filter(|step| !matches!(*step, "" | "*" | "**"));
    let (name, range) = split(steps.next()?);
    let from = steps.next().map(split);
    Some((name, Rule { from, range, reference: &resolution.reference }))
}

/// The parts between slashes; a scope and a name are one, and so is a range with slashes in it.
fn steps(pattern: &str) -> Vec<&str> {
    let mut steps = Vec::new();
    let mut rest = pattern;
    loop {
        let scope =
            if rest.starts_with('@') { rest.find('/').map_or(0, |slash| slash + 1) } else { 0 };
        let Some(slash) = rest[scope..].find('/') else {
            steps.push(rest);
            return steps;
        };
        let step = &rest[..scope + slash];
        // `a@patch:b@1#./p` is one descriptor.
        if split(step).1.contains(':') {
            steps.push(rest);
            return steps;
        }
        steps.push(step);
        rest = &rest[scope + slash + 1..];
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lockfile::node::package_json::Name;

    #[test]
    fn a_pattern_ends_with_the_name_that_it_is_about() {
        for (pattern, name, from, range) in [
            ("a", "a", None, ""),
            ("@s/a", "@s/a", None, ""),
            ("**/a", "a", None, ""),
            ("**/@s/a", "@s/a", None, ""),
            ("a/b", "b", Some(("a", "")), ""),
            ("a/**/b", "b", Some(("a", "")), ""),
            ("@s/a/@t/b", "@t/b", Some(("@s/a", "")), ""),
            ("a@npm:^1.0.0", "a", None, "npm:^1.0.0"),
            ("a@1.0.0/@t/b@^2", "@t/b", Some(("a", "1.0.0")), "^2"),
            ("a@patch:a@1#./p/q", "a", None, "patch:a@1#./p/q"),
        ] {
            let resolution = Resolution {
                pattern: Name { text: pattern.to_owned(), offset: 0 },
                reference: "1.0.0".to_owned(),
            };
            let expected = Rule { from, range, reference: "1.0.0" };
            assert_eq!(rule(&resolution), Some((name, expected)), "{pattern}");
        }
        let empty = Resolution {
            pattern: Name { text: "**".to_owned(), offset: 0 },
            reference: String::new(),
        };
        assert_eq!(rule(&empty), None);
    }
}
