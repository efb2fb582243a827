//! `[incident]` and `[history]`: what is parsed, and every mistake with its place.

use super::*;
use crate::policy::{Contact, IncidentPolicy};

const WHOLE: &str = r#"
schema = 1

[incident]
lockfiles = ["services/**"]
projects = ["harbour-server", "ledger-*"]
label = "security-incident"
assignees = ["octocat"]
public = true
deadline = "48h"
authority = { name = "CNIL", contact = "https://www.cnil.fr/fr/notifier-une-violation-de-donnees-personnelles" }
internal = { name = "Security", contact = "security@harbour.example" }
customers = { name = "Status page", contact = "https://status.harbour.example" }
checklist = { data = "security/data.md", credentials = "security/credentials.md" }

[history]
environments = { production = "v*", staging = ["rc-*", "staging-*"] }
"#;

#[test]
fn every_key_is_read() {
    let policy = parse(WHOLE).unwrap();
    let incident = policy.incident.unwrap();
    assert_eq!(incident.lockfiles, ["services/**"]);
    assert!(incident.projects[1].matches("ledger-core"));
    assert!(!incident.projects[0].matches("harbour-server-tests"));
    assert_eq!(incident.label, "security-incident");
    assert_eq!(incident.assignees, ["octocat"]);
    assert!(incident.public);
    assert_eq!(incident.deadline, SignedDuration::from_hours(48));
    let internal =
        Contact { name: "Security".to_owned(), contact: "security@harbour.example".to_owned() };
    assert_eq!(incident.internal, Some(internal));
    assert_eq!(incident.data_checklist.unwrap().path, "security/data.md");
    assert_eq!(incident.credential_checklist.unwrap().location.line, 14);
    let environments = policy.history.environments;
    assert!(environments["production"][0].matches("v1.2"));
    assert_eq!(environments["staging"].len(), 2);
}

#[test]
fn nothing_starts_an_incident_without_the_table() {
    assert_eq!(Policy::strict_default().incident, None);
    assert_eq!(parse("schema = 1").unwrap().incident, None);
    let defaults = parse("schema = 1\n[incident]\n").unwrap().incident;
    assert_eq!(defaults, Some(IncidentPolicy::default()));
    assert_eq!(IncidentPolicy::default().deadline, SignedDuration::from_hours(72));
}

#[test]
fn a_mistake_is_reported_with_its_line_and_help() {
    let pattern = "write it as in a .gitignore file, such as \"services/**\"";
    let below = "write it relative to the folder of the policy, such as \"security/data.md\"";
    let internal = "add internal = { name = \"Security\", contact = \"security@example.com\" }";
    let environments =
        "write environments = { production = \"v*\", staging = [\"rc-*\", \"staging-*\"] }";
    for (line, message, label, help) in [
        (
            "[incident]\nproject = []",
            "unknown key `project` in `[incident]`",
            "unknown key",
            "did you mean `projects`?",
        ),
        (
            "[incident]\nprojects = []",
            "`projects` is an empty list",
            "empty",
            "name something, or leave the key out",
        ),
        (
            "[incident]\nlockfiles = [\"!web\"]",
            "`!web` is not a pattern for files: a `!` would take out, not in",
            "not a pattern",
            pattern,
        ),
        (
            "[incident]\nlockfiles = [\"[z-a]\"]",
            "`[z-a]` is not a pattern for files: invalid range; 'z' > 'a'",
            "not a pattern",
            pattern,
        ),
        (
            "[incident]\ndeadline = 72",
            "`deadline` must be a text in quotes, not a number",
            "this is a number",
            "write \"90m\", \"24h\", \"2d\" or \"3w\"",
        ),
        (
            "[incident]\npublic = \"no\"",
            "`public` must be true or false, not a text",
            "this is a text",
            "write public = true or false",
        ),
        (
            "[incident]\ninternal = { name = \"Security\" }",
            "`internal` has no `contact`",
            "needs `contact`",
            internal,
        ),
        (
            "[incident]\nauthority = { name = \"CNIL\", contact = \"x\", phone = \"1\" }",
            "unknown key `phone` in `authority`",
            "unknown key",
            "use `name` or `contact`",
        ),
        (
            "[incident]\nchecklist = { data = \"../data.md\" }",
            "`../data.md` is not a path below the policy",
            "not a relative path",
            below,
        ),
        (
            "[incident]\nchecklist = { data = \"/etc/passwd\" }",
            "`/etc/passwd` is not a path below the policy",
            "not a relative path",
            below,
        ),
        (
            "[incident]\nchecklist = { dta = \"x.md\" }",
            "unknown key `dta` in `checklist`",
            "unknown key",
            "did you mean `data`?",
        ),
        (
            "[history]\nenvironments = [\"v*\"]",
            "`environments` must be a table, not a list",
            "this is a list",
            environments,
        ),
        (
            "[history]\nenvironments = { production = 1 }",
            "`production` in `environments` must be a text in quotes, not a number",
            "this is a number",
            "write a pattern of tags, such as \"v*\"",
        ),
    ] {
        assert_problem(&format!("schema = 1\n{line}\n"), 3, message, label, help);
    }
}

#[test]
fn every_mistake_is_reported_at_once() {
    let text = "schema = 1\n[incident]\nlabel = \"a,b\"\npublic = 1\nowner = \"x\"\n";
    let lines: Vec<u32> = problems(text).into_iter().map(|(line, ..)| line).collect();
    assert_eq!(lines, [3, 4, 5]);
}
