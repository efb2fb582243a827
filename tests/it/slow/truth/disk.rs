//! A case as files, as npm would have installed them.

use std::fs;
use std::os::unix::fs::{PermissionsExt as _, symlink};
use std::path::{Path, PathBuf};

use serde_json::Value;

use super::case::Case;

/// What stands in the modules of packages for the line that says that they were run.
const MARK: &str = "MARK ";

/// Writes a repository. What is loaded in it is known by `id`.
pub(super) fn write(case: &Case, id: &str, folder: &Path) {
    for (path, text) in &case.files {
        let full = folder.join(path);
        fs::create_dir_all(full.parent().unwrap()).unwrap();
        fs::write(&full, marked(text, id)).unwrap();
        if text.starts_with("#!") {
            fs::set_permissions(&full, fs::Permissions::from_mode(0o755)).unwrap();
        }
    }
    for (path, target) in &case.links {
        let full = folder.join(path);
        fs::create_dir_all(full.parent().unwrap()).unwrap();
        symlink(target, full).unwrap();
    }
    for (path, text) in &case.files {
        let name = path.strip_prefix("node_modules/");
        if let Some(name) = name.and_then(|path| path.strip_suffix("/package.json")) {
            link_commands(folder, name, text);
        }
    }
}

fn link_commands(folder: &Path, name: &str, manifest: &str) {
    let manifest: Value = serde_json::from_str(manifest).unwrap();
    for (command, file) in manifest["bin"].as_object().into_iter().flatten() {
        let commands = folder.join("node_modules/.bin");
        fs::create_dir_all(&commands).unwrap();
        let target = PathBuf::from("..").join(name).join(file.as_str().unwrap());
        symlink(target, commands.join(command)).unwrap();
    }
}

fn marked(text: &str, id: &str) -> String {
    if !text.contains(MARK) {
        return text.to_owned();
    }
    let lines = text.lines().map(|line| match line.strip_prefix(MARK) {
        Some(module) => format!(
            "process.getBuiltinModule('fs').appendFileSync(process.env.TRUTH_MARKS, '{id} {module}\\n');\n"
        ),
        None => format!("{line}\n"),
    });
    lines.collect()
}
