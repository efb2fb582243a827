//! The package managers beside npm that install npm's packages, as they are published.

use std::ffi::OsStr;
use std::fmt::Write as _;
use std::path::PathBuf;
use std::process::Command;

use super::followed::{Shape, Tool};
use super::registry::Registry;
use crate::harness::Project;
use crate::package_managers::{Manager, installed};

pub(super) struct Other {
    manager: Manager,
    tools: PathBuf,
    path: String,
}

impl Other {
    #[expect(clippy::disallowed_methods, reason = "node is found as a user would find it")]
    pub(super) fn of(manager: Manager) -> Option<Self> {
        let tools = installed("upgrades followed with package managers beside npm")?.to_owned();
        let path = std::env::var("PATH").unwrap_or_default();
        Some(Self { manager, tools, path })
    }

    fn word(&self) -> &'static str {
        match self.manager {
            Manager::Npm => "npm",
            Manager::Pnpm => "pnpm",
            Manager::YarnClassic | Manager::Yarn => "yarn",
            Manager::Bun => "bun",
            Manager::Deno => "deno",
        }
    }

    /// A script of its name that starts it.
    fn script(&self, project: &Project) -> String {
        let command = self.manager.command(&self.tools, &project.path().join("home"));
        let mut script = "#!/bin/sh\n".to_owned();
        for (name, value) in command.get_envs() {
            let value = value.unwrap_or_default();
            writeln!(script, "export {}='{}'", name.display(), value.display()).unwrap();
        }
        let words = [command.get_program()].into_iter().chain(command.get_args());
        let words: Vec<String> =
            words.map(|word: &OsStr| format!("'{}'", word.display())).collect();
        writeln!(script, "exec {} \"$@\"", words.join(" ")).unwrap();
        script
    }
}

impl Tool for Other {
    fn publish(
        &self,
        registry: &mut Registry,
        packages: &std::collections::BTreeMap<String, String>,
    ) {
        registry.publish_npm(packages);
    }

    fn configure(&self, project: &Project, _: &Shape, registry: &Registry) {
        let address = registry.address();
        for (file, settings) in [
            (".npmrc", format!("registry={address}\nupdate-notifier=false\nfetch-retries=0\n")),
            (".yarnrc", format!("registry \"{address}\"\n")),
            (
                ".yarnrc.yml",
                format!(
                    "npmRegistryServer: \"{address}\"\nunsafeHttpWhitelist: [\"127.0.0.1\"]\n\
                     enableTelemetry: false\nnpmMinimalAgeGate: 0\n"
                ),
            ),
            (
                ".bunfig.toml",
                format!(
                    "[install]\nregistry = \"{address}\"\n[install.cache]\ndisableManifest = true\n"
                ),
            ),
        ] {
            project.write(&format!("home/{file}"), settings);
        }
        let script = format!("home/bin/{}", self.word());
        project.write(&script, self.script(project));
        let mut command = Command::new("chmod");
        assert!(command.arg("+x").arg(project.path().join(script)).status().unwrap().success());
    }

    fn locks(&self) -> &'static str {
        match self.manager {
            Manager::Npm => "npm install",
            Manager::Pnpm => "pnpm install",
            Manager::YarnClassic | Manager::Yarn => "yarn install",
            Manager::Bun => "bun install",
            Manager::Deno => "deno install",
        }
    }

    fn command(&self, folder: PathBuf, project: &Project, command: &str) -> Command {
        let home = project.path().join("home");
        let mut shell = Command::new("/bin/sh");
        shell.args(["-c", command]).current_dir(folder).env_clear();
        shell.env("PATH", format!("{}:{}", home.join("bin").display(), self.path));
        shell.env("HOME", home);
        shell
    }

    fn give(&self, _: &mut Command) {}
}
