//! `lockgate explain`: everything known about one advisory.

use std::collections::BTreeSet;
use std::path::PathBuf;

use clap::Args;

use super::{InputArguments, db};
use crate::advisory_id::AdvisoryId;
use crate::console;
use crate::exit::Exit;
use crate::outcome::Outcome;
use crate::pipeline;
use crate::pipeline::inquiry::{Inquest, Inquiry, Trying};
use crate::pipeline::refresh::Surroundings;
use crate::policy::PackageSpec;
use crate::problem::Problem;
use crate::report;
use crate::settings::CheckSettings;

/// Say everything that is known about one advisory: paths, claims, ways out.
#[derive(Debug, Args)]
pub struct Explain {
    #[command(flatten)]
    question: Question,
}

/// Which findings are meant, and where.
#[derive(Debug, Args)]
pub(super) struct Question {
    /// The advisory, under any of its names
    #[arg(value_name = "ADVISORY")]
    advisory: AdvisoryId,
    /// The package, where the advisory is about several: `rsa` or `rsa@<0.10`
    #[arg(value_name = "PACKAGE")]
    package: Option<PackageSpec>,
    /// A folder to search or a lockfile; repeatable [default: the current folder]
    #[arg(long = "path", value_name = "PATH")]
    paths: Vec<PathBuf>,
    #[command(flatten)]
    input: InputArguments,
}

impl Question {
    pub(super) fn inquiry(&self) -> Inquiry {
        Inquiry { advisory: self.advisory.clone(), package: self.package.clone() }
    }

    pub(super) fn settings(&self) -> Result<CheckSettings, Problem> {
        self.input.settings(&self.paths)
    }

    /// Checks, and tries every claim.
    pub(super) fn ask(&self, settings: &CheckSettings) -> Result<Inquest, Vec<Problem>> {
        let observer = db::ConsoleObserver::new();
        let surroundings = Surroundings { connect: &db::network, observer: &observer };
        let inquiry = self.inquiry();
        let inquest = pipeline::run(settings, &surroundings, Trying::Everything(&inquiry))?;
        if inquest.outcome.unreadable.is_empty() {
            Ok(inquest)
        } else {
            Err(inquest.outcome.unreadable)
        }
    }

    /// Says that nothing was found. Where something was not known, that is no answer.
    pub(super) fn nothing_found(&self, inquest: &Inquest) -> Exit {
        console::complain(&[self.not_about(&inquest.outcome)]);
        if inquest.outcome.verdict.gaps.is_empty() {
            return Exit::InvalidInput;
        }
        let gaps = &inquest.outcome.verdict.gaps;
        let style = console::error_style();
        let gaps = gaps.iter().map(|gap| crate::diagnostic::render_gap(gap, style));
        console::say(&gaps.collect::<Vec<_>>().join("\n"));
        Exit::Indeterminate
    }

    /// Why nothing was found: nothing is affected, or other packages than the one that is meant.
    fn not_about(&self, outcome: &Outcome) -> Problem {
        let found = outcome.verdict.findings.iter();
        let affected: BTreeSet<String> = found
            .map(|decided| &decided.finding)
            .filter(|finding| finding.identifiers().contains(&self.advisory))
            .map(|finding| finding.package.to_string())
            .collect();
        let (message, help) = match &self.package {
            Some(package) if !affected.is_empty() => {
                let affected: Vec<_> = affected.into_iter().collect();
                (
                    format!("{} affects {}, not `{package}`", self.advisory, affected.join(", ")),
                    "name one of these or leave the package out; a folder stands after --path",
                )
            }
            _ => (
                format!("no locked package is affected by {}", self.advisory),
                "`lockgate check` lists what was found",
            ),
        };
        Problem::in_file(self.advisory.as_str(), message).help(help)
    }
}

impl Explain {
    pub(super) fn run(self) -> Exit {
        let asked = self
            .question
            .settings()
            .map_err(Vec::from)
            .and_then(|settings| self.question.ask(&settings));
        let inquest = match asked {
            Ok(inquest) => inquest,
            Err(problems) => return console::refuse(&problems),
        };
        let (outcome, trials) = (&inquest.outcome, &inquest.trials);
        let style = console::output_style();
        let Some(text) = report::explain(outcome, trials, &self.question.advisory, style) else {
            return self.question.nothing_found(&inquest);
        };
        match console::show(&text) {
            Ok(()) => Exit::Pass,
            Err(error) => {
                let problem = Problem::in_file("standard output", error.to_string());
                console::complain(&[problem]);
                Exit::Internal
            }
        }
    }
}
