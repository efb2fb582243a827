//! What stands between the quotes of an import, in every way a tool may read it.

use std::borrow::Cow;

use nodejs_built_in_modules::is_nodejs_builtin_module;
use percent_encoding::percent_decode_str;

/// A specifier, read in one way.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Specifier {
    /// A path from the folder of the file.
    Relative(String),
    /// A path from the root of the disk, or of what a server serves.
    Absolute(String),
    /// Something of `imports`, or an alias that looks like it.
    Internal(String),
    /// The name of a package, and perhaps what lies in it.
    Bare(String),
}

/// All that a specifier may stand for.
#[derive(Debug, Default)]
pub(super) struct Readings {
    pub(super) specifiers: Vec<Specifier>,
    /// It may be a module of the runtime itself.
    pub(super) is_builtin: bool,
    /// It may be an address, or hold the module in itself.
    pub(super) is_elsewhere: bool,
}

/// Runtimes that have modules of their own under a scheme (Bun, Deno, Cloudflare and Electron
/// documentation).
const RUNTIMES: &[&str] = &["node:", "bun:", "cloudflare:", "electron:", "workerd:", "sass:"];

/// Modules that runtimes other than Node.js have without a scheme.
const OTHER_BUILTINS: &[&str] = &["bun", "electron"];

impl Readings {
    pub(super) fn of(text: &str) -> Self {
        let mut readings = Self::default();
        readings.read(text);
        // webpack: loaders, each with a query, in front of the file (webpack documentation, "Loaders",
        // "Inline").
        if text.contains('!') {
            let parts = text.split('!').filter(|part| !matches!(*part, "" | "-"));
            parts.for_each(|part| readings.read(part));
        }
        readings
    }

    fn read(&mut self, text: &str) {
        self.read_path(text);
        // Queries and fragments belong to addresses, and bundlers give them meanings.
        let cut = |mark: char| text.find(mark).filter(|place| *place > 0).map(|end| &text[..end]);
        let query = cut('?');
        let fragment = cut('#');
        query.into_iter().chain(fragment).for_each(|part| self.read_path(part));
    }

    fn read_path(&mut self, text: &str) {
        self.read_scheme(text);
        // Addresses of ECMAScript modules are decoded.
        if text.contains('%')
            && let Cow::Owned(decoded) = percent_decode_str(text).decode_utf8_lossy()
        {
            self.read_scheme(&decoded);
        }
        if text.contains('\\') {
            self.read_scheme(&text.replace('\\', "/"));
        }
    }

    fn read_scheme(&mut self, text: &str) {
        if let Some(path) = text.strip_prefix("file:") {
            let path = path.strip_prefix("//").unwrap_or(path);
            return self.read_plain(path.strip_prefix("localhost").unwrap_or(path));
        }
        if let Some(scheme) = RUNTIMES.iter().find(|scheme| text.starts_with(**scheme)) {
            self.is_builtin = true;
            // Bundlers put packages of the same names in their places.
            return self.read_plain(&text[scheme.len()..]);
        }
        // Deno: the range behind the name decides nothing about what is installed.
        if let Some(request) = text.strip_prefix("npm:") {
            let request = request.trim_start_matches('/');
            let (name, subpath) = split(request);
            let at = name.get(1..).and_then(|rest| rest.find('@')).map_or(name.len(), |at| at + 1);
            let slash = if subpath.is_empty() { "" } else { "/" };
            return self.read_plain(&format!("{}{slash}{subpath}", &name[..at]));
        }
        if ["http:", "https:", "data:", "blob:", "jsr:", "//"].iter().any(|it| text.starts_with(it))
        {
            self.is_elsewhere = true;
        }
        self.read_plain(text);
    }

    fn read_plain(&mut self, text: &str) {
        if text.is_empty() {
            return;
        }
        let is_relative =
            matches!(text, "." | "..") || text.starts_with("./") || text.starts_with("../");
        let reading = if is_relative {
            Specifier::Relative(text.to_owned())
        } else if is_absolute(text) {
            Specifier::Absolute(text.to_owned())
        } else if text.starts_with('#') {
            Specifier::Internal(text.to_owned())
        } else {
            self.is_builtin |= is_builtin(text);
            // Style sheets name packages behind a tilde (webpack documentation, `sass-loader`).
            let behind = text.strip_prefix('~').map(|rest| rest.trim_start_matches('/'));
            if let Some(behind) = behind.filter(|behind| !behind.is_empty()) {
                self.add(Specifier::Bare(behind.to_owned()));
            }
            Specifier::Bare(text.to_owned())
        };
        self.add(reading);
    }

    fn add(&mut self, reading: Specifier) {
        if !self.specifiers.contains(&reading) {
            self.specifiers.push(reading);
        }
    }
}

/// The name of a package and what follows it: `@s/n/sub` is `@s/n` and `sub`.
pub(super) fn split(bare: &str) -> (&str, &str) {
    let slashes = if bare.starts_with('@') { 2 } else { 1 };
    match bare.match_indices('/').nth(slashes - 1) {
        Some((slash, _)) => (&bare[..slash], &bare[slash + 1..]),
        None => (bare, ""),
    }
}

/// The package that a bare specifier names: `@s/n/sub` is of `@s/n`.
pub fn package_of(bare: &str) -> &str {
    split(bare).0
}

fn is_absolute(text: &str) -> bool {
    let has_drive =
        matches!(text.as_bytes(), [drive, b':', b'/' | b'\\', ..] if drive.is_ascii_alphabetic());
    text.starts_with('/') || has_drive
}

/// Whether a specifier names a module of the runtime itself, rather than a package.
pub fn is_builtin(text: &str) -> bool {
    is_nodejs_builtin_module(text) || OTHER_BUILTINS.contains(&text)
}
