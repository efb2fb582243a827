//! `lockgate suppress`: writes the strongest claim that holds into the policy.
//!
//! A claim is written only if it is upheld now, and stays written only if a check with the new policy
//! upholds it. A person's word has to be asked for by name (`--attest`).

mod choice;
mod details;
mod file;

use std::path::PathBuf;

use clap::Args;

use self::choice::Choice;
use self::details::Details;
use self::file::PolicyFile;
use super::explain::Question;
use crate::console;
use crate::exit::Exit;
use crate::pipeline::inquiry::Inquest;
use crate::policy::amendment::Amendment;
use crate::problem::Problem;
use crate::settings::CheckSettings;
use crate::verdict::Disposition;

/// Write the strongest claim that holds into the policy.
#[derive(Debug, Args)]
pub struct Suppress {
    #[command(flatten)]
    question: Question,
    #[command(flatten)]
    choice: Choice,
    #[command(flatten)]
    details: Details,
    /// Print the entry and write nothing
    #[arg(long)]
    dry_run: bool,
}

impl Suppress {
    pub(super) fn run(self) -> Exit {
        self.suppress().unwrap_or_else(|refusal| match refusal {
            Refusal::Input(problems) => console::refuse(&problems),
            Refusal::NotUpheld(problem) => {
                console::complain(&[problem]);
                Exit::Blocked
            }
            Refusal::NothingFound(exit) => exit,
        })
    }

    fn suppress(self) -> Result<Exit, Refusal> {
        let settings = self.question.settings()?;
        let inquest = self.question.ask(&settings)?;
        if inquest.trials.is_empty() {
            return Err(Refusal::NothingFound(self.question.nothing_found(&inquest)));
        }
        let chosen = self.choice.choose(&inquest.trials)?;
        console::say(&chosen.shown(console::error_style()));
        let details = self.details.complete(chosen.claim.kind)?;
        let amendment = Amendment {
            advisory: self.question.inquiry().advisory,
            package: package(&inquest),
            claim: chosen.claim,
            reviewed: chosen.reviewed,
            reason: details.reason,
            owner: details.owner,
            expires: details.expires,
        };
        let file = PolicyFile::find(&settings)?;
        let amended = file.amended(&amendment)?;
        if self.dry_run {
            console::show(&amended.entry())
                .map_err(|error| Problem::in_file("standard output", error.to_string()))?;
            return Ok(Exit::Pass);
        }
        amended.write()?;
        match self.check_again(&settings, amended.path()) {
            Ok(()) => {
                console::say(&format!(
                    "wrote {}; a check with it upholds the claim",
                    amended.place()
                ));
                Ok(Exit::Pass)
            }
            Err(refusal) => {
                amended.take_back()?;
                Err(refusal)
            }
        }
    }

    /// Whether a check with the new policy clears everything that was asked about.
    fn check_again(&self, settings: &CheckSettings, policy: PathBuf) -> Result<(), Refusal> {
        let settings = CheckSettings { policy: Some(policy), ..settings.clone() };
        let inquest = self.question.ask(&settings)?;
        let inquiry = self.question.inquiry();
        let findings = &inquest.outcome.verdict.findings;
        let mut asked =
            findings.iter().filter(|decided| inquiry.is_about(&decided.finding)).peekable();
        if asked.peek().is_none() {
            // Nothing found is nothing proved: the second check may have lost its advisories.
            return Err(Refusal::NothingFound(self.question.nothing_found(&inquest)));
        }
        match asked.find(|decided| decided.disposition != Disposition::Suppressed) {
            None => Ok(()),
            Some(decided) => {
                let package = &decided.finding.package;
                let message =
                    format!("with the new entry {package} is not cleared: {}", decided.reason);
                let problem = Problem::in_file("lockgate.toml", message)
                    .help("nothing was written; `lockgate explain` shows what each claim proves");
                Err(Refusal::NotUpheld(problem))
            }
        }
    }
}

/// The package that the entry is limited to, if all that was found is one.
fn package(inquest: &Inquest) -> Option<String> {
    let mut names = inquest.trials.iter().map(|trial| &trial.package.name);
    let first = names.next()?;
    names.all(|name| name == first).then(|| first.to_string())
}

/// Why nothing was written.
enum Refusal {
    /// An input cannot be used.
    Input(Vec<Problem>),
    /// No claim holds.
    NotUpheld(Problem),
    /// There is nothing to suppress; it was said.
    NothingFound(Exit),
}

impl From<Problem> for Refusal {
    fn from(problem: Problem) -> Self {
        Self::Input(problem.into())
    }
}

impl From<Vec<Problem>> for Refusal {
    fn from(problems: Vec<Problem>) -> Self {
        Self::Input(problems)
    }
}
