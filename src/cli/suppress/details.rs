//! What only a person can say: why, who answers for it, and until when. Asked for on a terminal where
//! it was not typed.

use std::io::{self, BufRead, IsTerminal, Write};

use clap::Args;
use jiff::civil::Date;

use super::Refusal;
use crate::policy::ClaimKind;
use crate::problem::Problem;

/// What was typed.
#[derive(Debug, Args)]
pub(super) struct Details {
    /// Why, in your words
    #[arg(long, value_name = "TEXT")]
    reason: Option<String>,
    /// Who answers for it, such as @acme/security
    #[arg(long, value_name = "WHO")]
    owner: Option<String>,
    /// The last day on which it counts, such as 2027-01-31
    #[arg(long, value_name = "DATE")]
    expires: Option<Date>,
}

/// What is written.
pub(super) struct Complete {
    pub(super) reason: String,
    pub(super) owner: Option<String>,
    pub(super) expires: Option<Date>,
}

impl Details {
    /// Asks for what is missing. A person's word needs all three.
    pub(super) fn complete(&self, claim: ClaimKind) -> Result<Complete, Refusal> {
        let is_word = claim.row().is_word;
        let mut person = Person { is_there: io::stdin().is_terminal() };
        let reason = match &self.reason {
            Some(reason) => Some(reason.clone()),
            None => person.ask("Why? (in a sentence)")?,
        };
        let owner = match &self.owner {
            Some(owner) => Some(owner.clone()),
            None => person.ask(if is_word {
                "Who answers for it?"
            } else {
                "Who answers for it? (may be left empty)"
            })?,
        };
        let expires = match self.expires {
            Some(date) => Some(date),
            None => person.ask_date(if is_word {
                "Until when does it count? (YYYY-MM-DD, at most 180 days ahead)"
            } else {
                "Until when does it count? (YYYY-MM-DD, may be left empty)"
            })?,
        };
        let mut missing = Vec::new();
        if reason.is_none() {
            missing.push("--reason");
        }
        if is_word && owner.is_none() {
            missing.push("--owner");
        }
        if is_word && expires.is_none() {
            missing.push("--expires");
        }
        match reason {
            Some(reason) if missing.is_empty() => Ok(Complete { reason, owner, expires }),
            _ => Err(is_missing(&missing).into()),
        }
    }
}

fn is_missing(options: &[&str]) -> Problem {
    let message = format!("it takes {} to write it down", options.join(" and "));
    Problem::in_file("lockgate suppress", message)
        .help("say it on the command line; on a terminal lockgate asks for it")
}

/// Whoever sits at the terminal.
struct Person {
    is_there: bool,
}

impl Person {
    /// The answer; `None` if nobody is there or nothing was said.
    fn ask(&mut self, question: &str) -> Result<Option<String>, Problem> {
        if !self.is_there {
            return Ok(None);
        }
        let mut answer = String::new();
        let asked = write!(io::stderr(), "{question} ").and_then(|()| io::stderr().flush());
        asked
            .and_then(|()| io::stdin().lock().read_line(&mut answer))
            .map_err(|error| Problem::in_file("the terminal", error.to_string()))?;
        let answer = answer.trim();
        Ok((!answer.is_empty()).then(|| answer.to_owned()))
    }

    fn ask_date(&mut self, question: &str) -> Result<Option<Date>, Problem> {
        let Some(answer) = self.ask(question)? else {
            return Ok(None);
        };
        answer.parse().map(Some).map_err(|error| {
            Problem::in_file("the terminal", format!("`{answer}` is no date: {error}"))
        })
    }
}
