//! Incidents end to end: opened once, kept by people, confirmed, overdue, and never closed by lockgate.

use serde_json::{Value, json};

use super::proxy::Fault;
use super::world::{World, assert_reports, labels};

const MARKED: &str = "[incident]\nprojects = [\"harbour\"]\nassignees = [\"octocat\"]\n\
    authority = { name = \"CNIL\", contact = \"https://www.cnil.fr/\" }\n";

/// A private repository in which one finding is grave and another one is not.
fn world(test: &str) -> Option<World> {
    let world = World::private(test)?;
    world.policy(MARKED).findings(&["high", "medium"]);
    Some(world)
}

fn incidents(world: &World) -> Vec<Value> {
    let mut issues = world.issues();
    issues.retain(|issue| labels(issue).contains(&"incident"));
    issues
}

fn path(issue: &Value) -> String {
    format!("/issues/{}", issue["number"])
}

fn body(world: &World) -> String {
    incidents(world)[0]["body"].as_str().unwrap().to_owned()
}

fn confirm(world: &World) {
    let path = format!("{}/labels", path(&incidents(world)[0]));
    world.person("POST", &path, &json!({ "labels": ["incident:confirmed"] }));
}

#[test]
fn a_grave_finding_opens_an_incident_beside_its_ticket_once() {
    let Some(world) = world("a grave finding opens an incident") else {
        return;
    };
    let run = world.sync();
    run.assert_harmless().assert_code(0);
    assert_eq!(world.issues().len(), 3, "two tickets and one incident: {}", run.stdout);
    let incident = &incidents(&world)[0];
    assert_eq!(labels(incident), ["incident"]);
    assert_eq!(incident["assignees"][0]["login"], "octocat");
    let title = incident["title"].as_str().unwrap();
    assert!(title.starts_with("incident: GHSA-case-0000-tarn in tarn-000"), "{title}");
    for part in
        ["**Not confirmed**", "## Checklist: customer data", "`CNIL` (<https://www.cnil.fr/>)"]
    {
        assert!(body(&world).contains(part), "no `{part}` in {}", body(&world));
    }
    assert!(body(&world).contains("history cannot be told"), "the folder is no real repository");
    world.proxy.forget();
    for arguments in [&["ticket", "sync"][..], &["check", "--tickets"]] {
        world.run(arguments).assert_code(0);
    }
    assert_eq!(world.proxy.writes(), 0, "the world did not change");
    assert_reports(&world.run(&["check", "--tickets"]), "incident #");
    world.proxy.assert_valid();
}

#[test]
fn a_plan_shows_incidents_and_writes_nothing() {
    let Some(world) = world("a plan shows incidents") else {
        return;
    };
    let plan = world.run(&["ticket", "plan", "--format", "json"]).json();
    let kinds: Vec<&str> = plan["steps"]
        .as_array()
        .unwrap()
        .iter()
        .map(|step| step["kind"].as_str().unwrap())
        .collect();
    assert_eq!(kinds, ["ticket", "ticket", "data-incident"]);
    assert_eq!(world.proxy.writes(), 0);
}

#[test]
fn what_people_tick_and_write_stays() {
    let Some(world) = world("what people tick stays") else {
        return;
    };
    world.sync().assert_code(0);
    let ticked = body(&world).replace("- [ ] **Was it used?**", "- [x] **Was it used?**")
        + "\n- [ ] Ask the hosting company";
    world.person("PATCH", &path(&incidents(&world)[0]), &json!({ "body": ticked }));
    // No patched version any more: the facts are written anew.
    world.findings_without_fix(&["high"]);
    world.sync().assert_code(0);
    confirm(&world);
    world.sync().assert_code(0);
    world.findings(&[]);
    world.sync().assert_code(0);
    let body = body(&world);
    assert!(body.contains("No patched version is known."), "{body}");
    assert!(body.contains("- [x] **Was it used?**"), "{body}");
    assert!(body.ends_with("- [ ] Ask the hosting company"), "{body}");
    world.proxy.assert_valid();
}

