//! Tickets against an emulator of GitHub's API, behind a proxy that refuses what GitHub refuses and
//! breaks what it is told to break.

mod emulator;
mod faults;
mod incidents;
mod life;
mod limits;
mod proxy;
mod race;
mod schema;
mod world;
