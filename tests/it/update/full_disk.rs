//! A disk without room: the old snapshot keeps serving.

use std::fs;
use std::process::Command;

use super::publisher::Source;
use super::{LATER, Machine, NEXT_DAY, clean, findings};
use crate::server::Server;
use crate::skip::skip;

const BOTH: [Source; 2] = [Source::RustSec, Source::Osv];

/// Fills a small disk but for so many KiB, updates, and says how that ended and whether the snapshot
/// is what it was. It stops where there was room enough.
const SCRIPT: &str = r#"
set -eu
mount -t tmpfs -o size=512k tmpfs cache || exit 77
"$LOCKGATE" db update 2> /dev/null
cp cache/lockgate/*.lockgate first.lockgate
touch go
while [ ! -e went ]; do sleep 0.01; done
for free in 0 4 8 12 16 20 24 32 48 64 96 128; do
    dd if=/dev/zero of=cache/fill bs=4k 2> /dev/null || true
    truncate --size=-"${free}k" cache/fill
    code=0
    "$LOCKGATE" db update 2> said || code=$?
    if cmp -s first.lockgate cache/lockgate/*.lockgate; then same=same; else same=new; fi
    check=0
    "$LOCKGATE" check --offline > /dev/null 2>&1 || check=$?
    if grep -q 'the disk is full' said; then full=full; else full=silent; fi
    echo "$free $code $same $check $full"
    rm cache/fill
    if [ "$code" = 0 ]; then break; fi
done
cp cache/lockgate/*.lockgate last.lockgate
"#;

/// The script in a file system of its own, or `None` with a visible remark.
fn run_on_a_small_disk(server: &Server, machine: &Machine) -> Option<String> {
    let folder = machine.project.path();
    fs::create_dir_all(folder.join("cache")).unwrap();
    let spawned = Command::new("unshare")
        .args(["--mount", "--map-root-user", "sh", "-c", SCRIPT])
        .current_dir(folder)
        .env_clear()
        .env("PATH", "/usr/sbin:/usr/bin:/sbin:/bin")
        .env("LOCKGATE", env!("CARGO_BIN_EXE_lockgate"))
        .env("LOCKGATE_NOW", LATER)
        .env("XDG_CACHE_HOME", folder.join("cache"))
        .env("HOME", folder)
        .stdout(std::process::Stdio::piped())
        .spawn();
    let Ok(mut child) = spawned else {
        skip("mount", "the full disk", "there is no `unshare`");
        return None;
    };
    // The first edition is fetched; now there is a second one.
    while !folder.join("go").exists() && child.try_wait().unwrap().is_none() {
        std::thread::sleep(std::time::Duration::from_millis(5));
    }
    for source in BOTH {
        source.publish(server, 2);
    }
    fs::write(folder.join("went"), "").unwrap();
    let output = child.wait_with_output().unwrap();
    if output.status.code() == Some(0) {
        return Some(String::from_utf8(output.stdout).unwrap());
    }
    assert!(!folder.join("go").exists(), "{output:?}");
    skip("mount", "the full disk", "no file system can be mounted");
    None
}

#[test]
fn on_a_full_disk_the_old_snapshot_keeps_serving() {
    let server = Server::start();
    for source in BOTH {
        source.publish(&server, 1);
    }
    let machine = Machine::new(&server, &BOTH);
    let Some(said) = run_on_a_small_disk(&server, &machine) else {
        return;
    };
    let lines: Vec<Vec<&str>> =
        said.lines().map(|line| line.split(' ').skip(1).collect()).collect();
    let (last, failed) = lines.split_last().unwrap();
    assert!(failed.len() > 1, "{said}");
    for line in failed {
        assert_eq!(line, &["3", "same", "0", "full"], "{said}");
    }
    assert_eq!(last, &["0", "new", "1", "silent"], "{said}");
    let new = fs::read(machine.project.path().join("last.lockgate")).unwrap();
    assert!(new == clean(&server, &BOTH, LATER));
}

#[test]
fn a_file_that_may_not_grow_leaves_the_old_snapshot_or_becomes_the_new_one() {
    let server = Server::start();
    for source in BOTH {
        source.publish(&server, 1);
    }
    let machine = Machine::updated(&server, &BOTH);
    let old = machine.snapshot();
    for source in BOTH {
        source.publish(&server, 2);
    }
    let mut refused = 0;
    for blocks in 0..100 {
        let update = format!("trap '' XFSZ; ulimit -f {blocks}; exec \"$0\" db update");
        let mut command = Command::new("/bin/sh");
        let original = machine.update_command(LATER);
        command.args(["-c", &update]).arg(original.get_program());
        command.current_dir(machine.project.path()).env_clear();
        for (name, value) in original.get_envs() {
            command.env(name, value.unwrap_or_default());
        }
        let output = command.output().unwrap();
        if output.status.code() == Some(0) {
            break;
        }
        assert_eq!(output.status.code(), Some(3), "{output:?}");
        assert!(machine.snapshot() == old, "{blocks} blocks");
        machine.check(LATER).assert_code(0);
        machine.check(NEXT_DAY).assert_code(3);
        refused += 1;
    }
    assert!(refused > 3);
    assert!(machine.snapshot() == Some(clean(&server, &BOTH, LATER)));
    assert_eq!(findings(&machine.check(LATER)).len(), 2);
}
