//! What packages of a lockfile are called: by code that imports them, and by scripts that run them.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use foldhash::fast::RandomState;
use serde::Deserialize;
use serde_json::Value;

use crate::lockfile::node::package_json;
use crate::lockfile::{Lockfile, PackageIndex, tool};

const MODULES: &str = "node_modules/";

/// The names of one package.
#[expect(clippy::struct_field_names, reason = "commands and imports are names as well")]
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Names {
    /// Under which code gets it: none, where it lies below another package.
    pub(super) imports: Vec<String>,
    /// Its name in the registry, and the one that it is installed under.
    pub(super) names: Vec<String>,
    /// The commands that it brings.
    pub(super) commands: Vec<String>,
    /// Words by which settings of tools may mean it.
    pub(super) words: Vec<String>,
    /// The folder of a project whose own packages it is among: `""` for that of the lockfile.
    pub(super) project: String,
}

#[derive(Deserialize, Default)]
struct WireLockfile {
    #[serde(default)]
    packages: Option<BTreeMap<String, WireEntry>>,
}

#[derive(Deserialize, Default)]
struct WireEntry {
    #[serde(default)]
    bin: Value,
    #[serde(default)]
    workspaces: Value,
}

/// Commands of packages of another name. Only lockfiles of npm's versions 2 and 3 say which they are.
const COMMANDS: &[(&str, &str)] = &[
    ("@angular/cli", "ng"),
    ("@babel/cli", "babel"),
    ("@babel/node", "babel-node"),
    ("@changesets/cli", "changeset"),
    ("@nestjs/cli", "nest"),
    ("@sveltejs/kit", "svelte-kit"),
    ("@swc/cli", "swc"),
    ("@tailwindcss/cli", "tailwindcss"),
    ("@vercel/ncc", "ncc"),
    ("@vue/cli-service", "vue-cli-service"),
    ("postcss-cli", "postcss"),
    ("typescript", "tsc"),
    ("uglify-js", "uglifyjs"),
];

/// The names of every package of a lockfile, by its position.
#[derive(Debug)]
pub(super) struct AllNames {
    pub(super) of: Vec<Names>,
    /// Whether the lockfile says which commands packages bring.
    pub(super) know_commands: bool,
    /// The patterns of the folders that are workspaces.
    workspaces: Vec<glob::Pattern>,
}

/// What lies at each `…/node_modules/name` below a lockfile, by its path: `None` where that is a link.
/// Empty where the lockfile does not say so.
pub(super) type Places = HashMap<String, Option<PackageIndex>, RandomState>;

/// The names of every package, and what lies where.
pub(super) struct Installation {
    pub(super) names: AllNames,
    pub(super) places: Places,
}

impl AllNames {
    pub(super) fn of(lockfile: &Lockfile, aliases: &Aliases) -> Installation {
        let is_npms = *lockfile.format.tool() == tool::NPM;
        let text = if is_npms { &*lockfile.source.text } else { "" };
        let wire: WireLockfile = serde_json::from_str(text).unwrap_or_default();
        let know_commands = wire.packages.is_some();
        let entries = wire.packages.unwrap_or_default();
        let mut places: Places = entries
            .keys()
            .filter(|key| key.contains(MODULES))
            .map(|key| (key.clone(), None))
            .collect();
        let names = (0..lockfile.packages.len()).map(|package| {
            let key = if entries.is_empty() { None } else { lockfile.key(package) };
            if let Some(place) = key.as_ref().and_then(|key| places.get_mut(key)) {
                *place = Some(package);
            }
            let mut names = names(&lockfile.packages[package].id.name, &entries, key);
            for name in aliases.names_of(&lockfile.packages[package].id.name) {
                names.imports.push(name.to_owned());
                names.names.push(name.to_owned());
            }
            names
        });
        let of = names.collect();
        let workspaces = entries.get("").map(|root| package_json::workspaces(&root.workspaces));
        let workspaces = package_json::globs(&workspaces.unwrap_or_default());
        Installation { names: Self { of, know_commands, workspaces }, places }
    }

    /// Every spelling, numbered.
    pub(super) fn spellings(&self) -> Spellings {
        let all = self.of.iter();
        let names =
            all.flat_map(|names| names.names.iter().chain(&names.commands).chain(&names.words));
        names.map(String::as_str).collect()
    }

    /// Whether a package lies in a folder of its own of a project that is linked, and no workspace: npm
    /// installs it there even where it leaves development out (seen with npm 11 and 12).
    pub(super) fn is_in_linked_folder(&self, package: PackageIndex) -> bool {
        let project = &self.of[package].project;
        let is_workspace = || {
            let mut patterns = self.workspaces.iter();
            patterns.any(|pattern| pattern.matches(project))
        };
        !project.is_empty() && !is_workspace()
    }
}

fn names(name: &str, entries: &BTreeMap<String, WireEntry>, key: Option<String>) -> Names {
    let name = name.to_owned();
    let Some((key, entry)) = key.and_then(|key| entries.get(&key).map(|entry| (key, entry))) else {
        // The lockfile says neither where it lies nor which commands it brings.
        let own = name.rsplit('/').next().unwrap_or(&name).to_owned();
        let known = COMMANDS.iter().filter(|(package, _)| *package == name);
        let known = known.map(|(_, command)| (*command).to_owned());
        return Names {
            commands: known.chain([own]).collect(),
            words: Vec::new(),
            imports: vec![name.clone()],
            names: vec![name],
            project: String::new(),
        };
    };
    let Some((folder, installed)) = key.rsplit_once(MODULES) else {
        return Names::default();
    };
    let is_hoisted = !folder.contains(MODULES);
    let mut names = vec![installed.to_owned()];
    if name != installed {
        names.push(name.clone());
    }
    let project = key.split_once(MODULES).map_or("", |(project, _)| project);
    Names {
        imports: if is_hoisted { vec![installed.to_owned()] } else { Vec::new() },
        names,
        commands: commands(&entry.bin, &name),
        words: Vec::new(),
        project: project.trim_end_matches('/').to_owned(),
    }
}