#[test]
fn the_clock_runs_from_the_label_and_runs_out() {
    let Some(world) = world("the clock of an incident") else {
        return;
    };
    world.sync().assert_code(0);
    confirm(&world);
    world.sync().assert_code(0);
    assert!(body(&world).contains("**Confirmed on 20"), "{}", body(&world));
    assert!(body(&world).contains("The authority has to be told by **20"), "{}", body(&world));
    assert!(!labels(&incidents(&world)[0]).contains(&"incident:overdue"));
    world.proxy.forget();
    world.sync().assert_code(0);
    assert_eq!(world.proxy.writes(), 0);
    let later = "2030-01-01T00:00:00Z";
    for _ in 0..2 {
        world.run_at(later, &["ticket", "sync"]);
    }
    let incident = &incidents(&world)[0];
    assert!(labels(incident).contains(&"incident:overdue"), "{incident}");
    let said = world.comments(incident["number"].as_u64().unwrap());
    assert_eq!(said.len(), 2, "{said:?}");
    assert!(said[0].contains("it is confirmed since 20"));
    assert!(said[1].contains("the authority should have been told"));
    // Whoever confirmed by mistake takes the label off, and the clock stops.
    let label = format!("{}/labels/incident%3Aconfirmed", path(incident));
    world.person("DELETE", &label, &Value::Null);
    world.run_at(later, &["ticket", "sync"]);
    assert!(body(&world).contains("**Not confirmed**"));
    assert!(!labels(&incidents(&world)[0]).contains(&"incident:overdue"));
    world.proxy.assert_valid();
}

#[test]
fn an_incident_whose_finding_is_gone_is_told_so_and_stays_open() {
    let Some(world) = world("a finding that is gone") else {
        return;
    };
    world.sync().assert_code(0);
    world.findings(&["none"]);
    world.findings(&[]);
    for _ in 0..2 {
        world.sync().assert_code(0);
    }
    let incident = &incidents(&world)[0];
    assert_eq!(incident["state"], "open");
    let said = world.comments(incident["number"].as_u64().unwrap());
    assert_eq!(said.len(), 1, "{said:?}");
    assert!(said[0].contains("the finding is gone") && said[0].contains("stays open"), "{said:?}");
    let open = world.open_issues();
    assert_eq!(open.len(), 1, "the tickets are closed");
    // A person closes it, and it stays closed.
    world.person("PATCH", &path(incident), &json!({ "state": "closed" }));
    world.proxy.forget();
    world.sync().assert_code(0);
    assert_eq!((world.proxy.writes(), world.open_issues().len()), (0, 0));
    world.findings(&["high"]);
    world.sync().assert_code(0);
    assert_eq!(incidents(&world)[0]["state"], "open", "it is back");
    world.proxy.assert_valid();
}

#[test]
fn nothing_is_announced_in_a_public_repository() {
    let Some(world) = World::new("nothing is announced in public") else {
        return;
    };
    world.policy(MARKED).findings(&["high"]);
    let run = world.run(&["check", "--tickets"]);
    run.assert_code(1);
    assert_reports(
        &run,
        "its incident has no issue: it is an incident, and the issues can be read",
    );
    assert_eq!(incidents(&world).len(), 0);
    let plan = world.run(&["ticket", "plan"]);
    assert!(plan.stdout.contains("blocks incident: "), "{}", plan.stdout);
    assert!(!plan.stdout.contains("nothing incident: "), "{}", plan.stdout);
    let plan = world.run(&["ticket", "plan", "--format", "json"]).json();
    let steps = plan["steps"].as_array().unwrap();
    let step = |kind: &str| steps.iter().find(|step| step["kind"] == kind).unwrap();
    assert_eq!(
        (&step("data-incident")["blocks"], &step("ticket")["blocks"]),
        (&true.into(), &false.into())
    );
    assert!(!world.proxy.sent().contains("incident"), "{}", world.proxy.sent());
    world.policy(&format!("{MARKED}public = true"));
    world.run(&["check", "--tickets"]).assert_code(0);
    assert_eq!(incidents(&world).len(), 1);
}

