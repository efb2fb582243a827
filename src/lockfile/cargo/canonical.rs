//! A `Cargo.lock` exactly as cargo writes it, read line by line.
//!
//! Cargo writes one key to a line, strings without escapes, and nothing else. A file of that form
//! is read here in a tenth of the time that a TOML reader takes. Whatever deviates from it in the
//! least, be it an escape, a comment behind a value, a key out of place or a second one, is left to
//! the `toml` crate: [`read`] then answers `None`. Where it does answer, it gives what the `toml`
//! crate would give; the tests hold the two against each other.

use std::borrow::Cow;
use std::ops::Range;

use toml::Spanned;

use super::{WireLockfile, WirePackage};

/// Fewer than most packages take, so that the list is hardly ever moved.
const BYTES_OF_A_PACKAGE: usize = 200;

/// Reads the text, if it is in the canonical form.
pub(super) fn read(text: &str) -> Option<WireLockfile<'_>> {
    read_strictly(text).ok()
}

/// The text deviates from the canonical form.
struct NotCanonical;

fn read_strictly(text: &str) -> Result<WireLockfile<'_>, NotCanonical> {
    // Cargo writes `\n`, or `\r\n` where the file already had it; a mixture is not its work.
    if memchr::memchr(b'\r', text.as_bytes()).is_some() {
        return Err(NotCanonical);
    }
    let mut reader = Reader { text, offset: 0 };
    let version = reader.preamble()?;
    let mut package = Vec::with_capacity(text.len() / BYTES_OF_A_PACKAGE);
    while let Some(line) = reader.next_line() {
        match line.text {
            "" => {}
            "[[package]]" => package.push(reader.package()?),
            // What follows, `[metadata]` and `[[patch.unused]]`, is not cargo's common form.
            _ => return Err(NotCanonical),
        }
    }
    Ok(WireLockfile { version, package, root: None })
}

struct Reader<'text> {
    text: &'text str,
    offset: usize,
}

/// A line without its end, and where it begins.
struct Line<'text> {
    text: &'text str,
    start: usize,
}

impl<'text> Reader<'text> {
    fn next_line(&mut self) -> Option<Line<'text>> {
        let rest = &self.text[self.offset..];
        if rest.is_empty() {
            return None;
        }
        let start = self.offset;
        let length = memchr::memchr(b'\n', rest.as_bytes()).unwrap_or(rest.len());
        self.offset = (start + length + 1).min(self.text.len());
        Some(Line { text: &rest[..length], start })
    }

    fn peek(&self) -> &'text str {
        let rest = &self.text[self.offset..];
        &rest[..memchr::memchr(b'\n', rest.as_bytes()).unwrap_or(rest.len())]
    }

    fn expect_line(&mut self) -> Result<Line<'text>, NotCanonical> {
        self.next_line().ok_or(NotCanonical)
    }

    /// Comments, blank lines and the version, up to the first package.
    fn preamble(&mut self) -> Result<Option<Spanned<u32>>, NotCanonical> {
        let mut version = None;
        while self.offset < self.text.len() && self.peek() != "[[package]]" {
            let line = self.expect_line()?;
            if let Some(number) = line.text.strip_prefix("version = ") {
                let is_plain = number.len() <= 4
                    && !number.starts_with('0')
                    && number.bytes().all(|byte| byte.is_ascii_digit());
                if version.is_some() || !is_plain {
                    return Err(NotCanonical);
                }
                let end = line.start + line.text.len();
                version = Some(Spanned::new(
                    end - number.len()..end,
                    number.parse().map_err(|_| NotCanonical)?,
                ));
            } else if !(line.text.is_empty() || is_plain_comment(line.text)) {
                return Err(NotCanonical);
            }
        }
        Ok(version)
    }

    /// The keys of a package, in the order in which cargo writes them, up to a blank line.
    fn package(&mut self) -> Result<WirePackage<'text>, NotCanonical> {
        let name = self.value("name = ")?.ok_or(NotCanonical)?;
        let version = self.value("version = ")?.ok_or(NotCanonical)?;
        let source = self.value("source = ")?;
        // The checksum is not used, but it has to be one.
        self.value("checksum = ")?;
        let dependencies = self.dependencies()?;
        let replace = self.value("replace = ")?;
        if self.offset < self.text.len() && !self.expect_line()?.text.is_empty() {
            return Err(NotCanonical);
        }
        let borrowed = |value: Value<'text>| Cow::Borrowed(value.text);
        Ok(WirePackage {
            name: Spanned::new(name.span.clone(), borrowed(name)),
            version: Spanned::new(version.span.clone(), borrowed(version)),
            source: source.map(borrowed),
            dependencies,
            replace: replace.map(borrowed),
        })
    }

    /// The string behind a key. `None`: the next line has another key.
    fn value(&mut self, key: &str) -> Result<Option<Value<'text>>, NotCanonical> {
        if !self.peek().starts_with(key) {
            return Ok(None);
        }
        let line = self.expect_line()?;
        let start = line.start + key.len();
        let quoted = &line.text[key.len()..];
        let span = start..start + quoted.len();
        Ok(Some(Value { text: plain_string(quoted)?, span }))
    }

    fn dependencies(&mut self) -> Result<Vec<Cow<'text, str>>, NotCanonical> {
        let mut dependencies = Vec::new();
        if self.peek() != "dependencies = [" {
            return Ok(dependencies);
        }
        self.expect_line()?;
        loop {
            let line = self.expect_line()?.text;
            if line == "]" {
                return Ok(dependencies);
            }
            let quoted = line
                .strip_prefix(' ')
                .and_then(|rest| rest.strip_suffix(','));
            dependencies.push(Cow::Borrowed(plain_string(quoted.ok_or(NotCanonical)?)?));
        }
    }
}

