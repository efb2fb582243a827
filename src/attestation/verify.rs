//! Whether a statement lets a release pass. Pure: the statement, the expectations and the time
//! in; every objection out.

use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use serde_json::Value;

use super::statement::{Predicate, SourceCommit, Statement, Subject, TOOL};
use super::{LEFT_OUT, PREDICATE_TYPE, STATEMENT_TYPE};

/// How far another clock may be ahead of ours.
const CLOCK_SKEW: SignedDuration = SignedDuration::from_mins(5);

/// The expectations of a statement.
#[derive(Clone, Debug)]
pub struct Expected<'run> {
    /// The digest of the policy, 64 hexadecimal digits; `None` for the built-in policy.
    pub policy: Option<&'run str>,
    /// The files to release. Never empty.
    pub subjects: &'run [Subject],
    /// The largest age of the check.
    pub max_age: SignedDuration,
    pub now: Timestamp,
    /// Whether a check with deliberate omissions is accepted.
    pub allows_left_out: bool,
    /// Whether the clock was set by hand: then it may have been set for the check as well.
    pub is_clock_set: bool,
}

/// Compares a statement with the expectations.
///
/// # Errors
///
/// Every reason why it does not let a release pass, each a sentence without a full stop. The texts
/// may come from the statement.
pub fn verify(statement: &Value, expected: &Expected<'_>) -> Result<Statement, Vec<String>> {
    // A statement of another type may have any shape.
    is_of_a_known_type(statement).map_err(|reason| vec![reason])?;
    let statement: Statement = serde_json::from_value(statement.clone())
        .map_err(|error| vec![format!("it does not have the shape of its type: {error}")])?;
    let predicate = &statement.predicate;
    let mut reasons = Vec::new();
    content(predicate, &mut reasons);
    verdict(predicate, &mut reasons);
    basis(predicate, expected, &mut reasons);
    time(predicate, expected, &mut reasons);
    subjects(&statement.subject, expected.subjects, &mut reasons);
    if reasons.is_empty() { Ok(statement) } else { Err(reasons) }
}

fn is_of_a_known_type(statement: &Value) -> Result<(), String> {
    for (key, known) in [("_type", STATEMENT_TYPE), ("predicateType", PREDICATE_TYPE)] {
        match statement.get(key).and_then(Value::as_str) {
            Some(found) if found == known => {}
            Some(found) => {
                return Err(format!("its `{key}` is `{found}`; this version knows `{known}`"));
            }
            None => return Err(format!("it has no `{key}`")),
        }
    }
    Ok(())
}

/// Whether it is complete and consistent.
fn content(predicate: &Predicate, reasons: &mut Vec<String>) {
    if predicate.content_digest != predicate.digest_of_content() {
        reasons.push("it was changed after it was written: its content digest differs".to_owned());
    }
    let counts = predicate.dispositions;
    let cleared = counts.suppressed.checked_add(counts.not_affected);
    if cleared != Some(predicate.cleared.len()) || counts.ticket != predicate.tickets.len() {
        reasons.push("its counts do not agree with its lists".to_owned());
    }
    if predicate.tool.name != TOOL {
        reasons.push(format!("it was written by `{}`, not by {TOOL}", predicate.tool.name));
    }
    if semver::Version::parse(&predicate.tool.version).is_err() {
        reasons.push(format!("`{}` is not a version of {TOOL}", predicate.tool.version));
    }
}

fn verdict(predicate: &Predicate, reasons: &mut Vec<String>) {
    if predicate.verdict != "pass" || predicate.exit_code != 0 {
        reasons.push(format!(
            "its verdict is `{}` (exit code {}): {}",
            predicate.verdict, predicate.exit_code, predicate.exit_meaning
        ));
    }
    if predicate.dispositions.block > 0 {
        reasons.push(format!("{} of its findings block", predicate.dispositions.block));
    }
    for gap in &predicate.gaps {
        reasons.push(format!("something was not known ({}): {}", gap.code, gap.message));
    }
}

