//! Lines `key=value`, for the file named by `GITHUB_OUTPUT` and for shells
//! (GitHub documentation, "Setting an output parameter").
//!
//! Every value is one of lockgate's own words, a number, or a list of identifiers: nothing in it can end
//! a line, and no line can start a multi-line value.

use std::io;

use super::{Reporter, Style};
use crate::exit::Exit;
use crate::outcome::Outcome;
use crate::verdict::change::Change;
use crate::verdict::{DecidedFinding, Disposition};

/// A longer list would not help in a workflow; `blocking` has the number.
const MOST_ADVISORIES: usize = 100;

/// The outputs of a workflow's step. The style has no effect.
#[derive(Debug)]
pub(super) struct Outputs;

impl Reporter for Outputs {
    fn name(&self) -> &'static str {
        "outputs"
    }

    fn write(&self, outcome: &Outcome, _style: Style, out: &mut dyn io::Write) -> io::Result<()> {
        let verdict = &outcome.verdict;
        let number_of = |wanted: Disposition| of(outcome, wanted).count().to_string();
        for (key, value) in [
            ("verdict", verdict.answer.as_str().to_owned()),
            ("exit-code", Exit::from(outcome).code().to_string()),
            ("findings", verdict.findings.len().to_string()),
            ("blocking", closing(outcome).count().to_string()),
            ("tickets", number_of(Disposition::Ticket)),
            ("notes", number_of(Disposition::Note)),
            ("suppressed", number_of(Disposition::Suppressed)),
            ("not-affected", number_of(Disposition::NotAffected)),
            ("gaps", verdict.gaps.len().to_string()),
            ("blocking-advisories", blocking_advisories(outcome)),
            ("added", compared(outcome, |decided| decided.change == Some(Change::Added))),
            ("existing", compared(outcome, |decided| decided.change != Some(Change::Added))),
            ("fixed", fixed(outcome)),
        ] {
            writeln!(out, "{key}={value}")?;
        }
        Ok(())
    }
}

fn of(outcome: &Outcome, wanted: Disposition) -> impl Iterator<Item = &DecidedFinding> {
    let findings = outcome.verdict.findings.iter();
    findings.filter(move |decided| decided.disposition == wanted)
}

/// Findings that close the gate: those from before a change do not.
fn closing(outcome: &Outcome) -> impl Iterator<Item = &DecidedFinding> {
    let findings = outcome.verdict.findings.iter();
    findings.filter(|decided| decided.closes_the_gate())
}

/// The number of findings with a given relation to the change; empty if nothing was compared.
fn compared(outcome: &Outcome, is_meant: impl Fn(&DecidedFinding) -> bool) -> String {
    let findings = outcome.verdict.findings.iter();
    let number = findings.filter(|decided| is_meant(decided)).count();
    let comparison = outcome.comparison.as_ref();
    comparison.map_or_else(String::new, |_| number.to_string())
}

fn fixed(outcome: &Outcome) -> String {
    let comparison = outcome.comparison.as_ref();
    comparison.map_or_else(String::new, |comparison| comparison.fixed.len().to_string())
}

/// `RUSTSEC-2099-0001,GHSA-aaaa-bbbb-cccc`: the gravest first, without duplicates.
fn blocking_advisories(outcome: &Outcome) -> String {
    let mut ids: Vec<&str> = Vec::new();
    for decided in closing(outcome) {
        let id = decided.finding.id.as_str();
        if !ids.contains(&id) && ids.len() < MOST_ADVISORIES {
            ids.push(id);
        }
    }
    ids.join(",")
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use proptest::prelude::*;

    use super::*;
    use crate::report::sample;
    use crate::verdict::Answer;

    fn written(outcome: &Outcome) -> String {
        let mut bytes = Vec::new();
        Outputs.write(outcome, Style::PLAIN, &mut bytes).unwrap();
        String::from_utf8(bytes).unwrap()
    }

    /// The runner's interpretation of the file (actions/runner, `FileCommandManager`).
    fn read(text: &str) -> BTreeMap<&str, &str> {
        text.split(['\n', '\r'])
            .filter(|line| !line.is_empty())
            .map(|line| {
                let equals = line.find('=').unwrap();
                assert!(line.find("<<").is_none_or(|heredoc| equals < heredoc), "{line}");
                (&line[..equals], &line[equals + 1..])
            })
            .collect()
    }

    #[test]
    fn every_sample_counts_what_it_decided() {
        for (name, outcome) in sample::all() {
            let text = written(&outcome);
            let outputs = read(&text);
            let number = |key: &str| outputs[key].parse::<usize>().unwrap();
            let sorts = ["blocking", "tickets", "notes", "suppressed", "not-affected"];
            let sum: usize = sorts.into_iter().map(number).sum();
            if outcome.comparison.is_none() {
                assert_eq!(sum, number("findings"), "{name}");
                assert_eq!((outputs["added"], outputs["fixed"]), ("", ""), "{name}");
            } else {
                assert_eq!(number("added") + number("existing"), number("findings"), "{name}");
            }
            assert_eq!(outputs.len(), 13, "{name}");
            let code = match outputs["verdict"] {
                "pass" => 0,
                "block" => 1,
                _ => 3,
            };
            assert_eq!(number("exit-code"), code, "{name}");
            assert_eq!(outputs["blocking-advisories"].is_empty(), number("blocking") == 0);
        }
    }

    #[test]
    fn the_outputs_of_a_block_are_as_reviewed() {
        let outcome = sample::refuted();
        assert_eq!(outcome.verdict.answer, Answer::Block);
        assert_eq!(
            written(&outcome),
            "verdict=block\nexit-code=1\nfindings=1\nblocking=1\ntickets=0\nnotes=0\nsuppressed=0\n\
             not-affected=0\ngaps=0\nblocking-advisories=RUSTSEC-2099-0002\n\
             added=\nexisting=\nfixed=\n"
        );
    }

    proptest! {
        #[test]
        fn no_text_reaches_the_file(
            text in "(EOF|<<|=|::|\r|\n|\u{1b}|\\$\\{\\{|%0A|[a-z ]|\\PC){0,30}",
            id in "[A-Za-z0-9_.:/-]{1,128}",
        ) {
            let mut outcome = sample::refuted();
            let before = written(&outcome).lines().count();
            let decided = &mut outcome.verdict.findings[0];
            decided.finding.title.clone_from(&text);
            decided.finding.package.name = text.as_str().into();
            decided.reason.clone_from(&text);
            decided.finding.id = id.parse().unwrap();
            let text = written(&outcome);
            prop_assert_eq!(text.lines().count(), before);
            prop_assert_eq!(read(&text)["blocking-advisories"], outcome.verdict.findings[0].finding.id.as_str());
            prop_assert_eq!(read(&text)["verdict"], "block");
        }
    }
}
