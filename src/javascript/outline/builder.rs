//! What is found out while a module is cut into parts.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use oxc_ast::AstKind;
use oxc_ast::ast::{IdentifierReference, Program, Statement};
use oxc_semantic::{AstNode, Semantic, SymbolId};
use oxc_span::{GetSpan, Span};
use oxc_syntax::reference::Reference;
use smol_str::SmolStr;

use super::{
    Around, Holder, How, Mention, Outline, Part, Quality, Source, Store, Trait, Value, plain_name,
};

/// What a name stands for that is imported: the specifier, and the properties that lead on.
pub(super) type Imported = (SmolStr, Vec<SmolStr>);

/// Cuts one module.
pub(super) struct Builder<'run, 'text> {
    pub(super) semantic: &'run Semantic<'text>,
    lines: &'run [usize],
    pub(super) parts: Vec<Part>,
    /// Which code each part is of. A part may lie in another one.
    pub(super) spans: Vec<Span>,
    pub(super) imports: HashMap<SymbolId, Imported>,
    /// Where names begin that only say where something is kept.
    pub(super) consumed: HashSet<u32>,
    /// Code that does nothing.
    pub(super) skipped: Vec<Span>,
    /// Declarations whose names only stand for something that is imported.
    pub(super) declared: Vec<Span>,
    pub(super) followed: BTreeMap<SmolStr, BTreeSet<u32>>,
    /// The places at which each specifier is followed.
    pub(super) places: BTreeMap<SmolStr, BTreeSet<u32>>,
    pub(super) traits: BTreeSet<Trait>,
    /// Whether the text reads as a script as well.
    pub(super) is_script: bool,
    /// Whether markup stands in or around the text, which uses names without saying how.
    pub(super) has_markup: bool,
    /// Whether types may be values as well (TypeScript, `emitDecoratorMetadata`).
    pub(super) has_decorators: bool,
    /// Which names stand for functions that compilers write.
    pub(super) helpers: RefCell<HashMap<SymbolId, bool>>,
    /// Names of functions that are declared in blocks.
    of_blocks: HashSet<SmolStr>,
    /// Objects in the module that have no name.
    objects: u32,
}

impl<'run, 'text> Builder<'run, 'text> {
    /// `is_script`: whether the text reads as a script as well, for which `await` is a name.
    pub(super) fn new(
        semantic: &'run Semantic<'text>,
        lines: &'run [usize],
        is_script: bool,
    ) -> Self {
        Self {
            semantic,
            lines,
            parts: Vec::new(),
            spans: Vec::new(),
            imports: HashMap::new(),
            consumed: HashSet::new(),
            skipped: Vec::new(),
            declared: Vec::new(),
            followed: BTreeMap::new(),
            places: BTreeMap::new(),
            traits: BTreeSet::new(),
            is_script,
            has_markup: false,
            has_decorators: false,
            helpers: RefCell::new(HashMap::new()),
            of_blocks: of_blocks(semantic),
            objects: 0,
        }
    }

    pub(super) fn outline(
        mut self,
        program: &'run Program<'text>,
        around: Around,
    ) -> Option<Outline> {
        let is_module = program.body.iter().any(is_of_module);
        if is_module {
            self.traits.insert(Trait::IsModule);
        }
        if is_module || program.has_use_strict_directive() {
            self.traits.insert(Trait::IsStrict);
        }
        // What lies in no other part.
        let rest = self.part(program.span, Vec::new(), Value::Other, false);
        for statement in &program.body {
            self.imports_of(statement);
        }
        for statement in &program.body {
            self.statement(statement);
        }
        self.imports_of_functions();
        self.note_declared();
        let mut kinds = self.semantic.nodes().iter().map(AstNode::kind);
        self.has_decorators = kinds.any(|kind| matches!(kind, AstKind::Decorator(_)));
        self.has_markup = match around {
            Around::Nothing => false,
            Around::Markup => true,
            Around::Scripts => !is_module,
        };
        self.read_mentions()?;
        if self.has_markup {
            let imported: Vec<Imported> = self.imports.values().cloned().collect();
            for (specifier, path) in imported {
                let of = Source::Loaded(specifier);
                self.parts[rest].mentions.push(Mention { of, path, how: How::Whole, line: 1 });
            }
        }
        let left = &mut self.parts[rest];
        let is_nothing =
            left.mentions.is_empty() && left.assigns.is_empty() && left.words.is_empty();
        left.note(Quality::IsRun, !is_nothing);
        let unfollowed = self.unfollowed();
        for part in &mut self.parts {
            part.mentions.sort_unstable();
            part.mentions.dedup();
        }
        if self.is_unclear() {
            self.traits.insert(Trait::IsUnclear);
        }
        let Self { parts, traits, followed, .. } = self;
        Some(Outline { parts, traits, followed, unfollowed })
    }

