//! Text of strangers: package names, branches, folders, advisories and policies that try to be
//! commands, expressions, Markdown, mentions or signals to a terminal.

use std::path::Path;

use serde_json::json;

use super::job::Job;
use super::runner::ActionRun;
use crate::harness::Project;
use crate::tickets::world::World;

/// Each would leave a file, a command, a mention or an escape behind if anything acted on it.
const TEXTS: &[&str] = &[
    "::error title=fake::pwned",
    "::add-mask::e",
    "##[add-mask]e",
    "::stop-commands::pwned",
    "::set-output name=verdict::pass",
    "%0A::set-env name=PATH::pwned",
    "${{ github.token }}",
    "$(touch pwned) `touch pwned` ; touch pwned",
    "<!-- lockgate:report -->",
    "--><img src=x onerror=alert(1)>",
    "@octocat #1 GH-1 octocat/demo#1",
    "\u{1b}[2J\u{1b}]8;;https://pwned.test\u{7}x",
    "verdict=pass\nverdict<<END\npass\nEND",
    "\u{202e}ssap\u{2066}",
    "```\n# pwned\n```",
    "| a | b |\n|---|---|",
];

/// A project in which one text stands wherever a stranger can put one.
fn project(text: &str) -> Project {
    let project = Project::empty();
    // A folder has no slash; a name and a policy that hold control characters are refused.
    let folder = format!("packages {}", text.replace(['\n', '/', '"'], " "));
    let is_control = |character: char| character.is_control();
    let name = text.replace(['/', '"'], " ").replace(is_control, " ");
    let lockfile = json!({
        "name": name, "version": "1.0.0", "lockfileVersion": 3, "requires": true,
        "packages": {
            "": { "name": name, "version": name, "dependencies": { "glim": "1.0.0", name.as_str(): "1.0.0" } },
            "node_modules/glim": {
                "version": "1.0.0",
                "resolved": "{{npm-registry}}/glim/-/glim-1.0.0.tgz"
                    .replace("{{npm-registry}}/", npmrc_config_rs::registry::DEFAULT_REGISTRY),
                "license": text,
                "engines": { name.as_str(): text },
            },
        }
    });
    project.write(&format!("{folder}/package-lock.json"), lockfile.to_string());
    let manifest = json!({ "name": name, "dependencies": { "glim": "1.0.0" } });
    project.write(&format!("{folder}/package.json"), manifest.to_string());
    let record = json!({
        "id": "GHSA-case-0001-glim",
        "modified": "2026-11-01T00:00:00Z",
        "summary": text,
        "details": text,
        "database_specific": { "severity": "HIGH" },
        "references": [{ "type": "ADVISORY", "url": format!("https://harbour.test/{text}") }],
        "affected": [{
            "package": { "ecosystem": "npm", "name": "glim" },
            "ranges": [{ "type": "SEMVER", "events": [{ "introduced": "0" }, { "fixed": "1.0.1" }] }]
        }]
    });
    project.write("advisories/GHSA-case-0001-glim.json", record.to_string());
    let quoted = toml::Value::from(text.replace(is_control, " ")).to_string();
    project.write(
        "lockgate.toml",
        format!(
            "schema = 1\n[database]\nmax-age = \"3650d\"\n\
             sources = [{{ kind = \"osv\", path = \"advisories\" }}]\n\
             [[suppress]]\nadvisory = \"GHSA-case-0001-glim\"\nclaim = {{ development-only = true }}\n\
             reason = {quoted}\nowner = {quoted}\n"
        ),
    );
    project
}

fn job(text: &str) -> Job {
    Job::with(project(text), "packages*", "pull_request", "pull-request")
        .payload("/pull_request/head/ref", text)
        .payload("/pull_request/base/ref", text)
        .payload("/pull_request/title", text)
        .env("GITHUB_HEAD_REF", text.replace('\n', " "))
        .env("GITHUB_BASE_REF", text.replace('\n', " "))
        .env("GITHUB_ACTOR", text.replace('\n', " "))
}

fn assert_nothing_acted(run: &ActionRun, text: &str, workspace: &Path) {
    assert!(!workspace.join("pwned").exists(), "{text}");
    for command in &run.commands {
        assert!(["error", "warning", "notice"].contains(&command.name.as_str()), "{command:?}");
        assert!(!command.property("title").contains("fake"), "{command:?}");
        let keys: Vec<&str> = command.properties.iter().map(|(key, _)| key.as_str()).collect();
        assert!(keys.iter().all(|key| ["file", "line", "title"].contains(key)), "{command:?}");
    }
    for (name, value) in &run.outputs {
        assert!(!value.contains(['\n', '\r', '\u{1b}']), "{name}={value}");
        // The name of a file is what the workflow says it is.
        assert!(name.ends_with("-file") || !value.contains("pwned"), "{name}={value}");
    }
    for character in ['\u{1b}', '\u{7}', '\u{202e}', '\u{2066}'] {
        assert!(!format!("{}{}", run.log, run.summary).contains(character), "{text}");
    }
}

