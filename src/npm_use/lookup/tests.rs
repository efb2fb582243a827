use std::sync::Arc;

use super::*;
use crate::installed::Settings;
use crate::lockfile::LockfileFormat;
use crate::lockfile::npm::NpmLock;
use crate::npm_use::names::{AllNames, Installation};
use crate::problem::SourceText;

const LOCKFILE: &str = r#"{ "lockfileVersion": 3, "packages": {
    "": { "name": "web", "workspaces": ["part"], "devDependencies": { "larch": "*" } },
    "part": { "name": "part", "version": "1.0.0", "devDependencies": { "larch": "1" } },
    "node_modules/part": { "resolved": "part", "link": true },
    "node_modules/larch": { "version": "2.0.0", "dev": true },
    "node_modules/tree": { "name": "larch", "version": "3.0.0", "dev": true },
    "node_modules/@s/moss": { "version": "1.0.0", "dev": true },
    "node_modules/punycode": { "version": "2.0.0", "dev": true },
    "node_modules/larch/node_modules/deep": { "version": "1.0.0", "dev": true },
    "part/node_modules/larch": { "version": "1.0.0", "dev": true } } }"#;

/// What a specifier in a file leads to in the folder `app`, as name and version.
fn found(path: &str, specifier: &str, settings: &str) -> String {
    let text = SourceText::new("app/package-lock.json", LOCKFILE);
    let lockfile = NpmLock.parse(&Arc::new(text)).unwrap();
    let aliases = Aliases::default();
    let Installation { places, .. } = AllNames::of(&lockfile, &aliases);
    let settings = Settings::of(&[("/r/app/tsconfig.json".into(), settings.to_owned())]);
    let mapped = (settings.mappings, PathBuf::from("/r"));
    let lookup = Lookup::new(&lockfile, "app", places, &aliases, mapped);
    let paths = ["app/src/main.js", "app/src/shim.js", "app/src/moss/index.js"];
    let paths = paths.map(str::to_owned).into();
    let manifest = if path.starts_with("app/part/") { "app/part" } else { "app" };
    let found = lookup.package(path, manifest, specifier, &paths);
    found.map_or_else(String::new, |found| lockfile.packages[found.package].id.to_string())
}

#[test]
fn a_specifier_leads_to_what_lies_nearest() {
    for (path, specifier, expected) in [
        ("app/src/main.js", "larch", "larch 2.0.0"),
        ("app/src/main.js", "larch/dist/x.js", "larch 2.0.0"),
        ("app/src/main.js", "tree", "larch 3.0.0"),
        ("app/src/main.js", "@s/moss/x", "@s/moss 1.0.0"),
        ("app/part/src/a.js", "larch", "larch 1.0.0"),
        ("app/part/src/a.js", "tree", "larch 3.0.0"),
        ("app/src/main.js", "punycode/", "punycode 2.0.0"),
        // The module of Node.js itself.
        ("app/src/main.js", "punycode", ""),
        // A link to the repository's own code, what lies too deep, and what is not there.
        ("app/src/main.js", "part", ""),
        ("app/src/main.js", "deep", ""),
        ("app/src/main.js", "larch-extra", ""),
        // No specifier of what is installed.
        ("app/src/main.js", "./larch", ""),
        ("app/src/main.js", "#larch", ""),
        ("app/src/main.js", "npm:larch", ""),
        // Not below the lockfile.
        ("other/main.js", "larch", ""),
    ] {
        assert_eq!(found(path, specifier, "{}"), expected, "{path} {specifier}");
    }
}

#[test]
fn settings_lead_to_another_package_or_leave_it_open() {
    for (options, specifier, expected) in [
        (r#""paths": { "shrub": ["./node_modules/larch"] }"#, "shrub", "larch 2.0.0"),
        (r#""paths": { "@v/*": ["node_modules/*"] }"#, "@v/larch/x", "larch 2.0.0"),
        (r#""paths": { "larch": ["./src/shim"] }"#, "larch", ""),
        (r#""paths": { "larch": ["./src/gone"] }"#, "larch", "larch 2.0.0"),
        (r#""paths": { "larch": ["./node_modules/tree"] }"#, "larch", ""),
        (r#""paths": { "shrub": ["./node_modules/larch", "./node_modules/tree"] }"#, "shrub", ""),
        (r#""baseUrl": "src""#, "larch", "larch 2.0.0"),
        (r#""baseUrl": "src", "paths": { "larch": ["moss"] }"#, "larch", ""),
    ] {
        let settings = format!("{{ \"compilerOptions\": {{ {options} }} }}");
        assert_eq!(found("app/src/main.js", specifier, &settings), expected, "{options}");
    }
}

#[test]
fn where_nothing_says_what_lies_where_a_project_has_what_it_asks_for() {
    use crate::lockfile::DependencyKind::{Development, Normal};
    use crate::lockfile::sample::lockfile;
    use crate::package::Ecosystem;
    let names = ["app 1.0.0", "larch 1.0.0", "rotten 1.0.0", "moss 1.0.0", "moss 2.0.0"];
    let edges = [(0, 1, Development), (1, 2, Normal), (0, 3, Development), (0, 4, Development)];
    let mut locked = lockfile(Ecosystem::Npm, &names, 1, &edges);
    locked.packages[0].folder = Some(String::new());
    let mut aliases = Aliases::default();
    aliases.add(r#"{ "devDependencies": { "tree": "npm:larch@1" } }"#);
    let nothing = (Vec::new(), PathBuf::from("/r"));
    let lookup = Lookup::new(&locked, "", Places::default(), &aliases, nothing);
    for (specifier, expected) in
        [("larch", Some(1)), ("tree", Some(1)), ("rotten", None), ("moss", None)]
    {
        let found = lookup.package("src/a.js", "", specifier, &BTreeSet::new());
        assert_eq!(found.map(|found| found.package), expected, "{specifier}");
    }
}
