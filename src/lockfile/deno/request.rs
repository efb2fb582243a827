//! Requests and ids as Deno writes them (Deno documentation, "npm: specifiers", "jsr: specifiers").

use super::super::node::origin;

/// Where a package comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) enum Registry {
    Npm,
    Jsr,
}

impl Registry {
    pub(super) const ALL: [Self; 2] = [Self::Npm, Self::Jsr];

    /// What stands before the name.
    pub(super) fn prefix(self) -> &'static str {
        match self {
            Self::Npm => "npm:",
            Self::Jsr => "jsr:",
        }
    }
}

/// Something that is asked for: a name, and versions, which may be left out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct Request<'text> {
    pub(super) registry: Registry,
    pub(super) name: &'text str,
    pub(super) versions: Option<&'text str>,
}

impl<'text> Request<'text> {
    /// Reads `npm:a@1`, `npm:/a@1/file.js` or `jsr:@s/a`. `None` for what is of no registry.
    pub(super) fn read(text: &'text str) -> Option<Self> {
        let mut registries = Registry::ALL.into_iter();
        let (registry, rest) = registries
            .find_map(|registry| Some((registry, text.strip_prefix(registry.prefix())?)))?;
        Some(Self::of(registry, rest.trim_start_matches('/')))
    }

    /// Reads what stands behind the prefix.
    pub(super) fn of(registry: Registry, text: &'text str) -> Self {
        // A path into the package may stand behind.
        let name_parts = if text.starts_with('@') { 2 } else { 1 };
        let end = text.match_indices('/').nth(name_parts - 1).map_or(text.len(), |(at, _)| at);
        let (name, versions) = match split(text) {
            Some((name, versions)) if name.len() < end => (name, Some(versions)),
            _ => return Self { registry, name: &text[..end], versions: None },
        };
        let versions = versions.map(|versions| versions.split('/').next().unwrap_or(versions));
        Self { registry, name, versions }
    }

    /// What a `package.json` asks for under a name. `None` for what is not of npm.
    pub(super) fn of_manifest(name: &'text str, wish: &'text str) -> Option<Self> {
        let npm = |name, versions| Self { registry: Registry::Npm, name, versions };
        if let Some((real_name, versions)) = origin::alias(wish.trim()) {
            return Some(npm(real_name, Some(versions)));
        }
        (!origin::is_address(wish)).then(|| npm(name, Some(wish.trim())))
    }
}

/// The name and what stands behind the `@` of an id or a request.
pub(super) fn split(text: &str) -> Option<(&str, &str)> {
    let at = 1 + text.get(1..)?.find('@')?;
    Some((&text[..at], &text[at + 1..]))
}

/// The version in what stands behind the `@` of an id, without the peers of the copy.
pub(super) fn version(behind: &str) -> &str {
    behind.split('_').next().unwrap_or(behind)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_request_is_of_a_registry_and_may_lead_into_the_package() {
        for (text, registry, name, versions) in [
            ("npm:a@1", Registry::Npm, "a", Some("1")),
            ("npm:a", Registry::Npm, "a", None),
            ("npm:@s/a@^1.0.0", Registry::Npm, "@s/a", Some("^1.0.0")),
            ("npm:/a@1/", Registry::Npm, "a", Some("1")),
            ("npm:a@1/b/c.js", Registry::Npm, "a", Some("1")),
            ("npm:a/b@c.js", Registry::Npm, "a", None),
            ("npm:@s/a/b", Registry::Npm, "@s/a", None),
            ("jsr:@s/a@1 || 2", Registry::Jsr, "@s/a", Some("1 || 2")),
        ] {
            assert_eq!(Request::read(text), Some(Request { registry, name, versions }), "{text}");
        }
        for text in ["", "a", "https://h.example/a@1", "node:fs", "./a.ts"] {
            assert_eq!(Request::read(text), None, "{text}");
        }
    }

    #[test]
    fn a_manifest_asks_for_names_of_npm() {
        for (name, wish, expected) in [
            ("a", "^1", Some(("a", "^1"))),
            ("a", " 1 ", Some(("a", "1"))),
            ("al", "npm:@s/a@1", Some(("@s/a", "1"))),
            ("a", "workspace:*", None),
            ("a", "file:../a", None),
            ("a", "o/r", None),
        ] {
            let request = Request::of_manifest(name, wish);
            let found = request.map(|request| (request.name, request.versions.unwrap()));
            assert_eq!(found, expected, "{name} {wish}");
        }
    }

    #[test]
    fn an_id_is_a_name_a_version_and_peers() {
        for (id, name, expected) in [
            ("a@1.2.3", "a", "1.2.3"),
            ("@s/a_b@1.2.3-rc.1+x", "@s/a_b", "1.2.3-rc.1+x"),
            ("a@1.2.3_b@2.0.0__c@3.0.0", "a", "1.2.3"),
            ("@s/a@1.2.3_@t+b@2.0.0", "@s/a", "1.2.3"),
        ] {
            let (found, behind) = split(id).unwrap();
            assert_eq!((found, version(behind)), (name, expected), "{id}");
        }
        for id in ["", "a", "@s/a", "@"] {
            assert_eq!(split(id), None, "{id}");
        }
    }
}
