//! Which claim is written.

use std::collections::BTreeSet;

use clap::Args;

use super::Refusal;
use crate::evidence::{Evidence, EvidenceResult};
use crate::policy::{About, Claim, ClaimKind, CrateFeature, OpenPlace, Reviewed, any_of};
use crate::problem::Problem;
use crate::terminal::{Style, Tone, one_line};
use crate::verdict::Trial;
use crate::words::count;

const TEXT_LIMIT: usize = 400;

/// What is claimed, if not the strongest claim that holds.
#[derive(Debug, Args)]
pub(super) struct Choice {
    #[arg(
        long,
        value_name = "CLAIM",
        help = format!("This claim, if it holds: {}", any_of(&tried())),
        conflicts_with_all = ["attest", "features_off"],
    )]
    claim: Option<String>,
    /// That this feature is off; repeatable
    #[arg(long = "feature-off", value_name = "CRATE/FEATURE", conflicts_with = "attest")]
    features_off: Vec<String>,
    /// Your own word, which no tool can check
    #[arg(long)]
    attest: bool,
    /// That you have looked at every place that leaves the claim open, and why it holds all the same
    #[arg(long, value_name = "WHY", conflicts_with_all = ["attest", "features_off"])]
    reviewed: Option<String>,
}

/// The claim to be written, and what speaks for it.
pub(super) struct Chosen<'t> {
    pub(super) claim: Claim,
    /// The places that a person has reviewed for it.
    pub(super) reviewed: Vec<Reviewed>,
    evidence: Vec<(&'t Trial, &'t Evidence)>,
    /// For a person's word: what could be claimed beside it, so that a check can contradict it.
    contradictions: Vec<String>,
}

impl Choice {
    pub(super) fn choose<'t>(&self, trials: &'t [Trial]) -> Result<Chosen<'t>, Refusal> {
        if self.attest {
            let word = Chosen::unseen(ClaimKind::Attested.into());
            return Ok(Chosen { contradictions: possible_contradictions(trials), ..word });
        }
        if !self.features_off.is_empty() {
            let features: Result<Vec<_>, _> =
                self.features_off.iter().map(|text| feature(text)).collect();
            let about = About::Features(features?);
            return Ok(Chosen::unseen(Claim { kind: ClaimKind::FeatureOff, about }));
        }
        let candidates = match &self.claim {
            Some(word) => vec![known(word)?],
            None => ClaimKind::strongest_first().to_vec(),
        };
        let upheld = candidates.iter().find_map(|claim| Chosen::upheld(*claim, trials, None));
        let narrower = || candidates.iter().find_map(|claim| Chosen::narrower(*claim, trials));
        let reviewed = || {
            let why = self.reviewed.as_deref()?;
            candidates.iter().find_map(|claim| Chosen::upheld(*claim, trials, Some(why)))
        };
        upheld
            .or_else(narrower)
            .or_else(reviewed)
            .ok_or_else(|| Refusal::NotUpheld(self.none_holds(trials)))
    }

    fn none_holds(&self, trials: &[Trial]) -> Problem {
        let what = match &self.claim {
            Some(word) => format!("`{word}` does not hold"),
            None => "no claim that can be checked holds".to_owned(),
        };
        let evidence = trials.iter().flat_map(|trial| {
            trial.evidence.iter().map(move |evidence| {
                let (claim, result) = (evidence.claim.as_str(), evidence.result.as_str());
                let seen = format!("{} {claim} {result}: {}", trial.package, evidence.sentence());
                match &evidence.help {
                    Some(help) if evidence.claim.row().may_be_answered_for => {
                        format!("{seen}\n{help}")
                    }
                    _ => seen,
                }
            })
        });
        let asked = evidence.filter(|line| {
            let word = self.claim.as_deref();
            word.is_none_or(|word| line.contains(&format!(" {word} ")))
        });
        let seen: Vec<String> = asked.chain(trials.iter().flat_map(to_review)).collect();
        Problem::in_file("lockgate suppress", format!("{what}: nothing was written"))
            .help(format!("{}\nupgrade, or answer for it yourself: --attest", seen.join("\n")))
    }
}

/// What a person can review so that a claim holds, and how, a line for each.
fn to_review(trial: &Trial) -> impl Iterator<Item = String> {
    let is_open = |evidence: &&Evidence| {
        evidence.result == EvidenceResult::Unknown && evidence.claim.row().has_places_to_review
    };
    trial.evidence.iter().filter(is_open).flat_map(|evidence| {
        let places = evidence.open_places.iter().map(place);
        places.chain(evidence.help.clone())
    })
}

/// `  node_modules/larch/index.js:4 (larch 3.0.0): what is loaded there is computed while it runs`
fn place(open: &OpenPlace) -> String {
    let OpenPlace { site, package, reason, .. } = open;
    let package = package.as_ref().map_or_else(String::new, |package| format!(" ({package})"));
    one_line(&format!("  {site}{package}: {reason}"), TEXT_LIMIT)
}

