//! The words of commands: programs that build Rust packages, what ships, and what takes a value.

/// Subcommands of Cargo that make nothing that is shipped. Every other one counts, those that are not
/// known included.
const NOT_SHIPPING: &[&str] = &[
    "about",
    "add",
    "audit",
    "bench",
    "binstall",
    "bloat",
    "c",
    "careful",
    "check",
    "clean",
    "clippy",
    "d",
    "deny",
    "doc",
    "expand",
    "fetch",
    "fix",
    "fmt",
    "fuzz",
    "geiger",
    "generate-lockfile",
    "hack",
    "help",
    "init",
    "insta",
    "kani",
    "license",
    "llvm-cov",
    "locate-project",
    "login",
    "machete",
    "metadata",
    "minimal-versions",
    "miri",
    "msrv",
    "mutants",
    "new",
    "nextest",
    "outdated",
    "owner",
    "pkgid",
    "read-manifest",
    "readme",
    "remove",
    "rustdoc",
    "search",
    "semver-checks",
    "shear",
    "sort",
    "spellcheck",
    "t",
    "tarpaulin",
    "test",
    "tree",
    "udeps",
    "uninstall",
    "update",
    "vendor",
    "verify-project",
    "version",
    "vet",
    "yank",
];

/// Programs that take a subcommand as Cargo does.
const LIKE_CARGO: &[&str] = &["cargo", "cross"];

/// Variables that stand for Cargo, without the signs of their language.
const VARIABLES: &[&str] =
    &["cargo", "cargo_bin", "cargo_cmd", "cargo_command", "cargo_exe", "cargobin", "env.cargo"];

/// Other programs that build Rust packages, and take Cargo's options.
const OTHERS: &[&str] = &["maturin", "wasm-pack", "worker-build"];

/// Programs that build Rust packages if they are told to. Their names stand for other things as well,
/// such as branches.
const BUNDLERS: &[&str] = &["dx", "napi", "tauri", "trunk"];

/// What they are told.
const BUNDLING: &[&str] =
    &["android", "build", "bundle", "dev", "ios", "publish", "release", "serve", "watch"];

/// Subcommands of Cargo that are started without it: `cargo-zigbuild`. The names of others are those of
/// tools to install.
const PLUGINS: &[&str] = &[
    "apk",
    "auditable",
    "bundle",
    "component",
    "contract",
    "deb",
    "dist",
    "generate-rpm",
    "lambda",
    "leptos",
    "ndk",
    "packager",
    "release",
    "tauri",
    "wix",
    "xwin",
    "zigbuild",
];

/// Options that take a value which says nothing about what is built.
const WITH_VALUE: &[&str] = &[
    "-p",
    "--package",
    "--exclude",
    "--bin",
    "--example",
    "--profile",
    "-j",
    "--jobs",
    "--target-dir",
    "--manifest-path",
    "--path",
    "--root",
    "--color",
    "--token",
    "--registry",
    "--message-format",
    "--out-dir",
    "--artifact-dir",
    "--version",
    "-o",
    "--out",
    "-i",
    "--interpreter",
];

/// Tables of `--config` that say nothing about what is built.
const HARMLESS_CONFIGURATION: &[&str] = &["http.", "install.", "net.", "profile.", "term."];

/// Programs and subcommands of Cargo that build for targets which no flag names.
const IMPLIED: &[(&[&str], &[&str])] = &[
    (
        &["wasm-pack", "trunk", "worker-build", "dx", "leptos", "contract"],
        &["wasm32-unknown-unknown"],
    ),
    (&["wasi", "component"], &["wasm32-wasip1", "wasm32-wasip2"]),
    (
        &["ndk", "apk", "android"],
        &[
            "aarch64-linux-android",
            "armv7-linux-androideabi",
            "i686-linux-android",
            "x86_64-linux-android",
        ],
    ),
    (
        &["lipo", "swift", "ios"],
        &["aarch64-apple-ios", "aarch64-apple-ios-sim", "x86_64-apple-ios"],
    ),
    (&["xwin"], &["x86_64-pc-windows-msvc", "aarch64-pc-windows-msvc"]),
    (&["lambda"], &["x86_64-unknown-linux-gnu", "aarch64-unknown-linux-gnu"]),
];

/// The targets that a command builds for without saying so: its program or its subcommand says it, or
/// what stands behind `tauri`.
pub(super) fn implied_targets(words: &[&str]) -> impl Iterator<Item = &'static str> {
    let plain = words.iter().filter(|word| !word.starts_with(['-', '+']));
    let is_tauri = words.iter().take(2).any(|word| *word == "tauri");
    let names: Vec<&str> = plain
        .take(if is_tauri { 3 } else { 2 })
        .map(|word| {
            let name = word.rsplit('/').next().unwrap_or(word);
            name.strip_prefix("cargo-").unwrap_or(name)
        })
        .collect();
    let implied = IMPLIED
        .iter()
        .filter(move |(known, _)| names.iter().any(|name| known.contains(name)));
    implied.flat_map(|(_, targets)| targets.iter().copied())
}

/// What kind of program a word is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Program {
    /// Cargo, or what takes its subcommands: what it does is told by the first.
    LikeCargo,
    /// It ships whatever it does.
    Builder,
    /// It ships if it is told to build.
    Bundler,
}

/// The program that a word names, if it is one that builds Rust packages.
pub(super) fn program(word: &str) -> Option<Program> {
    let name = word.rsplit(['/', '\\']).next().unwrap_or(word);
    let name = name
        .trim_start_matches(['@', '-'])
        .trim_end_matches(".exe")
        .trim_end_matches(',');
    if LIKE_CARGO.contains(&name) || name == "CARGO" || is_variable_for_cargo(name) {
        return Some(Program::LikeCargo);
    }
    if BUNDLERS.contains(&name) {
        return Some(Program::Bundler);
    }
    let is_plugin = name
        .strip_prefix("cargo-")
        .is_some_and(|plugin| PLUGINS.contains(&plugin));
    (OTHERS.contains(&name) || is_plugin).then_some(Program::Builder)
}

fn is_variable_for_cargo(name: &str) -> bool {
    let signs = ['$', '{', '}', '%'];
    let bare = name.trim_matches(signs);
    // `${CARGO:-cargo}` has a default.
    let bare = bare.split(':').next().unwrap_or(bare).to_lowercase();
    name.starts_with(['$', '{', '%']) && VARIABLES.contains(&bare.as_str())
}

/// Whether a bundler is told to build.
pub(super) fn is_bundling(subcommand: &str) -> bool {
    BUNDLING.contains(&subcommand)
}

/// Whether a text may hold a command that builds a Rust package.
pub(super) fn may_speak_of_rust(text: &str) -> bool {
    let mut known = LIKE_CARGO.iter().chain(OTHERS).chain(BUNDLERS);
    known.any(|word| text.contains(word)) || text.contains("CARGO")
}

/// Whether a subcommand makes nothing that is shipped.
pub(super) fn is_not_shipping(subcommand: &str) -> bool {
    NOT_SHIPPING.contains(&subcommand)
}

/// Whether an option takes a value which says nothing about what is built.
pub(super) fn takes_a_value(option: &str) -> bool {
    WITH_VALUE.contains(&option)
}

/// Whether what `--config` sets says nothing about what is built.
pub(super) fn is_harmless_configuration(value: &str) -> bool {
    HARMLESS_CONFIGURATION
        .iter()
        .any(|table| value.starts_with(table))
}
