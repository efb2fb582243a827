//! What of the packages that are installed for a lockfile the code of a repository loads.
//!
//! The search starts at every module of the repository that is not declared to be a test or a tool, at what
//! its other texts name, and at what packages run when they are installed. It follows what each module
//! loads to every file that it may lead to, in any tool and under any condition.
//!
//! What it finds is so. That it finds nothing proves nothing: what it does not see are names that are put
//! together of data, programs that are started with code or files in their arguments, files that only
//! a hook makes modules, and compilers that add what nobody imports.

mod adapters;
mod answer;
mod development;
mod doubts;
mod entry_points;
mod graph;
mod known_sites;
mod needs;
mod part;
mod search;
mod sites;
mod words;

pub use self::adapters::Adapters;
pub use self::answer::{Answer, Extent, Step};
pub use self::search::{Imports, Request};