    /// What a name stands for in the module. `None`: it is one of the language, or of the runtime.
    pub(super) fn symbol_of(&self, name: &IdentifierReference<'_>) -> Option<SymbolId> {
        self.semantic.scoping().get_reference(name.reference_id.get()?).symbol_id()
    }

    pub(super) fn is_of_block(&self, name: &str) -> bool {
        self.of_blocks.contains(name)
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
        let mut qualities = BTreeSet::new();
        if is_run {
            qualities.insert(Quality::IsRun);
        }
        let line = self.line(span);
        self.parts.push(Part {
            line,
            stores,
            names: names.clone(),
            value,
            assigns: BTreeSet::new(),
            mentions: Vec::new(),
            qualities,
            keys: BTreeSet::new(),
            words: names,
        });
        self.spans.push(span);
        self.parts.len() - 1
    }

    /// What a holder is called that is a name of the module.
    pub(super) fn name_of(&self, number: u32) -> Option<&str> {
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
            let nodes = self.semantic.nodes();
            let declared = scoping.symbol_declarations(symbol).map(|node| nodes.kind(node));
            let declared = declared.filter(|kind| {
                !matches!(kind, AstKind::Program(_)) && !self.is_kept_at(symbol, kind.span())
            });
            let assigned = scoping.get_resolved_references(symbol);
            let assigned = assigned.filter(|it| it.is_write()).map(Reference::node_id);
            // The name under which a part keeps its value.
            let assigned = assigned.map(|node| nodes.kind(node));
            let assigned = assigned.filter(|kind| !self.consumed.contains(&kind.span().start));
            let kinds = declared.chain(assigned);
            found.extend(kinds.map(|kind| (symbol, kind.span())));
        }
        for (symbol, span) in found {
            if self.imports.contains_key(&symbol) {
                continue;
            }
            let part = self.part_at(span.start);
            self.parts[part].assigns.insert(Holder::Own(number(symbol)));
        }
    }

    /// Whether a part keeps its value under a name that is declared there.
    fn is_kept_at(&self, symbol: SymbolId, declaration: Span) -> bool {
        let of = Holder::Own(number(symbol));
        let mut parts = self.parts.iter().zip(&self.spans);
        parts.any(|(part, span)| {
            let mut stores = part.stores.iter();
            span.contains_inclusive(declaration)
                && stores.any(|store| store.of == of && store.property.is_none())
        })
    }

    /// The innermost part that holds a place of the text.
    pub(super) fn part_at(&self, place: u32) -> usize {
        let holds = |span: &Span| span.start <= place && place < span.end;
        // Of two that hold the same the later one lies in the other.
        let parts = self.spans.iter().enumerate().rev().filter(|(_, span)| holds(span));
        parts.min_by_key(|(_, span)| span.end - span.start).map_or(0, |(part, _)| part)
    }
}

/// In scripts they are names of what is around their block as well (ECMAScript, B.3.2).
fn of_blocks(semantic: &Semantic<'_>) -> HashSet<SmolStr> {
    let scoping = semantic.scoping();
    let declared = scoping.symbol_ids().filter(|symbol| {
        let scope = scoping.symbol_scope_id(*symbol);
        let is_in_block =
            scope != scoping.root_scope_id() && !scoping.scope_flags(scope).is_function();
        let declaration = semantic.nodes().kind(scoping.symbol_declaration(*symbol));
        is_in_block && matches!(declaration, AstKind::Function(_))
    });
    declared.map(|symbol| scoping.symbol_name(symbol).into()).collect()
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
