//! The `[npm]` table: on which platforms what is shipped is installed.

use super::raw::{Value, shown};
use super::reader::Reader;
use crate::platform_limits::{LIBRARIES, NpmPlatform, PROCESSORS, SYSTEMS};
use crate::problem::Location;

/// The `[npm]` table.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct NpmPolicy {
    /// The platforms, each with its line. Empty: nobody has said.
    pub platforms: Vec<(NpmPlatform, Location)>,
}

const EXAMPLE: &str = "platforms = [\"linux-x64\", \"linux-arm64-musl\"]";

impl NpmPolicy {
    /// Reads `[npm]`.
    pub(super) fn read(reader: &mut Reader, value: &Value<'_>) -> Self {
        let mut npm = Self::default();
        let Some(table) = reader.table("`[npm]`", value, "[npm]") else {
            return npm;
        };
        reader.only_keys(&table, &["platforms"]);
        let Some(entry) = table.get("platforms") else {
            return npm;
        };
        for element in reader.elements("`platforms`", entry.value, EXAMPLE) {
            let Some(text) = reader.string("a platform in `platforms`", element, EXAMPLE) else {
                continue;
            };
            if let Some(platform) = NpmPlatform::parse(text) {
                let location = reader.location(element.span().start);
                npm.platforms.push((platform, location));
                continue;
            }
            let problem = reader
                .problem(element.span(), format!("`{}` is no platform of npm", shown(text)))
                .label("not an operating system and a processor")
                .help(format!(
                    "write os-cpu, or os-cpu-libc for linux; os: {}; cpu: {}; libc: {}",
                    SYSTEMS.join(", "),
                    PROCESSORS.join(", "),
                    LIBRARIES.join(", ")
                ));
            reader.note(problem);
        }
        npm
    }
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
    fn a_platform_is_read_with_its_line_and_one_that_npm_does_not_know_is_an_error() {
        let (platform, location) = parse("linux-x64-musl").unwrap().npm.platforms.remove(0);
        assert_eq!((platform.to_string().as_str(), location.line), ("linux-x64-musl", 3));
        for platform in ["linux", "linux-amd64", "x86_64-unknown-linux-gnu", "darwin-x64-musl"] {
            let said = parse(platform).map(|_| ());
            assert_eq!(said, Err(format!("`{platform}` is no platform of npm")));
        }
    }
}
