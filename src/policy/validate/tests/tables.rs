//! Mistakes in the tables: one row, one mistake.

use super::*;

/// The lines after `schema = 1`; then line, message, label and help.
type Mistake = (&'static str, u32, &'static str, &'static str, &'static str);

const GATE_KEYS: &str = "use `critical`, `high`, `medium`, `low`, `unknown`, `malicious`, \
                         `unsound`, `unmaintained`, `yanked` or `notice`";

const DURATIONS: &str = "write minutes, hours, days or weeks: \"90m\", \"24h\", \"2d\" or \"3w\"";

const ADDRESS: &str = "write scheme, host and path alone, such as https://registry.example.com/public, or a registry that pnpm has a name for as the lockfile does, such as `work:`";

const PATTERN: &str = "write it as in a .gitignore file, such as \"fixtures/**\"";

const UNKNOWN_TABLES: &[Mistake] = &[(
    "gates = {}",
    2,
    "unknown key `gates` in the policy",
    "unknown key",
    "did you mean `gate`?",
)];

const GATE: &[Mistake] = &[
    ("gate = 1", 2, "`[gate]` must be a table, not a number", "this is a number", "write [gate]"),
    (
        "[gate]\ndevelopment = \"note\"",
        3,
        "`[gate.development]` must be a table, not a text",
        "this is a text",
        "write [gate.development]",
    ),
    (
        "[gate]\nhigh = \"blok\"",
        3,
        "`high` cannot be `blok`",
        "unknown word",
        "did you mean `block`?",
    ),
    (
        "[gate]\nhigh = \"allow\"",
        3,
        "`high` cannot be `allow`",
        "unknown word",
        "use `block`, `ticket` or `note`",
    ),
    (
        "[gate]\nhigh = true",
        3,
        "`high` must be a text in quotes, not true or false",
        "this is true or false",
        "write \"block\"",
    ),
    (
        "[gate.build]\nvulnerability = \"note\"",
        3,
        "unknown key `vulnerability` in `[gate.build]`",
        "unknown key",
        GATE_KEYS,
    ),
    (
        "[gate.build.development]\nhigh = \"note\"",
        2,
        "unknown key `development` in `[gate.build]`",
        "unknown key",
        GATE_KEYS,
    ),
];

const TIMES: &[Mistake] = &[
    (
        "[ticket]\nduo = {}",
        3,
        "unknown key `duo` in `[ticket]`",
        "unknown key",
        "did you mean `due`?",
    ),
    (
        "[ticket]\nblock = \"yes\"",
        3,
        "`block` must be true or false, not a text",
        "this is a text",
        "write block = true",
    ),
    (
        "[ticket]\nlabel = \"a,b\"",
        3,
        "`label`: `a,b` holds a comma, which separates labels",
        "not usable as a label",
        "write a short name, such as \"security\"",
    ),
    (
        "[ticket]\nlabels = [\"security \"]",
        3,
        "an entry of `labels`: `security ` begins or ends with a blank",
        "not usable as a label",
        "write a short name, such as \"security\"",
    ),
    (
        "[ticket]\nassignees = [\"@acme/security\"]",
        3,
        "an entry of `assignees`: `@acme/security` is not an account",
        "not the name of an account",
        "write it without @; a team cannot be assigned",
    ),
    (
        "[ticket]\nmost-new = 0",
        3,
        "`most-new` cannot be 0",
        "not between 1 and 500",
        "GitHub lets one account create 500 pieces of content an hour",
    ),
    (
        "[ticket]\nmilestone = 7",
        3,
        "`milestone` must be a text in quotes, not a number",
        "this is a number",
        "write the title of a milestone",
    ),
    (
        "[ticket]\ndue = \"7d\"",
        3,
        "`due` must be a table, not a text",
        "this is a text",
        "write due = { high = \"7d\" }",
    ),
    (
        "[ticket]\ndue = { higth = \"7d\" }",
        3,
        "unknown key `higth` in `due`",
        "unknown key",
        "did you mean `high`?",
    ),
    (
        "[ticket]\ndue = { high = \"7 moons\" }",
        3,
        "`high`: `7 moons` is not a duration",
        "not usable as a duration",
        DURATIONS,
    ),
    (
        "[ticket]\ndue = { high = \"0d\" }",
        3,
        "`high`: `0d` is not longer than zero",
        "not usable as a duration",
        DURATIONS,
    ),
    (
        "[database]\nmax-age = \"-1d\"",
        3,
        "`max-age`: `-1d` is not longer than zero",
        "not usable as a duration",
        DURATIONS,
    ),
    (
        "[database]\nmax-age = \"11y\"",
        3,
        "`max-age`: `11y` is not a duration",
        "not usable as a duration",
        DURATIONS,
    ),
    (
        "[database]\nmax-age = \"999w\"",
        3,
        "`max-age`: `999w` is longer than ten years",
        "not usable as a duration",
        DURATIONS,
    ),
    (
        "[database]\nmax-age = 24",
        3,
        "`max-age` must be a text in quotes, not a number",
        "this is a number",
        "write \"90m\", \"24h\", \"2d\" or \"3w\"",
    ),
    (
        "[database]\nmax_age = \"24h\"",
        3,
        "unknown key `max_age` in `[database]`",
        "unknown key",
        "did you mean `max-age`?",
    ),
];

