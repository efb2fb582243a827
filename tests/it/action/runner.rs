//! Runs the steps of the action, one after another.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use super::commands::{self, commands};
use super::expression::Contexts;
use super::files::key_values;
use super::manifest::{Manifest, Step};

/// A step summary that is larger is not shown at all (GitHub documentation, "Adding a job summary").
const SUMMARY_LIMIT: usize = 1024 * 1024;

/// What stands in for an action that a step uses: inputs in, outputs out.
pub(super) type Stub<'job> = dyn Fn(&BTreeMap<String, String>) -> BTreeMap<String, String> + 'job;

/// What a run of the action needs of its surroundings.
pub(super) struct Surroundings<'job> {
    /// The tree of the action.
    pub(super) tree: &'job Path,
    /// The checked-out repository.
    pub(super) workspace: &'job Path,
    /// A folder for the files of steps.
    pub(super) files: &'job Path,
    /// The environment of every step.
    pub(super) environment: BTreeMap<String, String>,
    /// The contexts, but for inputs and steps.
    pub(super) contexts: Contexts,
    /// Actions that steps use, by their names without the commit.
    pub(super) stubs: BTreeMap<&'static str, Box<Stub<'job>>>,
}

/// What a run of the action gave.
#[derive(Debug)]
pub(super) struct ActionRun {
    pub(super) has_succeeded: bool,
    pub(super) outputs: BTreeMap<String, String>,
    pub(super) summary: String,
    pub(super) log: String,
    pub(super) commands: Vec<commands::Command>,
    /// The names of the steps that ran.
    pub(super) ran: Vec<String>,
}

impl ActionRun {
    pub(super) fn output(&self, name: &str) -> &str {
        self.outputs.get(name).unwrap_or_else(|| panic!("there is no output `{name}`"))
    }

    /// The annotations of one level.
    pub(super) fn annotations(&self, level: &str) -> Vec<&commands::Command> {
        let commands = self.commands.iter();
        commands.filter(|command| command.name == level).collect()
    }

    /// The step ended as lockgate did.
    pub(super) fn assert_code(&self, code: &str) -> &Self {
        assert_eq!(self.output("exit-code"), code, "{}", self.log);
        assert_eq!(self.has_succeeded, code == "0", "{}", self.log);
        self
    }
}

/// Runs the action with these inputs.
pub(super) fn run(mut surroundings: Surroundings<'_>, given: &[(&str, &str)]) -> ActionRun {
    let manifest = Manifest::read(surroundings.tree);
    assert_eq!(manifest.runs.using, "composite");
    for (name, _) in given {
        assert!(manifest.inputs.contains_key(*name), "there is no input `{name}`");
    }
    for (name, input) in &manifest.inputs {
        let value = given.iter().find(|(given, _)| given == name);
        let value = value.map_or_else(
            || surroundings.contexts.fill_in(&input.default),
            |(_, value)| (*value).to_owned(),
        );
        surroundings.contexts.set(&format!("inputs.{name}"), value);
    }
    let mut run = ActionRun {
        has_succeeded: true,
        outputs: BTreeMap::new(),
        summary: String::new(),
        log: String::new(),
        commands: Vec::new(),
        ran: Vec::new(),
    };
    for (number, step) in manifest.runs.steps.iter().enumerate() {
        surroundings.contexts.has_failed = !run.has_succeeded;
        if surroundings.contexts.allows(step.condition.as_deref()) {
            run.ran.push(step.name.clone());
            if !surroundings.step(number, step, &mut run) {
                run.has_succeeded = false;
            }
        }
        if let Some(id) = &step.id {
            surroundings.contexts.finish_step(id);
        }
    }
    // A composite action hands over its outputs whether it has failed or not.
    for (name, output) in &manifest.outputs {
        let value = surroundings.contexts.fill_in(&output.value);
        run.outputs.insert(name.clone(), value);
    }
    run
}

impl Surroundings<'_> {
    /// Whether the step has succeeded.
    fn step(&mut self, number: usize, step: &Step, run: &mut ActionRun) -> bool {
        match (&step.run, &step.uses) {
            (Some(script), None) => self.script(number, step, script, run),
            (None, Some(uses)) => {
                self.use_action(step, uses);
                true
            }
            _ => panic!("`{}` either runs or uses something", step.name),
        }
    }

    fn use_action(&mut self, step: &Step, uses: &str) {
        let (name, commit) = uses.split_once('@').unwrap();
        assert!(is_commit(commit), "{uses} is not pinned to a commit");
        let inputs = step
            .with
            .iter()
            .map(|(name, value)| (name.clone(), self.contexts.fill_in(value)))
            .collect();
        let stub = self.stubs.get(name);
        let outputs = stub.unwrap_or_else(|| panic!("nothing stands in for {name}"))(&inputs);
        self.take_outputs(step, outputs);
    }

    fn take_outputs(&mut self, step: &Step, outputs: BTreeMap<String, String>) {
        let Some(id) = &step.id else { return };
        for (name, value) in outputs {
            self.contexts.set(&format!("steps.{id}.outputs.{name}"), value);
        }
    }

    fn script(&mut self, number: usize, step: &Step, script: &str, run: &mut ActionRun) -> bool {
        assert_eq!(step.shell.as_deref(), Some("bash"), "{}", step.name);
        let file = |name: &str| -> PathBuf {
            let path = self.files.join(format!("{number}-{name}"));
            fs::write(&path, "").unwrap();
            path
        };
        let (output, environment) = (file("output"), file("env"));
        let (path, summary) = (file("path"), file("summary"));
        let script_file = file("script");
        fs::write(&script_file, self.contexts.fill_in(script)).unwrap();
        // GitHub documentation, "jobs.<job_id>.steps[*].shell": what `shell: bash` stands for.
        let mut command = Command::new("bash");
        command
            .args(["--noprofile", "--norc", "-eo", "pipefail"])
            .arg(&script_file)
            .current_dir(self.workspace)
            .env_clear()
            .envs(&self.environment)
            .env("GITHUB_ACTION_PATH", self.tree)
            .env("GITHUB_OUTPUT", &output)
            .env("GITHUB_ENV", &environment)
            .env("GITHUB_PATH", &path)
            .env("GITHUB_STEP_SUMMARY", &summary);
        for (name, value) in &step.env {
            command.env(name, self.contexts.fill_in(value));
        }
        let ended = command.output().unwrap();
        // The runner reads both, and nobody knows in which order: a command in either is one.
        for text in [&ended.stdout, &ended.stderr] {
            let text = String::from_utf8(text.clone()).unwrap();
            run.commands.extend(commands(&text));
            run.log += &text;
        }
        let read = |file: &Path| fs::read_to_string(file).unwrap();
        let mut has_succeeded = ended.status.success();
        for (file, is_output) in [(&output, true), (&environment, false)] {
            match key_values(&read(file)) {
                Ok(values) if is_output => self.take_outputs(step, values),
                Ok(values) => self.environment.extend(values),
                Err(error) => {
                    run.log += &error;
                    has_succeeded = false;
                }
            }
        }
        assert_eq!(read(&path), "", "no step of the action adds to PATH");
        let summary = read(&summary);
        assert!(summary.len() <= SUMMARY_LIMIT, "{} bytes of summary", summary.len());
        run.summary += &summary;
        has_succeeded
    }
}

pub(super) fn is_commit(text: &str) -> bool {
    text.len() == 40 && text.bytes().all(|byte| byte.is_ascii_hexdigit())
}
