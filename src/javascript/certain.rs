//! Which loads are certain: whoever loads the module loads that one, too, whatever happens.
//!
//! An import is not certain if the compiler of TypeScript leaves it out because nothing but types is used of
//! it (TypeScript documentation, "`TSConfig` Reference", `verbatimModuleSyntax`), and a call is not that stands
//! behind a condition: bundlers leave out what is only for development (webpack documentation,
//! "Production"; esbuild documentation, "Define"), and what is tried may be missing.

use oxc_ast::AstKind;
use oxc_ast::ast::{
    BindingIdentifier, CallExpression, ExportFromDeclaration, ImportDeclaration,
    ImportDeclarationSpecifier, ImportOrExportKind, TSModuleReference,
};
use oxc_semantic::{NodeId, Semantic};
use oxc_span::{GetSpan, Span};

use super::constants::Constants;

/// Words behind which the rest of a function may not be run.
const LEAVING: &[&str] = &["return", "throw"];

/// What is certain in one text.
pub(super) struct Certain<'run, 'text> {
    semantic: &'run Semantic<'text>,
    /// What stands around the text in its file. Markup uses what a script imports.
    around: [&'run str; 2],
}

impl<'run, 'text> Certain<'run, 'text> {
    pub(super) fn new(semantic: &'run Semantic<'text>, around: [&'run str; 2]) -> Self {
        Self { semantic, around }
    }

    /// The specifiers that are certainly loaded, and where.
    pub(super) fn loads(&self) -> Vec<(String, Span)> {
        let nodes = self.semantic.nodes().iter();
        nodes.filter_map(|node| self.load(node.id(), node.kind())).collect()
    }

    fn load(&self, id: NodeId, kind: AstKind<'text>) -> Option<(String, Span)> {
        let constants = Constants { semantic: self.semantic };
        match kind {
            AstKind::ImportDeclaration(import) if self.is_kept(import) => {
                Some((import.source.value.to_string(), import.span))
            }
            AstKind::ExportFromDeclaration(export) if exports_values(export) => {
                Some((export.source.value.to_string(), export.span))
            }
            AstKind::ExportAllDeclaration(export) if is_value(export.export_kind) => {
                Some((export.source.value.to_string(), export.span))
            }
            AstKind::TSImportEqualsDeclaration(import)
                if is_value(import.import_kind) && self.is_used(&import.id) =>
            {
                let TSModuleReference::ExternalModuleReference(reference) =
                    &import.module_reference
                else {
                    return None;
                };
                Some((reference.expression.value.to_string(), import.span))
            }
            AstKind::ImportExpression(import) if self.is_reached(id, import.span) => {
                Some((constants.text(&import.source)?, import.span))
            }
            AstKind::CallExpression(call)
                if self.is_require(call) && self.is_reached(id, call.span) =>
            {
                let first = call.arguments.first()?.as_expression()?;
                Some((constants.text(first)?, call.span))
            }
            _ => None,
        }
    }

    fn is_kept(&self, import: &ImportDeclaration<'text>) -> bool {
        let Some(specifiers) = &import.specifiers else {
            return true;
        };
        let is_kept = |specifier: &ImportDeclarationSpecifier<'text>| match specifier {
            ImportDeclarationSpecifier::ImportSpecifier(it) => {
                is_value(it.import_kind) && self.is_used(&it.local)
            }
            ImportDeclarationSpecifier::ImportDefaultSpecifier(it) => self.is_used(&it.local),
            ImportDeclarationSpecifier::ImportNamespaceSpecifier(it) => self.is_used(&it.local),
        };
        is_value(import.import_kind) && specifiers.iter().any(is_kept)
    }

    /// Whether a name is used for what is there while the code runs. JavaScript leaves nothing out.
    fn is_used(&self, name: &BindingIdentifier<'text>) -> bool {
        if !self.semantic.source_type().is_typescript() {
            return true;
        }
        let references = self.semantic.scoping().get_resolved_references(name.symbol_id());
        let mut references = references.peekable();
        if references.peek().is_none() {
            return self.around.iter().any(|text| has_word(text, name.name.as_str()));
        }
        references.any(|reference| {
            reference.is_value()
                && !reference.is_type()
                && !self.may_export_type(reference.node_id())
        })
    }

    /// Whether a name is only exported again: that may be a type.
    fn may_export_type(&self, name: NodeId) -> bool {
        matches!(
            self.semantic.nodes().parent_kind(name),
            AstKind::ExportSpecifier(_)
                | AstKind::ExportDefaultDeclaration(_)
                | AstKind::TSExportAssignment(_)
        )
    }

    /// Whether a call is of the `require` that the module is given.
    fn is_require(&self, call: &CallExpression<'text>) -> bool {
        let name = call.callee.get_identifier_reference().filter(|name| name.name == "require");
        let reference = name.and_then(|name| name.reference_id.get());
        reference.is_some_and(|reference| {
            self.semantic.scoping().get_reference(reference).symbol_id().is_none()
        })
    }

