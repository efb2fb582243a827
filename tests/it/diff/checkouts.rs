//! `--base-from-event` where the event is older than what is checked out: GitHub merges anew when the
//! base branch moves, and the payload keeps the base of the last push.

use super::events::{check, payload};
use super::repository::{Repository, cargo_lock};
use crate::harness::Run;

const LOCK: &str = "Cargo.lock";
const SIDE: &str = "side/Cargo.lock";

/// A base branch that mends what was vulnerable, and a pull request that brings it back elsewhere.
struct Proposal {
    repository: Repository,
    /// The base branch as the event knows it.
    old: String,
    /// The base branch as it is.
    new: String,
    /// The pull request.
    head: String,
}

/// `old`, `new`, `proposed`: what the lockfile locks.
fn proposal(old: &[&str], new: &[&str], proposed: &[&str]) -> Proposal {
    let repository = Repository::new();
    let old = repository.write(LOCK, cargo_lock(old)).commit();
    repository.git(&["switch", "--quiet", "--create", "topic"]);
    let head =
        repository.write("TOPIC.md", "A topic.\n").write(LOCK, cargo_lock(proposed)).commit();
    repository.git(&["switch", "--quiet", "main"]);
    let new = repository.write(LOCK, cargo_lock(new)).commit();
    Proposal { repository, old, new, head }
}

impl Proposal {
    /// Checks out the base as it is with what the pull request locks, following on these commits.
    fn merge(&self, parents: &[&str]) -> String {
        let tree = self.repository.git(&["rev-parse", "topic^{tree}"]);
        let mut arguments = vec!["commit-tree", &tree, "-m", "A merge"];
        for parent in parents {
            arguments.extend(["-p", parent]);
        }
        let merge = self.repository.git(&arguments);
        self.repository.git(&["checkout", "--quiet", "--detach", &merge]);
        merge
    }

    fn check(&self, base: &str) -> Run {
        let values = [("/pull_request/base/sha", base), ("/pull_request/head/sha", &self.head)];
        check(&self.repository, "pull_request", &payload("pull-request.json", &values))
    }
}

fn says(run: &Run, code: i32, base: &str, change: &str) {
    run.assert_code(code);
    let json = run.json();
    assert_eq!(json["base"]["revision"], *base, "{}", json["remarks"]);
    assert_eq!(json["findings"][0]["change"], *change, "{}", json["remarks"]);
}

#[test]
fn what_the_base_has_mended_since_is_added_by_who_brings_it_back() {
    let proposal = proposal(&["tarn 1.0.0"], &["tarn 2.0.0"], &["tarn 1.0.0"]);
    proposal.merge(&[&proposal.new, &proposal.head]);
    for base in [&proposal.old, &proposal.new] {
        says(&proposal.check(base), 1, &proposal.new, "added");
    }
    let remarks = proposal.check(&proposal.old).json()["remarks"].to_string();
    assert!(remarks.contains("which the event names"), "{remarks}");
}

#[test]
fn what_others_have_merged_since_is_not_added() {
    let proposal = proposal(&["calm 1.0.0"], &["tarn 1.0.0"], &["tarn 1.0.0"]);
    proposal.merge(&[&proposal.new, &proposal.head]);
    for base in [&proposal.old, &proposal.new] {
        says(&proposal.check(base), 0, &proposal.new, "existing");
    }
}

#[test]
fn a_merge_of_more_than_two_counts_all_but_the_first() {
    let proposal = proposal(&["tarn 1.0.0"], &["calm 1.0.0"], &["tarn 1.0.0"]);
    proposal.merge(&[&proposal.new, &proposal.old, &proposal.head]);
    says(&proposal.check(&proposal.old), 1, &proposal.new, "added");
}

#[test]
fn the_base_merged_into_the_pull_request_is_the_base() {
    let proposal = proposal(&["tarn 1.0.0"], &["calm 1.0.0"], &["tarn 1.0.0"]);
    proposal.merge(&[&proposal.head, &proposal.new]);
    says(&proposal.check(&proposal.old), 1, &proposal.new, "added");
}

#[test]
fn a_shallow_checkout_of_the_merge_names_its_parents_all_the_same() {
    let proposal = proposal(&["tarn 1.0.0"], &["calm 1.0.0"], &["tarn 1.0.0"]);
    let merge = proposal.merge(&[&proposal.new, &proposal.head]);
    let git = proposal.repository.folder().join(".git");
    std::fs::write(git.join("shallow"), format!("{merge}\n")).unwrap();
    says(&proposal.check(&proposal.old), 1, &proposal.new, "added");
}

