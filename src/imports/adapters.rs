//! Words in configurations and in code that stand for packages: what tools load by names which are no
//! specifiers, such as `foo` for `eslint-plugin-foo`.
//!
//! Where such a tool is there, every text counts that is a word of it, in any file and under any key: it *may* load
//! the package, and proves no load. A word too many is only looked at, a word too few is a false "not
//! imported"; so every pattern takes names with a scope, too, whether its tool does or not. Which tools
//! there are, and what they call packages, stands in [`table`] alone: a new one is a row.

mod pattern;
mod table;

use std::collections::BTreeSet;

use self::pattern::{WORD, package_by, words};
use self::table::{LOADERS, Loader};
use crate::installed::package_of;

/// What parts the words of a text: in command lines (`--require=a,b`), in chains of loaders (`a!b?c`), behind what
/// says of which kind they are (`plugin:a/b`, `module:a`) and before what is used of them (`a:build`).
const SEPARATORS: &[char] = &[
    ' ', '\t', '\n', '\r', '!', '?', ':', ',', ';', '=', '|', '&', '(', ')', '[', ']', '{', '}',
    '<', '>', '"', '\'', '`',
];

/// The words of the tools that are there.
#[derive(Clone, Debug)]
pub struct Adapters {
    loaders: Vec<&'static Loader>,
}

impl Adapters {
    /// Those of the tools that are there: whether one is says `is_there`, by the name of its package.
    pub fn of(is_there: impl Fn(&str) -> bool) -> Self {
        let loaders =
            LOADERS.iter().filter(|loader| loader.tools.iter().any(|tool| is_there(tool)));
        Self { loaders: loaders.collect() }
    }

    /// Every package that a text may stand for: by its own name, and by whatever a tool may make of it.
    pub fn may_mean(&self, text: &str) -> impl Iterator<Item = String> + use<> {
        let mut found = BTreeSet::new();
        for word in words_in(text) {
            let by_patterns = self.patterns().filter_map(|pattern| package_by(pattern, word));
            found.extend(by_patterns);
            let lists = self.loaders.iter().flat_map(|loader| loader.words);
            let listed = lists.filter(|(listed, _)| *listed == word);
            found.extend(listed.flat_map(|(_, packages)| *packages).map(|it| (*it).to_owned()));
            found.insert(word.to_owned());
        }
        found.into_iter()
    }

    /// Every word that may stand for a package: its name first.
    pub fn names_of(&self, package: &str) -> Vec<String> {
        let by_patterns = self.patterns().flat_map(|pattern| words(pattern, package));
        let mut found: BTreeSet<String> = by_patterns.collect();
        for (word, packages) in self.loaders.iter().flat_map(|loader| loader.words) {
            if packages.contains(&package) {
                found.insert((*word).to_owned());
            }
        }
        found.remove(package);
        [package.to_owned()].into_iter().chain(found).collect()
    }

    /// The tool that loads a package of this name although nothing names it, if one that does so is there.
    pub fn loads_unnamed(&self, package: &str) -> Option<&'static str> {
        let loads = |loader: &&&Loader| {
            let fits = |pattern: &&str| {
                *pattern == package
                    || (pattern.contains(WORD) && words(pattern, package).next().is_some())
            };
            loader.unnamed.iter().any(fits)
        };
        self.loaders.iter().find(loads)?.tools.first().copied()
    }

    fn patterns(&self) -> impl Iterator<Item = &'static str> {
        self.loaders.iter().flat_map(|loader| loader.patterns).copied()
    }
}

/// Everything in a text that may be a word: a name, with or without what follows it in a path (`a/preset`),
/// its scope alone, an option (`--a`), and the ending of a file (`page.ejs`).
fn words_in(text: &str) -> BTreeSet<&str> {
    let mut found = BTreeSet::new();
    // Names of old packages have characters that part words.
    for part in text.split(SEPARATORS).chain([text]) {
        let part = part.trim_start_matches('-');
        let ending = part.rsplit_once('.').map(|(_, ending)| ending);
        found.extend(ending.filter(|ending| !ending.contains('/')));
        if part.starts_with(['.', '/']) {
            continue;
        }
        let name = package_of(part);
        found.insert(name);
        if let Some((scope, _)) = name.split_once('/') {
            found.insert(scope);
        }
    }
    found.remove("");
    found
}

#[cfg(test)]
mod tests;
