//! Renders what is wrong with an input as an annotated snippet of the file it is about.
//!
//! Nothing that comes from an input is printed raw, however large or hostile the file is; see
//! [`crate::terminal`] for what that means.

mod excerpt;
mod snippet;

use anstream::adapter::strip_str;

use crate::problem::{Gap, Problem};
use crate::terminal::{Style, Tone, one_line, printable, width};

pub(crate) use snippet::{Mark, Snippet, bar, origin};

/// Messages longer than this are cut: they may quote an input at any length.
const MESSAGE_LIMIT: usize = 2_000;

/// One error: its message, the lines it is about, and what to do. Ends with a line feed.
///
/// Where the text or the place is not known, only the file is named.
pub fn render(problem: &Problem, style: Style) -> String {
    let mut rendered = heading(Tone::Error, "error", None, &problem.message, style);
    let mut gutter = 1;
    match (&problem.source, &problem.span) {
        (Some(source), Some(span)) => {
            let mark =
                Mark { span: span.clone(), label: Some(problem.label.clone().unwrap_or_default()) };
            let snippet = Snippet::new(source, vec![mark], style);
            gutter = snippet.gutter();
            rendered += &snippet.render(Tone::Error, gutter, style);
            if problem.help.is_some() {
                rendered += &bar(gutter, style);
            }
        }
        _ => rendered += &origin(&printable(&problem.file), gutter, style),
    }
    if let Some(help) = &problem.help {
        rendered += &remedy(help, gutter, style);
    }
    rendered
}

/// Several errors, in their order, with an empty line between them.
pub fn render_all(problems: &[Problem], style: Style) -> String {
    let rendered: Vec<_> = problems.iter().map(|problem| render(problem, style)).collect();
    rendered.join("\n")
}

/// One gap: what was not known, and what closes it. Ends with a line feed.
pub fn render_gap(gap: &Gap, style: Style) -> String {
    let code = gap.code.as_str();
    let mut rendered = heading(Tone::Gap, "gap", Some(code), &gap.message, style);
    if let Some(help) = &gap.help {
        rendered += &remedy(help, 1, style);
    }
    rendered
}

/// Something that changes no answer and is still to be known: what, and what to do about it. Ends with
/// a line feed.
pub fn render_warning(message: &str, help: &str, style: Style) -> String {
    let mut rendered = heading(Tone::Warning, "warning", None, message, style);
    rendered += &remedy(help, 1, style);
    rendered
}

/// The first line of anything: `error[RUSTSEC-2022-0093]: message`, wrapped.
pub(crate) fn heading(
    tone: Tone,
    word: &str,
    code: Option<&str>,
    message: &str,
    style: Style,
) -> String {
    let name = match code {
        Some(code) => format!("{word}[{}]", printable(code)),
        None => word.to_owned(),
    };
    let message = one_line(message, MESSAGE_LIMIT);
    let start = format!("{}: ", style.paint(tone, name));
    let wrapped = wrap(&message, &start, "    ", style);
    let Some(message) = wrapped.strip_prefix(&start) else {
        return wrapped + "\n";
    };
    let lines: Vec<_> = message.lines().map(|line| style.paint(Tone::Strong, line)).collect();
    format!("{start}{}\n", lines.join("\n"))
}

/// Wraps one line of printable text, which may be coloured. Long words, such as addresses, are kept
/// whole.
///
/// The tests hold it against `textwrap::fill`, which took a fourteenth of the instructions of a check.
pub(crate) fn wrap(text: &str, first_indent: &str, indent: &str, style: Style) -> String {
    let mut wrapped = String::with_capacity(first_indent.len() + text.len() + 4 * indent.len());
    wrapped.push_str(first_indent);
    let mut used = columns(first_indent);
    for (position, word) in text.split(' ').filter(|word| !word.is_empty()).enumerate() {
        let taken = columns(word);
        if position > 0 && used + 1 + taken > style.columns() {
            wrapped.push('\n');
            wrapped.push_str(indent);
            used = columns(indent);
        } else if position > 0 {
            wrapped.push(' ');
            used += 1;
        }
        wrapped.push_str(word);
        used += taken;
    }
    wrapped
}

/// How many columns printable text takes that may be coloured.
fn columns(text: &str) -> usize {
    if text.contains('\u{1b}') { width(&strip_str(text).to_string()) } else { width(text) }
}