#[test]
fn what_was_squashed_or_put_on_top_is_compared_with_the_branch_if_it_was_fetched() {
    let proposal = proposal(&["tarn 1.0.0"], &["calm 1.0.0"], &["tarn 1.0.0"]);
    let first = proposal.merge(&[&proposal.new]);
    // Nobody knows what is below it: everything counts as added, and the policy there decides.
    let run = proposal.check(&proposal.old);
    says(&run, 1, &proposal.old, "added");
    let remarks = run.json()["remarks"].to_string();
    assert!(remarks.contains("everything counts as added; check out"), "{remarks}");

    proposal.repository.git(&["update-ref", "refs/remotes/origin/main", &proposal.new]);
    says(&proposal.check(&proposal.old), 1, &proposal.new, "added");
    proposal.merge(&[&first]);
    says(&proposal.check(&proposal.old), 1, &proposal.new, "added");
    // The base branch itself is no change: nobody knows what was checked.
    proposal.repository.git(&["checkout", "--quiet", "--detach", &proposal.old]);
    says(&proposal.check(&proposal.new), 1, &proposal.new, "added");
}

#[test]
fn the_head_of_a_pull_request_is_compared_with_where_it_parted() {
    let proposal = proposal(&["tarn 1.0.0"], &["calm 1.0.0"], &["tarn 1.0.0"]);
    proposal.repository.git(&["switch", "--quiet", "topic"]);
    says(&proposal.check(&proposal.old), 0, &proposal.old, "existing");
    // It has taken in a newer base than the event knows.
    let merge = proposal.merge(&[&proposal.head, &proposal.new]);
    proposal.repository.git(&["update-ref", "refs/remotes/origin/main", &proposal.new]);
    let proposal = Proposal { head: merge, ..proposal };
    says(&proposal.check(&proposal.old), 1, &proposal.new, "added");
}

#[test]
fn an_entry_of_a_merge_queue_is_compared_with_what_it_was_merged_with() {
    let proposal = proposal(&["tarn 1.0.0"], &["calm 1.0.0"], &["tarn 1.0.0"]);
    let group = |base: &str, head: &str| {
        let values = [("/merge_group/base_sha", base), ("/merge_group/head_sha", head)];
        check(&proposal.repository, "merge_group", &payload("merge-group.json", &values))
    };
    let merged = proposal.merge(&[&proposal.new, &proposal.head]);
    says(&group(&proposal.old, &merged), 1, &proposal.new, "added");
    says(&group(&proposal.new, &merged), 1, &proposal.new, "added");
    let squashed = proposal.merge(&[&proposal.new]);
    says(&group(&proposal.new, &squashed), 1, &proposal.new, "added");
    // Something else is checked out, or the base is none of it.
    says(&group(&proposal.old, &merged), 1, &proposal.old, "added");
    says(&group(&proposal.head, &squashed), 1, &proposal.head, "added");
}

#[test]
fn after_a_forced_push_whose_past_is_gone_everything_is_checked() {
    let repository = Repository::new();
    repository
        .write(LOCK, cargo_lock(&["calm 1.0.0"]))
        .write(SIDE, cargo_lock(&["tarn 1.0.0"]))
        .commit();
    let after = repository.write("README.md", "Forced.\n").commit();
    let gone = "0123456789abcdef0123456789abcdef01234567";
    for (before, says) in [
        (gone, "is not to be had, as after a forced one"),
        ("0000000000000000000000000000000000000000", "is new"),
    ] {
        let values = [("/before", before), ("/after", &*after)];
        let run = check(&repository, "push", &payload("push.json", &values));
        run.assert_code(1);
        assert_eq!(run.json()["base"], serde_json::Value::Null);
        let remarks = run.json()["remarks"].to_string();
        assert!(remarks.contains("everything is checked: "), "{remarks}");
        assert!(remarks.contains(says), "{remarks}");
    }
    // What is here still counts, whether or not any branch leads to it.
    let before = repository.git(&["rev-parse", "HEAD"]);
    repository.git(&["commit", "--quiet", "--amend", "--message", "Another one"]);
    let values = [("/before", &*before), ("/after", &*repository.git(&["rev-parse", "HEAD"]))]
        .map(|(pointer, value)| (pointer, value.to_owned()));
    let values: Vec<(&str, &str)> = values.iter().map(|(key, value)| (*key, &**value)).collect();
    check(&repository, "push", &payload("push.json", &values)).assert_code(0);
}
