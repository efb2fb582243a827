//! The one comment on a pull request, against the emulator: written once, found again, never twice,
//! and never a reason for another exit code.

use std::fs;
use std::process::{Command, Stdio};

use serde_json::{Value, json};

use super::proxy::Fault;
use super::world::World;
use crate::harness::{Run, repository};

const MARKER: &str = "<!-- lockgate:report -->";

/// A repository with a pull request, and an event that names it.
struct Proposal {
    world: World,
    number: u64,
}

/// A comment as it stands there.
struct Comment {
    number: u64,
    author: String,
    body: String,
}

impl Proposal {
    fn new(test: &str) -> Option<Self> {
        let world = World::new(test)?;
        let request = json!({ "title": "Speak TLS", "head": "topic", "base": "main" });
        let number = world.person("POST", "/pulls", &request)["number"].as_u64().unwrap();
        let proposal = Self { world, number };
        proposal.event("pull-request");
        Some(proposal)
    }

    /// The payload of the event is that of a fixture, with the number of this pull request.
    fn event(&self, fixture: &str) {
        let file = repository().join(format!("fixtures/github/events/{fixture}.json"));
        let mut payload: Value = serde_json::from_str(&fs::read_to_string(file).unwrap()).unwrap();
        if let Some(number) = payload.pointer_mut("/pull_request/number") {
            *number = self.number.into();
        }
        self.world.project.write("event.json", payload.to_string());
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = self.world.command(&["check", "--report", "outputs"]);
        command
            .args(arguments)
            .env("GITHUB_EVENT_NAME", "pull_request")
            .env("GITHUB_EVENT_PATH", "event.json")
            // Whatever a pull request brings with it is not asked for its number.
            .env("GITHUB_REF", "refs/pull/99/merge");
        command
    }

    fn run(&self, arguments: &[&str]) -> Run {
        self.command(arguments).output().unwrap().into()
    }

    fn comments(&self) -> Vec<Comment> {
        let mut all = Vec::new();
        for page in 1.. {
            let path = format!("/issues/{}/comments?per_page=100&page={page}", self.number);
            let list = self.world.person("GET", &path, &Value::Null);
            let list = list.as_array().unwrap();
            all.extend(list.iter().map(|comment| Comment {
                number: comment["id"].as_u64().unwrap(),
                author: comment["user"]["login"].as_str().unwrap().to_owned(),
                body: comment["body"].as_str().unwrap().to_owned(),
            }));
            if list.len() < 100 {
                break;
            }
        }
        all
    }

    /// The comments of lockgate's account.
    fn own(&self) -> Vec<Comment> {
        let mut comments = self.comments();
        comments.retain(|comment| comment.author == "gate-bot");
        comments
    }

    fn somebody_says(&self, body: &str) {
        let path = format!("/issues/{}/comments", self.number);
        self.world.person("POST", &path, &json!({ "body": body }));
    }

    fn we_said(&self, body: &str) {
        let path = format!("/issues/{}/comments", self.number);
        self.world.bot("POST", &path, &json!({ "body": body }));
    }
}

#[test]
fn a_comment_is_written_once_kept_up_to_date_and_turns_green() {
    let Some(proposal) = Proposal::new("a comment is written once") else {
        return;
    };
    let run = proposal.run(&["--comment"]);
    run.assert_harmless().assert_code(0);
    run.assert_says(&["comment on pull request #1: created"]);
    let [comment] = &proposal.own()[..] else {
        panic!("one comment");
    };
    assert!(comment.body.starts_with(MARKER), "{}", comment.body);
    assert!(comment.body.contains("1 ticket") && comment.body.contains("GHSA-case-0000-tarn"));
    assert!(comment.body.contains("advisories, as of 2026-11-22"), "{}", comment.body);
    let first = comment.number;

    // It says the same, and is left alone.
    proposal.world.proxy.forget();
    proposal.run(&["--comment"]).assert_code(0);
    assert_eq!(proposal.world.proxy.writes(), 0);

    proposal.world.findings(&["medium", "low"]);
    proposal.run(&["--comment"]).assert_says(&["comment on pull request #1: updated"]);
    let comments = proposal.own();
    assert_eq!((comments.len(), comments[0].number), (1, first));
    assert!(comments[0].body.contains("2 tickets"));

    proposal.world.findings(&[]);
    proposal.run(&["--comment"]).assert_code(0);
    let comments = proposal.own();
    assert_eq!((comments.len(), comments[0].number), (1, first));
    assert!(comments[0].body.contains("✅ lockgate: all clear"), "{}", comments[0].body);
    assert!(comments[0].body.lines().count() < 8, "{}", comments[0].body);
    proposal.world.proxy.assert_valid();
}

