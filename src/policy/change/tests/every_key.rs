//! Every key of a policy is compared, or excluded from the comparison for a reason.

use std::collections::BTreeSet;

use super::*;
use crate::policy::PolicyError;

/// A key that no table has, and that resembles none.
const UNKNOWN: &str = "zzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzz";

/// Each table with an unknown key, as one line: the error message lists the known keys.
const PROBES: &[&str] = &[
    "$ = 1",
    "gate = { $ = 1, build = { $ = 1 }, development = { $ = 1 } }",
    "ticket = { $ = 1, due = { $ = 1 } }",
    "incident = { $ = 1, authority = { $ = 1 }, internal = { $ = 1 }, customers = { $ = 1 }, checklist = { $ = 1 } }",
    "history.$ = 1",
    "database = { $ = 1, sources = [{ $ = 1 }] }",
    "registries.$ = 1",
    "lockfiles.$ = 1",
    "evidence.$ = 1",
    "cargo = { $ = 1, features = { $ = 1 }, ignore = [{ $ = 1 }] }",
    "npm = { $ = 1, bundled = [{ $ = 1 }] }",
    "suppress = [{ $ = 1, claim = { $ = 1 } }]",
    "suppress = [{ claim = { not-imported = true }, reviewed = [{ $ = 1 }] }]",
];

/// A table and one of its keys, with two policies that differ only in this key.
type Row = (&'static str, &'static str, &'static str, &'static str);

/// A place that was reviewed, by its site, the first digit of its hash and the reason.
macro_rules! place {
    ($site:literal, $digit:literal, $why:literal) => {
        concat!(
            "reviewed = [{ site = \"",
            $site,
            "\", hash = \"",
            $digit,
            "3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855\", why = \"",
            $why,
            "\" }]"
        )
    };
}

/// A suppression with one.
macro_rules! reviewed {
    ($site:literal, $digit:literal, $why:literal) => {
        concat!(
            "suppress = [{ advisory = \"CVE-2026-0001\", claim = { not-imported = true }, ",
            "reason = \"r\", ",
            place!($site, $digit, $why),
            " }]"
        )
    };
}