/// A string of the file. The span holds its quotes, as that of the `toml` crate does.
struct Value<'text> {
    text: &'text str,
    span: Range<usize>,
}

/// What is between two quotes, if it is printable ASCII without quotes and escapes.
fn plain_string(quoted: &str) -> Result<&str, NotCanonical> {
    let inner = quoted
        .strip_prefix('"')
        .and_then(|rest| rest.strip_suffix('"'));
    let inner = inner.ok_or(NotCanonical)?;
    let is_plain = |byte: u8| (b' '..=b'~').contains(&byte) && byte != b'"' && byte != b'\\';
    if inner.bytes().all(is_plain) {
        Ok(inner)
    } else {
        Err(NotCanonical)
    }
}

/// TOML forbids control characters in comments.
fn is_plain_comment(line: &str) -> bool {
    line.starts_with('#') && line.bytes().all(|byte| (b' '..=b'~').contains(&byte))
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::path::Path;

    use proptest::prelude::*;

    use super::*;

    fn shape<'wire>(
        lockfile: &'wire WireLockfile<'_>,
    ) -> impl PartialEq + std::fmt::Debug + use<'wire> {
        let version = lockfile
            .version
            .as_ref()
            .map(|version| (*version.get_ref(), version.span()));
        let packages = lockfile.package.iter().map(|package| {
            (
                &**package.name.get_ref(),
                package.name.span(),
                &**package.version.get_ref(),
                package.version.span(),
                package.source.as_deref(),
            )
        });
        let others = lockfile.package.iter().map(|package| {
            package
                .dependencies
                .iter()
                .chain(&package.replace)
                .map(AsRef::as_ref)
                .collect()
        });
        (version, packages.collect::<Vec<_>>(), others.collect::<Vec<Vec<&str>>>())
    }

    /// Whatever is read here is what the `toml` crate reads.
    fn assert_agrees(text: &str) -> bool {
        let Some(quick) = read(text) else {
            return false;
        };
        let thorough: WireLockfile<'_> = toml::from_str(text).unwrap();
        assert_eq!(shape(&quick), shape(&thorough), "{text}");
        assert!(thorough.root.is_none());
        true
    }

    const CANONICAL: &str = "# This file is automatically @generated by Cargo.\n\
        # It is not intended for manual editing.\nversion = 4\n\n[[package]]\nname = \"app\"\n\
        version = \"0.1.0\"\ndependencies = [\n \"leaf 1.0.0\",\n \"twig\",\n]\n\n[[package]]\n\
        name = \"leaf\"\nversion = \"1.0.0\"\n\
        source = \"registry+https://github.com/rust-lang/crates.io-index\"\n\
        checksum = \"00ff\"\n\n[[package]]\nname = \"twig\"\nversion = \"2.0.0\"\n";

    #[test]
    fn what_cargo_writes_is_read() {
        assert!(assert_agrees(CANONICAL));
        assert!(assert_agrees(""));
    }

    #[test]
    fn what_cargo_does_not_write_is_left_to_the_toml_crate() {
        let changes = [
            ("version = 4", "version = 04"),
            ("version = 4", "version = 4 # four"),
            ("version = 4\n", "version = 4\nversion = 4\n"),
            ("\"app\"", "\"a\\u0070p\""),
            ("\"app\"", "'app'"),
            ("\"app\"", "\"\"\"app\"\"\""),
            ("name = \"app\"", "name=\"app\""),
            ("name = \"app\"\n", "name = \"app\"\nname = \"app\"\n"),
            ("version = \"2.0.0\"\n", "version = \"2.0.0\"\nextra = 1\n"),
            ("version = \"2.0.0\"\n", "version = \"2.0.0\"\n\n[metadata]\n"),
            (" \"twig\",\n", " \"twig\"\n"),
            ("\n", "\r\n"),
        ];
        for (from, to) in changes {
            let text = CANONICAL.replacen(from, to, if from == "\n" { usize::MAX } else { 1 });
            assert_ne!(text, CANONICAL);
            assert!(read(&text).is_none(), "{text}");
        }
    }

    #[test]
    fn real_lockfiles_read_the_same_and_mostly_here() {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/corpus/cargo");
        let Ok(entries) = fs::read_dir(&folder) else {
            eprintln!("SKIPPED canonical lockfiles: {} is not here", folder.display());
            return;
        };
        let texts = entries.map(|entry| fs::read_to_string(entry.unwrap().path()).unwrap());
        let quick = texts.filter(|text| assert_agrees(text)).count();
        assert!(quick >= 20, "only {quick} lockfiles are read here");
    }

    proptest! {
        #[test]
        fn mutations_never_make_the_two_disagree(
            position in 0..CANONICAL.len(),
            removed in 0..12_usize,
            inserted in "[ -~\n]{0,6}",
        ) {
            let end = (position + removed).min(CANONICAL.len());
            assert_agrees(&format!("{}{inserted}{}", &CANONICAL[..position], &CANONICAL[end..]));
        }

        #[test]
        fn shuffled_lines_never_make_the_two_disagree(
            order in proptest::collection::vec(0..CANONICAL.lines().count(), 0..30),
        ) {
            let lines: Vec<&str> = CANONICAL.lines().collect();
            let text: String = order.iter().flat_map(|line| [lines[*line], "\n"]).collect();
            assert_agrees(&text);
        }
    }
}
