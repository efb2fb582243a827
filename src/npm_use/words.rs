//! Names of packages in a text: in the form in which code imports them, and as words.

use std::borrow::Cow;

use super::names::Spellings;

const MODULES: &str = "node_modules/";

/// Programs that run a package whose name follows.
const RUNNERS: &[&str] = &["npx", "bunx", "pnpx", "dlx", "exec"];

/// What Deno and Bun write before the name of a package that they take from the registry (documentation
/// of Deno, "Node and npm Compatibility"; of Bun, "Auto-install").
const OF_REGISTRY: &str = "npm:";

/// Hosts of pages for people.
const PAGES: &[&str] = &["github.com", "gitlab.com"];

/// Where such a host serves files.
const FILES: &[&str] = &["/raw/", "/releases/"];

/// How a text is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Reading {
    /// A module is named in quotes, or by its path.
    Code,
    /// Data: what stands in quotes is a word that some program may read as a module.
    Data,
    /// A package may be named by any word.
    Words,
    /// Written for people: only what is in the form of an import counts.
    Prose,
}

/// In what form a package is named.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Form {
    /// As code imports it, or by the path of what is installed.
    Import,
    Word,
}

/// Tells of every place where a text names one of the packages: which, in what form, and where.
pub(super) fn scan(
    text: &str,
    reading: Reading,
    spellings: &Spellings,
    tell: &mut dyn FnMut(usize, Form, usize),
) {
    let bytes = text.as_bytes();
    let mut position = 0;
    let mut follows_runner = false;
    while position < bytes.len() {
        if !is_token(bytes[position]) {
            position += 1;
            continue;
        }
        let start = position;
        while position < bytes.len() && is_token(bytes[position]) {
            position += 1;
        }
        let token = &text[start..position];
        let before = start.checked_sub(1).map_or(b'\n', |before| bytes[before]);
        let mut told = |number, form| tell(number, form, start);
        imports(token, before, reading, spellings, &mut told);
        if is_of_registry(&text[..start], reading) {
            let name = without_version(bare(token.trim_start_matches('/')));
            spellings.number(name).into_iter().for_each(|number| told(number, Form::Import));
        }
        if let Some(path) = path_of_address(text, start, reading) {
            let form = if reading == Reading::Code { Form::Import } else { Form::Word };
            for part in path.split(|next: char| next.is_ascii() && !is_token(next as u8)) {
                words(part, spellings, &mut |number| told(number, form));
            }
        }
        if reading == Reading::Words || (follows_runner && reading != Reading::Prose) {
            words(token, spellings, &mut |number| told(number, Form::Word));
            // `-rname`: an option and its value.
            if let Some(value) = glued(token) {
                words(value, spellings, &mut |number| told(number, Form::Word));
            }
        }
        follows_runner = RUNNERS.contains(&token) || (follows_runner && token.starts_with('-'));
    }
}

/// The value of an option of one letter that is written without a space.
fn glued(token: &str) -> Option<&str> {
    let option = token.strip_prefix('-')?;
    option.strip_prefix(|letter: char| letter.is_ascii_alphabetic()).filter(|it| !it.is_empty())
}

/// Characters of names, paths and versions, and every character that is not ASCII.
fn is_token(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"@/._-~+".contains(&byte) || byte >= 0x80
}

/// Whether a specifier for the registry ends there. In a text for people it must begin with a quote.
fn is_of_registry(before: &str, reading: Reading) -> bool {
    let before = before.strip_suffix(OF_REGISTRY);
    before.is_some_and(|before| reading != Reading::Prose || before.ends_with(['"', '\'']))
}

/// What stands behind the host in an address from which code may be fetched: `//host/path`, with or
/// without a scheme before it, in quotes or as a value. A CDN serves a package at the path of its name.
fn path_of_address(text: &str, start: usize, reading: Reading) -> Option<&str> {
    let address = text[start..].strip_prefix("//")?;
    if matches!(reading, Reading::Prose | Reading::Words) {
        return None;
    }
    let before = &text[..start];
    let schemes = ["https:", "http:"];
    let before = schemes.iter().find_map(|scheme| before.strip_suffix(scheme)).unwrap_or(before);
    let before = before.strip_suffix(['"', '\'', '`', '(', '='])?;
    let is_schema = before.trim_end().ends_with("\"$schema\":");
    let is_end = |next: char| next.is_whitespace() || "\"'`)<>\\".contains(next);
    let address = &address[..address.find(is_end).unwrap_or(address.len())];
    let (host, path) = address.split_once('/')?;
    let is_page = PAGES.contains(&host) && !FILES.iter().any(|step| path.contains(step));
    (!is_schema && !is_page).then_some(path)
}

