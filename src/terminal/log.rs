//! Text in the log of a workflow, which a runner scans for commands.
//!
//! GitHub's runner takes a line as a command if it begins with `::`, after any blanks, or
//! contains `##[` anywhere (`ActionCommand.cs` of actions/runner); the one of Azure
//! does the same with `##vso[`. Names and titles are untrusted, and a long line may be
//! broken anywhere.

use std::borrow::Cow;

/// The text with a blank inserted wherever a runner would see a command.
pub fn harmless_in_logs(text: &str) -> Cow<'_, str> {
    let begins = |line: &str| line.trim_start().starts_with("::");
    if !text.contains("##") && !text.lines().any(begins) {
        return Cow::Borrowed(text);
    }
    let mut shown = String::with_capacity(text.len() + 16);
    for line in text.split_inclusive('\n') {
        let (blanks, rest) = line.split_at(line.len() - line.trim_start().len());
        shown.push_str(blanks);
        let rest = match rest.strip_prefix("::") {
            Some(rest) => {
                shown.push_str(": :");
                rest
            }
            None => rest,
        };
        push_without_marks(&mut shown, rest);
    }
    Cow::Owned(shown)
}

fn push_without_marks(shown: &mut String, mut rest: &str) {
    while let Some(at) = rest.find("##") {
        let (before, from) = rest.split_at(at);
        shown.push_str(before);
        let behind = from.trim_start_matches('#');
        let is_mark = behind.starts_with('[') || behind.starts_with("vso[");
        let marks = &from[..from.len() - behind.len()];
        if is_mark {
            shown.push_str(&marks[1..]);
            shown.push_str(" #");
        } else {
            shown.push_str(marks);
        }
        rest = behind;
    }
    shown.push_str(rest);
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn no_line_is_a_command() {
        for (text, shown) in [
            ("::error::x", ": :error::x"),
            ("a\n  \u{a0}::stop-commands::x\nb", "a\n  \u{a0}: :stop-commands::x\nb"),
            ("::::", ": :::"),
            ("x ##[error]y", "x # #[error]y"),
            ("###[group]", "## #[group]"),
            ("##vso[task.setvariable]", "# #vso[task.setvariable]"),
            ("##[a]##[b]", "# #[a]# #[b]"),
        ] {
            assert_eq!(harmless_in_logs(text), shown, "{text}");
        }
        for text in ["a :: b", "std::io", "## Heading", "##", "a\nb\n", ""] {
            assert!(matches!(harmless_in_logs(text), Cow::Borrowed(_)) || text.contains("##"));
            assert_eq!(harmless_in_logs(text), text);
        }
    }

    proptest! {
        #[test]
        fn whatever_is_written_nothing_is_acted_on(text in "[ \\n:#a\\[vso]{0,40}") {
            let shown = harmless_in_logs(&text);
            for line in shown.lines() {
                prop_assert!(!line.trim_start().starts_with("::"), "{}", line);
                prop_assert!(!line.contains("##["), "{}", line);
                prop_assert!(!line.contains("##vso["), "{}", line);
            }
            let bare = |text: &str| text.replace(' ', "");
            prop_assert_eq!(bare(&shown), bare(&text));
        }
    }
}
