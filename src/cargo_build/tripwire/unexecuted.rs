//! Text that is never executed: comments, and messages that a script prints.

/// The part of a line that may be executed, as far as the line alone tells.
pub(super) fn executed_part(line: &str) -> &str {
    let trimmed = line.trim();
    if is_comment(trimmed) || is_printed(trimmed) {
        return "";
    }
    without_comment(line)
}

/// A line that is a comment in any language with such comments. `#!`, `#[` and `#define` are not.
fn is_comment(trimmed: &str) -> bool {
    let rest = trimmed.trim_start_matches('#');
    let is_hash = rest.len() < trimmed.len() && (rest.is_empty() || rest.starts_with(' '));
    let mut words = trimmed.split_whitespace();
    let first = words.next().unwrap_or_default();
    let is_slashes = matches!(first, "//" | "///" | "//!");
    let is_markup = trimmed.starts_with("<!--") && trimmed.ends_with("-->");
    is_hash || is_slashes || is_markup || first.eq_ignore_ascii_case("rem")
}

/// Programs that print their arguments, or search for them.
const PRINTING: &[&str] = &["echo", "printf", "grep", "rg", "egrep", "fgrep"];

/// A command that only prints a complete command. If its output goes to a file or another program, or it
/// prints flags without their command, they may be used.
fn is_printed(trimmed: &str) -> bool {
    let command = trimmed.strip_prefix("- ").unwrap_or(trimmed);
    let command = command.strip_prefix("run:").unwrap_or(command).trim_start();
    let command = command.trim_start_matches(['@', '-', '+']).trim_start();
    let mut words = command.split_whitespace();
    let program = words.next().unwrap_or_default();
    let is_told =
        PRINTING.contains(&program) || (program == "git" && words.next() == Some("commit"));
    let names_command = command.contains("cargo ");
    is_told
        && names_command
        && !command.contains(['>', '|', '`', ';', '&'])
        && !command.contains("$(")
}

/// A `#` between two blanks starts a comment, but not inside quotes.
fn without_comment(line: &str) -> &str {
    let mut previous = 'x';
    let mut quote = None;
    for (position, character) in line.char_indices() {
        if quote == Some(character) {
            quote = None;
        } else if quote.is_none() && matches!(character, '"' | '\'' | '`') {
            quote = Some(character);
        } else if quote.is_none() && previous.is_whitespace() && line[position..].starts_with("# ")
        {
            return &line[..position];
        }
        previous = character;
    }
    line
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn comments_and_messages_are_not_executed() {
        for (line, expected) in [
            ("  # cargo build --features tls", ""),
            ("## cargo build --features tls", ""),
            ("// cargo build --features tls", ""),
            ("/// cargo build --features tls", ""),
            ("REM cargo build --features tls", ""),
            ("<!-- cargo build --features tls -->", ""),
            ("echo \"cargo build --features tls\"", ""),
            ("- run: echo cargo build --features tls", ""),
            ("\t@echo 'cargo build --features tls'", ""),
            ("grep -q 'cargo build --features tls' README.md", ""),
            ("git commit -m 'use cargo build --features tls'", ""),
            ("cargo build # --features tls", "cargo build "),
        ] {
            assert_eq!(executed_part(line), expected, "{line}");
        }
    }

    #[test]
    fn text_that_may_be_executed_is_kept() {
        for line in [
            "#define BUILD \"cargo build --features tls\"",
            "#[doc = \"cargo build --features tls\"]",
            "#!/usr/bin/env -S cargo build --features tls",
            "//usr/bin/env cargo build --features tls \"$0\"; exit",
            "echo 'cargo build --features tls' > build.sh",
            "echo 'cargo build --features tls' | sh",
            "echo done && cargo build --features tls",
            "echo $(cargo build --features tls)",
            "echo \"--features tls\"",
            "cargo build --message-format 'a # b' --features tls",
            "* * * * * cargo build --features tls",
        ] {
            assert_eq!(executed_part(line), line);
        }
    }
}
