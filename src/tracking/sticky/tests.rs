use super::apply::apply;
use super::fake::{ACCOUNT, FakeConversation, Fault};
use super::*;

const BODY: &str = "<!-- lockgate:report -->\n## blocked\n";

fn wanted(creates: bool) -> WantedComment {
    WantedComment { marker: MARKER.to_owned(), body: BODY.to_owned(), creates }
}

fn planned(comments: &[(CommentNumber, &str, &str)], creates: bool) -> CommentPlan {
    plan(&FakeConversation::with(comments).comments.borrow(), &wanted(creates), ACCOUNT)
}

fn step(step: CommentStep) -> CommentPlan {
    CommentPlan { step, duplicates: Vec::new() }
}

#[test]
fn one_comment_is_written_once_and_kept_up_to_date() {
    let other = "<!-- lockgate:report -->\nold";
    let with_carriage_returns = "<!-- lockgate:report -->\r\n## blocked";
    for (comments, creates, expected) in [
        (vec![], true, CommentStep::Create),
        (vec![], false, CommentStep::Nothing),
        (vec![(5, "octocat", "looks good")], true, CommentStep::Create),
        (vec![(5, "gate-bot", other)], true, CommentStep::Update(5)),
        (vec![(5, "gate-bot", other)], false, CommentStep::Update(5)),
        (vec![(5, "Gate-Bot", BODY)], true, CommentStep::Keep(5)),
        (vec![(5, "gate-bot", with_carriage_returns)], true, CommentStep::Keep(5)),
    ] {
        assert_eq!(planned(&comments, creates), step(expected), "{comments:?}");
    }
}

#[test]
fn a_comment_is_known_by_its_author_and_its_first_line() {
    for (author, body) in [
        ("octocat", BODY),
        ("gate-bot[bot]", BODY),
        ("gate-bot", "as I said:\n<!-- lockgate:report -->"),
        ("gate-bot", "<!-- lockgate:report api -->\n## blocked"),
        ("gate-bot", "> <!-- lockgate:report -->"),
        ("gate-bot", ""),
    ] {
        let comments = [(5, author, body)];
        assert_eq!(planned(&comments, true), step(CommentStep::Create), "{author}: {body}");
    }
}

#[test]
fn the_lowest_number_wins_and_later_ones_of_our_own_are_taken_away() {
    let comments =
        [(9, "gate-bot", BODY), (7, "octocat", BODY), (5, "gate-bot", BODY), (9, "gate-bot", BODY)];
    let expected = CommentPlan { step: CommentStep::Keep(5), duplicates: vec![9] };
    assert_eq!(planned(&comments, true), expected);
}

#[test]
fn a_key_is_part_of_the_marker() {
    let key: CommentKey = "api.v2_linux-x64".parse().unwrap();
    assert_eq!(marker(Some(&key)), "<!-- lockgate:report api.v2_linux-x64 -->");
    assert_eq!(marker(None), MARKER);
    for wrong in ["", "a b", "-->", "a>", "é", "a\nb", &"a".repeat(65)] {
        assert_eq!(wrong.parse::<CommentKey>(), Err(InvalidCommentKey), "{wrong}");
    }
}

/// After a lost answer the comment is looked for before it is written again.
#[test]
fn a_lost_answer_leaves_one_comment() {
    for (faults, posts) in [
        (vec![], 1),
        (vec![Fault::LostAfter], 1),
        (vec![Fault::LostBefore], 2),
        (vec![Fault::LostAfter, Fault::LostBefore], 2),
    ] {
        let fake = FakeConversation::with(&[(4, "octocat", BODY)]);
        fake.faults.replace(faults.clone());
        let done = apply(&fake, 7, &wanted(true), true).unwrap();
        assert_eq!(done.step, CommentStep::Create, "{faults:?}");
        assert_eq!(fake.posts.get(), posts, "{faults:?}");
        assert_eq!(fake.comments.borrow().len(), 2, "{faults:?}");
    }
    let fake = FakeConversation::with(&[]);
    fake.faults.replace(vec![Fault::LostBefore; 9]);
    assert!(matches!(apply(&fake, 7, &wanted(true), true), Err(TrackerError::Lost(_))));
    assert_eq!(fake.posts.get(), 3);
}

#[test]
fn two_runs_at_the_same_time_leave_one_comment_with_the_latest_text() {
    let fake = FakeConversation::with(&[]);
    fake.faults.replace(vec![Fault::Raced]);
    apply(&fake, 7, &wanted(true), true).unwrap();
    let comments = fake.comments.borrow();
    let left: Vec<_> =
        comments.iter().map(|comment| (comment.number, comment.body.as_str())).collect();
    assert_eq!(left, [(1, BODY)]);
}

/// The token of an app may not ask for its own name.
#[test]
fn an_account_under_another_name_finds_its_comment_by_what_it_wrote() {
    let fake = FakeConversation {
        claims: "github-actions[bot]",
        ..FakeConversation::with(&[(3, ACCOUNT, BODY)])
    };
    apply(&fake, 7, &wanted(true), true).unwrap();
    assert_eq!(fake.comments.borrow().len(), 1);
    assert_eq!(fake.comments.borrow()[0].number, 3);
}

#[test]
fn a_plan_and_an_unchanged_comment_write_nothing() {
    for (comments, creates, writes) in [
        (vec![], true, false),
        (vec![(3, ACCOUNT, "<!-- lockgate:report -->\nold")], true, false),
        (vec![(3, ACCOUNT, BODY)], true, true),
        (vec![], false, true),
    ] {
        let fake = FakeConversation::with(&comments);
        apply(&fake, 7, &wanted(creates), writes).unwrap();
        assert_eq!(fake.writes.get(), 0, "{comments:?}");
    }
}

#[test]
fn a_refusal_is_passed_on() {
    let fake = FakeConversation::with(&[]);
    fake.faults.replace(vec![Fault::Forbidden]);
    let refused = apply(&fake, 7, &wanted(true), true);
    assert_eq!(refused, Err(TrackerError::Forbidden("not you".to_owned())));
    assert_eq!(fake.posts.get(), 1);
}
