//! Whether the commands of a job keep what is installed on the machine.
//!
//! A command does so only if it is known to: it makes something out of what is there, checks it, or takes
//! it apart; it copies or sends what is named and can hold no installed package; or it runs scripts and
//! programs of the repository, which are looked at themselves.

mod managers;

use std::collections::{BTreeMap, BTreeSet};

use super::programs::{self, Programs};
use super::shell::{self, MATRIX};

/// Commands that send nothing away but what they make. Their names, as scripts spell them.
const COMMANDS: &[&str] = &[
    "actionlint",
    "apt",
    "apt-get",
    "apt-key",
    "astro",
    "attw",
    "ava",
    "awk",
    "babel",
    "base64",
    "basename",
    "benchmark",
    "biome",
    "brew",
    "c8",
    "cat",
    "cd",
    "chmod",
    "chown",
    "codecov",
    "comm",
    "commitlint",
    "corepack",
    "cspell",
    "cut",
    "cypress",
    "date",
    "df",
    "diff",
    "dirname",
    "documentation",
    "dtslint",
    "du",
    "echo",
    "esac",
    "esbuild",
    "eslint",
    "eslint_d",
    "exit",
    "export",
    "expr",
    "false",
    "free",
    "getopts",
    "grep",
    "head",
    "hostname",
    "http-server",
    "husky",
    "id",
    "is-ci",
    "jasmine",
    "jest",
    "jest-cli",
    "jq",
    "jsonlint",
    "jtr",
    "karma",
    "kill",
    "knip",
    "licensed",
    "lint-staged",
    "local",
    "ls",
    "lsb_release",
    "markdownlint",
    "markdownlint-cli2",
    "md5sum",
    "mkdir",
    "mocha",
    "ncc",
    "ng",
    "node-gyp",
    "nproc",
    "nuxt",
    "nyc",
    "oxlint",
    "parcel",
    "playwright",
    "postcss",
    "prettier",
    "printf",
    "ps",
    "publint",
    "pwd",
    "qunit",
    "react-scripts",
    "read",
    "readlink",
    "realpath",
    "return",
    "rimraf",
    "rm",
    "rollup",
    "sass",
    "sed",
    "seq",
    "set",
    "sha256sum",
    "shellcheck",
    "shift",
    "size-limit",
    "sleep",
    "sort",
    "ssh-keyscan",
    "standard",
    "stat",
    "stylelint",
    "svelte-check",
    "svelte-kit",
    "swc",
    "tail",
    "tap",
    "tape",
    "test",
    "touch",
    "tput",
    "tr",
    "trap",
    "true",
    "tsc",
    "tsd",
    "tslint",
    "tsup",
    "typedoc",
    "uname",
    "uniq",
    "unset",
    "vite",
    "vitest",
    "vue-cli-service",
    "vue-tsc",
    "wait",
    "wait-on",
    "wc",
    "webpack",
    "wget",
    "which",
    "whoami",
    "xo",
    "yamllint",
];

/// Commands that copy or send what they are given.
const CARRIERS: &[&str] = &["cp", "mv", "rsync", "scp"];

/// Commands that run a program of the repository.
const INTERPRETERS: &[&str] =
    &["node", "babel-node", "ts-node", "tsx", "bash", "sh", "source", "."];

/// Commands that run scripts, or commands that are given to them as one word.
const RUNNERS: &[&str] =
    &["concurrently", "npm-run-all", "run-p", "run-s", "start-server-and-test"];

/// Commands before a command.
const PREFIXES: &[&str] = &["sudo", "xvfb-run", "cross-env", "env", "exec", "nice", "nohup"];

/// Words of the shell before a command, or instead of one.
const KEYWORDS: &[&str] = &[
    "if", "elif", "then", "else", "while", "until", "do", "!", "time", "fi", "done", "command",
    "{", "}",
];

/// What git does that puts nothing among the files that it keeps.
const GIT: &[&str] = &[
    "branch",
    "checkout",
    "clean",
    "config",
    "describe",
    "diff",
    "fetch",
    "log",
    "ls-files",
    "push",
    "rev-parse",
    "show",
    "status",
    "submodule",
    "tag",
];

/// What stands before a folder in which something is run.
const LEADING: &[&str] = &[
    "cd ",
    "pushd ",
    "-C ",
    "--cwd ",
    "--cwd=",
    "--dir ",
    "--dir=",
    "--modules-dir ",
    "--modules-dir=",
    "--modules-folder ",
    "--modules-folder=",
    "--store-dir ",
    "--store-dir=",
    "--virtual-store-dir ",
    "--virtual-store-dir=",
    "--prefix ",
    "--prefix=",
    "working-directory: ",
];