    /// Whether no condition stands before a place. A function counts as called.
    fn is_reached(&self, id: NodeId, place: Span) -> bool {
        let text = self.semantic.source_text();
        self.semantic.nodes().ancestor_kinds(id).all(|around| match around {
            AstKind::IfStatement(_)
            | AstKind::ConditionalExpression(_)
            | AstKind::LogicalExpression(_)
            | AstKind::SwitchStatement(_)
            | AstKind::TryStatement(_)
            | AstKind::WhileStatement(_)
            | AstKind::ForStatement(_)
            | AstKind::ForInStatement(_)
            | AstKind::ForOfStatement(_)
            | AstKind::ChainExpression(_)
            | AstKind::AssignmentPattern(_)
            | AstKind::FormalParameter(_) => false,
            AstKind::AssignmentExpression(assignment) => !assignment.operator.is_logical(),
            AstKind::Function(_) | AstKind::ArrowFunctionExpression(_) => {
                let before = &text[around.span().start as usize..place.start as usize];
                // `return require('x')` leaves with it.
                let before = before.trim_end();
                let before = before.strip_suffix("await").unwrap_or(before).trim_end();
                let before = before.strip_suffix("return").unwrap_or(before);
                !LEAVING.iter().any(|word| has_word(before, word))
            }
            _ => true,
        })
    }
}

fn exports_values(export: &ExportFromDeclaration<'_>) -> bool {
    is_value(export.export_kind)
        && export.specifiers.iter().any(|specifier| is_value(specifier.export_kind))
}

fn is_value(kind: ImportOrExportKind) -> bool {
    kind == ImportOrExportKind::Value
}

/// Whether a text has a word that is not a part of a longer one.
fn has_word(text: &str, word: &str) -> bool {
    let is_of_word = |next: char| next.is_alphanumeric() || "_$".contains(next);
    text.match_indices(word).any(|(place, _)| {
        let before = text[..place].chars().next_back();
        let after = text[place + word.len()..].chars().next();
        !before.is_some_and(is_of_word) && !after.is_some_and(is_of_word)
    })
}

#[cfg(test)]
mod tests {
    use crate::javascript::{Requested, Texts, read};

    /// What a file certainly loads, with the lines.
    fn certain(path: &str, text: &str) -> String {
        let loads = read(path, text, Texts::OfPrograms).loads;
        let certain = loads.iter().filter(|load| load.is_certain);
        let words = certain.map(|load| match &load.what {
            Requested::Module(specifier) => format!("{specifier}:{}", load.line),
            other => panic!("{other:?} is certain"),
        });
        words.collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn what_stands_behind_no_condition_is_certainly_loaded() {
        for text in [
            "import 'pkg'",
            "import a from 'pkg'",
            "import * as a from 'pkg'",
            "export { a } from 'pkg'",
            "export * from 'pkg'",
            "const a = require('pkg')",
            "const a = await import(`pkg`)",
            "const name = 'pkg'; require(name)",
            "const Page = lazy(() => import('pkg'))",
            "function f() { return require('pkg') }",
            "async function f() { const a = 1; return await import('pkg') }",
        ] {
            assert_eq!(certain("a.js", text), "pkg:1", "{text}");
        }
    }

    #[test]
    fn what_stands_behind_a_condition_is_not() {
        for text in [
            "if (process.env.NODE_ENV === 'test') require('pkg')",
            "const a = isTest ? require('pkg') : null",
            "isTest && import('pkg')",
            "cache ||= require('pkg')",
            "switch (mode) { case 'test': require('pkg') }",
            "try { require('pkg') } catch {}",
            "for (const a of all) require('pkg')",
            "function f() { if (!isTest) return; require('pkg') }",
            "function f(require) { require('pkg') }",
            "function f(a = require('pkg')) {}",
            "require.resolve('pkg')",
            "import.meta.resolve('pkg')",
            "require(`pkg${name}`)",
        ] {
            assert_eq!(certain("a.js", text), "", "{text}");
        }
    }

    #[test]
    fn what_the_compiler_of_typescript_may_leave_out_is_not() {
        for (text, expected) in [
            ("import { a } from 'pkg'; a()", "pkg:1"),
            ("import A from 'pkg'; class B extends A {}", "pkg:1"),
            ("import 'pkg'", "pkg:1"),
            ("import A from 'pkg'; export const b = <A />", "pkg:1"),
            ("import { A } from 'pkg'; let a: A", ""),
            ("import { A } from 'pkg'; let a: typeof A", ""),
            ("import { A } from 'pkg'", ""),
            ("import { A } from 'pkg'; export { A }", ""),
            ("import A from 'pkg'; export default A", ""),
            ("import { type A } from 'pkg'", ""),
            ("import type { A } from 'pkg'; let a: A", ""),
            ("export type { A } from 'pkg'", ""),
            ("export { type A } from 'pkg'", ""),
            ("export { a } from 'pkg'", "pkg:1"),
            ("import a = require('pkg'); a()", "pkg:1"),
            ("import a = require('pkg'); let b: a.B", ""),
            ("let a: import('pkg').A", ""),
        ] {
            assert_eq!(certain("a.tsx", text), expected, "{text}");
        }
    }

    #[test]
    fn markup_uses_what_a_script_imports() {
        for (path, text, expected) in [
            (
                "a.vue",
                "<template><Tree/></template>\n<script setup>\nimport Tree from 'pkg'\n</script>",
                "pkg:3",
            ),
            (
                "a.vue",
                "<template><Trees/></template>\n<script setup>\nimport Tree from 'pkg'\n</script>",
                "",
            ),
            (
                "a.svelte",
                "<script>\nimport { grow } from 'pkg';\n</script>\n<p>{grow()}</p>",
                "pkg:2",
            ),
            (
                "a.svelte",
                "<script lang=ts>\nimport { Tree } from 'pkg';\nlet a: Tree;\n</script>\n<p>Tree</p>",
                "",
            ),
            ("a.astro", "---\nimport Tree from 'pkg';\n---\n<Tree />", "pkg:2"),
        ] {
            assert_eq!(certain(path, text), expected, "{text}");
        }
    }

    #[test]
    fn nothing_is_certain_in_what_cannot_be_parsed() {
        assert_eq!(certain("a.js", "import 'pkg'; let ="), "");
    }
}
