//! Says of every production package of a lockfile whether any code loads it, and counts the answers.
//!
//! `cargo run --release --example imports -- LOCKFILE`

use std::collections::BTreeMap;
use std::path::Path;

use lockgate::inside::{
    Answer, DependencyGraph, Imports, ImportsRequest, NpmPolicy, Scope, read_lockfile, scopes,
};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let path = std::env::args().nth(1).ok_or("usage: imports LOCKFILE")?;
    let path = Path::new(&path);
    let lockfile = read_lockfile(path)?;
    let scopes = scopes(&DependencyGraph::new(&lockfile));
    let policy = NpmPolicy::default();
    let request = ImportsRequest { lockfile: &lockfile, path, policy: &policy, advisories: &[] };
    let imports = Imports::find(&request).map_err(|problem| problem.to_string())?;
    let mut counts: BTreeMap<String, usize> = BTreeMap::new();
    for (package, locked) in lockfile.packages.iter().enumerate() {
        if scopes[package] != Scope::Runtime || lockfile.roots.contains(&package) {
            continue;
        }
        let (word, detail) = match imports.package(&[package]) {
            Answer::No(_) => ("no".to_owned(), String::new()),
            Answer::Yes { steps } => ("yes".to_owned(), format!("{:?}", steps.last())),
            Answer::Perhaps { why, steps, .. } => {
                (format!("perhaps, {why}"), format!("{:?}", steps.last()))
            }
        };
        println!("{}: {word} {detail}", locked.id);
        *counts.entry(word).or_default() += 1;
    }
    for (word, count) in counts {
        println!("{count:6} {word}");
    }
    Ok(())
}
