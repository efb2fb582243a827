//! Workflow commands, which GitHub shows as annotations on the lines of a pull request (GitHub
//! documentation, "Workflow commands for GitHub Actions").
//!
//! Every line is one command, and the text in it cannot end it: the runner recognises a
//! command by its first two colons, and its properties by commas and colons.

use std::fmt::Write;
use std::io;

use super::group::{Group, groups};
use super::summary::{decision, word};
use super::{Reporter, Style, frame, words};
use crate::facts::{self, Facts, line};
use crate::outcome::Outcome;
use crate::policy::change::PolicyEffect;
use crate::problem::Gap;
use crate::terminal::one_line;
use crate::verdict::{Answer, Disposition};
use crate::words::count;

/// The number of annotations of each level that a step shows; the rest is silently dropped.
const ANNOTATIONS: usize = 10;
/// The longest title, in characters.
const TITLE_LIMIT: usize = 255;
/// Far below the limit of 64 KiB for an annotation.
const MESSAGE_LIMIT: usize = 4_000;

/// The report as workflow commands. The style has no effect.
#[derive(Debug)]
pub(super) struct GitHub;

impl Reporter for GitHub {
    fn name(&self) -> &'static str {
        "github"
    }

    fn write(&self, outcome: &Outcome, _style: Style, out: &mut dyn io::Write) -> io::Result<()> {
        let groups = groups(outcome);
        let (before, now): (Vec<_>, Vec<_>) =
            groups.iter().partition(|group| group.was_there_before());
        let mut errors = of(&now, Disposition::Block, outcome);
        errors.extend(outcome.verdict.gaps.iter().map(gap));
        let mut warnings = policy_warnings(outcome);
        warnings.extend(no_longer_matched(outcome));
        warnings.extend(of(&now, Disposition::Ticket, outcome));
        let mut notices = vec![verdict(outcome)];
        for wanted in [Disposition::Block, Disposition::Ticket] {
            notices.extend(of(&before, wanted, outcome));
        }
        notices.extend(of(&now, Disposition::Note, outcome));
        for (level, annotations) in [("error", errors), ("warning", warnings), ("notice", notices)]
        {
            for annotation in within_limit(annotations) {
                writeln!(out, "{}", annotation.command(level))?;
            }
        }
        Ok(())
    }
}

/// A message about one line, or about the run.
struct Annotation {
    place: Option<(String, u32)>,
    title: String,
    lines: Vec<String>,
}

impl Annotation {
    /// `::error file=Cargo.lock,line=7,title=…::…`
    fn command(&self, level: &str) -> String {
        let mut command = format!("::{level} ");
        if let Some((file, line)) = &self.place {
            // Writing to a `String` cannot fail.
            let _ = write!(command, "file={},line={line},", property(file));
        }
        let title = property(&one_line(&self.title, TITLE_LIMIT));
        let mut message = self.lines.join("\n");
        if let Some((end, _)) = message.char_indices().nth(MESSAGE_LIMIT) {
            message.truncate(end);
            message.push('…');
        }
        let _ = write!(command, "title={title}::{}", data(&message));
        command
    }
}

/// The escapes that the runner decodes in a message (actions/toolkit, `core/src/command.ts`, `escapeData`).
fn data(text: &str) -> String {
    text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

/// The escapes that the runner decodes in a property (the same file, `escapeProperty`).
fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}

/// The worst ones, and as the last one how many more there are.
fn within_limit(mut annotations: Vec<Annotation>) -> Vec<Annotation> {
    if annotations.len() > ANNOTATIONS {
        let left_out = annotations.len() - (ANNOTATIONS - 1);
        annotations.truncate(ANNOTATIONS - 1);
        annotations.push(Annotation {
            place: None,
            title: format!("and {left_out} more"),
            lines: vec![
                "GitHub shows no more in one step: see the other reports of lockgate".into(),
            ],
        });
    }
    annotations
}