#[test]
fn a_malicious_package_opens_the_checklist_for_credentials_wherever_it_is() {
    let Some(world) = world("a malicious package") else {
        return;
    };
    world.policy("[incident]").findings(&["medium"]);
    world.advisory("MAL-2026-0001", "tarn-000", "medium", false);
    world.sync().assert_code(1);
    assert_eq!(incidents(&world).len(), 1);
    for part in ["## Checklist: credentials", "Tokens of the pipeline", "`MAL-2026-0001`"] {
        assert!(body(&world).contains(part), "no `{part}` in {}", body(&world));
    }
    world.proxy.assert_valid();
}

#[test]
fn without_the_table_nothing_starts_an_incident() {
    let Some(world) = world("no table, no incident") else {
        return;
    };
    world.policy("").findings(&["high"]);
    world.advisory("MAL-2026-0001", "tarn-000", "high", false);
    world.sync();
    assert_eq!(incidents(&world).len(), 0);
    let lists = world.proxy.count("GET", "/issues");
    assert_eq!(lists, 4, "by label, by account, the latest, and by label after opening");
}

#[test]
fn a_checklist_of_the_projects_own_is_filled_in() {
    let Some(world) = world("a checklist of its own") else {
        return;
    };
    let checklist = "## Ours\n\n- [ ] {{package}}: {{title}} ({{severity}}, {{fix}})\n- [ ] tell {{authority}}\n";
    world.project.write("security/data.md", checklist);
    world.policy(&format!("{MARKED}checklist = {{ data = \"security/data.md\" }}"));
    world.sync().assert_code(0);
    let body = body(&world);
    let (_, own) = body.split_once("<!-- lockgate:end -->").unwrap();
    assert_eq!(
        own.trim(),
        "## Ours\n\n- [ ] `tarn-000 1.0.0`: `@octocat: tarn-000 <!-- breaks --> see #1` (high, \
         upgrade to `>=1.0.1`)\n- [ ] tell `CNIL` (<https://www.cnil.fr/>)"
    );
}

#[test]
fn an_incident_that_cannot_be_opened_blocks_and_says_why() {
    let Some(world) = world("an incident that cannot be opened") else {
        return;
    };
    world.sync().assert_code(0);
    let number = &incidents(&world)[0]["number"];
    // Nothing tells any more what it was about, so that it has to be opened anew.
    let wiped = json!({ "title": "Wiped", "body": "" });
    world.person("PATCH", &format!("/issues/{number}"), &wiped);
    for (fault, says) in [
        (Fault::Refuse(403, &[], "Resource not accessible"), "does not allow it"),
        (Fault::Refuse(410, &[], "Issues are disabled"), "gone"),
        (Fault::DropLabels, "was dropped"),
    ] {
        world.proxy.fault("POST", "/issues", fault.clone());
        if matches!(fault, Fault::DropLabels) {
            world.proxy.fault("POST", "/labels", Fault::DropLabels);
        }
        let run = world.run(&["check", "--tickets"]);
        run.assert_code(1);
        assert_reports(&run, "its incident has no issue");
        assert_reports(&run, says);
        assert_eq!(world.proxy.left_over(), 0);
    }
    world.run(&["check", "--tickets"]).assert_code(0);
}

#[test]
fn the_confirmation_is_not_guessed_when_events_cannot_be_read() {
    let Some(world) = world("events cannot be read") else {
        return;
    };
    world.sync().assert_code(0);
    confirm(&world);
    world.proxy.fault("GET", "/events", Fault::Refuse(404, &[], "no"));
    world.sync().assert_code(0);
    assert!(body(&world).contains("the time could not be read"), "{}", body(&world));
    world.sync().assert_code(0);
    assert!(body(&world).contains("**Confirmed on 20"), "{}", body(&world));
}
