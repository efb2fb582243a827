//! Names of files: which of them hold modules, and what a path may leave out of them.

use std::path::Path;

/// The endings of files that a tool loads for a path without one (Node.js documentation, "Modules:
/// `CommonJS` modules"; TypeScript documentation, "Module resolution"; and what frameworks add).
pub(super) const ENDINGS: &[&str] = &[
    ".js", ".mjs", ".cjs", ".jsx", ".ts", ".mts", ".cts", ".tsx", ".json", ".node", ".vue",
    ".svelte", ".astro", ".es6", ".es", ".coffee", ".mdx", ".marko", ".riot", ".wasm",
];

/// Words that stand before the ending for a platform (React Native documentation, "Platform-specific code";
/// Expo and the frameworks that tell servers from clients).
pub(super) const PLATFORMS: &[&str] = &[
    ".ios", ".android", ".native", ".web", ".windows", ".macos", ".server", ".client", ".browser",
];

/// Whether a name has a word for a platform in it.
pub(super) fn is_for_platform(name: &str) -> bool {
    let mut dots = memchr::memchr_iter(b'.', name.as_bytes());
    let has_word = dots.next().is_some() && dots.next().is_some();
    let is_word = |word: &str| {
        let mut places = name.match_indices(word);
        places.any(|(place, _)| name[place + word.len()..].starts_with('.'))
    };
    has_word && PLATFORMS.iter().any(|word| is_word(word))
}

/// Whether a file may be loaded as a module by its name.
pub(super) fn is_module(name: &str) -> bool {
    ENDINGS.iter().any(|ending| name.ends_with(ending)) && !is_declaration(name)
}

/// The endings of scripts for shells and for `make`.
const FOR_SHELLS: &[&str] =
    &[".sh", ".bash", ".zsh", ".ksh", ".fish", ".cmd", ".bat", ".ps1", ".mk", "akefile"];

/// Whether a file without an ending may be a program by its name: `LICENSE` is a text for people.
pub(super) fn may_be_program(name: &str) -> bool {
    !name.contains('.') && name.bytes().any(|byte| byte.is_ascii_lowercase())
}

/// Whether a file is a script in a language of shells by its name.
pub(super) fn is_for_shells(name: &str) -> bool {
    FOR_SHELLS.iter().any(|ending| name.ends_with(ending))
}

/// Whether a file declares types, and so is never loaded.
pub(super) fn is_declaration(name: &str) -> bool {
    [".d.ts", ".d.mts", ".d.cts"].iter().any(|ending| name.ends_with(ending))
}

/// The same for a path.
pub(super) fn declares_types(file: &Path) -> bool {
    file.file_name().and_then(|name| name.to_str()).is_some_and(is_declaration)
}
