//! Programs of a repository, and whether running them may carry off what is installed.
//!
//! A program is judged by its text and by that of every file it may lead to: words that pack, copy or
//! send, whatever they are called there, make it doubtful.

use std::collections::{BTreeMap, BTreeSet};

use super::leads;

/// Words of code and scripts that pack, copy as a whole, or send files. One word too many costs a proof,
/// not the truth.
const CARRYING: &[&str] = &[
    "7z",
    "adm-zip",
    "appdmg",
    "archiver",
    "asar",
    "aws",
    "aws-sdk",
    "az",
    "azcopy",
    "basic-ftp",
    "bestzip",
    "buildah",
    "caxa",
    "cdk",
    "compressing",
    "containerd",
    "copydir",
    "copysync",
    "cp",
    "cpdir",
    "cpio",
    "cpr",
    "cpsync",
    "cpx",
    "dmg",
    "docker",
    "dockerode",
    "electron",
    "eas",
    "fflate",
    "firebase",
    "fly",
    "flyctl",
    "ftp",
    "gcloud",
    "gh-pages",
    "ghcr",
    "gsutil",
    "heroku",
    "jszip",
    "kaniko",
    "kubectl",
    "lftp",
    "msbuild",
    "ncp",
    "netlify",
    "nexe",
    "nfpm",
    "oras",
    "ovsx",
    "pkg",
    "podman",
    "pulumi",
    "putobject",
    "rclone",
    "recursive-copy",
    "rsync",
    "s3",
    "scp",
    "serverless",
    "sftp",
    "shx",
    "skopeo",
    "snapcraft",
    "sls",
    "ssh",
    "ssh2",
    "surge",
    "tar",
    "tar-fs",
    "tar-stream",
    "terraform",
    "uploadreleaseasset",
    "vercel",
    "vsce",
    "wrangler",
    "yauzl",
    "yazl",
    "zip",
    "zip-a-folder",
    "zip-folder",
    "zipfile",
];

/// The programs, by their path.
#[derive(Debug, Default)]
pub(super) struct Programs {
    known: BTreeMap<String, Program>,
    /// The paths of the programs, by each of their steps.
    by_step: BTreeMap<String, BTreeSet<String>>,
}

#[derive(Debug)]
struct Program {
    carries: bool,
    /// The paths that it names.
    names: BTreeSet<String>,
}

impl Programs {
    /// Takes in a file.
    pub(super) fn add(&mut self, path: &str, text: &str) {
        let words = leads::quoted(text).flat_map(str::split_whitespace);
        let names = words.filter(|word| names_program(word)).map(str::to_owned).collect();
        for step in path.split('/') {
            let paths = self.by_step.entry(stem(step).to_owned()).or_default();
            paths.insert(path.to_owned());
        }
        let program = Program { carries: carries(text), names };
        self.known.insert(path.to_owned(), program);
    }

    /// Whether a program is known, and keeps what is installed where it is, with all that it leads to.
    /// It is looked for below every folder, and under the name that it had before it was compiled.
    pub(super) fn keeps_modules(&self, path: &str) -> bool {
        let Some(end) = end(path) else {
            return false;
        };
        let mut first = self.ending_so(&end);
        if first.is_empty() {
            let below = end.split_once('/').map(|(_, below)| below);
            first = below.map(|below| self.ending_so(below)).unwrap_or_default();
        }
        let mut pending: Vec<&str> = first;
        if pending.is_empty() {
            return false;
        }
        let mut seen: BTreeSet<&str> = BTreeSet::new();
        while let Some(path) = pending.pop() {
            if !seen.insert(path) {
                continue;
            }
            let program = &self.known[path];
            if program.carries {
                return false;
            }
            let names = program.names.iter();
            pending.extend(names.flat_map(|name| self.led_to(path, name)));
        }
        true
    }

    /// What a name in a program may stand for: a file beside it or below the root, else any that ends so.
    fn led_to(&self, path: &str, name: &str) -> Vec<&str> {
        let Some(named) = end(name) else {
            return Vec::new();
        };
        let folder = path.rsplit_once('/').map_or("", |(folder, _)| folder);
        let is_open = |character: char| "$*{".contains(character);
        let closed = name.split(is_open).next().unwrap_or(name);
        let exact = [normal(folder, closed), normal("", closed)];
        let (beside, others): (Vec<&str>, Vec<&str>) =
            self.ending_so(&named).into_iter().partition(|path| {
                let mut exact = exact.iter();
                exact.any(|exact| leads::begins_so(path, exact))
            });
        // A file may be started from any folder; what is imported lies where its path says.
        let may_be_started = name.starts_with('.') && is_file(name);
        if beside.is_empty() && may_be_started { others } else { beside }
    }

