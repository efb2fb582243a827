//! The text of the hook.

use std::path::Path;

use sha2::{Digest, Sha256};

/// The name that git gives to the hook.
pub const NAME: &str = "pre-push";

/// What a hook that was there before is called now. The hook of lockgate runs it first.
pub const EARLIER: &str = "pre-push.before-lockgate";

/// How the second line of every hook of lockgate begins. A digest of the lines below it follows.
const MARK: &str = "# lockgate hook ";

/// Whose a hook is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ownership {
    /// lockgate wrote it, and it is as it was written.
    Ours,
    /// lockgate wrote it, and somebody has changed it.
    Changed,
    /// Somebody else's.
    Foreign,
}

/// The hook, for a binary at a path.
///
/// The binary that was installed from is asked first: git may run hooks with another `PATH` than a
/// terminal has. Without any the push is refused, since nothing was checked.
pub fn text(binary: &Path) -> String {
    let body = BODY.replace("{binary}", &quoted(&binary.to_string_lossy()));
    format!("#!/bin/sh\n{MARK}{}\n{body}", digest(&body))
}

const BODY: &str = r#"# Checks what is about to be pushed. `lockgate hook uninstall` takes this away again.
pushed=$(cat)
feed() { [ -z "$pushed" ] || printf '%s\n' "$pushed"; }

# The hook that was here before comes first.
earlier="$(dirname "$0")/pre-push.before-lockgate"
if [ -x "$earlier" ]; then
    feed | "$earlier" "$@" || exit $?
fi

binary={binary}
[ -x "$binary" ] || binary=$(command -v lockgate) || {
    echo "lockgate is not here, so nothing was checked; \`git push --no-verify\` pushes all the same" >&2
    exit 1
}
feed | "$binary" hook run "$@"
"#;

/// Whose hook a text is.
pub fn ownership(text: &[u8]) -> Ownership {
    let Ok(text) = std::str::from_utf8(text) else {
        return Ownership::Foreign;
    };
    let marked = text
        .split_once('\n')
        .and_then(|(_, rest)| rest.strip_prefix(MARK))
        .and_then(|rest| rest.split_once('\n'));
    match marked {
        Some((marked, body)) if marked == digest(body) => Ownership::Ours,
        Some(_) => Ownership::Changed,
        None => Ownership::Foreign,
    }
}

fn digest(body: &str) -> String {
    format!("sha256:{:x}", Sha256::digest(body))
}

/// One word of a shell, whatever is in it (POSIX, "Shell Command Language", 2.2.2).
fn quoted(text: &str) -> String {
    format!("'{}'", text.replace('\'', r"'\''"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_hook_of_ours_is_known_and_a_changed_one_too() {
        let ours = text(Path::new("/opt/it's here/lockgate"));
        assert!(ours.contains(r"binary='/opt/it'\''s here/lockgate'"), "{ours}");
        assert_eq!(ownership(ours.as_bytes()), Ownership::Ours);
        for (other, ownership_of_it) in [
            (format!("{ours}echo done\n"), Ownership::Changed),
            (ours.replace("exit 1", "exit 0"), Ownership::Changed),
            ("#!/bin/sh\nexit 0\n".to_owned(), Ownership::Foreign),
            (format!("#!/bin/sh\n\n{ours}"), Ownership::Foreign),
            (String::new(), Ownership::Foreign),
        ] {
            assert_eq!(ownership(other.as_bytes()), ownership_of_it, "{other}");
        }
        assert_eq!(ownership(b"\xff"), Ownership::Foreign);
    }
}
