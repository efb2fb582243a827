//! A `Cargo.lock` exactly as cargo writes it, read line by line.
//!
//! Cargo writes one key to a line, strings without escapes, and nothing else. A file of that form
//! is read here in a tenth of the time that a TOML reader takes. Whatever deviates from it in the
//! least, be it an escape, a comment behind a value, a key out of place or a second one, is left to
//! the `toml` crate: [`read`] then answers `None`. Where it does answer, it gives what the `toml`
//! crate would give; the tests hold the two against each other.

use std::borrow::Cow;

use toml::Spanned;

use super::entries::{Entries, Entry, Quoted, with_key};

/// Fewer than most packages take, so that the lists are hardly ever moved.
const BYTES_OF_A_PACKAGE: usize = 240;
const BYTES_OF_A_DEPENDENCY: usize = 50;

/// Reads the text, if it is in the canonical form.
pub(super) fn read(text: &str) -> Option<Entries<'_>> {
    read_strictly(text).ok()
}

/// The text deviates from the canonical form.
struct NotCanonical;

fn read_strictly(text: &str) -> Result<Entries<'_>, NotCanonical> {
    if !is_plain(text) {
        return Err(NotCanonical);
    }
    let mut reader = Reader::new(text);
    let version = reader.preamble()?;
    let mut entries = Entries {
        version,
        packages: Vec::with_capacity(text.len() / BYTES_OF_A_PACKAGE),
        dependencies: Vec::with_capacity(text.len() / BYTES_OF_A_DEPENDENCY),
    };
    while let Some(line) = reader.next_line() {
        match line.bytes {
            b"" => {}
            b"[[package]]" => {
                let package = reader.package(&mut entries.dependencies)?;
                entries.packages.push(package);
            }
            // What follows, `[metadata]` and `[[patch.unused]]`, is not cargo's common form.
            _ => return Err(NotCanonical),
        }
    }
    // Each string was found between two quotes; if there are others, one of them is in a string.
    if memchr::memchr_iter(b'"', text.as_bytes()).count() == 2 * reader.strings {
        Ok(entries)
    } else {
        Err(NotCanonical)
    }
}

/// Whether there is nothing but printable ASCII without escapes, and line feeds. Cargo writes `\r\n`
/// where the file already had it; that is left to the `toml` crate.
///
/// All bytes of a block are looked at before the answer, which lets the compiler take many at once.
fn is_plain(text: &str) -> bool {
    let is_plain_byte =
        |byte: u8| ((b' '..=b'~').contains(&byte) && byte != b'\\') || byte == b'\n';
    text.as_bytes()
        .chunks(4096)
        .all(|block| block.iter().fold(true, |all, byte| all & is_plain_byte(*byte)))
}

/// Reads line by line, one line ahead.
struct Reader<'text> {
    text: &'text str,
    /// Where the line after the current one begins.
    offset: usize,
    current: Option<Line<'text>>,
    /// How many strings were read.
    strings: usize,
}

/// A line without its end, and where it begins. Most lines are only compared: as bytes, which are ASCII.
#[derive(Clone, Copy)]
struct Line<'text> {
    bytes: &'text [u8],
    start: usize,
}

impl<'text> Reader<'text> {
    fn new(text: &'text str) -> Self {
        let mut reader = Self { text, offset: 0, current: None, strings: 0 };
        reader.advance();
        reader
    }

    fn advance(&mut self) {
        let start = self.offset;
        let rest = &self.text.as_bytes()[start..];
        if rest.is_empty() {
            self.current = None;
            return;
        }
        let length = memchr::memchr(b'\n', rest).unwrap_or(rest.len());
        self.offset = (start + length + 1).min(self.text.len());
        self.current = Some(Line { bytes: &rest[..length], start });
    }

