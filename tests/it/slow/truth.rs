//! `not-imported` beside Node.js: what it really loads is never said not to be loaded.
//!
//! Some thousand small repositories load a package, each in another way or written differently (`fixtures/truth/`), and
//! Node.js runs them all. Their twins load another package instead, and show how often nothing is found.

mod case;
mod choice;
mod command_line;
mod disk;
mod documentation;
mod forms;
mod measured;
mod node;
mod project;
mod rewriting;
mod tables;

use self::measured::{MEASURED, Measurement, Said};

/// Everything that is wrong, and how much that is.
fn assert_none(wrong: &[String], what: &str) {
    let shown = wrong.iter().take(60).cloned().collect::<Vec<_>>().join("\n");
    assert!(wrong.is_empty(), "{} {what}:\n{shown}", wrong.len());
}

#[test]
fn there_are_thousands_of_cases() {
    assert!(MEASURED.positives.len() >= 3_000, "{}", MEASURED.positives.len());
    assert!(MEASURED.twins.len() >= 500, "{}", MEASURED.twins.len());
}

#[test]
fn every_case_really_loads_what_it_says() {
    let all = MEASURED.positives.iter().chain(&MEASURED.twins);
    let not_loaded = all.filter(|it| it.is_run && !it.loads_what_it_says).map(|it| {
        let error = it.error.lines().next().unwrap_or_default();
        format!("{}: loads {:?}, {error}", it.name, it.loaded)
    });
    assert_none(&not_loaded.collect::<Vec<_>>(), "do not load what they say");
}

#[test]
fn what_node_loads_is_never_said_not_to_be_loaded() {
    let cleared = MEASURED.positives.iter().filter(|it| it.said == Said::NotLoaded);
    assert_none(&cleared.map(Measurement::shown).collect::<Vec<_>>(), "are said not to be loaded");
}

#[test]
fn what_is_not_loaded_is_never_said_to_be_loaded() {
    let wrong = MEASURED.twins.iter().filter(|it| it.said == Said::Loaded);
    assert_none(&wrong.map(Measurement::shown).collect::<Vec<_>>(), "are said to be loaded");
}
