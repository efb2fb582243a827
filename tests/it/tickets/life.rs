//! The life of an issue, from the first finding to the last.

use serde_json::{Value, json};

use super::world::{World, assert_reports, labels};

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
    assert!(issues[0]["title"].as_str().unwrap().starts_with("GHSA-case-0000-tarn in tarn-000"));
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
    assert_eq!((&issue["state"], &issue["state_reason"]), (&json!("closed"), &json!("completed")));
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

#[test]
fn an_overdue_ticket_blocks_until_the_policy_gives_more_time() {
    let Some(world) = World::new("an overdue ticket blocks") else {
        return;
    };
    world.sync().assert_code(0);
    let later = "2099-01-01T00:00:00Z";
    let check = ["check", "--tickets"];
    let run = world.run_at(later, &check);
    run.assert_code(1);
    assert_reports(&run, "its ticket #1 was due on");
    assert_eq!(labels(&world.issues()[0]), ["lockgate", "sla:overdue"]);
    assert!(world.comments(1)[0].contains("overdue"));
    // An edit of the issue changes nothing.
    let edited =
        json!({ "body": world.issues()[0]["body"].as_str().unwrap().replace("2026", "2100") });
    world.bot("PATCH", "/issues/1", &edited);
    world.run_at(later, &check).assert_code(1);
    world.policy("due = { medium = \"3650d\" }");
    world.run_at("2030-01-01T00:00:00Z", &check).assert_code(0);
    assert_eq!(labels(&world.issues()[0]), ["lockgate"]);
    world.proxy.assert_valid();
}

#[test]
fn no_edit_gives_an_overdue_ticket_new_time() {
    let Some(world) = World::new("no edit gives new time") else {
        return;
    };
    world.sync().assert_code(0);
    let check = ["check", "--tickets"];
    let later = "2099-01-01T00:00:00Z";
    let body = || world.issues()[0]["body"].as_str().unwrap().to_owned();
    let without_first_line = || body().split_once('\n').unwrap().1.to_owned();
    let edits: [(&str, &dyn Fn()); 5] = [
        ("the label is taken off", &|| {
            world.person("DELETE", "/issues/1/labels/lockgate", &Value::Null);
        }),
        ("the first line is deleted", &|| {
            world.person("PATCH", "/issues/1", &json!({ "body": without_first_line() }));
        }),
        ("the label is renamed", &|| {
            world.person("PATCH", "/labels/lockgate", &json!({ "new_name": "old-lockgate" }));
        }),
        ("both are gone, and it is closed", &|| {
            world.person("PATCH", "/issues/1", &json!({ "body": "Done.", "state": "closed" }));
            world.person("DELETE", "/issues/1/labels/lockgate", &Value::Null);
        }),
        ("nothing more is done to it", &|| {}),
    ];
    for (what, edit) in edits {
        edit();
        let run = world.run_at(later, &check);
        run.assert_code(1);
        assert_reports(&run, "its ticket #1 was due on");
        assert_eq!(world.issues().len(), 1, "{what}");
        let labels = labels(&world.issues()[0]).contains(&"lockgate");
        assert!(labels, "{what}: it has its label again");
        assert!(body().starts_with("<!-- lockgate:v1 "), "{what}: it has its line again");
    }
    // The token of another account.
    let mut command = world.command(&check);
    let run: crate::harness::Run = command
        .env("LOCKGATE_NOW", later)
        .env("GITHUB_TOKEN", "token-of-a-person")
        .output()
        .unwrap()
        .into();
    run.assert_code(1);
    assert_reports(&run, "its ticket #1 was due on");
    assert_eq!(world.issues().len(), 1);
}

#[test]
fn closing_is_no_approval() {
    let Some(world) = World::new("closing is no approval") else {
        return;
    };
    world.findings_without_fix(&["medium"]);
    world.sync().assert_code(0);
    let close = json!({ "state": "closed", "state_reason": "not_planned" });
    world.person("PATCH", "/issues/1", &close);
    for _ in 0..2 {
        let run = world.run(&["check", "--tickets"]);
        run.assert_code(1);
        assert_reports(&run, "closed by a person, which is not an approval");
    }
    assert_eq!(world.comments(1).len(), 1);
    assert_eq!(world.open_issues().len(), 0);
    // A fix appears: there is something to do now.
    world.findings(&["medium"]);
    world.sync().assert_code(0);
    assert_eq!(world.open_issues().len(), 1);
    world.proxy.assert_valid();
}

#[test]
fn only_a_complete_scan_of_the_default_branch_closes() {
    let Some(world) = World::new("only a complete scan closes") else {
        return;
    };
    world.sync().assert_code(0);
    world.findings(&[]);
    for reference in ["refs/heads/feature", "refs/pull/7/merge", "refs/tags/v1"] {
        let mut command = world.command(&["ticket", "sync"]);
        command.env("GITHUB_REF", reference).output().unwrap();
        assert_eq!(world.open_issues().len(), 1, "{reference}");
    }
    // A part of the repository: what is elsewhere was not read.
    world.project.write("part/Cargo.lock", world.project.read("Cargo.lock"));
    world.run(&["ticket", "sync", "part", "--policy", "lockgate.toml"]);
    assert_eq!(world.open_issues().len(), 1);
    // A gap: a source that is too old.
    world.run_at("2099-01-01T00:00:00Z", &["ticket", "sync"]).assert_code(3);
    assert_eq!(world.open_issues().len(), 1);
    world.sync().assert_code(0);
    assert_eq!(world.open_issues().len(), 0);
}

