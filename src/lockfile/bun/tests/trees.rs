//! Random installed trees, written as Bun does and resolved by a naive reading of its rule.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use proptest::prelude::*;

use super::*;

const NAMES: [&str; 5] = ["a", "b", "@scope/c", "d.js", "e"];

/// What is installed, by the names on the way from the top, each with its version and what it asks for.
#[derive(Clone, Debug)]
pub(super) struct Tree {
    packages: BTreeMap<Vec<&'static str>, (String, BTreeSet<&'static str>)>,
    /// What the root asks for.
    root: BTreeSet<&'static str>,
    /// What a project asks for that is called like one of the packages could be.
    member: BTreeSet<&'static str>,
}

pub(super) fn any_tree() -> impl Strategy<Value = Tree> {
    let name = prop::sample::select(&NAMES[..]);
    let names = prop::collection::btree_set(name.clone(), 0..4);
    let path = prop::collection::vec(name, 1..4);
    let package = (path, 0..3_u32, names.clone());
    let packages = prop::collection::vec(package, 0..10);
    (packages, names.clone(), names).prop_map(|(packages, root, member)| {
        let mut tree = BTreeMap::new();
        for (path, patch, asks) in packages {
            // Whatever lies below something, that is there.
            for depth in 1..=path.len() {
                let package = (format!("1.0.{patch}"), asks.clone());
                tree.entry(path[..depth].to_vec()).or_insert(package);
            }
        }
        Tree { packages: tree, root, member }
    })
}

fn object(names: &BTreeSet<&str>) -> String {
    let members: Vec<String> = names.iter().map(|name| format!("\"{name}\": \"*\"")).collect();
    format!("{{{}}}", members.join(", "))
}

impl Tree {
    pub(super) fn written(&self) -> String {
        let mut text = format!(
            "{{\n  \"lockfileVersion\": 1,\n  \"workspaces\": {{\n    \"\": {{\n      \"optionalDependencies\": {},\n    \
             }},\n    \"m\": {{\n      \"name\": \"m\",\n      \"optionalDependencies\": {},\n    }},\n  }},\n  \
             \"packages\": {{\n    \"m\": [\"m@workspace:m\"],\n",
            object(&self.root),
            object(&self.member)
        );
        for (path, (version, asks)) in &self.packages {
            let (key, name) = (path.join("/"), path.last().unwrap());
            let info = format!("{{ \"optionalDependencies\": {} }}", object(asks));
            writeln!(
                text,
                "\n    \"{key}\": [\"{name}@{version}\", \"\", {info}, \"sha512-{key}\"],"
            )
            .unwrap();
        }
        text.push_str("  }\n}\n");
        text
    }

    /// The key that answers to a name, as seen from a path.
    fn resolve(&self, from: &[&'static str], name: &'static str) -> Option<String> {
        let above = (0..=from.len()).rev();
        let mut places = above.map(|depth| [&from[..depth], &[name]].concat());
        places.find(|place| self.packages.contains_key(place)).map(|place| place.join("/"))
    }

    /// Every edge, by keys; those of projects by their folders.
    fn edges(&self) -> BTreeSet<(String, String)> {
        let packages = self.packages.iter();
        let dependents = packages.map(|(path, (_, asks))| (path.join("/"), path.clone(), asks));
        let projects =
            [(String::new(), Vec::new(), &self.root), ("m".to_owned(), vec!["m"], &self.member)];
        let all = dependents.chain(projects);
        all.flat_map(|(key, path, asks)| {
            let found = asks.iter().filter_map(move |name| self.resolve(&path, name));
            found.map(move |to| (key.clone(), to))
        })
        .collect()
    }
}

proptest! {
    #[test]
    fn dependencies_are_found_where_bun_finds_them(tree in any_tree()) {
        let text = tree.written();
        let lockfile = parse(&text).unwrap();
        let key = |index: usize| lockfile.key(index).unwrap();
        let edges: BTreeSet<(String, String)> =
            lockfile.edges.iter().map(|edge| (key(edge.from), key(edge.to))).collect();
        prop_assert_eq!(edges, tree.edges());
        prop_assert_eq!(lockfile.locked(), tree.packages.len());
        for package in lockfile.packages.iter().filter(|package| package.folder.is_none()) {
            let shown = &text[package.span.clone()];
            let end = format!("{}@{}\"", package.id.name, package.id.version);
            prop_assert!(shown.starts_with('"') && shown.ends_with(&end), "{}", shown);
        }
    }
}
