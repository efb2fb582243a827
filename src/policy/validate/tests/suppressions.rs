//! Mistakes in `[[suppress]]`: one row, one mistake.

use super::*;

/// The wrong lines, the first of which is reported; then message, label and help.
type Mistake = (&'static str, &'static str, &'static str, &'static str);

const IDS: &str = "ids look like RUSTSEC-2023-0071, GHSA-35jh-r3h4-6jhm or CVE-2021-23337";

const PACKAGE: &str = "write a name, or a name and its versions: \"rsa\" or \"rsa@<0.10\"";

const PATH: &str = "name packages from the project to the package: \"* > sqlx > rsa\"";

const CLAIMS: &str = "it can check `development-only`, `build-only`, `not-built`, `platform`, \
                      `feature-off`, `not-imported` or `attested`";

const TARGETS: &[Mistake] = &[
    (
        "until = 2027-01-31",
        "unknown key `until` in `[[suppress]]`",
        "unknown key",
        "use `advisory`, `package`, `paths`, `justification`, `claim`, `reviewed`, `reason`, \
             `owner` or `expires`",
    ),
    (
        "advisory = \"RUSTSEC-2023-71\"",
        "`RUSTSEC-2023-71` is not the id of an advisory",
        "not an advisory id",
        IDS,
    ),
    (
        "advisory = \"CVE-23-1234\"",
        "`CVE-23-1234` is not the id of an advisory",
        "not an advisory id",
        IDS,
    ),
    (
        "advisory = \"GHSA-35jh-r3h4\"",
        "`GHSA-35jh-r3h4` is not the id of an advisory",
        "not an advisory id",
        IDS,
    ),
    (
        "advisory = \"rsa timing\"",
        "`rsa timing` is not the id of an advisory",
        "not an advisory id",
        IDS,
    ),
    ("advisory = \"\"", "`advisory` is empty", "empty", "write advisory = \"RUSTSEC-2023-0071\""),
    (
        "package = \"rsa@latest\"",
        "`package` cannot be `rsa@latest`: neither Cargo nor npm reads what follows the `@` as \
             versions",
        "not a package",
        PACKAGE,
    ),
    (
        "package = \"rsa*\"",
        "`package` cannot be `rsa*`: that is not a package name",
        "not a package",
        PACKAGE,
    ),
    (
        "package = [\"rsa\"]",
        "`package` must be a text in quotes, not a list",
        "this is a list",
        "write package = \"rsa@<0.10\"",
    ),
    ("paths = []", "`paths` is an empty list", "empty", "name something, or leave the key out"),
    (
        "paths = [\"* > > rsa\"]",
        "`* > > rsa` is not a dependency path: there is a `>` with no package beside it",
        "not a dependency path",
        PATH,
    ),
    (
        "paths = [\"app 1.0 > rsa\"]",
        "`app 1.0 > rsa` is not a dependency path: a step is one package name, without a version",
        "not a dependency path",
        PATH,
    ),
];

const CLAIMS_AND_WORDS: &[Mistake] = &[
    (
        "justification = \"component-not-present\"",
        "`justification` cannot be `component-not-present`",
        "unknown word",
        "did you mean `component_not_present`?",
    ),
    (
        "claim = {}",
        "`claim` is empty",
        "claims nothing",
        "claim something that can be checked: `development-only`, `build-only`, `not-built`, \
             `platform`, `feature-off`, `not-imported` or `attested`",
    ),
    (
        "claim = true",
        "`claim` must be a table, not true or false",
        "this is true or false",
        "write claim = { development-only = true }",
    ),
    (
        "claim = { development-only = false }",
        "`development-only = false` claims nothing",
        "claims nothing",
        "write development-only = true, or leave it out",
    ),
    (
        "claim = { build-only = \"yes\" }",
        "`build-only` must be true, not a text",
        "this is a text",
        "write build-only = true",
    ),
    (
        "claim = { dev-only = true }",
        "unknown key `dev-only` in `claim`",
        "unknown key",
        "use `development-only`, `build-only`, `not-built`, `platform`, `feature-off`, \
             `not-imported` or `attested`",
    ),
    (
        "claim = { not-called = [] }",
        "this version of lockgate cannot check `not-called` yet",
        "not supported yet",
        CLAIMS,
    ),
    (
        "claim = { platform = \"linux\" }",
        "`platform` must be true, not a text",
        "this is a text",
        "write platform = true",
    ),
];