/// Loosened rules in the policy, for the reviewers.
fn policy_warnings(outcome: &Outcome) -> Vec<Annotation> {
    let changes = outcome.comparison.iter();
    let changes = changes.flat_map(|comparison| &comparison.policy_changes);
    changes
        .filter(|change| change.effect == PolicyEffect::Loosened)
        .map(|change| Annotation {
            // A line of the base's policy is not a line of the change.
            place: change
                .location
                .as_ref()
                .filter(|place| is_policy_of_today(&place.file, outcome))
                .map(|place| (line(&outcome.place(&place.file)), place.line)),
            title: format!("policy change {}", change.effect.meaning()),
            lines: vec![line(&change.text)],
        })
        .collect()
}

/// Packages that a change removes from matching.
fn no_longer_matched(outcome: &Outcome) -> Vec<Annotation> {
    let comparison = outcome.comparison.iter();
    let moved = comparison.flat_map(|comparison| &comparison.unmatched);
    moved
        .map(|finding| Annotation {
            place: None,
            title: format!("{}: {}", finding.id, facts::package(&finding.package)),
            lines: vec![format!(
                "{}: {}, in {}",
                words::UNMATCHED,
                words::moved(finding),
                line(&finding.lockfile)
            )],
        })
        .collect()
}

fn is_policy_of_today(file: &str, outcome: &Outcome) -> bool {
    outcome.policy.source.as_ref().is_some_and(|source| source.path == file)
}

