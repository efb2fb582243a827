//! Texts with something in them written differently.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::tables::Rewriting;

/// The package that is looked for, and the one that a twin loads instead of it.
pub(super) const TARGET: &str = "glim";
pub(super) const OTHER: &str = "plum";

/// How the code of a way is written.
#[derive(Clone, Copy, Default)]
pub(super) struct Written<'table> {
    pub(super) string: Option<&'table Rewriting>,
    pub(super) literal: Option<&'table Rewriting>,
    pub(super) loader: Option<&'table Rewriting>,
    pub(super) wrapper: Option<&'table Rewriting>,
}

impl<'table> Written<'table> {
    pub(super) fn string(row: &'table Rewriting) -> Self {
        Self { string: Some(row), ..Self::default() }
    }

    pub(super) fn literal(row: &'table Rewriting) -> Self {
        Self { literal: Some(row), ..Self::default() }
    }

    pub(super) fn loader(row: &'table Rewriting) -> Self {
        Self { loader: Some(row), ..Self::default() }
    }

    pub(super) fn wrapper(row: &'table Rewriting) -> Self {
        Self { wrapper: Some(row), ..Self::default() }
    }

    /// Both, where they are about different things.
    pub(super) fn or(self, other: Self) -> Self {
        Self {
            string: self.string.or(other.string),
            literal: self.literal.or(other.literal),
            loader: self.loader.or(other.loader),
            wrapper: self.wrapper.or(other.wrapper),
        }
    }

    pub(super) fn rows(&self) -> impl Iterator<Item = &'table Rewriting> {
        [self.string, self.literal, self.loader, self.wrapper].into_iter().flatten()
    }

    /// Head and body as one text.
    pub(super) fn code(&self, head: &str, body: &str) -> String {
        let mut before = String::new();
        let head = self.text(head, &mut before);
        let mut body = self.text(body, &mut before);
        if let Some(wrapper) = self.wrapper {
            let asynchronous = if body.contains("await ") { "async " } else { "" };
            body = wrapper.value.replace("ASYNC ", asynchronous).replace("STATEMENTS", &body);
            before = format!("{}{before}", lines(&wrapper.before));
        }
        format!("{}{before}{}", lines(&head), lines(&body))
    }

    /// A file of its own.
    pub(super) fn file(&self, text: &str) -> String {
        let mut before = String::new();
        let text = self.text(text, &mut before);
        match text.split_once('\n') {
            // The first line says what the file is run with.
            Some((first, rest)) if first.starts_with("#!") => format!("{first}\n{before}{rest}"),
            _ => format!("{before}{text}"),
        }
    }

    /// A text with what stands in its places. Only the first place of a kind is written differently.
    fn text(&self, text: &str, before: &mut String) -> String {
        let text = places(text, '‹', '›', |number, value| match self.literal {
            Some(rewriting) if number == 0 => filled(&rewriting.value, value),
            _ => quoted(value),
        });
        let text = places(&text, '«', '»', |number, value| match self.string {
            Some(rewriting) if number == 0 => {
                before.push_str(&lines(&filled(&rewriting.before, value)));
                filled(&rewriting.value, value)
            }
            _ => quoted(value),
        });
        places(&text, '¦', '¦', |number, value| match self.loader {
            Some(rewriting) if number == 0 => {
                // `import` is no value.
                let value = if value == "import" { "((id) => import(id))" } else { value };
                before.push_str(&lines(&rewriting.before.replace("LOAD", value)));
                rewriting.value.replace("LOAD", value)
            }
            _ => value.to_owned(),
        })
    }
}

/// The text with a line feed at its end, if it has any lines.
fn lines(text: &str) -> String {
    let text = text.trim_end();
    if text.is_empty() { String::new() } else { format!("{text}\n") }
}

fn quoted(value: &str) -> String {
    format!("'{value}'")
}

/// Fills every place between two signs, by its number and what stands there.
fn places(
    text: &str,
    open: char,
    close: char,
    mut fill: impl FnMut(usize, &str) -> String,
) -> String {
    let mut filled = String::new();
    let mut rest = text;
    let mut number = 0;
    while let Some((before, place)) = rest.split_once(open) {
        let (value, after) = place.split_once(close).expect("a place ends");
        filled.push_str(before);
        filled.push_str(&fill(number, value));
        number += 1;
        rest = after;
    }
    filled + rest
}

/// A rewriting with a value in the forms that it asks for.
fn filled(rewriting: &str, value: &str) -> String {
    let middle = value.len() / 2;
    let (head, tail) = value.split_at(middle);
    let each = |form: &dyn Fn(u8) -> String| value.bytes().map(form).collect::<String>();
    let listed =
        |form: &dyn Fn(u8) -> String| value.bytes().map(form).collect::<Vec<_>>().join(", ");
    let forms: &[(&str, &dyn Fn() -> String)] = &[
        ("TEXT", &|| value.to_owned()),
        ("HEAD", &|| head.to_owned()),
        ("TAIL", &|| tail.to_owned()),
        ("REVERSED", &|| value.chars().rev().collect()),
        ("CODES", &|| listed(&|byte| byte.to_string())),
        ("SHIFTED", &|| listed(&|byte| (u32::from(byte) + 7).to_string())),
        ("LETTERS", &|| listed(&|byte| format!("'{}'", char::from(byte)))),
        ("SPACED", &|| each(&|byte| format!("{}~", char::from(byte)))),
        ("BASE64", &|| STANDARD.encode(value)),
        ("HEX", &|| each(&|byte| format!("{byte:02x}"))),
        ("PERCENT", &|| each(&|byte| format!("%{byte:02x}"))),
        ("XESCAPED", &|| each(&|byte| format!("\\x{byte:02x}"))),
        ("UESCAPED", &|| each(&|byte| format!("\\u{byte:04x}"))),
        ("BESCAPED", &|| each(&|byte| format!("\\u{{{byte:x}}}"))),
        ("OCTAL", &|| each(&|byte| format!("\\{byte:03o}"))),
        ("CONTINUED", &|| format!("{head}\\\n{tail}")),
        ("ROTATED", &|| each(&|byte| char::from(rotated(byte)).to_string())),
        ("FLIPPED", &|| each(&|byte| char::from(flipped(byte)).to_string())),
    ];
    forms.iter().fold(rewriting.to_owned(), |text, (name, form)| {
        if text.contains(name) { text.replace(name, &form()) } else { text }
    })
}

/// The letter thirteen places further on.
fn rotated(byte: u8) -> u8 {
    if byte.is_ascii_lowercase() { (byte - b'a' + 13) % 26 + b'a' } else { byte }
}

/// A letter in the other case.
fn flipped(byte: u8) -> u8 {
    if byte.is_ascii_lowercase() { byte.to_ascii_uppercase() } else { byte.to_ascii_lowercase() }
}
