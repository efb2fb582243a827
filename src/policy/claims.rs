//! The `claim` of a `[[suppress]]` entry.

use std::ops::Range;

use toml::de::DeValue;

use super::cargo::{is_feature_name, is_name};
use super::raw::{Table, Value, shown};
use super::reader::Reader;
use super::suggestion::any_of;
use super::{Claim, CrateFeature};
use crate::package::Ecosystem;

/// Claims of the language that this version cannot check yet.
const LATER_CLAIMS: &[&str] = &["not-called", "not-imported"];

const CLAIM_EXAMPLE: &str = "claim = { development-only = true }";
const FEATURE_EXAMPLE: &str = "feature-off = \"time/local-offset\"";

/// What an entry claims.
#[derive(Debug, Default)]
pub(super) struct ReadClaims {
    /// The claims, each with the place of its key.
    pub(super) claims: Vec<(Claim, Range<usize>)>,
    /// The features that `feature-off` names.
    pub(super) features_off: Vec<CrateFeature>,
}

impl ReadClaims {
    /// Reads `claim`.
    pub(super) fn read(reader: &mut Reader, table: &Table<'_, '_>) -> Self {
        let mut read = Self::default();
        let Some(entry) = reader.required(table, "claim", CLAIM_EXAMPLE) else {
            return read;
        };
        let Some(table) = reader.table("`claim`", entry.value, CLAIM_EXAMPLE) else {
            return read;
        };
        let words: Vec<_> = Claim::ALL.iter().map(|claim| claim.as_str()).collect();
        reader.only_keys_or(&table, &words, LATER_CLAIMS);
        note_later_claims(reader, &table, &words);
        if table.entries().next().is_none() {
            let problem = reader
                .problem(table.span.clone(), "`claim` is empty")
                .label("claims nothing")
                .help(format!("claim something that can be checked: {}", any_of(&words)));
            reader.note_missing(problem);
        }
        for claim in Claim::ALL {
            let Some(entry) = table.get(claim.as_str()) else {
                continue;
            };
            if *claim == Claim::FeatureOff {
                read.features_off = read_features(reader, entry.value);
                read.claims.push((*claim, entry.key_span));
            } else if is_true(reader, *claim, entry.value) {
                read.claims.push((*claim, entry.key_span));
            }
        }
        read
    }

    /// Notes the claims that mean nothing in the ecosystem that the entry is surely about.
    pub(super) fn check_ecosystem(&self, reader: &mut Reader, ecosystem: Option<Ecosystem>) {
        let Some(ecosystem) = ecosystem else {
            return;
        };
        for (claim, span) in &self.claims {
            if claim.applies_to(ecosystem) {
                continue;
            }
            let name = match ecosystem {
                Ecosystem::Cargo => "Cargo",
                Ecosystem::Npm => "npm",
            };
            let fitting = Claim::ALL.iter().filter(|claim| claim.applies_to(ecosystem));
            let fitting: Vec<_> = fitting.map(|claim| claim.as_str()).collect();
            let claim = claim.as_str();
            let problem = reader
                .problem(span.clone(), format!("`{claim}` means nothing for a package of {name}"))
                .label(format!("not a claim about {name}"))
                .help(format!("claim {}", any_of(&fitting)));
            reader.note(problem);
        }
    }
}

fn note_later_claims(reader: &mut Reader, table: &Table<'_, '_>, words: &[&str]) {
    for entry in LATER_CLAIMS.iter().filter_map(|claim| table.get(claim)) {
        let message = format!("this version of lockgate cannot check `{}` yet", entry.key);
        let problem = reader
            .problem(entry.key_span, message)
            .label("not supported yet")
            .help(format!("it can check {}", any_of(words)));
        reader.note(problem);
    }
}

fn is_true(reader: &mut Reader, claim: Claim, value: &Value<'_>) -> bool {
    let claim = claim.as_str();
    match value.get_ref() {
        DeValue::Boolean(true) => true,
        DeValue::Boolean(false) => {
            let problem = reader
                .problem(value.span(), format!("`{claim} = false` claims nothing"))
                .label("claims nothing")
                .help(format!("write {claim} = true, or leave it out"));
            reader.note(problem);
            false
        }
        _ => {
            let example = format!("{claim} = true");
            reader.wrong_type::<()>(&format!("`{claim}`"), value, "true", &example);
            false
        }
    }
}

/// One feature, or a list of them.
fn read_features(reader: &mut Reader, value: &Value<'_>) -> Vec<CrateFeature> {
    let what = "`feature-off`";
    let elements = match value.get_ref() {
        DeValue::String(_) => std::slice::from_ref(value),
        DeValue::Array(_) => reader.elements(what, value, FEATURE_EXAMPLE),
        _ => {
            reader.wrong_type::<()>(what, value, "a text in quotes or a list", FEATURE_EXAMPLE);
            &[]
        }
    };
    let mut features = Vec::new();
    for element in elements {
        let Some(text) = reader.string("a feature in `feature-off`", element, FEATURE_EXAMPLE)
        else {
            continue;
        };
        if let Some(feature) = CrateFeature::parse(text) {
            features.push(feature);
            continue;
        }
        let problem = reader
            .problem(element.span(), format!("`{}` does not name a feature", shown(text)))
            .label("not a crate and its feature")
            .help(format!("write the crate, a slash and the feature: {FEATURE_EXAMPLE}"));
        reader.note(problem);
    }
    features
}

impl CrateFeature {
    /// Reads `crate/feature`.
    fn parse(text: &str) -> Option<Self> {
        let (package, feature) = text.split_once('/')?;
        (is_name(package) && is_feature_name(feature))
            .then(|| Self { package: package.to_owned(), feature: feature.to_owned() })
    }
}
