//! Words of a file that say where what it builds will run: triples, the runners that a workflow asks
//! for, platforms of containers, and systems whose C library is another one.

use super::lines::lines;
use super::steps::is_yaml;
use crate::cargo_build::platform::is_target;
use crate::policy::Placed;
use crate::problem::{Location, SourceText};

const LINUX: &str = "x86_64-unknown-linux-gnu";
const LINUX_ON_ARM: &str = "aarch64-unknown-linux-gnu";
const WINDOWS: &str = "x86_64-pc-windows-msvc";
const WINDOWS_ON_ARM: &str = "aarch64-pc-windows-msvc";
const MAC: &[&str] = &["aarch64-apple-darwin", "x86_64-apple-darwin"];

/// Platforms of containers (OCI image specification, "Image Index", `platform`). Which C library the
/// container has stands elsewhere, so both count.
const CONTAINERS: &[(&str, &[&str])] = &[
    ("linux/386", &["i686-unknown-linux-gnu", "i686-unknown-linux-musl"]),
    ("linux/amd64", &[LINUX, "x86_64-unknown-linux-musl"]),
    ("linux/arm/v6", &["arm-unknown-linux-gnueabihf", "arm-unknown-linux-musleabihf"]),
    (
        "linux/arm/v7",
        &["armv7-unknown-linux-gnueabihf", "armv7-unknown-linux-musleabihf"],
    ),
    ("linux/arm64", &[LINUX_ON_ARM, "aarch64-unknown-linux-musl"]),
    ("linux/arm64/v8", &[LINUX_ON_ARM, "aarch64-unknown-linux-musl"]),
    ("linux/ppc64le", &["powerpc64le-unknown-linux-gnu"]),
    ("linux/riscv64", &["riscv64gc-unknown-linux-gnu"]),
    ("linux/s390x", &["s390x-unknown-linux-gnu"]),
    ("windows/amd64", &[WINDOWS]),
];

/// maturin's own words for processors, as Linux, Windows and macOS have them (maturin user guide,
/// "Distribution").
const PROCESSORS: &[(&str, &[&str])] = &[
    ("aarch64", &[LINUX_ON_ARM, WINDOWS_ON_ARM]),
    ("arm64", &[LINUX_ON_ARM, WINDOWS_ON_ARM]),
    ("armv7", &["armv7-unknown-linux-gnueabihf"]),
    ("armv7l", &["armv7-unknown-linux-gnueabihf"]),
    ("i686", &["i686-unknown-linux-gnu", "i686-pc-windows-msvc"]),
    ("ppc64le", &["powerpc64le-unknown-linux-gnu"]),
    ("s390x", &["s390x-unknown-linux-gnu"]),
    ("universal2-apple-darwin", MAC),
    ("x64", &[LINUX, WINDOWS]),
    ("x86", &["i686-unknown-linux-gnu", "i686-pc-windows-msvc"]),
    ("x86_64", &[LINUX, WINDOWS]),
];

/// The targets that a file names in any of these ways, each at its first line.
pub(super) fn targets(file: &SourceText) -> Vec<Placed> {
    let words = Words {
        is_yaml: is_yaml(&file.path),
        is_maturin: file.text.contains("maturin"),
    };
    let mut found = Vec::new();
    for line in lines(file) {
        let is_part = |character: char| character.is_alphanumeric() || "-_.".contains(character);
        for word in line.text.split(|character: char| !is_part(character)) {
            // `[target.wasm32-wasip1]`
            let word = word.strip_prefix("target.").unwrap_or(word);
            words.targets(word, &mut |target| add(&mut found, target, &line.location));
        }
        if is_about_alpine(file, &line.text) {
            add(&mut found, "x86_64-unknown-linux-musl", &line.location);
        }
    }
    found
}

/// Whether a file lists the targets of its build matrix: it names a triple, and no other program makes
/// up the matrix.
pub(super) fn lists_targets(file: &SourceText) -> bool {
    let is_computed = file.text.to_lowercase().contains("fromjson");
    let is_maturin = file.text.contains("maturin");
    let is_part = |character: char| character.is_alphanumeric() || "-_.".contains(character);
    let mut words = file.text.split(|character: char| !is_part(character));
    let is_listed = |word: &str| {
        let is_processor = || PROCESSORS.iter().any(|(name, _)| *name == word);
        is_target(word) || (is_maturin && is_processor())
    };
    !is_computed && words.any(is_listed)
}