const PEOPLE_AND_DATES: &[Mistake] = &[
    (
        "reason = \" \\n \"",
        "`reason` is empty",
        "empty",
        "write reason = \"why this does not affect us\"",
    ),
    (
        "reason = \"a\\u001b[2J\"",
        "`reason` holds the control character \\u{1b}",
        "not printable",
        "write it without line breaks and other control characters",
    ),
    ("owner = \"\"", "`owner` is empty", "empty", "write owner = \"@acme/security\""),
    (
        "expires = \"2027-01-31\"",
        "`expires` must be a date without quotes",
        "not a date",
        "write expires = 2027-01-31",
    ),
    (
        "expires = \"soon\"",
        "`expires` must be a date without quotes",
        "not a date",
        "write expires = 2027-01-31",
    ),
    (
        "expires = 2027-03-01T10:00:00Z",
        "`expires` must be a day, without a time",
        "not a date",
        "write expires = 2027-03-01",
    ),
    (
        "expires = 10:00:00",
        "`expires` must be a day, without a time",
        "not a date",
        "write expires = 2027-01-31",
    ),
    (
        "expires = 2027",
        "`expires` must be a date, not a number",
        "not a date",
        "write expires = 2027-01-31",
    ),
    (
        "expires = 2027-02-30",
        "`2027-02-30` is not a date: expected day between 01 and 28",
        "no such day",
        "write a day of the calendar, such as 2027-01-31",
    ),
];

/// An entry in which the given lines replace, or are added to, valid ones.
/// An entry with what was reviewed for a claim that leaves places to a person.
fn reviewed(place: &str) -> String {
    entry(&format!(
        "reviewed = [{place}]\nadvisory = \"CVE-2021-23337\"\nclaim = {{ not-imported = true }}"
    ))
}

const HASH: &str = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

#[test]
fn a_reviewed_place_has_a_site_a_hash_and_a_reason() {
    let whole = format!("{{ site = \"lib/a.js:3\", hash = \"{HASH}\", why = \" only ejs \" }}");
    let policy = parse(&reviewed(&whole)).unwrap();
    let place = &policy.suppressions[0].reviewed[0];
    assert_eq!((place.site.to_string(), place.why.as_str()), ("lib/a.js:3".to_owned(), "only ejs"));
    assert_eq!(place.hash.as_str(), HASH);
    let example = "hash = \"…\", as `lockgate suppress` with --reviewed prints it";
    let mistakes = [
        (
            "lib/a.js:3",
            "lib/a.js",
            "`site` cannot be `lib/a.js`",
            "not a file and a line",
            "write site = \"node_modules/express/lib/view.js:81\"".to_owned(),
        ),
        (
            HASH,
            "e3b0",
            "`hash` cannot be `e3b0`",
            "not 64 hexadecimal digits",
            format!("write {example}"),
        ),
        (
            ", why = \" only ejs \"",
            "",
            "an entry of `reviewed` has no `why`",
            "needs `why`",
            "add why = \"it loads view engines, and ours is ejs\"".to_owned(),
        ),
        (
            &format!(", hash = \"{HASH}\""),
            "",
            "an entry of `reviewed` has no `hash`",
            "needs `hash`",
            format!("add {example}"),
        ),
        (
            "why =",
            "line = 3, why =",
            "unknown key `line` in an entry of `reviewed`",
            "unknown key",
            "use `site`, `hash` or `why`".to_owned(),
        ),
    ];
    for (from, to, message, label, help) in mistakes {
        let place = whole.replace(from, to);
        assert_ne!(place, whole, "{from}");
        assert_problem(&reviewed(&place), 3, message, label, &help);
    }
}

