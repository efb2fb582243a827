//! Keys of configuration files whose values decide what is built: `features`, `targets`, `args` and
//! the like, whichever program reads them.

use super::command::{Features, ShippingCommand, holds_variable, of_arguments};
use super::spacing::spaced;
use crate::cargo_build::platform::is_target;
use crate::policy::Placed;

/// What the value of a key is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Meaning {
    /// Features, by name.
    Features,
    /// Whether all features are on.
    AllFeatures,
    /// Target triples.
    Targets,
    /// Options of Cargo.
    Arguments,
}

/// How keys end that hold options.
const ARGUMENTS: &[&str] = &["args", "arguments", "flags", "options", "opts"];

/// Keys that hold targets.
const TARGETS: &[&str] = &["target", "targets", "default-target", "target-triple", "triple"];

/// What values say that mean yes, and that mean no.
const YES: &[&str] = &["true", "yes", "on", "1", "all"];
const NO: &[&str] = &["", "false", "no", "off", "0", "none", "null"];

/// A key with its value as it is written, lists in one line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Entry {
    /// The key.
    pub(super) key: String,
    /// The value, and the line of the key.
    pub(super) value: Placed,
}

fn meaning(key: &str) -> Option<Meaning> {
    let key = kebab(key);
    let last = key.rsplit('-').next().unwrap_or(&key);
    if last == "features" {
        return if key.ends_with("default-features") {
            None
        } else if key.split('-').any(|part| part == "all") {
            Some(Meaning::AllFeatures)
        } else {
            Some(Meaning::Features)
        };
    }
    let is_target = TARGETS.contains(&key.as_str())
        || key.ends_with("-target")
        || key.ends_with("-targets")
        || key.ends_with("-triple");
    if is_target {
        return Some(Meaning::Targets);
    }
    (ARGUMENTS.contains(&last) && !key.contains("rust-flags")).then_some(Meaning::Arguments)
}

/// `buildFeatures`, `CARGO_FEATURES` and `cargo_features` in one spelling.
fn kebab(key: &str) -> String {
    let is_loud = !key.chars().any(char::is_lowercase);
    let mut kebab = String::with_capacity(key.len() + 2);
    for character in key.chars() {
        if character.is_uppercase() && !is_loud && !kebab.is_empty() && !kebab.ends_with('-') {
            kebab.push('-');
        }
        let plain = if character == '_' { '-' } else { character };
        kebab.extend(plain.to_lowercase());
    }
    kebab
}

/// What an entry says about what is built. `builds_rust`: whether it is surely about Rust packages,
/// so that what is not understood matters.
pub(super) fn read(entry: &Entry, builds_rust: bool) -> Option<ShippingCommand> {
    let line = Placed {
        text: format!("{}: {}", entry.key, entry.value.text.trim()),
        location: entry.value.location.clone(),
    };
    let plain = ShippingCommand::plain(&line);
    let text = spaced(&entry.value.text);
    match meaning(&entry.key)? {
        Meaning::Features => {
            let words = text
                .split([' ', ',', '\t'])
                .filter(|word| !word.is_empty() && *word != "-");
            let names = words.map(str::to_owned).collect();
            Some(ShippingCommand { features: Features::Named(names), ..plain })
        }
        Meaning::AllFeatures => {
            let word = text.trim().to_lowercase();
            if NO.contains(&word.as_str()) {
                return None;
            }
            if YES.contains(&word.as_str()) {
                return Some(ShippingCommand { features: Features::All, ..plain });
            }
            let unclear = Some("whether it turns on all features is not known");
            Some(ShippingCommand { unclear, ..plain })
        }
        Meaning::Targets => {
            let words = text
                .split([' ', ',', '\t'])
                .filter(|word| !word.is_empty() && *word != "-");
            let counts = |word: &&str| is_target(word) || builds_rust;
            let place =
                |word: &str| Placed { text: word.to_owned(), location: line.location.clone() };
            let targets: Vec<Placed> = words.filter(counts).map(place).collect();
            (!targets.is_empty()).then_some(ShippingCommand { targets, ..plain })
        }
        Meaning::Arguments => {
            let said = of_arguments(&entry.value)?;
            let is_about_builds = said.features != Features::Named(Vec::new())
                || !said.targets.is_empty()
                || said.unclear.is_some();
            let is_open = holds_variable(&entry.value.text) && !builds_rust;
            (is_about_builds && !is_open).then_some(ShippingCommand { line, ..said })
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::problem::Location;

    fn read_as(key: &str, value: &str, builds_rust: bool) -> String {
        let location = Location { file: "f".into(), line: 1 };
        let value = Placed { text: value.into(), location };
        let Some(said) = read(&Entry { key: key.into(), value }, builds_rust) else {
            return String::new();
        };
        let features = match said.features {
            Features::All => "all".to_owned(),
            Features::Named(names) => names.join("+"),
        };
        let targets: Vec<&str> = said.targets.iter().map(|target| &*target.text).collect();
        let unclear = if said.unclear.is_some() { " ?" } else { "" };
        format!("{features} {}{unclear}", targets.join("+"))
    }

    #[test]
    fn keys_are_told_by_their_names_whatever_the_spelling() {
        for (key, value, expected) in [
            ("features", "tls,log", "tls+log "),
            ("cargo-features", "[\"tls\", \"log\"]", "tls+log "),
            ("buildFeatures", "[ \"tls\" ]", "tls "),
            ("CARGO_FEATURES", "tls log", "tls+log "),
            ("features", "- tls - log", "tls+log "),
            ("no-default-features", "true", ""),
            ("default-features", "true", ""),
            ("all-features", "true", "all "),
            ("all_features", "false", ""),
            ("all-features", "${{ inputs.all }}", "  ?"),
            ("install-features", "tls", "tls "),
            ("target", "wasm32-wasip1", " wasm32-wasip1"),
            ("targets", "[\"wasm32-wasip1\", \"nothing\"]", " wasm32-wasip1+nothing"),
            ("args", "--release -F tls", "tls "),
            ("cargo_extra_args", "--all-features", "all "),
            ("args", "test --all-features", ""),
            ("args", "--verbose", ""),
            ("rustflags", "--cfg x", ""),
            ("name", "--all-features", ""),
        ] {
            assert_eq!(read_as(key, value, true), expected, "{key}: {value}");
        }
    }

    #[test]
    fn what_need_not_be_about_rust_counts_if_it_surely_is() {
        for (key, value, expected) in [
            ("target", "runtime", ""),
            ("target", "wasm32-wasip1", " wasm32-wasip1"),
            ("flags", "$FLAGS", ""),
            ("flags", "--all-features", "all "),
        ] {
            assert_eq!(read_as(key, value, false), expected, "{key}: {value}");
        }
    }
}
