//! Many runs at the same time: exactly one open issue for each finding.

use std::process::Stdio;

use super::world::World;

const FINDINGS: usize = 30;

/// `runs` runs at the same time, in `rounds` rounds, each in a repository of its own.
fn race(test: &str, runs: usize, rounds: usize) {
    for round in 0..rounds {
        let Some(world) = World::new(test) else {
            return;
        };
        world.findings(&["medium"; FINDINGS]);
        let children: Vec<_> = (0..runs)
            .map(|_| {
                world
                    .command(&["ticket", "sync"])
                    .stdout(Stdio::null())
                    .stderr(Stdio::null())
                    .spawn()
                    .unwrap()
            })
            .collect();
        for mut child in children {
            assert!(child.wait().unwrap().success(), "round {round}");
        }
        let mut titles: Vec<String> = world
            .open_issues()
            .iter()
            .map(|issue| issue["title"].as_str().unwrap().to_owned())
            .collect();
        assert_eq!(titles.len(), FINDINGS, "round {round}");
        titles.sort();
        titles.dedup();
        assert_eq!(titles.len(), FINDINGS, "round {round}");
        world.proxy.assert_valid();
    }
}

#[test]
fn five_runs_at_once_leave_one_issue_for_each_finding() {
    race("five runs at once", 5, 1);
}

/// `benches/tickets.sh` runs it.
#[test]
#[ignore = "takes minutes: benches/tickets.sh runs it"]
fn twenty_runs_at_once_fifty_times_over() {
    race("twenty runs at once", 20, 50);
}
