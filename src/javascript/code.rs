//! The code around a line, as the language reads it: what a person has looked at who answers for the line.
//!
//! White space and comments are left out, because they change nothing, and every token is kept. Around a line
//! stands the innermost function that holds all of it, or else the statement of the module that does: the value
//! that decides what is loaded is mostly computed there. Where neither does, it is the whole file.

use std::ops::Range;

use oxc_allocator::Allocator;
use oxc_ast::AstKind;
use oxc_ast::ast::Program;
use oxc_parser::config::TokensParserConfig;
use oxc_parser::{Parser, Token};
use oxc_semantic::{AstNode, SemanticBuilder};
use oxc_span::{GetSpan, SourceType, Span};

use super::embedded;
use super::language::Language;
use super::reading::{is_too_deep, options};

/// Words behind which a line break ends the statement (ECMAScript, "Rules of Automatic Semicolon
/// Insertion").
const ENDED_BY_LINE_BREAK: &[&str] = &["return", "throw", "break", "continue", "yield", "async"];

/// The code around a line of a file, which is counted from 1. A text that cannot be parsed is its own code, white
/// space and comments included.
pub fn code_around(path: &str, text: &str, line: u32) -> String {
    // What holds for a whole module is told in its first line.
    let wanted = if line > 1 { span_of_line(text, line) } else { None };
    let language = Language::of(path).unwrap_or(Language::JavaScript);
    let module = match language {
        Language::Blocks => block_around(text, wanted),
        Language::JavaScript | Language::TypeScript => Some((text, wanted)),
    };
    let module = module.filter(|(text, _)| !is_too_deep(text));
    let code = module.and_then(|(text, wanted)| {
        language.ways(path).into_iter().find_map(|way| code_as(text, way, wanted.as_ref()))
    });
    code.unwrap_or_else(|| text.to_owned())
}

/// The bytes of a line, without the white space around it.
fn span_of_line(text: &str, line: u32) -> Option<Range<usize>> {
    let position = usize::try_from(line.checked_sub(1)?).ok()?;
    let before: usize = text.split_inclusive('\n').take(position).map(str::len).sum();
    let line = text[before..].split('\n').next()?;
    let blank = line.len() - line.trim_start().len();
    Some(before + blank..(before + line.trim_end().len()).max(before + blank))
}

/// The block of a file that some bytes lie in, and where in it.
fn block_around(text: &str, wanted: Option<Range<usize>>) -> Option<(&str, Option<Range<usize>>)> {
    let wanted = wanted?;
    let block = embedded::blocks(text).into_iter().find(|block| {
        block.start <= wanted.start && wanted.end <= block.start + block.text.len()
    })?;
    Some((block.text, Some(wanted.start - block.start..wanted.end - block.start)))
}

/// The code around some bytes of a module, or all of it.
fn code_as(text: &str, way: SourceType, wanted: Option<&Range<usize>>) -> Option<String> {
    let allocator = Allocator::default();
    let parser = Parser::new(&allocator, text, way).with_options(options());
    let parsed = parser.with_config(TokensParserConfig).parse();
    if parsed.panicked || !parsed.diagnostics.is_empty() {
        return None;
    }
    let program = allocator.alloc(parsed.program);
    let around = wanted.and_then(|wanted| innermost(program, wanted));
    let within = |token: &&Token| {
        around.is_none_or(|around| around.start <= token.start() && token.end() <= around.end)
    };
    let mut code = String::new();
    let mut last = "";
    for token in parsed.tokens.iter().filter(within) {
        if token.is_on_new_line() && ENDED_BY_LINE_BREAK.contains(&last) {
            code.push('\n');
        }
        last = &text[token.start() as usize..token.end() as usize];
        code.push_str(last);
        code.push('\0');
    }
    Some(code)
}

