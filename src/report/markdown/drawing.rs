//! A Mermaid diagram of how the worst packages get in, which GitHub renders (GitHub documentation,
//! "Creating diagrams").

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;
use std::sync::Arc;

use super::page::Section;
use crate::facts;
use crate::package::PackageId;
use crate::report::group::Group;
use crate::verdict::Disposition;

/// The most packages that are drawn; a larger diagram is unreadable.
const DRAWN: usize = 6;
/// The most paths to each of them.
const PATHS: usize = 3;
/// The longest path that is drawn in full.
const STEPS: usize = 8;

pub(super) fn section(groups: &[Group<'_>]) -> Section {
    let worst = groups
        .iter()
        .filter(|group| matches!(group.disposition(), Disposition::Block | Disposition::Ticket))
        .filter(|group| !group.was_there_before() && !group.first.finding.paths.is_empty())
        .take(DRAWN);
    let mut drawing = Drawing::default();
    for group in worst {
        for path in group.first.finding.paths.iter().take(PATHS) {
            drawing.add(path, group.disposition());
        }
    }
    let items = if drawing.edges.is_empty() { Vec::new() } else { vec![drawing.render()] };
    Section {
        heading: "### How the worst get in\n\n".into(),
        items,
        end: String::new(),
        most: 1,
        what: "drawings",
    }
}

/// Packages and dependencies, each once.
#[derive(Default)]
struct Drawing {
    nodes: BTreeMap<String, usize>,
    edges: BTreeSet<(usize, usize)>,
    marked: BTreeMap<usize, Disposition>,
}

impl Drawing {
    fn add(&mut self, path: &[Arc<PackageId>], disposition: Disposition) {
        let mut labels: Vec<String> = path.iter().map(|step| facts::package(step)).collect();
        if labels.len() > STEPS {
            let left_out = labels.len() - (STEPS - 1);
            let kept = STEPS / 2;
            labels.splice(kept..kept + left_out, [format!("{left_out} more before this")]);
        }
        let nodes: Vec<usize> = labels.into_iter().map(|label| self.node(label)).collect();
        let steps = nodes.windows(2).filter(|pair| pair[0] != pair[1]);
        self.edges.extend(steps.map(|pair| (pair[0], pair[1])));
        if let Some(last) = nodes.last() {
            self.marked.entry(*last).or_insert(disposition);
        }
    }

    fn node(&mut self, label: String) -> usize {
        let next = self.nodes.len();
        *self.nodes.entry(label).or_insert(next)
    }

    fn render(&self) -> String {
        let mut text = "```mermaid\nflowchart LR\n".to_owned();
        let mut nodes: Vec<_> = self.nodes.iter().collect();
        nodes.sort_by_key(|(_, number)| **number);
        // Writing to a `String` cannot fail.
        for (label, number) in nodes {
            let class = self.marked.get(number).map(|disposition| match disposition {
                Disposition::Block => ":::block",
                _ => ":::ticket",
            });
            let _ =
                writeln!(text, "  n{number}[\"{}\"]{}", quoted(label), class.unwrap_or_default());
        }
        for (from, to) in &self.edges {
            let _ = writeln!(text, "  n{from} --> n{to}");
        }
        text += "  classDef block fill:#b3261e,stroke:#7a1610,color:#ffffff\n";
        text += "  classDef ticket fill:#f2c14e,stroke:#8a6100,color:#1f1300\n```\n";
        text
    }
}

/// Text between double quotes, in which Mermaid accepts numeric character references (Mermaid
/// documentation, "Entity codes to escape characters").
fn quoted(text: &str) -> String {
    let mut quoted = String::new();
    for character in text.chars() {
        if character.is_alphanumeric() || " .-_+/".contains(character) {
            quoted.push(character);
        } else {
            // Writing to a `String` cannot fail.
            let _ = write!(quoted, "#{};", u32::from(character));
        }
    }
    quoted
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn labels_cannot_end_their_quotes() {
        assert_eq!(quoted("@acme/web 1.0.0"), "#64;acme/web 1.0.0");
        assert_eq!(quoted("a\"] --> b"), "a#34;#93; --#62; b");
    }

    proptest! {
        #[test]
        fn no_text_leaves_its_label(text in any::<String>()) {
            let syntax = ['"', '`', '<', '>', '[', ']', '(', ')', '{', '\n', '&'];
            let is_clean = !quoted(&text).contains(syntax);
            prop_assert!(is_clean);
        }
    }
}
