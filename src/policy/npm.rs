//! The `[npm]` table: on which platforms the shipped packages are installed, which packages and files
//! do not ship, and which archives a person has compared with the advisories.

use jiff::civil::Date;

use super::glob::check_glob;
use super::ignored_line::IgnoredLine;
use super::import_target::is_package_name;
use super::raw::{Value, escaped};
use super::reader::Reader;
use super::words::words;
use super::{ComparedArchive, LocatedWord};
use crate::platform_limits::{LIBRARIES, NpmPlatform, PROCESSORS, SYSTEMS};
use crate::problem::Location;

/// The `[npm]` table.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct NpmPolicy {
    /// The platforms, each with its line. Empty: not declared.
    pub platforms: Vec<(NpmPlatform, Location)>,
    /// Packages that add nothing to what is shipped although scripts run them: the owner's word.
    pub tools: Vec<LocatedWord>,
    /// Patterns of files that only tests use, relative to the root of the repository: the owner's word.
    pub tests: Vec<LocatedWord>,
    /// Patterns of files that are built from the sources of the repository, by what is locked there: the
    /// owner's word.
    pub built: Vec<LocatedWord>,
    /// Lines that the search does not count.
    pub ignore: Vec<IgnoredLine>,
    /// Archives that hold nothing that is affected: the owner's word.
    pub bundled: Vec<ComparedArchive>,
    /// Whether locked packages are fetched to be looked at where nothing is installed.
    pub fetch: bool,
}

const TOOLS: &str = "tools = [\"eslint\", \"@acme/checks\"]";
const TESTS: &str = "tests = [\"src/**/*.test.ts\", \"e2e/**\"]";
const BUILT: &str = "built = [\"dist/**\"]";
const EXAMPLE: &str = "platforms = [\"linux-x64\", \"linux-arm64-musl\"]";

impl NpmPolicy {
    /// Reads `[npm]`. `today` decides which days have come.
    pub(super) fn read(reader: &mut Reader, value: &Value<'_>, today: Date) -> Self {
        let mut npm = Self::default();
        let Some(table) = reader.table("`[npm]`", value, "[npm]") else {
            return npm;
        };
        reader.only_keys(
            &table,
            &["platforms", "tools", "tests", "built", "ignore", "bundled", "fetch"],
        );
        let help = |example: &str| format!("write {example}");
        if let Some(entry) = table.get("tools") {
            npm.tools = words(
                reader,
                ["`tools`", "a tool"],
                entry.value,
                TOOLS,
                is_package_name,
                &help(TOOLS),
            );
        }
        if let Some(entry) = table.get("tests") {
            npm.tests = words(
                reader,
                ["`tests`", "a pattern"],
                entry.value,
                TESTS,
                is_pattern,
                &help(TESTS),
            );
        }
        if let Some(entry) = table.get("built") {
            npm.built = words(
                reader,
                ["`built`", "a pattern"],
                entry.value,
                BUILT,
                is_pattern,
                &help(BUILT),
            );
        }
        if let Some(entry) = table.get("ignore") {
            npm.ignore = IgnoredLine::read(reader, entry.value);
        }
        if let Some(entry) = table.get("bundled") {
            npm.bundled = ComparedArchive::read_all(reader, entry.value, today);
        }
        if let Some(entry) = table.get("fetch") {
            npm.fetch = reader.boolean("`fetch`", entry.value).unwrap_or_default();
        }
        if let Some(entry) = table.get("platforms") {
            npm.read_platforms(reader, entry.value);
        }
        npm
    }

    fn read_platforms(&mut self, reader: &mut Reader, value: &Value<'_>) {
        for element in reader.elements("`platforms`", value, EXAMPLE) {
            let Some(text) = reader.string("a platform in `platforms`", element, EXAMPLE) else {
                continue;
            };
            if let Some(platform) = NpmPlatform::parse(text) {
                let location = reader.location(element.span().start);
                self.platforms.push((platform, location));
                continue;
            }
            let problem = reader
                .problem(
                    element.span(),
                    format!("`{}` is not a platform that npm knows", escaped(text)),
                )
                .label("not an operating system and a processor")
                .help(format!(
                    "write os-cpu, or os-cpu-libc for linux; os: {}; cpu: {}; libc: {}",
                    SYSTEMS.join(", "),
                    PROCESSORS.join(", "),
                    LIBRARIES.join(", ")
                ));
            reader.note(problem);
        }
    }
}

/// Whether a text is a `.gitignore` pattern without negation that does not match all files.
fn is_pattern(text: &str) -> bool {
    let is_everything = text.bytes().all(|byte| b"*/.".contains(&byte));
    !is_everything && check_glob(text).is_ok()
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use jiff::civil::date;

    use crate::policy::Policy;
    use crate::problem::SourceText;

    fn parse(platform: &str) -> Result<Policy, String> {
        let text = format!("schema = 1\n[npm]\nplatforms = [\"{platform}\"]\n");
        let source = Arc::new(SourceText::new("lockgate.toml", text));
        Policy::parse(source, date(2026, 11, 22)).map_err(|error| error.0[0].message.clone())
    }

    #[test]
    fn tools_are_named_one_by_one() {
        let parse = |npm: &str| {
            let text = format!("schema = 1\n[npm]\n{npm}\n");
            let source = Arc::new(SourceText::new("lockgate.toml", text));
            Policy::parse(source, date(2026, 11, 22)).map_err(|error| error.0[0].message.clone())
        };
        let npm = parse(
            "tools = [\"@acme/checks\"]\ntests = [\"e2e/**\"]\nignore = [{ line = \" npm ci \", why = \"x\" }]",
        );
        let npm = npm.unwrap().npm;
        assert_eq!(npm.tools[0].text, "@acme/checks");
        assert_eq!(npm.tests[0].text, "e2e/**");
        let ignored = &npm.ignore[0];
        assert!(ignored.is("a.yml", "\tnpm ci") && !ignored.is("a.yml", "npm ci && zip"));
        for (wrong, said) in [
            ("tools = [\"eslint-*\"]", "`eslint-*` cannot be a tool"),
            ("tools = [\"@acme\"]", "`@acme` cannot be a tool"),
            ("tests = [\"**\"]", "`**` cannot be a pattern"),
            ("tests = [\"!src\"]", "`!src` cannot be a pattern"),
            ("ignore = [{ line = \"npm ci\" }]", "an entry of `ignore` has no `why`"),
        ] {
            assert_eq!(parse(wrong).map(|_| ()), Err(said.to_owned()), "{wrong}");
        }
    }

    #[test]
    fn a_platform_is_read_with_its_line_and_an_unknown_one_is_an_error() {
        let (platform, location) = parse("linux-x64-musl").unwrap().npm.platforms.remove(0);
        assert_eq!((platform.to_string().as_str(), location.line), ("linux-x64-musl", 3));
        for platform in ["linux", "linux-amd64", "x86_64-unknown-linux-gnu", "darwin-x64-musl"] {
            let said = parse(platform).map(|_| ());
            assert_eq!(said, Err(format!("`{platform}` is not a platform that npm knows")));
        }
    }
}
