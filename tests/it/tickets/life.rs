//! The life of an issue, from the first finding to the last.

use serde_json::{Value, json};

use super::world::{World, labels};

#[test]
fn a_finding_opens_an_issue_and_a_second_run_writes_nothing() {
    let Some(world) = World::new("a finding opens an issue") else {
        return;
    };
    world.findings(&["medium", "low"]);
    let run = world.sync();
    run.assert_harmless().assert_code(0);
    let issues = world.issues();
    assert_eq!(issues.len(), 2, "{}", run.stdout);
    assert_eq!(labels(&issues[0]), ["lockgate"]);
    assert!(
        issues[0]["title"]
            .as_str()
            .unwrap()
            .starts_with("GHSA-case-0000-tarn in tarn-000")
    );
    world.proxy.forget();
    let run = world.sync();
    run.assert_code(0);
    assert_eq!(world.proxy.writes(), 0, "{}", run.stdout);
    world.proxy.assert_valid();
}

#[test]
fn a_finding_that_is_gone_closes_its_issue_and_one_that_is_back_reopens_it() {
    let Some(world) = World::new("gone and back") else {
        return;
    };
    world.sync().assert_code(0);
    world.findings(&[]);
    world.sync().assert_code(0);
    let issue = &world.issues()[0];
    assert_eq!(
        (&issue["state"], &issue["state_reason"]),
        (&json!("closed"), &json!("completed"))
    );
    assert!(world.comments(1)[0].contains("the finding is gone"));
    world.findings(&["medium"]);
    world.sync().assert_code(0);
    assert_eq!(world.issues()[0]["state"], "open");
    assert_eq!(world.comments(1).len(), 2);
    world.proxy.forget();
    world.sync().assert_code(0);
    assert_eq!(world.proxy.writes(), 0);
    world.proxy.assert_valid();
}

#[test]
fn a_plan_and_a_dry_run_write_nothing() {
    let Some(world) = World::new("a plan writes nothing") else {
        return;
    };
    for arguments in [
        &["ticket", "plan"][..],
        &["ticket", "sync", "--dry-run"],
        &["check", "--tickets", "--dry-run"],
    ] {
        world.run(arguments).assert_harmless().assert_code(0);
    }
    let plan = world.run(&["ticket", "plan", "--format", "json"]);
    assert_eq!(plan.json()["steps"][0]["action"], "create");
    assert_eq!(world.proxy.writes(), 0);
    assert_eq!(world.issues(), Vec::<Value>::new());
    world.proxy.assert_valid();
}
