//! What settings of TypeScript and of editors say about where modules are (TypeScript documentation,
//! "`TSConfig` Reference": `paths`, `baseUrl`, `rootDirs`, `extends`, `references`, `jsxImportSource`,
//! `importHelpers`).
//!
//! Which settings hold for which file depends on the tool and on how it is started: all of them hold for
//! every file of the projects.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use serde_json::Value;

use super::Installed;
use super::exports::matched;
use super::tree::{MANIFEST, Tree, plain};
use crate::lockfile::node::relaxed_json;

/// What stands for the folder of the settings that are used (TypeScript 5.5).
const OWN_FOLDER: &str = "${configDir}";

/// A name, perhaps with a `*`, and the paths that it may stand for.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Mapping {
    pub pattern: String,
    /// Absolute. A `*` is what the one of the pattern stands for.
    pub targets: Vec<PathBuf>,
}

impl Mapping {
    /// The paths that a specifier may stand for by it.
    pub fn targets_of(&self, specifier: &str) -> Vec<PathBuf> {
        let Some(star) = matched(&self.pattern, specifier) else { return Vec::new() };
        let filled = |target: &PathBuf| match (star, target.to_str()) {
            (Some(star), Some(target)) => plain(Path::new(&target.replace('*', star))),
            _ => target.clone(),
        };
        self.targets.iter().map(filled).collect()
    }
}

/// What settings say.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Settings {
    pub mappings: Vec<Mapping>,
    /// Specifiers that a compiler writes into files which do not have them.
    pub implied: BTreeSet<String>,
    /// Folders that count as one: what lies at a path in one of them may be imported as if it lay there in
    /// another one.
    pub virtual_roots: Vec<Vec<PathBuf>>,
    /// Files that could not be read, so that it is not known what they say.
    pub unread: Vec<PathBuf>,
}

impl Settings {
    /// What settings say by themselves, without what they extend: `files` with their texts.
    pub fn of(files: &[(PathBuf, String)]) -> Self {
        let (mut read, mut unread) = (Vec::new(), Vec::new());
        for (path, text) in files {
            match relaxed_json(text.trim_start_matches('\u{feff}')) {
                Ok(values) => read.push((path.clone(), values)),
                Err(_) => unread.push(path.clone()),
            }
        }
        Self { unread, ..of_values(&read) }
    }
}

impl Installed {
    /// Learns what settings say about where modules are: `files` with their texts, and what these extend.
    pub fn learn_settings(&mut self, files: &[(PathBuf, String)]) -> Settings {
        let mut pending = files.to_vec();
        let mut known: BTreeSet<PathBuf> = files.iter().map(|(path, _)| path.clone()).collect();
        let mut read = Vec::new();
        let mut unread = Vec::new();
        while let Some((path, text)) = pending.pop() {
            let Ok(values) = relaxed_json(text.trim_start_matches('\u{feff}')) else {
                unread.push(path);
                continue;
            };
            let (others, lacking) = self.others(&path, &values);
            unread.extend(lacking);
            for other in others.into_iter().filter(|it| known.insert(it.clone())) {
                match Tree::read(&other).map(|bytes| String::from_utf8_lossy(&bytes).into_owned()) {
                    Ok(text) => pending.push((other, text)),
                    Err(_) => unread.push(other),
                }
            }
            read.push((path, values));
        }
        let settings = Settings { unread, ..of_values(&read) };
        self.add_mappings(settings.mappings.iter().cloned());
        self.virtual_roots.extend(settings.virtual_roots.iter().cloned());
        settings
    }

    /// Adds names that a tool takes for paths, such as the aliases of a bundler.
    pub fn add_mappings(&mut self, mappings: impl IntoIterator<Item = Mapping>) {
        self.mappings.extend(mappings);
    }

