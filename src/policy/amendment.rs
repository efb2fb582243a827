//! Adds a suppression to the text of a policy. Comments and order are kept.

use jiff::civil::Date;
use toml_edit::{
    Array, ArrayOfTables, DocumentMut, InlineTable, Item, Table, TableLike, TomlError, Value, value,
};

use super::{About, Claim, Reviewed};
use crate::advisory_id::AdvisoryId;

/// The smallest valid policy.
pub const EMPTY_POLICY: &str = "schema = 1\n";

/// A `[[suppress]]` entry to be written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Amendment {
    pub advisory: AdvisoryId,
    /// The package, if the entry is limited to one.
    pub package: Option<String>,
    pub claim: Claim,
    /// Places that a person has reviewed for it.
    pub reviewed: Vec<Reviewed>,
    /// The reason, in a person's words.
    pub reason: String,
    /// The person responsible for it.
    pub owner: Option<String>,
    /// The last day on which it applies.
    pub expires: Option<Date>,
}

impl Amendment {
    /// The text of the policy with the entry added after its other suppressions. It takes the place of an
    /// entry that says of the same advisory, package and claim what was reviewed.
    ///
    /// # Errors
    /// The text is not TOML, or its `suppress` is not a list of tables.
    pub fn apply(&self, text: &str) -> Result<String, AmendmentError> {
        let mut document: DocumentMut = text.parse()?;
        // A comment at the end stays above the new entry.
        let end = document.trailing().as_str().unwrap_or_default().to_owned();
        document.set_trailing("");
        let item =
            document.entry("suppress").or_insert_with(|| Item::ArrayOfTables(ArrayOfTables::new()));
        let entries = item.as_array_of_tables_mut().ok_or(AmendmentError::NoTables)?;
        let table = match self.replaced(entries) {
            Some(old) => self.written_anew(&old, &end),
            None => self.table(&format!("{end}\n")),
        };
        entries.push(table);
        Ok(document.to_string())
    }

    /// Takes out the entry with an older review for the same claim.
    fn replaced(&self, entries: &mut ArrayOfTables) -> Option<Table> {
        let says = |table: &Table, key: &str, text: Option<&str>| {
            table.get(key).and_then(Item::as_str) == text
        };
        let claims = |table: &Table| {
            let claim = table.get("claim").and_then(Item::as_table_like);
            claim.is_some_and(|claim| {
                claim.len() == 1 && claim.contains_key(self.claim.kind.as_str())
            })
        };
        let is_older = |table: &Table| {
            table.contains_key("reviewed")
                && claims(table)
                && says(table, "advisory", Some(self.advisory.as_str()))
                && says(table, "package", self.package.as_deref())
        };
        let position = entries.iter().position(is_older).filter(|_| !self.reviewed.is_empty())?;
        let old = entries.get(position).cloned();
        entries.remove(position);
        old
    }

    /// The entry in the place of an older one: what was said about a place that is still the same stays.
    fn written_anew(&self, old: &Table, end: &str) -> Table {
        let said: Vec<&dyn TableLike> = match old.get("reviewed") {
            Some(Item::Value(Value::Array(list))) => {
                list.iter().filter_map(Value::as_inline_table).map(|it| it as _).collect()
            }
            Some(Item::ArrayOfTables(list)) => list.iter().map(|it| it as _).collect(),
            _ => Vec::new(),
        };
        let text = |table: &dyn TableLike, key: &str| {
            table.get(key).and_then(Item::as_str).map(str::to_owned)
        };
        let mut amendment = self.clone();
        for place in &mut amendment.reviewed {
            let is_same = |table: &&dyn TableLike| {
                let file = text(*table, "site").unwrap_or_default();
                file.rsplit_once(':').is_some_and(|(file, _)| file == place.site.file)
                    && text(*table, "hash").as_deref() == Some(place.hash.as_str())
            };
            let before = said.iter().copied().find(|table| is_same(table));
            if let Some(why) = before.and_then(|table| text(table, "why")) {
                place.why = why;
            }
        }
        let above = old.decor().prefix().and_then(|prefix| prefix.as_str()).unwrap_or("\n");
        amendment.table(&format!("{end}{above}"))
    }

    fn table(&self, above: &str) -> Table {
        let mut table = Table::new();
        table.decor_mut().set_prefix(above);
        table["advisory"] = value(self.advisory.as_str());
        if let Some(package) = &self.package {
            table["package"] = value(package.as_str());
        }
        let mut claim = InlineTable::new();
        claim.insert(self.claim.kind.as_str(), self.claimed());
        table["claim"] = value(claim);
        if !self.reviewed.is_empty() {
            table["reviewed"] = value(listed(&self.reviewed));
        }
        table["reason"] = value(self.reason.as_str());
        if let Some(owner) = &self.owner {
            table["owner"] = value(owner.as_str());
        }
        if let Some(date) = self.expires {
            let date: Result<toml_edit::Datetime, _> = date.to_string().parse();
            // A calendar date is a date of TOML.
            if let Ok(date) = date {
                table["expires"] = value(date);
            }
        }
        table
    }

    fn claimed(&self) -> Value {
        match &self.claim.about {
            About::Package => true.into(),
            About::Features(features) => {
                features.iter().map(ToString::to_string).collect::<Array>().into()
            }
            About::Imports(targets) => match targets.as_slice() {
                [target] => target.to_string().into(),
                _ => targets.iter().map(ToString::to_string).collect::<Array>().into(),
            },
        }
    }
}

