//! When Cargo is started, what is never executed, and what is said where nothing can be decided.

use std::fs;
use std::path::Path;

use serde_json::Value;

use crate::harness::{Project, Run};
use crate::toolchain;
use crate::workspace::{advise, configure_sources, fill_in_targets, lock, vendor};

/// A project with one dependency that no feature turns on, and a `cargo` that leaves a mark.
fn with_marking_cargo(policy: &str) -> Option<(Project, String)> {
    if !toolchain::is_here("what starts cargo") {
        return None;
    }
    let project = Project::copy_of("fixtures/built/optional-dependency");
    vendor(&project, "rotten-1.0.0", "");
    configure_sources(&project);
    fill_in_targets(&project);
    lock(&project);
    advise(&project, "rotten", "");
    let database = "[database]\nmax-age = \"3650d\"\n\
                    sources = [{ kind = \"rustsec\", path = \"advisories\" }]\n";
    let declared =
        if policy.contains("[cargo]") { "" } else { "[cargo]\nfeatures = { default = true }\n" };
    project.write("lockgate.toml", format!("schema = 1\n{database}{declared}{policy}"));
    let programs = tempfile::tempdir().unwrap().keep();
    for name in ["cargo", "rustc"] {
        let path = programs.join(name);
        let mark = programs.join("started");
        let real = toolchain::program(name);
        let script =
            format!("#!/bin/sh\n: > '{}'\nexec '{}' \"$@\"\n", mark.display(), real.display());
        fs::write(&path, script).unwrap();
        toolchain::make_executable(&path);
    }
    Some((project, programs.to_string_lossy().into_owned()))
}

/// The exit code, the disposition of the only finding, and whether a program was started.
fn decided(policy: &str) -> Option<(i32, String, bool)> {
    let (project, programs) = with_marking_cargo(policy)?;
    let mut command = project.command(&["check", "--report", "json"]);
    let run: Run = command.env("PATH", &programs).output().unwrap().into();
    run.assert_harmless();
    let disposition = run.json()["findings"][0]["disposition"].as_str().unwrap().to_owned();
    let is_started = Path::new(&programs).join("started").exists();
    fs::remove_dir_all(&programs).unwrap();
    Some((run.code, disposition, is_started))
}

const BLOCKED: (i32, &str, bool) = (1, "block", false);

#[test]
fn cargo_is_started_only_if_a_claim_or_a_proof_about_a_finding_needs_it() {
    let claim = |claim: &str| {
        format!(
            "[[suppress]]\nadvisory = \"RUSTSEC-2026-0001\"\nclaim = {{ {claim} = true }}\n\
             reason = \"it is not in what we ship\"\n"
        )
    };
    let automatic = "[evidence]\nauto = [\"not-built\", \"platform\"]\n".to_owned();
    for (policy, expected) in [
        (String::new(), BLOCKED),
        ("[evidence]\nauto = []\n".to_owned(), BLOCKED),
        (claim("development-only"), BLOCKED),
        (claim("not-built").replace("0001", "0002"), BLOCKED),
        (claim("not-built") + "expires = 2026-01-01\n", BLOCKED),
        (claim("not-built"), (0, "suppressed", true)),
        (automatic.clone(), (0, "not-affected", true)),
        (format!("[gate]\nunknown = \"ticket\"\n{automatic}"), (0, "not-affected", true)),
        (format!("[gate]\nunknown = \"note\"\n{automatic}"), (0, "note", false)),
        (format!("[gate]\nunknown = \"note\"\n{}", claim("not-built")), (0, "suppressed", true)),
    ] {
        let Some((code, disposition, is_started)) = decided(&policy) else {
            return;
        };
        assert_eq!((code, disposition.as_str(), is_started), expected, "{policy}");
    }
}

#[test]
fn a_refuted_proof_changes_nothing_and_a_refuted_claim_blocks() {
    let built = "[cargo]\nfeatures = { all = true }\n[gate]\nunknown = \"ticket\"\n";
    let automatic = format!("{built}[evidence]\nauto = [\"not-built\"]\n");
    let claimed = format!(
        "{built}[[suppress]]\nadvisory = \"RUSTSEC-2026-0001\"\nclaim = {{ not-built = true }}\n\
         reason = \"it is not in what we ship\"\n"
    );
    for (policy, code, expected) in [(automatic, 0, "ticket"), (claimed, 1, "block")] {
        let Some((found, disposition, _)) = decided(&policy) else {
            return;
        };
        assert_eq!((found, disposition.as_str()), (code, expected), "{policy}");
    }
}

