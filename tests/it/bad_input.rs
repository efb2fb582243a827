//! Input that is broken, hostile or not what it seems: a clear error with its place, exit code 2
//! or 3, no panic, nothing half-written, and nothing raw on the terminal.

use std::fs::{self, File};
use std::os::unix::fs::{MetadataExt, PermissionsExt, symlink};
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Command, Stdio};

use crate::harness::{NOW, Project, Run};

/// Deeper than any parser may follow.
const DEEP: usize = 100_000;

const ESCAPE: &str = "\u{1b}[2J\u{9b}2J\u{7}\u{202e}\u{2066}";

/// A project with a policy, npm advisories and a lockfile in which one package is affected.
fn npm_project() -> Project {
    Project::copy_of("fixtures/cases/package-lock-3")
}

/// The same for Cargo.
fn cargo_project() -> Project {
    Project::copy_of("fixtures/cases/cargo-lock-3")
}

/// Nothing was decided: the code is 2, and standard output is empty.
fn assert_refused(run: &Run, says: &[&str]) {
    run.assert_harmless();
    run.assert_code(2);
    assert_eq!(run.stdout, "");
    run.assert_says(says);
}

/// What is wrong, the content, and what must be said.
type Broken = (&'static str, &'static [u8], &'static [&'static str]);

const BROKEN_NPM_LOCKFILES: &[Broken] = &[
        ("YAML", b"name: web\n", &["package-lock.json:1"]),
        (
            "cut short",
            b"{\n  \"lockfileVersion\": 3,\n  \"packages\": {\n",
            &["package-lock.json:4"],
        ),
        (
            "a merge conflict in JSON",
            b"{\n<<<<<<< HEAD\n  \"lockfileVersion\": 3,\n=======\n  \"lockfileVersion\": 2,\n>>>>>>> main\n}\n",
            &["package-lock.json:2", "merge conflict"],
        ),
        ("empty", b"", &["package-lock.json", "empty"]),
        ("blank", b" \n\n", &["package-lock.json", "empty"]),
        ("null", b"null", &["package-lock.json:1"]),
        ("a list", b"[]", &["package-lock.json:1"]),
        (
            "another JSON file",
            b"{ \"compilerOptions\": {} }",
            &["package-lock.json", "no npm lockfile"],
        ),
        (
            "a future version",
            b"{\n  \"lockfileVersion\": 9,\n  \"packages\": {}\n}",
            &["package-lock.json:2", "version 9"],
        ),
        (
            "a version that is no number",
            b"{\n  \"lockfileVersion\": \"3\",\n  \"packages\": {}\n}",
            &["package-lock.json:2"],
        ),
        (
            "one folder twice",
            b"{\n \"lockfileVersion\": 3,\n \"packages\": {\n  \"node_modules/glim\": { \"version\": \"1.4.0\" },\n  \"node_modules/glim\": { \"version\": \"2.0.0\" }\n } }",
            &["package-lock.json:5", "locked twice"],
        ),
        (
            "one key twice",
            b"{\n \"lockfileVersion\": 3,\n \"packages\": {\n  \"node_modules/glim\": { \"version\": \"1.4.0\",\n   \"version\": \"2.0.0\" }\n } }",
            &["package-lock.json:5", "duplicate"],
        ),
        (
            "packages twice",
            b"{\n \"lockfileVersion\": 3,\n \"packages\": {},\n \"packages\": {} }",
            &["package-lock.json:4", "duplicate"],
        ),
        (
            "a package twice in version 1",
            b"{\n \"lockfileVersion\": 1,\n \"dependencies\": {\n  \"glim\": { \"version\": \"1.4.0\" },\n  \"glim\": { \"version\": \"2.0.0\" }\n } }",
            &["package-lock.json:5", "locked twice"],
        ),
        (
            "not UTF-8",
            b"{\n  \"lockfileVersion\": 3,\n  \"name\": \"\xff\"\n}",
            &["package-lock.json", "line 3"],
        ),
        ("UTF-16", b"\xff\xfe{\0}\0", &["package-lock.json", "UTF-8"]),
        (
            "an escape in a name",
            b"{\n \"lockfileVersion\": 3,\n \"packages\": {\n  \"node_modules/gl\\u001b[2Jim\": { \"version\": \"1.4.0\" }\n } }",
            &["package-lock.json:4", "control characters"],
        ),
        (
            "an escape in a version",
            b"{\n \"lockfileVersion\": 3,\n \"packages\": {\n  \"node_modules/glim\": { \"version\": \"1.4.0\\u009b2J\" }\n } }",
            &["package-lock.json:4", "control characters"],
        ),
];

