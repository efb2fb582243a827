//! Archives whose content a person has compared with the advisories:
//! `bundled = [{ package = "npm@10.9.2", compared = 2026-11-30, why = "…" }]`.

use std::fmt;

use jiff::ToSpan;
use jiff::civil::Date;

use super::import_target::is_package_name;
use super::raw::{Value, escaped};
use super::reader::Reader;
use super::suppression::LONGEST_WORD_DAYS;
use crate::package::{Ecosystem, PackageId};
use crate::problem::Location;
use crate::version::Version;

/// An owner's word that nothing in the archive of a package is affected: packages that it bundles, or
/// those that its npm-shrinkwrap.json locks.
///
/// It ends with the version, with the first advisory about what is bundled that is published or changed
/// later, and after [`LONGEST_WORD_DAYS`] days.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ComparedArchive {
    /// The package, in the only version that the word is about.
    pub package: PackageId,
    /// The day on which a person compared it, in UTC.
    pub compared: Date,
    /// Why nothing in it is affected.
    pub why: String,
    /// The line of the policy.
    pub location: Location,
}

const EXAMPLE: &str =
    "bundled = [{ package = \"npm@10.9.2\", compared = 2026-11-30, why = \"its tar is patched\" }]";
const PACKAGE: &str = "package = \"npm@10.9.2\"";
const WHY: &str = "why = \"its tar is patched\"";

impl ComparedArchive {
    /// The last day on which the word counts.
    pub fn last_day(&self) -> Date {
        self.compared.checked_add(LONGEST_WORD_DAYS.days()).unwrap_or(Date::MAX)
    }

    pub fn is_expired(&self, today: Date) -> bool {
        self.last_day() < today
    }

    /// Whether something that was known on a day was known when the archive was compared. What became
    /// known on the same day may have come later.
    pub fn considers(&self, known_since: Date) -> bool {
        known_since < self.compared
    }

    /// The line of TOML that says it about a package. `None` for a package that cannot be named so.
    pub fn proposal(package: &PackageId, compared: Date) -> Option<String> {
        let text = format!("{}@{}", package.name, package.version);
        exact_package(&text).filter(|read| read == package)?;
        Some(format!("bundled = [{{ package = \"{text}\", compared = {compared}, why = \"…\" }}]"))
    }

    pub(super) fn read_all(reader: &mut Reader, value: &Value<'_>, today: Date) -> Vec<Self> {
        let mut archives: Vec<Self> = Vec::new();
        for element in reader.elements("`bundled`", value, EXAMPLE) {
            let Some(archive) = Self::read(reader, element, today) else {
                continue;
            };
            if let Some(first) = archives.iter().find(|known| known.package == archive.package) {
                let message = format!("`bundled` answers for {} twice", archive.package);
                let problem = reader
                    .problem(element.span(), message)
                    .label("the second time")
                    .help(format!("remove this entry, or the one in line {}", first.location.line));
                reader.note(problem);
                continue;
            }
            archives.push(archive);
        }
        archives
    }

    fn read(reader: &mut Reader, value: &Value<'_>, today: Date) -> Option<Self> {
        let table = reader.table("an entry of `bundled`", value, EXAMPLE)?;
        reader.only_keys(&table, &["package", "compared", "why"]);
        let package = reader.required(&table, "package", PACKAGE);
        let package = package.and_then(|entry| read_package(reader, entry.value));
        let compared = reader.required(&table, "compared", &format!("compared = {today}"));
        let compared = compared.and_then(|entry| read_day(reader, entry.value, today));
        let why = reader.required(&table, "why", WHY);
        let why = why.and_then(|entry| read_reason(reader, entry.value));
        Some(Self {
            package: package?,
            compared: compared?,
            why: why?,
            location: reader.location(value.span().start),
        })
    }
}

impl fmt::Display for ComparedArchive {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}@{}", self.package.name, self.package.version)
    }
}

fn read_package(reader: &mut Reader, value: &Value<'_>) -> Option<PackageId> {
    let text = reader.string("`package`", value, PACKAGE)?;
    let package = exact_package(text);
    if package.is_none() {
        let message = format!("`{}` is not one package in one version", escaped(text));
        let problem = reader
            .problem(value.span(), message)
            .label("another version has another archive")
            .help(format!("write the name and the version that is locked: {PACKAGE}"));
        reader.note(problem);
    }
    package
}

fn read_day(reader: &mut Reader, value: &Value<'_>, today: Date) -> Option<Date> {
    let compared = reader.date("`compared`", value)?;
    if compared > today {
        let message = format!("`compared` is a day that has not come: today is {today} in UTC");
        let problem = reader
            .problem(value.span(), message)
            .label("not yet")
            .help("write the day on which somebody compared the archive with the advisories");
        reader.note(problem);
        return None;
    }
    Some(compared)
}

/// The ellipsis of a proposal is no reason yet.
fn read_reason(reader: &mut Reader, value: &Value<'_>) -> Option<String> {
    let text = reader.string("`why`", value, WHY)?.trim();
    if text.contains(char::is_alphanumeric) {
        return Some(text.to_owned());
    }
    let problem = reader
        .problem(value.span(), "`why` says nothing")
        .label("no reason")
        .help(format!("say why nothing in the archive is affected: {WHY}"));
    reader.note(problem);
    None
}