#[test]
fn what_was_proved_without_a_claim_is_told() {
    let Some((project, programs)) = with_marking_cargo("[evidence]\nauto = [\"not-built\"]\n")
    else {
        return;
    };
    let mut command = project.command(&["check"]);
    let run: Run = command.env("PATH", &programs).output().unwrap().into();
    run.assert_code(0).assert_harmless();
    let words = run.stdout.split_whitespace().collect::<Vec<_>>().join(" ");
    for text in [
        "RUSTSEC-2026-0001 rotten 1.0.0 not-built: cargo and its simulation agree",
        "proved without a claim",
        "PASS nothing blocks · 1 not affected",
    ] {
        assert!(words.replace('\u{a0}', " ").contains(text), "no `{text}` in\n{}", run.stdout);
    }
    fs::remove_dir_all(&programs).unwrap();
}

/// Every way in which a repository could make Cargo or rustup run a program of its own.
#[test]
fn nothing_of_the_repository_is_executed() {
    let claim = "[evidence]\nauto = [\"not-built\"]\n";
    let Some((project, programs)) = with_marking_cargo(claim) else {
        return;
    };
    let mark = project.path().join("executed");
    let script = format!("#!/bin/sh\n: > '{}'\nexit 1\n", mark.display());
    for path in ["evil", "toolchain/bin/cargo", "toolchain/bin/rustc", "bin/cargo", "bin/rustc"] {
        project.write(path, &script);
        toolchain::make_executable(&project.path().join(path));
    }
    let sources = project.read(".cargo/config.toml");
    project.write(
        ".cargo/config.toml",
        format!(
            "[build]\nrustc = \"./evil\"\nrustc-wrapper = \"./evil\"\n\
             rustc-workspace-wrapper = \"./evil\"\nrustdoc = \"./evil\"\n\
             [env]\nRUSTC_WRAPPER = {{ value = \"evil\", relative = true, force = true }}\n\
             [alias]\ntree = \"run\"\nmetadata = \"run\"\n\
             [registry]\nglobal-credential-providers = [\"./evil\"]\n\
             [target.x86_64-unknown-linux-gnu]\nlinker = \"./evil\"\nrunner = \"./evil\"\n{sources}"
        ),
    );
    project.write("rust-toolchain.toml", "[toolchain]\npath = \"./toolchain\"\n");
    let path = format!("{}:bin:{programs}", project.path().join("bin").display());
    let mut command = project.command(&["check", "--report", "json"]);
    let run: Run = command.env("PATH", path).output().unwrap().into();
    assert_eq!(run.json()["findings"][0]["disposition"], "not-affected", "{}", run.stdout);
    assert!(!mark.exists(), "a program of the repository was executed");
    fs::remove_dir_all(&programs).unwrap();
}

#[test]
fn what_keeps_it_from_being_decided_is_said_with_what_mends_it() {
    let policy = "[[suppress]]\nadvisory = \"RUSTSEC-2026-0001\"\nclaim = { not-built = true }\n\
                  reason = \"it is not in what we ship\"\n";
    let outdated = "[package]\nname = \"app\"\nversion = \"0.2.0\"\nedition = \"2021\"\n\
                    [dependencies]\nrotten = \"1\"\n";
    let member = "[workspace]\nmembers = [\"app\"]\n";
    for (change, expected, help) in [
        (("Cargo.toml", Some(outdated)), "does not fit its Cargo.toml", "cargo generate-lockfile"),
        (("vendor/rotten-1.0.0", None), "are not on this machine", "cargo fetch --locked"),
        (("Cargo.toml", None), "beside a Cargo.toml", "check the folder of the workspace"),
        (("Cargo.toml", Some(member)), "cargo cannot resolve it", "cargo metadata --locked"),
    ] {
        let Some((project, programs)) = with_marking_cargo(policy) else {
            return;
        };
        match change {
            (path, Some(text)) => project.write(path, text),
            (path, None) => project.remove(path),
        };
        let mut command = project.command(&["check", "--report", "json"]);
        let run: Run = command.env("PATH", &programs).output().unwrap().into();
        let evidence = &run.json()["findings"][0]["evidence"][0];
        assert_eq!((run.code, &evidence["result"]), (1, &Value::from("unknown")));
        let detail = evidence["detail"].as_str().unwrap();
        assert!(detail.contains(expected), "no `{expected}` in {detail}");
        let said = evidence["help"].as_str().unwrap();
        assert!(said.contains(help), "no `{help}` in {said}");
        fs::remove_dir_all(&programs).unwrap();
    }
}

