use jiff::civil::date;

use super::*;
use crate::attestation::statement::{
    AdvisorySource, BUILT_IN_POLICY, Cleared, Database, Digests, Dispositions, Lockfile,
    PolicyIdentity, Scope, Tool, Tracked, Unknown,
};

const COMMIT: &str = "0123456789abcdef0123456789abcdef01234567";

fn now() -> Timestamp {
    "2026-11-22T12:00:00Z".parse().unwrap()
}

fn shipped(name: &str) -> Subject {
    Subject { digest: Digests::of(name.as_bytes()), name: name.to_owned() }
}

fn database() -> Database {
    Database {
        built_at: now(),
        digest: "sha256:00ff".to_owned(),
        sources: vec![AdvisorySource {
            advisories: 7,
            current_at: Some(now()),
            kind: "osv".to_owned(),
            name: "npm".to_owned(),
            revision: "r1".to_owned(),
        }],
    }
}

/// A statement that lets a release pass, with every optional part.
fn good() -> Statement {
    let cleared = Cleared {
        advisory: "GHSA-case-0001-glim".to_owned(),
        disposition: "suppressed".to_owned(),
        evidence: vec!["attested".to_owned()],
        expires: Some(date(2026, 11, 22)),
        lockfile: Some("package-lock.json".to_owned()),
        package: "pkg:npm/glim@1.0.0".to_owned(),
    };
    let ticket = Tracked {
        advisory: "GHSA-case-0002-tarn".to_owned(),
        due: Some(date(2026, 11, 22)),
        lockfile: None,
        package: "pkg:npm/tarn@1.0.0".to_owned(),
    };
    let predicate = Predicate {
        checked_at: now() - SignedDuration::from_hours(2),
        cleared: vec![cleared],
        clock_set: false,
        content_digest: String::new(),
        database: Some(database()),
        dispositions: Dispositions { suppressed: 1, ticket: 1, note: 3, ..Dispositions::default() },
        exit_code: 0,
        exit_meaning: "nothing blocks".to_owned(),
        gaps: Vec::new(),
        lockfiles: vec![Lockfile {
            digest: Digests::of(b"lock"),
            format: "npm".to_owned(),
            packages: 12,
            path: "package-lock.json".to_owned(),
        }],
        policy: PolicyIdentity {
            built_in: None,
            digest: Some(Digests::of(b"policy")),
            path: Some("lockgate.toml".to_owned()),
        },
        remarks: Vec::new(),
        scope: Scope { paths: vec![".".to_owned()], whole: true },
        source: Some(SourceCommit {
            commit: COMMIT.to_owned(),
            modified: Some(Vec::new()),
            product: None,
        }),
        tickets: vec![ticket],
        tool: Tool { name: TOOL.to_owned(), version: "0.1.0".to_owned() },
        verdict: "pass".to_owned(),
    };
    sealed(Statement {
        statement_type: STATEMENT_TYPE.to_owned(),
        predicate,
        predicate_type: PREDICATE_TYPE.to_owned(),
        subject: vec![shipped("app"), shipped("lib")],
    })
}

/// The same, with its digest computed again.
fn sealed(mut statement: Statement) -> Statement {
    statement.predicate.content_digest = statement.predicate.digest_of_content();
    statement
}