/// Scripts call scripts; a circle is not followed further.
pub(super) const DEEPEST: usize = 8;

/// The scripts of every `package.json`, by name.
pub(super) type Scripts = BTreeMap<String, Vec<String>>;

/// What is known about the repository around a workflow.
pub(super) struct Around<'run> {
    pub(super) scripts: &'run Scripts,
    pub(super) programs: &'run Programs,
    /// The folders into which npm installs.
    pub(super) folders: &'run BTreeSet<String>,
    /// Whether git is told to pass over what is installed.
    pub(super) is_ignored: bool,
    /// The text of the workflow.
    pub(super) workflow: &'run str,
}

impl Around<'_> {
    /// Whether a path is named, and can hold nothing that is installed: no folder into which npm installs lies in
    /// it, or is it, wherever the path begins.
    pub(super) fn is_made(&self, path: &str) -> bool {
        let plain = path.strip_prefix("./").unwrap_or(path);
        let plain = plain.trim_end_matches("/*").trim_end_matches("/**").trim_end_matches('/');
        let is_named =
            plain.starts_with(|first: char| first.is_ascii_alphanumeric() || first == '_');
        let is_open = plain.contains(['$', '*', '?', '[', '{', '~', ':']) || plain.contains("..");
        let steps = format!("/{plain}/");
        let mut folders = self.folders.iter();
        let holds_manifest = folders.any(|folder| format!("/{folder}/").contains(&steps));
        let is_plain = is_named && !is_open && !plain.contains("node_modules");
        is_plain && !holds_manifest && !self.works_in(plain)
    }

    /// Whether the workflow may install something in a folder that it makes itself.
    fn works_in(&self, path: &str) -> bool {
        let first = path.split('/').next().unwrap_or(path);
        LEADING
            .iter()
            .flat_map(|before| [format!("{before}{first}"), format!("{before}./{first}")])
            .any(|place| self.workflow.contains(&place))
    }

    /// Whether every command of a script keeps what is installed where it is.
    pub(super) fn keeps(&self, script: &str, depth: usize) -> bool {
        // The uploader of reports of coverage is documented so.
        let script = script.replace("<(curl -s https://codecov.io/bash)", "codecov");
        let commands = shell::commands(&script.replace("bash codecov", "codecov"));
        depth > 0
            && commands.is_some_and(|commands| {
                commands.iter().all(|command| self.keeps_in(command, depth))
            })
    }

    fn keeps_in(&self, command: &[String], depth: usize) -> bool {
        let mut words = command.iter().map(String::as_str).skip_while(|word| {
            KEYWORDS.contains(word) || PREFIXES.contains(word) || is_assignment(word)
        });
        let Some(first) = words.next() else {
            return true;
        };
        let rest: Vec<&str> = words.collect();
        let plain: Vec<&str> = rest.iter().copied().filter(|word| !word.starts_with('-')).collect();
        match first {
            "for" | "case" | "[" | "[[" | "((" => true,
            _ if first.contains(shell::UNKNOWN) => false,
            "git" => self.keeps_git(&rest, &plain),
            "npx" | "pnpx" | "bunx" => {
                plain.first().is_some_and(|word| is_known(without_version(word)))
            }
            "npm" | "pnpm" | "yarn" | "bun" => self.keeps_manager(first, &rest, depth),
            "curl" => rest.iter().all(|word| !sends(word)),
            "tar" => rest.first().is_some_and(|mode| programs::unpacks(mode)),
            "tee" => plain.iter().all(|path| !path.contains("node_modules")),
            "wget" => {
                !rest.iter().any(|word| word.starts_with("--post") || word.starts_with("--body"))
            }
            "find" => !rest.iter().any(|word| word.starts_with("-exec") || word.starts_with("-ok")),
            "install" => rest.contains(&"--directory") || rest.contains(&"-d"),
            "zip" => plain.iter().all(|path| self.is_made(path)),
            "gulp" => self.programs.keeps_modules("gulpfile"),
            "grunt" => self.programs.keeps_modules("Gruntfile"),
            _ if CARRIERS.contains(&first) => self.carries_what_was_made(&rest, &plain),
            _ if INTERPRETERS.contains(&first) => self.keeps_program(&rest, &plain, depth),
            _ if RUNNERS.contains(&first) => {
                plain.iter().all(|word| self.keeps_script_or_command(word, depth))
            }
            _ if is_known(first) => true,
            _ => first.contains('/') && self.keeps_file(first),
        }
    }

    /// A program of the repository, or the command of an installed package by its path.
    fn keeps_file(&self, path: &str) -> bool {
        match path.split_once("node_modules/") {
            Some((_, installed)) => {
                let installed = installed.strip_prefix(".bin/").unwrap_or(installed);
                is_known(installed.split('/').next().unwrap_or(installed))
            }
            None => self.programs.keeps_modules(path),
        }
    }

    fn keeps_program(&self, rest: &[&str], plain: &[&str], depth: usize) -> bool {
        let position = rest.iter().position(|word| matches!(*word, "-e" | "-c" | "-p" | "--eval"));
        if let Some(position) = position {
            let text = rest.get(position + 1).copied().unwrap_or_default();
            if matches!(rest[position], "-c") {
                return self.keeps(text, depth - 1);
            }
            let mut paths = text.split(['"', '\'', '`']).filter(|part| part.starts_with("./"));
            return !programs::carries(text) && paths.all(|path| self.keeps_file(path));
        }
        plain.first().is_some_and(|path| self.keeps_file(path))
    }

    /// What git adds is what it does not pass over; what it sends is what it keeps.
    fn keeps_git(&self, rest: &[&str], plain: &[&str]) -> bool {
        let is_forced = || {
            let is_short = |word: &str| word.starts_with('-') && !word.starts_with("--");
            let mut words = rest.iter();
            words.any(|word| *word == "--force" || (is_short(word) && word.contains('f')))
        };
        match plain.first() {
            Some(&("add" | "commit" | "stash")) => self.is_ignored && !is_forced(),
            Some(verb) => GIT.contains(verb),
            None => true,
        }
    }

    /// Whether the scripts among some words are harmless; a name that only the run knows may be that of
    /// any that the workflow names, or of any at all.
    fn keep_scripts(&self, names: &[&str], depth: usize) -> bool {
        if names.iter().any(|name| name.contains([shell::UNKNOWN, '*'])) {
            let is_of_matrix = |name: &&str| !name.contains(shell::UNKNOWN) || **name == *MATRIX;
            let is_computed = self.workflow.to_ascii_lowercase().contains("fromjson")
                || !names.iter().all(is_of_matrix);
            let mut all = self.scripts.keys();
            return all.all(|name| {
                let may_be = is_computed || self.workflow.contains(name.as_str());
                !may_be || self.keeps_script(name, depth)
            });
        }
        let known: Vec<&&str> =
            names.iter().filter(|name| self.scripts.contains_key(**name)).collect();
        !known.is_empty() && known.iter().all(|name| self.keeps_script(name, depth))
    }

    /// A word that is given to a program which runs scripts and commands.
    fn keeps_script_or_command(&self, word: &str, depth: usize) -> bool {
        let name = word.strip_prefix("npm:").unwrap_or(word);
        if self.scripts.contains_key(name) {
            return self.keeps_script(name, depth);
        }
        if name.contains('*') {
            let mut all = self.scripts.keys();
            return all.all(|name| self.keeps_script(name, depth));
        }
        // Names for people are words that run nothing, which no command of several words is.
        !name.contains(' ') || self.keeps(name, depth - 1)
    }

    /// Whether a script of any manifest, with what npm runs before and after it, is harmless.
    fn keeps_script(&self, name: &str, depth: usize) -> bool {
        [format!("pre{name}"), name.to_owned(), format!("post{name}")]
            .iter()
            .all(|name| self.keeps_commands_of(name, depth))
    }

    fn keeps_commands_of(&self, name: &str, depth: usize) -> bool {
        let mut commands = self.scripts.get(name).into_iter().flatten();
        commands.all(|command| self.keeps(command, depth - 1))
    }

    /// Whether everything but the place where it goes is named and made.
    fn carries_what_was_made(&self, rest: &[&str], plain: &[&str]) -> bool {
        let names_target_first = rest.iter().any(|word| {
            word.starts_with("--t")
                || word.contains("from")
                || (word.starts_with("-t") && !word.starts_with("--"))
        });
        let Some((_, sources)) = plain.split_last() else {
            return false;
        };
        !names_target_first && !sources.is_empty() && sources.iter().all(|path| self.is_made(path))
    }
}

fn is_known(command: &str) -> bool {
    COMMANDS.contains(&command.rsplit('/').next().unwrap_or(command))
}

fn without_version(name: &str) -> &str {
    name.split('@').next().unwrap_or(name)
}

/// Whether an option of `curl` sends a file (curl manual page).
fn sends(word: &str) -> bool {
    let is_long = ["--upload", "--form", "--data", "--json", "--config"]
        .iter()
        .any(|option| word.starts_with(option));
    let is_short =
        word.starts_with('-') && !word.starts_with("--") && word.contains(['T', 'F', 'd', 'K']);
    is_long || is_short
}

fn is_assignment(word: &str) -> bool {
    let name = word.split_once('=').map(|(name, _)| name);
    name.is_some_and(|name| {
        !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
    })
}
