//! What is asked for, as Yarn writes it: `name@range`.

use crate::lockfile::node::origin::{self, Origin};
use crate::source::PackageSource;

/// The name and the range of a descriptor, which stand before and behind the first `@` that does not
/// begin a scope. A name alone asks for any version.
pub(super) fn split(descriptor: &str) -> (&str, &str) {
    let scope = usize::from(descriptor.starts_with('@'));
    match descriptor[scope..].find('@') {
        Some(at) => (&descriptor[..scope + at], &descriptor[scope + at + 1..]),
        None => (descriptor, ""),
    }
}

/// Whether a range asks for versions that a registry has.
pub(super) fn is_of_registry(range: &str) -> bool {
    origin::alias(range).is_some() || !origin::is_address(range)
}

/// Whether an address is that of a git repository, by its end.
pub(super) fn is_repository(address: &str) -> bool {
    address.rsplit_once('.').is_some_and(|(_, end)| end.eq_ignore_ascii_case("git"))
}

/// A package that a registry is asked for, whatever the address of its archive looks like: some registries
/// keep archives at addresses of their own.
pub(super) fn of_registry(origin: Origin) -> Origin {
    let PackageSource::Archive(address) = &origin.source else {
        return origin;
    };
    let start = address.find("://").map_or(0, |position| position + 3);
    let end = address[start..].find('/').map_or(address.len(), |length| start + length);
    let source = PackageSource::OtherRegistry(address[..end].to_owned());
    Origin { source, ..origin }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_ends_at_the_first_at_sign_behind_the_scope() {
        for (descriptor, name, range) in [
            ("a@^1.0.0", "a", "^1.0.0"),
            ("@s/a@^1.0.0", "@s/a", "^1.0.0"),
            ("a", "a", ""),
            ("@s/a", "@s/a", ""),
            ("a@^1.0.0@1.0.3", "a", "^1.0.0@1.0.3"),
            ("a@npm:@s/b@1", "a", "npm:@s/b@1"),
            ("a@git@host:b.git", "a", "git@host:b.git"),
            ("", "", ""),
            ("@", "@", ""),
        ] {
            assert_eq!(split(descriptor), (name, range), "{descriptor}");
        }
    }
}
