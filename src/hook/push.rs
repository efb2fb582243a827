//! What git says is about to be pushed, on the standard input of the hook (Git documentation,
//! "githooks", `pre-push`): `<local ref> <local object> <remote ref> <remote object>` on each line.

/// One reference that is pushed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PushedReference {
    /// What it is called on the other side.
    pub name: String,
    /// The object that it is to lead to.
    pub object: String,
    /// The object that it leads to now; `None` where it is new.
    pub before: Option<String>,
}

/// A line that git does not write.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("line {line} of standard input is not what git tells a pre-push hook")]
pub struct PushError {
    /// The line, from 1.
    pub line: usize,
}

/// Reads what is pushed. What is only deleted pushes nothing.
///
/// # Errors
///
/// A line is not what git writes.
pub fn read(input: &str) -> Result<Vec<PushedReference>, PushError> {
    let lines = input.lines().enumerate();
    let mut pushed = Vec::new();
    for (index, line) in lines.filter(|(_, line)| !line.is_empty()) {
        let (name, object, before) = words(line).ok_or(PushError { line: index + 1 })?;
        if is_there(object) {
            pushed.push(PushedReference {
                name: name.to_owned(),
                object: object.to_owned(),
                before: is_there(before).then(|| before.to_owned()),
            });
        }
    }
    Ok(pushed)
}

/// The remote name and both objects. What is pushed may be written in any way, with blanks in it such
/// as in `HEAD@{2 days ago}`, so that a line is read from its end.
fn words(line: &str) -> Option<(&str, &str, &str)> {
    let mut words = line.rsplitn(4, ' ');
    let (before, name, object) = (words.next()?, words.next()?, words.next()?);
    words.next()?;
    let is_whole = !name.is_empty() && is_object(object) && is_object(before);
    is_whole.then_some((name, object, before))
}

/// Where there is nothing, git writes a name of zeros.
fn is_there(object: &str) -> bool {
    object.bytes().any(|byte| byte != b'0')
}

/// A SHA-1 or a SHA-256 name, in full.
fn is_object(text: &str) -> bool {
    matches!(text.len(), 40 | 64) && text.bytes().all(|byte| byte.is_ascii_hexdigit())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const NONE: &str = "0000000000000000000000000000000000000000";
    const ONE: &str = "1111111111111111111111111111111111111111";
    const TWO: &str = "2222222222222222222222222222222222222222";

    #[test]
    fn new_changed_and_deleted_references_are_told_apart() {
        let input = format!(
            "refs/heads/main {TWO} refs/heads/main {ONE}\n\
             HEAD@{{2 days ago}} {TWO} refs/heads/new {NONE}\n\
             (delete) {NONE} refs/heads/old {ONE}\n"
        );
        let reference = |name: &str, before: Option<&str>| PushedReference {
            name: name.to_owned(),
            object: TWO.to_owned(),
            before: before.map(str::to_owned),
        };
        assert_eq!(
            read(&input).unwrap(),
            [reference("refs/heads/main", Some(ONE)), reference("refs/heads/new", None)]
        );
        assert_eq!(read("").unwrap(), []);
    }

    #[test]
    fn a_line_that_git_does_not_write_is_an_error() {
        for line in [
            "main".to_owned(),
            format!("a {ONE} b"),
            format!("{ONE} b {TWO}"),
            format!("a {ONE}1 b {TWO}"),
            format!("a --output=x b {TWO}"),
        ] {
            assert_eq!(read(&format!("\n{line}\n")), Err(PushError { line: 2 }), "{line}");
        }
    }

    proptest! {
        #[test]
        fn any_input_is_read_or_refused(input in any::<String>()) {
            for reference in read(&input).unwrap_or_default() {
                prop_assert!(is_object(&reference.object));
            }
        }
    }
}
