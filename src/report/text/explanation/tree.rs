//! The dependency tree down to the package, without the branches that do not lead to it.

use std::collections::BTreeMap;

use termtree::Tree;

use crate::finding::Finding;
use crate::report::Style;
use crate::terminal::{Tone, one_line};

const NAME_LIMIT: usize = 80;
/// A larger tree is unreadable.
const LINES: usize = 60;

/// The steps below a package, by name.
#[derive(Default)]
struct Steps(BTreeMap<String, Steps>);

/// The paths of a finding, drawn as one tree for each project.
pub(super) fn render(finding: &Finding, style: Style) -> String {
    let mut projects = Steps::default();
    for path in finding.paths.iter() {
        let mut steps = &mut projects;
        for package in path {
            let name = one_line(&package.to_string(), NAME_LIMIT);
            steps = steps.0.entry(name).or_default();
        }
    }
    let drawn: String =
        projects.0.into_iter().map(|(name, steps)| tree(name, steps, style).to_string()).collect();
    let mut lines: Vec<String> = drawn.lines().map(|line| format!("  {line}")).collect();
    if lines.len() > LINES {
        let left_out = lines.len() - LINES;
        lines.truncate(LINES);
        lines.push(style.paint(Tone::Faint, format!("  … {left_out} more lines")));
    }
    if finding.paths_cut {
        lines.push(style.paint(Tone::Faint, "  … and by more paths than are listed"));
    }
    lines.join("\n") + "\n"
}

fn tree(name: String, steps: Steps, style: Style) -> Tree<String> {
    let label = if steps.0.is_empty() { style.paint(Tone::Error, name) } else { name };
    let leaves = steps.0.into_iter();
    Tree::new(label).with_leaves(leaves.map(|(name, steps)| tree(name, steps, style)))
}
