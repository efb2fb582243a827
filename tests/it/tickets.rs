//! Tickets and comments against an emulator of GitHub's API, behind a proxy that refuses what GitHub refuses and
//! breaks what it is told to break.

mod comment;
mod emulator;
mod faults;
mod incidents;
mod life;
mod limits;
pub(crate) mod proxy;
mod race;
mod schema;
pub(crate) mod world;
