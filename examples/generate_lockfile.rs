//! Writes a lockfile of any size to standard output, for measurements.
//!
//! `cargo run --release --example generate_lockfile -- cargo|npm|pnpm|yarn|yarn-classic|bun PACKAGES`

use std::fmt::Write as _;
use std::io::Write as _;

/// How many dependencies each package has, as in real lockfiles.
const DEPENDENCIES: usize = 4;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [kind, packages] = arguments.as_slice() else {
        return Err("usage: generate_lockfile KIND PACKAGES".into());
    };
    let packages = packages.parse()?;
    let text = match kind.as_str() {
        "cargo" => cargo(packages)?,
        "npm" => npm(packages)?,
        "pnpm" => node::pnpm(packages)?,
        "yarn" => node::yarn(packages)?,
        "yarn-classic" => node::yarn_classic(packages)?,
        "bun" => node::bun(packages)?,
        other => return Err(format!("no lockfile of `{other}` can be generated").into()),
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

/// Lockfiles of the other package managers for npm's packages, with the same packages in each.
mod node {
    use std::fmt::{Error, Write as _};

    use npmrc_config_rs::registry::DEFAULT_REGISTRY;

    use super::dependencies;

    fn version(index: usize) -> String {
        format!("1.{}.0", index % 40)
    }

    pub(super) fn pnpm(packages: usize) -> Result<String, Error> {
        let mut text = String::from(
            "lockfileVersion: '9.0'\n\nsettings:\n  autoInstallPeers: true\n  excludeLinksFromLockfile: false\n\n\
             importers:\n\n  .:\n    dependencies:\n      package-000000:\n        specifier: ^1.0.0\n        \
             version: 1.0.0\n\npackages:\n",
        );
        for index in 0..packages {
            write!(
                text,
                "\n  package-{index:06}@{}:\n    resolution: {{integrity: sha512-{index:086x}==}}\n    \
                 engines: {{node: '>=18'}}\n",
                version(index)
            )?;
        }
        text.push_str("\nsnapshots:\n");
        for index in 0..packages {
            let targets = dependencies(index, packages);
            if targets.is_empty() {
                writeln!(text, "\n  package-{index:06}@{}: {{}}", version(index))?;
                continue;
            }
            writeln!(text, "\n  package-{index:06}@{}:\n    dependencies:", version(index))?;
            for target in targets {
                writeln!(text, "      package-{target:06}: {}", version(target))?;
            }
        }
        Ok(text)
    }

    pub(super) fn yarn(packages: usize) -> Result<String, Error> {
        let mut text = String::from(
            "# This file is generated by running \"yarn install\" inside your project.\n\
             # Manual changes might be lost - proceed with caution!\n\n\
             __metadata:\n  version: 10\n  cacheKey: 10c0\n\n\"app@workspace:.\":\n  version: 0.0.0-use.local\n  \
             resolution: \"app@workspace:.\"\n  dependencies:\n    package-000000: \"npm:^1.0.0\"\n  \
             languageName: unknown\n  linkType: soft\n",
        );
        for index in 0..packages {
            write!(
                text,
                "\n\"package-{index:06}@npm:^1.0.0\":\n  version: {0}\n  resolution: \
                 \"package-{index:06}@npm:{0}\"\n",
                version(index)
            )?;
            let targets = dependencies(index, packages);
            if !targets.is_empty() {
                text.push_str("  dependencies:\n");
                for target in targets {
                    writeln!(text, "    package-{target:06}: \"npm:^1.0.0\"")?;
                }
            }
            writeln!(
                text,
                "  checksum: 10c0/{index:0128x}\n  languageName: node\n  linkType: hard"
            )?;
        }
        Ok(text)
    }

    pub(super) fn yarn_classic(packages: usize) -> Result<String, Error> {
        let mut text = String::from(
            "# THIS IS AN AUTOGENERATED FILE. DO NOT EDIT THIS FILE DIRECTLY.\n# yarn lockfile v1\n\n",
        );
        for index in 0..packages {
            write!(
                text,
                "\npackage-{index:06}@^1.0.0:\n  version \"{0}\"\n  resolved \
                 \"{DEFAULT_REGISTRY}package-{index:06}/-/package-{index:06}-{0}.tgz#{index:040x}\"\n  \
                 integrity sha512-{index:086x}==\n",
                version(index)
            )?;
            let targets = dependencies(index, packages);
            if !targets.is_empty() {
                text.push_str("  dependencies:\n");
                for target in targets {
                    writeln!(text, "    package-{target:06} \"^1.0.0\"")?;
                }
            }
        }
        Ok(text)
    }

    pub(super) fn bun(packages: usize) -> Result<String, Error> {
        let mut text = String::from(
            "{\n  \"lockfileVersion\": 2,\n  \"configVersion\": 1,\n  \"workspaces\": {\n    \"\": {\n      \"name\": \
             \"app\",\n      \"dependencies\": {\n        \"package-000000\": \"^1.0.0\",\n      },\n    },\n  },\n  \
             \"packages\": {\n",
        );
        for index in 0..packages {
            write!(
                text,
                "    \"package-{index:06}\": [\"package-{index:06}@{}\", \"\", {{",
                version(index)
            )?;
            let targets = dependencies(index, packages);
            if !targets.is_empty() {
                text.push_str(" \"dependencies\": {");
                for (position, target) in targets.iter().enumerate() {
                    let comma = if position == 0 { "" } else { "," };
                    write!(text, "{comma} \"package-{target:06}\": \"^1.0.0\"")?;
                }
                text.push_str(" } ");
            }
            writeln!(text, "}}, \"sha512-{index:086x}==\"],\n")?;
        }
        text.push_str("  }\n}\n");
        Ok(text)
    }
}