fn reasons_with(statement: &Value, change: impl FnOnce(&mut Expected<'_>)) -> Vec<String> {
    reasons_about(statement, &[shipped("app")], change)
}

fn reasons_about(
    statement: &Value,
    subjects: &[Subject],
    change: impl FnOnce(&mut Expected<'_>),
) -> Vec<String> {
    let policy = Digests::of(b"policy");
    let mut expected = Expected {
        policy: Some(&policy.sha256),
        subjects,
        max_age: SignedDuration::from_hours(24),
        now: now(),
        allows_left_out: false,
        is_clock_set: false,
    };
    change(&mut expected);
    verify(statement, &expected).err().unwrap_or_default()
}

fn reasons(statement: &Statement) -> Vec<String> {
    reasons_with(&serde_json::to_value(statement).unwrap(), |_| {})
}

#[test]
fn a_statement_about_the_released_files_lets_them_pass() {
    assert_eq!(reasons(&good()), [""; 0]);
    let mut built_in = good();
    let built_in_policy = Some(BUILT_IN_POLICY.to_owned());
    built_in.predicate.policy =
        PolicyIdentity { built_in: built_in_policy, digest: None, path: None };
    let built_in = serde_json::to_value(sealed(built_in)).unwrap();
    assert_eq!(reasons_with(&built_in, |expected| expected.policy = None), [""; 0]);
    assert_eq!(reasons_with(&built_in, |_| {}).len(), 1);
}

/// Statements with a valid digest, and the objections to each.
#[test]
fn a_false_statement_is_refused_even_with_a_valid_digest() {
    type Change = fn(&mut Statement);
    let cases: &[(Change, &str)] = &[
        (|s| s.predicate.verdict = "block".to_owned(), "its verdict is `block`"),
        (|s| s.predicate.verdict = "indeterminate".to_owned(), "its verdict is `indeterminate`"),
        (|s| s.predicate.exit_code = 3, "(exit code 3)"),
        (|s| s.predicate.dispositions.block = 2, "2 of its findings block"),
        (
            |s| {
                s.predicate.gaps =
                    vec![Unknown { code: "database-stale".to_owned(), message: "old".to_owned() }];
            },
            "something was not known (database-stale): old",
        ),
        (|s| s.predicate.scope.whole = false, "not of a whole repository"),
        (|s| s.predicate.lockfiles.clear(), "no lockfile was checked"),
        (|s| s.predicate.database = None, "there were no advisories"),
        (
            |s| s.predicate.database = Some(Database { sources: Vec::new(), ..database() }),
            "there were no advisories",
        ),
        (
            |s| {
                let modified = Some(vec!["Cargo.lock".to_owned()]);
                s.predicate.source =
                    Some(SourceCommit { commit: COMMIT.to_owned(), modified, product: None });
            },
            "`Cargo.lock` was not what commit 0123456789",
        ),
        (
            |s| {
                s.predicate.source =
                    Some(SourceCommit { commit: COMMIT.to_owned(), modified: None, product: None });
            },
            "it is not known whether what was checked",
        ),
        (|s| s.predicate.clock_set = true, "the clock of the check was set by hand"),
        (|s| s.predicate.checked_at = now() + SignedDuration::from_mins(6), "from the future"),
        (
            |s| s.predicate.checked_at = now() - SignedDuration::from_hours(25),
            "it is 25 h old, and may be 24 h old",
        ),
        (
            |s| s.predicate.cleared[0].expires = Some(date(2026, 11, 21)),
            "the suppression of GHSA-case-0001-glim has expired on 2026-11-21",
        ),
        (
            |s| s.predicate.tickets[0].due = Some(date(2026, 11, 21)),
            "the ticket about GHSA-case-0002-tarn was due on 2026-11-21",
        ),
        (|s| s.predicate.cleared.clear(), "its counts do not agree"),
        (|s| s.predicate.tickets.clear(), "its counts do not agree"),
        (
            |s| {
                // Together they have the length of the list again.
                let length = s.predicate.cleared.len();
                s.predicate.dispositions.suppressed = usize::MAX;
                s.predicate.dispositions.not_affected = length + 1;
            },
            "its counts do not agree",
        ),
        (
            |s| s.predicate.policy.digest = Some(Digests::of(b"other")),
            "another policy decided: sha256:",
        ),
        (|s| s.predicate.policy.digest = None, "another policy decided: the built-in one"),
        (
            |s| s.predicate.policy.built_in = Some(BUILT_IN_POLICY.to_owned()),
            "another policy decided",
        ),
        (|s| s.predicate.tool.name = "other".to_owned(), "it was written by `other`"),
        (|s| s.predicate.tool.version = "new".to_owned(), "`new` is not a version"),
        (|s| s.subject.clear(), "it is not about `app`"),
        (|s| s.subject[0].digest = Digests::of(b"other"), "its `app` is sha256:"),
        (|s| s.subject[0].name = "other".to_owned(), "`other`: if that is meant"),
        (|s| s.subject[1].name = "app".to_owned(), "two of its subjects have the same name"),
    ];
    for (change, said) in cases {
        let mut statement = good();
        change(&mut statement);
        let reasons = reasons(&sealed(statement));
        assert!(reasons.iter().any(|reason| reason.contains(said)), "{said}: {reasons:?}");
        assert!(!reasons.iter().any(|reason| reason.contains("was changed after")), "{said}");
    }
}

#[test]
fn expectations_can_be_stricter_or_looser() {
    let statement = serde_json::to_value(good()).unwrap();
    let both = [shipped("lib"), shipped("app")];
    assert_eq!(reasons_about(&statement, &both, |_| {}), [""; 0]);
    let third = [shipped("app"), shipped("doc")];
    let said = reasons_about(&statement, &third, |_| {});
    assert!(said.len() == 1 && said[0].contains("it is not about `doc`"), "{said:?}");
    let said = reasons_about(&statement, &[], |_| {});
    assert!(said.len() == 1 && said[0].contains("nothing was named"), "{said:?}");
    let short = SignedDuration::from_hours(1);
    let said = reasons_with(&statement, |expected| expected.max_age = short);
    assert!(said.len() == 1 && said[0].contains("it is 2 h old"), "{said:?}");

    let mut set = good();
    set.predicate.clock_set = true;
    let set = serde_json::to_value(sealed(set)).unwrap();
    assert_eq!(reasons_with(&set, |expected| expected.is_clock_set = true), [""; 0]);
}

/// Every place in a statement: its pointer.
fn places(value: &Value, pointer: &str, found: &mut Vec<String>) {
    found.push(pointer.to_owned());
    match value {
        Value::Object(map) => {
            for (key, value) in map {
                places(value, &format!("{pointer}/{key}"), found);
            }
        }
        Value::Array(values) => {
            for (index, value) in values.iter().enumerate() {
                places(value, &format!("{pointer}/{index}"), found);
            }
        }
        _ => {}
    }
}

/// Altered values in place of a value.
fn other_values(value: &Value) -> Vec<Value> {
    let mut others = vec![Value::Null, "x".into(), 7.into(), true.into(), Value::Array(Vec::new())];
    match value {
        Value::String(text) => others.extend([format!("{text}x").into(), "".into()]),
        Value::Number(number) => others.push((number.as_u64().unwrap() + 1).into()),
        Value::Bool(value) => others.push((!value).into()),
        Value::Array(values) => {
            others.push(values.iter().chain(values).cloned().collect());
            others.push(values.iter().chain([&Value::Null]).cloned().collect());
        }
        Value::Object(map) => {
            let mut more = map.clone();
            more.insert("critical".to_owned(), true.into());
            others.push(more.into());
            for key in map.keys() {
                let mut less = map.clone();
                less.remove(key);
                others.push(less.into());
            }
        }
        Value::Null => {}
    }
    others.retain(|other| other != value);
    others
}

#[test]
fn a_statement_with_any_change_is_refused() {
    let good = serde_json::to_value(good()).unwrap();
    let mut pointers = Vec::new();
    places(&good, "", &mut pointers);
    // The second subject is not part of this release.
    pointers.retain(|pointer| !pointer.starts_with("/subject/1"));
    let mut tried = 0;
    for pointer in pointers {
        for other in other_values(good.pointer(&pointer).unwrap()) {
            let mut changed = good.clone();
            *changed.pointer_mut(&pointer).unwrap() = other.clone();
            let is_only_less = pointer == "/subject" && other.as_array().is_some_and(Vec::is_empty);
            let reasons = reasons_with(&changed, |_| {});
            assert!(!reasons.is_empty() || is_only_less, "{pointer} as {other}");
            tried += 1;
        }
    }
    assert!(tried > 500, "{tried}");
}

#[test]
fn another_order_of_keys_is_the_same_statement() {
    fn turned(value: &Value) -> String {
        match value {
            Value::Object(map) => {
                let members = map.iter().rev();
                let members = members.map(|(key, value)| format!("\"{key}\": {}", turned(value)));
                format!("{{ {} }}", members.collect::<Vec<_>>().join(" , "))
            }
            Value::Array(values) => {
                format!("[{}]", values.iter().map(turned).collect::<Vec<_>>().join(","))
            }
            other => other.to_string(),
        }
    }
    let turned = turned(&serde_json::to_value(good()).unwrap());
    let opened = crate::attestation::envelope::open(turned.as_bytes()).unwrap();
    assert_eq!(reasons_with(&opened.statement, |_| {}), [""; 0]);
}

#[test]
fn another_type_is_the_only_objection() {
    for (key, value) in [
        ("_type", Some("https://in-toto.io/Statement/v0.1")),
        ("predicateType", Some("https://lockgate.dev/attestation/release/v2")),
        ("predicateType", None),
    ] {
        let mut statement = serde_json::to_value(good()).unwrap();
        match value {
            Some(value) => statement[key] = value.into(),
            None => drop(statement.as_object_mut().unwrap().remove(key)),
        }
        let said = reasons_with(&statement, |_| {});
        assert!(said.len() == 1 && said[0].contains(key), "{said:?}");
    }
}
