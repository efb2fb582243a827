//! Operating systems, processors and C libraries as npm names them, and the limits that packages set
//! on them (npm documentation, "package.json", `os`, `cpu`, `libc`; `npm-install-checks`).

use std::fmt;

/// Operating systems: what Node.js calls `process.platform`.
pub const SYSTEMS: &[&str] = &[
    "aix", "android", "cygwin", "darwin", "freebsd", "haiku", "linux", "netbsd", "openbsd",
    "sunos", "win32",
];

/// Processors: what Node.js calls `process.arch`, and WebAssembly, which npm can install for.
pub const PROCESSORS: &[&str] = &[
    "arm", "arm64", "ia32", "loong64", "mips", "mipsel", "ppc", "ppc64", "riscv64", "s390",
    "s390x", "wasm32", "x64",
];

/// C libraries: npm tells them apart on Linux only.
pub const LIBRARIES: &[&str] = &["glibc", "musl"];

/// A platform on which packages are installed: `linux-x64`, `linux-arm64-musl`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct NpmPlatform {
    /// The operating system, one of [`SYSTEMS`].
    pub system: &'static str,
    /// The processor, one of [`PROCESSORS`].
    pub processor: &'static str,
    /// The C library, one of [`LIBRARIES`]. `None`: any, or none.
    pub library: Option<&'static str>,
}

impl NpmPlatform {
    /// Reads `os-cpu` or, for Linux, `os-cpu-libc`.
    pub fn parse(text: &str) -> Option<Self> {
        let mut parts = text.split('-');
        let system = word(SYSTEMS, parts.next()?)?;
        let processor = word(PROCESSORS, parts.next()?)?;
        let library = match parts.next() {
            Some(text) if system == "linux" => Some(word(LIBRARIES, text)?),
            Some(_) => return None,
            None => None,
        };
        parts.next().is_none().then_some(Self { system, processor, library })
    }
}

fn word(known: &[&'static str], text: &str) -> Option<&'static str> {
    known.iter().find(|word| **word == text).copied()
}

impl fmt::Display for NpmPlatform {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}-{}", self.system, self.processor)?;
        match self.library {
            Some(library) => write!(formatter, "-{library}"),
            None => Ok(()),
        }
    }
}

/// Where a package says that it can be installed. A list that is empty says nothing.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PlatformLimits {
    /// `os`.
    pub systems: Vec<String>,
    /// `cpu`.
    pub processors: Vec<String>,
    /// `libc`.
    pub libraries: Vec<String>,
}

impl PlatformLimits {
    /// Whether npm may install the package on a platform.
    pub fn allow(&self, platform: &NpmPlatform) -> bool {
        let library_fits = match (platform.system, platform.library) {
            ("linux", Some(library)) => fits(&self.libraries, library),
            ("linux", None) => LIBRARIES.iter().any(|library| fits(&self.libraries, library)),
            // Without a C library that npm knows, whatever asks for one is left out.
            _ => self.libraries.is_empty(),
        };
        fits(&self.systems, platform.system)
            && fits(&self.processors, platform.processor)
            && library_fits
    }
}

/// Whether a list lets a word in: it is not ruled out, and it is named unless the list only rules
/// out (`npm-install-checks`, `checkList`).
fn fits(list: &[String], word: &str) -> bool {
    if let [only] = list
        && only == "any"
    {
        return true;
    }
    let ruled_out = |entry: &String| entry.strip_prefix('!').is_some_and(|out| out == word);
    let only_rules_out = list.iter().all(|entry| entry.starts_with('!'));
    let is_named = list.iter().any(|entry| entry == word);
    !list.iter().any(ruled_out) && (is_named || only_rules_out)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn limits(systems: &[&str], processors: &[&str], libraries: &[&str]) -> PlatformLimits {
        let words = |list: &[&str]| list.iter().map(|word| (*word).to_owned()).collect();
        PlatformLimits {
            systems: words(systems),
            processors: words(processors),
            libraries: words(libraries),
        }
    }

    #[test]
    fn a_package_is_let_in_as_npm_would() {
        for (platform, systems, processors, libraries, expected) in [
            ("linux-x64", &[][..], &[][..], &[][..], true),
            ("linux-x64", &["linux"], &["x64"], &[], true),
            ("linux-x64", &["win32"], &[], &[], false),
            ("linux-x64", &["win32", "linux"], &[], &[], true),
            ("linux-x64", &["!win32"], &[], &[], true),
            ("win32-x64", &["!win32"], &[], &[], false),
            ("linux-x64", &["!win32", "!linux"], &[], &[], false),
            ("linux-x64", &["!win32", "darwin"], &[], &[], false),
            ("linux-x64", &["linux", "!linux"], &[], &[], false),
            ("linux-x64", &["any"], &[], &[], true),
            ("linux-x64", &["any", "win32"], &[], &[], false),
            ("linux-x64", &["Linux"], &[], &[], false),
            ("linux-arm64", &[], &["x64"], &[], false),
            ("linux-x64", &[], &[], &["musl"], true),
            ("linux-x64-glibc", &[], &[], &["musl"], false),
            ("linux-x64-musl", &[], &[], &["musl"], true),
            ("linux-x64-musl", &[], &[], &["!glibc"], true),
            ("darwin-arm64", &[], &[], &["glibc"], false),
            ("darwin-arm64", &[], &[], &[], true),
        ] {
            let platform = NpmPlatform::parse(platform).unwrap();
            let limits = limits(systems, processors, libraries);
            assert_eq!(limits.allow(&platform), expected, "{platform} {limits:?}");
        }
    }

    #[test]
    fn platforms_are_written_as_they_are_read() {
        for text in ["linux-x64", "linux-arm64-musl", "win32-ia32", "darwin-arm64"] {
            assert_eq!(NpmPlatform::parse(text).unwrap().to_string(), text);
        }
        for text in
            ["", "linux", "linux-amd64", "windows-x64", "darwin-x64-musl", "linux-x64-musl-"]
        {
            assert_eq!(NpmPlatform::parse(text), None, "{text}");
        }
    }
}