    fn next_line(&mut self) -> Option<Line<'text>> {
        let line = self.current;
        self.advance();
        line
    }

    /// The next line that [`Self::next_line`] will give.
    fn peek(&self) -> Option<&'text [u8]> {
        self.current.map(|line| line.bytes)
    }

    fn expect_line(&mut self) -> Result<Line<'text>, NotCanonical> {
        self.next_line().ok_or(NotCanonical)
    }

    /// Comments, blank lines and the version, up to the first package.
    fn preamble(&mut self) -> Result<Option<Spanned<u32>>, NotCanonical> {
        let mut version = None;
        while self.peek().is_some_and(|line| line != b"[[package]]") {
            let line = self.expect_line()?;
            let text = &self.text[line.start..line.start + line.bytes.len()];
            if let Some(number) = text.strip_prefix("version = ") {
                let is_plain = number.len() <= 4
                    && !number.starts_with('0')
                    && number.bytes().all(|byte| byte.is_ascii_digit());
                if version.is_some() || !is_plain {
                    return Err(NotCanonical);
                }
                let end = line.start + text.len();
                version = Some(Spanned::new(
                    end - number.len()..end,
                    number.parse().map_err(|_| NotCanonical)?,
                ));
            } else if !(text.is_empty() || text.starts_with('#')) {
                return Err(NotCanonical);
            }
        }
        Ok(version)
    }

    /// The keys of a package, in the order in which cargo writes them, up to a blank line.
    fn package(
        &mut self,
        all_dependencies: &mut Vec<Cow<'text, str>>,
    ) -> Result<Entry<'text>, NotCanonical> {
        let start = all_dependencies.len();
        let name = self.value(b"name = ")?.ok_or(NotCanonical)?;
        let version = self.value(b"version = ")?.ok_or(NotCanonical)?;
        let source = self.value(b"source = ")?;
        let checksum = self.value(b"checksum = ")?;
        self.dependencies(all_dependencies)?;
        if let Some(replace) = self.value(b"replace = ")? {
            all_dependencies.push(replace.text);
        }
        if self.next_line().is_some_and(|line| !line.bytes.is_empty()) {
            return Err(NotCanonical);
        }
        Ok(Entry {
            name,
            version,
            source: source.map(|source| source.text),
            checksum: checksum.map(|checksum| with_key(checksum.text)),
            dependencies: start..all_dependencies.len(),
        })
    }

    /// The string behind a key. `None`: the next line has another key.
    fn value(&mut self, key: &[u8]) -> Result<Option<Quoted<'text>>, NotCanonical> {
        let Some(line) = self.current else {
            return Ok(None);
        };
        let Some(quoted) = line.bytes.strip_prefix(key) else {
            return Ok(None);
        };
        self.advance();
        let [b'"', .., b'"'] = quoted else {
            return Err(NotCanonical);
        };
        self.strings += 1;
        let start = line.start + key.len();
        let end = start + quoted.len();
        let text = Cow::Borrowed(&self.text[start + 1..end - 1]);
        Ok(Some(Quoted { text, start, end }))
    }

    fn dependencies(&mut self, all: &mut Vec<Cow<'text, str>>) -> Result<(), NotCanonical> {
        if self.peek() != Some(b"dependencies = [".as_slice()) {
            return Ok(());
        }
        self.advance();
        loop {
            let Line { bytes, start } = self.expect_line()?;
            if bytes == b"]" {
                return Ok(());
            }
            let [b' ', b'"', name @ .., b'"', b','] = bytes else {
                return Err(NotCanonical);
            };
            self.strings += 1;
            let start = start + 2;
            all.push(Cow::Borrowed(&self.text[start..start + name.len()]));
        }
    }
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::path::Path;

    use proptest::prelude::*;

    use super::super::entries::WireLockfile;
    use super::*;
    use crate::skip::skip;

    fn shape<'wire>(lockfile: &'wire Entries<'_>) -> impl PartialEq + std::fmt::Debug + use<'wire> {
        let version = lockfile.version.as_ref().map(|version| (*version.get_ref(), version.span()));
        let packages = lockfile.packages.iter().map(|package| {
            let checksum = package.checksum.as_ref();
            (&package.name, &package.version, package.source.as_deref(), checksum)
        });
        let others = lockfile.packages.iter().map(|package| lockfile.needs(package).collect());
        (version, packages.collect::<Vec<_>>(), others.collect::<Vec<Vec<&str>>>())
    }

    /// Whatever is read here is what the `toml` crate reads.
    fn assert_agrees(text: &str) -> bool {
        let Some(quick) = read(text) else {
            return false;
        };
        let thorough: WireLockfile<'_> = toml::from_str(text).unwrap();
        let thorough = Entries::from(thorough);
        assert_eq!(shape(&quick), shape(&thorough), "{text}");
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
            skip("shared", "canonical lockfiles", format_args!("there is no {}", folder.display()));
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