/// The innermost function, or else the statement of the module, that holds all of some bytes.
fn innermost(program: &Program<'_>, wanted: &Range<usize>) -> Option<Span> {
    let holds =
        |span: &Span| span.start as usize <= wanted.start && wanted.end <= span.end as usize;
    let built = SemanticBuilder::new().with_build_nodes(true).build(program);
    let functions = built.semantic.nodes().iter().map(AstNode::kind);
    let functions = functions
        .filter(|kind| matches!(kind, AstKind::Function(_) | AstKind::ArrowFunctionExpression(_)));
    let statements = program.body.iter().map(GetSpan::span);
    let around = functions.map(|kind| kind.span()).chain(statements).filter(holds);
    around.min_by_key(|span| span.end - span.start)
}

#[cfg(test)]
mod tests {
    use super::*;

    const MODULE: &str = "const path = 'a b';\nfunction load(name) {\n  // found by hand\n  \
        const file = name + path;\n  return require(file);\n}\nload('x');\n";

    fn code(text: &str, line: u32) -> String {
        code_around("a.js", text, line)
    }

    #[test]
    fn white_space_comments_and_other_functions_change_nothing() {
        let before = code(MODULE, 5);
        for (from, to) in [
            ("name + path", "name+path"),
            ("  // found by hand\n", ""),
            ("load('x')", "load('y')"),
            ("const path = 'a b';", "const path = 'other'; // now"),
            ("{\n  //", "\n{ /* it */ //"),
        ] {
            let after = MODULE.replace(from, to);
            assert_ne!(after, MODULE, "{from}");
            let line = after.lines().position(|line| line.contains("require")).unwrap();
            assert_eq!(code(&after, u32::try_from(line).unwrap() + 1), before, "{after}");
        }
    }

    #[test]
    fn a_change_of_any_token_of_the_function_is_one() {
        let before = code(MODULE, 5);
        for (from, to) in [
            ("name + path", "name - path"),
            ("name + path", "name + + path"),
            ("load(name)", "load(names)"),
            ("return require", "return\nrequire"),
            ("const file", "let file"),
        ] {
            let after = MODULE.replace(from, to);
            assert_ne!(after, MODULE, "{from}");
            assert_ne!(code(&after, 5), before, "{after}");
        }
        let texts =
            ["f(() => {\n  require(`a ${b}`);\n});", "f(() => {\n  require(`a  ${b}`);\n});"];
        assert_ne!(code(texts[0], 2), code(texts[1], 2));
        assert_ne!(code("\nrequire(a)", 2), code("\nrequire(a/b/i)", 2));
    }

    #[test]
    fn around_a_line_stands_the_innermost_function_that_holds_it() {
        let text = "class A {\n  load(name) {\n    return require(name);\n  }\n  other() {}\n}\n";
        let method = code(text, 3);
        assert!(method.contains("name") && !method.contains("other"), "{method:?}");
        let on_one_line = code("\nconst load = (name) => require(name);\nload();\n", 2);
        assert!(
            on_one_line.contains("const") && !on_one_line.contains("load\0(\0)"),
            "{on_one_line:?}"
        );
    }

    #[test]
    fn the_first_line_and_what_lies_in_no_statement_is_the_whole_file() {
        let text = "require(a); b();\nc(); require(d);\ne();";
        assert_eq!(code(text, 1), code(text, 2));
        assert!(code(text, 1).contains('e'));
    }

    #[test]
    fn what_cannot_be_parsed_is_its_own_code() {
        let broken = "a b c {\n  require(x)\n";
        assert_eq!(code(broken, 2), broken);
    }

    #[test]
    fn in_a_page_it_is_the_code_of_the_block() {
        let page = "<p>\n<script>\nf();\nfunction g(x) {\n  return import(x);\n}\n</script>\n";
        let code = |text: &str, line| code_around("a.vue", text, line);
        assert_eq!(code(page, 5), code(&page.replace("f();", "h();"), 5));
        assert_ne!(code(page, 5), code(&page.replace("import(x)", "import(y)"), 5));
        assert_eq!(code(page, 1), page);
    }
}