/// Every key except those of `[gate]` and of `claim`, which have lists of their own.
#[rustfmt::skip]
const ROWS: &[Row] = &[
    ("the policy", "gate", "", "gate.high = \"note\""),
    ("the policy", "ticket", "", "ticket.block = true"),
    ("the policy", "incident", "", "incident.projects = [\"p\"]"),
    ("the policy", "history", "", "history.environments = { production = \"v*\" }"),
    ("the policy", "database", "", "database.max-age = \"1h\""),
    ("the policy", "registries", "", "registries.private = [\"https://a.example\"]"),
    ("the policy", "lockfiles", "", "lockfiles.exclude = [\"a\"]"),
    ("the policy", "evidence", "", "evidence.auto = [\"platform\"]"),
    ("the policy", "cargo", "", "cargo.packages = [\"a\"]"),
    ("the policy", "npm", "", "npm.tools = [\"a\"]"),
    ("the policy", "suppress", "", "suppress = [{ advisory = \"CVE-2026-0001\", claim = { platform = true }, reason = \"r\" }]"),
    ("`[gate]`", "build", "", "gate.build.high = \"note\""),
    ("`[gate]`", "development", "", "gate.development.high = \"note\""),
    ("`[ticket]`", "due", "", "ticket.due.high = \"1d\""),
    ("`due`", "critical", "", "ticket.due.critical = \"1d\""),
    ("`due`", "high", "", "ticket.due.high = \"1d\""),
    ("`due`", "medium", "", "ticket.due.medium = \"1d\""),
    ("`due`", "low", "", "ticket.due.low = \"1d\""),
    ("`due`", "unknown", "", "ticket.due.unknown = \"1d\""),
    ("`[ticket]`", "block", "", "ticket.block = true"),
    ("`[ticket]`", "label", "", "ticket.label = \"a\""),
    ("`[ticket]`", "labels", "", "ticket.labels = [\"a\"]"),
    ("`[ticket]`", "assignees", "", "ticket.assignees = [\"a\"]"),
    ("`[ticket]`", "milestone", "", "ticket.milestone = \"a\""),
    ("`[ticket]`", "author", "", "ticket.author = \"a\""),
    ("`[ticket]`", "most-new", "", "ticket.most-new = 3"),
    ("`[incident]`", "lockfiles", "incident.projects = [\"p\"]", "incident = { projects = [\"p\"], lockfiles = [\"a\"] }"),
    ("`[incident]`", "projects", "incident.projects = [\"p\"]", "incident.projects = [\"q\"]"),
    ("`[incident]`", "label", "incident.projects = [\"p\"]", "incident = { projects = [\"p\"], label = \"a\" }"),
    ("`[incident]`", "assignees", "incident.projects = [\"p\"]", "incident = { projects = [\"p\"], assignees = [\"a\"] }"),
    ("`[incident]`", "public", "incident.projects = [\"p\"]", "incident = { projects = [\"p\"], public = true }"),
    ("`[incident]`", "deadline", "incident.projects = [\"p\"]", "incident = { projects = [\"p\"], deadline = \"24h\" }"),
    ("`[incident]`", "authority", "incident.projects = [\"p\"]", "incident = { projects = [\"p\"], authority = { name = \"a\", contact = \"c\" } }"),
    ("`[incident]`", "internal", "incident.projects = [\"p\"]", "incident = { projects = [\"p\"], internal = { name = \"a\", contact = \"c\" } }"),
    ("`[incident]`", "customers", "incident.projects = [\"p\"]", "incident = { projects = [\"p\"], customers = { name = \"a\", contact = \"c\" } }"),
    ("`[incident]`", "checklist", "incident.projects = [\"p\"]", "incident = { projects = [\"p\"], checklist.data = \"a.md\" }"),
    ("`authority`", "name", "incident.authority = { name = \"a\", contact = \"c\" }", "incident.authority = { name = \"b\", contact = \"c\" }"),
    ("`authority`", "contact", "incident.authority = { name = \"a\", contact = \"c\" }", "incident.authority = { name = \"a\", contact = \"d\" }"),
    ("`internal`", "name", "incident.internal = { name = \"a\", contact = \"c\" }", "incident.internal = { name = \"b\", contact = \"c\" }"),
    ("`internal`", "contact", "incident.internal = { name = \"a\", contact = \"c\" }", "incident.internal = { name = \"a\", contact = \"d\" }"),
    ("`customers`", "name", "incident.customers = { name = \"a\", contact = \"c\" }", "incident.customers = { name = \"b\", contact = \"c\" }"),
    ("`customers`", "contact", "incident.customers = { name = \"a\", contact = \"c\" }", "incident.customers = { name = \"a\", contact = \"d\" }"),
    ("`checklist`", "data", "incident.checklist.data = \"a.md\"", "incident.checklist.data = \"b.md\""),
    ("`checklist`", "credentials", "incident.checklist.credentials = \"a.md\"", "incident.checklist.credentials = \"b.md\""),
    ("`[history]`", "environments", "history.environments.a = \"v*\"", "history.environments.b = \"v*\""),
    ("`[database]`", "max-age", "", "database.max-age = \"1h\""),
    ("`[database]`", "yanked", "", "database.yanked = true"),
    ("`[database]`", "sources", "", "database.sources = [{ kind = \"rustsec\" }]"),
    ("a source in `sources`", "kind", "database.sources = [{ kind = \"osv\", path = \"a\" }]", "database.sources = [{ kind = \"folder\", path = \"a\" }]"),
    ("a source in `sources`", "path", "database.sources = [{ kind = \"folder\", path = \"a\" }]", "database.sources = [{ kind = \"folder\", path = \"b\" }]"),
    ("a source in `sources`", "url", "database.sources = [{ kind = \"rustsec\" }]", "database.sources = [{ kind = \"rustsec\", url = \"https://a.example/a.zip\" }]"),
    ("a source in `sources`", "ecosystem", "database.sources = [{ kind = \"osv\", ecosystem = \"npm\" }]", "database.sources = [{ kind = \"osv\", ecosystem = \"crates.io\" }]"),
    ("`[registries]`", "mirrors", "", "registries.mirrors = [\"https://a.example\"]"),
    ("`[registries]`", "private", "", "registries.private = [\"https://a.example\"]"),
    ("`[lockfiles]`", "exclude", "", "lockfiles.exclude = [\"a\"]"),
    ("`[lockfiles]`", "libraries", "", "lockfiles.libraries = \"gap\""),
    ("`[evidence]`", "auto", "", "evidence.auto = [\"platform\"]"),
    ("`[cargo]`", "targets", "", "cargo.targets = [\"x86_64-unknown-linux-gnu\"]"),
    ("`[cargo]`", "packages", "", "cargo.packages = [\"a\"]"),
    ("`[cargo]`", "alone", "", "cargo.alone = true"),
    ("`[cargo]`", "features", "", "cargo.features = { default = true }"),
    ("`[cargo]`", "development", "", "cargo.development = true"),
    ("`[cargo]`", "scripts", "", "cargo.scripts = [\"a\"]"),
    ("`[cargo]`", "ignore", "", "cargo.ignore = [{ line = \"a\", why = \"w\" }]"),
    ("`features`", "default", "cargo.features = { default = true }", "cargo.features = { default = false }"),
    ("`features`", "all", "cargo.features = { all = true }", "cargo.features = { all = false }"),
    ("`features`", "names", "cargo.features = { default = true }", "cargo.features = { names = [\"a\"] }"),
    ("an entry of `ignore`", "line", "cargo.ignore = [{ line = \"a\", why = \"w\" }]", "cargo.ignore = [{ line = \"b\", why = \"w\" }]"),
    ("an entry of `ignore`", "file", "npm.ignore = [{ line = \"a\", why = \"w\" }]", "npm.ignore = [{ line = \"a\", why = \"w\", file = \"f\" }]"),
    ("`[npm]`", "platforms", "", "npm.platforms = [\"linux-x64\"]"),
    ("`[npm]`", "tools", "", "npm.tools = [\"a\"]"),
    ("`[npm]`", "tests", "", "npm.tests = [\"a\"]"),
    ("`[npm]`", "built", "", "npm.built = [\"a\"]"),
    ("`[npm]`", "ignore", "", "npm.ignore = [{ line = \"a\", why = \"w\" }]"),
    ("`[npm]`", "fetch", "", "npm.fetch = true"),
    ("`[npm]`", "bundled", "", "npm.bundled = [{ package = \"a@1.0.0\", compared = 2026-11-01, why = \"w\" }]"),
    ("an entry of `bundled`", "package", "npm.bundled = [{ package = \"a@1.0.0\", compared = 2026-11-01, why = \"w\" }]", "npm.bundled = [{ package = \"a@1.0.1\", compared = 2026-11-01, why = \"w\" }]"),
    ("an entry of `bundled`", "compared", "npm.bundled = [{ package = \"a@1.0.0\", compared = 2026-11-01, why = \"w\" }]", "npm.bundled = [{ package = \"a@1.0.0\", compared = 2026-11-02, why = \"w\" }]"),
    ("an entry of `bundled`", "why", "npm.bundled = [{ package = \"a@1.0.0\", compared = 2026-11-01, why = \"w\" }]", "npm.bundled = [{ package = \"a@1.0.0\", compared = 2026-11-01, why = \"x\" }]"),
    ("`[[suppress]]`", "advisory", "", "advisory = \"CVE-2026-0002\""),
    ("`[[suppress]]`", "package", "", "package = \"a\""),
    ("`[[suppress]]`", "paths", "", "paths = [\"* > a\"]"),
    ("`[[suppress]]`", "justification", "", "justification = \"component_not_present\""),
    ("`[[suppress]]`", "claim", "", "claim = { platform = true }"),
    ("`[[suppress]]`", "reviewed", "", place!("a:1", "0", "w")),
    ("an entry of `reviewed`", "site", reviewed!("a:1", "0", "w"), reviewed!("a:2", "0", "w")),
    ("an entry of `reviewed`", "hash", reviewed!("a:1", "0", "w"), reviewed!("a:1", "1", "w")),
    ("an entry of `reviewed`", "why", reviewed!("a:1", "0", "w"), reviewed!("a:1", "0", "x")),
    ("`[[suppress]]`", "reason", "", "reason = \"another\""),
    ("`[[suppress]]`", "owner", "", "owner = \"@b\""),
    ("`[[suppress]]`", "expires", "", "expires = 2027-01-01"),
];

