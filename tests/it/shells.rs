//! What shells and the manual know of the command line.

use std::fs;
use std::process::Command;

use crate::harness::Project;
use crate::skip::skip;

/// Every command, as it is typed.
const COMMANDS: &[&str] = &[
    "check",
    "completions",
    "db build",
    "db import",
    "db status",
    "db update",
    "db verify",
    "explain",
    "history",
    "hook install",
    "hook run",
    "hook uninstall",
    "incident note",
    "incident report",
    "man",
    "policy check",
    "suppress",
    "ticket plan",
    "ticket sync",
    "verify-attestation",
];

/// The commands that the help of a command names.
fn named(project: &Project, command: &[&str]) -> Vec<String> {
    let run = project.run(&[command, &["--help"]].concat());
    run.assert_harmless().assert_code(0);
    let listed = run.stdout.split_once("Commands:\n").map(|(_, behind)| behind);
    let lines = listed.into_iter().flat_map(str::lines).take_while(|line| !line.is_empty());
    // Continued descriptions stand further to the right.
    lines
        .filter(|line| line.starts_with("  ") && !line.starts_with("   "))
        .filter_map(|line| line.split_whitespace().next())
        .filter(|name| *name != "help")
        .map(str::to_owned)
        .collect()
}

#[test]
fn the_commands_here_are_all_there_are() {
    let project = Project::empty();
    let mut found = Vec::new();
    for first in named(&project, &[]) {
        let below = named(&project, &[&first]);
        if below.is_empty() {
            found.push(first);
        } else {
            found.extend(below.iter().map(|second| format!("{first} {second}")));
        }
    }
    found.sort();
    assert_eq!(found, COMMANDS);
}

#[test]
fn completions_know_every_command_and_option() {
    let project = Project::empty();
    for shell in ["bash", "zsh", "fish", "powershell", "elvish"] {
        let run = project.run(&["completions", shell]);
        run.assert_code(0);
        for command in COMMANDS {
            for word in command.split(' ') {
                assert!(run.stdout.contains(word), "{shell}: {word}");
            }
        }
        for option in ["report", "subject", "built-in-policy", "shared"] {
            assert!(run.stdout.contains(option), "{shell}: {option}");
        }
    }
    project.run(&["completions", "cmd"]).assert_code(2);
}

#[test]
fn shells_can_read_their_completions() {
    let project = Project::empty();
    for (shell, arguments) in [("bash", &["-n"][..]), ("zsh", &["-n"]), ("fish", &["--no-execute"])]
    {
        let completions = project.run(&["completions", shell]).stdout;
        let file = format!("lockgate.{shell}");
        project.write(&file, completions);
        let Ok(output) =
            Command::new(shell).args(arguments).arg(&file).current_dir(project.path()).output()
        else {
            skip(shell, "completions", format_args!("there is no {shell}"));
            continue;
        };
        let said = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{shell}: {said}");
        assert_eq!(said, "", "{shell}");
    }
}

#[test]
fn there_is_a_page_of_the_manual_for_every_command() {
    let project = Project::empty();
    project.run(&["man", "--out", "man"]).assert_code(0);
    for command in COMMANDS {
        let page = project.read(&format!("man/lockgate-{}.1", command.replace(' ', "-")));
        assert!(page.contains(".TH"), "{command}");
    }
    let first = project.run(&["man"]);
    first.assert_code(0);
    assert_eq!(first.stdout.trim_end(), project.read("man/lockgate.1").trim_end());
    assert!(first.stdout.contains("verify\\-attestation"), "{}", first.stdout);
    let folder = fs::read_dir(project.path().join("man")).unwrap();
    // Those that only lead to others are there as well.
    assert!(folder.count() > COMMANDS.len());
    project.write("file", "").run(&["man", "--out", "file"]).assert_code(4);
}
