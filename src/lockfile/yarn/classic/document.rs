//! The entries of a `yarn.lock` of Yarn 1, as they are written.

use std::ops::Range;

use super::syntax::{Content, Fault, Line, Lines, Word};
use crate::lockfile::hashes;

/// A package, and all that is asked for and answered by it.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Entry<'text> {
    /// What is asked for: `name@range`, or `name` alone.
    pub(super) descriptors: Vec<Word<'text>>,
    pub(super) version: Word<'text>,
    /// The name in the registry, which the first versions of Yarn wrote.
    pub(super) name: Option<Word<'text>>,
    /// The address of its archive, mostly with `#` and a checksum behind it. Without it Yarn looks for a
    /// version anew.
    pub(super) resolved: Option<Word<'text>>,
    /// Checksums of its archive (Subresource Integrity).
    pub(super) integrity: Option<Word<'text>>,
    /// What it depends on: name, range, and whether it can do without.
    pub(super) dependencies: Vec<Dependency<'text>>,
}

#[derive(Debug, PartialEq, Eq)]
pub(super) struct Dependency<'text> {
    pub(super) name: Word<'text>,
    pub(super) range: Word<'text>,
    pub(super) is_optional: bool,
}

/// Reads every entry.
///
/// # Errors
///
/// The first line that is not as Yarn writes it.
pub(super) fn entries(text: &str) -> Result<Vec<Entry<'_>>, Fault> {
    let mut entries = Vec::new();
    let mut open: Option<Open<'_>> = None;
    for line in Lines::new(text) {
        let line = line?;
        if line.level == 0 {
            if let Some(open) = open.take() {
                entries.push(open.finish()?);
            }
            open = Some(Open::new(line.content)?);
            continue;
        }
        match &mut open {
            Some(open) if line.follows => open.add(line)?,
            _ => {
                return Err(Fault::new(
                    start_of(&line),
                    "a line is indented and belongs to no entry",
                ));
            }
        }
    }
    if let Some(open) = open {
        entries.push(open.finish()?);
    }
    match entries.last().and_then(|last| cut_off(text, last)) {
        Some(fault) => Err(fault),
        None => Ok(entries),
    }
}

/// A checksum has no quotes at its end: where the text ends with half of one, the rest is lost.
fn cut_off(text: &str, last: &Entry<'_>) -> Option<Fault> {
    let integrity = last.integrity.as_ref()?;
    let is_half = integrity.span.end == text.len() && !hashes::is_whole(&integrity.text);
    is_half.then(|| Fault::new(integrity.span.clone(), "the text ends within a checksum"))
}

/// Which version of the format the header says it is, and where: `# yarn lockfile v1`.
pub(super) fn version(text: &str) -> Option<(u64, Range<usize>)> {
    const START: &str = "# yarn lockfile v";
    let start =
        text.find(START).filter(|start| *start == 0 || text.as_bytes()[start - 1] == b'\n')?;
    let digits = &text[start + START.len()..];
    let length = digits.bytes().take_while(u8::is_ascii_digit).count();
    // A number that is too large is a version that is not known either.
    let version = digits[..length].parse().unwrap_or(u64::MAX);
    Some((version, start..start + START.len() + length))
}

/// A table inside an entry.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Table {
    Dependencies {
        is_optional: bool,
    },
    /// One that says nothing about what is locked: `permissions`, `prebuiltVariants`.
    Other,
}

/// An entry of which lines may follow.
struct Open<'text> {
    descriptors: Vec<Word<'text>>,
    version: Option<Word<'text>>,
    name: Option<Word<'text>>,
    resolved: Option<Word<'text>>,
    integrity: Option<Word<'text>>,
    dependencies: Vec<Dependency<'text>>,
    /// The table whose lines may follow, where its name stands, and whether it has a line.
    table: Option<(Table, Range<usize>, bool)>,
}

impl<'text> Open<'text> {
    fn new(content: Content<'text>) -> Result<Self, Fault> {
        match content {
            Content::Block(descriptors) => Ok(Self {
                descriptors,
                version: None,
                name: None,
                resolved: None,
                integrity: None,
                dependencies: Vec::new(),
                table: None,
            }),
            Content::Value(key, _) => {
                Err(Fault::new(key.span, "a line that is not indented is no key of an entry"))
            }
        }
    }

    fn add(&mut self, line: Line<'text>) -> Result<(), Fault> {
        let place = start_of(&line);
        match (line.level, line.content) {
            (1, Content::Value(key, value)) => {
                self.end_table()?;
                self.set(&key, value)
            }
            (1, Content::Block(mut keys)) => {
                self.end_table()?;
                let Some(key) = keys.pop().filter(|_| keys.is_empty()) else {
                    return Err(Fault::new(place, "a table has several names"));
                };
                let table = match &*key.text {
                    "dependencies" => Table::Dependencies { is_optional: false },
                    "optionalDependencies" => Table::Dependencies { is_optional: true },
                    _ => Table::Other,
                };
                self.table = Some((table, key.span, false));
                Ok(())
            }
            (2, Content::Value(name, range)) => {
                let Some((table, _, has_lines)) = &mut self.table else {
                    return Err(Fault::new(place, "a line is indented and belongs to no table"));
                };
                *has_lines = true;
                if let Table::Dependencies { is_optional } = *table {
                    self.dependencies.push(Dependency { name, range, is_optional });
                }
                Ok(())
            }
            _ => Err(Fault::new(place, "a line is indented further than Yarn does")),
        }
    }

    fn set(&mut self, key: &Word<'text>, value: Word<'text>) -> Result<(), Fault> {
        let place = match &*key.text {
            "version" => &mut self.version,
            "name" => &mut self.name,
            "resolved" => &mut self.resolved,
            "integrity" => &mut self.integrity,
            // `uid` and `registry` repeat what stands elsewhere.
            _ => return Ok(()),
        };
        if place.is_some() {
            return Err(Fault::new(key.span.clone(), "an entry says this twice"));
        }
        *place = Some(value);
        Ok(())
    }

    fn end_table(&mut self) -> Result<(), Fault> {
        match self.table.take() {
            Some((_, span, false)) => Err(Fault::new(span, "a table has no lines")),
            _ => Ok(()),
        }
    }

    fn finish(mut self) -> Result<Entry<'text>, Fault> {
        self.end_table()?;
        let Some(version) = self.version else {
            let key = self.descriptors.first().map_or(0..0, |key| key.span.clone());
            return Err(Fault::new(key, "an entry has no version"));
        };
        Ok(Entry {
            descriptors: self.descriptors,
            version,
            name: self.name,
            resolved: self.resolved,
            integrity: self.integrity,
            dependencies: self.dependencies,
        })
    }
}

fn start_of(line: &Line<'_>) -> Range<usize> {
    match &line.content {
        Content::Block(keys) => keys.first().map_or(0..0, |key| key.span.clone()),
        Content::Value(key, _) => key.span.clone(),
    }
}
