//! What is found out while a module is cut into parts.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use oxc_ast::AstKind;
use oxc_ast::ast::{Program, Statement};
use oxc_semantic::{Semantic, SymbolId};
use oxc_span::{GetSpan, Span};
use oxc_syntax::reference::Reference;
use smol_str::SmolStr;

use super::{Holder, How, Mention, Outline, Part, Source, Store, This, Value, plain_name};

/// What a name stands for that is imported: the specifier, and the properties that lead on.
pub(super) type Imported = (SmolStr, Vec<SmolStr>);

/// Cuts one module.
pub(super) struct Builder<'run, 'text> {
    pub(super) semantic: &'run Semantic<'text>,
    lines: &'run [usize],
    pub(super) parts: Vec<Part>,
    /// Which code each part is of. A part may lie in another one.
    pub(super) spans: Vec<Span>,
    /// Where the functions begin that are values of parts.
    pub(super) functions: HashMap<u32, usize>,
    pub(super) imports: HashMap<SymbolId, Imported>,
    /// Where names begin that only say where something is kept.
    pub(super) consumed: HashSet<u32>,
    /// Code that does nothing.
    pub(super) skipped: Vec<Span>,
    pub(super) followed: BTreeMap<SmolStr, BTreeSet<u32>>,
    /// How often each specifier is followed.
    pub(super) times: BTreeMap<SmolStr, usize>,
    /// Objects in the module that have no name.
    objects: u32,
}

impl<'run, 'text> Builder<'run, 'text> {
    pub(super) fn new(semantic: &'run Semantic<'text>, lines: &'run [usize]) -> Self {
        Self {
            semantic,
            lines,
            parts: Vec::new(),
            spans: Vec::new(),
            functions: HashMap::new(),
            imports: HashMap::new(),
            consumed: HashSet::new(),
            skipped: Vec::new(),
            followed: BTreeMap::new(),
            times: BTreeMap::new(),
            objects: 0,
        }
    }

    pub(super) fn outline(
        mut self,
        program: &'run Program<'text>,
        has_markup: bool,
    ) -> Option<Outline> {
        // What lies in no other part.
        let rest = self.part(program.span, Vec::new(), Value::Other, false);
        for statement in &program.body {
            self.imports_of(statement);
        }
        for statement in &program.body {
            self.statement(statement);
        }
        self.note_declared();
        self.read_mentions()?;
        if has_markup {
            let imported: Vec<Imported> = self.imports.values().cloned().collect();
            for (specifier, path) in imported {
                let of = Source::Loaded(specifier);
                self.parts[rest].mentions.push(Mention { of, path, how: How::Whole, line: 1 });
            }
        }
        let left = &mut self.parts[rest];
        left.is_run =
            !left.mentions.is_empty() || !left.assigns.is_empty() || !left.words.is_empty();
        let unfollowed = self.unfollowed();
        for part in &mut self.parts {
            part.mentions.sort_unstable();
            part.mentions.dedup();
        }
        let is_module = program.body.iter().any(is_of_module);
        Some(Outline { parts: self.parts, is_module, followed: self.followed, unfollowed })
    }

    pub(super) fn line(&self, span: Span) -> u32 {
        let line = self.lines.partition_point(|start| *start <= span.start as usize);
        u32::try_from(line).unwrap_or(u32::MAX).max(1)
    }

    pub(super) fn part(
        &mut self,
        span: Span,
        stores: Vec<Store>,
        value: Value,
        is_run: bool,
    ) -> usize {
        let name_of = |store: &Store| match (&store.property, store.of) {
            (Some(property), _) => Some(plain_name(property).into()),
            (None, Holder::Own(number)) => self.name_of(number).map(|name| plain_name(name).into()),
            (None, Holder::Exports) => None,
        };
        let names: BTreeSet<SmolStr> = stores.iter().filter_map(name_of).collect();
        let line = self.line(span);
        self.parts.push(Part {
            line,
            stores,
            names: names.clone(),
            value,
            assigns: BTreeSet::new(),
            mentions: Vec::new(),
            is_run,
            calls_only: None,
            is_copy: false,
            this: This::default(),
            inner_this: This::default(),
            words: names,
        });
        self.spans.push(span);
        self.parts.len() - 1
    }

    /// What a holder is called that is a name of the module.
    fn name_of(&self, number: u32) -> Option<&str> {
        let scoping = self.semantic.scoping();
        let index = usize::try_from(number).ok()?;
        (index < scoping.symbols_len()).then(|| scoping.symbol_name(SymbolId::from_usize(index)))
    }

    /// An object that has no name.
    pub(super) fn new_object(&mut self) -> Holder {
        self.objects += 1;
        Holder::Own(u32::MAX - self.objects)
    }

    /// Every part keeps what it declares and what it assigns, wherever that stands in it.
    pub(super) fn note_declared(&mut self) {
        let scoping = self.semantic.scoping();
        let root = scoping.root_scope_id();
        let mut found = Vec::new();
        for symbol in scoping.symbol_ids().filter(|it| scoping.symbol_scope_id(*it) == root) {
            let declared = scoping.symbol_declarations(symbol);
            let assigned = scoping.get_resolved_references(symbol);
            let assigned = assigned.filter(|it| it.is_write()).map(Reference::node_id);
            for node in declared.chain(assigned) {
                found.push((symbol, self.semantic.nodes().kind(node)));
            }
        }
        for (symbol, kind) in found {
            if matches!(kind, AstKind::Program(_)) || self.imports.contains_key(&symbol) {
                continue;
            }
            let part = self.part_at(kind.span().start);
            let of = Holder::Own(number(symbol));
            let stores = &self.parts[part].stores;
            if !stores.iter().any(|store| store.of == of) {
                self.parts[part].assigns.insert(of);
            }
        }
    }

    /// The innermost part that holds a place of the text.
    pub(super) fn part_at(&self, place: u32) -> usize {
        let holds = |span: &Span| span.start <= place && place < span.end;
        // Of two that hold the same the later one lies in the other.
        let parts = self.spans.iter().enumerate().rev().filter(|(_, span)| holds(span));
        parts.min_by_key(|(_, span)| span.end - span.start).map_or(0, |(part, _)| part)
    }
}

pub(super) fn number(symbol: SymbolId) -> u32 {
    u32::try_from(symbol.index()).unwrap_or(u32::MAX)
}

fn is_of_module(statement: &Statement<'_>) -> bool {
    matches!(
        statement,
        Statement::ImportDeclaration(_)
            | Statement::ExportDeclaration(_)
            | Statement::ExportNamedDeclaration(_)
            | Statement::ExportFromDeclaration(_)
            | Statement::ExportAllDeclaration(_)
            | Statement::ExportDefaultDeclaration(_)
    )
}
