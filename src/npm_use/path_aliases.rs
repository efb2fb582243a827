//! Names that settings of TypeScript give to what is installed (TypeScript documentation, "`TSConfig` Reference",
//! `paths`).

use std::path::PathBuf;

use super::leads::quoted;
use super::names::Spellings;
use super::words::bare;
use crate::installed::{Mapping, Settings};
use crate::problem::place_in;

const MODULES: &str = "node_modules/";

/// What settings say about names.
#[derive(Debug, Default)]
pub(super) struct PathAliases {
    pub(super) mappings: Vec<Mapping>,
    /// Those that lead to what is installed.
    installed: Vec<Mapping>,
}

impl PathAliases {
    /// What settings say, with their paths and texts.
    pub(super) fn of(settings: &[(PathBuf, String)]) -> Self {
        let mappings = Settings::of(settings).mappings;
        let leads_inside = |target: &PathBuf| target.to_string_lossy().contains(MODULES);
        let installed = mappings.iter().filter(|it| it.targets.iter().any(leads_inside));
        Self { installed: installed.cloned().collect(), mappings }
    }

    /// Every text in quotes that stands for a package under another name: its number, and where it is.
    pub(super) fn scan(&self, text: &str, spellings: &Spellings) -> Vec<(usize, usize)> {
        if self.installed.is_empty() {
            return Vec::new();
        }
        let mut found = Vec::new();
        for part in quoted(text) {
            let targets = self.installed.iter().flat_map(|mapping| mapping.targets_of(part));
            for target in targets {
                let target = target.to_string_lossy().replace('\\', "/");
                let Some((_, inside)) = target.rsplit_once(MODULES) else { continue };
                let number = spellings.number(bare(inside));
                found.extend(number.zip(place_in(text, part).map(|place| place.start)));
            }
        }
        found
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_of_settings_stands_for_what_is_installed_there() {
        let settings = r#"{ "compilerOptions": { "paths": {
            "tree": ["./node_modules/larch"], "@v/*": ["node_modules/*"], "@/*": ["./src/*"] } } }"#;
        let aliases = PathAliases::of(&[("/r/tsconfig.json".into(), settings.to_owned())]);
        let spellings: Spellings = ["larch"].into_iter().collect();
        let text = "import 'tree';\nimport '@v/larch/x';\nimport '@/larch';\nimport 'trees'";
        let found = aliases.scan(text, &spellings);
        assert_eq!(found, [(0, 8), (0, 23)]);
        assert_eq!(PathAliases::default().scan(text, &spellings), []);
    }
}
