//! Places that may load whatever they can see.

use super::graph::Site;
use super::search::Imports;
use crate::javascript::{Reason, Requested};

/// Whether places that a person can review still leave open what they may load.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Places {
    /// They do.
    Open,
    /// A person has reviewed them all: see [`Imports::review`].
    Reviewed,
}

impl Imports {
    /// Every place that may load anything, in the order in which the modules were found. Each may reach every
    /// package: what is computed may be a path, and begin in a folder that the place is given.
    pub(super) fn sites(&self) -> &[Site] {
        self.sites.get_or_init(|| {
            let modules = self.graph.modules.iter().enumerate();
            let sites = modules.flat_map(|(module, loaded)| {
                let loads = loaded.module.loads.iter().zip(&loaded.targets);
                loads.filter_map(move |(load, target)| match load.what {
                    Requested::Anything(_) if loaded.known_sites.contains(&load.line) => None,
                    Requested::Anything(reason) => Some(Site { module, line: load.line, reason }),
                    // A package that starts programs is told which by those who use it.
                    Requested::Program if loaded.owner.is_none() => {
                        Some(Site { module, line: load.line, reason: Reason::Started })
                    }
                    _ => target.open.map(|reason| Site { module, line: load.line, reason }),
                })
            });
            sites.collect()
        })
    }
}
