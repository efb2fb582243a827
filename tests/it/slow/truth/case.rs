//! One small repository in which Node.js loads the package `glim`, or another one instead of it.

use std::collections::BTreeMap;
use std::path::Path;

use super::choice::{Choice, choices};
use super::project::complete;
use super::rewriting::{OTHER, TARGET};
use super::tables::{Language, Tables, Way};

/// Of how many cases one has a twin.
const TWINS: usize = 7;

/// The texts of files, or where links lead to, by path.
pub(super) type Files = BTreeMap<String, String>;

/// A repository, and what is run in it.
pub(super) struct Case {
    /// The position of its way in the tables.
    pub(super) way: usize,
    /// What is written differently than the table of the way says.
    pub(super) rewriting: String,
    pub(super) files: Files,
    pub(super) links: Files,
    pub(super) start: Start,
}

/// What Node.js is started with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Start {
    /// A module of `CommonJS` that may be loaded beside those of other cases.
    CommonJs(String),
    /// One of ECMAScript.
    Ecma(String),
    /// A command in a process of its own.
    Command(String),
}

/// Every case that loads the package.
pub(super) fn positives(tables: &Tables) -> Vec<Case> {
    cases(tables, TARGET, 1)
}

/// Some of the same repositories, with the name of another package.
pub(super) fn twins(tables: &Tables) -> Vec<Case> {
    cases(tables, OTHER, TWINS)
}

fn cases(tables: &Tables, package: &str, step: usize) -> Vec<Case> {
    let ways = tables.ways.iter().enumerate();
    let ways = ways.filter(|(_, way)| package == TARGET || way.has_twin);
    let cases = ways.flat_map(|(position, way)| {
        let choices = choices(tables, position, way).into_iter().step_by(step);
        choices.map(move |choice| case(position, way, &choice, package))
    });
    cases.collect()
}

fn case(position: usize, way: &Way, choice: &Choice<'_>, package: &str) -> Case {
    let swapped = |text: &str| text.replace(TARGET, package);
    let mut files = files_of(way, choice, package);
    let mut links = way.links.clone();
    let mut members = vec![swapped(&way.manifest)];
    let own = way.file.clone().unwrap_or_else(|| own_file(way.language).to_owned());
    let (mut entry, mut code) = (own.clone(), own);
    if let Some(place) = choice.place {
        code.clone_from(&place.file);
        entry.clone_from(&place.entry);
        files.extend(place.files.iter().map(|(path, text)| (path.clone(), swapped(text))));
        links.extend(place.links.clone());
        members.push(place.manifest.clone());
    }
    if way.language != Language::Files {
        let text = choice.written.code(&swapped(&way.head), &swapped(&way.body));
        let text = match choice.form {
            Some(form) => (form.write)(&text),
            None => text,
        };
        files.insert(code, text);
    }
    let start = match &way.run {
        Some(run) => Start::Command(swapped(run)),
        None if way.language == Language::CommonJs && !is_ecma(&entry) => {
            Start::CommonJs(entry.clone())
        }
        None => Start::Ecma(entry.clone()),
    };
    members.retain(|members| !members.is_empty());
    complete(&mut files, &links, package, &entry, &members);
    Case { way: position, rewriting: choice.name(), files, links, start }
}

/// The files of a way. What lies in the package lies in the other one as well.
fn files_of(way: &Way, choice: &Choice<'_>, package: &str) -> Files {
    let mut files = Files::new();
    for (path, text) in &way.files {
        let is_of_target = path.starts_with(&format!("node_modules/{TARGET}/"));
        if is_of_target {
            let text = choice.written.file(text);
            files.insert(path.replace(TARGET, OTHER), text.replace(TARGET, OTHER));
            files.insert(path.clone(), text);
        } else {
            files.insert(path.clone(), choice.written.file(&text.replace(TARGET, package)));
        }
    }
    files
}

fn is_ecma(entry: &str) -> bool {
    Path::new(entry).extension().is_some_and(|ending| ending == "mjs")
}

/// Where the code of a language stands.
fn own_file(language: Language) -> &'static str {
    match language {
        Language::CommonJs | Language::Files => "app.js",
        Language::Ecma => "app.mjs",
        Language::TypeScript => "app.mts",
    }
}