/// What to do about it, one line for each line of the help.
fn remedy(help: &str, gutter: usize, style: Style) -> String {
    let margin = " ".repeat(gutter);
    let label = style.paint(Tone::Frame, "=");
    let mut first = format!("{margin} {label} {} ", style.paint(Tone::Strong, "help:"));
    let indent = format!("{margin}         ");
    let mut rendered = String::new();
    for line in help.lines() {
        rendered += &wrap(&one_line(line, MESSAGE_LIMIT), &first, &indent, style);
        rendered.push('\n');
        first.clone_from(&indent);
    }
    rendered
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use proptest::prelude::*;

    use super::*;
    use crate::problem::{GapCode, SourceText};
    use crate::terminal::is_unprintable;

    fn source(text: &str) -> Arc<SourceText> {
        Arc::new(SourceText::new("lockgate.toml", text))
    }

    fn assert_printable(rendered: &str) {
        let raw =
            rendered.chars().find(|character| *character != '\n' && is_unprintable(*character));
        assert_eq!(raw, None, "{rendered}");
    }

    #[test]
    fn a_problem_shows_its_line_and_its_help() {
        let source = source("schema = 1\n\n[gate]\nhigh = \"blok\"\n");
        let problem = Problem::at(&source, 26..32, "`blok` is not an action")
            .label("not an action")
            .help("use `block`, `ticket` or `note`");
        insta::assert_snapshot!(render(&problem, Style::PLAIN), @r#"
        error: `blok` is not an action
         --> lockgate.toml:4:8
          |
        4 | high = "blok"
          |        ^^^^^^ not an action
          |
          = help: use `block`, `ticket` or `note`
        "#);
    }

    #[test]
    fn a_problem_without_a_text_names_its_file() {
        let problem = Problem::in_file("app/Cargo.lock", "permission denied");
        insta::assert_snapshot!(render(&problem, Style::PLAIN), @r"
        error: permission denied
         --> app/Cargo.lock
        ");
    }

    #[test]
    fn several_problems_are_kept_apart() {
        let problem = Problem::in_file("a", "bad");
        insta::assert_snapshot!(render_all(&[problem.clone(), problem], Style::PLAIN), @r"
        error: bad
         --> a

        error: bad
         --> a
        ");
    }

    #[test]
    fn a_gap_says_what_closes_it() {
        let gap = Gap::new(
            GapCode::DatabaseStale,
            "source `rustsec` was last known current 3 days ago, and `max-age` is 24 h",
            "run `lockgate db update`\nor raise `max-age`",
        );
        insta::assert_snapshot!(render_gap(&gap, Style::PLAIN), @r"
        gap[database-stale]: source `rustsec` was last known current 3 days ago, and `max-age` is 24 h
          = help: run `lockgate db update`
                  or raise `max-age`
        ");
    }

    #[test]
    fn a_minified_file_is_cut_around_the_span() {
        let text = format!("{{{}\"bad\":1{}}}", " ".repeat(2_000_000), "x".repeat(3_000_000));
        let source = source(&text);
        let problem = Problem::at(&source, 2_000_001..2_000_006, "bad key").label("here");
        let rendered = render(&problem, Style::PLAIN);
        assert!(rendered.contains("lockgate.toml:1:2000002"), "{rendered}");
        assert!(rendered.contains("\"bad\":1xxx"), "{rendered}");
        assert!(rendered.contains("^^^^^ here"), "{rendered}");
        assert!(rendered.len() < 600, "{}", rendered.len());
    }

    #[test]
    fn hostile_text_is_written_out() {
        let source = source("name = \"\u{1b}[2J\u{202e}\u{200b}\t\u{9b}x\r\u{7f}\"");
        let problem = Problem::at(&source, 8..9, "bad\u{1b}]0;name\n")
            .label("\u{1b}[31m")
            .help("remove \u{2066}\u{feff} it");
        let rendered = render(&problem, Style::PLAIN);
        assert_printable(&rendered);
        insta::assert_snapshot!(rendered, @r#"
        error: bad\u{1b}]0;name
         --> lockgate.toml:1:9
          |
        1 | name = "\u{1b}[2J\u{202e}\u{200b}    \u{9b}x\u{d}\u{7f}"
          |         ^^^^^^ \u{1b}[31m
          |
          = help: remove \u{2066}\u{feff} it
        "#);
    }

    proptest! {
        #[test]
        fn text_is_wrapped_as_textwrap_wraps_it(
            words in prop::collection::vec("[a-z·漢é]{1,30}|\u{1b}\\[1m[a-z]{1,9}\u{1b}\\[0m", 1..30),
            (first, next) in ("[a-z:]{0,20} ", " {0,12}"),
            width in 0_usize..130,
        ) {
            let style = Style { color: true, width };
            let options = textwrap::Options::new(style.columns())
                .initial_indent(&first)
                .subsequent_indent(&next)
                .wrap_algorithm(textwrap::WrapAlgorithm::FirstFit)
                .word_separator(textwrap::WordSeparator::AsciiSpace)
                .word_splitter(textwrap::WordSplitter::NoHyphenation)
                .break_words(false);
            let text = words.join(" ");
            let expected = textwrap::fill(&text, options);
            let wrapped = wrap(&text, &first, &next, style);
            prop_assert_eq!(wrapped.trim_end(), expected.trim_end());
        }

        #[test]
        fn any_text_and_any_span_can_be_shown(
            text in "(?s)[a-z\t\r\n\u{1b}\u{202e}é漢🦀\u{301}\u{2028} ]{0,300}|.{0,200}",
            start in 0_usize..400,
            length in prop_oneof![0_usize..40, any::<usize>()],
            message in any::<String>(),
            label in any::<Option<String>>(),
            width in 0_usize..130,
        ) {
            let source = source(&text);
            let span = start..start.saturating_add(length);
            let mut problem = Problem::at(&source, span, message);
            problem.label = label;
            assert_printable(&render(&problem, Style { color: false, width }));
            let colored = render(&problem, Style { color: true, width });
            assert_printable(&anstream::adapter::strip_str(&colored).to_string());
            let escapes = colored.matches('\u{1b}').count();
            prop_assert_eq!(escapes, colored.matches("\u{1b}[").count());
        }
    }
}
