//! Entries that a change edits: what a lockfile says of a package that stays the same archive is no
//! witness for what the change claims.

use serde_json::{Value, json};

use super::repository::{Repository, Told};

const LOCK: &str = "package-lock.json";
const POLICY: &str = "schema = 1\n[[suppress]]\nadvisory = \"CVE-2026-0003\"\nclaim = { development-only = true }\n\
                      reason = \"only tests\"\n";

fn integrity(name: &str, version: &str) -> String {
    let mut digits = format!("{name}{version}").replace(['.', '-'], "x");
    digits.push_str(&"A".repeat(86 - digits.len()));
    format!("sha512-{digits}==")
}

/// `app` needs `left` to run and `tester` to develop; both need `glim`, which is vulnerable.
fn lockfile() -> Value {
    let entry = |name: &str, needs: Value| json!({ "version": "1.0.0", "integrity": integrity(name, "1.0.0"), "dependencies": needs });
    json!({
        "name": "app", "version": "1.0.0", "lockfileVersion": 3,
        "packages": {
            "": { "name": "app", "version": "1.0.0",
                  "dependencies": { "left": "1.0.0" }, "devDependencies": { "tester": "1.0.0" } },
            "node_modules/left": entry("left", json!({ "glim": "^1.0.0" })),
            "node_modules/tester": entry("tester", json!({ "glim": "^1.0.0" })),
            "node_modules/glim": { "version": "1.0.0", "integrity": integrity("glim", "1.0.0") },
        }
    })
}

fn manifest(lockfile: &Value) -> String {
    lockfile["packages"][""].to_string()
}

/// The base holds the lockfile; the change edits it, and says that `glim` is for development only.
fn told(edit: impl Fn(&mut Value)) -> Told {
    let repository = Repository::new();
    let mut lock = lockfile();
    repository.write(LOCK, lock.to_string()).write("package.json", manifest(&lock)).commit();
    edit(&mut lock);
    repository
        .write(LOCK, serde_json::to_string_pretty(&lock).unwrap())
        .write("package.json", manifest(&lock))
        .write("lockgate.toml", POLICY);
    repository.told(&["--base", "HEAD"])
}

fn evidence(told: &Told) -> (String, String) {
    let evidence = &told.json["findings"][0]["evidence"][0];
    let text = |key: &str| evidence[key].as_str().unwrap_or_default().to_owned();
    (text("result"), text("detail"))
}

/// Over the edit nothing is proved, for a reason; once it is committed the claim holds.
fn assert_only_the_edit_is_in_doubt(repository: &Repository, reason: &str) {
    let told = repository.told(&["--base", "HEAD"]);
    let (result, detail) = evidence(&told);
    assert_eq!(result, "unknown", "{}", told.json);
    assert!(detail.contains(reason), "{detail}");
    repository.commit();
    let told = repository.told(&["--base", "HEAD"]);
    assert_eq!(evidence(&told).0, "upheld", "{}", told.json);
}

#[test]
fn a_dependency_that_is_truly_for_development_is_proved() {
    let told = told(|lock| {
        let packages = &mut lock["packages"];
        packages[""]["dependencies"] = json!({});
        packages[""]["devDependencies"]["left"] = json!("1.0.0");
        for name in ["left", "tester", "glim"] {
            packages[format!("node_modules/{name}")]["dev"] = json!(true);
        }
    });
    assert_eq!(evidence(&told).0, "upheld", "{}", told.json);
    assert_eq!(told.code, 0);
}

