//! A file, parsed.

use oxc_allocator::Allocator;
use oxc_ast::ast::Program;
use oxc_parser::{ParseOptions, Parser};
use oxc_semantic::{Semantic, SemanticBuilder};
use oxc_span::SourceType;
use smol_str::SmolStr;

use super::embedded;
use super::first_line::first_line;
use super::language::{Language, is_run_when_loaded, may_be_module};
use super::loads::Loads;
use super::module::{Load, Module, Reason, Requested, Texts};
use super::texts::may_name_package;

/// A text that is nested deeper is not parsed: parsers call themselves for each level.
const DEEPEST: usize = 2_000;

/// No person writes as many bytes without a mark that ends something.
const LONGEST_RUN: usize = 256 * 1024;

/// A longer part of markup is one for people.
const LONGEST_TEXT: usize = 2_000;

/// What compilers write into files of frameworks, whether or not a text in them names it.
const COMPILED_WITH: &[(&str, &[&str])] = &[
    (".vue", &["vue", "vue/server-renderer"]),
    (
        ".svelte",
        &[
            "svelte",
            "svelte/internal",
            "svelte/internal/client",
            "svelte/internal/server",
            "svelte/internal/disclose-version",
        ],
    ),
    (".astro", &["astro", "astro/compiler-runtime", "astro/runtime/server/index.js"]),
];

/// What a module loads and uses, by the path and the text of its file.
///
/// What cannot be parsed may load anything, and every text in quotes counts as a name.
pub fn read(path: &str, text: &str, texts: Texts) -> Module {
    let lines = line_starts(text);
    match Language::of(path) {
        Some(Language::Blocks) => read_blocks(path, text, &lines, texts),
        Some(language) => parse(text, &language.ways(path), &lines, ["", ""], texts)
            .unwrap_or_else(|| not_parsed(text)),
        None if !is_run_when_loaded(path) => Module::default(),
        None => {
            let read = parse(text, &Language::JavaScript.ways(path), &lines, ["", ""], texts);
            // What does not parse is no program of Node.js, unless something compiles it.
            let may_be = (has_ending(path) && may_be_module(path)) || is_program(text);
            let is_doubtful = may_be && may_load(text);
            read.unwrap_or_else(|| if is_doubtful { not_parsed(text) } else { Module::default() })
        }
    }
}

/// Whether a file whose name does not say that it is a module may be run as one: Node.js takes every ending
/// that it does not know, and none, for that of a script. Whether it reads as one [`read`] says.
pub fn may_be_script(path: &str, text: &str) -> bool {
    const WORDS: &[&str] = &["require", "import", "module", "process", "eval"];
    is_run_when_loaded(path) && WORDS.iter().any(|word| text.contains(word))
}

/// Whether a text has a word by which languages load modules.
fn may_load(text: &str) -> bool {
    let is_of_word = |next: char| next.is_alphanumeric() || next == '_' || next == '-';
    ["require", "import"].iter().any(|word| {
        text.match_indices(word).any(|(place, _)| {
            let before = text[..place].chars().next_back();
            let after = text[place + word.len()..].chars().next();
            !before.is_some_and(is_of_word) && !after.is_some_and(is_of_word)
        })
    })
}

fn has_ending(path: &str) -> bool {
    path.rsplit(['/', '\\']).next().unwrap_or(path).contains('.')
}

/// Whether the first line of a program says that a runtime of JavaScript runs it.
fn is_program(text: &str) -> bool {
    let runtimes = ["node", "bun", "deno", "tsx", "zx"];
    first_line(text).is_some_and(|first| runtimes.iter().any(|runtime| first.contains(runtime)))
}

fn read_blocks(path: &str, text: &str, lines: &[usize], texts: Texts) -> Module {
    let mut module = Module { names: names_in_quotes(text), ..Module::default() };
    if texts == Texts::All {
        let parts =
            text.split(['"', '\'', '`', '<', '>']).filter(|part| part.len() <= LONGEST_TEXT);
        module.texts =
            parts.map(str::trim).filter(|part| !part.is_empty()).map(SmolStr::from).collect();
    }
    let mut rest = 0;
    for block in embedded::blocks(text) {
        let behind = lines.iter().map(|start| start.saturating_sub(block.start));
        let lines: Vec<usize> = behind.collect();
        let around = [&text[..block.start], &text[block.start + block.text.len()..]];
        let read = parse(block.text, &Language::Blocks.ways(path), &lines, around, texts);
        let read = read.unwrap_or_else(|| not_parsed(block.text));
        append(&mut module, read);
        note_markup(&mut module, &text[rest..block.start]);
        rest = block.start + block.text.len();
    }
    note_markup(&mut module, &text[rest..]);
    let compiled = COMPILED_WITH.iter().filter(|(ending, _)| path.ends_with(ending));
    for name in compiled.flat_map(|(_, names)| *names) {
        let what = Requested::Module((*name).into());
        module.loads.push(Load { what, line: 1, is_certain: false });
    }
    module
}