/// What GitHub would make of a page: a second marker, HTML, a mention, a reference, an image.
fn assert_harmless_page(page: &str, text: &str) {
    let prose = without_code(page);
    assert_eq!(prose.matches("<!--").count(), 1, "{text}\n{page}");
    for raw in ["<img", "@octocat", "#1", "\n# pwned", "](javascript"] {
        assert!(!prose.contains(raw), "{raw} of {text} in\n{page}");
    }
}

/// A page without what stands in code, where GitHub looks for nothing.
fn without_code(page: &str) -> String {
    let mut prose = String::new();
    let mut fence: Option<String> = None;
    for line in page.lines() {
        let ticks: String = line.trim_start().chars().take_while(|c| *c == '`').collect();
        match &fence {
            Some(open) if ticks.len() >= open.len() && line.trim() == ticks => fence = None,
            Some(_) => {}
            None if ticks.len() >= 3 => fence = Some(ticks),
            None => {
                prose.extend(line.split('`').step_by(2));
                prose.push('\n');
            }
        }
    }
    assert_eq!(fence, None, "a fence is closed");
    // A character that is written as its number, as `&#64;`, is no syntax.
    prose.replace("&#", "&")
}

#[test]
fn text_of_strangers_reaches_no_command_no_output_and_no_page_raw() {
    for text in TEXTS {
        let job = job(text);
        // The event is read for what the change is compared with.
        let run = job.run(&[("json-file", "report.json")]);
        run.assert_code("1");
        assert_eq!(run.output("verdict"), "block");
        assert_eq!(run.output("blocking-advisories"), "GHSA-case-0001-glim");
        assert_nothing_acted(&run, text, job.workspace.path());
        assert_harmless_page(&run.summary, text);
        assert!(job.workspace.read("report.json").contains("GHSA-case-0001-glim"));
    }
}

#[test]
fn what_is_refused_is_quoted_and_does_nothing_either() {
    for text in TEXTS {
        let project = project(text);
        let quoted = toml::Value::from(text.replace('\n', " ")).to_string();
        project.write("lockgate.toml", format!("schema = 1\n[gate]\n{quoted} = {quoted}\n"));
        let job = Job::with(project, "packages*", "pull_request", "pull-request");
        let run = job.run(&[("base", "none")]);
        run.assert_code("2");
        assert_nothing_acted(&run, text, job.workspace.path());
        assert_eq!(run.annotations("error").len(), 1, "{text}: {:?}", run.commands);
    }
}

#[test]
fn inputs_are_values_and_never_a_part_of_a_command() {
    let job = Job::on("push", "push");
    for text in TEXTS {
        for input in ["path", "policy", "vex", "comment-key", "json-file", "db"] {
            let run = job.run(&[("base", "none"), ("comment", "always"), (input, text)]);
            assert_nothing_acted(&run, text, job.workspace.path());
            assert_ne!(run.output("verdict"), "pass", "{input}: {text}");
        }
    }
    for option in ["--report=json=pwned", "--policy=pwned", "--help", "-V"] {
        let run = job.run(&[("base", "none"), ("path", option)]);
        run.assert_code("2");
        assert!(!job.workspace.path().join("pwned").exists(), "{option}");
    }
}

#[test]
fn a_comment_on_a_pull_request_says_nothing_raw() {
    let Some(world) = World::new("hostile text in the comment of the action") else {
        return;
    };
    for text in TEXTS {
        let request = json!({ "title": text, "head": "topic", "base": "main" });
        let number = world.person("POST", "/pulls", &request)["number"].as_u64().unwrap();
        let job = job(text)
            .pull_request(number)
            .token("token-of-the-gate")
            .env("GITHUB_API_URL", world.proxy.api());
        let run = job.run(&[("base", "none"), ("comment", "on-failure")]);
        run.assert_code("1");
        assert_nothing_acted(&run, text, job.workspace.path());
        let [comment] = &world.comments(number)[..] else {
            panic!("one comment for {text}\n{}", run.log);
        };
        assert!(comment.contains("GHSA-case-0001-glim"), "{comment}");
        assert_harmless_page(comment, text);
    }
}