/// Keys that decide nothing, and why.
const IGNORED: &[(&str, &str, &str)] = &[
    ("the policy", "schema", "a policy of another schema is not read"),
    ("a source in `sources`", "name", "a name of a source is for reports"),
    ("an entry of `ignore`", "why", "the line is what is answered for"),
];

/// The text of a row: an entry of `[[suppress]]` gets its required keys.
fn text(table: &str, key: &str, line: &str) -> String {
    if table != "`[[suppress]]`" {
        return line.to_owned();
    }
    let needed = [
        ("advisory", "advisory = \"CVE-2026-0001\""),
        ("claim", "claim = { not-imported = true }"),
        ("reason", "reason = \"r\""),
    ];
    let others = needed.iter().filter(|(needed, _)| line.is_empty() || *needed != key);
    let own = std::iter::once(line).filter(|line| !line.is_empty());
    let parts: Vec<&str> = others.map(|(_, line)| *line).chain(own).collect();
    format!("suppress = [{{ {} }}]", parts.join(", "))
}

/// Every key of a policy, with its table, as listed in the help about a misspelt one.
fn known_keys() -> BTreeSet<(String, String)> {
    let mut known = BTreeSet::new();
    for probe in PROBES {
        let text = format!("schema = 1\n{}", probe.replace('$', UNKNOWN));
        let source = Arc::new(SourceText::new("lockgate.toml", text));
        let PolicyError(problems) = Policy::parse(source, date(2026, 11, 22)).unwrap_err();
        let start = format!("unknown key `{UNKNOWN}` in ");
        for problem in problems {
            let Some(table) = problem.message.strip_prefix(&start) else { continue };
            let help = problem.help.unwrap_or_default();
            let keys = help.split('`').skip(1).step_by(2);
            known.extend(keys.map(|key| (table.to_owned(), key.to_owned())));
        }
    }
    known
}

