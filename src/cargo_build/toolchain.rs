//! The Cargo that is used, and its environment.
//!
//! Cargo and rustup read configuration from the folder they are started in: `.cargo/config.toml` may name a
//! compiler or a wrapper to run, `rust-toolchain.toml` a toolchain in the repository. So Cargo is
//! started in the root of the file system, from the folder of the active toolchain itself, with an
//! environment that contains only what it needs to find its own files.

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::Command;

use super::{BuildProblem, process};

/// The parts of the environment that Cargo gets or that affect builds.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct BuildEnvironment {
    /// `PATH`, to find the programs.
    pub path: Option<OsString>,
    /// Variables that are passed on: the locations of home, Cargo's home and rustup's home.
    pub passed: Vec<(OsString, OsString)>,
    /// `CARGO_BUILD_TARGET`.
    pub target: Option<String>,
}

impl BuildEnvironment {
    /// The names of variables that are passed on.
    pub const PASSED: &'static [&'static str] = &[
        "HOME",
        "USERPROFILE",
        "CARGO_HOME",
        "RUSTUP_HOME",
        "RUSTUP_TOOLCHAIN",
        "SYSTEMROOT",
        "TMPDIR",
        "TEMP",
        "TMP",
    ];

    /// The variable that names a target (Cargo book, "Configuration", `build.target`).
    pub const TARGET: &'static str = "CARGO_BUILD_TARGET";

    /// Cargo's home folder (Cargo book, "Cargo Home").
    pub(super) fn cargo_home(&self) -> Option<PathBuf> {
        let variable = |wanted: &str| {
            let found = self.passed.iter().find(|(name, _)| name == wanted);
            found.map(|(_, value)| PathBuf::from(value))
        };
        let home = || Some(variable("HOME").or_else(|| variable("USERPROFILE"))?.join(".cargo"));
        let home = variable("CARGO_HOME").or_else(home)?;
        Some(home.canonicalize().unwrap_or(home))
    }
}

/// The programs of the active toolchain.
#[derive(Clone, Debug)]
pub(super) struct Toolchain {
    cargo: PathBuf,
    rustc: PathBuf,
    rustdoc: PathBuf,
    sysroot: PathBuf,
    /// The triple of this machine.
    pub(super) host: String,
    path: OsString,
    passed: Vec<(OsString, OsString)>,
}

impl Toolchain {
    /// The toolchain that is active outside of every repository. Programs in the repository
    /// itself are not run.
    pub(super) fn find(
        environment: &BuildEnvironment,
        repository: &Path,
    ) -> Result<Self, BuildProblem> {
        let find = |program: &'static str| {
            look_up(environment, program, repository).ok_or(BuildProblem::NoToolchain { program })
        };
        let (cargo, rustc) = (find("cargo")?, find("rustc")?);
        let mut toolchain = Self {
            cargo,
            rustdoc: rustc.with_file_name(executable("rustdoc")),
            rustc,
            sysroot: PathBuf::new(),
            host: String::new(),
            path: environment.path.clone().unwrap_or_default(),
            passed: environment.passed.clone(),
        };
        toolchain.settle()?;
        Ok(toolchain)
    }

    /// Replaces the programs on `PATH`, which may be rustup's, by those of the active toolchain.
    fn settle(&mut self) -> Result<(), BuildProblem> {
        let sysroot = self.ask_rustc(&["--print", "sysroot"])?;
        self.sysroot = PathBuf::from(sysroot.trim());
        let bin = self.sysroot.join("bin");
        let of_sysroot =
            |program: &str| Some(bin.join(executable(program))).filter(|path| path.is_file());
        for (place, program) in
            [(&mut self.cargo, "cargo"), (&mut self.rustc, "rustc"), (&mut self.rustdoc, "rustdoc")]
        {
            if let Some(own) = of_sysroot(program) {
                *place = own;
            }
        }
        let version = self.ask_rustc(&["-vV"])?;
        let host = version.lines().find_map(|line| line.strip_prefix("host: "));
        host.ok_or_else(|| BuildProblem::Unreadable {
            program: "rustc -vV".to_owned(),
            reason: "it names no host".to_owned(),
        })?
        .trim()
        .clone_into(&mut self.host);
        Ok(())
    }

    fn ask_rustc(&self, arguments: &[&str]) -> Result<String, BuildProblem> {
        let name = format!("rustc {}", arguments.join(" "));
        let output =
            process::run(&name, self.surround(&mut Command::new(&self.rustc)).args(arguments))?;
        if output.success {
            return Ok(output.stdout);
        }
        Err(BuildProblem::Refused { message: first_line(&output.stderr) })
    }

    /// A command of Cargo's, without its further arguments.
    pub(super) fn cargo(&self, subcommand: &str) -> Command {
        let mut command = Command::new(&self.cargo);
        self.surround(&mut command);
        command.args([subcommand, "--locked", "--offline", "--color", "never"]);
        command
    }

    /// Only the necessary variables, and a value for every setting that a configuration could fill
    /// with a program to run (Cargo book, "Environment variables Cargo reads").
    fn surround<'command>(&self, command: &'command mut Command) -> &'command mut Command {
        command.env_clear().current_dir(neutral_folder(&self.cargo));
        command.envs(self.passed.iter().map(|(name, value)| (name, value)));
        command.env("PATH", &self.path);
        command.env("RUSTC", &self.rustc).env("RUSTDOC", &self.rustdoc);
        command.env("RUSTC_WRAPPER", "").env("RUSTC_WORKSPACE_WRAPPER", "");
        command.env("CARGO_REGISTRY_GLOBAL_CREDENTIAL_PROVIDERS", "cargo:token");
        command.env("CARGO_NET_OFFLINE", "true").env("CARGO_TERM_QUIET", "false");
        command.env("RUSTUP_AUTO_INSTALL", "0").env("RUSTUP_OFFLINE", "1");
        if self.sysroot.is_absolute() {
            command.env("RUSTUP_TOOLCHAIN", &self.sysroot);
        }
        command
    }
}

/// The root of the file system, where no repository is configured.
fn neutral_folder(program: &Path) -> &Path {
    program.ancestors().last().unwrap_or(Path::new("/"))
}

/// The first line with content, without `error: `.
pub(super) fn first_line(errors: &str) -> String {
    let lines = || errors.lines().map(str::trim).filter(|line| !line.is_empty());
    let error = lines().find_map(|line| line.strip_prefix("error: "));
    error.or_else(|| lines().next()).unwrap_or("it says nothing").to_owned()
}

/// A program in the absolute folders of `PATH` outside of the repository.
fn look_up(environment: &BuildEnvironment, program: &str, repository: &Path) -> Option<PathBuf> {
    std::env::split_paths(environment.path.as_ref()?)
        .filter(|folder| folder.is_absolute())
        .map(|folder| folder.join(executable(program)))
        .filter(|path| path.is_file())
        .find(|path| {
            let lies_within = |path: &Path| path.starts_with(repository);
            let real = path.canonicalize();
            !lies_within(path) && real.is_ok_and(|real| !lies_within(&real))
        })
}

fn executable(program: &str) -> String {
    format!("{program}{}", std::env::consts::EXE_SUFFIX)
}