fn commands(bin: &Value, name: &str) -> Vec<String> {
    match bin {
        Value::String(_) => vec![name.rsplit('/').next().unwrap_or(name).to_owned()],
        Value::Object(commands) => commands.keys().cloned().collect(),
        _ => Vec::new(),
    }
}

/// Names under which packages are asked for, by their names in the registry (npm documentation,
/// "package.json", `dependencies`: `"alias": "npm:name@range"`; so in catalogs of pnpm and Yarn).
#[derive(Debug, Default)]
pub(super) struct Aliases {
    of: BTreeMap<String, BTreeSet<String>>,
}

impl Aliases {
    /// Under which other names a package is asked for.
    pub(super) fn names_of(&self, package: &str) -> impl Iterator<Item = &str> {
        self.of.get(package).into_iter().flatten().map(String::as_str)
    }

    /// Takes in a manifest, or settings with catalogs.
    pub(super) fn add(&mut self, text: &str) {
        let is_quote = |character: char| "\"'".contains(character);
        let is_name =
            |character: char| character.is_ascii_alphanumeric() || "@/._-~+".contains(character);
        for (place, start) in text.match_indices("npm:") {
            let name = &text[place + start.len()..];
            let name = &name[..name.find(|next| !is_name(next)).unwrap_or(name.len())];
            let version = name.char_indices().skip(1).find(|(_, character)| *character == '@');
            let name = version.map_or(name, |(place, _)| &name[..place]);
            let before = text[..place].trim_end_matches(|next: char| is_quote(next) || next == ' ');
            let Some(before) = before.strip_suffix(':') else { continue };
            let before = before.trim_end_matches(|next: char| is_quote(next) || next == ' ');
            let begin = before.rfind(|next| !is_name(next)).map_or(0, |place| place + 1);
            if let Some(alias) = before.get(begin..).filter(|alias| !alias.is_empty()) {
                self.of.entry(name.to_owned()).or_default().insert(alias.to_owned());
            }
        }
    }
}

/// Names that are looked for, numbered.
#[derive(Debug, Default)]
pub(super) struct Spellings {
    numbers: HashMap<Box<str>, usize, RandomState>,
}

impl<'name> FromIterator<&'name str> for Spellings {
    fn from_iter<All: IntoIterator<Item = &'name str>>(names: All) -> Self {
        let mut numbers: HashMap<Box<str>, usize, RandomState> = HashMap::default();
        for name in names {
            let next = numbers.len();
            numbers.entry(name.into()).or_insert(next);
        }
        Self { numbers }
    }
}

impl Spellings {
    pub(super) fn number(&self, name: &str) -> Option<usize> {
        self.numbers.get(name).copied()
    }

    pub(super) fn len(&self) -> usize {
        self.numbers.len()
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::lockfile::LockfileFormat;
    use crate::lockfile::npm::NpmLock;
    use crate::problem::SourceText;

    #[test]
    fn a_package_is_called_as_it_is_installed_and_by_its_commands() {
        let text = r#"{ "lockfileVersion": 3, "packages": {
            "": { "name": "app", "workspaces": ["tools/*"], "dependencies": { "left": "*", "linked": "*" } },
            "node_modules/left": { "name": "@acme/left", "version": "1.0.0", "bin": { "lefty": "x.js" } },
            "node_modules/left/node_modules/deep": { "version": "1.0.0", "bin": "x.js" },
            "linked": { "version": "1.0.0" },
            "linked/node_modules/own": { "version": "1.0.0" },
            "tools/a": { "version": "1.0.0" },
            "tools/a/node_modules/own": { "version": "2.0.0" },
            "node_modules/linked": { "resolved": "linked", "link": true } } }"#;
        let lockfile =
            NpmLock.parse(&Arc::new(SourceText::new("package-lock.json", text))).unwrap();
        let mut aliases = Aliases::default();
        aliases.add(r#"{ "devDependencies": { "other": "npm:@acme/left@^1" } }"#);
        aliases.add("catalog:\n  third: npm:@acme/left@1\n  'a-b' : 'npm:deep'\n");
        let Installation { names: all, places } = AllNames::of(&lockfile, &aliases);
        let of = |name: &str, version: &str| {
            let mut packages = lockfile.packages.iter();
            packages
                .position(|package| package.id.name == name && package.id.version == version)
                .unwrap()
        };
        assert_eq!(places["node_modules/left"], Some(of("@acme/left", "1.0.0")));
        assert_eq!(places["node_modules/linked"], None);
        assert_eq!(places.get("linked"), None);
        let left = &all.of[of("@acme/left", "1.0.0")];
        assert_eq!(left.imports, ["left", "other", "third"]);
        assert_eq!(left.names, ["left", "@acme/left", "other", "third"]);
        assert_eq!(left.commands, ["lefty"]);
        let deep = &all.of[of("deep", "1.0.0")];
        assert_eq!(
            (deep.imports.as_slice(), deep.commands.as_slice()),
            (&["a-b".to_owned()][..], &["deep".to_owned()][..])
        );
        assert!(all.is_in_linked_folder(of("own", "1.0.0")));
        assert!(!all.is_in_linked_folder(of("own", "2.0.0")));
        assert!(!all.is_in_linked_folder(of("@acme/left", "1.0.0")));
    }
}
