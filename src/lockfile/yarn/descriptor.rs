//! What is asked for, as Yarn writes it: `name@range`.

use crate::lockfile::node::origin;

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
