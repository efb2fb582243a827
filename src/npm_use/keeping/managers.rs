//! Commands of package managers in a job: whether they keep what is installed where it is.

use super::{Around, is_known, without_version};

/// What package managers do without sending anything but what they pack, which holds no installed package
/// that is not bundled (npm documentation, "npm publish"). pnpm's `deploy` is none of it: it puts what is
/// installed into a folder of any name.
const HARMLESS: &[&str] = &[
    "add",
    "audit",
    "cache",
    "ci",
    "clean-install",
    "config",
    "dedupe",
    "dist-tag",
    "fetch",
    "i",
    "install",
    "licenses",
    "list",
    "ls",
    "outdated",
    "pack",
    "prune",
    "publish",
    "rebuild",
    "store",
    "version",
    "view",
    "whoami",
    "why",
];

/// Scripts that npm runs by itself (npm documentation, "scripts").
const LIFECYCLE: &[&str] = &[
    "preinstall",
    "install",
    "postinstall",
    "prepublish",
    "preprepare",
    "prepare",
    "postprepare",
    "prepublishOnly",
    "prepack",
    "postpack",
    "publish",
    "postpublish",
    "preversion",
    "version",
    "postversion",
    "dependencies",
];

/// Options whose value is the next word.
const VALUED: &[&str] = &["-C", "-F", "--cwd", "--dir", "--filter", "--prefix"];

impl Around<'_> {
    pub(super) fn keeps_manager(&self, manager: &str, rest: &[&str], depth: usize) -> bool {
        let words = without_values(rest);
        let plain: Vec<&str> =
            words.iter().copied().filter(|word| !word.starts_with('-')).collect();
        let Some(verb) = plain.first() else {
            return self.keeps_lifecycle(depth);
        };
        match *verb {
            // What Bun makes of sources is called by its place.
            "test" | "build" if manager == "bun" => true,
            "test" | "t" | "tst" => self.keeps_script("test", depth),
            "start" => self.keeps_script("start", depth),
            "run" | "run-script" => {
                let end = words.iter().position(|word| *word == "--").unwrap_or(words.len());
                let given = words[..end].iter().skip_while(|word| !word.starts_with("run")).skip(1);
                let names: Vec<&str> =
                    given.copied().filter(|word| !word.starts_with('-')).collect();
                self.keep_scripts(&names, depth)
            }
            "exec" | "x" | "dlx" => {
                plain.get(1).is_some_and(|word| is_known(without_version(word)))
            }
            "workspace" if manager == "yarn" => {
                let behind = words.iter().skip_while(|word| **word != "workspace").skip(2);
                let behind: Vec<&str> = behind.copied().collect();
                depth > 1 && self.keeps_manager(manager, &behind, depth - 1)
            }
            "workspaces" if manager == "yarn" => self.keeps_in_workspaces(&plain, depth),
            verb if HARMLESS.contains(&verb) => self.keeps_lifecycle(depth),
            _ if manager == "npm" => false,
            // A script is run by its name alone, and so is the command of an installed package.
            verb if self.scripts.contains_key(verb) => self.keeps_script(verb, depth),
            verb => is_known(verb) || (manager == "bun" && self.keeps_file(verb)),
        }
    }

    fn keeps_in_workspaces(&self, plain: &[&str], depth: usize) -> bool {
        match plain.iter().position(|word| *word == "run") {
            Some(position) => self.keep_scripts(&plain[position + 1..], depth),
            None => {
                matches!(plain.get(1), Some(&("focus" | "list"))) && self.keeps_lifecycle(depth)
            }
        }
    }

    fn keeps_lifecycle(&self, depth: usize) -> bool {
        LIFECYCLE.iter().all(|name| self.keeps_commands_of(name, depth))
    }
}

/// The words without options whose value is the next word, and those values.
fn without_values<'line>(words: &[&'line str]) -> Vec<&'line str> {
    let mut kept = Vec::new();
    let mut words = words.iter();
    while let Some(word) = words.next() {
        if VALUED.contains(word) {
            words.next();
        } else {
            kept.push(*word);
        }
    }
    kept
}
