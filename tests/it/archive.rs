//! The archives of a release, and the digests by which the action pins them.

#![cfg(target_os = "linux")]

use std::fs;
use std::process::Command;

use serde_json::Value;
use sha2::{Digest, Sha256};

use crate::harness::{Project, repository};

const TAG: &str = "v1.2.3-rc.1";
const TARGETS: [&str; 2] = ["aarch64-apple-darwin", "x86_64-unknown-linux-musl"];
const ADDRESS: &str = "https://example.test/acme/lockgate/releases/download/v1.2.3-rc.1";

fn script(project: &Project, name: &str, arguments: &[&str]) {
    let done = Command::new("bash")
        .arg(repository().join(".github").join(name))
        .args(arguments)
        .current_dir(project.path())
        .output()
        .unwrap();
    assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
}

#[test]
fn an_archive_holds_the_binary_the_manual_and_completions_and_is_pinned_by_its_digest() {
    let project = Project::empty();
    for target in TARGETS {
        script(&project, "pack.sh", &[env!("CARGO_BIN_EXE_lockgate"), target, TAG, "dist"]);
    }
    let archive = format!("dist/lockgate-{TAG}-{}.tar.gz", TARGETS[1]);
    let listed =
        Command::new("tar").args(["-tzf", &archive]).current_dir(project.path()).output().unwrap();
    let listed = String::from_utf8(listed.stdout).unwrap();
    let members: Vec<&str> = listed.lines().collect();
    for member in [
        "lockgate",
        "README.md",
        "CHANGELOG.md",
        "LICENSE-APACHE",
        "LICENSE-MIT",
        "man/lockgate.1",
        "man/lockgate-check.1",
        "completions/lockgate.bash",
        "completions/_lockgate",
        "completions/lockgate.fish",
        "completions/_lockgate.ps1",
        "completions/lockgate.elv",
    ] {
        assert!(members.contains(&member), "no {member} in\n{listed}");
    }

    script(&project, "checksums.sh", &["dist", TAG, ADDRESS]);
    let digest = format!("{:x}", Sha256::digest(fs::read(project.path().join(&archive)).unwrap()));
    let pinned = project.read("dist/checksums.json");
    let targets: Value = serde_json::from_str(&pinned).unwrap();
    let targets = targets["targets"].as_object().unwrap();
    assert_eq!(targets.keys().collect::<Vec<_>>(), TARGETS);
    // One line for each target, in just this form: the action reads it without a JSON parser.
    let url = format!("{ADDRESS}/lockgate-{TAG}-{}.tar.gz", TARGETS[1]);
    let line =
        format!("    \"{}\": {{ \"url\": \"{url}\", \"sha256\": \"{digest}\" }}", TARGETS[1]);
    assert!(pinned.lines().any(|found| found == line), "{line}\n{pinned}");
    assert!(project.read("dist/SHA256SUMS").contains(&digest));
}