const BROKEN_CARGO_LOCKFILES: &[Broken] = &[
        ("JSON", b"{}", &["Cargo.lock:1"]),
        (
            "a merge conflict in TOML",
            b"version = 4\n\n<<<<<<< HEAD\n[[package]]\n",
            &["Cargo.lock:3", "merge conflict"],
        ),
        (
            "a future version",
            b"version = 99\n",
            &["Cargo.lock:1", "version 99"],
        ),
        ("a negative version", b"version = -1\n", &["Cargo.lock:1"]),
        (
            "one key twice",
            b"version = 4\n[[package]]\nname = \"glim\"\nname = \"glam\"\nversion = \"1.0.0\"\n",
            &["Cargo.lock:4", "duplicate"],
        ),
        (
            "one package twice",
            b"version = 4\n[[package]]\nname = \"glim\"\nversion = \"1.0.0\"\n[[package]]\nname = \"glim\"\nversion = \"1.0.0\"\n",
            &["Cargo.lock:6", "locked twice"],
        ),
        (
            "a package without a version",
            b"version = 4\n[[package]]\nname = \"glim\"\n",
            &["Cargo.lock:2", "version"],
        ),
        (
            "a version that is none",
            b"version = 4\n[[package]]\nname = \"glim\"\nversion = \"one\"\n",
            &["Cargo.lock:4", "semantic version"],
        ),
        (
            "an escape in a name",
            b"version = 4\n[[package]]\nname = \"gl\\u001b[2Jim\"\nversion = \"1.0.0\"\n",
            &["Cargo.lock:3", "control characters"],
        ),
        ("not UTF-8", b"version = 4\n# \xff\n", &["Cargo.lock", "line 2"]),
];

#[test]
fn a_lockfile_that_does_not_read_is_refused_with_its_place() {
    let projects = [
        ("package-lock.json", npm_project(), BROKEN_NPM_LOCKFILES),
        ("Cargo.lock", cargo_project(), BROKEN_CARGO_LOCKFILES),
    ];
    for (file, project, lockfiles) in projects {
        for (what, content, says) in lockfiles {
            project.write(file, content);
            let run = project.run(&["check"]);
            assert_eq!(run.code, 2, "{what}\n{}\n{}", run.stdout, run.stderr);
            assert_refused(&run, says);
        }
    }
}

#[test]
fn nesting_bombs_do_not_go_off() {
    let open = |text: &str| text.repeat(DEEP);
    let dotted = vec!["a"; DEEP].join(".");
    let balanced = format!("{}{}", open("["), open("]"));
    for (file, content) in [
        ("package-lock.json", open("[")),
        ("package-lock.json", open("{\"a\":")),
        (
            "package-lock.json",
            format!("{{\"lockfileVersion\":3,\"packages\":{}", open("{\"\":")),
        ),
        (
            "package-lock.json",
            format!("{{\"lockfileVersion\":1,\"dependencies\":{balanced}}}"),
        ),
        (
            "package-lock.json",
            format!(
                "{{\"lockfileVersion\":1,\"dependencies\":{}{{}}{}}}",
                open("{\"a\":{\"version\":\"1.0.0\",\"dependencies\":"),
                open("}}")
            ),
        ),
        ("Cargo.lock", format!("x = {}", open("["))),
        ("Cargo.lock", format!("x = {balanced}")),
        ("Cargo.lock", format!("x = {}", open("{a = "))),
        ("Cargo.lock", format!("{dotted} = 1\n")),
        ("Cargo.lock", format!("[[{dotted}]]\n")),
        ("lockgate.toml", format!("schema = 1\nx = {}", open("["))),
        ("lockgate.toml", format!("schema = 1\n{dotted} = 1\n")),
    ] {
        let project = if file == "package-lock.json" {
            npm_project()
        } else {
            cargo_project()
        };
        project.write(file, &content);
        let run = project.run(&["check"]);
        assert_eq!(run.code, 2, "{file} {}\n{}", &content[..40], run.stderr);
        assert_refused(&run, &[file]);
    }
}

