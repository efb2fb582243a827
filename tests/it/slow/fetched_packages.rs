//! Which files a specifier leads to in packages that are fetched, beside those in the packages that the real package
//! managers install by the same lockfile.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use lockgate::inside::{
    Archives, Fetch, Fetched, Fetching, Http, HttpSettings, Installed, Means, Request, Validators,
    WantedArchive, read_lockfile,
};
use serde_json::{Map, Value, json};
use url::Url;

use crate::package_managers::{Manager, installed as managers};
use crate::server::{Page, Server};

/// Packages and what they depend on: two versions, an alias, a scope, and a name that is used without being asked for.
const PACKAGES: &[(&str, &str, &str)] = &[
    ("glim", "1.0.0", r#"{ "lefty": "2.0.0", "other": "npm:lefty@1.0.0" }"#),
    ("lefty", "1.0.0", "{}"),
    ("lefty", "2.0.0", r#"{ "@s/rust": "1.0.0" }"#),
    ("@s/rust", "1.0.0", "{}"),
    ("wood", "1.0.0", r#"{ "lefty": "1.0.0" }"#),
];

const MANIFEST: &str = r#"{ "name": "app", "version": "1.0.0", "private": true,
    "dependencies": { "glim": "1.0.0", "wood": "1.0.0", "called": "npm:lefty@2.0.0" } }"#;

const NAMES: &[&str] = &[
    "glim",
    "glim/lib/a",
    "lefty",
    "lefty/lib/a.js",
    "other",
    "@s/rust",
    "@s/rust/lib/a",
    "wood",
    "called",
    "called/lib/a",
    "./lib/a",
    "not-there",
];

/// Packs every package with npm, and serves it with what registries say about it.
fn serve(tools: &Path, folder: &Path, server: &Server) {
    for name in PACKAGES.iter().map(|(name, ..)| name).collect::<BTreeSet<_>>() {
        let of_name = PACKAGES.iter().filter(|(of, ..)| of == name);
        let versions: Map<String, Value> = of_name
            .map(|(_, version, dependencies)| {
                let source = folder.join("packages").join(name).join(version);
                (version.to_string(), pack(tools, &source, server, [name, version, dependencies]))
            })
            .collect();
        let latest = versions.keys().next_back().unwrap();
        let document =
            json!({ "name": name, "dist-tags": { "latest": latest }, "versions": versions });
        for path in ["/", "%2f", "%2F"].map(|slash| format!("/{}", name.replace('/', slash))) {
            server.route(
                &path,
                Page::new(document.to_string()).header("Content-Type", "application/json"),
            );
        }
    }
}

fn pack(tools: &Path, source: &Path, server: &Server, package: [&str; 3]) -> Value {
    let [name, version, dependencies] = package;
    fs::create_dir_all(source.join("lib")).unwrap();
    let dependencies: Value = serde_json::from_str(dependencies).unwrap();
    let mut manifest = json!({ "name": name, "version": version, "dependencies": dependencies });
    fs::write(source.join("package.json"), manifest.to_string()).unwrap();
    fs::write(source.join("index.js"), format!("// {name} {version}\n")).unwrap();
    fs::write(source.join("lib/a.js"), "").unwrap();
    let said = Manager::Npm.run(tools, source, source, &["pack", "--json"]).stdout;
    let packed: Value = serde_json::from_slice(&said).unwrap();
    let packed = &packed[0];
    let archive = fs::read(source.join(packed["filename"].as_str().unwrap())).unwrap();
    let own = name.rsplit('/').next().unwrap();
    let path = format!("/{name}/-/{own}-{version}.tgz");
    manifest["dist"] = json!({
        "tarball": server.url(&path).as_str(), "integrity": packed["integrity"], "shasum": packed["shasum"],
    });
    server.route(&path, Page::new(archive));
    manifest
}

/// Fetches from the addresses of a lockfile, and else from the server.
#[derive(Debug)]
struct Served {
    registry: Url,
    http: Http,
}

impl Archives for Served {
    fn fetch(&self, wanted: &[WantedArchive]) -> Vec<Result<Vec<u8>, String>> {
        let answers = wanted.iter().map(|archive| {
            let (name, version) = (&archive.package.name, &archive.package.version);
            let own = name.rsplit('/').next().unwrap();
            let default = || self.registry.join(&format!("{name}/-/{own}-{version}.tgz")).unwrap();
            let url = archive.address.as_ref().map_or_else(default, |it| it.parse().unwrap());
            let request = Request {
                url,
                validators: Validators::default(),
                max_bytes: 1 << 20,
                authorization: None,
            };
            match self.http.get(&request) {
                Ok(Fetched::New { content, .. }) => Ok(content),
                other => Err(format!("{other:?}")),
            }
        });
        answers.collect()
    }
}

/// A file of a package, however that is placed.
type Found = BTreeSet<(String, PathBuf)>;

/// What every name leads to in a file of every package, and of the project.
fn answers(installed: &Installed, root: &Path) -> BTreeSet<(String, &'static str, Found)> {
    let packages = installed.packages().iter();
    let asking = packages.map(|package| (package.id.to_string(), package.folder.join("asks.js")));
    let asking = asking.chain([("app".to_owned(), root.join("src/asks.js"))]);
    let ask = |(id, file): (String, PathBuf)| {
        NAMES.iter().map(move |name| {
            let found = installed.resolve(&file, name).files.into_iter();
            let found = found.filter_map(|file| {
                let owner = &installed.packages()[installed.owner(&file)?];
                Some((owner.id.to_string(), file.strip_prefix(&owner.folder).unwrap().to_owned()))
            });
            (id.clone(), *name, found.collect())
        })
    };
    asking.flat_map(ask).collect()
}

fn install(manager: Manager) -> &'static [&'static str] {
    match manager {
        Manager::YarnClassic => &["install", "--ignore-scripts", "--non-interactive"],
        _ => &["install", "--ignore-scripts"],
    }
}

#[test]
fn what_is_fetched_leads_where_what_is_installed_leads() {
    let Some(tools) = managers("what_is_fetched_leads_where_what_is_installed") else { return };
    let folder = tempfile::tempdir().unwrap();
    let server = Server::start();
    serve(tools, folder.path(), &server);
    for manager in [Manager::Npm, Manager::Pnpm, Manager::YarnClassic, Manager::Bun] {
        let folder = tempfile::tempdir().unwrap();
        let above = fs::canonicalize(folder.path()).unwrap();
        let root = above.join("app");
        fs::create_dir(&root).unwrap();
        fs::write(root.join("package.json"), MANIFEST).unwrap();
        fs::write(root.join(".npmrc"), format!("registry={}\n", server.url("/"))).unwrap();
        manager.run(tools, &above, &root, install(manager));
        let lockfile = read_lockfile(&root.join(manager.lockfile())).unwrap();
        let unpacked = above.join("unpacked");
        let read = |fetching| {
            let means = Means { unpacked: Some(&unpacked), fetching };
            Installed::read(&lockfile, &root, means)
                .unwrap_or_else(|reason| panic!("{manager:?}: {reason}"))
        };
        let on_disk = answers(&read(Fetching::Off), &root);
        fs::remove_dir_all(root.join("node_modules")).unwrap();
        let registry =
            Served { registry: server.url("/"), http: Http::new(HttpSettings::default()).unwrap() };
        let fetched = answers(&read(Fetching::By(&registry)), &root);
        let found: BTreeSet<_> = on_disk.iter().filter(|(.., found)| !found.is_empty()).collect();
        assert!(found.len() > 25, "{manager:?}: {found:?}");
        for (id, name, found) in found {
            let mut same = fetched.iter().filter(|(of, asked, _)| of == id && asked == name);
            let fetched = &same.next().unwrap_or_else(|| panic!("{manager:?}: {id}")).2;
            assert!(
                found.is_subset(fetched),
                "{manager:?}: {name} of {id}: {found:?}, {fetched:?}"
            );
        }
        // What is asked for is known to the version.
        let of_project = |name: &str| {
            let mut all = fetched.iter().filter(|(of, asked, _)| of == "app" && *asked == name);
            all.next().unwrap().2.iter().map(|(id, _)| id.clone()).collect::<BTreeSet<_>>()
        };
        assert!(of_project("called").iter().eq(["lefty 2.0.0"]), "{manager:?}");
        assert!(of_project("glim").iter().eq(["glim 1.0.0"]), "{manager:?}");
        assert!(of_project("not-there").is_empty(), "{manager:?}");
    }
}