fn of(groups: &[&Group<'_>], wanted: Disposition, outcome: &Outcome) -> Vec<Annotation> {
    groups
        .iter()
        .filter(|group| group.disposition() == wanted)
        .map(|group| annotation(group, outcome))
        .collect()
}

/// One annotation for each advisory: one for each place would leave none for the next advisory.
fn annotation(group: &Group<'_>, outcome: &Outcome) -> Annotation {
    let decided = group.first;
    let finding = &decided.finding;
    let file = finding.locations.first();
    let file = file.map(|place| line(&outcome.place(&place.file)));
    let package = facts::package(&finding.package);
    Annotation {
        place: file.map(|file| (file, frame::line(finding, outcome))),
        title: format!("{}: {package} ({})", finding.id, facts::rating(&finding.severity)),
        lines: lines(group, &Facts::of(decided, outcome)),
    }
}

fn lines(group: &Group<'_>, facts: &Facts<'_>) -> Vec<String> {
    let decided = group.first;
    let finding = &decided.finding;
    let mut lines = vec![facts::title(finding)];
    let refuted = facts.refuted();
    lines.extend(refuted.map(|seen| format!("claim refuted: {}: {}", seen.claim(), seen.detail())));
    let way_in = facts::way_in(finding);
    lines.extend(way_in.map(|way_in| format!("needed by: {way_in} ({})", finding.scope)));
    lines.extend(facts::origin(finding).map(|origin| format!("comes from: {origin}")));
    lines.push(format!("fix: {}", facts::fix(finding)));
    let due = decided.due.map(|due| format!("due {due}, "));
    let reason = facts.reason();
    let word = if decided.was_there_before() {
        format!("{}, {}", words::BEFORE, words::before(decided.disposition))
    } else {
        decided.disposition.as_str().to_owned()
    };
    lines.push(format!("{word}: {}{reason}", due.unwrap_or_default()));
    if group.len() > 1 {
        lines.push(format!("and in {}", count(group.len() - 1, "other place", "other places")));
    }
    lines.extend(facts::page(finding));
    lines
}

fn gap(gap: &Gap) -> Annotation {
    let help = gap.help.iter().map(|help| line(help));
    Annotation {
        place: None,
        title: format!("not known: {}", gap.code.as_str()),
        lines: std::iter::once(line(&gap.message)).chain(help).collect(),
    }
}

fn verdict(outcome: &Outcome) -> Annotation {
    let answer = outcome.verdict.answer;
    let gate = match answer {
        Answer::Pass => "the gate is open",
        Answer::Block | Answer::Indeterminate => "the gate is closed",
    };
    Annotation {
        place: None,
        title: format!("lockgate: {}", word(answer)),
        lines: [gate.to_owned(), decision(outcome)]
            .into_iter()
            .chain(outcome.unmatched.remark().map(|remark| line(&remark)))
            .collect(),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::report::sample;

    fn commands(outcome: &Outcome) -> Vec<String> {
        let mut bytes = Vec::new();
        GitHub.write(outcome, Style::PLAIN, &mut bytes).unwrap();
        let text = String::from_utf8(bytes).unwrap();
        text.lines().map(str::to_owned).collect()
    }

    /// A command, its properties and its message.
    type Parsed = (String, Vec<(String, String)>, String);

    /// The runner's interpretation of a line (actions/runner, `ActionCommand.TryParseV2`).
    fn parsed(line: &str) -> Option<Parsed> {
        let (head, message) = line.trim_start().strip_prefix("::")?.split_once("::")?;
        let (name, properties) = head.split_once(' ').unwrap_or((head, ""));
        let properties = properties.split(',').map(|property| {
            let (key, value) = property.split_once('=').unwrap();
            let value = value.replace("%3A", ":").replace("%2C", ",");
            (key.to_owned(), back(&value))
        });
        Some((name.to_owned(), properties.collect(), back(message)))
    }

    fn back(text: &str) -> String {
        text.replace("%0D", "\r").replace("%0A", "\n").replace("%25", "%")
    }

    #[test]
    fn an_annotation_says_where_and_what() {
        let outcome = sample::refuted();
        let (name, properties, message) = parsed(&commands(&outcome)[0]).unwrap();
        assert_eq!(name, "error");
        let keys: Vec<_> = properties.iter().map(|(key, _)| key.as_str()).collect();
        assert_eq!(keys, ["file", "line", "title"]);
        assert_eq!(properties[2].1, "RUSTSEC-2099-0002: keyring 0.9.6 (high)");
        assert!(message.contains("claim refuted: development-only: running needs it"), "{message}");
    }

    #[test]
    fn each_level_keeps_within_the_limit_and_counts_the_rest() {
        let (_, outcome) =
            sample::all().into_iter().find(|(name, _)| *name == "many_notes").unwrap();
        let notices = commands(&outcome);
        assert_eq!(notices.len(), ANNOTATIONS);
        assert!(notices[0].contains("title=lockgate%3A PASS::the gate is open"), "{}", notices[0]);
        assert!(notices[9].starts_with("::notice title=and 32 more::"), "{}", notices[9]);
    }

    proptest! {
        #[test]
        fn text_ends_no_command_and_starts_none(
            text in "(::error::|::add-mask::|##\\[x\\]|%0A|%|,|:|=|\r|\n|\u{1b}|[a-z ]|\\PC){0,30}",
        ) {
            let mut outcome = sample::refuted();
            let before = commands(&outcome).len();
            let decided = &mut outcome.verdict.findings[0];
            decided.finding.title.clone_from(&text);
            decided.finding.locations[0].file.clone_from(&text);
            decided.finding.package.name = text.as_str().into();
            decided.evidence[0].detail.clone_from(&text);
            decided.reason.clone_from(&text);
            let lines = commands(&outcome);
            prop_assert_eq!(lines.len(), before);
            for line in &lines {
                let (name, properties, _) = parsed(line).unwrap();
                prop_assert!(["error", "warning", "notice"].contains(&name.as_str()));
                prop_assert!(properties.iter().all(|(key, _)| ["file", "line", "title"].contains(&key.as_str())));
            }
            let (_, properties, _) = parsed(&lines[0]).unwrap();
            prop_assert_eq!(&properties[0].1, &line(&text));
        }
    }
}
