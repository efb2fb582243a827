//! Many runs at the same time: exactly one open issue for each finding and for each incident.

use std::process::Stdio;

use serde_json::Value;

use super::world::{World, labels};

const FINDINGS: usize = 30;

/// Every third finding is grave.
const INCIDENTS: usize = FINDINGS / 3;

/// `runs` runs at the same time, in `rounds` rounds, each in a repository of its own.
fn race(test: &str, runs: usize, rounds: usize) {
    for round in 0..rounds {
        let Some(world) = World::private(test) else {
            return;
        };
        let severities: Vec<&str> =
            (0..FINDINGS).map(|number| if number % 3 == 0 { "high" } else { "medium" }).collect();
        world.policy("[incident]\nprojects = [\"harbour\"]").findings(&severities);
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
        let (incidents, tickets): (Vec<Value>, Vec<Value>) =
            world.open_issues().into_iter().partition(|issue| labels(issue).contains(&"incident"));
        assert_different(&tickets, FINDINGS, round);
        assert_different(&incidents, INCIDENTS, round);
        world.proxy.forget();
        world.sync().assert_code(0);
        assert_eq!(world.proxy.writes(), 0, "round {round}: the world did not change");
        world.proxy.assert_valid();
    }
}

fn assert_different(issues: &[Value], expected: usize, round: usize) {
    assert_eq!(issues.len(), expected, "round {round}");
    let mut titles: Vec<&str> =
        issues.iter().map(|issue| issue["title"].as_str().unwrap()).collect();
    titles.sort_unstable();
    titles.dedup();
    assert_eq!(titles.len(), expected, "round {round}");
}

#[test]
fn five_runs_at_once_leave_one_issue_for_each_finding() {
    race("five runs at once", 5, 1);
}

/// `benches/tickets.sh` runs it.
#[test]
#[ignore = "takes minutes: benches/tickets.sh runs it"]
fn twenty_runs_at_once_many_times_over() {
    race("twenty runs at once", 20, rounds());
}

fn rounds() -> usize {
    #[expect(clippy::disallowed_methods, reason = "whoever runs the benchmark says how long")]
    let said = std::env::var("LOCKGATE_RACE_ROUNDS");
    said.ok().and_then(|said| said.parse().ok()).unwrap_or(50)
}
