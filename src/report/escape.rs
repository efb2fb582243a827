//! Text from inputs as GitHub Flavored Markdown that means nothing but itself.
//!
//! GitHub acts on more than the syntax of Markdown: it links `@name`, `#123`, `GH-123`, commits and
//! addresses wherever they stand in text, and such a link notifies people and other issues (GitHub
//! documentation, "Autolinked references and URLs"). It leaves alone what is in code, and what an
//! invisible space divides.

use std::fmt::Write;

/// A zero-width space, by number: nothing invisible stands raw in a report.
const DIVIDER: &str = "&#8203;";
/// The shortest commit that GitHub links.
const COMMIT_DIGITS: usize = 7;

/// One line of prose. The text has to be printable already.
pub(super) fn prose(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len() + 16);
    let mut digits = 0;
    for (at, character) in text.char_indices() {
        digits = if character.is_ascii_hexdigit() {
            digits + 1
        } else {
            0
        };
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

/// Whether what follows could be linked to: `@name`, `#1`, `GH-1`, `https://`, `www.`.
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
    text.get(start..)
        .is_some_and(|tail| tail.eq_ignore_ascii_case(end))
}

/// A link, or the text alone where there is no page.
pub(super) fn link(text: &str, page: Option<&str>) -> String {
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
        }
    }
}