#[test]
fn bombs_in_keys_that_do_not_matter_are_passed_over() {
    let balanced = format!("{}{}", "[".repeat(DEEP), "]".repeat(DEEP));
    let project = npm_project();
    let lockfile = project.read("package-lock.json");
    let lockfile = lockfile.replacen('{', &format!("{{\"x\":{balanced},"), 1);
    project.write("package-lock.json", lockfile);
    project.run(&["check"]).assert_harmless().assert_code(1);
}

#[test]
fn bombs_in_advisories_and_manifests_are_not_believed() {
    let dotted = vec!["a"; DEEP].join(".");
    let project = npm_project();
    let bomb = format!(
        "{{\"id\":\"ACME-1\",\"affected\":{}{{\"package\":{{\"ecosystem\":\"npm\",\"name\":\"larch\"}}",
        "[".repeat(DEEP)
    );
    project.write("advisories/ACME-1.json", bomb);
    let run = project.run(&["check", "--report", "json"]);
    run.assert_harmless().assert_code(1);
    assert_eq!(run.json()["gaps"][0]["code"], "advisory-unreadable");

    let project = Project::copy_of("fixtures/cases/development-only-upheld");
    project.write("Cargo.toml", format!("{dotted} = 1\n"));
    let run = project.run(&["check", "--report", "json"]);
    run.assert_harmless().assert_code(1);
    assert_eq!(run.json()["findings"][0]["suppression"]["state"], "unknown");

    let project = cargo_project();
    let record = "advisories/crates/tarn-archive/RUSTSEC-2026-0001.md";
    let text = project
        .read(record)
        .replace("[versions]", &format!("{dotted} = 1\n[versions]"));
    project.write(record, text);
    let run = project.run(&["check"]);
    run.assert_harmless().assert_code(3);
}

#[test]
fn what_is_no_file_is_not_read() {
    let project = npm_project();
    project.remove("package-lock.json");
    fs::create_dir(project.path().join("package-lock.json")).unwrap();
    let run = project.run(&["check"]);
    run.assert_harmless().assert_code(3);
    assert!(run.stdout.contains("no lockfile was found"), "{}", run.stdout);

    for make in [make_fifo, make_dangling_link] {
        let project = npm_project();
        project.remove("package-lock.json");
        make(&project.path().join("package-lock.json"));
        assert_refused(&project.run(&["check"]), &["package-lock.json"]);
        assert_refused(&project.run(&["check", "package-lock.json"]), &["package-lock.json"]);
    }
}

#[test]
fn a_special_file_in_place_of_a_policy_or_a_snapshot_is_not_waited_for() {
    let project = npm_project();
    project.remove("lockgate.toml");
    make_dangling_link(&project.path().join("lockgate.toml"));
    assert_refused(&project.run(&["check"]), &["lockgate.toml"]);

    let project = npm_project();
    project.write("lockgate.toml", "schema = 1\n");
    make_fifo(&project.path().join("fifo"));
    let run = project.run(&["check", "--db", "fifo"]);
    run.assert_harmless().assert_code(3);
}

#[test]
fn a_fifo_in_place_of_a_policy_is_not_waited_for() {
    let project = npm_project();
    project.remove("lockgate.toml");
    make_fifo(&project.path().join("lockgate.toml"));
    assert_refused(&project.run(&["check"]), &["lockgate.toml"]);
}

#[test]
fn a_link_to_a_lockfile_is_read_and_shown_under_its_own_name() {
    let project = npm_project();
    let here = project.path();
    fs::rename(here.join("package-lock.json"), here.join("locked")).unwrap();
    symlink("locked", here.join("package-lock.json")).unwrap();
    let run = project.run(&["check", "--report", "json"]);
    run.assert_code(1);
    assert_eq!(run.json()["findings"][0]["lockfile"], "package-lock.json");
}

#[test]
fn a_folder_that_is_named_by_a_link_is_searched_like_any_other() {
    let project = npm_project();
    let elsewhere = Project::empty();
    let lockfile = project.read("package-lock.json");
    elsewhere.write("package-lock.json", &lockfile);
    elsewhere.write("below/package-lock.json", &lockfile);
    symlink(elsewhere.path(), project.path().join("link")).unwrap();
    let run = project.run(&["check", "link", "--policy", "lockgate.toml", "--report", "json"]);
    run.assert_code(1);
    assert_eq!(run.json()["lockfiles"].as_array().unwrap().len(), 2);
}