/// Each occasion, and whether there is a comment for a ticket and for nothing at all.
#[test]
fn nothing_to_say_is_not_said() {
    for (option, for_ticket, for_nothing) in [
        ("--comment=on-failure", 0, 0),
        ("--comment=on-findings", 1, 0),
        ("--comment=always", 1, 1),
    ] {
        let Some(proposal) = Proposal::new("nothing to say") else {
            return;
        };
        proposal.world.findings(&[]);
        proposal.run(&[option]).assert_code(0);
        assert_eq!(proposal.own().len(), for_nothing, "{option}");
        proposal.world.findings(&["medium"]);
        proposal.run(&[option]).assert_code(0);
        assert_eq!(proposal.own().len(), for_ticket, "{option}");
        let policy = proposal.world.project.read("lockgate.toml");
        let strict = policy.replace("medium = \"ticket\"", "medium = \"block\"");
        proposal.world.project.write("lockgate.toml", strict);
        proposal.run(&[option]).assert_code(1);
        assert!(proposal.own()[0].body.contains("⛔ lockgate: BLOCKED"), "{option}");
        proposal.world.proxy.assert_valid();
    }
}

/// A token that can only read is the rule for forks and for Dependabot.
#[test]
fn a_refused_comment_is_a_warning_and_the_same_exit_code() {
    let Some(proposal) = Proposal::new("a refused comment") else {
        return;
    };
    let fixtures = ["pull-request", "pull-request-fork", "pull-request-dependabot"];
    let refusals = [
        (403, "Resource not accessible by integration", "pull-requests: write"),
        (404, "Not Found", "pull-requests: write"),
        (401, "Bad credentials", "check the token"),
        (410, "Gone", "annotations say the same"),
        (422, "Validation Failed", "annotations say the same"),
    ];
    for (position, (status, message, help)) in refusals.into_iter().enumerate() {
        proposal.event(fixtures[position % fixtures.len()]);
        proposal.world.proxy.fault("POST", "/comments", Fault::Refuse(status, &[], message));
        let run = proposal.run(&["--comment"]);
        run.assert_harmless().assert_code(0);
        run.assert_says(&["warning: there is no comment on the pull request", help]);
        assert_eq!(run.stderr.matches("warning").count(), 1, "{}", run.stderr);
        assert!(run.stdout.contains("verdict=pass\n"), "{}", run.stdout);
    }
    for status in [403, 500] {
        for _ in 0..5 {
            proposal.world.proxy.fault("GET", "/comments", Fault::Refuse(status, &[], "no"));
        }
        let run = proposal.run(&["--comment"]);
        run.assert_code(0).assert_says(&["there is no comment on the pull request"]);
        proposal.world.proxy.assert_valid();
        while proposal.world.proxy.left_over() > 0 {
            proposal.run(&["--comment", "--dry-run"]);
        }
    }
    for (name, value) in [
        ("GITHUB_TOKEN", ""),
        ("GITHUB_EVENT_NAME", ""),
        ("GITHUB_EVENT_NAME", "pull_request_target"),
        ("GITHUB_EVENT_PATH", "missing.json"),
        ("GITHUB_EVENT_PATH", "Cargo.lock"),
        ("LOCKGATE_OFFLINE", "1"),
    ] {
        let run: Run = proposal.command(&["--comment"]).env(name, value).output().unwrap().into();
        run.assert_harmless()
            .assert_code(0)
            .assert_says(&["warning: there is no comment on the pull request"]);
    }
    assert_eq!(proposal.comments().len(), 0);
}

#[test]
fn a_comment_whose_answer_is_lost_is_looked_for_before_it_is_written_again() {
    for (fault, posts) in [
        (Fault::LoseAnswer, 1),
        (Fault::FailAfterwards(502), 1),
        (Fault::Refuse(502, &[], "Bad gateway"), 2),
        (Fault::Hangup, 2),
    ] {
        let Some(proposal) = Proposal::new("a lost answer") else {
            return;
        };
        proposal.world.proxy.fault("POST", "/comments", fault.clone());
        proposal.run(&["--comment"]).assert_code(0);
        assert_eq!(proposal.own().len(), 1, "{fault:?}");
        assert_eq!(proposal.world.proxy.count("POST", "/comments"), posts, "{fault:?}");
        proposal.world.proxy.assert_valid();
    }
}

