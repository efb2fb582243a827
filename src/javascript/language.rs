//! Which files are modules, and in which language.

use oxc_span::SourceType;

/// The language of a module.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Language {
    JavaScript,
    TypeScript,
    /// A file of a framework, with modules in some of its blocks (Vue, Svelte, Astro).
    Blocks,
}

const LANGUAGES: &[(Language, &[&str])] = &[
    (Language::JavaScript, &["js", "mjs", "cjs", "jsx", "es6", "es"]),
    (Language::TypeScript, &["ts", "mts", "cts", "tsx"]),
    (Language::Blocks, &["vue", "svelte", "astro"]),
];

impl Language {
    /// The language of the file at a path. `None`: no module, or one that declares types only
    /// (TypeScript handbook, "Declaration files").
    pub fn of(path: &str) -> Option<Self> {
        if declares_types(path) {
            return None;
        }
        let name = path.rsplit(['/', '\\']).next().unwrap_or(path).to_ascii_lowercase();
        let (_, ending) = name.rsplit_once('.')?;
        let row = LANGUAGES.iter().find(|(_, endings)| endings.contains(&ending));
        row.map(|(language, _)| *language)
    }

    /// The ways to parse it, the likeliest first. A `.js` file says nowhere which of them it is.
    pub(super) fn ways(self, path: &str) -> Vec<SourceType> {
        let script = SourceType::cjs().with_jsx(true);
        let is_tsx = path.to_ascii_lowercase().ends_with("tsx");
        let typescript = SourceType::ts().with_jsx(is_tsx);
        match self {
            Self::JavaScript => {
                vec![SourceType::mjs().with_jsx(true), script, SourceType::tsx()]
            }
            Self::TypeScript => vec![typescript, SourceType::ts().with_jsx(!is_tsx)],
            Self::Blocks => vec![SourceType::tsx(), SourceType::ts(), script],
        }
    }
}

/// Whether a file declares types only.
pub fn declares_types(path: &str) -> bool {
    let name = path.rsplit(['/', '\\']).next().unwrap_or(path).to_ascii_lowercase();
    name.rsplit_once('.').is_some_and(|(stem, ending)| {
        let is_declaration = format!("{stem}.").contains(".d.");
        is_declaration && matches!(ending, "ts" | "mts" | "cts")
    })
}

/// Whether a file is a module that can be read.
pub fn is_module(path: &str) -> bool {
    Language::of(path).is_some()
}
