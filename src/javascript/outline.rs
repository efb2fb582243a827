//! What a module is made of: its functions, classes and values, where they are kept, and what they mention.
//!
//! Code gets hold of a function by its name, by a property of an object that holds it, or by `this`. A module is
//! cut into parts along its statements, and of each part is told every such expression in it, wherever it
//! stands. An expression that names a property leads no further than to that property; any other one leads to
//! all that the object holds. What cannot be cut runs as a whole when the module is loaded.

mod builder;
mod compilers;
mod expressions;
mod imports;
mod inert;
mod kept;
mod mentions;
mod statements;
mod this;
mod unclear;
mod values;

use std::collections::{BTreeMap, BTreeSet};

use oxc_span::SourceType;
use smol_str::SmolStr;

use self::builder::Builder;
use super::embedded;
use super::language::Language;
use super::reading::{is_too_deep, line_starts, with_program};

/// A module, cut into parts.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Outline {
    pub parts: Vec<Part>,
    pub traits: BTreeSet<Trait>,
    /// The lines in which modules are loaded whose value is followed, by their specifiers.
    pub followed: BTreeMap<SmolStr, BTreeSet<u32>>,
    /// Specifiers that stand in the text where nothing follows them as well.
    pub unfollowed: BTreeSet<SmolStr>,
}

/// What has to be known of a module as a whole.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Trait {
    /// It is a module of ECMAScript, by its statements.
    IsModule,
    /// It says that it was one, so that `default` is a property of it for the helpers of compilers.
    IsCompiled,
    /// All of it is strict code.
    IsStrict,
    /// Its parts do not tell what runs: its names may be used by what stands around it, a property may run code
    /// where it is only read, or be more than it says.
    IsUnclear,
    /// It names what tells which functions are being called: `function.caller`, `Error.prepareStackTrace`.
    AsksForCalls,
}

impl Outline {
    pub fn has(&self, it: Trait) -> bool {
        self.traits.contains(&it)
    }

    /// Whether the value of a module is followed that is loaded in a line.
    pub fn follows(&self, specifier: &str, line: u32) -> bool {
        let lines = self.followed.get(specifier);
        lines.is_some_and(|lines| lines.contains(&line)) && !self.unfollowed.contains(specifier)
    }
}

/// A function, a class, a value or a statement.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Part {
    /// Its first line, counted from 1.
    pub line: u32,
    /// Where it is kept.
    pub stores: Vec<Store>,
    /// The names of those, without what is put around names.
    pub names: BTreeSet<SmolStr>,
    pub value: Value,
    /// Names and objects that get something else while it runs.
    pub assigns: BTreeSet<Holder>,
    /// What it mentions, anywhere in it.
    pub mentions: Vec<Mention>,
    pub qualities: BTreeSet<Quality>,
    /// The properties that it gives to anything.
    pub keys: BTreeSet<SmolStr>,
    /// Every name and every text that may be one, without what is put around names.
    pub words: BTreeSet<SmolStr>,
}

/// What has to be known of a part, beside what it mentions.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Quality {
    /// Something else than making the value happens when the module is loaded.
    IsRun,
    /// Its function does nothing but hand on what something else gives.
    PassesOn,
    /// The properties of its value are copied to where it is kept.
    IsCopy,
    /// It uses what it is called on: `this`, or what leads there.
    UsesThis,
    /// It may get hold of itself in other ways than by a name of the module, or of what calls it.
    NamesItself,
    /// It is a class of which another one says what it inherits.
    Extends,
    /// It is strict code: nothing else learns what it is called on (ECMAScript, 11.2.2, 10.2.4).
    IsStrict,
}

impl Part {
    pub fn has(&self, quality: Quality) -> bool {
        self.qualities.contains(&quality)
    }

    /// Notes a quality, if it has it.
    fn note(&mut self, quality: Quality, has_it: bool) {
        if has_it {
            self.qualities.insert(quality);
        }
    }
}

