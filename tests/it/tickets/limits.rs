//! What GitHub limits, and what people can switch off.

use serde_json::{Value, json};

use super::proxy::Fault;
use super::world::{World, assert_reports};

/// The most that GitHub takes as the text of an issue or a comment.
const LONGEST: usize = 65_536;

#[test]
fn in_a_locked_conversation_the_issue_is_written_without_a_comment() {
    let Some(world) = World::new("a locked conversation") else {
        return;
    };
    world.findings_without_fix(&["medium"]);
    world.sync().assert_code(0);
    world.person("PUT", "/issues/1/lock", &json!({ "lock_reason": "resolved" }));
    let locked = || {
        let said = "Unable to create comment because issue is locked.";
        world.proxy.fault("POST", "/comments", Fault::Refuse(403, &[], said));
    };
    // A fix appears, which is worth a comment.
    locked();
    world.findings(&["medium"]);
    world.sync().assert_code(0);
    let body = world.issues()[0]["body"].as_str().unwrap().to_owned();
    assert!(body.contains("Upgrade `tarn-000` to `>=1.0.1`"), "{body}");
    // The finding is gone.
    locked();
    world.findings(&[]);
    world.sync().assert_code(0);
    assert_eq!(world.issues()[0]["state"], "closed");
    assert_eq!(world.comments(1), Vec::<String>::new());
    assert_eq!(world.proxy.left_over(), 0, "both comments were tried");
    world.proxy.assert_valid();
}

#[test]
fn more_issues_than_one_page_holds_are_all_found_again() {
    let Some(world) = World::new("more than a page of issues") else {
        return;
    };
    world.policy("most-new = 500").findings(&["medium"; 130]);
    let policy = world.project.read("lockgate.toml").replace("most-new = 100\n", "");
    world.project.write("lockgate.toml", policy);
    world.sync().assert_code(0);
    assert_eq!(world.open_issues().len(), 130);
    world.proxy.forget();
    let run = world.sync();
    run.assert_code(0);
    assert!(
        run.stdout.contains("0 written, 0 not written, 130 as they should be"),
        "{}",
        run.stdout
    );
    assert_eq!(world.proxy.writes(), 0);
    assert_eq!(world.proxy.count("GET", "/issues"), 2, "two pages");
    // All are gone: those of the second page as well.
    world.findings(&[]);
    world.sync().assert_code(0);
    assert_eq!(world.open_issues().len(), 0);
    world.proxy.assert_valid();
}

#[test]
fn where_issues_are_switched_off_it_is_not_known_what_is_tracked() {
    let Some(world) = World::new("issues are switched off") else {
        return;
    };
    world.sync().assert_code(0);
    world.person("PATCH", "", &json!({ "has_issues": false }));
    let run = world.run(&["check", "--tickets"]);
    run.assert_harmless().assert_code(3);
    assert_reports(&run, "it is not known what is tracked: gone: octocat/demo has no issues");
    assert_reports(&run, "switch issues on in the settings of the repository");
    // Where nothing needs a ticket it is a remark.
    world.findings(&[]);
    world.run(&["check", "--tickets"]).assert_code(0);
}

#[test]
fn a_body_stays_below_the_limit_and_a_persons_text_is_never_cut() {
    let Some(world) = World::new("the limit of a body") else {
        return;
    };
    let lockfile = world.project.read("Cargo.lock");
    let far = "a-rather-long-name-of-a-folder/".repeat(4);
    for number in 0..500 {
        world.project.write(&format!("{far}{number}/Cargo.lock"), &lockfile);
    }
    world.sync().assert_code(0);
    let body = |world: &World| world.issues()[0]["body"].as_str().unwrap().to_owned();
    let text = body(&world);
    assert!(text.contains("more in other lockfiles"), "{} characters", text.chars().count());
    assert!(text.chars().count() < LONGEST);
    // A person uses up the rest, and the finding changes.
    let room = LONGEST - 500 - text.chars().count();
    let added = format!("\n\n{}", "é".repeat(room));
    world.person("PATCH", "/issues/1", &json!({ "body": format!("{text}{added}") }));
    world.findings_without_fix(&["medium"]);
    world.sync().assert_code(0);
    assert!(body(&world).ends_with(&added), "what a person wrote is there");
    world.findings(&[]);
    world.sync();
    world.proxy.assert_valid();
}

#[test]
fn labels_that_were_dropped_are_set_once_more_before_an_issue_is_given_up() {
    let Some(world) = World::new("labels are dropped once") else {
        return;
    };
    world.proxy.fault("POST", "/issues", Fault::DropLabels);
    world.sync().assert_code(0);
    assert_eq!(world.open_issues().len(), 1);
    world.proxy.forget();
    world.sync().assert_code(0);
    assert_eq!(world.proxy.writes(), 0, "it is found again");
    assert_ne!(world.issues()[0]["labels"], Value::Array(Vec::new()));
}