#[test]
fn what_may_not_be_read_is_not_passed_over() {
    let project = npm_project();
    project.write("secret/package-lock.json", project.read("package-lock.json"));
    let here = project.path();
    let allow = |path: &str, mode: u32| {
        fs::set_permissions(here.join(path), fs::Permissions::from_mode(mode)).unwrap();
    };
    allow("", 0o755);
    let check = || {
        let mut command = project.command(&["check"]);
        if fs::metadata(here).unwrap().uid() == 0 {
            // Nothing is forbidden to root.
            command.uid(65534).gid(65534);
        }
        command.output().ok().map(Run::from)
    };
    let Some(allowed) = check() else {
        eprintln!("SKIPPED permissions: root cannot run lockgate as somebody else here");
        return;
    };
    allowed.assert_code(1);
    for (path, code) in [
        ("package-lock.json", 2),
        ("secret", 2),
        ("lockgate.toml", 2),
        // A lockfile may lie in it.
        ("advisories", 2),
        ("advisories/GHSA-case-0001-glim.json", 3),
    ] {
        let before = fs::metadata(here.join(path)).unwrap().permissions();
        allow(path, 0o000);
        let run = check().unwrap();
        run.assert_harmless().assert_code(code);
        let said = format!("{}{}", run.stdout, run.stderr);
        assert!(said.contains(path.rsplit('/').next().unwrap()), "{said}");
        fs::set_permissions(here.join(path), before).unwrap();
    }
}

#[test]
fn files_beyond_any_size_are_refused_without_being_read() {
    for (file, size) in [("package-lock.json", 1 << 30), ("lockgate.toml", 1 << 21)] {
        let project = npm_project();
        File::options()
            .write(true)
            .open(project.path().join(file))
            .unwrap()
            .set_len(size)
            .unwrap();
        assert_refused(&project.run(&["check"]), &[file, "larger than"]);
    }
    let project = npm_project();
    File::options()
        .write(true)
        .open(project.path().join("advisories/GHSA-case-0001-glim.json"))
        .unwrap()
        .set_len(1 << 30)
        .unwrap();
    project.run(&["check"]).assert_harmless().assert_code(3);
}

#[test]
fn hostile_text_is_shown_and_never_acted_on() {
    let project = npm_project();
    let escape = serde_json::Value::from(ESCAPE).to_string();
    let escape = escape.trim_matches('"');
    let record = "advisories/GHSA-case-0001-glim.json";
    let text = project.read(record).replace(
        "\"summary\": \"A flaw",
        &format!("\"details\": \"{escape}\\r\\n\",\n  \"summary\": \"{escape}\\r\\nA flaw"),
    );
    project.write(record, text);
    let lockfile = project.read("package-lock.json").replace(
        "\"node_modules/larch\": {",
        &format!(
            "\"node_modules/b\u{202e}dab\": {{ \"version\": \"1.0.0\" }},\n    \
             \"node_modules/ours\": {{ \"version\": \"1.0.0\", \"resolved\": \"https://h{escape}.example/a/-/a-1.0.0.tgz\",\n      \
             \"dependencies\": {{ \"gone{escape}\": \"*\" }} }},\n    \"node_modules/larch\": {{"
        ),
    );
    project.write(&format!("we{ESCAPE}b/package-lock.json"), &lockfile);
    project.write("package-lock.json", lockfile);
    let policy = project.read("lockgate.toml");
    project.write(
        "lockgate.toml",
        format!(
            "{policy}\n[[suppress]]\nadvisory = \"GHSA-case-0001-glim\"\nclaim = {{ development-only = true }}\n\
             reason = \"turned \u{202e}around\"\nowner = \"@harbour/\u{200f}web\"\n"
        ),
    );
    for report in ["text", "json"] {
        let run = project.run(&["check", "--report", report]);
        run.assert_harmless();
        assert_eq!(run.code, 1, "{}{}", run.stdout, run.stderr);
        assert!(run.stdout.contains("gone"), "{}", run.stdout);
        assert!(run.stdout.contains("GHSA-case-0001-glim"), "{}", run.stdout);
    }
}

