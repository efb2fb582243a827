//! Whole files in another form that Node.js reads alike.

use super::tables::Language;

/// Another form of a whole file.
pub(super) struct Form {
    pub(super) name: &'static str,
    pub(super) only: &'static [Language],
    pub(super) write: fn(&str) -> String,
}

/// Every form that Node.js reads like the original.
pub(super) const FORMS: &[Form] = &[
    Form { name: "carriage returns", only: &[], write: |text| text.replace('\n', "\r\n") },
    Form { name: "byte order mark", only: &[], write: |text| format!("\u{feff}{text}") },
    Form { name: "shebang", only: &[], write: |text| format!("#!/usr/bin/env node\n{text}") },
    Form { name: "one line", only: &[], write: one_line },
    Form {
        name: "comments between the words",
        only: &[],
        write: |text| {
            outside_strings(text, |sign| match sign {
                '(' => Some("/* ( */ ( /* ' */ ".to_owned()),
                ')' => Some(" // )\n)".to_owned()),
                _ => None,
            })
        },
    },
    Form { name: "line separators", only: &[], write: |text| text.replace('\n', "\u{2028}") },
    Form {
        name: "odd spaces",
        only: &[],
        write: |text| {
            outside_strings(text, |sign| {
                (sign == ' ').then(|| "\u{a0}\u{feff}\u{c}\u{b}".to_owned())
            })
        },
    },
    Form {
        name: "escaped names",
        only: &[],
        write: |text| {
            words(text, |word| match word {
                "require" => Some("r\\u0065quire"),
                "eval" => Some("\\u{65}val"),
                "process" => Some("proc\\u0065ss"),
                "module" => Some("m\\u006fdule"),
                "createRequire" => Some("createR\\u{65}quire"),
                _ => None,
            })
        },
    },
    Form {
        name: "comments of HTML",
        only: &[Language::CommonJs],
        write: |text| format!("<!-- '\n{text}--> `\n"),
    },
    Form {
        name: "words of the language as names",
        only: &[Language::CommonJs],
        write: |text| format!("{text}var let = 1, yield = 2, async = 3, of = 4, await = 5;\n"),
    },
    Form {
        name: "a result at the top",
        only: &[Language::CommonJs],
        write: |text| format!("{text}return;\n"),
    },
    Form {
        name: "strict",
        only: &[Language::CommonJs],
        write: |text| format!("'use strict'\n;{text}"),
    },
    Form { name: "without semicolons", only: &[], write: without_semicolons },
    Form {
        name: "behind a long text",
        only: &[],
        write: |text| format!("const filler = `{}`;\n{text}", "lorem ipsum ".repeat(2_000)),
    },
    Form {
        name: "behind an expression like a comment",
        only: &[],
        write: |text| format!("const odd = /[/*]'`/.test('//'); const half = 4 / 2 / 1;\n{text}"),
    },
];

/// Where a string goes on in the next line, all stays as it is.
fn one_line(text: &str) -> String {
    if text.contains("\\\n") { text.to_owned() } else { text.trim_end().replace('\n', " ") }
}

fn without_semicolons(text: &str) -> String {
    let mut lines: Vec<String> = text.lines().map(str::to_owned).collect();
    for place in 0..lines.len() {
        let next = lines.get(place + 1).map(|line| line.trim_start().to_owned());
        let goes_on = next
            .is_some_and(|next| next.starts_with(['(', '[', '`', '/', '+', '-', '*', ',', '.']));
        if !goes_on && let Some(line) = lines[place].strip_suffix(';') {
            let end = line.len();
            lines[place].truncate(end);
        }
    }
    lines.join("\n")
}

/// Writes signs that are outside of strings differently. Texts with templates or expressions between slashes
/// stay as they are.
fn outside_strings(text: &str, write: impl Fn(char) -> Option<String>) -> String {
    if text.contains(['`', '/', '\\']) {
        return text.to_owned();
    }
    let mut written = String::new();
    let mut quote = None;
    for sign in text.chars() {
        match quote {
            Some(open) if open == sign => quote = None,
            None if sign == '\'' || sign == '"' => quote = Some(sign),
            _ => {}
        }
        let other = if quote.is_none() { write(sign) } else { None };
        match other {
            Some(other) => written.push_str(&other),
            None => written.push(sign),
        }
    }
    written
}

/// Writes whole names that are outside of strings differently.
fn words(text: &str, write: impl Fn(&str) -> Option<&'static str>) -> String {
    let mut written = String::new();
    let mut word = String::new();
    let mut quote = None;
    for sign in text.chars().chain(['\n']) {
        if quote.is_none() && (sign.is_ascii_alphanumeric() || sign == '_' || sign == '$') {
            word.push(sign);
            continue;
        }
        written.push_str(write(&word).unwrap_or(&word));
        word.clear();
        match quote {
            Some(open) if open == sign => quote = None,
            None if "'\"`".contains(sign) => quote = Some(sign),
            _ => {}
        }
        written.push(sign);
    }
    written.pop();
    written
}
