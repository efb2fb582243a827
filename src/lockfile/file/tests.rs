use super::*;
use crate::lockfile::cargo::CargoLock;
use crate::lockfile::npm::NpmLock;
use crate::lockfile::sample::Files;

const CARGO: &str = "[[package]]\nname = \"app\"\nversion = \"0.1.0\"\n";
const NPM: &str = "{\"lockfileVersion\": 3, \"packages\": {\"\": {\"name\": \"app\"}}}";

const NPM_WORKSPACE: &str =
    "{\"lockfileVersion\": 3, \"packages\": {\"\": {\"workspaces\": [\"a\"]}}}";
const BUN: &str = "{\n  \"lockfileVersion\": 1,\n  \"workspaces\": {\n    \"\": {\n      \"name\": \"app\",\n    },\n  },\n  \"packages\": {\n  }\n}\n";

fn read_bytes(name: &str, bytes: &[u8]) -> Result<Lockfile, LockfileError> {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join(name);
    fs::write(&path, bytes).unwrap();
    read(&path, "shown/name", &Files(&[])).map(|(lockfile, _)| lockfile)
}

#[test]
fn the_name_tells_the_format_and_else_the_content() {
    for (name, text, format) in [
        ("Cargo.lock", CARGO, "cargo"),
        ("old-Cargo.lock", CARGO, "cargo"),
        ("package-lock.json", NPM, "npm"),
        ("web.npm-shrinkwrap.json", NPM, "npm"),
        ("lock", CARGO, "cargo"),
        ("lock", NPM, "npm"),
        ("lock.json", &format!("\n{NPM}"), "npm"),
        ("lock.json", NPM_WORKSPACE, "npm"),
        ("lock", BUN, "bun"),
    ] {
        assert_eq!(read_bytes(name, text.as_bytes()).unwrap().format.name(), format, "{name}");
    }
    for (name, text) in
        [("bun.lockb", "#!/usr/bin/env bun\n"), ("cargo.lock", ""), ("Cargo.lock", NPM)]
    {
        assert!(read_bytes(name, text.as_bytes()).is_err(), "{name}");
    }
}

#[test]
fn a_byte_order_mark_is_no_part_of_the_text() {
    for (name, text) in [("Cargo.lock", CARGO), ("package-lock.json", NPM)] {
        let lockfile = read_bytes(name, format!("\u{feff}{text}").as_bytes()).unwrap();
        assert_eq!(lockfile.source.text, text);
        assert_eq!(lockfile.source.path, "shown/name");
    }
}

#[test]
fn what_is_no_text_file_is_refused() {
    let error = read_bytes("Cargo.lock", b"# one\n# caf\xe9\n").unwrap_err();
    assert!(error.problem().message.contains("not UTF-8: see line 2"), "{error}");
    let utf_16: Vec<u8> = NPM.encode_utf16().flat_map(u16::to_le_bytes).collect();
    assert!(read_bytes("package-lock.json", &utf_16).is_err());
    let folder = tempfile::tempdir().unwrap();
    fs::create_dir(folder.path().join("Cargo.lock")).unwrap();
    for name in ["Cargo.lock", "gone/Cargo.lock"] {
        let error = read(&folder.path().join(name), name, &Files(&[])).unwrap_err();
        assert!(error.problem().help.is_some(), "{error}");
    }
}

#[test]
fn a_file_that_is_too_large_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("Cargo.lock");
    fs::File::create(&path).unwrap().set_len(MAX_BYTES + 1).unwrap();
    let error = read(&path, "Cargo.lock", &Files(&[])).unwrap_err();
    assert!(error.problem().message.contains("larger than 256 MiB"), "{error}");
}

#[test]
fn what_only_looks_like_a_lockfile_is_refused_with_a_help_that_fits() {
    assert!(!CargoLock.recognises("[package]"));
    for (name, text, message) in [
        ("lock.json", "{\"lockfileVersion\": 1}", "no lockfile that lockgate knows"),
        ("lock.json", "{\"dependencies\": {}}", "no lockfile that lockgate knows"),
        ("lock.json", "{\"version\": \"4\", \"packages\": {}}", "no lockfile that lockgate knows"),
        ("vlt-lock.json", "{\"lockfileVersion\": 0}", "this lockfile is of vlt"),
    ] {
        let error = read_bytes(name, text.as_bytes()).unwrap_err();
        assert!(error.problem().message.contains(message), "{name}: {error}");
        let help = error.problem().help.as_deref().unwrap_or_default();
        assert!(help.contains("package-lock.json") && !help.contains("let npm"), "{help}");
    }
    let error = read_bytes("bun.lockb", b"#!/usr/bin/env bun\n\xff").unwrap_err();
    insta::assert_snapshot!(error.problem().help.as_deref().unwrap(), @"type `bun install --save-text-lockfile --frozen-lockfile --lockfile-only` in its folder and remove bun.lockb, or leave it out with `[lockfiles] exclude` in the policy");
    for name in ["package-lock.json", "npm-shrinkwrap.json"] {
        assert!(read_bytes(name, b"{\"lockfileVersion\": 1}").is_ok(), "{name}");
    }
    let conflict = format!("<<<<<<< ours\n{NPM}");
    assert!(!NpmLock.recognises(&conflict));
    assert!(NpmLock.recognises(&format!("{{\n<<<<<<< ours\n{}", &NPM[1..])));
}