#[test]
fn an_entry_that_loses_what_it_needs_proves_nothing() {
    let drop_edge = |lock: &mut Value| {
        lock["packages"]["node_modules/left"]["dependencies"] = json!({});
        for name in ["tester", "glim"] {
            lock["packages"][format!("node_modules/{name}")]["dev"] = json!(true);
        }
    };
    let edits: [(&str, Edit<'_>); 5] = [
        ("the edge is taken out", &drop_edge),
        ("and the checksum with it", &|lock| {
            drop_edge(lock);
            lock["packages"]["node_modules/left"]["integrity"] = Value::Null;
            let left = lock["packages"]["node_modules/left"].as_object_mut().unwrap();
            left.remove("integrity");
        }),
        ("a step on the way is taken out", &|lock| {
            let packages = &mut lock["packages"];
            packages["node_modules/tester"]["dependencies"] = json!({ "left": "1.0.0" });
            packages[""]["dependencies"] = json!({});
            drop_edge(lock);
            lock["packages"]["node_modules/tester"]["dependencies"] = json!({ "glim": "^1.0.0" });
        }),
        ("another copy is made without it", &|lock| {
            let packages = &mut lock["packages"];
            packages["node_modules/tester"]["dependencies"] =
                json!({ "glim": "^1.0.0", "left": "1.0.0" });
            let mut copy = packages["node_modules/left"].clone();
            copy["dependencies"] = json!({});
            packages["node_modules/tester/node_modules/left"] = copy;
            drop_edge(lock);
        }),
        ("it becomes a peer that nobody has to bring", &|lock| {
            drop_edge(lock);
            lock["packages"]["node_modules/left"]["peerDependencies"] = json!({ "other": "1" });
        }),
    ];
    for (about, edit) in edits {
        let told = told(edit);
        let (result, detail) = evidence(&told);
        assert_eq!(result, "unknown", "{about}: {}", told.json);
        assert!(detail.contains("at the base the entry of left 1.0.0 says otherwise"), "{detail}");
        let location = &told.json["findings"][0]["evidence"][0]["locations"];
        assert!(location.to_string().contains(LOCK), "{about}: {location}");
    }
}

#[test]
fn what_a_package_is_needed_for_is_told_with_the_edges_that_were_there() {
    let gate = "schema = 1\n[gate.development]\nhigh = \"note\"\n";
    for (folder, disposition) in
        [("node_modules/left", "block"), ("node_modules//left", "block"), ("", "note")]
    {
        let repository = Repository::new();
        let mut lock = lockfile();
        repository
            .write(LOCK, lock.to_string())
            .write("package.json", manifest(&lock))
            .write("lockgate.toml", gate)
            .commit();
        let packages = lock["packages"].as_object_mut().unwrap();
        if folder.is_empty() {
            packages[""]["dependencies"] = json!({});
            packages.remove("node_modules/left");
        } else {
            let mut left = packages.remove("node_modules/left").unwrap();
            left["dependencies"] = json!({});
            packages.insert(folder.to_owned(), left);
        }
        packages["node_modules/glim"]["dev"] = json!(true);
        repository.write(LOCK, lock.to_string()).write("package.json", manifest(&lock));
        let told = repository.told(&["--base", "HEAD"]);
        let expected = format!("existing glim 1.0.0 {disposition}");
        assert_eq!(told.findings(), [expected], "{folder}: {}", told.json);
    }
}

#[test]
fn a_copy_of_a_lockfile_is_held_against_all_that_there_were() {
    let repository = Repository::new();
    let mut lock = lockfile();
    repository.write(LOCK, lock.to_string()).write("package.json", manifest(&lock)).commit();
    lock["packages"]["node_modules/left"]["dependencies"] = json!({});
    lock["packages"]["node_modules/glim"]["dev"] = json!(true);
    repository
        .write("copy/package-lock.json", lock.to_string())
        .write("copy/package.json", manifest(&lock))
        .write("lockgate.toml", POLICY);
    let told = repository.told(&["--base", "HEAD"]);
    let found = told.json["findings"].to_string();
    assert!(found.contains("in package-lock.json at the base the entry of left 1.0.0"), "{found}");
}

#[test]
fn a_copy_among_more_lockfiles_than_are_compared_proves_nothing() {
    let repository = Repository::new();
    let mut lock = lockfile();
    let empty = |folder: &str| {
        let lock =
            json!({ "name": folder, "lockfileVersion": 3, "packages": { "": { "name": folder } } });
        repository
            .write(&format!("{folder}/package-lock.json"), lock.to_string())
            .write(&format!("{folder}/package.json"), json!({ "name": folder }).to_string());
    };
    repository.write(LOCK, lock.to_string()).write("package.json", manifest(&lock));
    (0..32).for_each(|number| empty(&format!("before-{number}")));
    repository.commit();
    (0..32).for_each(|number| empty(&format!("new-{number}")));
    lock["packages"]["node_modules/left"]["dependencies"] = json!({});
    lock["packages"]["node_modules/glim"]["dev"] = json!(true);
    repository
        .write("copy/package-lock.json", lock.to_string())
        .write("copy/package.json", manifest(&lock))
        .write("lockgate.toml", POLICY);
    let told = repository.told(&["--base", "HEAD"]);
    let found = told.json["findings"].to_string();
    assert!(found.contains("its entries were not held against those at the base"), "{found}");
    assert_ne!(told.code, 0);
}

#[test]
fn an_upgrade_that_drops_a_dependency_is_believed() {
    let told = told(|lock| {
        let packages = &mut lock["packages"];
        packages[""]["dependencies"] = json!({ "left": "2.0.0" });
        packages["node_modules/left"] =
            json!({ "version": "2.0.0", "integrity": integrity("left", "2.0.0") });
        for name in ["tester", "glim"] {
            packages[format!("node_modules/{name}")]["dev"] = json!(true);
        }
    });
    assert_eq!(evidence(&told).0, "upheld", "{}", told.json);
}

#[test]
fn a_platform_that_is_written_into_an_entry_proves_nothing() {
    let repository = Repository::new();
    let mut lock = lockfile();
    for name in ["left", "tester"] {
        let entry = &mut lock["packages"][format!("node_modules/{name}")];
        entry["optionalDependencies"] = entry["dependencies"].take();
        entry["dependencies"] = json!({});
    }
    lock["packages"]["node_modules/glim"]["optional"] = json!(true);
    let npm = "[npm]\nplatforms = [\"linux-x64\"]\n";
    repository
        .write(LOCK, lock.to_string())
        .write("package.json", manifest(&lock))
        .write("lockgate.toml", format!("schema = 1\n{npm}"))
        .commit();
    lock["packages"]["node_modules/glim"]["os"] = json!(["win32"]);
    let policy = POLICY.replace("development-only", "platform");
    repository.write(LOCK, lock.to_string()).write("lockgate.toml", format!("{policy}{npm}"));
    assert_only_the_edit_is_in_doubt(&repository, "says otherwise where it can be installed");
}

#[test]
fn a_path_that_an_edit_makes_true_clears_nothing() {
    let policy = "schema = 1\n[[suppress]]\nadvisory = \"CVE-2026-0003\"\npaths = [\"app > tester > glim\"]\n\
                  claim = { attested = true }\nreason = \"tests only\"\nowner = \"@a/b\"\nexpires = 2026-12-01\n";
    let repository = Repository::new();
    let mut lock = lockfile();
    repository
        .write(LOCK, lock.to_string())
        .write("package.json", manifest(&lock))
        .write("lockgate.toml", policy)
        .commit();
    let before = repository.told(&["--base", "HEAD"]);
    assert_eq!(before.findings(), ["existing glim 1.0.0 block"], "{}", before.json);
    lock["packages"]["node_modules/left"]["dependencies"] = json!({});
    repository.write(LOCK, lock.to_string());
    let told = repository.told(&["--base", "HEAD"]);
    assert_eq!(told.findings(), ["existing glim 1.0.0 block"], "{}", told.json);
}

/// What a change does to a lockfile.
type Edit<'run> = &'run dyn Fn(&mut Value);

fn crates(edges: &str) -> String {
    let entry = |name: &str, needs: &str| {
        let bytes: Vec<String> =
            name.bytes().cycle().take(32).map(|byte| format!("{byte:02x}")).collect();
        let checksum = bytes.concat();
        format!(
            "\n[[package]]\nname = \"{name}\"\nversion = \"1.0.0\"\n\
             source = \"registry+https://github.com/rust-lang/crates.io-index\"\nchecksum = \"{checksum}\"\n{needs}"
        )
    };
    let mut text = "version = 4\n\n[[package]]\nname = \"harbour\"\nversion = \"0.1.0\"\n\
                    dependencies = [\n \"left\",\n \"probe\",\n]\n"
        .to_owned();
    text.push_str(&entry("left", edges));
    text.push_str(&entry("probe", "dependencies = [\n \"tarn\",\n]\n"));
    text.push_str(&entry("tarn", ""));
    text
}

#[test]
fn a_crate_that_loses_an_edge_proves_nothing() {
    let repository = Repository::new();
    let manifest = "[package]\nname = \"harbour\"\nversion = \"0.1.0\"\n[dependencies]\nleft = \"1\"\n\
                    [dev-dependencies]\nprobe = \"1\"\n";
    repository
        .write("Cargo.toml", manifest)
        .write("Cargo.lock", crates("dependencies = [\n \"tarn\",\n]\n"))
        .commit();
    let policy = POLICY.replace("CVE-2026-0003", "CVE-2026-0001");
    repository.write("Cargo.lock", crates("")).write("lockgate.toml", policy);
    assert_only_the_edit_is_in_doubt(&repository, "left 1.0.0");
}

#[test]
fn a_version_that_is_edited_over_the_same_checksum_is_not_mended() {
    let edits: [&dyn Fn(&mut Value); 2] =
        [&|lock| lock["packages"]["node_modules/glim"]["version"] = json!("2.0.0"), &|lock| {
            let packages = &mut lock["packages"];
            let mut moved = packages["node_modules/glim"].clone();
            moved["version"] = json!("2.1.0");
            packages.as_object_mut().unwrap().remove("node_modules/glim");
            packages["node_modules/left/node_modules/glim"] = moved;
            packages["node_modules/tester"]["dependencies"] = json!({});
        }];
    for edit in edits {
        let told = told(edit);
        assert_eq!((told.code, told.fixed().len()), (3, 0), "{}", told.json);
        let gaps = told.json["gaps"].to_string();
        assert!(gaps.contains("has the checksum that glim 1.0.0 has at the base"), "{gaps}");
    }
}

#[test]
fn a_checksum_that_is_edited_under_the_same_version_is_said() {
    let told = told(|lock| {
        lock["packages"]["node_modules/left"]["integrity"] = json!(integrity("wrong", "1.0.0"));
    });
    assert_ne!(told.code, 0);
    let gaps = told.json["gaps"].to_string();
    assert!(gaps.contains("left 1.0.0 has another checksum than in package-lock.json"), "{gaps}");
    // Another kind of checksum says nothing about the first one.
    let repository = Repository::new();
    let mut lock = lockfile();
    repository.write(LOCK, lock.to_string()).commit();
    lock["packages"]["node_modules/left"]["integrity"] = json!("sha1-bGVmdGxlZnRsZWZ0bGVmdGxlZnQ=");
    repository.write(LOCK, lock.to_string());
    let told = repository.told(&["--base", "HEAD"]);
    assert_eq!(told.gaps(), [""; 0], "{}", told.json);
}

#[test]
fn what_vanishes_because_an_entry_was_edited_is_not_mended() {
    let told = told(|lock| {
        for name in ["left", "tester"] {
            lock["packages"][format!("node_modules/{name}")]["dependencies"] = json!({});
        }
        lock["packages"].as_object_mut().unwrap().remove("node_modules/glim");
    });
    assert_eq!((told.code, told.fixed().len()), (3, 0), "{}", told.json);
    let gaps = told.json["gaps"].to_string();
    assert!(gaps.contains("does not lock glim 1.0.0 any more"), "{gaps}");
}
