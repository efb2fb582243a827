//! Programs of the repository that start Cargo: flags in the text of an `xtask`.

use std::path::Path;

use super::command::{Features, ShippingCommand, holds_variable};
use super::words::{is_not_shipping, may_speak_of_rust};
use crate::policy::Placed;
use crate::problem::{Location, SourceText};

/// The flags in string literals of a Rust file that starts Cargo. Where a value is no literal it is not
/// known.
pub(super) fn flags(file: &SourceText) -> Vec<ShippingCommand> {
    let is_rust = Path::new(&file.path)
        .extension()
        .is_some_and(|extension| extension == "rs");
    if !(is_rust && may_speak_of_rust(&file.text)) {
        return Vec::new();
    }
    let numbered = (1_u32..).zip(file.text.lines());
    numbered
        .flat_map(|(number, line)| of_line(file, number, line))
        .collect()
}

fn of_line(file: &SourceText, number: u32, line: &str) -> Vec<ShippingCommand> {
    let code = line.split("//").next().unwrap_or(line);
    let parts: Vec<&str> = code.split('"').collect();
    let literals: Vec<&str> = parts.iter().skip(1).step_by(2).copied().collect();
    if literals.iter().any(|literal| is_not_shipping(literal)) {
        return Vec::new();
    }
    let location = Location { file: file.path.clone(), line: number };
    let line = Placed { text: code.trim().to_owned(), location };
    let plain = ShippingCommand::plain(&line);
    let mut commands = Vec::new();
    for (position, literal) in literals.iter().enumerate() {
        let (flag, own) = literal
            .split_once('=')
            .map_or((*literal, None), |(flag, value)| (flag, Some(value)));
        let next = || {
            let between = parts.get(2 * position + 2)?.replace(".arg", "");
            let follows = between.chars().all(|character| " ,()".contains(character));
            literals.get(position + 1).copied().filter(|_| follows)
        };
        let value = own.or_else(next);
        let known = value.filter(|value| !holds_variable(value) && !value.contains('{'));
        let unclear = known.is_none().then_some("what it is given is not known");
        match flag {
            "--all-features" => {
                commands.push(ShippingCommand { features: Features::All, ..plain.clone() });
            }
            "--features" | "-F" => {
                let names = known.into_iter().flat_map(|names| names.split([',', ' ']));
                let features = Features::Named(names.map(str::to_owned).collect());
                commands.push(ShippingCommand { features, unclear, ..plain.clone() });
            }
            "--target" => {
                let place = |text: &str| Placed { text: text.to_owned(), ..line.clone() };
                let targets = known.map(place).into_iter().collect();
                commands.push(ShippingCommand { targets, unclear, ..plain.clone() });
            }
            "--example" | "--examples" => {
                commands.push(ShippingCommand { examples: true, ..plain.clone() });
            }
            _ => {}
        }
    }
    commands
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn literals_are_flags_and_everything_else_is_not_known() {
        for (code, expected) in [
            (".args([\"build\", \"--features\", \"tls\"])", "tls"),
            (".arg(\"--features=tls,log\")", "tls+log"),
            (".arg(\"--all-features\")", "all"),
            (".args([\"test\", \"--all-features\"])", ""),
            (".args([\"--features\", &features])", "?"),
            (".args([\"--features\", &features, \"--release\"])", "?"),
            (".arg(format!(\"--features={features}\"))", "?"),
            ("// .arg(\"--all-features\")", ""),
            (".args([\"build\", \"--release\"])", ""),
        ] {
            let text = format!("Command::new(\"cargo\")\n{code}\n");
            let found = flags(&SourceText::new("xtask/src/main.rs", text));
            let described: Vec<String> = found
                .into_iter()
                .map(|command| match command {
                    ShippingCommand { unclear: Some(_), .. } => "?".to_owned(),
                    ShippingCommand { features: Features::All, .. } => "all".to_owned(),
                    ShippingCommand { features: Features::Named(names), .. } => names.join("+"),
                })
                .collect();
            assert_eq!(described.join(" "), expected, "{code}");
        }
    }
}