#[test]
fn hostile_text_in_what_is_refused_is_not_acted_on_either() {
    let escape = serde_json::Value::from(ESCAPE).to_string();
    let escape = escape.trim_matches('"');
    let raw = format!("schema = 1\n{ESCAPE} = 1\n");
    let word = format!("schema = 1\n[gate]\nhigh = \"{escape}\"\n\"{escape}\" = \"block\"\n");
    let claims = format!(
        "schema = 1\n[[suppress]]\nadvisory = \"{escape}\"\npackage = \"{escape}\"\npaths = [\"{escape}\"]\n\
         reason = \"{escape}\"\nowner = \"{escape}\"\n"
    );
    for policy in [raw, word, claims] {
        let project = npm_project();
        project.write("lockgate.toml", policy);
        assert_refused(&project.run(&["check"]), &["lockgate.toml:"]);
        assert_refused(&project.run(&["policy", "check"]), &["lockgate.toml:"]);
    }
    let project = npm_project();
    project.write("package-lock.json", format!("{{\n\"{ESCAPE}\" nothing"));
    assert_refused(&project.run(&["check"]), &["package-lock.json:"]);
    let name = format!("no{ESCAPE}such");
    assert_refused(&project.run(&["check", &name]), &["no such file"]);
    assert_refused(&project.run(&["check", "--report", &name]), &["there is no report"]);
    assert_refused(&project.run(&["check", "--policy", &name]), &["no"]);
    let project = npm_project();
    project.write("lockgate.toml", "schema = 1\n");
    let run = project.run(&["check", "--db", &name]);
    run.assert_harmless().assert_code(3);
    let run = project.run(&["db", "import", "--osv", &format!("{name}={name}"), "--out", "x"]);
    assert_refused(&run, &["no"]);
}

#[test]
fn hostile_file_names_in_a_source_are_not_acted_on() {
    let project = npm_project();
    project.write(&format!("advisories/{ESCAPE}.json"), "{ \"id\": ");
    let run = project.run(&["db", "import", "--osv", "npm=advisories", "--out", "npm.lockgate"]);
    run.assert_harmless().assert_code(0);
    run.assert_says(&["1 unreadable"]);
    project.run(&["check"]).assert_harmless().assert_code(1);
}

/// A snapshot and the policy that uses it, over the lockfile of [`npm_project`].
fn snapshot_project() -> Project {
    let project = npm_project();
    project
        .run(&["db", "import", "--osv", "npm=advisories", "--out", "npm.lockgate"])
        .assert_code(0);
    project.write("lockgate.toml", "schema = 1\n");
    project
        .run(&["check", "--db", "npm.lockgate"])
        .assert_code(1);
    project
}

#[test]
fn a_damaged_snapshot_never_turns_a_block_into_a_pass() {
    let project = snapshot_project();
    let whole = fs::read(project.path().join("npm.lockgate")).unwrap();
    for length in (0..whole.len()).step_by(whole.len() / 24 + 1) {
        project.write("npm.lockgate", &whole[..length]);
        let run = project.run(&["check", "--db", "npm.lockgate"]);
        run.assert_harmless().assert_code(3);
        assert!(run.stdout.contains("npm.lockgate"), "{}", run.stdout);
    }
    for position in (0..whole.len()).step_by(whole.len() / 96 + 1) {
        let mut altered = whole.clone();
        altered[position] ^= 0x10;
        project.write("npm.lockgate", &altered);
        let run = project.run(&["check", "--db", "npm.lockgate"]);
        run.assert_harmless();
        assert!(matches!(run.code, 1 | 3), "byte {position}: exit code {}", run.code);
    }
}

#[test]
fn a_file_that_is_no_snapshot_of_this_format_is_told_by_what_it_is() {
    let project = snapshot_project();
    let whole = fs::read(project.path().join("npm.lockgate")).unwrap();
    // The version, and the checksum behind the first 80 bytes of the header.
    let mut newer = whole.clone();
    newer[8..12].copy_from_slice(&99_u32.to_le_bytes());
    let checksum = twox_hash::xxhash3_128::Hasher::oneshot(&newer[..80]);
    newer[80..96].copy_from_slice(&checksum.to_be_bytes());
    let mut longer = whole;
    longer.push(0);
    let cases: &[(&[u8], &str)] = &[
        (&newer, "format 99"),
        (&longer, "npm.lockgate"),
        (b"", "no advisory snapshot"),
        (b"PK\x03\x04 and so on", "no advisory snapshot"),
        (b"{\"id\": \"GHSA-case-0001-glim\"}", "no advisory snapshot"),
        (b"SQLite format 3\0", "no advisory snapshot"),
    ];
    for (content, says) in cases {
        project.write("npm.lockgate", content);
        let run = project.run(&["check", "--db", "npm.lockgate"]);
        run.assert_harmless().assert_code(3);
        let said = run.stdout.split_whitespace().collect::<Vec<_>>().join(" ");
        assert!(said.contains(says), "no `{says}` in\n{}", run.stdout);
        assert!(said.contains("help:"), "{}", run.stdout);
    }
    for path in ["advisories", "not-there"] {
        let run = project.run(&["check", "--db", path]);
        run.assert_harmless().assert_code(3);
        assert!(run.stdout.contains(path), "{}", run.stdout);
    }
}

