//! Writes a lockfile of any size to standard output, for measurements.
//!
//! `cargo run --release --example generate_lockfile -- cargo|npm PACKAGES`

use std::fmt::Write as _;
use std::io::Write as _;

/// How many dependencies each package has, as in real lockfiles.
const DEPENDENCIES: usize = 4;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [kind, packages] = arguments.as_slice() else {
        return Err("usage: generate_lockfile cargo|npm PACKAGES".into());
    };
    let text = match kind.as_str() {
        "cargo" => cargo(packages.parse()?)?,
        "npm" => npm(packages.parse()?)?,
        other => return Err(format!("`{other}` is neither cargo nor npm").into()),
    };
    std::io::stdout().write_all(text.as_bytes())?;
    Ok(())
}

/// The packages that package `index` depends on: some near it, so that paths are long, and one far
/// away, so that they branch.
fn dependencies(index: usize, packages: usize) -> Vec<usize> {
    let mut targets: Vec<usize> = (1..DEPENDENCIES).map(|step| index + step * step).collect();
    targets.push(index * 7 + 11);
    targets.retain(|target| *target < packages);
    targets.sort_unstable();
    targets.dedup();
    targets
}

pub(crate) fn cargo(packages: usize) -> Result<String, std::fmt::Error> {
    let mut text =
        String::from("version = 4\n\n[[package]]\nname = \"app\"\nversion = \"0.1.0\"\n");
    writeln!(text, "dependencies = [\n \"crate-000000\",\n]")?;
    for index in 0..packages {
        write!(
            text,
            "\n[[package]]\nname = \"crate-{index:06}\"\nversion = \"1.{}.0\"\n\
             source = \"registry+https://github.com/rust-lang/crates.io-index\"\n\
             checksum = \"{index:064x}\"\n",
            index % 40
        )?;
        let targets = dependencies(index, packages);
        if !targets.is_empty() {
            text.push_str("dependencies = [\n");
            for target in targets {
                writeln!(text, " \"crate-{target:06}\",")?;
            }
            text.push_str("]\n");
        }
    }
    Ok(text)
}

pub(crate) fn npm(packages: usize) -> Result<String, std::fmt::Error> {
    let mut text = String::from(
        "{\n  \"name\": \"app\",\n  \"version\": \"0.1.0\",\n  \"lockfileVersion\": 3,\n  \
         \"requires\": true,\n  \"packages\": {\n    \"\": {\n      \"name\": \"app\",\n      \
         \"version\": \"0.1.0\",\n      \"dependencies\": {\n        \"package-000000\": \"^1.0.0\"\n      }\n    }",
    );
    for index in 0..packages {
        write!(
            text,
            ",\n    \"node_modules/package-{index:06}\": {{\n      \"version\": \"1.{}.0\",\n      \
             \"integrity\": \"sha512-{index:086x}==\",\n      \"license\": \"MIT\"",
            index % 40
        )?;
        let targets = dependencies(index, packages);
        if !targets.is_empty() {
            text.push_str(",\n      \"dependencies\": {");
            for (position, target) in targets.iter().enumerate() {
                let comma = if position == 0 { "" } else { "," };
                write!(text, "{comma}\n        \"package-{target:06}\": \"^1.0.0\"")?;
            }
            text.push_str("\n      }");
        }
        text.push_str("\n    }");
    }
    text.push_str("\n  }\n}\n");
    Ok(text)
}
