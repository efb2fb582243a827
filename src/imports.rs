//! What of the packages that are installed for a lockfile the code of a repository loads.
//!
//! The search starts at every module of the repository that is not declared to be a test or a tool, at what
//! its other texts name, and at what packages run when they are installed. It follows what each module
//! loads to every file that it may lead to, in any tool and under any condition.
//!
//! What it finds is so. That nothing is loaded is proved where no place is left that may load something
//! else: every such place is kept, with its line, and leaves open whatever it may reach.

mod adapters;
mod answer;
mod bundles;
mod cache;
mod development;
mod doubts;
mod entry_points;
mod exports;
mod folders;
mod graph;
mod known_sites;
mod needs;
mod open_places;
mod part;
mod search;
mod sites;
mod words;

pub use self::adapters::Adapters;
pub use self::answer::{Answer, Extent, Step};
pub use self::open_places::{Review, Unreviewed};
pub use self::search::{Imports, Request};
pub use self::sites::Places;
