//! What is known about the exports that the advisory is about, beside what a claim names.

use super::{Places, ask};
use crate::advisory_exports::{AdvisoryExports, names, value};
use crate::evidence::seen::Seen;
use crate::evidence::{EvidenceResult, Subject};
use crate::imports::{Answer, Imports};
use crate::policy::{ClaimKind, ImportTarget, ImportedPart};

/// What the advisory is about, as far as the package that is installed has it: what it does not have can
/// neither be used nor be claimed.
pub(super) struct Known {
    exports: AdvisoryExports,
    installed: Vec<&'static ImportTarget>,
}

impl Known {
    pub(super) fn of(subject: &Subject<'_>, imports: &Imports) -> Self {
        let package = &subject.lockfile.packages[subject.packages[0]].id.name;
        let exports = AdvisoryExports::of(package, subject.identifiers);
        let mut installed = exports.targets();
        installed.retain(|target| match &target.part {
            ImportedPart::Package => true,
            ImportedPart::Module(module) => imports.has_module(subject.packages, module),
            ImportedPart::Export(names) => imports.has_export(subject.packages, names),
        });
        Self { exports, installed }
    }

    /// The claim about all of it, as the policy takes it: `not-imported = "lodash#template"`.
    fn claim(&self) -> String {
        format!("{} = {}", ClaimKind::NotImported.as_str(), value(&self.installed))
    }

    /// What is seen of a claim that leaves out something of it.
    pub(super) fn left_out(&self, named: &[&ImportTarget]) -> Option<Seen> {
        let left_out = self.exports.left_out_by(named);
        left_out.iter().find(|target| self.installed.contains(target))?;
        let detail =
            format!("the advisory is about {}, not {} alone", names(&self.installed), names(named));
        let help = format!("write {}, or name the whole package", self.claim());
        Some(Seen { misses_advisory: true, ..Seen::unknown(detail).help(help) })
    }

    /// What could be claimed instead, if the whole package is in question and used.
    pub(super) fn proposed(
        &self,
        subject: &Subject<'_>,
        imports: &Imports,
        named: &[&ImportTarget],
        mut seen: Seen,
    ) -> Seen {
        let is_whole = named.iter().any(|target| target.part == ImportedPart::Package);
        let is_open = seen.result != EvidenceResult::Upheld;
        if !is_whole || !is_open || self.installed.is_empty() {
            return seen;
        }
        let is_unused = |target: &&ImportTarget| {
            matches!(ask(subject, imports, target, Places::Open), Answer::No(_))
        };
        let all_unused = self.installed.iter().all(is_unused);
        let proposal = if all_unused {
            seen.narrower = self.installed.iter().map(|target| (*target).clone()).collect();
            format!(
                "the advisory is about {}, and nothing uses that: {{ {} }}",
                names(&self.installed),
                self.claim()
            )
        } else {
            format!(
                "the advisory is about {}; if you can answer for that: {{ attested = true, {} }}",
                names(&self.installed),
                self.claim()
            )
        };
        seen.help = Some(match seen.help {
            Some(help) => format!("{help}; {proposal}"),
            None => proposal,
        });
        seen
    }
}