/// Whether the inputs of the check are the expected ones.
fn basis(predicate: &Predicate, expected: &Expected<'_>, reasons: &mut Vec<String>) {
    extent(predicate, expected, reasons);
    if predicate.lockfiles.is_empty() {
        reasons.push("no lockfile was checked".to_owned());
    }
    if predicate.database.as_ref().is_none_or(|database| database.sources.is_empty()) {
        reasons.push("there were no advisories".to_owned());
    }
    match &predicate.source {
        Some(source) => provenance(source, reasons),
        None => reasons.push("it is not known which commit was checked".to_owned()),
    }
    let policy = predicate.policy.digest.as_ref().map(|digest| digest.sha256.as_str());
    if policy != expected.policy || policy.is_some() == predicate.policy.built_in.is_some() {
        let name = |digest: Option<&str>| {
            digest.map_or("the built-in one".to_owned(), |digest| format!("sha256:{digest}"))
        };
        let (found, wanted) = (name(policy), name(expected.policy));
        reasons.push(format!("another policy decided: {found}, and not {wanted}"));
    }
}

/// Whether everything was checked, except for permitted omissions.
fn extent(predicate: &Predicate, expected: &Expected<'_>, reasons: &mut Vec<String>) {
    let scope = &predicate.scope;
    if scope.whole {
        return;
    }
    let left_out: Vec<&str> =
        scope.paths.iter().filter_map(|path| path.strip_prefix(LEFT_OUT)).collect();
    if left_out.is_empty() {
        reasons.push("the check was not of a whole repository".to_owned());
    } else if !expected.allows_left_out {
        reasons.push(format!(
            "the check left out {}: verify it with --allow-left-out if that is meant",
            left_out.join(", ")
        ));
    }
}

/// Whether the checked files are those of the commit.
fn provenance(source: &SourceCommit, reasons: &mut Vec<String>) {
    let commit = &source.commit;
    let Some(modified) = &source.modified else {
        reasons.push(format!("it is not known whether what was checked is what {commit} holds"));
        return;
    };
    for path in modified {
        reasons.push(format!("`{path}` was not what commit {commit} holds"));
    }
}

fn time(predicate: &Predicate, expected: &Expected<'_>, reasons: &mut Vec<String>) {
    let Expected { now, max_age, is_clock_set, .. } = *expected;
    if predicate.clock_set && !is_clock_set {
        reasons.push("the clock of the check was set by hand".to_owned());
    }
    let age = now.duration_since(predicate.checked_at);
    if age < -CLOCK_SKEW {
        reasons.push(format!("it is from the future: {}", predicate.checked_at));
    }
    if age > max_age {
        let (age, most) = (age.as_hours(), max_age.as_hours());
        reasons.push(format!("it is {age} h old, and may be {most} h old; check again"));
    }
    let today = now.to_zoned(TimeZone::UTC).date();
    for cleared in &predicate.cleared {
        if let Some(expires) = cleared.expires.filter(|last| *last < today) {
            let advisory = &cleared.advisory;
            reasons.push(format!("the suppression of {advisory} has expired on {expires}"));
        }
    }
    for ticket in &predicate.tickets {
        if let Some(due) = ticket.due.filter(|last| *last < today) {
            reasons.push(format!("the ticket about {} was due on {due}", ticket.advisory));
        }
    }
}

fn subjects(found: &[Subject], wanted: &[Subject], reasons: &mut Vec<String>) {
    if wanted.is_empty() {
        reasons.push("nothing was named that is to be released".to_owned());
    }
    let mut names: Vec<&str> = found.iter().map(|subject| subject.name.as_str()).collect();
    names.sort_unstable();
    if names.windows(2).any(|pair| pair[0] == pair[1]) {
        reasons.push("two of its subjects have the same name".to_owned());
    }
    for wanted in wanted {
        let Subject { digest, name } = wanted;
        let of_same_name = found.iter().find(|subject| subject.name == *name);
        let of_same_digest = found.iter().find(|subject| subject.digest == *digest);
        let described = format!("`{name}` (sha256:{})", digest.sha256);
        match (of_same_name, of_same_digest) {
            _ if found.contains(wanted) => {}
            (Some(other), _) => reasons.push(format!(
                "it is not about {described}: its `{name}` is sha256:{}",
                other.digest.sha256
            )),
            (None, Some(other)) => reasons.push(format!(
                "it calls {described} `{}`: if that is meant, write `{}=sha256:…`",
                other.name, other.name
            )),
            (None, None) => reasons.push(format!("it is not about {described}")),
        }
    }
}

#[cfg(test)]
mod tests;
