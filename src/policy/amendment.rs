//! Adds a suppression to the text of a policy. Comments and order are kept.

use jiff::civil::Date;
use toml_edit::{
    Array, ArrayOfTables, DocumentMut, InlineTable, Item, Table, TomlError, Value, value,
};

use super::{About, Claim};
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
    /// The reason, in a person's words.
    pub reason: String,
    /// The person responsible for it.
    pub owner: Option<String>,
    /// The last day on which it applies.
    pub expires: Option<Date>,
}

impl Amendment {
    /// The text of the policy with the entry added after its other suppressions.
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
        entries.push(self.table(&format!("{end}\n")));
        Ok(document.to_string())
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
    use crate::policy::{ClaimKind, CrateFeature};

    fn amendment() -> Amendment {
        Amendment {
            advisory: "RUSTSEC-2099-0001".parse().unwrap(),
            package: Some("rsa".into()),
            claim: ClaimKind::NotBuilt.into(),
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

    #[test]
    fn a_policy_that_cannot_be_edited_is_refused() {
        assert!(matches!(amendment().apply("schema = "), Err(AmendmentError::Syntax(_))));
        assert!(matches!(amendment().apply("suppress = 1"), Err(AmendmentError::NoTables)));
        assert!(matches!(amendment().apply("suppress = []"), Err(AmendmentError::NoTables)));
    }
}
