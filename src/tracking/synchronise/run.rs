//! One run: the steps of a plan, one after another.

use super::{StepResult, Synchronised};
use crate::policy::IssueRules;
use crate::tracking::body::with_latest_additions;
use crate::tracking::issue::{CloseReason, Issue, IssueEdit, IssueNumber, IssueState, NewIssue};
use crate::tracking::marker::{ClosedBecause, Marker, with_marker};
use crate::tracking::once;
use crate::tracking::plan::{Action, IssueChange, IssuePlan, IssueStep, OwnIssue, PlanRules, plan};
use crate::tracking::ticket::{TicketKey, Tickets};
use crate::tracking::ticket_state::TicketState;
use crate::tracking::tracker::{Tracker, TrackerError};

/// The end of lockgate's comments, by which they are found again and not written twice.
const COMMENT_MARKER: &str = "<!-- lockgate:comment ";

/// The inputs and the results of one run.
pub(super) struct Run<'run> {
    tracker: &'run dyn Tracker,
    tickets: &'run Tickets<'run>,
    rules: PlanRules<'run>,
    states: Vec<TicketState>,
    created: Vec<Issue>,
    /// Why nothing more is written.
    stopped: Option<String>,
}

impl<'run> Run<'run> {
    pub(super) fn new(
        tracker: &'run dyn Tracker,
        tickets: &'run Tickets<'run>,
        rules: PlanRules<'run>,
        states: Vec<TicketState>,
    ) -> Self {
        Self { tracker, tickets, rules, states, created: Vec::new(), stopped: None }
    }

    /// Applies the steps, then checks whether another run has done the same.
    pub(super) fn apply(mut self, steps: Vec<IssueStep>) -> Synchronised {
        let mut done = Vec::with_capacity(steps.len());
        for step in steps {
            let result = self.apply_step(&step);
            self.note_failure(&step, &result);
            done.push((step, result));
        }
        if !self.created.is_empty() {
            done.extend(self.converge());
        }
        Synchronised { steps: done, states: self.states, writes: true }
    }

    fn apply_step(&mut self, step: &IssueStep) -> StepResult {
        if !step.action.writes() {
            return StepResult::Done(step.issue);
        }
        if let Some(reason) = &self.stopped {
            return StepResult::Left(reason.clone());
        }
        let result = match (&step.action, step.issue) {
            (Action::Create(new), _) => self.create(&step.key, new),
            (Action::Change(change), Some(number)) => {
                self.change(number, change).map(|()| Some(number))
            }
            (Action::Change(_) | Action::Nothing, _) => Ok(step.issue),
        };
        match result {
            Ok(number) => StepResult::Done(number),
            Err(Halt::Limit(reason)) => StepResult::Left(reason),
            Err(Halt::Error(error)) => {
                if error.ends_the_run() {
                    self.stopped = Some(error.to_string());
                }
                StepResult::Failed(error)
            }
        }
    }

    fn create(&mut self, key: &TicketKey, new: &NewIssue) -> Result<Option<IssueNumber>, Halt> {
        let most = self.rules.issues.most_new;
        if self.created.len() >= most {
            return Err(Halt::Limit(format!(
                "this run has opened {most} issues, the most that `most-new` in [ticket] allows"
            )));
        }
        let issue = self.open_once(key, new)?;
        let issue = self.accept(issue)?;
        let number = issue.number;
        self.created.push(issue);
        Ok(Some(number))
    }

    /// Opens an issue, once.
    fn open_once(&self, key: &TicketKey, new: &NewIssue) -> Result<Issue, TrackerError> {
        once::create(|| self.tracker.create(new), || self.tracker.settle(), || self.find(key))
    }

    fn find(&self, key: &TicketKey) -> Result<Option<Issue>, TrackerError> {
        let issues = self.tracker.issues(&self.rules.issues.label)?;
        let own = OwnIssue::all(&issues, self.rules);
        let found = own.iter().find(|own| own.issue.is_open() && own.marker.key.is_same(key));
        Ok(found.map(|own| own.issue.clone()))
    }

    /// The next run must be able to find a new issue; otherwise every run would open
    /// another one. GitHub silently drops labels that the account may not set.
    fn accept(&mut self, issue: Issue) -> Result<Issue, TrackerError> {
        let PlanRules { issues: IssueRules { label, .. }, account, .. } = self.rules;
        let problem = if !issue.author.eq_ignore_ascii_case(account) {
            TrackerError::Setup(format!(
                "issues are opened as `{}`, but `{account}` was expected: name the account with \
                 `author` in [ticket]",
                issue.author
            ))
        } else if !issue.has_label(label) && !self.is_labelled_now(&issue) {
            TrackerError::Forbidden(format!(
                "the label `{label}` was dropped, and without it the issue would not be found again"
            ))
        } else {
            return Ok(issue);
        };
        // Best effort: the issue is useless if it cannot be found again.
        let _ = self.tracker.edit(issue.number, &abandon(&issue));
        self.stopped = Some(problem.to_string());
        Err(problem)
    }

