use super::*;
use crate::problem::Location;
use crate::severity::SeverityLevel;
use crate::tracking::sample;
use crate::tracking::ticket::Tickets;
use crate::upgrade::{Asker, Candidate};

fn place(file: &str, line: u32) -> Location {
    Location { file: file.into(), line }
}

fn typed(folder: &str, command: &str) -> Step {
    Step { folder: folder.into(), action: Action::Type(command.into()), asker: None }
}

fn asker(name: &str, versions: &str) -> Asker {
    Asker {
        name: name.into(),
        versions: Some(versions.into()),
        location: place("package-lock.json", 3),
        is_project: false,
        order: None,
        admits: Admission::Refuses,
        way_in: Vec::new(),
        direct: None,
    }
}

fn upgrade(way: Way, askers: Vec<Asker>) -> Upgrade {
    let copy = CopyUpgrade { location: place("package-lock.json", 7), admitted: None, askers, way };
    Upgrade {
        smallest: Some(Candidate { version: "1.0.1".into(), is_named: true }),
        is_bad_otherwise: false,
        copies: vec![copy],
    }
}

fn told(upgrades: Vec<Upgrade>) -> String {
    let finding = sample::ticket("GHSA-aaaa-bbbb-cccc", "lodash", SeverityLevel::High);
    let outcome = sample::outcome(vec![finding]);
    let mut tickets = Tickets::of(&outcome);
    tickets.wanted[0].upgrades = upgrades;
    render(&tickets.wanted[0], &Visibility::public())
}

#[test]
fn commands_are_in_the_order_in_which_they_are_typed() {
    let ask = Action::Ask { versions: "=1.0.1".into(), at: place("web/Cargo.toml", 4) };
    let steps = vec![
        Step { folder: String::new(), action: ask, asker: Some(0) },
        typed("web", "cargo update lodash"),
        typed("", "npm update lodash"),
    ];
    let text = told(vec![upgrade(Way::Steps(steps), Vec::new())]);
    let block = "```sh\n# web/Cargo.toml:4: ask for =1.0.1\n(cd web && cargo update lodash)\n\
                 npm update lodash\n```";
    assert!(text.contains(block), "{text}");
    assert!(!text.contains("lockgate explain"), "{text}");
}

#[test]
fn an_upgrade_without_a_command_names_its_obstacles() {
    let by = sample::package("larch");
    let carried = Way::Carried { by, how: Carrying::Bundled, way_in: Vec::new(), direct: None };
    let text = told(vec![upgrade(carried, Vec::new())]);
    assert!(text.contains("- `larch 1.0.0` has it inside of its own archive"), "{text}");
    assert!(!text.contains("```sh"), "{text}");
    let text = told(vec![upgrade(Way::Closed, vec![asker("strict 1.0.0", "1.0.0")])]);
    assert!(text.contains("- `strict 1.0.0` asks for `1.0.0`"), "{text}");
    assert!(text.contains("`lockgate explain GHSA-aaaa-bbbb-cccc`"), "{text}");
    assert!(!text.contains("```sh"), "{text}");
}

#[test]
fn overriding_a_dependent_is_separate_from_allowed_upgrades() {
    let steps = vec![typed("", "npm pkg set overrides.strict.lodash=1.0.1")];
    let text = told(vec![upgrade(Way::Overrule(steps), vec![asker("strict 1.0.0", "1.0.0")])]);
    assert!(
        text.contains("To override the dependents that ask for other versions:\n\n```sh\nnpm pkg"),
        "{text}"
    );
    assert!(text.contains("- `strict 1.0.0` asks for `1.0.0`"), "{text}");
}

#[test]
fn an_update_that_may_do_stands_before_what_overrides() {
    let add = Action::Add {
        entry: "strict>lodash: 1.0.1".into(),
        table: "overrides",
        file: "pnpm-workspace.yaml".into(),
        otherwise: "",
    };
    let add = Step { folder: String::new(), action: add, asker: Some(0) };
    let steps = vec![typed("", "pnpm update lodash")];
    let way = Way::Try { steps, otherwise: vec![add, typed("", "pnpm install")] };
    let text = told(vec![upgrade(way, Vec::new())]);
    for part in [
        "```sh\npnpm update lodash\n```",
        "To override the dependents that ask for other versions:\n\n```sh\n\
         # pnpm-workspace.yaml: add strict>lodash: 1.0.1 under overrides\npnpm install\n```",
        "`lockgate explain GHSA-aaaa-bbbb-cccc`",
    ] {
        assert!(text.contains(part), "{text}");
    }
}

#[test]
fn without_an_upgrade_no_command_is_invented() {
    let text = told(Vec::new());
    assert!(!text.contains("```sh"), "{text}");
    assert!(text.contains("`lockgate explain GHSA-aaaa-bbbb-cccc`"), "{text}");
}
