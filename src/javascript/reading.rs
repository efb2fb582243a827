//! A file, parsed.

use oxc_allocator::Allocator;
use oxc_parser::{ParseOptions, Parser};
use oxc_semantic::SemanticBuilder;
use oxc_span::SourceType;
use smol_str::SmolStr;

use super::embedded;
use super::language::Language;
use super::loads::Loads;
use super::module::{Load, Module, Reason, Requested, Texts};
use super::texts::may_name_package;

/// A text that is nested deeper is not parsed: parsers call themselves for each level.
const DEEPEST: usize = 2_000;

/// What a module loads and uses, by the path and the text of its file.
///
/// What cannot be parsed may load anything, and every text in quotes counts as a name.
pub fn read(path: &str, text: &str, texts: Texts) -> Module {
    let is_program = !path.rsplit(['/', '\\']).next().unwrap_or(path).contains('.');
    let language = match Language::of(path) {
        Some(language) => language,
        None if is_program
            && text.starts_with("#!")
            && text.lines().next().is_some_and(|line| line.contains("node")) =>
        {
            Language::JavaScript
        }
        None => return Module::default(),
    };
    let lines = line_starts(text);
    if language == Language::Blocks {
        return read_blocks(path, text, language, &lines, texts);
    }
    let ways = language.ways(path);
    parse(text, &ways, &lines, texts).unwrap_or_else(|| not_parsed(text))
}

fn read_blocks(
    path: &str,
    text: &str,
    language: Language,
    lines: &[usize],
    texts: Texts,
) -> Module {
    let mut module = Module { names: names_in_quotes(text), ..Module::default() };
    for block in embedded::blocks(text) {
        let behind = lines.iter().map(|start| start.saturating_sub(block.start));
        let lines: Vec<usize> = behind.collect();
        let read = parse(block.text, &language.ways(path), &lines, texts);
        let read = read.unwrap_or_else(|| not_parsed(block.text));
        append(&mut module, read);
    }
    module
}

fn append(module: &mut Module, mut more: Module) {
    let before = u32::try_from(module.loads.len()).unwrap_or(u32::MAX);
    for used in &mut more.uses {
        used.load = used.load.saturating_add(before);
    }
    module.loads.append(&mut more.loads);
    module.uses.append(&mut more.uses);
    module.names.append(&mut more.names);
    module.names.sort_unstable();
    module.names.dedup();
    module.texts.append(&mut more.texts);
    module.starts_programs |= more.starts_programs;
}

/// The first way that reads the whole text.
fn parse(text: &str, ways: &[SourceType], lines: &[usize], texts: Texts) -> Option<Module> {
    if is_too_deep(text) {
        return None;
    }
    ways.iter().find_map(|way| parse_as(text, *way, lines, texts))
}

fn parse_as(text: &str, way: SourceType, lines: &[usize], texts: Texts) -> Option<Module> {
    let allocator = Allocator::default();
    let options = ParseOptions {
        allow_return_outside_function: true,
        preserve_parens: false,
        ..ParseOptions::default()
    };
    let parsed = Parser::new(&allocator, text, way).with_options(options).parse();
    if parsed.panicked || !parsed.diagnostics.is_empty() {
        return None;
    }
    let program = allocator.alloc(parsed.program);
    let built = SemanticBuilder::new().with_build_nodes(true).build(program);
    Some(Loads::of(&built.semantic, lines, texts))
}

fn not_parsed(text: &str) -> Module {
    let anything = Load { what: Requested::Anything(Reason::NotParsed), line: 1 };
    Module { loads: vec![anything], names: names_in_quotes(text), ..Module::default() }
}

/// What a module may do that cannot be read.
pub fn unread() -> Module {
    not_parsed("")
}

/// Every text between quotes that may be a name, whatever the quotes mean.
fn names_in_quotes(text: &str) -> Vec<SmolStr> {
    let parts = text.split(['"', '\'', '`', '(', ')', '!', '?']);
    let mut names: Vec<SmolStr> =
        parts.filter(|part| may_name_package(part)).map(SmolStr::from).collect();
    names.sort_unstable();
    names.dedup();
    names
}

/// Whether a text is nested deeper than a parser can follow.
fn is_too_deep(text: &str) -> bool {
    nesting(text) > DEEPEST
}

/// How deep brackets are nested at most, those in texts and comments counted as well.
fn nesting(text: &str) -> usize {
    let (mut depth, mut deepest) = (0_usize, 0);
    for byte in text.bytes() {
        match byte {
            b'(' | b'[' | b'{' => {
                depth += 1;
                deepest = deepest.max(depth);
            }
            b')' | b']' | b'}' => depth = depth.saturating_sub(1),
            _ => {}
        }
    }
    deepest
}

fn line_starts(text: &str) -> Vec<usize> {
    let breaks = memchr::memchr_iter(b'\n', text.as_bytes()).map(|place| place + 1);
    std::iter::once(0).chain(breaks).collect()
}
