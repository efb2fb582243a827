//! Findings in words, written once: reports, issues and documents about
//! incidents only lay it out.
//!
//! Texts are printable lines of at most [`LINE`] characters; each format escapes them itself.
//! [`finding_set`] describes several findings together.

mod evidence_text;
pub mod finding_set;

use std::sync::Arc;

use crate::advisory_id::AdvisoryId;
use crate::advisory_kind::AdvisoryKind;
use crate::evidence::EvidenceResult;
use crate::finding::Finding;
use crate::outcome::Outcome;
use crate::package::PackageId;
use crate::policy::Suppression;
use crate::severity::Severity;
use crate::source::RegistryAddress;
use crate::terminal::one_line;
use crate::verdict::DecidedFinding;

pub use evidence_text::{EvidenceText, evidence_line, places};

/// The longest line, in characters.
pub const LINE: usize = 400;
/// A longer address was not written for people.
const ADDRESS_LIMIT: usize = 2_000;
/// A longer path is shown by its ends.
const STEPS: usize = 12;
const NAME_LIMIT: usize = 80;

/// A finding with what was decided about it, in words.
#[derive(Clone, Copy, Debug)]
pub struct Facts<'o> {
    pub decided: &'o DecidedFinding,
    /// The entry of the policy that decided, if one did.
    pub suppression: Option<&'o Suppression>,
}

impl<'o> Facts<'o> {
    pub fn of(decided: &'o DecidedFinding, outcome: &'o Outcome) -> Self {
        Self { decided, suppression: outcome.suppression_of(decided) }
    }

    /// What the policy claims, in the words of the person who wrote it.
    pub fn claimed(&self) -> Option<Claimed> {
        self.suppression.map(|written| Claimed {
            reason: line(&written.reason),
            owner: written.owner.as_deref().map(line),
            place: line(&written.location.to_string()),
        })
    }

    /// All evidence for the claims.
    pub fn evidence(&self) -> impl Iterator<Item = EvidenceText<'o>> + use<'o> {
        self.decided.evidence.iter().map(EvidenceText)
    }

    /// The evidence of refuted claims.
    pub fn refuted(&self) -> impl Iterator<Item = EvidenceText<'o>> + use<'o> {
        self.evidence().filter(|seen| seen.result() == EvidenceResult::Refuted)
    }

    /// Why it was decided this way.
    pub fn reason(&self) -> String {
        line(&self.decided.reason)
    }
}

/// What a suppression says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Claimed {
    pub reason: String,
    pub owner: Option<String>,
    /// Its line in the policy.
    pub place: String,
}

/// A text of any length as one line.
pub fn line(text: &str) -> String {
    one_line(text, LINE)
}

/// The title, or a substitute for it.
pub fn title(finding: &Finding) -> String {
    if finding.title.trim().is_empty() {
        return line(&format!("{} in `{}`", finding.kind, finding.package.name));
    }
    line(&finding.title)
}

/// `high 7.5`
pub fn rating(severity: &Severity) -> String {
    match severity.score {
        Some(score) => format!("{} {score:.1}", severity.level),
        None => severity.level.to_string(),
    }
}

/// `CVE-2026-1, GHSA-aaaa-bbbb-cccc`: what else an advisory is called.
pub fn other_names(finding: &Finding) -> Option<String> {
    let names: Vec<_> = finding.aliases.iter().map(AdvisoryId::as_str).collect();
    (!names.is_empty()).then(|| names.join(", "))
}

/// `high 7.5 · vulnerability · also CVE-2026-1`
pub fn severity(finding: &Finding) -> String {
    let mut parts = vec![rating(&finding.severity), finding.kind.to_string()];
    parts.extend(other_names(finding).map(|names| line(&format!("also {names}"))));
    parts.join(" · ")
}

/// `rsa 0.9.6`
pub fn package(package: &PackageId) -> String {
    one_line(&package.to_string(), NAME_LIMIT)
}

/// The line of the first installed copy in its lockfile.
pub fn place(finding: &Finding) -> String {
    finding.locations.first().map_or_else(String::new, |place| line(&place.to_string()))
}

