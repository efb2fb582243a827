//! What runs when a package is loaded.

use super::kept::Kept;
use super::{Closure, ModuleIndex, PartIndex};
use crate::javascript::{Mention, Quality, Source, Store, Value};

impl Closure<'_> {
    /// A place where the export is only another name of something in another package.
    pub(in crate::imports::exports) fn foreign(&self) -> Option<(ModuleIndex, u32)> {
        self.foreign.map(|at| (at.0, self.part(at).line))
    }

    /// A place that runs when the package is loaded, and leads to the export.
    pub(in crate::imports::exports) fn run_when_loaded(&self) -> Option<(ModuleIndex, u32)> {
        let found = self.reached.iter().find(|at| {
            let part = self.part(**at);
            let has_accessors =
                part.has(Quality::HasAccessors) && !matches!(part.value, Value::Alias(_));
            part.has(Quality::IsRun)
                || has_accessors
                || part.stores.iter().any(|store| self.is_kept_elsewhere(at.0, store))
        });
        found.map(|at| (at.0, self.part(*at).line))
    }

    /// Whether what is kept in a property may be kept in an object that others know as well.
    fn is_kept_elsewhere(&self, module: ModuleIndex, store: &Store) -> bool {
        let Some(property) = &store.property else { return false };
        let Some(kept) = self.kept.get(&self.node((module, store.of))) else { return true };
        let is_own = |kept: &Kept| {
            !kept.is_assigned
                && match &self.part(kept.part).value {
                    Value::Function | Value::Class | Value::Object => true,
                    // Names of the same object have been joined.
                    Value::Alias(Mention { of: Source::Held(held), path, .. }) => {
                        let is_joined =
                            || self.node((kept.part.0, *held)) == self.node((module, store.of));
                        (path.is_empty() || matches!(path.as_slice(), [only] if only == "default"))
                            && is_joined()
                    }
                    Value::Alias(Mention { of: Source::Loaded(_), .. }) => {
                        self.is_of_package(kept.part)
                    }
                    Value::Other | Value::Constant => false,
                }
        };
        let holder_is_own = kept.iter().filter(|it| it.property.is_none()).all(is_own);
        let below_is_own = !store.is_below
            || kept
                .iter()
                .filter(|it| it.property.as_ref() == Some(property) && !it.is_below)
                .all(|it| matches!(self.part(it.part).value, Value::Function | Value::Class));
        !holder_is_own || !below_is_own
    }

    /// `export * from "./a"`: it keeps what a module of the package exports, and not the object itself.
    fn is_of_package(&self, at: PartIndex) -> bool {
        let part = self.part(at);
        let Value::Alias(mention) = &part.value else { return false };
        mention.path.is_empty() && part.has(Quality::IsCopy)
    }
}
