//! What is said not to be imported, beside what Node.js really loads and calls.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use lockgate::inside::{
    Answer, Fetching, Imports, ImportsRequest, Means, NpmPolicy, Places, read_lockfile,
};

use crate::harness::repository;
use crate::skip::skip;

/// Writes down every module that a program loads: those of `CommonJS` when it ends, those of ECMAScript as they
/// come.
const HOOK: &str = r"
import { register } from 'node:module';
import { appendFileSync } from 'node:fs';
import Module from 'node:module';
import { fileURLToPath } from 'node:url';
const log = process.env.LOADED;
register('data:text/javascript,' + encodeURIComponent(`
import { appendFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
export async function load(url, context, next) {
  if (url.startsWith('file:')) appendFileSync(${JSON.stringify(log)}, fileURLToPath(url) + '\\n');
  return next(url, context);
}`));
process.on('exit', () => appendFileSync(log, Object.keys(Module._cache).join('\n') + '\n'));
";

struct App {
    name: &'static str,
    /// `dependencies` and `scripts` of its manifest.
    manifest: &'static str,
    files: &'static [(&'static str, &'static str)],
    /// What is run, each with Node.js.
    runs: &'static [&'static [&'static str]],
    /// What its code surely imports, and what nothing of it loads.
    imported: &'static [&'static str],
    not_imported: &'static [&'static str],
}

const APPS: &[App] = &[
    App {
        name: "express",
        manifest: r#""main": "server.js", "dependencies": { "express": "4.19.2", "ejs": "3.1.10", "morgan": "1.10.0",
            "helmet": "7.1.0", "lodash": "4.17.20", "joi": "17.13.3", "cookie-session": "2.1.0" }"#,
        files: &[
            (
                "server.js",
                "const express = require('express');\nconst _ = require('lodash');\nconst app = express();\n\
                 app.set('view engine', 'ejs');\napp.use(require('morgan')('tiny'));\napp.use(require('helmet')());\n\
                 app.get('/', (request, response) => response.render('index', { name: _.get(request.query, 'name') }));\n\
                 const server = app.listen(0, async () => {\n  const { port } = server.address();\n  \
                 const answer = await fetch(`http://127.0.0.1:${port}/?name=x`);\n  if (!answer.ok) process.exit(1);\n  \
                 await answer.text();\n  server.close();\n  server.closeAllConnections();\n});\n",
            ),
            ("views/index.ejs", "<p><%= name %></p>\n"),
        ],
        runs: &[&["server.js"]],
        imported: &["express", "helmet", "lodash", "morgan", "send"],
        not_imported: &["cookie-session", "joi"],
    },
    App {
        name: "commands",
        manifest: r#""scripts": { "clean": "rimraf out", "stamp": "semver -i patch", "folders": "mkdirp out/a" },
            "dependencies": { "rimraf": "5.0.10", "semver": "7.6.3", "mkdirp": "3.0.1", "yargs": "17.7.2" }"#,
        files: &[],
        runs: &[
            &["node_modules/rimraf/dist/esm/bin.mjs", "out"],
            &["node_modules/semver/bin/semver.js", "-i", "patch", "1.0.0"],
            &["node_modules/mkdirp/dist/cjs/src/bin.js", "out/a"],
        ],
        // What only scripts name may be loaded, and is not said to be.
        imported: &[],
        not_imported: &["yargs"],
    },
    App {
        name: "rendered",
        manifest: r#""type": "module", "dependencies": { "vue": "3.5.13", "koa": "2.15.3", "dayjs": "1.11.13" }"#,
        files: &[(
            "render.js",
            "import { createSSRApp, h } from 'vue';\nimport { renderToString } from 'vue/server-renderer';\n\
             const page = await renderToString(createSSRApp({ render: () => h('p', 'x') }));\n\
             if (page !== '<p>x</p>') process.exit(1);\n",
        )],
        runs: &[&["render.js"]],
        imported: &["@vue/server-renderer", "vue"],
        not_imported: &["dayjs", "koa"],
    },
];

