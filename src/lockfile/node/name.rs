//! Names that npm takes for names (npm source, `validate-npm-package-name`, "validForOldPackages"):
//! those that a registry gives out today, and those that were given out before.

/// What no package may be called.
const TAKEN: &[&str] = &["node_modules", "favicon.ico"];

/// Whether npm reads a text as the name of a package, and not as a request for something else.
///
/// Newer versions of npm refuse names that begin with a hyphen. The registry has some (`-`), and they
/// are no request.
pub(in crate::lockfile) fn is_valid(name: &str) -> bool {
    let own = match name.strip_prefix('@').map(|rest| rest.split_once('/')) {
        Some(Some((scope, own))) => {
            if scope.is_empty() || !scope.bytes().all(is_plain) {
                return false;
            }
            own
        }
        // A scope alone is no name.
        Some(None) => return false,
        None => {
            if name.starts_with('_') {
                return false;
            }
            name
        }
    };
    !own.is_empty()
        && !own.starts_with('.')
        && own.bytes().all(is_plain)
        && !TAKEN.iter().any(|taken| name.eq_ignore_ascii_case(taken))
}

/// What `encodeURIComponent` leaves as it is.
fn is_plain(byte: u8) -> bool {
    matches!(
        byte,
        b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9'
            | b'-' | b'_' | b'.' | b'!' | b'~' | b'*' | b'\'' | b'(' | b')'
    )
}

#[cfg(test)]
mod tests {
    use super::is_valid;

    #[test]
    fn names_are_those_that_a_registry_gives_out_or_has_given_out() {
        for name in [
            "a",
            "a-b",
            "a.b",
            "a_b",
            "JSONStream",
            "@scope/name",
            "@Scope/Name",
            "crypto",
            "~a",
            "a!",
            "1",
            "-",
            "@s/-a",
            "@s/_a",
            &"a".repeat(300),
        ] {
            assert!(is_valid(name), "{name}");
        }
        for name in [
            "",
            ".",
            "..",
            ".a",
            "_a",
            " a",
            "a ",
            "a b",
            "a/b",
            "@s",
            "@s/",
            "@/a",
            "@s/.a",
            "@s/a/b",
            "a@1.0.0",
            "a@npm:b",
            "npm:b@1.0.0",
            "github:o/r",
            "https:",
            "a:b",
            "a\\b",
            "a#b",
            "a%2fb",
            "node_modules",
            "Favicon.ico",
            "ä",
            "a\u{0}",
        ] {
            assert!(!is_valid(name), "{name}");
        }
    }
}
