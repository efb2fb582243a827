//! Which files are modules, and in which language.

use oxc_span::SourceType;

/// The language of a module.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Language {
    JavaScript,
    TypeScript,
    /// A page, or a file of a framework, with modules in some of its blocks (HTML, Vue, Svelte, Astro).
    Blocks,
}

const LANGUAGES: &[(Language, &[&str])] = &[
    (Language::JavaScript, &["js", "mjs", "cjs", "jsx", "es6", "es"]),
    (Language::TypeScript, &["ts", "mts", "cts", "tsx"]),
    (Language::Blocks, &["vue", "svelte", "astro", "html", "htm", "xhtml"]),
];

/// Endings of other languages, of archives and programs, and of what people read: no compiler makes a module of
/// it. What stands neither here nor in the other tables may be compiled to one by something.
const OTHER: &[&str] = &[
    "jsonl",
    "topojson",
    "yaml",
    "yml",
    "toml",
    "ini",
    "conf",
    "cfg",
    "properties",
    "env",
    "xml",
    "xsd",
    "xsl",
    "plist",
    "csv",
    "tsv",
    "parquet",
    "avro",
    "sql",
    "sqlite",
    "db",
    "graphql",
    "gql",
    "proto",
    "lock",
    "lockb",
    "snap",
    "patch",
    "diff",
    "log",
    "md",
    "markdown",
    "rst",
    "adoc",
    "txt",
    "text",
    "rtf",
    "tex",
    "bib",
    "doc",
    "docx",
    "odt",
    "xls",
    "xlsx",
    "ppt",
    "pptx",
    "po",
    "pot",
    "mo",
    "srt",
    "vtt",
    "psd",
    "ai",
    "eps",
    "fig",
    "avi",
    "bz2",
    "xz",
    "7z",
    "zst",
    "jar",
    "war",
    "whl",
    "gem",
    "deb",
    "rpm",
    "dmg",
    "exe",
    "dll",
    "so",
    "dylib",
    "a",
    "o",
    "lib",
    "bin",
    "dat",
    "pem",
    "crt",
    "cer",
    "key",
    "pub",
    "p12",
    "pfx",
    "asc",
    "sig",
    "py",
    "pyi",
    "pyc",
    "ipynb",
    "rb",
    "erb",
    "rake",
    "go",
    "rs",
    "c",
    "h",
    "cc",
    "cpp",
    "cxx",
    "hpp",
    "hh",
    "m",
    "mm",
    "cs",
    "csproj",
    "sln",
    "vb",
    "java",
    "kt",
    "kts",
    "gradle",
    "groovy",
    "scala",
    "clj",
    "swift",
    "php",
    "phtml",
    "pl",
    "pm",
    "lua",
    "r",
    "jl",
    "ex",
    "exs",
    "erl",
    "hs",
    "ml",
    "zig",
    "nim",
    "d",
    "asm",
    "s",
    "sol",
    "sh",
    "bash",
    "zsh",
    "fish",
    "ksh",
    "ps1",
    "psm1",
    "bat",
    "cmd",
    "awk",
    "mk",
    "cmake",
    "tf",
    "tfvars",
    "hcl",
    "nix",
    "bzl",
    "bazel",
    "dockerfile",
    "service",
    "tmpl",
    "tpl",
    "j2",
    "jinja",
    "jinja2",
    "gotmpl",
    "liquid",
    "example",
    "sample",
    "dist",
    "tsbuildinfo",
    "flow",
    "nsi",
    "iss",
    "podspec",
    "storyboard",
    "xib",
    "pbxproj",
    "xcconfig",
    "entitlements",
    "strings",
];

/// Endings of what no runtime takes for a script: data that it reads otherwise, and what bundlers take for
/// styles, pictures, fonts and sounds.
const ASSETS: &[&str] = &[
    "json",
    "json5",
    "jsonc",
    "geojson",
    "webmanifest",
    "map",
    "node",
    "wasm",
    "css",
    "scss",
    "sass",
    "less",
    "styl",
    "pcss",
    "postcss",
    "svg",
    "png",
    "jpg",
    "jpeg",
    "gif",
    "webp",
    "avif",
    "bmp",
    "ico",
    "icns",
    "tif",
    "tiff",
    "mp3",
    "mp4",
    "m4a",
    "wav",
    "ogg",
    "flac",
    "webm",
    "mov",
    "woff",
    "woff2",
    "ttf",
    "otf",
    "eot",
    "pdf",
    "zip",
    "gz",
    "tgz",
    "tar",
    "br",
];

fn ending(path: &str) -> Option<String> {
    let name = path.rsplit(['/', '\\']).next().unwrap_or(path).to_ascii_lowercase();
    name.rsplit_once('.').map(|(_, ending)| ending.to_owned())
}

impl Language {
    /// Whether no runtime takes a file for a script, by its ending.
    pub(super) fn is_asset(path: &str) -> bool {
        ending(path).is_some_and(|ending| ASSETS.contains(&ending.as_str()))
    }

    /// The language of the file at a path. `None`: no module, or one that declares types only
    /// (TypeScript handbook, "Declaration files").
    pub fn of(path: &str) -> Option<Self> {
        if declares_types(path) {
            return None;
        }
        let ending = ending(path)?;
        let row = LANGUAGES.iter().find(|(_, endings)| endings.contains(&ending.as_str()));
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

/// Whether a file may be compiled to a module: by its ending, or because nobody knows what it is for.
pub(super) fn may_be_module(path: &str) -> bool {
    is_run_when_loaded(path) && !ending(path).is_some_and(|ending| OTHER.contains(&ending.as_str()))
}

/// Whether a file is run when it is loaded: Node.js takes what it does not know for a script.
pub fn is_run_when_loaded(path: &str) -> bool {
    !Language::is_asset(path) && !declares_types(path)
}

/// Whether a file is a module that can be read.
pub fn is_module(path: &str) -> bool {
    Language::of(path).is_some()
}
