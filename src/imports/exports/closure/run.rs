//! What runs when a package is loaded.

use super::kept::Kept;
use super::{Closure, ModuleIndex, Node, PartIndex};
use crate::javascript::{Mention, Part, Quality, Source, Store, Value};

/// Methods that the language calls by itself (ECMAScript, `ToPrimitive`, promises, JSON).
const RUN_BY_LANGUAGE: &[&str] = &["then", "toJSON", "toLocaleString", "toString", "valueOf"];

impl Closure<'_> {
    /// A place where the export is only another name of something in another package.
    pub(in crate::imports::exports) fn foreign(&self) -> Option<(ModuleIndex, u32)> {
        self.foreign.map(|at| (at.0, self.part(at).line))
    }

    /// A place that runs when the package is loaded, and leads to the export, or to anything else of the package:
    /// what that does to its objects is not followed.
    pub(in crate::imports::exports) fn run_when_loaded(&self) -> Option<(ModuleIndex, u32)> {
        let found = self.reached.iter().find(|at| {
            let part = self.part(**at);
            part.has(Quality::IsRun)
                || part.value == Value::Other
                || part.stores.iter().any(is_run_by_language)
                || part.stores.iter().any(|store| self.is_kept_elsewhere(at.0, store))
        });
        let of_package = || {
            let mut parts = self.parts().filter(|(_, part)| part.has(Quality::IsRun));
            parts.find(|((module, _), part)| self.uses_package(*module, part)).map(|(at, _)| at)
        };
        found.copied().or_else(of_package).map(|at| (at.0, self.part(at).line))
    }

    /// Whether a part uses anything of the package but texts and numbers.
    fn uses_package(&self, module: ModuleIndex, part: &Part) -> bool {
        let is_constant = |node: Node| {
            let mut kept = self.kept.get(&self.node(node)).into_iter().flatten().peekable();
            kept.peek().is_some()
                && kept
                    .all(|kept| !kept.is_assigned && self.part(kept.part).value == Value::Constant)
        };
        let mut nodes = part.mentions.iter().flat_map(|mention| self.nodes(module, &mention.of));
        nodes.any(|node| !is_constant(node))
    }

    /// Whether what is kept in a property may be kept in an object that others know as well.
    fn is_kept_elsewhere(&self, module: ModuleIndex, store: &Store) -> bool {
        let Some(property) = &store.property else { return false };
        let Some(kept) = self.kept.get(&self.node((module, store.of))) else { return true };
        let is_own = |kept: &Kept| {
            !kept.is_assigned
                && match &self.part(kept.part).value {
                    Value::Function | Value::Object => true,
                    // What is inherited may take it.
                    Value::Class => !self.part(kept.part).has(Quality::Extends),
                    // Names of the same object have been joined.
                    Value::Alias(Mention { of: Source::Held(held), path, .. }) => {
                        let is_joined =
                            || self.node((kept.part.0, *held)) == self.node((module, store.of));
                        let is_default = path.iter().eq(["default"]);
                        (path.is_empty() || (is_default && self.joined.contains(&kept.part)))
                            && is_joined()
                    }
                    Value::Alias(Mention { of: Source::Loaded(_), .. }) => {
                        self.is_of_package(kept.part)
                    }
                    Value::Other | Value::Constant | Value::Import => false,
                }
        };
        let holder_is_own = kept.iter().filter(|it| it.property.is_none()).all(is_own);
        !holder_is_own || (store.is_below && !self.is_own_below(kept, property))
    }

    /// Whether what a property holds is a function of the package. What is inherited is everybody's: `a.toString`.
    fn is_own_below(&self, kept: &[Kept], property: &str) -> bool {
        let is_it = |kept: &&Kept| match &kept.property {
            // Every function and class has one.
            None => property == "prototype",
            Some(name) => name == property && !kept.is_below && property != "prototype",
        };
        let is_function = |kept: &Kept| match &self.part(kept.part).value {
            Value::Function => true,
            Value::Class => !self.part(kept.part).has(Quality::Extends),
            // Names of the same function, which have been joined.
            Value::Alias(_) => property == "prototype",
            _ => false,
        };
        let mut holding = kept.iter().filter(is_it).peekable();
        holding.peek().is_some() && holding.all(is_function)
    }

    /// `export * from "./a"`: it keeps what a module of the package exports, and not the object itself.
    fn is_of_package(&self, at: PartIndex) -> bool {
        let part = self.part(at);
        let Value::Alias(mention) = &part.value else { return false };
        mention.path.is_empty() && part.has(Quality::IsCopy)
    }
}

fn is_run_by_language(store: &Store) -> bool {
    store.property.as_deref().is_some_and(|name| RUN_BY_LANGUAGE.contains(&name))
}
