//! The packages that an unreadable text names.
//!
//! Deliberately generous: a package named by mistake costs a remark that a record could not be read,
//! a package overlooked costs a false "not affected".

use std::collections::BTreeSet;

use crate::package::{Ecosystem, PackageName, purl};

/// Packages named by JSON text, valid or not: every string after a `"name"` key, and every package
/// URL of a supported ecosystem. A bare name counts for every ecosystem.
pub(super) fn packages_in_json_text(content: &[u8]) -> BTreeSet<PackageName> {
    let text = String::from_utf8_lossy(content);
    let mut packages = BTreeSet::new();
    for (position, key) in text.match_indices("\"name\"") {
        if let Some(name) = string_value(&text[position + key.len()..]) {
            for ecosystem in Ecosystem::ALL {
                packages.insert(PackageName::new(*ecosystem, &name));
            }
        }
    }
    for ecosystem in Ecosystem::ALL {
        let scheme = format!("pkg:{}/", ecosystem.purl_type());
        for (position, found) in text.match_indices(&scheme) {
            let name = purl::name_at_start(&text[position + found.len()..]);
            if !name.is_empty() {
                packages.insert(PackageName::new(*ecosystem, &name));
            }
        }
    }
    packages
}

/// Packages named by Markdown text, valid or not: every `package = "…"` line.
pub(super) fn packages_in_markdown(content: &[u8]) -> BTreeSet<PackageName> {
    let text = String::from_utf8_lossy(content);
    text.lines()
        .filter_map(|line| {
            let (key, value) = line.split_once('=')?;
            let name = value.trim().strip_prefix(['"', '\''])?;
            let name = name.split(['"', '\'']).next()?;
            (key.trim() == "package" && !name.is_empty())
                .then(|| PackageName::new(Ecosystem::Cargo, name))
        })
        .collect()
}

/// The JSON string after a colon, with escapes decoded. `None` if it does not end.
fn string_value(after_key: &str) -> Option<String> {
    let value = after_key.trim_start().strip_prefix(':')?.trim_start();
    let mut strings = serde_json::Deserializer::from_str(value).into_iter::<String>();
    strings.next()?.ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn named(text: &str) -> Vec<PackageName> {
        packages_in_json_text(text.as_bytes()).into_iter().collect()
    }

    fn both(name: &str) -> Vec<PackageName> {
        vec![PackageName::new(Ecosystem::Cargo, name), PackageName::new(Ecosystem::Npm, name)]
    }

    #[test]
    fn names_are_found_in_broken_json() {
        for (text, name) in [
            (r#"{"package": {"name": "lodash", "ecos"#, "lodash"),
            (r#"}}]] "name"  :  "lodash" ::"#, "lodash"),
            (r#"{"name":"@babel\/core""#, "@babel/core"),
            (r#"{"name":"\u0040babel/core""#, "@babel/core"),
        ] {
            assert_eq!(named(text), both(name), "{text}");
        }
        for text in ["", r#"{"name": "loda"#, r#"{"name": 7}"#, r#"{"name""#] {
            assert_eq!(named(text), [], "{text}");
        }
    }

    #[test]
    fn package_urls_name_their_ecosystem() {
        for (text, ecosystem, name) in [
            ("\"pkg:npm/lodash\"", Ecosystem::Npm, "lodash"),
            ("\"pkg:npm/lodash@1.0.0\"", Ecosystem::Npm, "lodash"),
            ("pkg:npm/%40babel/core?x=y", Ecosystem::Npm, "@babel/core"),
            ("pkg:npm/@babel/core@7.0.0", Ecosystem::Npm, "@babel/core"),
            ("pkg:cargo/time", Ecosystem::Cargo, "time"),
        ] {
            assert_eq!(named(text), [PackageName::new(ecosystem, name)], "{text}");
        }
        assert_eq!(named("pkg:pypi/django pkg:npm/"), []);
        assert_eq!(named("pkg:npm/100%"), [PackageName::new(Ecosystem::Npm, "100%")]);
    }

    #[test]
    fn names_are_found_in_broken_markdown() {
        let text = b"```toml\n[advisory\nid = RUST\n  package=\"time\" # the crate\npackage = 'chrono'\npackages = \"x\"\n\xff";
        let names: Vec<_> = packages_in_markdown(text).into_iter().collect();
        assert_eq!(
            names,
            [
                PackageName::new(Ecosystem::Cargo, "chrono"),
                PackageName::new(Ecosystem::Cargo, "time")
            ]
        );
    }
}
