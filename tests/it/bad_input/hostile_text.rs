//! Text that would act on a terminal.

use super::{assert_refused, npm_project};

const ESCAPE: &str = "\u{1b}[2J\u{9b}2J\u{7}\u{202e}\u{2066}";

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
            "\"node_modules/ours\": {{ \"version\": \"1.0.0\", \"resolved\": \"https://h{escape}.example/a/-/a-1.0.0.tgz\",\n      \
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

#[test]
fn no_line_of_a_report_is_a_command_of_a_workflow() {
    let project = npm_project();
    let record = "advisories/GHSA-case-0001-glim.json";
    let title = "::error::a ##[group]b ::stop-commands::c ".repeat(20);
    let text = project.read(record);
    let text = text.replace("\"summary\": \"A flaw", &format!("\"summary\": \"{title}"));
    project.write(record, text);
    let policy = project.read("lockgate.toml");
    let suppression = "[[suppress]]\nadvisory = \"GHSA-case-0001-glim\"\nclaim = { development-only = true }\n\
                       reason = \"\"\"\n::warning::d\n##vso[task.x]e\"\"\"\n";
    project.write("lockgate.toml", format!("{policy}\n{suppression}"));
    project.write("::notice::f/package-lock.json", project.read("package-lock.json"));
    project.write("##[error]g/package-lock.json", "{");
    let mut runs = Vec::new();
    for arguments in [
        &["check"][..],
        &["explain", "GHSA-case-0001-glim"],
        &["policy", "check"],
        &["ticket", "plan", "--offline"],
        &["history", "GHSA-case-0001-glim"],
    ] {
        runs.push(project.run(arguments));
    }
    project.remove("##[error]g");
    for arguments in [&["check"][..], &["explain", "GHSA-case-0001-glim"]] {
        let run = project.run(arguments);
        assert!(run.stdout.contains("GHSA-case-0001-glim"), "{}{}", run.stdout, run.stderr);
        runs.push(run);
    }
    for run in runs {
        for line in run.stdout.lines().chain(run.stderr.lines()) {
            assert!(!line.trim_start().starts_with("::"), "{line}");
            assert!(!line.contains("##["), "{line}");
            assert!(!line.contains("##vso["), "{line}");
        }
    }
}
