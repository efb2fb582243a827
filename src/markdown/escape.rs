//! Untrusted text where Markdown code does not help: sentences, cells of
//! tables, which a `|` ends even in code, and HTML.
//!
//! Every character of the syntax becomes a numeric reference, and what GitHub would link (`@name`,
//! `#123`, `GH-123`, commits, addresses: GitHub documentation, "Autolinked references and URLs") is
//! is split by an invisible space.

use std::fmt::Write;

use super::fence;

/// A zero-width space, as a numeric reference: reports contain no raw invisible characters.
const DIVIDER: &str = "&#8203;";
/// The shortest commit that GitHub links.
const COMMIT_DIGITS: usize = 7;

/// One line of prose. The text must be printable already.
pub fn prose(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len() + 16);
    let mut digits = 0;
    for (at, character) in text.char_indices() {
        digits = if character.is_ascii_hexdigit() { digits + 1 } else { 0 };
        if digits == COMMIT_DIGITS {
            escaped.push_str(DIVIDER);
            digits = 1;
        }
        push_prose(&mut escaped, character);
        if is_start_of_reference(text, at, character) {
            escaped.push_str(DIVIDER);
        }
    }
    escaped
}

fn push_prose(escaped: &mut String, character: char) {
    match character {
        '&' | '<' | '>' | '"' | '\'' | '`' | '*' | '_' | '~' | '[' | ']' | '!' | '\\' | '|'
        | '$' | '{' | '}' | '=' | '^' => push_number(escaped, character),
        other => escaped.push(other),
    }
}

/// Whether a reference could begin here: `@name`, `#1`, `GH-1`, `https://`, `www.`.
fn is_start_of_reference(text: &str, at: usize, character: char) -> bool {
    match character {
        '@' | '#' => true,
        ':' => text[at + 1..].starts_with("//"),
        '-' => ends_with(&text[..at], "gh"),
        'w' | 'W' => ends_with(&text[..at], "ww"),
        _ => false,
    }
}

fn ends_with(text: &str, end: &str) -> bool {
    let start = text.len().saturating_sub(end.len());
    text.get(start..).is_some_and(|tail| tail.eq_ignore_ascii_case(end))
}

/// A name, a version or a path, as code that fits in a table cell. The text must be printable
/// already.
pub fn code(text: &str) -> String {
    let is_plain =
        |character: char| character.is_alphanumeric() || " ._/@+:-›=~^#,*".contains(character);
    if !text.is_empty() && text.trim() == text && text.chars().all(is_plain) {
        return format!("`{text}`");
    }
    html_code(text)
}

/// The same where Markdown is not rendered, as in the summary of a `<details>` element.
pub fn html_code(text: &str) -> String {
    let mut escaped = "<code>".to_owned();
    for character in text.chars() {
        // GitHub would link `www.` even here.
        let is_address = character == '.' && escaped.ends_with(['w', 'W']);
        if character.is_alphanumeric() || " ./+-›,".contains(character) && !is_address {
            escaped.push(character);
        } else {
            push_number(&mut escaped, character);
        }
    }
    escaped + "</code>"
}

/// Lines shown unchanged, in a fence with more backticks than any of them has.
pub fn fenced(text: &str) -> String {
    let fence = fence(text, 3);
    format!("{fence}text\n{}\n{fence}\n", text.trim_end_matches('\n'))
}

/// A link, or the text alone where there is no page.
pub fn link(text: &str, page: Option<&str>) -> String {
    let Some(page) = page else {
        return prose(text);
    };
    let mut address = String::new();
    for byte in page.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~/:?#@!$&+,;=%".contains(&byte) {
            address.push(char::from(byte));
        } else {
            // Writing to a `String` cannot fail.
            let _ = write!(address, "%{byte:02X}");
        }
    }
    format!("[{}](<{}>)", prose(text), address.replace('&', "&amp;"))
}

fn push_number(escaped: &mut String, character: char) {
    // Writing to a `String` cannot fail.
    let _ = write!(escaped, "&#{};", u32::from(character));
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn nothing_is_linked_formatted_or_run() {
        for (raw, escaped) in [
            ("a plain title, 1.2.3", "a plain title, 1.2.3"),
            ("ask @octocat", "ask @&#8203;octocat"),
            ("see #12 and GH-12", "see #&#8203;12 and GH-&#8203;12"),
            ("0123456789", "012345&#8203;6789"),
            ("https://a.example", "https:&#8203;//a.example"),
            ("www.a.example", "www&#8203;.a.example"),
            ("<!-- x -->", "&#60;&#33;-- x --&#62;"),
            ("a|b", "a&#124;b"),
            ("**x** `y`", "&#42;&#42;x&#42;&#42; &#96;y&#96;"),
        ] {
            assert_eq!(prose(raw), escaped);
        }
    }

    #[test]
    fn names_are_code_and_stay_in_it() {
        assert_eq!(code("@acme/web 1.0.0"), "`@acme/web 1.0.0`");
        assert_eq!(code("a`b"), "<code>a&#96;b</code>");
        assert_eq!(code("a|b"), "<code>a&#124;b</code>");
        assert_eq!(code(""), "<code></code>");
    }

    #[test]
    fn a_fence_is_longer_than_any_in_the_text() {
        assert_eq!(fenced("a\n"), "```text\na\n```\n");
        assert_eq!(fenced("a\n````\n"), "`````text\na\n````\n`````\n");
    }

    #[test]
    fn an_address_stays_in_its_link() {
        assert_eq!(link("x", None), "x");
        assert_eq!(
            link("x", Some("https://a.example/>)\n<b>")),
            "[x](<https://a.example/%3E%29%0A%3Cb%3E>)"
        );
    }

    proptest! {
        #[test]
        fn no_syntax_of_any_text_is_left(text in any::<String>()) {
            prop_assert!(!prose(&text).contains(['<', '>', '`', '|', '[', ']', '*', '\\']));
            let code = code(&text);
            let inside = code.strip_prefix("<code>").and_then(|rest| rest.strip_suffix("</code>"));
            let inside = inside.or_else(|| code.strip_prefix('`')?.strip_suffix('`'));
            prop_assert!(!inside.unwrap().contains(['<', '>', '`', '|']));
        }
    }
}
