//! TOML files of tools that build Rust packages, and their tables in Cargo.toml.

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::command::{Features, ShippingCommand};
use super::keys::{self, Entry};
use super::words::{is_not_shipping, program};
use crate::policy::Placed;
use crate::problem::{Location, SourceText};

/// Files of tools, by the end of their names.
const FILES: &[&str] = &[
    "Makefile.toml",
    "dist-workspace.toml",
    "dist.toml",
    "Cross.toml",
    "Trunk.toml",
    "Dioxus.toml",
    "Shuttle.toml",
    "mise.toml",
    "netlify.toml",
    "pyproject.toml",
    "release-plz.toml",
    "wix.toml",
];

/// Tables of `[package.metadata]` and `[workspace.metadata]` whose tools look, test or document.
const LOOKING: &[&str] = &[
    "cargo-all-features",
    "cargo-hack",
    "cargo-machete",
    "cargo-semver-checks",
    "cargo-udeps",
    "docs",
    "playground",
    "rust-analyzer",
];

/// What a file of a tool, or the tables of tools in a Cargo.toml, say about what is built. `None` if
/// it is no such file.
pub(super) fn settings(file: &SourceText) -> Option<Vec<ShippingCommand>> {
    let is_manifest = file.path.rsplit('/').next() == Some("Cargo.toml");
    if !is_manifest && !FILES.iter().any(|name| file.path.ends_with(name)) {
        return None;
    }
    let Ok(document) = DeTable::parse(&file.text) else {
        // Cargo reads no manifest that is not TOML, and then nothing is resolved at all.
        let whole = Placed { text: file.path.clone(), location: line(file, 0) };
        let unclear = (!is_manifest).then_some("it cannot be read");
        let broken = ShippingCommand { unclear, ..ShippingCommand::plain(&whole) };
        return Some(unclear.map(|_| broken).into_iter().collect());
    };
    let table = document.into_inner();
    let mut commands = Vec::new();
    if is_manifest {
        for owner in ["package", "workspace"] {
            let metadata = table.get(owner).and_then(|owner| field(owner, "metadata"));
            for (tool, value) in metadata.into_iter().flat_map(entries) {
                if !LOOKING.contains(&tool.get_ref().as_ref()) {
                    read(file, tool, value, &mut commands);
                }
            }
        }
    } else {
        read_table(file, &table, &mut commands);
    }
    commands.sort_by_key(|command| command.line.location.line);
    Some(commands)
}

type Key<'text> = Spanned<std::borrow::Cow<'text, str>>;
type Value<'text> = Spanned<DeValue<'text>>;

fn entries<'table, 'text>(
    value: &'table Value<'text>,
) -> impl Iterator<Item = (&'table Key<'text>, &'table Value<'text>)> {
    value.get_ref().as_table().into_iter().flatten()
}

fn field<'table, 'text>(value: &'table Value<'text>, key: &str) -> Option<&'table Value<'text>> {
    value.get_ref().as_table()?.get(key)
}

fn line(file: &SourceText, offset: usize) -> Location {
    Location { file: file.path.clone(), line: file.line_at(offset) }
}

fn read_table(file: &SourceText, table: &DeTable<'_>, commands: &mut Vec<ShippingCommand>) {
    // cargo-make: a task that is no task of Cargo's, or only looks.
    let command = table
        .get("command")
        .and_then(|command| command.get_ref().as_str());
    let is_other = command.is_some_and(|command| program(command).is_none());
    let arguments = table
        .get("args")
        .map(|arguments| words(arguments.get_ref()));
    let looks_only = arguments
        .and_then(|words| words.into_iter().next())
        .is_some_and(|first| is_not_shipping(&first));
    for (key, value) in table {
        let is_task = matches!(key.get_ref().as_ref(), "args" | "command");
        if !(is_task && (is_other || looks_only)) {
            read(file, key, value, commands);
        }
    }
}