const SOURCES: &[Mistake] = &[
    (
        "[database]\nsources = []",
        3,
        "`sources` is an empty list",
        "empty",
        "name something, or leave the key out",
    ),
    (
        "[database]\nsources = [\n\"db\"]",
        4,
        "a source in `sources` must be a table, not a text",
        "this is a text",
        "write { kind = \"rustsec\", path = \"advisory-db\" }",
    ),
    (
        "[database]\nsources = [{ kind = \"osv\" }]",
        3,
        "a source in `sources` has no `ecosystem`",
        "needs `ecosystem`",
        "add ecosystem = \"npm\" or \"crates.io\"",
    ),
    (
        "[database]\nsources = [{ kind = \"folder\" }]",
        3,
        "a source in `sources` has no `path`",
        "needs `path`",
        "add path = \"advisory-db\"",
    ),
    (
        "[database]\nsources = [{ kind = \"snapshot\" }]",
        3,
        "a source in `sources` has no `url`",
        "needs `url`",
        "add url = \"https://advisories.example.com/manifest.json\"",
    ),
    (
        "[[database.sources]]\nkind = \"rustsec\"\npath = \"db\"\nurl = \"https://example.com/db.zip\"",
        5,
        "a source in `sources` has both a `path` and a `url`",
        "not here",
        "keep one",
    ),
    (
        "[database]\nyanked = \"yes\"",
        3,
        "`yanked` must be true or false, not a text",
        "this is a text",
        "write yanked = true or false",
    ),
    (
        "[[database.sources]]\nkind = \"osv-api\"\npath = \"db\"",
        4,
        "a source of kind `osv-api` does not lie on disk",
        "not here",
        "give its `url` in place of the `path`",
    ),
    (
        "[[database.sources]]\nkind = \"folder\"\nurl = \"https://example.com\"",
        4,
        "a source of kind `folder` is not fetched",
        "not here",
        "give its `path` in place of the `url`",
    ),
    (
        "[[database.sources]]\nkind = \"rustsec\"\necosystem = \"npm\"",
        4,
        "a source in `sources` needs no `ecosystem` unless it is fetched from OSV",
        "not here",
        "leave it out",
    ),
    (
        "[[database.sources]]\nkind = \"rustsec\"\nurl = \"http://example.com/db.zip\"",
        4,
        "`http://example.com/db.zip` is not an address to fetch advisories from",
        "not a plain https address",
        "write https, host and path alone: no password, query or fragment; plain http only to this machine itself",
    ),
    (
        "[[database.sources]]\nkind = \"rustsek\"\npath = \"db\"",
        3,
        "`kind` cannot be `rustsek`",
        "unknown word",
        "did you mean `rustsec`?",
    ),
    (
        "[[database.sources]]\nkind = \"osv\"\npath = \" \"",
        4,
        "`path` is empty",
        "empty",
        "write path = \"advisory-db\"",
    ),
    (
        "[[database.sources]]\nkind = \"osv\"\npath = \"a/x\"\n\
             [[database.sources]]\nkind = \"osv\"\npath = \"b/x/\"",
        7,
        "two sources are called `osv-x`",
        "the second of that name",
        "give each source a `name` of its own",
    ),
];

