//! Registries on this machine, for npm and for Cargo: they serve what the test has published.

use std::collections::BTreeMap;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Map, Value, json};
use sha2::{Digest, Sha256, Sha512};

use super::archive::pack;
use crate::server::{Page, Server};

/// A registry. Publishing again adds to what is there.
pub(crate) struct Registry {
    server: Server,
    /// For each package its versions, and what their manifests say.
    published: BTreeMap<String, BTreeMap<String, String>>,
}

impl Registry {
    pub(crate) fn start() -> Self {
        Self { server: Server::start(), published: BTreeMap::new() }
    }

    pub(crate) fn address(&self) -> String {
        self.server.url("/").to_string()
    }

    /// Packages of npm: `name-1.0.0`, with the rest of their manifest as JSON. Files of the archive
    /// stand under `files`.
    pub(crate) fn publish_npm(&mut self, packages: &BTreeMap<String, String>) {
        self.add(packages);
        for (name, versions) in &self.published {
            let served: Map<String, Value> = versions
                .iter()
                .map(|(version, text)| (version.clone(), self.npm_version(name, version, text)))
                .collect();
            let latest = versions.keys().rfind(|version| !version.contains('-'));
            let latest = latest.or(versions.keys().last());
            let document =
                json!({ "name": name, "dist-tags": { "latest": latest }, "versions": served });
            let page = Page::new(document.to_string()).header("Content-Type", "application/json");
            for slash in ["%2f", "%2F", "/"] {
                self.server.route(&format!("/{}", name.replace('/', slash)), page.clone());
            }
        }
    }

    fn npm_version(&self, name: &str, version: &str, text: &str) -> Value {
        let mut manifest: Map<String, Value> =
            if text.is_empty() { Map::new() } else { serde_json::from_str(text).unwrap() };
        let files = manifest.remove("files").unwrap_or(json!({}));
        manifest.insert("name".into(), name.into());
        manifest.insert("version".into(), version.into());
        let mut packed =
            vec![("package.json".to_owned(), Value::from(manifest.clone()).to_string())];
        for (path, content) in files.as_object().unwrap() {
            packed.push((path.clone(), content.to_string()));
        }
        if files.get("npm-shrinkwrap.json").is_some() {
            manifest.insert("_hasShrinkwrap".into(), true.into());
        }
        let archive = pack("package", &packed);
        let base = name.rsplit('/').next().unwrap();
        let path = format!("/{name}/-/{base}-{version}.tgz");
        let integrity = format!("sha512-{}", STANDARD.encode(Sha512::digest(&archive)));
        self.server.route(&path, Page::new(archive));
        let dist = json!({ "tarball": self.server.url(&path), "integrity": integrity });
        manifest.insert("dist".into(), dist);
        manifest.into()
    }

    /// Crates: `name-1.0.0`, with the tables of their Cargo.toml.
    pub(crate) fn publish_crates(&mut self, crates: &BTreeMap<String, String>) {
        self.add(crates);
        let configuration = json!({ "dl": self.server.url("/crates") }).to_string();
        self.server.route("/index/config.json", Page::new(configuration));
        for (name, versions) in &self.published {
            let lines: Vec<String> = versions
                .iter()
                .map(|(version, tables)| self.crate_version(name, version, tables).to_string())
                .collect();
            let page = Page::new(lines.join("\n") + "\n");
            let path = format!("/index/{}/{}/{name}", &name[..2], &name[2..4]);
            self.server.route(&path, page);
        }
    }

    fn crate_version(&self, name: &str, version: &str, tables: &str) -> Value {
        let manifest = format!(
            "[package]\nname = \"{name}\"\nversion = \"{version}\"\nedition = \"2021\"\n{tables}"
        );
        let files = [("Cargo.toml".to_owned(), manifest), ("src/lib.rs".to_owned(), String::new())];
        let archive = pack(&format!("{name}-{version}"), &files);
        let digest = format!("{:x}", Sha256::digest(&archive));
        let path = format!("/crates/{name}/{version}/download");
        self.server.route(&path, Page::new(archive));
        json!({
            "name": name, "vers": version, "deps": dependencies(tables), "cksum": digest,
            "features": {}, "yanked": false,
        })
    }

    fn add(&mut self, packages: &BTreeMap<String, String>) {
        for (package, text) in packages {
            let digit = package.match_indices('-').find(|(at, _)| {
                package[at + 1..].starts_with(|first: char| first.is_ascii_digit())
            });
            let (name, version) = package.split_at(digit.unwrap().0);
            self.published
                .entry(name.to_owned())
                .or_default()
                .insert(version[1..].to_owned(), text.clone());
        }
    }
}

fn dependencies(tables: &str) -> Vec<Value> {
    let table: toml::Table = tables.parse().unwrap();
    let asked = table.get("dependencies").and_then(toml::Value::as_table);
    asked
        .into_iter()
        .flatten()
        .map(|(name, versions)| {
            json!({
                "name": name, "req": versions.as_str().unwrap(), "features": [], "optional": false,
                "default_features": true, "target": null, "kind": "normal",
            })
        })
        .collect()
}