    /// The settings that others extend or refer to, and where one should be that they extend.
    fn others(&self, path: &Path, values: &Value) -> (Vec<PathBuf>, Vec<PathBuf>) {
        let folder = path.parent().unwrap_or(path);
        let (mut found, mut lacking) = (Vec::new(), Vec::new());
        for extended in texts(values.get("extends")) {
            let files = self.settings_at(path, &extended);
            if files.is_empty() {
                lacking.push(plain(&folder.join(&extended)));
            }
            found.extend(files);
        }
        let referred = values.get("references").and_then(Value::as_array).into_iter().flatten();
        let referred = referred.filter_map(|it| it.get("path")?.as_str());
        found.extend(referred.flat_map(|written| self.settings_at(path, written)));
        (found, lacking)
    }

    fn settings_at(&self, path: &Path, written: &str) -> Vec<PathBuf> {
        let from_here = plain(&path.parent().unwrap_or(path).join(written));
        let named = [
            from_here.clone(),
            from_here.with_added_extension("json"),
            from_here.join("tsconfig.json"),
        ];
        let mut found: Vec<PathBuf> = named.into_iter().filter(|it| it.is_file()).collect();
        for below in ["", ".json", "/tsconfig.json"] {
            let files = self.resolve(path, &format!("{written}{below}")).files;
            let is_json = |file: &PathBuf| file.extension().is_some_and(|it| it == "json");
            let is_manifest = |file: &PathBuf| file.ends_with(MANIFEST);
            found.extend(files.into_iter().filter(|it| is_json(it) && !is_manifest(it)));
        }
        found
    }
}

/// A text, or those of a list.
fn texts(value: Option<&Value>) -> Vec<String> {
    match value {
        Some(Value::String(text)) => vec![text.clone()],
        Some(Value::Array(list)) => {
            list.iter().filter_map(|value| value.as_str().map(str::to_owned)).collect()
        }
        _ => Vec::new(),
    }
}

fn of_values(read: &[(PathBuf, Value)]) -> Settings {
    let folders: BTreeSet<&Path> = read.iter().filter_map(|(path, _)| path.parent()).collect();
    // What is extended may be meant from the folder of whoever extends it.
    let resolve = |own: &Path, written: &str| -> Vec<PathBuf> {
        match written.strip_prefix(OWN_FOLDER) {
            Some(below) => {
                let below = below.trim_start_matches('/');
                folders.iter().map(|folder| plain(&folder.join(below))).collect()
            }
            None => vec![plain(&own.join(written))],
        }
    };
    let options = |value: &Value, key: &str| value.get("compilerOptions")?.get(key).cloned();
    let bases: BTreeSet<PathBuf> = read
        .iter()
        .filter_map(|(path, value)| {
            let base = options(value, "baseUrl")?;
            Some(resolve(path.parent()?, base.as_str()?))
        })
        .flatten()
        .collect();
    let mut settings = Settings::default();
    let targets = bases.iter().map(|base| base.join("*")).collect::<Vec<_>>();
    if !targets.is_empty() {
        settings.mappings.push(Mapping { pattern: "*".to_owned(), targets });
    }
    for (path, value) in read {
        let own = path.parent().unwrap_or(path);
        for (pattern, written) in
            options(value, "paths").as_ref().and_then(Value::as_object).into_iter().flatten()
        {
            let written = texts(Some(written));
            let from = bases.iter().map(PathBuf::as_path).chain([own]);
            let targets =
                from.flat_map(|from| written.iter().flat_map(move |it| resolve(from, it)));
            let targets = targets.collect();
            settings.mappings.push(Mapping { pattern: pattern.clone(), targets });
        }
        let roots = texts(options(value, "rootDirs").as_ref());
        if !roots.is_empty() {
            let roots = roots.iter().flat_map(|root| resolve(own, root));
            settings.virtual_roots.push(roots.collect());
        }
        if let Some(Value::String(source)) = options(value, "jsxImportSource") {
            for runtime in ["jsx-runtime", "jsx-dev-runtime"] {
                settings.implied.insert(format!("{source}/{runtime}"));
            }
        }
        if options(value, "importHelpers") == Some(Value::Bool(true)) {
            settings.implied.insert("tslib".to_owned());
        }
    }
    settings
}