#[test]
fn without_cargo_nothing_is_proved() {
    let policy = "[[suppress]]\nadvisory = \"RUSTSEC-2026-0001\"\nclaim = { not-built = true }\n\
                  reason = \"it is not in what we ship\"\n";
    let Some((project, programs)) = with_marking_cargo(policy) else {
        return;
    };
    let run = project.run(&["check"]);
    run.assert_code(1).assert_harmless();
    assert!(run.stdout.contains("there is no `cargo` on this machine"), "{}", run.stdout);
    fs::remove_dir_all(&programs).unwrap();
}

#[test]
fn explain_says_which_declaration_would_prove_it() {
    let Some((project, programs)) = with_marking_cargo("[cargo]\n") else {
        return;
    };
    let mut command = project.command(&["explain", "RUSTSEC-2026-0001"]);
    let run: Run = command.env("PATH", &programs).output().unwrap().into();
    run.assert_code(0);
    let words = run.stdout.split_whitespace().collect::<Vec<_>>().join(" ");
    for text in [
        "refuted `not-built`: it is built for every target with all features",
        "write `features = { default = true }` into `[cargo]` of the policy: then it is in no build",
    ] {
        assert!(words.replace('\u{a0}', " ").contains(text), "no `{text}` in\n{}", run.stdout);
    }
    fs::remove_dir_all(&programs).unwrap();
}

#[test]
fn a_line_that_a_person_answers_for_in_vain_is_told() {
    let policy = "[cargo]\nfeatures = { default = true }\n\
                  ignore = [{ line = \"cargo build --features tls\", why = \"it is tried\" }]\n\
                  [evidence]\nauto = [\"not-built\"]\n";
    let Some((project, programs)) = with_marking_cargo(policy) else {
        return;
    };
    let mut command = project.command(&["check", "--report", "json"]);
    let run: Run = command.env("PATH", &programs).output().unwrap().into();
    let said = run.stdout.clone();
    assert!(
        said.contains("`ignore` answers for a line that asks for nothing: lockgate.toml:"),
        "{said}"
    );
    fs::remove_dir_all(&programs).unwrap();
}

/// What git does not ignore is searched, whatever it is called.
#[test]
fn every_text_file_that_git_does_not_ignore_is_searched() {
    let policy = "[evidence]\nauto = [\"not-built\"]\n";
    let Some((project, programs)) = with_marking_cargo(policy) else {
        return;
    };
    let git = |arguments: &[&str]| {
        let mut command = std::process::Command::new("git");
        let done = command.current_dir(project.path()).args(arguments).output().unwrap();
        assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
    };
    let decided = || {
        let path = crate::git::path().into_string().unwrap();
        let mut command = project.command(&["check", "--report", "json"]);
        let run: Run = command.env("PATH", format!("{programs}:{path}")).output().unwrap().into();
        run.json()["findings"][0]["disposition"].as_str().unwrap().to_owned()
    };
    git(&["init", "-q"]);
    git(&["add", "."]);
    assert_eq!(decided(), "not-affected");
    let wide: Vec<u8> =
        "cargo build --features tls\r\n".encode_utf16().flat_map(u16::to_le_bytes).collect();
    for (path, text) in [
        ("some/where/file.xyz", b"make\n\ncargo build --features tls\n".to_vec()),
        ("wide", [&[0xFF, 0xFE], &wide[..]].concat()),
    ] {
        project.write(".gitignore", path).write(path, text);
        assert_eq!(decided(), "not-affected", "git ignores {path}");
        project.remove(".gitignore");
        assert_eq!(decided(), "block", "{path}");
        git(&["add", path]);
        assert_eq!(decided(), "block", "{path}");
        // What git keeps and is not there cannot be read.
        project.remove(path);
        assert_eq!(decided(), "block", "{path}");
        git(&["add", path]);
        assert_eq!(decided(), "not-affected", "{path}");
    }
    project.write("data.bin", b"\0cargo build --features tls\n");
    git(&["add", "data.bin"]);
    assert_eq!(decided(), "not-affected", "no text");
    fs::remove_dir_all(&programs).unwrap();
}