fn read(file: &SourceText, key: &Key<'_>, value: &Value<'_>, commands: &mut Vec<ShippingCommand>) {
    match value.get_ref() {
        DeValue::Table(table) => return read_table(file, table, commands),
        DeValue::Array(values) => {
            for value in values {
                if let DeValue::Table(table) = value.get_ref() {
                    read_table(file, table, commands);
                }
            }
        }
        _ => {}
    }
    let text = words(value.get_ref()).join(" ");
    let location = line(file, key.span().start);
    let entry = Entry {
        key: key.get_ref().to_string(),
        value: Placed { text, location },
    };
    let said = keys::read(&entry, true);
    commands.extend(said.filter(|said| {
        let is_target = |target: &Placed| crate::cargo_build::platform::is_target(&target.text);
        // A word of a tool's own for a platform is no triple, and what it stands for is not known.
        let is_clear = said.targets.iter().all(is_target);
        is_clear || said.features != Features::Named(Vec::new()) || may_be_target(&entry.value.text)
    }));
}

/// Whether words could be triples of targets: those of other settings are names and paths.
fn may_be_target(text: &str) -> bool {
    text.split(' ')
        .any(|word| word.matches('-').count() >= 2 || word.contains(['$', '{']))
}

/// The words of a value, a list's in one row.
fn words(value: &DeValue<'_>) -> Vec<String> {
    match value {
        DeValue::String(text) => vec![text.to_string()],
        DeValue::Boolean(truth) => vec![truth.to_string()],
        DeValue::Array(values) => values
            .iter()
            .flat_map(|value| words(value.get_ref()))
            .collect(),
        _ => Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(path: &str, text: &str) -> Vec<String> {
        let commands = settings(&SourceText::new(path, text)).unwrap_or_default();
        let describe = |command: ShippingCommand| {
            let features = match command.features {
                Features::All => "all".to_owned(),
                Features::Named(names) => names.join("+"),
            };
            let targets: Vec<&str> = command.targets.iter().map(|target| &*target.text).collect();
            format!("{}: {features} {}", command.line.location.line, targets.join("+"))
        };
        commands.into_iter().map(describe).collect()
    }

    #[test]
    fn tables_of_tools_count_and_those_of_lints_and_documentation_do_not() {
        for (path, text, expected) in [
            (
                "Cargo.toml",
                "[package]\nname = \"app\"\n[package.metadata.deb]\nfeatures = [\"tls\"]\n",
                &["4: tls "][..],
            ),
            ("Cargo.toml", "[package.metadata.docs.rs]\nall-features = true\n", &[]),
            ("Cargo.toml", "[features]\nfeatures = [\"tls\"]\n", &[]),
            (
                "app/Cargo.toml",
                "[workspace.metadata.dist]\ntargets = [\"wasm32-wasip1\"]\nall-features = true\n",
                &["2:  wasm32-wasip1", "3: all "],
            ),
            (
                "Cargo.toml",
                "[package.metadata.leptos]\nbin-features = [\"ssr\"]\nlib-features = [\"hydrate\"]\n",
                &["2: ssr ", "3: hydrate "],
            ),
            (
                "Makefile.toml",
                "[tasks.release]\ncommand = \"cargo\"\nargs = [\"build\", \"--features\",\n  \"tls\"]\n",
                &["3: tls "],
            ),
            (
                "Makefile.toml",
                "[tasks.test]\ncommand = \"cargo\"\nargs = [\"test\", \"--all-features\"]\n\
                 [tasks.other]\ncommand = \"npm\"\nargs = [\"run\", \"--features\", \"tls\"]\n",
                &[],
            ),
            (
                "Makefile.toml",
                "[env]\nCARGO_BUILD_TARGET = \"wasm32-wasip1\"\n",
                &["2:  wasm32-wasip1"],
            ),
            ("pyproject.toml", "[tool.maturin]\nfeatures = [\"tls\"]\n", &["2: tls "]),
            ("other.toml", "features = [\"tls\"]\n", &[]),
        ] {
            assert_eq!(found(path, text), expected, "{path}: {text}");
        }
    }
}