/// `name@version`, with a version in the spelling that npm's registry gives it.
fn exact_package(text: &str) -> Option<PackageId> {
    let (name, version) = text.rsplit_once('@')?;
    let read = Version::parse(Ecosystem::Npm, version).ok()?;
    let is_exact = matches!(read, Version::Npm(read) if read.to_string() == version);
    (is_exact && is_package_name(name)).then(|| PackageId {
        ecosystem: Ecosystem::Npm,
        name: name.into(),
        version: version.into(),
    })
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use jiff::civil::date;

    use super::*;
    use crate::policy::Policy;
    use crate::problem::SourceText;

    const TODAY: Date = date(2026, 11, 22);

    fn parse(bundled: &str) -> Result<Vec<ComparedArchive>, Vec<String>> {
        let text = format!("schema = 1\n[npm]\nbundled = [{bundled}]\n");
        let source = Arc::new(SourceText::new("lockgate.toml", text));
        let read = Policy::parse(source, TODAY);
        read.map(|policy| policy.npm.bundled)
            .map_err(|error| error.0.into_iter().map(|problem| problem.message).collect())
    }

    fn entry(package: &str) -> String {
        format!("{{ package = \"{package}\", compared = 2026-11-21, why = \" it is patched \" }}")
    }

    #[test]
    fn one_version_of_one_package_is_answered_for() {
        for (text, name, version) in [
            ("npm@10.9.2", "npm", "10.9.2"),
            ("@harbour/cli@2.0.0-rc.1+7", "@harbour/cli", "2.0.0-rc.1+7"),
        ] {
            let archive = parse(&entry(text)).unwrap().remove(0);
            assert_eq!((&*archive.package.name, &*archive.package.version), (name, version));
            assert_eq!((archive.why.as_str(), archive.location.line), ("it is patched", 3));
            assert_eq!(archive.to_string(), text);
        }
        for text in [
            "npm",
            "npm@",
            "@10.9.2",
            "@harbour/cli",
            "npm@10",
            "npm@10.9",
            "npm@^10.9.2",
            "npm@*",
            "npm@10.9.x",
            "npm@latest",
            "npm@v10.9.2",
            "npm@=10.9.2",
            "npm@10.9.2 || 10.9.3",
            "np*@10.9.2",
            "npm@ 10.9.2",
            "npm @10.9.2",
        ] {
            let said = vec![format!("`{text}` is not one package in one version")];
            assert_eq!(parse(&entry(text)), Err(said), "{text}");
        }
    }

    #[test]
    fn an_entry_is_complete_and_given_once() {
        let npm = entry("npm@10.9.2");
        for (bundled, said) in [
            (npm.replace("compared = 2026-11-21, ", ""), "an entry of `bundled` has no `compared`"),
            (npm.replace(", why = \" it is patched \"", ""), "an entry of `bundled` has no `why`"),
            (npm.replace(" it is patched ", " "), "`why` is empty"),
            (npm.replace(" it is patched ", "…"), "`why` says nothing"),
            (
                npm.replace("package = \"npm@10.9.2\", ", ""),
                "an entry of `bundled` has no `package`",
            ),
            (
                npm.replace("11-21", "11-23"),
                "`compared` is a day that has not come: today is 2026-11-22 in UTC",
            ),
            (format!("{npm}, {npm}"), "`bundled` answers for npm 10.9.2 twice"),
            (
                npm.replace("why", "until = 2027-01-01, why"),
                "unknown key `until` in an entry of `bundled`",
            ),
            ("\"npm@10.9.2\"".to_owned(), "an entry of `bundled` must be a table, not a text"),
        ] {
            assert_eq!(parse(&bundled), Err(vec![said.to_owned()]), "{bundled}");
        }
    }

    #[test]
    fn a_word_ends_after_180_days_and_considers_what_was_known_before() {
        let archive = parse(&entry("npm@10.9.2")).unwrap().remove(0);
        assert_eq!(archive.last_day(), date(2027, 5, 20));
        assert!(!archive.is_expired(date(2027, 5, 20)) && archive.is_expired(date(2027, 5, 21)));
        assert!(archive.considers(date(2026, 11, 20)));
        assert!(!archive.considers(date(2026, 11, 21)), "it may have come in the evening");
    }

    #[test]
    fn what_is_proposed_is_read_as_it_is_meant() {
        let package = |name: &str, version: &str| PackageId {
            ecosystem: Ecosystem::Npm,
            name: name.into(),
            version: version.into(),
        };
        for (name, version) in
            [("npm", "10.9.2"), ("@harbour/cli", "1.0.0-rc.1"), ("JSONStream", "1.0.0")]
        {
            let package = package(name, version);
            let proposal = ComparedArchive::proposal(&package, TODAY).unwrap();
            let inner = proposal.strip_prefix("bundled = [").unwrap().strip_suffix(']').unwrap();
            assert_eq!(parse(&inner.replace('…', "patched")).unwrap()[0].package, package);
        }
        for (name, version) in
            [("npm", "https://a.example/b.tgz"), ("npm", "1.0"), ("a\"b", "1.0.0")]
        {
            assert_eq!(ComparedArchive::proposal(&package(name, version), TODAY), None);
        }
    }
}
