//! Places that may load whatever they can see.

use std::collections::BTreeSet;
use std::path::Path;

use super::graph::{Graph, ModuleIndex};
use crate::installed::Installed;
use crate::javascript::{Reason, Requested};

/// A place that may load anything.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Site {
    pub(super) module: ModuleIndex,
    pub(super) line: u32,
    pub(super) reason: Reason,
}

/// Every place that may load anything, in the order in which the modules were found.
pub(super) fn sites(graph: &Graph) -> impl Iterator<Item = Site> {
    graph.modules.iter().enumerate().flat_map(|(module, loaded)| {
        loaded.module.loads.iter().filter_map(move |load| match load.what {
            Requested::Anything(reason) => Some(Site { module, line: load.line, reason }),
            _ => None,
        })
    })
}

/// Every package that code in a file can load, and what those can.
pub(super) fn within_reach(installed: &Installed, file: &Path) -> BTreeSet<usize> {
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