/// What was seen about claims that may stand beside a person's word, where there is something to say about it.
fn possible_contradictions(trials: &[Trial]) -> Vec<String> {
    let evidence = trials.iter().flat_map(|trial| &trial.evidence);
    let open = evidence.filter(|evidence| {
        evidence.claim.row().may_be_answered_for && evidence.result != EvidenceResult::Upheld
    });
    let helps: BTreeSet<&str> = open.filter_map(|evidence| evidence.help.as_deref()).collect();
    helps.into_iter().map(|help| one_line(help, TEXT_LIMIT)).collect()
}

/// The claims that can be tried without a person, strongest first.
fn tried() -> Vec<&'static str> {
    let kinds = ClaimKind::strongest_first().into_iter();
    kinds.filter(|kind| !kind.needs_a_person()).map(ClaimKind::as_str).collect()
}

fn known(word: &str) -> Result<ClaimKind, Problem> {
    let mut kinds = ClaimKind::all();
    kinds.find(|kind| kind.as_str() == word && !kind.needs_a_person()).ok_or_else(|| {
        Problem::in_file("--claim", format!("there is no claim `{word}` to be tried"))
            .help(format!("there are: {}", tried().join(", ")))
    })
}

fn feature(text: &str) -> Result<CrateFeature, Problem> {
    CrateFeature::parse(text).ok_or_else(|| {
        Problem::in_file("--feature-off", format!("`{text}` does not name a feature"))
            .help("write the crate, a slash and the feature: time/local-offset")
    })
}

impl<'t> Chosen<'t> {
    fn unseen(claim: Claim) -> Self {
        Self { claim, reviewed: Vec::new(), evidence: Vec::new(), contradictions: Vec::new() }
    }

    /// The claim, if it holds for everything that was asked about, or would with places that a person has
    /// reviewed.
    fn upheld(kind: ClaimKind, trials: &'t [Trial], why: Option<&str>) -> Option<Self> {
        let holds = |evidence: &Evidence| {
            let is_reviewed = why.is_some() && !evidence.open_places.is_empty();
            is_reviewed || evidence.result == EvidenceResult::Upheld
        };
        let evidence: Option<Vec<_>> = trials
            .iter()
            .map(|trial| {
                let mut evidence = trial.evidence.iter();
                evidence
                    .find(|evidence| evidence.claim == kind && holds(evidence))
                    .map(|evidence| (trial, evidence))
            })
            .collect();
        let evidence = evidence?;
        let mut reviewed: Vec<Reviewed> = Vec::new();
        let open = evidence.iter().flat_map(|(_, evidence)| &evidence.open_places);
        for place in open.map(|open| open.reviewed(why.unwrap_or_default())) {
            if !reviewed.contains(&place) {
                reviewed.push(place);
            }
        }
        Some(Self { reviewed, evidence, ..Self::unseen(kind.into()) })
    }

    /// The claim about the parts of the package that the advisory is about, as far as is known, if that holds for
    /// everything that was asked about.
    fn narrower(kind: ClaimKind, trials: &'t [Trial]) -> Option<Self> {
        let found: Option<Vec<_>> = trials
            .iter()
            .map(|trial| {
                let mut evidence = trial.evidence.iter();
                evidence
                    .find(|evidence| evidence.claim == kind && !evidence.narrower.is_empty())
                    .map(|evidence| (trial, evidence))
            })
            .collect();
        let found = found?;
        let (_, first) = found.first()?;
        if found.iter().any(|(_, evidence)| evidence.narrower != first.narrower) {
            return None;
        }
        let about = About::Imports(first.narrower.to_vec());
        Some(Self { evidence: found, ..Self::unseen(Claim { kind, about }) })
    }

    /// What is about to be written, and why.
    pub(super) fn shown(&self, style: Style) -> String {
        let claim = style.paint(Tone::Strong, self.claim.to_string());
        if self.evidence.is_empty() {
            let lines = self.contradictions.iter().map(|line| format!("\n  {line}"));
            return format!("claim: {claim}{}", lines.collect::<String>());
        }
        if !self.reviewed.is_empty() {
            let open = self.evidence.iter().flat_map(|(_, evidence)| &evidence.open_places);
            let mut lines: Vec<String> = open.map(place).collect();
            lines.dedup();
            let places = count(lines.len(), "place", "places");
            let lines = lines.join("\n");
            return format!("claim: {claim}, and you answer for {places}:\n{lines}");
        }
        let lines = self.evidence.iter().map(|(trial, evidence)| {
            let package = one_line(&trial.package.to_string(), TEXT_LIMIT);
            let seen = match &self.claim.about {
                About::Package => evidence.sentence(),
                // What was seen of it is about the whole package.
                About::Features(_) | About::Imports(_) => {
                    "the advisory is about that, as far as lockgate knows, and nothing uses it"
                        .into()
                }
            };
            format!("  {package}: {}", one_line(&seen, TEXT_LIMIT))
        });
        let lines: Vec<String> = lines.collect();
        format!("claim: {claim}, which holds now\n{}", lines.join("\n"))
    }
}
