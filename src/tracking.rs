//! Tickets: a vulnerability that cannot be fixed today is tracked as an issue, so nobody forgets it.
//!
//! ```text
//! outcome ─► tickets ─┐
//!            issues ──┼─► plan ─► synchronise ─► state of each ticket ─► a stricter outcome
//!            scan ────┘             │  ▲
//!                                   ▼  │
//!                              Tracker (GitHub)
//! ```
//!
//! [`plan`] is pure: the same tickets, issues and scan give the same steps. [`synchronise`] applies
//! them through a [`tracker::Tracker`] and ends in the same set of issues even if answers are lost
//! or several runs work at the same time. [`incidents`] does the same for incidents,
//! which have issues of their own. A ticket only buys time and is never an
//! approval: a ticket that is overdue, closed by a person or not tracked at all blocks.
//!
//! [`sticky`] maintains the one comment on a pull request, over the same connection. It decides nothing.

pub mod body;
pub mod clock;
pub mod github;
pub mod incidents;
pub mod issue;
pub mod listing;
pub mod marker;
mod once;
pub mod plan;
pub mod proposal;
#[cfg(test)]
pub(crate) mod sample;
pub mod scan;
pub mod sticky;
pub mod synchronise;
pub mod ticket;
pub mod ticket_state;
pub mod tracker;
pub mod visibility;