    fn is_labelled_now(&self, issue: &Issue) -> bool {
        let label = &self.rules.issues.label;
        let edit = IssueEdit { add_labels: vec![label.clone()], ..IssueEdit::default() };
        let added = self.tracker.edit(issue.number, &edit);
        let listed = added.and_then(|()| self.tracker.issues(label));
        listed.is_ok_and(|issues| issues.iter().any(|other| other.number == issue.number))
    }

    /// Comments first and then edits: the stored facts are written last, so
    /// that an interrupted change is repeated as a whole.
    fn change(&self, number: IssueNumber, change: &IssueChange) -> Result<(), Halt> {
        if let Some(comment) = &change.comment {
            match self.comment_once(number, comment, &change.edit) {
                // A locked conversation accepts no comments; the issue can still be edited.
                Ok(()) | Err(TrackerError::Forbidden(_)) => {}
                Err(error) => return Err(error.into()),
            }
        }
        let edit = self.with_latest_additions(number, &change.edit)?;
        self.tracker.edit(number, &edit)?;
        Ok(())
    }

    /// People tick the checklist of an incident while lockgate runs: their changes since
    /// the issues were listed are kept.
    fn with_latest_additions(
        &self,
        number: IssueNumber,
        edit: &IssueEdit,
    ) -> Result<IssueEdit, TrackerError> {
        let mut edit = edit.clone();
        if let Some(body) = edit.body.take_if(|_| self.rules.incidents().is_some()) {
            let latest = self.tracker.issue(number)?.body;
            edit.body = Some(with_latest_additions(&body, &latest));
        }
        Ok(edit)
    }

    fn comment_once(
        &self,
        number: IssueNumber,
        text: &str,
        edit: &IssueEdit,
    ) -> Result<(), TrackerError> {
        let marker = comment_marker(text, edit);
        let written = self.tracker.comments(number, self.rules.account)?;
        if written.iter().any(|comment| comment.contains(&marker)) {
            return Ok(());
        }
        self.tracker.comment(number, &format!("{text}\n\n{marker}"))
    }

    /// Closes those new issues that another run has opened earlier, and updates the others
    /// with the time at which they were opened.
    fn converge(&mut self) -> Vec<(IssueStep, StepResult)> {
        let Ok(mut issues) = self.tracker.issues(&self.rules.issues.label) else {
            // The next run does it.
            self.assume_created();
            return Vec::new();
        };
        once::add_own(&mut issues, &self.created, |issue| issue.number);
        let IssuePlan { steps, states } = plan(self.tickets, &issues, self.rules);
        self.take_states(states);
        let own: Vec<IssueNumber> = self.created.iter().map(|issue| issue.number).collect();
        let steps = steps.into_iter().filter(|step| {
            step.action.writes() && step.issue.is_some_and(|number| own.contains(&number))
        });
        let mut done = Vec::new();
        for step in steps {
            let result = self.apply_step(&step);
            done.push((step, result));
        }
        done
    }

    /// The state of a ticket whose issue this run opened comes from the list.
    fn take_states(&mut self, later: Vec<TicketState>) {
        for (state, later) in self.states.iter_mut().zip(later) {
            if *state == TicketState::Planned {
                *state = later;
            }
        }
    }

    fn assume_created(&mut self) {
        let created = std::mem::take(&mut self.created);
        let IssuePlan { states, .. } = plan(self.tickets, &created, self.rules);
        self.take_states(states);
    }

    /// A ticket whose issue could be neither opened nor reopened is not tracked.
    fn note_failure(&mut self, step: &IssueStep, result: &StepResult) {
        let reason = match result {
            StepResult::Failed(error) => error.to_string(),
            StepResult::Left(reason) => reason.clone(),
            StepResult::Planned | StepResult::Done(_) => return,
        };
        let opens = match &step.action {
            Action::Create(_) => true,
            Action::Change(change) => change.edit.state == Some(IssueState::Open),
            Action::Nothing => false,
        };
        let state = step.ticket.and_then(|position| self.states.get_mut(position));
        if let Some(state) = state.filter(|_| opens) {
            *state = TicketState::Untracked { reason };
        }
    }
}

/// Why a step was not done.
enum Halt {
    Limit(String),
    Error(TrackerError),
}

impl From<TrackerError> for Halt {
    fn from(error: TrackerError) -> Self {
        Self::Error(error)
    }
}

/// Closes an issue as lockgate's own action: if it is found again after all, it is reopened and
/// not mistaken for one that a person closed, even if its stored facts are lost.
fn abandon(issue: &Issue) -> IssueEdit {
    let body = Marker::find(&issue.body).map(|marker| {
        let marker = Marker { closed: Some(ClosedBecause::Gone), ..marker };
        with_marker(&issue.body, &marker)
    });
    IssueEdit {
        body,
        state: Some(IssueState::Closed(CloseReason::Completed)),
        ..IssueEdit::default()
    }
}

/// The same for every comment on the same revision of an issue: a comment's text may contain
/// the time of the run, and a later run repeats an interrupted change.
fn comment_marker(text: &str, edit: &IssueEdit) -> String {
    let first_line = edit.body.as_deref().and_then(|body| body.lines().next());
    let digest = blake3::hash(first_line.unwrap_or(text).as_bytes());
    format!("{COMMENT_MARKER}{} -->", &digest.to_hex()[..16])
}
