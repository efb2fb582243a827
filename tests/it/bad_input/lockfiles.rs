//! Lockfiles that do not read.

use super::{assert_refused, cargo_project, npm_project};

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
            &["package-lock.json:5", "`version` is said twice"],
        ),
        (
            "packages twice",
            b"{\n \"lockfileVersion\": 3,\n \"packages\": {},\n \"packages\": { \"node_modules/glim\": { \"version\": \"1.4.0\" } } }",
            &["package-lock.json:4", "`packages` is said twice"],
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
            &["package-lock.json:4", "is no name of a package"],
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
