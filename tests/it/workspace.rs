//! Small Cargo workspaces with a registry of their own: no network is used, the crates lie in a vendored folder.

use std::fs;
use std::path::{Path, PathBuf};

use crate::harness::Project;
use crate::toolchain;

/// A crate of the registry in the vendored folder (Cargo book, "Source Replacement").
pub(crate) fn vendor(project: &Project, name: &str, text: &str) {
    let (crate_name, version) = name.rsplit_once('-').unwrap();
    let folder = format!("vendor/{name}");
    let (more, tables) = match text.find('[') {
        Some(position) => text.split_at(position),
        None => (text, ""),
    };
    let manifest = format!(
        "[package]\nname = \"{crate_name}\"\nversion = \"{version}\"\nedition = \"2021\"\n{more}\n\
         {tables}"
    );
    project.write(&format!("{folder}/Cargo.toml"), manifest);
    project.write(&format!("{folder}/src/lib.rs"), "");
    if text.contains("build-dependencies") {
        project.write(&format!("{folder}/build.rs"), "fn main() {}");
    }
    project.write(&format!("{folder}/.cargo-checksum.json"), "{\"files\":{}}");
}

pub(crate) fn configure_sources(project: &Project) {
    let text = "[source.crates-io]\nreplace-with = \"vendored\"\n\
                [source.vendored]\ndirectory = \"vendor\"\n";
    fs::create_dir_all(project.path().join("vendor")).unwrap();
    project.write(".cargo/config.toml", text);
}

/// Every package has something to build: whatever its manifest speaks of, else a library.
pub(crate) fn fill_in_targets(project: &Project) {
    for folder in folders(project.path()) {
        let manifest = folder.join("Cargo.toml");
        let Ok(text) = fs::read_to_string(&manifest) else {
            continue;
        };
        let below = folder.strip_prefix(project.path()).unwrap().to_str().unwrap().to_owned();
        let path = |name: &str| format!("{below}/{name}").trim_start_matches('/').to_owned();
        if !text.contains("[package]") || folder.starts_with(project.path().join("vendor")) {
            continue;
        }
        let source = if text.contains("publish = false") { "src/main.rs" } else { "src/lib.rs" };
        project.write(&path(source), "fn main() {}");
        if text.contains("build-dependencies") {
            project.write(&path("build.rs"), "fn main() {}");
        }
    }
}

fn folders(root: &Path) -> Vec<PathBuf> {
    let mut found = vec![root.to_owned()];
    let below = fs::read_dir(root).unwrap().map(|entry| entry.unwrap().path());
    found.extend(below.filter(|path| path.is_dir()));
    found
}

pub(crate) fn lock(project: &Project) {
    if project.path().join("Cargo.lock").exists() {
        return;
    }
    let mut command = toolchain::cargo(project.path());
    let done = command.args(["generate-lockfile", "--offline"]).output().unwrap();
    assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
}

/// An advisory about every version of a crate below 9, with the lines of its `[affected]`.
pub(crate) fn advise(project: &Project, name: &str, affected: &str) {
    let affected =
        if affected.is_empty() { String::new() } else { format!("[affected]\n{affected}\n") };
    let text = format!(
        "```toml\n[advisory]\nid = \"RUSTSEC-2026-0001\"\npackage = \"{name}\"\n\
         date = \"2026-01-01\"\n{affected}[versions]\npatched = [\">=9\"]\n```\n\n# It is rotten\n\n\
         All of it.\n"
    );
    project.write(&format!("advisories/crates/{name}/RUSTSEC-2026-0001.md"), text);
}
