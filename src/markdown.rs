//! Untrusted text in Markdown, made inert.
//!
//! Advisory text, names and paths could hold mentions, references to issues, links, images or HTML
//! comments. Numeric character references are not enough: GitHub looks for mentions and
//! references in the rendered text, and such a link notifies people and other issues. It does not
//! look into code (GitHub documentation, "Basic writing and formatting syntax"), so such text becomes
//! code; where it cannot, [`escape`] also splits references.

pub mod escape;

use url::Url;

use crate::terminal::one_line;
use crate::words;

/// The first line of the Markdown report, and of the comment on a pull request of a run without a key.
pub const MARKER: &str = "<!-- lockgate:report -->";

/// Longer text is cut.
const LONGEST: usize = 500;

/// The text as one span of code.
///
/// The fence is longer than any run of backticks in the text (`CommonMark` 0.31, section 6.1).
pub fn code(text: &str) -> String {
    let line = one_line(text, LONGEST);
    let fence = fence(&line, 1);
    if line.is_empty() {
        return "` `".to_owned();
    }
    if line.starts_with('`') || line.ends_with('`') {
        format!("{fence} {line} {fence}")
    } else {
        format!("{fence}{line}{fence}")
    }
}

/// How many entries of a list people read.
pub const FEW: usize = 15;

/// The first few of some texts, and how many more there are: untrusted lists have no limit.
pub fn few(texts: impl IntoIterator<Item = String>) -> Vec<String> {
    words::few(texts, FEW)
}

/// The lines as a code block with a fence that none of them can close (`CommonMark` 0.31, section
/// 4.5).
pub fn code_block(language: &str, lines: &[String]) -> String {
    let lines: Vec<String> = lines.iter().map(|line| one_line(line, LONGEST)).collect();
    let lines = lines.join("\n");
    let fence = fence(&lines, 3);
    format!("{fence}{language}\n{lines}\n{fence}")
}

/// At least this many backticks, and more than the text has in a row.
fn fence(text: &str, least: usize) -> String {
    let longest_run = text.split(|character| character != '`').map(str::len).max().unwrap_or(0);
    "`".repeat(least.max(longest_run + 1))
}

/// An address as a link, if the link is harmless. GitHub notes on an issue that
/// another one links to it: such an address is shown as code.
pub fn link(address: &str) -> String {
    let refers = ["/issues/", "/pull/", "/discussions/", "/commit/"];
    let is_plain =
        address.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-._~:/?#=%&+".contains(&byte));
    let is_harmless = is_plain && !refers.iter().any(|part| address.contains(part));
    match Url::parse(address) {
        Ok(url) if url.scheme() == "https" && is_harmless => format!("<{address}>"),
        _ => code(address),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn untrusted_text_is_shown_and_has_no_effect() {
        for (text, shown) in [
            ("lodash", "`lodash`"),
            ("@octocat see #1", "`@octocat see #1`"),
            ("<!-- lockgate:v1 -->", "`<!-- lockgate:v1 -->`"),
            ("a `b` c", "``a `b` c``"),
            ("`", "`` ` ``"),
            ("", "` `"),
            ("two\nlines\u{202e}", "`two lines\\u{202e}`"),
        ] {
            assert_eq!(code(text), shown);
        }
    }

    #[test]
    fn only_a_harmless_address_is_a_link() {
        for (address, shown) in [
            ("https://rustsec.test/a", "<https://rustsec.test/a>"),
            ("https://host.test/o/r/issues/1", "`https://host.test/o/r/issues/1`"),
            ("https://host.test/o/r/pull/1", "`https://host.test/o/r/pull/1`"),
            ("http://plain.test/", "`http://plain.test/`"),
            ("javascript:alert(1)", "`javascript:alert(1)`"),
            ("https://a.test/> @octocat", "`https://a.test/> @octocat`"),
        ] {
            assert_eq!(link(address), shown);
        }
    }

    #[test]
    fn no_line_ends_a_block_of_code() {
        let block = code_block("sh", &["````".to_owned(), "a\n```".to_owned()]);
        assert_eq!(block, "`````sh\n````\na ```\n`````");
    }

    proptest! {
        #[test]
        fn no_text_ends_its_span(text in "[`a@#< >\\\\\n-]{0,40}") {
            let span = code(&text);
            let fence = span.len() - span.trim_start_matches('`').len();
            let inner = &span[fence..span.len() - fence];
            let runs = inner.split(|character| character != '`').map(str::len);
            prop_assert!(runs.max().unwrap_or(0) < fence, "{span}");
            prop_assert!(!span.contains('\n'));
        }
    }
}