fn imports(
    token: &str,
    before: u8,
    reading: Reading,
    spellings: &Spellings,
    tell: &mut dyn FnMut(usize, Form),
) {
    for (place, _) in token.match_indices(MODULES) {
        let installed = bare(&token[place + MODULES.len()..]);
        if let Some(number) = spellings.number(without_version(installed)) {
            tell(number, Form::Import);
        }
    }
    let token = token.trim_start_matches('~');
    let name = bare(token);
    let is_path = token.len() > name.len();
    let is_named = match before {
        b'"' | b'\'' => true,
        // In a text for people that is how a word is set.
        b'`' => reading != Reading::Prose,
        b'(' | b'!' | b'=' => is_path,
        _ => false,
    };
    if !is_named {
        return;
    }
    let form = match reading {
        Reading::Data | Reading::Words if !is_path => Form::Word,
        _ => Form::Import,
    };
    for name in [name, without_version(name)] {
        if let Some(number) = spellings.number(name) {
            tell(number, form);
        }
    }
}

/// The package of a specifier: `pkg/sub` and `@scope/pkg/sub` without what follows.
pub(super) fn bare(specifier: &str) -> &str {
    let mut slashes = specifier.match_indices('/').map(|(place, _)| place);
    let end = if specifier.starts_with('@') { slashes.nth(1) } else { slashes.next() };
    &specifier[..end.unwrap_or(specifier.len())]
}

fn without_version(name: &str) -> &str {
    let version = name.char_indices().skip(1).find(|(_, character)| *character == '@');
    version.map_or(name, |(place, _)| &name[..place])
}

/// Every step of a path, and what of it may be a name: `vendor/jquery-3.4.1.min.js` names `jquery`.
pub(super) fn words(token: &str, spellings: &Spellings, tell: &mut dyn FnMut(usize)) {
    let mut start = 0;
    for step in token.split('/') {
        let end = start + step.len();
        if step.starts_with('@') {
            let scoped = bare(&token[start..]);
            if let Some(number) = spellings.number(without_version(scoped)) {
                tell(number);
            }
        }
        for name in spelt(step) {
            if let Some(number) = spellings.number(name) {
                tell(number);
            }
        }
        start = end + 1;
    }
}

/// What a step of a path may stand for.
fn spelt(step: &str) -> impl Iterator<Item = &str> {
    let plain = without_version(step);
    let short = plain
        .char_indices()
        .skip(1)
        .find(|(_, character)| *character == '.')
        .map_or(plain, |(place, _)| &plain[..place]);
    let unnumbered = short
        .match_indices('-')
        .map(|(place, _)| place)
        .find(|place| short[place + 1..].starts_with(|next: char| next.is_ascii_digit()))
        .map_or(short, |place| &short[..place]);
    let whole_stem = plain.trim_end_matches('.');
    let mut all = vec![step, plain, whole_stem, short, unnumbered];
    all.dedup();
    all.into_iter()
}

/// A text in which escapes stand for what they mean, where that may be part of a name: `'\x6aquery'`
/// imports `jquery`. Lines stay where they are.
pub(super) fn unescaped(text: &str) -> Cow<'_, str> {
    let has_escapes = ["\\x", "\\u"]
        .iter()
        .any(|escape| memchr::memmem::find(text.as_bytes(), escape.as_bytes()).is_some());
    if !has_escapes {
        return Cow::Borrowed(text);
    }
    let mut written = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(place) = rest.find('\\') {
        written.push_str(&rest[..place]);
        rest = &rest[place..];
        if let Some((character, length)) = escape(rest) {
            written.push(character);
            rest = &rest[length..];
        } else {
            let next = rest.char_indices().nth(2).map_or(rest.len(), |(place, _)| place);
            written.push_str(&rest[..next]);
            rest = &rest[next..];
        }
    }
    written.push_str(rest);
    Cow::Owned(written)
}

/// The character of an escape, if it may be part of a name, and how long the escape is.
fn escape(text: &str) -> Option<(char, usize)> {
    let (digits, length) = if let Some(digits) = text.strip_prefix("\\u{") {
        let end = digits.find('}')?;
        (&digits[..end], "\\u{}".len() + end)
    } else if let Some(digits) = text.strip_prefix("\\u") {
        (digits.get(..4)?, 6)
    } else {
        (text.strip_prefix("\\x")?.get(..2)?, 4)
    };
    let code = u32::from_str_radix(digits, 16).ok()?;
    let character = char::from_u32(code)?;
    let is_of_names = u8::try_from(code).is_ok_and(is_token);
    is_of_names.then_some((character, length))
}

#[cfg(test)]
mod tests;
