//! The `claim` of a `[[suppress]]` entry.

use std::ops::Range;

use toml::de::DeValue;

use super::claim::LATER_WORDS;
use super::raw::{Table, Value, escaped};
use super::reader::Reader;
use super::suggestion::any_of;
use super::{About, Claim, ClaimForm, ClaimKind, CrateFeature, ImportTarget};
use crate::package::Ecosystem;

/// The claims of an entry, each with the span of its key.
#[derive(Debug, Default)]
pub(super) struct ReadClaims(pub(super) Vec<(Claim, Range<usize>)>);

impl ReadClaims {
    /// Reads `claim`.
    pub(super) fn read(reader: &mut Reader, table: &Table<'_, '_>) -> Self {
        let words: Vec<_> = ClaimKind::all().map(ClaimKind::as_str).collect();
        let first = words.first().copied().unwrap_or_default();
        let example = format!("claim = {{ {first} = true }}");
        let Some(entry) = reader.required(table, "claim", &example) else {
            return Self::default();
        };
        let Some(table) = reader.table("`claim`", entry.value, &example) else {
            return Self::default();
        };
        reader.only_keys_or(&table, &words, LATER_WORDS);
        note_later_claims(reader, &table, &words);
        if table.entries().next().is_none() {
            let problem = reader
                .problem(table.span.clone(), "`claim` is empty")
                .label("claims nothing")
                .help(format!("claim something that can be checked: {}", any_of(&words)));
            reader.note_missing(problem);
        }
        let mut read = Vec::new();
        for kind in ClaimKind::all() {
            let Some(entry) = table.get(kind.as_str()) else {
                continue;
            };
            let about = match kind.row().form {
                ClaimForm::True if is_true(reader, kind, entry.value) => About::Package,
                ClaimForm::True => continue,
                ClaimForm::Features => About::Features(read_features(reader, kind, entry.value)),
                ClaimForm::Imports => match read_imports(reader, kind, entry.value) {
                    Some(about) => about,
                    None => continue,
                },
            };
            read.push((Claim { kind, about }, entry.key_span));
        }
        Self(read)
    }

    /// Reports the claims that are impossible in the entry's ecosystem, if that is known.
    pub(super) fn check_ecosystem(&self, reader: &mut Reader, ecosystem: Option<Ecosystem>) {
        let Some(ecosystem) = ecosystem else {
            return;
        };
        for (Claim { kind, .. }, span) in &self.0 {
            if kind.applies_to(ecosystem) {
                continue;
            }
            let name = match ecosystem {
                Ecosystem::Cargo => "Cargo",
                Ecosystem::Npm => "npm",
            };
            let fitting = ClaimKind::all().filter(|kind| kind.applies_to(ecosystem));
            let fitting: Vec<_> = fitting.map(ClaimKind::as_str).collect();
            let claim = kind.as_str();
            let problem = reader
                .problem(span.clone(), format!("`{claim}` means nothing for a package of {name}"))
                .label(format!("not a claim about {name}"))
                .help(format!("claim {}", any_of(&fitting)));
            reader.note(problem);
        }
    }
}

fn note_later_claims(reader: &mut Reader, table: &Table<'_, '_>, words: &[&str]) {
    for entry in LATER_WORDS.iter().filter_map(|claim| table.get(claim)) {
        let message = format!("this version of lockgate cannot check `{}` yet", entry.key);
        let problem = reader
            .problem(entry.key_span, message)
            .label("not supported yet")
            .help(format!("it can check {}", any_of(words)));
        reader.note(problem);
    }
}

fn is_true(reader: &mut Reader, claim: ClaimKind, value: &Value<'_>) -> bool {
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
fn read_features(reader: &mut Reader, claim: ClaimKind, value: &Value<'_>) -> Vec<CrateFeature> {
    let what = format!("`{}`", claim.as_str());
    let example = format!("{} = \"time/local-offset\"", claim.as_str());
    let elements = match value.get_ref() {
        DeValue::String(_) => std::slice::from_ref(value),
        DeValue::Array(_) => reader.elements(&what, value, &example),
        _ => {
            reader.wrong_type::<()>(&what, value, "a text in quotes or a list", &example);
            &[]
        }
    };
    let mut features = Vec::new();
    for element in elements {
        let Some(text) = reader.string(&format!("a feature in {what}"), element, &example) else {
            continue;
        };
        if let Some(feature) = CrateFeature::parse(text) {
            features.push(feature);
            continue;
        }
        let problem = reader
            .problem(element.span(), format!("`{}` does not name a feature", escaped(text)))
            .label("not a crate and its feature")
            .help(format!("write the crate, a slash and the feature: {example}"));
        reader.note(problem);
    }
    features
}

/// `true` for the package of the finding, or packages, modules and exports by name.
fn read_imports(reader: &mut Reader, claim: ClaimKind, value: &Value<'_>) -> Option<About> {
    if let DeValue::Boolean(_) = value.get_ref() {
        return is_true(reader, claim, value).then_some(About::Package);
    }
    let what = format!("`{}`", claim.as_str());
    let example = format!("{} = \"lodash#template\"", claim.as_str());
    let elements = match value.get_ref() {
        DeValue::String(_) => std::slice::from_ref(value),
        DeValue::Array(_) => reader.elements(&what, value, &example),
        _ => {
            reader.wrong_type::<()>(&what, value, "true, a text in quotes or a list", &example);
            return None;
        }
    };
    if elements.is_empty() {
        let problem = reader
            .problem(value.span(), format!("{what} names nothing"))
            .label("claims nothing")
            .help(format!("write {} = true, or name something: {example}", claim.as_str()));
        reader.note(problem);
        return None;
    }
    let mut targets = Vec::new();
    for element in elements {
        let Some(text) = reader.string(&format!("a name in {what}"), element, &example) else {
            continue;
        };
        if let Some(target) = ImportTarget::parse(text) {
            targets.push(target);
            continue;
        }
        let message = format!("`{}` names no package, module or export", escaped(text));
        let help = "write \"package\", \"package/module\" or \"package#export\"";
        let problem = reader.problem(element.span(), message).label("not a name").help(help);
        reader.note(problem);
    }
    Some(About::Imports(targets))
}
