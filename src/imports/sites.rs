//! Places that may load whatever they can see.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use super::graph::Site;
use super::search::Imports;
use crate::installed::Installed;
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
    /// Every place that may load anything, in the order in which the modules were found, each with the
    /// packages that it may reach.
    pub(super) fn sites(&self) -> &[(Site, BTreeSet<usize>)] {
        self.sites.get_or_init(|| {
            let mut reached_from: BTreeMap<&Path, BTreeSet<usize>> = BTreeMap::new();
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
            sites
                .map(|site| {
                    // Only a name that is computed is looked up from the file that it stands in.
                    if site.reason != Reason::Computed {
                        return (site, (0..self.installed.packages().len()).collect());
                    }
                    let path = &self.graph.modules[site.module].path;
                    let folder = path.parent().unwrap_or(path);
                    let reached = reached_from
                        .entry(folder)
                        .or_insert_with(|| within_reach(&self.installed, path));
                    (site, reached.clone())
                })
                .collect()
        })
    }
}

/// Every package that code in a file can load, and what those can.
fn within_reach(installed: &Installed, file: &Path) -> BTreeSet<usize> {
    let mut reached: BTreeSet<usize> = BTreeSet::new();
    let mut pending: Vec<usize> = installed.visible_from(file).into_iter().collect();
    pending.extend(installed.owner(file));
    while let Some(package) = pending.pop() {
        if reached.insert(package) {
            let manifest = installed.packages()[package].folder.join("package.json");
            pending.extend(installed.visible_from(&manifest));
        }
    }
    reached
}