const LISTS: &[Mistake] = &[
    (
        "[registries]\nmirrors = [\"example.com\"]",
        3,
        "`example.com` is not the address of a registry",
        "not an address of scheme, host and path, and not a name with a colon",
        ADDRESS,
    ),
    (
        "[registries]\nmirrors = [\"https://user:secret@example.com\"]",
        3,
        "`https://user:secret@example.com` is not the address of a registry",
        "not an address of scheme, host and path, and not a name with a colon",
        ADDRESS,
    ),
    (
        "[registries]\nprivate = [\"https://example.com//ours\"]",
        3,
        "`https://example.com//ours` is not the address of a registry",
        "not an address of scheme, host and path, and not a name with a colon",
        ADDRESS,
    ),
    (
        "[registries]\nmirrors = \"https://example.com\"",
        3,
        "`mirrors` must be a list, not a text",
        "this is a text",
        "write mirrors = [\"https://registry.example.com/public\"]",
    ),
    (
        "[lockfiles]\nexclude = [\"{a\"]",
        3,
        "`{a` is not a pattern for files: unclosed alternate group; missing '}' \
             (maybe escape '{' with '[{]'?)",
        "not a pattern",
        PATTERN,
    ),
    (
        "[lockfiles]\nexclude = [\"!a\"]",
        3,
        "`!a` is not a pattern for files: a `!` would include, not exclude",
        "not a pattern",
        PATTERN,
    ),
    (
        "[lockfiles]\nexclude = [\"#a\"]",
        3,
        "`#a` is not a pattern for files: a `#` begins a comment",
        "not a pattern",
        PATTERN,
    ),
];

#[test]
fn each_mistake_is_named_with_its_place_and_its_remedy() {
    for (text, line, message, label, help) in [UNKNOWN_TABLES, GATE, TIMES, SOURCES, LISTS].concat()
    {
        assert_problem(&format!("schema = 1\n{text}\n"), line, message, label, help);
    }
}

#[test]
fn the_schema_comes_first() {
    assert_problem(
        "",
        1,
        "the policy does not say which `schema` it is written in",
        "`schema` is missing",
        "begin the file with schema = 1",
    );
    assert_problem(
        "schema = \"1\"",
        1,
        "`schema` must be a number, not a text",
        "this is a text",
        "write schema = 1",
    );
    // Nothing else is reported about an unknown language version.
    assert_problem(
        "schema = 2\n[gate]\nhihg = \"block\"",
        1,
        "this version of lockgate does not know schema 2",
        "unknown schema",
        "write schema = 1, or use a lockgate that knows this schema",
    );
}

#[test]
fn mistakes_in_the_syntax() {
    for (text, line, message, label, help) in [
        (
            "[gate]\nhigh = \"block\"\nhigh = \"note\"",
            4,
            "`high` is given twice",
            "given a second time",
            "keep one of the two: TOML allows a key or a table once",
        ),
        (
            "[gate]\n[ticket]\n[gate]",
            4,
            "`gate` is given twice",
            "given a second time",
            "keep one of the two: TOML allows a key or a table once",
        ),
        (
            "[gate]\nhigh = block",
            3,
            "text must stand in quotes",
            "not in quotes",
            "write \"block\"",
        ),
        (
            "[gate]\nhigh = \"block",
            3,
            "not valid TOML: invalid basic string, expected `\"`",
            "here",
            "the syntax is described at https://toml.io",
        ),
        (
            "[gate\nhigh = \"block\"",
            2,
            "not valid TOML: unclosed table, expected `]`",
            "here",
            "the syntax is described at https://toml.io",
        ),
    ] {
        let text = format!("schema = 1\n{text}\n");
        let first = problems(&text).into_iter().next().unwrap();
        let expected = (line, message.to_owned(), label.to_owned(), help.to_owned());
        assert_eq!(first, expected, "{text}");
    }
}

#[test]
fn a_merge_conflict_is_named_as_such_and_alone() {
    let text = "schema = 1\n[gate]\n<<<<<<< HEAD\nhihg = \"block\"\n=======\n\
                high = \"note\"\n>>>>>>> topic\n";
    let conflict = |line| {
        (
            line,
            "the policy holds an unresolved merge conflict".to_owned(),
            "left behind by a merge".to_owned(),
            "resolve the conflict, then check again".to_owned(),
        )
    };
    assert_eq!(problems(text), [conflict(3), conflict(7)]);
}
