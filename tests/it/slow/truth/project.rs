//! What every repository has: two packages, a manifest and what npm would lock.

use std::collections::BTreeSet;

use serde_json::{Map, Value, json};

use super::case::Files;
use super::rewriting::{OTHER, TARGET};

/// What of a manifest stands in the lockfile.
const LOCKED: &[&str] =
    &["version", "dependencies", "optionalDependencies", "peerDependencies", "bin", "workspaces"];

/// A file that says that the package is installed under another name only.
const ABSENT: &str = "node_modules/glim/absent";

/// Adds it. `package` is the one that is loaded, `members` are further members of the manifest.
pub(super) fn complete(
    files: &mut Files,
    links: &Files,
    package: &str,
    entry: &str,
    members: &[String],
) {
    if files.remove(ABSENT).is_none() {
        install(files, TARGET, true);
    }
    files.retain(|path, _| path != &ABSENT.replace(TARGET, OTHER));
    install(files, OTHER, package == OTHER);
    let manifest = manifest(files, links, entry, members);
    files.insert("package.json".to_owned(), manifest);
    let lockfile = lockfile(files, links);
    files.insert("package-lock.json".to_owned(), lockfile);
}

/// A package with three modules, one of which is its command, or with one.
fn install(files: &mut Files, package: &str, is_whole: bool) {
    let folder = format!("node_modules/{package}");
    let (modules, command) = if is_whole {
        (
            &["index.js", "deep.js", "bin.js"][..],
            format!(", \"bin\": {{ \"{package}\": \"bin.js\" }}"),
        )
    } else {
        (&["index.js"][..], String::new())
    };
    let manifest = format!(
        "{{ \"name\": \"{package}\", \"version\": \"1.0.0\", \"main\": \"index.js\"{command} }}\n"
    );
    files.entry(format!("{folder}/package.json")).or_insert(manifest);
    for module in modules {
        let shebang = if *module == "bin.js" { "#!/usr/bin/env node\n" } else { "" };
        let text =
            format!("{shebang}MARK {package}/{module}\nexports.template = (text) => text;\n");
        files.entry(format!("{folder}/{module}")).or_insert(text);
    }
}

fn manifest(files: &Files, links: &Files, entry: &str, members: &[String]) -> String {
    let mut all = vec!["\"name\": \"app\"".to_owned(), "\"version\": \"1.0.0\"".to_owned()];
    if !members.iter().any(|members| members.contains("\"main\"")) {
        all.push(format!("\"main\": \"{entry}\""));
    }
    all.extend(members.iter().cloned());
    let names = installed(files, links).into_iter().filter_map(|folder| {
        let name = folder.strip_prefix("node_modules/")?;
        (!name.contains("node_modules/")).then(|| format!("\"{name}\": \"*\""))
    });
    let names: Vec<String> = names.collect();
    all.push(format!("\"dependencies\": {{ {} }}", names.join(", ")));
    format!("{{ {} }}\n", all.join(", "))
}

/// The folders of installed packages, those of links among them.
fn installed(files: &Files, links: &Files) -> BTreeSet<String> {
    let manifests = files.keys().filter_map(|path| {
        let folder = path.strip_suffix("/package.json")?;
        let (_, name) = folder.rsplit_once("node_modules/")?;
        let steps = usize::from(name.starts_with('@'));
        (name.matches('/').count() == steps).then(|| folder.to_owned())
    });
    let links = links.keys().filter(|path| path.starts_with("node_modules/"));
    manifests.chain(links.cloned()).collect()
}

/// What npm would lock.
fn lockfile(files: &Files, links: &Files) -> String {
    let manifest = |folder: &str| -> Value {
        let path = format!("{folder}/package.json");
        let path = path.trim_start_matches('/');
        serde_json::from_str(&files[path]).unwrap_or_else(|error| panic!("{path}: {error}"))
    };
    let mut packages = Map::new();
    packages.insert(String::new(), entry(&manifest(""), true));
    for folder in installed(files, links) {
        if let Some(target) = links.get(&folder) {
            // A link from `node_modules` leads to a workspace beside it.
            let workspace = target.trim_start_matches("../").to_owned();
            packages.insert(folder, json!({ "resolved": workspace, "link": true }));
            let locked = entry(&manifest(&workspace), true);
            packages.insert(workspace, locked);
        } else {
            let own = manifest(&folder);
            let is_named =
                own["name"].as_str().is_some_and(|name| folder.ends_with(&format!("/{name}")));
            packages.insert(folder, entry(&own, !is_named));
        }
    }
    let lockfile =
        json!({ "name": "app", "version": "1.0.0", "lockfileVersion": 3, "packages": packages });
    format!("{lockfile:#}\n")
}

/// An entry of the lockfile, with the package's name where its folder does not say it.
fn entry(manifest: &Value, with_name: bool) -> Value {
    let members = LOCKED.iter().filter_map(|member| Some((*member, manifest.get(*member)?)));
    let mut entry: Map<String, Value> =
        members.map(|(member, value)| (member.to_owned(), value.clone())).collect();
    if with_name {
        entry.insert("name".to_owned(), manifest["name"].clone());
    }
    let scripts = ["preinstall", "install", "postinstall"];
    if scripts.iter().any(|script| manifest["scripts"].get(script).is_some()) {
        entry.insert("hasInstallScript".to_owned(), json!(true));
    }
    Value::Object(entry)
}
