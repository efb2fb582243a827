//! Who can read the issues: nothing about a private dependency is ever written to a public
//! repository.

use std::collections::BTreeSet;

use super::tracker::Repository;
use crate::lockfile::Lockfile;
use crate::markdown::code;
use crate::outcome::Outcome;

/// Who can read what is written.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Audience {
    /// Names that must not be written; empty if the repository is private.
    unspeakable: BTreeSet<String>,
    /// Whether it is public.
    is_public: bool,
}

impl Audience {
    /// The readers of a repository's issues, given the packages of an outcome.
    pub fn of(outcome: &Outcome, repository: &Repository) -> Self {
        if repository.is_private {
            return Self::default();
        }
        let unspeakable = outcome
            .lockfiles
            .iter()
            .flat_map(Lockfile::private_packages)
            .map(String::from)
            .collect();
        Self { unspeakable, is_public: true }
    }

    /// The public, where no package is private.
    #[cfg(test)]
    pub(crate) fn everybody() -> Self {
        Self { unspeakable: BTreeSet::new(), is_public: true }
    }

    /// Whether everybody can read the issues.
    pub fn is_public(&self) -> bool {
        self.is_public
    }

    /// A text in Markdown, or a placeholder if it must not be written.
    pub fn code_of(&self, text: &str) -> String {
        if self.may_read(text) {
            code(text)
        } else {
            "not written here: it names a private dependency".to_owned()
        }
    }

    /// Whether a text may be written: none of its words is the name of a private package.
    pub fn may_read(&self, text: &str) -> bool {
        self.unspeakable.is_empty()
            || !words(text).any(|word| self.unspeakable.contains(word.trim_end_matches('.')))
    }
}

/// The pieces of a text that could be names of packages, with and without a version behind `@`.
fn words(text: &str) -> impl Iterator<Item = &str> {
    let stands_in_names =
        |character: char| character.is_alphanumeric() || "@/_.-".contains(character);
    text.split(move |character| !stands_in_names(character))
        .filter(|word| !word.is_empty())
        .flat_map(|word| {
            let without_version =
                word.rfind('@').filter(|position| *position > 0).map(|position| &word[..position]);
            [Some(word), without_version].into_iter().flatten()
        })
}

#[cfg(test)]
mod tests {
    use super::Audience;

    fn public(names: &[&str]) -> Audience {
        Audience {
            unspeakable: names.iter().map(|name| (*name).to_owned()).collect(),
            is_public: true,
        }
    }

    #[test]
    fn a_text_that_names_a_private_package_is_not_written() {
        let audience = public(&["@acme/ledger", "acme-core"]);
        for text in [
            "web › @acme/ledger › lodash",
            "@acme/ledger@1.2.0",
            "needed by acme-core.",
            "`acme-core`",
            "(acme-core)",
        ] {
            assert!(!audience.may_read(text), "{text}");
        }
        for text in ["web › lodash", "acme-core-tools", "@acme/ledgers", ""] {
            assert!(audience.may_read(text), "{text}");
        }
    }

    #[test]
    fn a_private_repository_may_read_everything() {
        assert!(Audience::default().may_read("acme-core"));
    }
}
