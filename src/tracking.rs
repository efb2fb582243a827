//! Tickets: what cannot be fixed today is tracked as an issue, and cannot be forgotten.
//!
//! ```text
//! outcome ─► tickets ─┐
//!            issues ──┼─► plan ─► synchronise ─► standing of each ticket ─► a stricter outcome
//!            scan ────┘             │  ▲
//!                                   ▼  │
//!                              Tracker (GitHub)
//! ```
//!
//! [`plan`] is pure: the same tickets, issues and scan give the same steps. [`synchronise`] applies
//! them through a [`tracker::Tracker`] and ends in the same set of issues whatever is lost on the
//! way and however many runs do the same at the same time. [`incidents`] does the same for incidents,
//! which have issues of their own. A ticket is bought time, never an
//! approval: what is overdue, closed by a person or not tracked at all blocks.
//!
//! [`sticky`] keeps the one comment on a pull request, over the same connection. It decides nothing.

pub mod audience;
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
pub mod standing;
pub mod sticky;
pub mod synchronise;
pub mod ticket;
pub mod tracker;