#[test]
fn an_import_that_fails_leaves_what_was_there() {
    let project = snapshot_project();
    let before = fs::read(project.path().join("npm.lockgate")).unwrap();
    let run = project.run(&["db", "import", "--osv", "npm=not-there", "--out", "npm.lockgate"]);
    assert_refused(&run, &["not-there"]);
    assert_eq!(fs::read(project.path().join("npm.lockgate")).unwrap(), before);
    for out in ["advisories", "package-lock.json/x"] {
        let run = project.run(&["db", "import", "--osv", "npm=advisories", "--out", out]);
        run.assert_harmless();
        assert!(matches!(run.code, 2 | 4), "{out}: {}", run.code);
        run.assert_says(&[out.split('/').next().unwrap()]);
    }
    let left: Vec<_> = fs::read_dir(project.path())
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .filter(|name| name.contains("tmp"))
        .collect();
    assert_eq!(left, [""; 0], "temporary files are left");
}

#[test]
fn a_report_that_cannot_be_written_is_an_internal_error_unless_the_gate_is_closed_by_a_finding() {
    for (fixture, code) in [("withdrawn", 4), ("no-lockfile", 4), ("package-lock-3", 1)] {
        let project = Project::copy_of(&format!("fixtures/cases/{fixture}"));
        let before = names(project.path());
        for target in ["json=not/there.json", "json=advisories"] {
            let run = project.run(&["check", "--report", target]);
            run.assert_harmless().assert_code(code);
            run.assert_says(&["the report cannot be written"]);
        }
        assert_eq!(names(project.path()), before);
    }
}

#[test]
fn what_cannot_be_reported_is_refused_before_anything_is_decided() {
    let project = npm_project();
    let cases: &[(&[&str], &str)] = &[
        (&["--report", "text", "--report", "json"], "only one report"),
        (&["--report", "json=-", "--report", "text"], "only one report"),
        (&["--report", "yaml"], "there is no report `yaml`"),
        (&["--report", "json="], "names no file"),
    ];
    for (arguments, says) in cases {
        let arguments = [&["check"], *arguments].concat();
        assert_refused(&project.run(&arguments), &[says]);
    }
}

#[test]
fn who_stops_reading_still_gets_the_verdict() {
    for (fixture, code) in [("package-lock-3", 1), ("withdrawn", 0), ("no-lockfile", 3)] {
        let project = Project::copy_of(&format!("fixtures/cases/{fixture}"));
        for report in ["text", "json"] {
            let mut child = project
                .command(&["check", "--report", report])
                .stdout(Stdio::piped())
                .stderr(Stdio::piped())
                .spawn()
                .unwrap();
            drop(child.stdout.take());
            let run: Run = child.wait_with_output().unwrap().into();
            run.assert_harmless().assert_code(code);
        }
    }
}

#[test]
fn a_full_disk_is_no_pass() {
    for (fixture, code) in [("package-lock-3", 1), ("withdrawn", 4), ("no-lockfile", 4)] {
        let project = Project::copy_of(&format!("fixtures/cases/{fixture}"));
        let full = File::options().write(true).open("/dev/full").unwrap();
        let run: Run = project
            .command(&["check"])
            .stdout(full)
            .output()
            .unwrap()
            .into();
        run.assert_harmless().assert_code(code);
        run.assert_says(&["the report cannot be written"]);
    }
}

#[test]
fn the_clock_must_be_a_time() {
    let project = npm_project();
    assert_refused(&project.run_at("yesterday", &["check"]), &["LOCKGATE_NOW"]);
    let run = project.run_at(NOW, &["check"]);
    assert!(run.stdout.contains("the clock is set"), "{}", run.stdout);
}

fn names(folder: &Path) -> Vec<String> {
    let mut names: Vec<String> = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    names
}

fn make_fifo(path: &Path) {
    assert!(Command::new("mkfifo").arg(path).status().unwrap().success());
}

fn make_dangling_link(path: &Path) {
    symlink("nowhere", path).unwrap();
}