/// The way in that makes the scope, the shortest if there are several; `None` where no project of the lockfile leads to it.
pub fn way_in(finding: &Finding) -> Option<String> {
    finding.paths.first().map(|steps| path(steps))
}

/// `app 0.1.0 › foo 1.2.0 › rsa 0.9.6`; the middle of a long path is left out.
fn path(path: &[Arc<PackageId>]) -> String {
    let mut steps: Vec<String> = path.iter().map(|step| package(step)).collect();
    if steps.len() > STEPS {
        let kept = STEPS / 2;
        let left_out = steps.len() - 2 * kept;
        steps.splice(kept..kept + left_out, [format!("… {left_out} more …")]);
    }
    steps.join(" › ")
}

/// The first few ways in, each as `write` prints it, and whether there are more.
pub fn ways_in(
    finding: &Finding,
    most: usize,
    write: impl Fn(&[Arc<PackageId>]) -> String,
) -> Vec<String> {
    let mut ways: Vec<String> = finding.paths.iter().take(most).map(|path| write(path)).collect();
    if finding.paths_cut || finding.paths.len() > most {
        ways.push("and more ways in".to_owned());
    }
    ways
}

/// Which registry it comes from, where that is not the public one and the policy does not name it.
pub fn origin(finding: &Finding) -> Option<String> {
    let registries: Vec<&str> = finding.registries.iter().map(String::as_str).collect();
    let first = registries.first()?;
    let taken = registries.join(", ");
    let taken =
        format!("{}: taken for a mirror of the public registry", taken.trim_end_matches(':'));
    // What its configuration leaves open has no name that the policy could give.
    let text = match RegistryAddress::of_registry(first) {
        Ok(_) => format!(
            "{taken}; if it holds packages of its own, write `[registries] private = [\"{first}\"]`"
        ),
        Err(_) => taken,
    };
    Some(one_line(&text, ADDRESS_LIMIT))
}

/// The page about it: the advisory's own, else that of its database.
pub fn page(finding: &Finding) -> Option<String> {
    let url = finding.url.clone().or_else(|| finding.id.url())?;
    Some(one_line(&url, ADDRESS_LIMIT))
}

/// The same, if it can be opened in a browser: only web addresses become links.
pub fn link(finding: &Finding) -> Option<String> {
    let page = page(finding)?;
    let is_web = page.starts_with("https://") || page.starts_with("http://");
    (is_web && url::Url::parse(&page).is_ok()).then_some(page)
}

/// What a user of a package can do about an advisory, in the advisory's own words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fix {
    /// Upgrade to a version that fulfils these requirements.
    Upgrade(String),
    /// Every version is affected.
    Remove,
    /// A patched version is expected, but none is known.
    NotKnown,
    /// A notice or an unmaintained package has no fix, unless the advisory names one.
    NotExpected,
}

impl Fix {
    /// `fixed_in` are requirements that a patched version fulfils.
    pub fn of(kind: AdvisoryKind, fixed_in: &[impl AsRef<str>]) -> Self {
        let requirements: Vec<&str> = fixed_in.iter().map(AsRef::as_ref).collect();
        match kind {
            _ if !requirements.is_empty() => Self::Upgrade(requirements.join(" or ")),
            AdvisoryKind::Malicious => Self::Remove,
            kind if kind < AdvisoryKind::Unsound => Self::NotExpected,
            _ => Self::NotKnown,
        }
    }

    /// For a package of this name.
    pub fn sentence(&self, name: &str) -> String {
        match self {
            Self::Upgrade(requirements) => format!("upgrade {name} to {requirements}"),
            Self::Remove => format!("remove {name}: no harmless version is known"),
            Self::NotKnown => format!("no patched version of {name} is known"),
            Self::NotExpected => format!("no other version of {name} is known to change that"),
        }
    }
}

/// What a user of the package can do: the advisory's own words, not shortened.
pub fn whole_fix(finding: &Finding) -> String {
    Fix::of(finding.kind, &finding.fixed_in).sentence(&finding.package.name)
}

/// What a user of the package can do.
pub fn fix(finding: &Finding) -> String {
    line(&whole_fix(finding))
}
