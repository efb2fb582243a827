//! Random installed trees, written in both layouts and resolved by a naive reading of the rule of
//! Node.js.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use proptest::prelude::*;

use super::super::*;
use super::damage::assert_spans_hold;
use super::{parse, read};

/// An installed tree: each folder with its version and what it requires.
#[derive(Clone, Debug)]
pub(super) struct Tree {
    /// By the names on the way from the project: `["a", "b"]` is `node_modules/a/node_modules/b`.
    packages: BTreeMap<Vec<&'static str>, Package>,
    /// What the project asks for.
    project: BTreeSet<&'static str>,
}

#[derive(Clone, Debug)]
struct Package {
    version: String,
    requires: BTreeSet<&'static str>,
}

const NAMES: [&str; 5] = ["a", "b", "@scope/c", "d.js", "e"];

pub(super) fn any_tree() -> impl Strategy<Value = Tree> {
    let name = proptest::sample::select(&NAMES[..]);
    let names = proptest::collection::btree_set(name.clone(), 0..4);
    let folder = proptest::collection::vec(name, 1..4);
    let package = (folder, 0..3_u32, names.clone());
    (proptest::collection::vec(package, 0..10), names).prop_map(|(packages, project)| {
        let mut tree = BTreeMap::new();
        for (folder, patch, requires) in packages {
            // Whatever is installed in a folder, that folder holds a package.
            for depth in 1..=folder.len() {
                tree.entry(folder[..depth].to_vec()).or_insert_with(|| Package {
                    version: format!("1.0.{patch}"),
                    requires: requires.clone(),
                });
            }
        }
        Tree { packages: tree, project }
    })
}

fn place(folder: &[&str]) -> String {
    folder.iter().map(|name| format!("node_modules/{name}")).collect::<Vec<_>>().join("/")
}

fn object(names: &BTreeSet<&str>) -> String {
    let members: Vec<String> = names.iter().map(|name| format!("\"{name}\": \"*\"")).collect();
    format!("{{{}}}", members.join(", "))
}

impl Tree {
    pub(super) fn flat(&self) -> String {
        let mut text = format!(
            "{{\n  \"name\": \"shop\",\n  \"lockfileVersion\": 3,\n  \"packages\": {{\n    \"\": {{\n      \"optionalDependencies\": {}\n    }}",
            object(&self.project)
        );
        for (folder, package) in &self.packages {
            write!(
                text,
                ",\n    \"{}\": {{\n      \"version\": \"{}\",\n      \"optionalDependencies\": {}\n    }}",
                place(folder),
                package.version,
                object(&package.requires)
            )
            .unwrap();
        }
        text.push_str("\n  }\n}\n");
        text
    }

    pub(super) fn nested(&self) -> String {
        format!(
            "{{\n  \"name\": \"shop\",\n  \"lockfileVersion\": 1,\n  \"dependencies\": {}\n}}\n",
            self.nested_below(&[])
        )
    }

    fn nested_below(&self, folder: &[&'static str]) -> String {
        let members: Vec<String> = self
            .packages
            .iter()
            .filter(|(other, _)| other.len() == folder.len() + 1 && other.starts_with(folder))
            .map(|(other, package)| {
                format!(
                    "\"{}\": {{\n\"version\": \"{}\",\n\"requires\": {},\n\"dependencies\": {}\n}}",
                    other[folder.len()],
                    package.version,
                    object(&package.requires),
                    self.nested_below(other)
                )
            })
            .collect();
        format!("{{\n{}\n}}", members.join(",\n"))
    }

    /// Where `require(name)` leads from a folder: its own `node_modules`, then its dependent's, and
    /// so on up.
    fn resolve(&self, from: &[&'static str], name: &'static str) -> Option<Vec<&'static str>> {
        (0..=from.len())
            .rev()
            .map(|depth| [&from[..depth], &[name]].concat())
            .find(|candidate| self.packages.contains_key(candidate))
    }

    /// Every edge between installed packages, by their folders.
    fn edges(&self) -> BTreeSet<(String, String)> {
        self.packages
            .iter()
            .flat_map(|(folder, package)| {
                package.requires.iter().filter_map(move |name| {
                    Some((place(folder), place(&self.resolve(folder, name)?)))
                })
            })
            .collect()
    }

    fn versions(&self) -> BTreeMap<String, (String, String)> {
        self.packages
            .iter()
            .map(|(folder, package)| {
                let name = (*folder.last().unwrap()).to_owned();
                (place(folder), (name, package.version.clone()))
            })
            .collect()
    }
}

/// The folders of the packages, in the order of the file. Both layouts list them by name.
fn folders(tree: &Tree, lockfile: &Lockfile) -> Vec<String> {
    let mut folders = vec![String::new()];
    // A package comes before what is installed in it.
    folders.extend(tree.packages.keys().map(|folder| place(folder)));
    assert_eq!(folders.len(), lockfile.packages.len());
    folders
}

fn check(tree: &Tree, text: &str) -> Lockfile {
    let lockfile = parse(text).unwrap();
    assert_spans_hold(&lockfile);
    let folders = folders(tree, &lockfile);
    let versions: BTreeMap<String, (String, String)> = lockfile
        .packages
        .iter()
        .zip(&folders)
        .skip(1)
        .map(|(package, folder)| {
            (folder.clone(), (package.id.name.to_string(), package.id.version.to_string()))
        })
        .collect();
    assert_eq!(versions, tree.versions());
    let edges: BTreeSet<(String, String)> = lockfile
        .edges
        .iter()
        .filter(|edge| edge.from != 0)
        .map(|edge| (folders[edge.from].clone(), folders[edge.to].clone()))
        .collect();
    assert_eq!(edges, tree.edges());
    lockfile
}

proptest! {
    #[test]
    fn both_layouts_of_a_tree_say_the_same_and_what_node_would_do(tree in any_tree()) {
        let flat = check(&tree, &tree.flat());
        check(&tree, &tree.nested());
        check(&tree, &tree.nested().replace('\n', "\r\n"));
        check(&tree, &tree.flat().replace(['\n', ' '], ""));
        let asked: BTreeSet<usize> =
            flat.edges.iter().filter(|edge| edge.from == 0).map(|edge| edge.to).collect();
        let folders = folders(&tree, &flat);
        let expected: BTreeSet<String> = tree
            .project
            .iter()
            .filter_map(|name| tree.resolve(&[], name))
            .map(|folder| place(&folder))
            .collect();
        prop_assert_eq!(asked.iter().map(|to| folders[*to].clone()).collect::<BTreeSet<_>>(), expected);
    }

    #[test]
    fn the_manifest_of_version_1_says_what_the_project_of_version_3_says(tree in any_tree()) {
        let manifest = format!("{{\"optionalDependencies\": {}}}", object(&tree.project));
        let files = crate::lockfile::sample::Files(&[("package.json", &manifest)]);
        let (nested, _) = read(&tree.nested(), &files).unwrap();
        let flat = parse(&tree.flat()).unwrap();
        let asked = |lockfile: &Lockfile| -> BTreeSet<usize> {
            lockfile
                .edges
                .iter()
                .filter(|edge| {
                    edge.from == 0 && edge.kind == crate::lockfile::DependencyKind::Optional
                })
                .map(|edge| edge.to)
                .collect()
        };
        prop_assert_eq!(asked(&nested), asked(&flat));
    }
}