    fn ending_so(&self, end: &str) -> Vec<&str> {
        let last = end.rsplit('/').next().unwrap_or(end);
        let paths = self.by_step.get(stem(last)).into_iter().flatten();
        paths.map(String::as_str).filter(|path| leads::ends_so(path, end)).collect()
    }
}

fn names_program(word: &str) -> bool {
    !word.contains("://") && (word.contains('/') || is_file(word))
}

fn is_file(word: &str) -> bool {
    let ending = word.rsplit_once('.').map(|(_, ending)| ending);
    ending.is_some_and(|ending| ["sh", "js", "mjs", "cjs", "ts", "py"].contains(&ending))
}

/// Where a relative path leads from a folder.
fn normal(folder: &str, path: &str) -> String {
    let mut steps: Vec<&str> = Vec::new();
    for step in folder.split('/').chain(path.split('/')) {
        match step {
            "" | "." => {}
            ".." => {
                steps.pop();
            }
            step => steps.push(step),
        }
    }
    steps.join("/")
}

/// A step of a path up to its first dot.
fn stem(step: &str) -> &str {
    let dot = step.char_indices().skip(1).find(|(_, character)| *character == '.');
    dot.map_or(step, |(place, _)| &step[..place])
}

/// A path without the steps that say where it begins. `None` for one that only the run knows.
fn end(path: &str) -> Option<String> {
    let steps = path.split('/');
    let named = steps.skip_while(|step| matches!(*step, "" | "." | ".."));
    let named: Vec<&str> = named.take_while(|step| !step.contains(['$', '*', '{'])).collect();
    (!named.is_empty()).then(|| named.join("/"))
}

/// Whether a text has a word that packs, copies or sends.
pub(super) fn carries(text: &str) -> bool {
    let is_of_word = |character: char| character.is_alphanumeric() || "-_".contains(character);
    let mut words = text
        .split(|character: char| !is_of_word(character))
        .filter(|word| !word.is_empty())
        .peekable();
    if text.contains("copy(") {
        return true;
    }
    let runs_children = ["cp from 'child_process'", "cp from \"child_process\""]
        .iter()
        .any(|import| text.contains(import));
    while let Some(word) = words.next() {
        let next = words.peek().copied().unwrap_or_default();
        // An archive that is taken apart carries nothing away, and neither does its name.
        let is_harmless = match word {
            "tar" => unpacks(next) || ["gz", "xz", "bz2"].contains(&next),
            // What is often called so starts programs.
            "cp" => runs_children && !next.starts_with('-'),
            _ => false,
        };
        let word = word.trim_start_matches('-').to_ascii_lowercase();
        if !is_harmless && CARRYING.contains(&word.as_str()) {
            return true;
        }
    }
    false
}

/// Whether a mode of `tar` takes an archive apart (GNU tar manual).
pub(super) fn unpacks(mode: &str) -> bool {
    let letters = mode.trim_start_matches('-');
    letters.len() < 8
        && letters.contains(['x', 't'])
        && !letters.contains(['c', 'r', 'u', 'A'])
        && letters.chars().all(|letter| "xtvzjJfpmOkC".contains(letter))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_program_is_judged_with_what_it_leads_to() {
        let mut programs = Programs::default();
        programs.add("bin/check.js", "import { read } from './lib/read.js';");
        programs.add("bin/lib/read.js", "export const read = 1;");
        programs.add("bin/ship.js", "require('./lib/pack')");
        programs.add("bin/lib/pack.ts", "import archiver from 'archiver';");
        programs.add("bin/fetch.sh", "tar -xzf tool.tar.gz");
        programs.add("lib/index.js", "import './deep/index.js'");
        programs.add("lib/deep/index.js", "import cp from 'child_process';");
        programs.add("test/deep/index.js", "exec('cp -r . out')");
        programs.add("docs/make.js", "write(`../build/${name}`)");
        programs.add("docker/build", "docker build .");
        programs.add("bin/send.sh", "curl -T x host; TAR=1");
        for (path, keeps) in [
            ("./bin/check.js", true),
            ("bin/check", true),
            ("lib/lib/read.js", true),
            ("bin/fetch.sh", true),
            ("lib/index.js", true),
            ("test/deep/index.js", false),
            ("docs/make.js", true),
            ("bin/ship.js", false),
            ("bin/send.sh", false),
            ("bin/other.js", false),
            ("$FILE", false),
            ("../", false),
        ] {
            assert_eq!(programs.keeps_modules(path), keeps, "{path}");
        }
    }
}