/// The places, a line for each.
fn listed(places: &[Reviewed]) -> Array {
    let mut list = Array::new();
    for Reviewed { site, hash, why } in places {
        let mut table = InlineTable::new();
        table.insert("site", site.to_string().into());
        table.insert("hash", hash.as_str().into());
        table.insert("why", why.as_str().into());
        let mut table = Value::from(table);
        table.decor_mut().set_prefix("\n  ");
        list.push_formatted(table);
    }
    list.set_trailing("\n");
    list.set_trailing_comma(true);
    list
}

/// Why an entry cannot be added.
#[derive(Debug, thiserror::Error)]
pub enum AmendmentError {
    /// The text is not TOML.
    #[error("the policy cannot be edited: {0}")]
    Syntax(#[from] TomlError),
    /// `suppress` is not a list of tables.
    #[error("`suppress` in the policy is not written as [[suppress]] tables")]
    NoTables,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::policy::{ClaimKind, Code, CodeHash, CrateFeature};
    use crate::problem::Location;

    fn amendment() -> Amendment {
        Amendment {
            advisory: "RUSTSEC-2099-0001".parse().unwrap(),
            package: Some("rsa".into()),
            claim: ClaimKind::NotBuilt.into(),
            reviewed: Vec::new(),
            reason: "only \"mysql\" needs it".into(),
            owner: Some("@acme/security".into()),
            expires: Some("2099-06-30".parse().unwrap()),
        }
    }

    #[test]
    fn an_entry_is_added_after_the_others_and_everything_else_stays() {
        let before = "# ours\nschema = 1 # first\n\n[gate]\nhigh = \"ticket\"   # for now\n\n\
            [[suppress]]\nadvisory = \"CVE-2099-1\" # seen\nclaim = { attested = true }\n";
        let after = amendment().apply(before).unwrap();
        assert_eq!(
            after,
            format!(
                "{before}\n[[suppress]]\nadvisory = \"RUSTSEC-2099-0001\"\npackage = \"rsa\"\n\
                claim = {{ not-built = true }}\nreason = 'only \"mysql\" needs it'\n\
                owner = \"@acme/security\"\nexpires = 2099-06-30\n"
            )
        );
    }

    #[test]
    fn a_comment_at_the_end_stays_where_it_is() {
        let before = "schema = 1\n\n# more to come\n";
        let after = amendment().apply(before).unwrap();
        assert!(after.starts_with(&format!("{before}\n[[suppress]]\n")), "{after}");
    }

    #[test]
    fn a_feature_is_named_by_the_claim() {
        let amendment = Amendment {
            claim: Claim {
                kind: ClaimKind::FeatureOff,
                about: About::Features(vec![CrateFeature::parse("time/local-offset").unwrap()]),
            },
            owner: None,
            expires: None,
            package: None,
            ..amendment()
        };
        let after = amendment.apply(EMPTY_POLICY).unwrap();
        assert!(after.contains("claim = { feature-off = [\"time/local-offset\"] }"), "{after}");
        assert!(!after.contains("owner") && !after.contains("expires"), "{after}");
    }

    fn reviewed(places: &[(&str, &str)]) -> Amendment {
        let place = |(site, why): &(&str, &str)| {
            let (file, line) = site.rsplit_once(':').unwrap();
            let site = Location { file: file.to_owned(), line: line.parse().unwrap() };
            let code = Code { package: "", checksums: &[], text: file, places: 1 };
            Reviewed { site, hash: CodeHash::of(&code), why: (*why).to_owned() }
        };
        Amendment {
            claim: ClaimKind::NotImported.into(),
            reviewed: places.iter().map(place).collect(),
            owner: None,
            expires: None,
            ..amendment()
        }
    }

    #[test]
    fn each_reviewed_place_is_a_line() {
        let after = reviewed(&[("a.js:1", "one"), ("b.js:2", "two")]).apply(EMPTY_POLICY).unwrap();
        let lines: Vec<&str> = after.lines().filter(|line| line.starts_with("  {")).collect();
        assert!(lines[0].starts_with("  { site = \"a.js:1\", hash = \""), "{after}");
        assert!(lines[1].ends_with("why = \"two\" },"), "{after}");
        assert!(after.contains("reviewed = [\n") && after.contains("\n]\nreason"), "{after}");
    }

    #[test]
    fn a_review_takes_the_place_of_the_older_one_and_keeps_what_was_said_about_the_same_code() {
        let before = reviewed(&[("a.js:1", "one"), ("b.js:2", "two")]).apply(EMPTY_POLICY).unwrap();
        let before = before.replace("[[suppress]]", "# Ours.\n[[suppress]]");
        let after = reviewed(&[("a.js:7", "now"), ("c.js:3", "now")]).apply(&before).unwrap();
        assert_eq!(after.matches("[[suppress]]").count(), 1, "{after}");
        assert!(after.contains("# Ours.\n[[suppress]]"), "{after}");
        let whys: Vec<&str> = after
            .lines()
            .filter_map(|line| line.split_once("why = "))
            .map(|(_, why)| why)
            .collect();
        assert_eq!(whys, ["\"one\" },", "\"now\" },"], "{after}");
        let other = Amendment { package: Some("left".into()), ..reviewed(&[("a.js:1", "now")]) };
        assert_eq!(other.apply(&before).unwrap().matches("[[suppress]]").count(), 2);
    }

    #[test]
    fn a_policy_that_cannot_be_edited_is_refused() {
        assert!(matches!(amendment().apply("schema = "), Err(AmendmentError::Syntax(_))));
        assert!(matches!(amendment().apply("suppress = 1"), Err(AmendmentError::NoTables)));
        assert!(matches!(amendment().apply("suppress = []"), Err(AmendmentError::NoTables)));
    }
}