/// What a part is the value of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Value {
    /// A function, whose properties are those that it is given.
    Function,
    /// An object of which every property is a part of its own.
    Object,
    Class,
    /// Only another name of something.
    Alias(Mention),
    /// A name that only stands for something that is imported.
    Import,
    /// A text, a number and so on.
    Constant,
    /// Something that is computed.
    Other,
}

/// A place where a value is kept: an object or a name, or a property of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Store {
    pub of: Holder,
    /// `None`: the value is the object, or stands for the name.
    pub property: Option<SmolStr>,
    /// Whether it is kept further down, in what the property holds.
    pub is_below: bool,
}

impl Store {
    fn itself(of: Holder) -> Self {
        Self { of, property: None, is_below: false }
    }

    fn property(of: Holder, name: &str) -> Self {
        Self { of, property: Some(name.into()), is_below: false }
    }
}

/// What can hold values.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Holder {
    /// What the module exports.
    Exports,
    /// A name of the module, or an object in it.
    Own(u32),
}

/// An expression that leads to a value.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Mention {
    pub of: Source,
    /// The properties that lead on, by their names.
    pub path: Vec<SmolStr>,
    pub how: How,
    pub line: u32,
}

/// Where an expression begins.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Source {
    Held(Holder),
    /// What a module exports that is loaded by this specifier.
    Loaded(SmolStr),
}

/// What is done with a value.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum How {
    /// It is called, and goes nowhere else.
    Called,
    /// It may go anywhere.
    Whole,
}

/// A name without what compilers and people put around it: `_template$1` is `template`.
///
/// Where nothing is left of it, it stands as it is.
pub fn plain_name(name: &str) -> &str {
    let plain = name
        .trim_start_matches(['_', '$', '#'])
        .trim_end_matches(|last: char| last == '_' || last == '$' || last.is_ascii_digit());
    if plain.is_empty() { name } else { plain }
}

/// Cuts a module into parts, by the path and the text of its file. `None` where that says nothing: it cannot be
/// parsed, compiles text in place, or is read differently as a script. `shares_names`: whether it may be one of several
/// scripts of a page, which use each other's names (HTML, "Scripting").
pub fn outline(path: &str, text: &str, shares_names: bool) -> Option<Outline> {
    let around = if shares_names { Around::Scripts } else { Around::Nothing };
    let lines = line_starts(text);
    let language = Language::of(path)?;
    if language != Language::Blocks {
        return language
            .ways(path)
            .into_iter()
            .find_map(|way| outline_as(text, way, &lines, around));
    }
    let mut all = Outline::default();
    all.traits.insert(Trait::IsUnclear);
    for block in embedded::blocks(text) {
        let lines: Vec<usize> =
            lines.iter().map(|start| start.saturating_sub(block.start)).collect();
        let mut ways = language.ways(path).into_iter();
        let read = ways.find_map(|way| outline_as(block.text, way, &lines, Around::Markup))?;
        all.parts.extend(read.parts);
        all.traits.extend(read.traits.into_iter().filter(|it| *it != Trait::IsStrict));
        for (specifier, lines) in read.followed {
            all.followed.entry(specifier).or_default().extend(lines);
        }
        all.unfollowed.extend(read.unfollowed);
    }
    Some(all)
}

/// What uses the names of a text besides itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Around {
    Nothing,
    /// What stands around it.
    Markup,
    /// Other scripts, unless it is a module of ECMAScript.
    Scripts,
}

fn outline_as(text: &str, way: SourceType, lines: &[usize], around: Around) -> Option<Outline> {
    // Comments of old scripts hide the rest of a line (ECMAScript, B.1.1).
    if is_too_deep(text) || text.contains("<!--") {
        return None;
    }
    let script = SourceType::cjs().with_jsx(true);
    let is_script = text.contains("await") && with_program(text, script, |_, _| ()).is_some();
    let cut = with_program(text, way, |semantic, program| {
        Builder::new(semantic, lines, is_script).outline(program, around)
    });
    cut.flatten()
}

#[cfg(test)]
mod tests;