#[test]
fn nothing_is_written_for_a_proposal() {
    let Some(world) = World::new("nothing is written for a proposal") else {
        return;
    };
    let mut command = world.command(&["check", "--tickets"]);
    let run: crate::harness::Run =
        command.env("GITHUB_REF", "refs/pull/7/merge").output().unwrap().into();
    run.assert_code(0);
    assert_eq!(world.proxy.writes(), 0);
}

#[test]
fn labels_assignees_and_milestone_come_from_the_policy() {
    let Some(world) = World::new("labels, assignees, milestone") else {
        return;
    };
    world.person("POST", "/milestones", &json!({ "title": "Release 7" }));
    world.policy("labels = [\"security\"]\nassignees = [\"octocat\"]\nmilestone = \"Release 7\"");
    world.sync().assert_code(0);
    let issue = &world.issues()[0];
    assert_eq!(labels(issue), ["lockgate", "security"]);
    assert_eq!(issue["assignees"][0]["login"], "octocat");
    assert_eq!(issue["milestone"]["title"], "Release 7");
    world.policy("milestone = \"Relase 8\"").findings(&["medium", "medium"]);
    let run = world.run(&["check", "--tickets"]);
    run.assert_code(1);
    assert_reports(&run, "there is no open milestone");
    world.proxy.assert_valid();
}

#[test]
fn text_of_strangers_is_sent_as_code_and_the_title_as_it_is() {
    let Some(world) = World::new("text of strangers") else {
        return;
    };
    world.sync().assert_code(0);
    let body = world.issues()[0]["body"].as_str().unwrap().to_owned();
    assert!(body.contains("`@octocat: tarn-000 <!-- breaks --> see #1`"), "{body}");
    assert_eq!(body.matches("@octocat").count(), 1);
}

#[test]
fn a_private_registry_is_not_named_where_everybody_can_read() {
    for (is_private, world) in [
        (false, World::new("nothing private in public")),
        (true, World::private("nothing private in public")),
    ] {
        let Some(world) = world else { return };
        let lockfile = world.project.read("Cargo.lock");
        let between = lockfile.replace(" \"tarn-000\",", " \"acme-ledger\",")
            + "\n[[package]]\nname = \"acme-ledger\"\nversion = \"2.0.0\"\n\
               source = \"registry+https://crates.acme.test/index\"\n\
               dependencies = [\n \"tarn-000\",\n]\n";
        world.project.write("Cargo.lock", between);
        world.sync().assert_code(0);
        assert_eq!(world.open_issues().len(), 1);
        assert_eq!(world.proxy.sent().contains("acme"), is_private);
    }
}

#[test]
fn what_blocks_gets_an_issue_if_the_policy_says_so() {
    let Some(world) = World::new("what blocks gets an issue") else {
        return;
    };
    let gate = "[gate.development]\nlow = \"note\"";
    world.policy(&format!("block = true\n{gate}"));
    let policy =
        world.project.read("lockgate.toml").replace("medium = \"ticket\"", "medium = \"block\"");
    world.project.write("lockgate.toml", policy);
    world.sync().assert_code(1);
    let body = world.issues()[0]["body"].as_str().unwrap().to_owned();
    assert!(body.contains("the gate is closed until it is resolved"), "{body}");
}

#[test]
fn a_suppression_is_proposed_where_its_claim_was_proved() {
    let Some(world) = World::new("a proposed suppression") else {
        return;
    };
    world.policy("block = true\n[gate.development]\nmedium = \"ticket\"");
    let manifest = |table: &str| {
        format!(
            "[package]\nname = \"harbour\"\nversion = \"0.1.0\"\nedition = \"2021\"\n\
             [lib]\npath = \"lib.rs\"\n[{table}]\ntarn-000 = \"1\"\n"
        )
    };
    let body = |world: &World| world.issues()[0]["body"].as_str().unwrap().to_owned();
    // Cargo is nowhere to be found: what is proved is proved without it.
    world.project.write("lib.rs", "");
    world.project.write("Cargo.toml", manifest("dev-dependencies"));
    world.sync().assert_code(0);
    assert!(body(&world).contains("claim = { development-only = true }"), "{}", body(&world));
    assert!(body(&world).contains("was checked, and it holds now"), "{}", body(&world));
    // Needed at run time now: nothing at hand holds, and builds were not looked at.
    world.project.write("Cargo.toml", manifest("dependencies"));
    world.sync().assert_code(0);
    assert!(!body(&world).contains("[[suppress]]"), "{}", body(&world));
    assert!(body(&world).contains("`lockgate suppress GHSA-case-0000-tarn` tries every claim"));
    world.proxy.forget();
    world.sync().assert_code(0);
    assert_eq!(world.proxy.writes(), 0);
}