#[test]
fn a_claim_without_places_has_none_that_are_reviewed() {
    let place = format!("{{ site = \"lib/a.js:3\", hash = \"{HASH}\", why = \"only ejs\" }}");
    assert_problem(
        &entry(&format!("reviewed = [{place}]")),
        3,
        "`reviewed` means nothing for this claim",
        "no place of it is left to a person",
        "leave it out, or claim `not-imported`",
    );
}

fn entry(lines: &str) -> String {
    let mut text = "schema = 1\n[[suppress]]\n".to_owned();
    let given = |key: &str| lines.lines().any(|line| line.starts_with(key));
    text.push_str(lines);
    text.push('\n');
    for line in [
        "advisory = \"RUSTSEC-2023-0071\"",
        "claim = { build-only = true }",
        "reason = \"not shipped\"",
    ] {
        let key = line.split_inclusive('=').next().unwrap();
        if !given(key) {
            text.push_str(line);
            text.push('\n');
        }
    }
    text
}

#[test]
fn each_mistake_is_named_with_its_place_and_its_remedy() {
    for (lines, message, label, help) in [TARGETS, CLAIMS_AND_WORDS, PEOPLE_AND_DATES].concat() {
        assert_problem(&entry(lines), 3, message, label, help);
    }
}

#[test]
fn a_suppression_needs_its_required_keys() {
    let needs = |key: &str, example: &str| {
        (
            2,
            format!("`[[suppress]]` has no `{key}`"),
            format!("needs `{key}`"),
            format!("add {example}"),
        )
    };
    assert_eq!(
        problems("schema = 1\n[[suppress]]\n"),
        [
            needs("advisory", "advisory = \"RUSTSEC-2023-0071\""),
            needs("claim", "claim = { development-only = true }"),
            needs("reason", "reason = \"why this does not affect us\""),
        ]
    );
    assert_problem(
        "schema = 1\n[suppress]\nadvisory = \"CVE-2021-23337\"\n",
        2,
        "`suppress` must be a list of tables, not a table",
        "this is a table",
        "write [[suppress]]",
    );
}

#[test]
fn an_attested_claim_needs_a_person_and_an_expiry_date_that_is_near() {
    let attested = "claim = { attested = true }";
    let owner = "owner = \"@acme/security\"";
    let nobody = (
        3,
        "`attested` needs an `owner`".to_owned(),
        "nobody answers for it".to_owned(),
        "add owner = \"@acme/security\": no tool can check it, so a person must".to_owned(),
    );
    let no_end = (
        3,
        "`attested` needs a day on which it expires".to_owned(),
        "never looked at again".to_owned(),
        "add expires = 2027-05-21 or an earlier day".to_owned(),
    );
    let too_far = (
        5,
        "`attested` may reach 180 days ahead at most".to_owned(),
        "too far ahead".to_owned(),
        "write expires = 2027-05-21 or an earlier day".to_owned(),
    );
    for (lines, expected) in [
        (attested.to_owned(), vec![nobody, no_end.clone()]),
        (format!("{attested}\n{owner}"), vec![no_end]),
        (format!("{attested}\n{owner}\nexpires = 2027-05-22"), vec![too_far]),
    ] {
        assert_eq!(problems(&entry(&lines)), expected, "{lines}");
    }
    for sound in ["expires = 2027-05-21", "expires = 2020-01-01"] {
        assert!(parse(&entry(&format!("{attested}\n{owner}\n{sound}"))).is_ok(), "{sound}");
    }
    assert!(parse(&entry("expires = 2099-01-01")).is_ok(), "a checked claim may last");
}