/// The folder of an application that npm has installed, or `None` with a visible remark.
fn install(app: &App, test: &str) -> Option<PathBuf> {
    let folder = repository().join("target/imports").join(app.name);
    fs::create_dir_all(&folder).unwrap();
    let manifest = format!("{{ \"name\": \"app\", \"version\": \"1.0.0\", {} }}\n", app.manifest);
    let is_done = folder.join("node_modules/.package-lock.json").is_file()
        && fs::read_to_string(folder.join("package.json")).is_ok_and(|then| then == manifest);
    fs::write(folder.join("package.json"), manifest).unwrap();
    for (path, text) in app.files {
        fs::create_dir_all(folder.join(path).parent().unwrap()).unwrap();
        fs::write(folder.join(path), text).unwrap();
    }
    if !is_done {
        let run = Command::new("npm")
            .args(["install", "--silent", "--no-audit", "--no-fund", "--ignore-scripts"])
            .current_dir(&folder)
            .output();
        match run {
            Ok(run) if run.status.success() => {}
            Ok(run) => {
                skip("npm", test, String::from_utf8_lossy(&run.stderr));
                return None;
            }
            Err(error) => {
                skip("npm", test, error);
                return None;
            }
        }
    }
    // What is tried is no part of the repository around it.
    fs::create_dir_all(folder.join(".git")).unwrap();
    Some(folder)
}

/// The names of the packages whose modules are loaded when the application runs.
fn really_loaded(app: &App, folder: &Path) -> BTreeSet<String> {
    let log = folder.join("loaded.txt");
    let _ = fs::remove_file(&log);
    fs::write(folder.join("hook.mjs"), HOOK).unwrap();
    for arguments in app.runs {
        let run = Command::new("node")
            .args(["--import", "./hook.mjs"])
            .args(*arguments)
            .env("LOADED", &log)
            .current_dir(folder)
            .output()
            .unwrap();
        assert!(run.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&run.stderr));
    }
    fs::remove_file(folder.join("hook.mjs")).unwrap();
    let text = fs::read_to_string(&log).unwrap();
    fs::remove_file(&log).unwrap();
    let names = text.lines().filter_map(|line| {
        let (_, below) = line.rsplit_once("node_modules/")?;
        let steps = if below.starts_with('@') { 2 } else { 1 };
        Some(below.split('/').take(steps).collect::<Vec<_>>().join("/"))
    });
    names.collect()
}

#[test]
fn no_package_is_said_not_to_be_imported_that_is_loaded() {
    for app in APPS {
        let Some(folder) = install(app, "no_package_is_said_not_to_be_imported") else { return };
        let loaded = really_loaded(app, &folder);
        assert!(loaded.len() > 3, "{}: {loaded:?}", app.name);
        let path = folder.join("package-lock.json");
        let lockfile = read_lockfile(&path).unwrap();
        let request = ImportsRequest {
            lockfile: &lockfile,
            path: &path,
            policy: &NpmPolicy::default(),
            advisories: &[],
            means: Means { unpacked: None, fetching: Fetching::Off },
            module_cache: None,
        };
        let imports = Imports::find(&request).unwrap();
        let mut cleared = BTreeSet::new();
        let mut refuted = BTreeSet::new();
        for (package, locked) in lockfile.packages.iter().enumerate() {
            if lockfile.roots.contains(&package) {
                continue;
            }
            let name = locked.id.name.as_str();
            match imports.package(&[package], Places::Open) {
                Answer::No(_) => _ = cleared.insert(name),
                Answer::Yes { .. } => _ = refuted.insert(name),
                Answer::Perhaps { .. } | Answer::NamesNothing(_) => {}
            }
            let is_cleared = cleared.contains(name) && loaded.contains(name);
            assert!(!is_cleared, "{}: {} is loaded", app.name, locked.id);
        }
        for name in app.imported {
            assert!(refuted.contains(name), "{}: {name}: {refuted:?}", app.name);
        }
        for name in app.not_imported {
            assert!(cleared.contains(name), "{}: {name}: {cleared:?}", app.name);
        }
        println!("{}: {} cleared of {}", app.name, cleared.len(), lockfile.packages.len());
    }
}