/// Expressions in markup may load as well. Those that name what they load are among the texts in quotes.
fn note_markup(module: &mut Module, markup: &str) {
    let loads = ["import(", "require("].iter().any(|call| {
        let mut places = markup.match_indices(call);
        places.any(|(place, _)| {
            !markup[place + call.len()..].trim_start().starts_with(['"', '\'', '`'])
        })
    });
    if loads {
        let what = Requested::Anything(Reason::NotParsed);
        module.loads.push(Load { what, line: 1, is_certain: false });
    }
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
    module.listed.append(&mut more.listed);
    module.paths.append(&mut more.paths);
    module.commands.append(&mut more.commands);
    module.texts.append(&mut more.texts);
    module.starts_programs |= more.starts_programs;
}

/// The first way that reads the whole text.
fn parse(
    text: &str,
    ways: &[SourceType],
    lines: &[usize],
    around: [&str; 2],
    texts: Texts,
) -> Option<Module> {
    if is_too_deep(text) {
        return None;
    }
    let mut ways = ways.iter();
    let way =
        ways.by_ref().find_map(|way| Some((way, parse_as(text, *way, lines, around, texts)?)));
    let (way, mut module) = way?;
    // The same text may be another program for those who take it for a script: `await` is a name there, and
    // what looks like markup a comment (ECMAScript, 12.4, B.1.1).
    let is_ambiguous = || ["await", "<!--", "-->"].iter().any(|word| text.contains(word));
    if way.is_module() && is_ambiguous() {
        let script = SourceType::cjs().with_jsx(true);
        let read = parse_as(text, script, lines, around, texts);
        let is_more = |read: &Module| read.loads.iter().any(|load| !module.loads.contains(load));
        if let Some(read) = read.filter(is_more) {
            append(&mut module, read);
        }
    }
    Some(module)
}

fn parse_as(
    text: &str,
    way: SourceType,
    lines: &[usize],
    around: [&str; 2],
    texts: Texts,
) -> Option<Module> {
    with_program(text, way, |semantic, _| Loads::of(semantic, lines, around, texts))
}

/// Does something with a text as it is parsed. `None` where it cannot be, as a whole.
pub(super) fn with_program<Done>(
    text: &str,
    way: SourceType,
    work: impl for<'text> FnOnce(&Semantic<'text>, &Program<'text>) -> Done,
) -> Option<Done> {
    let allocator = Allocator::default();
    let parsed = Parser::new(&allocator, text, way).with_options(options()).parse();
    if parsed.panicked || !parsed.diagnostics.is_empty() {
        return None;
    }
    let program = allocator.alloc(parsed.program);
    let built = SemanticBuilder::new().with_build_nodes(true).build(program);
    Some(work(&built.semantic, program))
}

pub(super) fn options() -> ParseOptions {
    ParseOptions {
        allow_return_outside_function: true,
        preserve_parens: false,
        ..ParseOptions::default()
    }
}

fn not_parsed(text: &str) -> Module {
    let anything =
        Load { what: Requested::Anything(Reason::NotParsed), line: 1, is_certain: false };
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

/// Whether a text may be nested deeper than a parser can follow.
pub(super) fn is_too_deep(text: &str) -> bool {
    nesting(text) > DEEPEST || longest_run(text) > LONGEST_RUN
}

/// How many bytes stand at most between marks that end a statement, or parts of a list. Without them every
/// token may nest: `a => a => …`, `!!…`.
fn longest_run(text: &str) -> usize {
    let marks = |byte: &u8| b";,{}".contains(byte);
    text.as_bytes().split(marks).map(<[u8]>::len).max().unwrap_or(0)
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

pub(super) fn line_starts(text: &str) -> Vec<usize> {
    let breaks = memchr::memchr_iter(b'\n', text.as_bytes()).map(|place| place + 1);
    std::iter::once(0).chain(breaks).collect()
}
