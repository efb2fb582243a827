//! Findings from before the checked change, findings that it fixes, and its changes to the policy.

use super::page::Section;
use super::table;
use crate::facts;
use crate::markdown::escape;
use crate::outcome::Outcome;
use crate::policy::change::PolicyChange;
use crate::report::group::Group;
use crate::report::words;
use crate::terminal::one_line;
use crate::verdict::change::FixedFinding;

const LINES: usize = 30;
const TEXT_LIMIT: usize = 300;

/// The change's effects on the policy, near the top, because a person has to approve some of them.
pub(super) fn policy(outcome: &Outcome) -> Section {
    let changes = outcome.comparison.iter();
    let changes = changes.flat_map(|comparison| &comparison.policy_changes);
    Section {
        heading: "### Policy changes\n\n".into(),
        items: changes.map(policy_line).collect(),
        end: String::new(),
        most: LINES,
        what: "policy changes",
    }
}

fn policy_line(change: &PolicyChange) -> String {
    let PolicyChange { effect, text, location } = change;
    let place = location.as_ref().map_or_else(String::new, |place| {
        format!(" ({})", escape::code(&one_line(&place.to_string(), TEXT_LIMIT)))
    });
    let text = escape::prose(&one_line(text, TEXT_LIMIT));
    format!("- **{}** {text}{place}: _{}_\n", effect.as_str(), effect.meaning())
}

/// Findings from before, folded.
pub(super) fn before(groups: &[Group<'_>]) -> Section {
    let shown =
        groups.iter().filter(|group| group.was_there_before() && !group.disposition().is_cleared());
    let items: Vec<String> = shown.map(table::row).collect();
    Section {
        heading: format!(
            "<details>\n<summary>{}: {}</summary>\n\n{}",
            capital(words::BEFORE),
            items.len(),
            table::HEAD
        ),
        items,
        end: "\n</details>\n".into(),
        most: LINES,
        what: "advisories that were there before",
    }
}

/// Findings that are fixed.
pub(super) fn fixed(outcome: &Outcome) -> Section {
    let fixed = outcome.comparison.iter().flat_map(|comparison| &comparison.fixed);
    Section {
        heading: format!("### {}\n\n", capital(words::FIXED)),
        items: fixed.map(fixed_line).collect(),
        end: String::new(),
        most: LINES,
        what: "fixed findings",
    }
}

/// Findings that are not matched any more.
pub(super) fn unmatched(outcome: &Outcome) -> Section {
    let unmatched = outcome.comparison.iter().flat_map(|comparison| &comparison.unmatched);
    let line = |finding: &FixedFinding| {
        format!("{}, {}\n", fixed_line(finding).trim_end(), words::moved(finding))
    };
    Section {
        heading: format!("### {}\n\n", capital(words::UNMATCHED)),
        items: unmatched.map(line).collect(),
        end: String::new(),
        most: LINES,
        what: "findings that are not looked at any more",
    }
}

fn fixed_line(fixed: &FixedFinding) -> String {
    let FixedFinding { id, package, title, lockfile, .. } = fixed;
    format!(
        "- {} {} in {}: {}\n",
        escape::code(&one_line(id.as_str(), TEXT_LIMIT)),
        escape::code(&facts::package(package)),
        escape::code(&one_line(lockfile, TEXT_LIMIT)),
        escape::prose(&one_line(title, TEXT_LIMIT)),
    )
}

fn capital(text: &str) -> String {
    let mut characters = text.chars();
    characters
        .next()
        .map_or_else(String::new, |first| first.to_uppercase().chain(characters).collect())
}
