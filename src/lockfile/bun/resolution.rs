//! What an entry is, by the text behind the `@` of its first element (Bun source, `install/resolution`,
//! `from_text_lockfile`).

use nodejs_semver::Version;

use crate::lockfile::node::origin::{self, Origin};
use crate::lockfile::text::without_credentials;
use crate::source::PackageSource;

/// What an entry is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Registry,
    /// A git repository, or an archive that a git host makes of one.
    Git,
    /// An archive from an address.
    Archive,
    /// An archive on this machine.
    LocalArchive,
    Folder,
    /// A folder that `bun link` knows by the name of its package.
    Link,
    /// A project of the workspace, by its folder.
    Workspace,
    /// The project in the lockfile's own folder.
    Root,
}

/// The beginnings of addresses of git repositories (Bun documentation, "bun add", "Git dependencies").
const GIT: &[&str] = &["github:", "gitlab:", "bitbucket:", "gist:", "git+", "git:", "git@", "ssh:"];

const ARCHIVES: &[&str] = &[".tgz", ".tar.gz", ".tar"];

/// The first element of an entry.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Resolution<'text> {
    /// The name in the registry, whatever it is installed as.
    pub(super) name: &'text str,
    pub(super) kind: Kind,
    /// What stands behind the `@`: a version, or a place with the word that says of what kind it is.
    pub(super) place: &'text str,
}

impl<'text> Resolution<'text> {
    /// `None` where it is of no kind that is known.
    pub(super) fn read(text: &'text str) -> Option<Self> {
        // A scope begins with the same character. A root need not have a name.
        let from = usize::from(!text.starts_with("@root:"));
        let at = from + text.get(from..)?.find('@')?;
        let (name, place) = (&text[..at], &text[at + 1..]);
        Some(Self { name, kind: Kind::of(place)?, place })
    }

    /// The place of a project, a folder or a link, without the word in front.
    pub(super) fn path(&self) -> &'text str {
        self.place.split_once(':').map_or(self.place, |(_, path)| path)
    }

    /// What is installed, and where it comes from. `registry` is the address of the archive of what is
    /// not of the public registry, or empty.
    pub(super) fn origin(&self, registry: Option<&str>) -> Origin {
        let Self { name, kind, place } = *self;
        let source = match kind {
            Kind::Registry => return origin::of_package(name, place, registry),
            Kind::Archive => return origin::of_dependency(name, place, None),
            Kind::Git => PackageSource::Git(without_credentials(place)),
            Kind::LocalArchive | Kind::Folder | Kind::Link | Kind::Workspace | Kind::Root => {
                PackageSource::Local
            }
        };
        Origin { name: name.into(), version: place.into(), source, called: None }
    }
}

impl Kind {
    fn of(place: &str) -> Option<Self> {
        let begins = |words: &[&str]| words.iter().any(|word| place.starts_with(word));
        let is_archive = || ARCHIVES.iter().any(|end| place.ends_with(end));
        let kind = match place.split_once(':') {
            Some(("root", _)) => Self::Root,
            Some(("workspace", _)) => Self::Workspace,
            Some(("link", _)) => Self::Link,
            Some(("file", _)) => Self::Folder,
            Some(("http" | "https", _)) => Self::Archive,
            _ if begins(GIT) => Self::Git,
            _ if Version::parse(place).is_ok() => Self::Registry,
            None if is_archive() => Self::LocalArchive,
            _ => return None,
        };
        Some(kind)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_text_behind_the_name_says_what_an_entry_is() {
        for (text, name, kind, path) in [
            ("a@1.2.3", "a", Kind::Registry, None),
            ("@s/a@1.2.3-rc.1+build", "@s/a", Kind::Registry, None),
            ("a@github:o/r#1234567", "a", Kind::Git, None),
            ("a@git+ssh://git@h.example/o/r#1", "a", Kind::Git, None),
            ("a@https://h.example/a.tgz", "a", Kind::Archive, None),
            ("a@./a-1.0.0.tgz", "a", Kind::LocalArchive, None),
            ("a@a.tgz", "a", Kind::LocalArchive, None),
            ("a@file:../a", "a", Kind::Folder, Some("../a")),
            ("a@link:a", "a", Kind::Link, Some("a")),
            ("@s/a@workspace:packages/a", "@s/a", Kind::Workspace, Some("packages/a")),
            ("a@root:", "a", Kind::Root, Some("")),
            ("@root:", "", Kind::Root, Some("")),
        ] {
            let resolution = Resolution::read(text).unwrap();
            assert_eq!((resolution.name, resolution.kind), (name, kind), "{text}");
            assert!(path.is_none_or(|path| path == resolution.path()), "{text}");
        }
    }

    #[test]
    fn what_is_of_no_known_kind_is_not_guessed() {
        for text in
            ["", "a", "@s/a", "a@", "a@1", "a@^1.0.0", "a@latest", "a@npm:b@1.0.0", "a@catalog:"]
        {
            assert_eq!(Resolution::read(text), None, "{text}");
        }
    }
}
