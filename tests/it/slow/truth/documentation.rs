//! `docs/truth.md`: what was measured, a row for each way.

use std::fmt::Write as _;
use std::fs;

use crate::harness::repository;
use crate::skip::skip;

use super::measured::{MEASURED, Measured, Measurement, Said};

/// The variable with which the file is written instead of compared.
const WRITE: &str = "LOCKGATE_WRITE_TRUTH";

/// What is counted of some cases.
#[derive(Default)]
struct Counts {
    positives: usize,
    is_run: usize,
    loaded: usize,
    unknown: usize,
    not_loaded: usize,
    twins: usize,
    proven: usize,
}

impl Counts {
    fn of(measured: &Measured, is_counted: impl Fn(&Measurement) -> bool) -> Self {
        let mut counts = Self::default();
        for it in measured.positives.iter().filter(|it| is_counted(it)) {
            counts.positives += 1;
            counts.is_run += usize::from(it.loads_what_it_says);
            match it.said {
                Said::Loaded => counts.loaded += 1,
                Said::Unknown => counts.unknown += 1,
                Said::NotLoaded => counts.not_loaded += 1,
            }
        }
        for it in measured.twins.iter().filter(|it| is_counted(it)) {
            counts.twins += 1;
            counts.proven += usize::from(it.said == Said::NotLoaded);
        }
        counts
    }

    fn row(&self, name: &str) -> String {
        let Self { positives, is_run, loaded, unknown, not_loaded, twins, proven } = self;
        format!(
            "| {name} | {positives} | {is_run} | {loaded} | {unknown} | {not_loaded} | {proven} of {twins} |\n"
        )
    }
}

fn document(measured: &Measured) -> String {
    let tables = &measured.tables;
    let rewritings = tables.strings.len()
        + tables.literals.len()
        + tables.loaders.len()
        + tables.wrappers.len()
        + tables.places.len()
        + super::forms::FORMS.len();
    let ways = tables.ways.len();
    let mut text = format!(
        "# `not-imported` beside Node.js\n\n\
         What Node.js really loads must never be said not to be loaded. These repositories load a package called `glim`: {ways} ways \
         to load it,\neach as it is and written differently in some of {rewritings} manners, alone or two at a time. Node.js ran every one of them, and \
         the package\nwas loaded. Their twins are the same repositories with the name of another package: Node.js ran them too, and `glim` was not loaded.\n\n\
         - **refuted**: lockgate says that the package is used\n\
         - **unknown**: lockgate does not know; that clears nothing\n\
         - **cleared**: lockgate says of the package, or of its module that is loaded, that nothing loads it. Has to be 0\n\
         - **twins**: of how many lockgate says so rightly\n\n\
         The ways and the manners are tables in `fixtures/truth/`. The table below is written by\n\n\
         ```bash\n{WRITE}=1 cargo test --test it -- slow::truth::documentation\n```\n\n\
         and the same test without the variable fails where it is not what is measured.\n"
    );
    let head = "positives | run by Node.js | refuted | unknown | cleared | twins |\n\
                | --- | --- | --- | --- | --- | --- | --- |\n";
    write!(text, "\n| all | {head}").unwrap();
    text.push_str(&Counts::of(measured, |_| true).row("together"));
    let mut group = "";
    for (position, way) in tables.ways.iter().enumerate() {
        if way.group != group {
            group = &way.group;
            write!(text, "\n| {group} | {head}").unwrap();
        }
        text.push_str(&Counts::of(measured, |it| it.way == position).row(&way.name));
    }
    text
}

#[test]
fn the_document_says_what_is_measured() {
    if !MEASURED.positives.iter().all(|it| it.is_run) {
        skip("node", "docs/truth.md", "what is measured needs Node.js");
        return;
    }
    let path = repository().join("docs/truth.md");
    let document = document(&MEASURED);
    #[expect(clippy::disallowed_methods, reason = "who runs the tests says whether to write")]
    if std::env::var_os(WRITE).is_some() {
        fs::write(&path, &document).unwrap();
    }
    let written = fs::read_to_string(&path).unwrap_or_default();
    let differs = written.lines().zip(document.lines()).find(|(written, line)| written != line);
    assert!(
        written == document,
        "docs/truth.md is not what is measured, {differs:?}: write it with {WRITE}=1"
    );
}