#[test]
fn every_key_is_compared_or_left_out_for_a_reason() {
    let gate_tables = ["`[gate]`", "`[gate.build]`", "`[gate.development]`"];
    let levels = GateKey::DEFAULTS.iter().map(|(key, _)| key.as_str());
    let gate = levels.flat_map(|key| gate_tables.map(|table| (table, key)));
    let claims = ClaimKind::all().map(|kind| ("`claim`", kind.as_str()));
    let rows = ROWS.iter().map(|(table, key, ..)| (*table, *key));
    let ignored = IGNORED.iter().map(|(table, key, _)| (*table, *key));
    let compared: BTreeSet<(String, String)> = rows
        .chain(gate)
        .chain(claims)
        .chain(ignored)
        .map(|(table, key)| (table.to_owned(), key.to_owned()))
        .collect();
    assert_eq!(known_keys(), compared, "left: what can be written, right: what is compared");
}

#[test]
fn every_table_is_asked_for_its_keys() {
    let known = known_keys();
    let tables: BTreeSet<&str> = known.iter().map(|(table, _)| table.as_str()).collect();
    for (_, key) in known.iter().filter(|(table, key)| table == "the policy" && key != "schema") {
        let name = [format!("`[{key}]`"), format!("`[[{key}]]`")];
        assert!(name.iter().any(|name| tables.contains(name.as_str())), "{key}");
    }
}

#[test]
fn a_change_of_any_key_is_noticed() {
    let notices = |table: &str, key: &str, base: &str, head: &str| {
        assert!(!said(base, head).is_empty(), "{key} of {table}: {base} -> {head}");
        assert!(!said(head, base).is_empty(), "{key} of {table}: {head} -> {base}");
    };
    for (table, key, base, head) in ROWS {
        notices(table, key, &text(table, key, base), &text(table, key, head));
    }
    for (key, default) in GateKey::DEFAULTS {
        let (key, other) =
            (key.as_str(), if *default == GateAction::Note { "block" } else { "note" });
        for table in ["gate", "gate.build", "gate.development"] {
            notices(table, key, "", &format!("[{table}]\n{key} = \"{other}\""));
        }
    }
    let entry = |claim: &str| {
        format!(
            "suppress = [{{ advisory = \"CVE-2026-0001\", claim = {{ {claim} }}, reason = \"r\", \
             owner = \"@a\", expires = 2026-12-31 }}]"
        )
    };
    for kind in ClaimKind::all() {
        let claim = match kind {
            ClaimKind::FeatureOff => "feature-off = \"a/b\"".to_owned(),
            kind => format!("{} = true", kind.as_str()),
        };
        let other = if kind == ClaimKind::Platform { "not-built" } else { "platform" };
        notices("claim", kind.as_str(), &entry(&format!("{other} = true")), &entry(&claim));
    }
}

#[test]
fn a_checklist_that_only_moved_is_the_same() {
    let checklist = "[incident]\nchecklist = { data = \"a.md\" }";
    assert_eq!(said(checklist, &format!("# a comment\n{checklist}")), [""; 0]);
}