/// The targets of the platforms that a file builds containers for: their containers ship what other
/// files build.
pub(super) fn container_targets(file: &SourceText) -> Vec<Placed> {
    let mut found = Vec::new();
    for line in lines(file) {
        let is_part = |character: char| character.is_alphanumeric() || "/_".contains(character);
        for word in line.text.split(|character: char| !is_part(character)) {
            let known = CONTAINERS.iter().find(|(platform, _)| *platform == word);
            for target in known.iter().flat_map(|(_, targets)| targets.iter()) {
                add(&mut found, target, &line.location);
            }
        }
    }
    found
}

fn add(found: &mut Vec<Placed>, target: &str, location: &Location) {
    if !found.iter().any(|known| known.text == target) {
        found.push(Placed { text: target.to_owned(), location: location.clone() });
    }
}

/// What words mean in one file.
struct Words {
    is_yaml: bool,
    is_maturin: bool,
}

impl Words {
    fn targets(&self, word: &str, add: &mut dyn FnMut(&str)) {
        if is_target(word) {
            return add(word);
        }
        let lower = word.to_lowercase();
        let is_arm = lower.ends_with("-arm") || lower.contains("-arm-") || lower.contains("arm64");
        // A list of systems, from which the names of runners are put together.
        let is_system = |name: &str| self.is_yaml && lower == name;
        if lower.starts_with("windows-") || is_system("windows") {
            add(if is_arm { WINDOWS_ON_ARM } else { WINDOWS });
        } else if lower.starts_with("macos-") || is_system("macos") || is_system("osx") {
            for target in MAC {
                add(target);
            }
        } else if self.is_yaml && (lower.starts_with("ubuntu-") || lower == "ubuntu") {
            add(if is_arm { LINUX_ON_ARM } else { LINUX });
        } else if self.is_maturin {
            let known = PROCESSORS.iter().find(|(name, _)| *name == lower);
            for target in known.iter().flat_map(|(_, targets)| targets.iter()) {
                add(target);
            }
        }
    }
}

/// Whether a line of a container file begins with Alpine Linux, whose C library is musl.
fn is_about_alpine(file: &SourceText, line: &str) -> bool {
    let name = file
        .path
        .rsplit('/')
        .next()
        .unwrap_or_default()
        .to_lowercase();
    let is_container = name.contains("dockerfile") || name.contains("containerfile");
    is_container && line.to_lowercase().starts_with("from ") && line.contains("alpine")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(path: &str, text: &str) -> Vec<String> {
        let file = SourceText::new(path, text);
        let all = targets(&file).into_iter().chain(container_targets(&file));
        all.map(|target| format!("{} {}", target.location.line, target.text))
            .collect()
    }

    #[test]
    fn words_for_machines_are_targets() {
        for (path, text, expected) in [
            ("a.yml", "x\ntarget: wasm32-wasip1", &["2 wasm32-wasip1"][..]),
            ("a.yml", "runs-on: windows-2022", &["1 x86_64-pc-windows-msvc"]),
            ("a.yml", "runs-on: windows-11-arm", &["1 aarch64-pc-windows-msvc"]),
            ("a.yml", "runs-on: ubuntu-24.04-arm", &["1 aarch64-unknown-linux-gnu"]),
            ("a.yml", "runs-on: ubuntu-latest", &["1 x86_64-unknown-linux-gnu"]),
            ("a.yml", "os: [macos]", &["1 aarch64-apple-darwin", "1 x86_64-apple-darwin"]),
            ("a.sh", "echo windows and macos", &[]),
            ("Dockerfile", "FROM rust:1-alpine AS build", &["1 x86_64-unknown-linux-musl"]),
            ("Dockerfile", "FROM ubuntu:24.04", &[]),
            (
                "a.yml",
                "platforms: linux/arm64",
                &["1 aarch64-unknown-linux-gnu", "1 aarch64-unknown-linux-musl"],
            ),
            ("a.yml", "target: s390x", &[]),
            (
                "a.yml",
                "uses: PyO3/maturin-action\ntarget: s390x",
                &["2 s390x-unknown-linux-gnu"],
            ),
        ] {
            assert_eq!(found(path, text), expected, "{path}: {text}");
        }
        let is_known = |target: &str| {
            let features = guppy::platform::TargetFeatures::Unknown;
            let simulated = guppy::platform::Platform::new_strict(target.to_owned(), features);
            is_target(target) && simulated.is_ok()
        };
        for (word, targets) in CONTAINERS.iter().chain(PROCESSORS) {
            assert!(targets.iter().all(|target| is_known(target)), "{word}");
        }
        for word in ["trunk", "wasi", "ndk", "lipo", "xwin", "lambda"] {
            let command = ["cargo", word];
            let mut targets = super::super::words::implied_targets(&command).peekable();
            assert!(targets.peek().is_some() && targets.all(is_known), "{word}");
        }
    }
}