#[test]
fn ours_is_found_among_hundreds_and_beside_a_pasted_marker() {
    let Some(proposal) = Proposal::new("ours among hundreds") else {
        return;
    };
    proposal.somebody_says(&format!("{MARKER}\n## ✅ lockgate: all clear"));
    for number in 0..120 {
        proposal.somebody_says(&format!("remark {number}"));
    }
    proposal.we_said(&format!("as we said:\n{MARKER}"));
    proposal.run(&["--comment"]).assert_code(0);
    assert_eq!(proposal.own().len(), 2);
    proposal.world.proxy.forget();
    proposal.run(&["--comment"]).assert_code(0);
    assert_eq!(proposal.world.proxy.writes(), 0, "it is found on the second page");
    let pasted = &proposal.comments()[0];
    assert!(pasted.author == "octocat" && pasted.body.contains("all clear"));
    proposal.world.proxy.assert_valid();
}

#[test]
fn of_several_of_our_own_the_lowest_number_stays() {
    let Some(proposal) = Proposal::new("several of our own") else {
        return;
    };
    for text in ["first", "second", "third"] {
        proposal.we_said(&format!("{MARKER}\n{text}"));
    }
    let first = proposal.own()[0].number;
    proposal.run(&["--comment"]).assert_code(0);
    let own = proposal.own();
    assert_eq!((own.len(), own[0].number), (1, first));
    assert!(own[0].body.contains("GHSA-case-0000-tarn"));
    proposal.world.proxy.assert_valid();
}

/// The token of a workflow may not ask who it is; that of another app writes under its own name.
#[test]
fn an_account_that_may_not_ask_who_it_is_still_keeps_one_comment() {
    let Some(proposal) = Proposal::new("an account without a name") else {
        return;
    };
    for _ in 0..2 {
        proposal.world.proxy.fault(
            "GET",
            "/user",
            Fault::Refuse(403, &[], "Resource not accessible by integration"),
        );
        proposal.run(&["--comment"]).assert_code(0);
    }
    assert_eq!(proposal.own().len(), 1);
}

#[test]
fn every_job_has_a_comment_of_its_own() {
    let Some(proposal) = Proposal::new("a comment for every job") else {
        return;
    };
    for _ in 0..2 {
        for key in ["api", "web"] {
            proposal.run(&["--comment", "--comment-key", key]).assert_code(0);
        }
        proposal.run(&["--comment"]).assert_code(0);
    }
    let first_lines: Vec<String> = proposal
        .own()
        .iter()
        .map(|comment| comment.body.lines().next().unwrap().to_owned())
        .collect();
    let expected = [
        "<!-- lockgate:report api -->",
        "<!-- lockgate:report web -->",
        "<!-- lockgate:report -->",
    ];
    assert_eq!(first_lines, expected);
}

#[test]
fn five_runs_at_once_leave_one_comment() {
    let Some(proposal) = Proposal::new("five runs at once leave one comment") else {
        return;
    };
    let children: Vec<_> = (0..5)
        .map(|_| {
            let mut command = proposal.command(&["--comment"]);
            command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap()
        })
        .collect();
    for mut child in children {
        assert!(child.wait().unwrap().success());
    }
    assert_eq!(proposal.own().len(), 1);
    proposal.world.proxy.assert_valid();
}

#[test]
fn a_dry_run_and_an_event_without_a_pull_request_write_nothing() {
    let Some(proposal) = Proposal::new("nothing is commented on") else {
        return;
    };
    proposal
        .run(&["--comment", "--dry-run"])
        .assert_code(0)
        .assert_says(&["comment on pull request #1: would be created"]);
    for (name, fixture) in
        [("push", "push"), ("merge_group", "merge-group"), ("schedule", "schedule")]
    {
        proposal.event(fixture);
        let run: Run = proposal
            .command(&["--comment"])
            .env("GITHUB_EVENT_NAME", name)
            .output()
            .unwrap()
            .into();
        run.assert_code(0);
        assert_eq!(run.stderr, "", "{name}");
    }
    assert_eq!(proposal.world.proxy.writes(), 0);
}

#[test]
fn text_of_strangers_means_nothing_in_a_comment() {
    let Some(proposal) = Proposal::new("text of strangers in a comment") else {
        return;
    };
    proposal.run(&["--comment"]).assert_code(0);
    let body = &proposal.own()[0].body;
    assert!(body.contains("octocat") && body.contains("breaks"), "{body}");
    for raw in ["@octocat", "<!-- breaks", "see #1"] {
        assert!(!body.contains(raw), "{raw} in {body}");
    }
    assert!(!proposal.world.proxy.sent().contains("token-of-the-gate"));
}
