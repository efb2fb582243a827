//! Who can read the issues: nothing about a private dependency is ever written to a public
//! repository.

use std::collections::BTreeSet;

use super::tracker::Repository;
use crate::lockfile::Lockfile;
use crate::markdown::code;
use crate::outcome::Outcome;

/// Who can read what is written.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Visibility {
    /// Names that must not be written; empty if the repository is private.
    private_names: BTreeSet<String>,
    /// Whether it is public.
    is_public: bool,
}

impl Visibility {
    /// The readers of a repository's issues, given the packages of an outcome.
    pub fn of(outcome: &Outcome, repository: &Repository) -> Self {
        if repository.is_private {
            return Self::default();
        }
        let private_names = outcome
            .lockfiles
            .iter()
            .flat_map(Lockfile::private_packages)
            .map(String::from)
            .collect();
        Self { private_names, is_public: true }
    }

    /// The public, where no package is private.
    #[cfg(test)]
    pub(crate) fn public() -> Self {
        Self { private_names: BTreeSet::new(), is_public: true }
    }

    /// Whether everybody can read the issues.
    pub fn is_public(&self) -> bool {
        self.is_public
    }

    /// A text in Markdown, or a placeholder if it must not be written.
    pub fn code_of(&self, text: &str) -> String {
        if self.permits(text) {
            code(text)
        } else {
            "not written here: it names a private dependency".to_owned()
        }
    }

    /// Whether a text may be written: none of its words is the name of a private package.
    pub fn permits(&self, text: &str) -> bool {
        self.private_names.is_empty()
            || !words(text).any(|word| self.private_names.contains(word.trim_end_matches('.')))
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
    use super::Visibility;

    fn public(names: &[&str]) -> Visibility {
        Visibility {
            private_names: names.iter().map(|name| (*name).to_owned()).collect(),
            is_public: true,
        }
    }

    #[test]
    fn a_text_that_names_a_private_package_is_not_written() {
        let visibility = public(&["@acme/ledger", "acme-core"]);
        for text in [
            "web › @acme/ledger › lodash",
            "@acme/ledger@1.2.0",
            "needed by acme-core.",
            "`acme-core`",
            "(acme-core)",
        ] {
            assert!(!visibility.permits(text), "{text}");
        }
        for text in ["web › lodash", "acme-core-tools", "@acme/ledgers", ""] {
            assert!(visibility.permits(text), "{text}");
        }
    }

    #[test]
    fn a_private_repository_may_read_everything() {
        assert!(Visibility::default().permits("acme-core"));
    }
}
