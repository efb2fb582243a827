//! A random workspace: members, crates of a registry, commands in files, and a policy.

use std::collections::BTreeMap;
use std::fmt::Write;

use fastrand::Rng;

/// Targets that conditions and commands speak of.
const TARGETS: &[&str] = &[
    "x86_64-unknown-linux-gnu",
    "x86_64-pc-windows-msvc",
    "aarch64-unknown-linux-gnu",
    "wasm32-wasip1",
];

const CONDITIONS: &[&str] = &[
    "cfg(windows)",
    "cfg(unix)",
    "cfg(target_arch = \"aarch64\")",
    "cfg(not(target_os = \"linux\"))",
    "cfg(all(unix, not(target_arch = \"x86_64\")))",
    "cfg(target_arch = \"wasm32\")",
    "cfg(true)",
    "cfg(any(debug_assertions, windows))",
    "cfg(not(debug_assertions))",
    "cfg(fancy)",
    "cfg(not(all(fancy, windows)))",
    "cfg(target_feature = \"sse2\")",
    "cfg(panic = \"unwind\")",
];

/// Places where nobody would look, and some where everybody would.
const PLACES: &[&str] = &[
    "Makefile",
    ".github/workflows/a.yml",
    "notes/one.txt",
    "x.rs",
    "deep/er/still/run",
    "setup.conf",
    "app.Dockerfile",
    "web/render.yaml",
    "tool.json",
    ".hidden/b",
];

/// A build that ships.
#[derive(Debug)]
pub(super) struct Build {
    pub(super) arguments: Vec<String>,
    /// The members that ship from it. Empty: all that it builds.
    pub(super) shipped: Vec<String>,
}

pub(super) struct Generated {
    pub(super) files: BTreeMap<String, String>,
    pub(super) registry: BTreeMap<String, String>,
    pub(super) builds: Vec<Build>,
    pub(super) policy: String,
}

struct Making {
    random: Rng,
    crates: usize,
    members: usize,
}

impl Generated {
    pub(super) fn new(seed: u64) -> Self {
        let mut random = Rng::with_seed(seed);
        let (crates, members) = (random.usize(3..9), random.usize(1..4));
        let mut making = Making { random, crates, members };
        let mut files = BTreeMap::new();
        let mut registry = BTreeMap::new();
        for at in 0..crates {
            registry.insert(format!("r{at}-1.0.0"), making.of_crate(at));
        }
        let resolver = making.random.usize(1..4);
        let names: Vec<String> = (0..members).map(|at| format!("\"m{at}\"")).collect();
        files.insert(
            "Cargo.toml".to_owned(),
            format!("[workspace]\nmembers = [{}]\nresolver = \"{resolver}\"\n", names.join(", ")),
        );
        for at in 0..members {
            files.insert(format!("m{at}/Cargo.toml"), making.of_member(at));
            files.insert(format!("m{at}/src/lib.rs"), String::new());
            files.insert(format!("m{at}/build.rs"), "fn main() {}\n".to_owned());
        }
        let mut builds = Vec::new();
        let declaration = making.declaration(&mut builds);
        for _ in 0..making.random.usize(0..4) {
            let command = making.command();
            let place = making.pick(PLACES);
            let text = making.written(&command);
            let lines = files.entry(place.to_owned()).or_default();
            for _ in 0..making.random.usize(0..6) {
                lines.push_str(making.pick(&["", "other:", "  nothing here", "x = 1"]));
                lines.push('\n');
            }
            lines.push_str(&text);
            builds.push(Build { arguments: command, shipped: shipped(&declaration) });
        }
        let policy = format!(
            "schema = 1\n[database]\nmax-age = \"3650d\"\n\
             sources = [{{ kind = \"rustsec\", path = \"advisories\" }}]\n\
             [evidence]\nauto = [\"not-built\"]\n{}",
            declaration.text
        );
        files.insert("lockgate.toml".to_owned(), policy.clone());
        Self { files, registry, builds, policy }
    }
}

/// What the policy declares.
struct Declaration {
    text: String,
    packages: Vec<String>,
}

fn shipped(declaration: &Declaration) -> Vec<String> {
    declaration.packages.clone()
}

impl Making {
    fn pick<'list>(&mut self, list: &[&'list str]) -> &'list str {
        list[self.random.usize(..list.len())]
    }

    fn often(&mut self, percent: u8) -> bool {
        self.random.u8(..100) < percent
    }

    /// The tables of a package that may depend on some crates, and its features.
    fn tables(&mut self, needs: &[usize], own: &str) -> String {
        let mut text = String::new();
        let mut optional = Vec::new();
        let mut plain = Vec::new();
        for at in needs {
            let mut value = "{ version = \"1\"".to_owned();
            let is_optional = self.often(45);
            if is_optional {
                value.push_str(", optional = true");
                optional.push(*at);
            } else {
                plain.push(*at);
            }
            if self.often(20) {
                value.push_str(", default-features = false");
            }
            if self.often(25) {
                write!(value, ", features = [\"{}\"]", self.pick(&["fa", "fb"])).unwrap();
            }
            value.push_str(" }");
            let condition = self.pick(CONDITIONS);
            let table = match self.random.u8(..10) {
                0..=4 => "[dependencies]".to_owned(),
                5 => "[build-dependencies]".to_owned(),
                _ => format!("[target.'{condition}'.dependencies]"),
            };
            // Tables may be written once each, but keys with dots as often as one likes.
            let table = table.trim_matches(['[', ']']);
            writeln!(text, "[{table}.r{at}]\n{}", spread(&value)).unwrap();
        }
        let mut features = String::from("[features]\n");
        for name in ["fa", "fb"] {
            let mut values = Vec::new();
            for at in &optional {
                match self.random.u8(..6) {
                    0 | 1 => values.push(format!("\"dep:r{at}\"")),
                    2 => values.push(format!("\"r{at}?/fa\"")),
                    3 => values.push(format!("\"r{at}/fb\"")),
                    _ => {}
                }
            }
            for at in &plain {
                if self.often(15) {
                    values.push(format!("\"r{at}/fa\""));
                }
            }
            writeln!(features, "{name} = [{}]", values.join(", ")).unwrap();
        }
        if self.often(30) {
            features.push_str("default = [\"fa\"]\n");
        }
        format!("{features}{own}{text}")
    }

    fn of_crate(&mut self, at: usize) -> String {
        let later: Vec<usize> = (at + 1..self.crates).collect();
        let needs: Vec<usize> = later.into_iter().filter(|_| self.often(50)).collect();
        self.tables(&needs, "")
    }

    fn of_member(&mut self, at: usize) -> String {
        let needs: Vec<usize> = (0..self.crates).filter(|_| self.often(40)).collect();
        let mut own = String::new();
        for other in 0..at {
            if self.often(50) {
                let features = self.pick(&["", "fa", "fb"]);
                writeln!(
                    own,
                    "[dependencies.m{other}]\npath = \"../m{other}\"\nfeatures = [{}]",
                    if features.is_empty() { String::new() } else { format!("\"{features}\"") }
                )
                .unwrap();
            }
        }
        if self.often(30) {
            let needed = self.random.usize(..self.crates);
            writeln!(own, "[dev-dependencies.r{needed}]\nversion = \"1\"").unwrap();
        }
        let publish = if self.often(50) { "publish = false\n" } else { "" };
        format!(
            "[package]\nname = \"m{at}\"\nversion = \"0.1.0\"\nedition = \"2021\"\n{publish}{}",
            self.tables(&needs, &own)
        )
    }

    /// What the policy declares, with the builds that this means.
    fn declaration(&mut self, builds: &mut Vec<Build>) -> Declaration {
        let mut text = String::from("[cargo]\n");
        let mut declared = Declaration { text: String::new(), packages: Vec::new() };
        let mut targets = vec![None];
        if self.often(40) {
            let chosen = self.pick(TARGETS);
            writeln!(text, "targets = [\"{chosen}\"]").unwrap();
            targets = vec![Some(chosen)];
        } else {
            targets.extend(TARGETS.iter().map(|target| Some(*target)));
        }
        let mut features: Vec<&str> = vec!["--all-features"];
        match self.random.u8(..4) {
            0 => {
                text.push_str("features = { default = true }\n");
                features = Vec::new();
            }
            1 => {
                text.push_str("features = { default = false }\n");
                features = vec!["--no-default-features"];
            }
            _ => {}
        }
        if self.often(30) {
            declared.packages = vec![format!("m{}", self.random.usize(..self.members))];
            writeln!(text, "packages = [\"{}\"]", declared.packages[0]).unwrap();
            if self.often(40) {
                text.push_str("alone = true\n");
            }
        }
        let is_alone = text.contains("alone");
        for target in
            targets.into_iter().filter(|target| target.is_some() || !text.contains("targets"))
        {
            let mut arguments: Vec<String> =
                features.iter().map(|word| (*word).to_owned()).collect();
            arguments.extend(
                target.into_iter().flat_map(|target| ["--target".to_owned(), target.to_owned()]),
            );
            if is_alone {
                arguments.extend(["-p".to_owned(), declared.packages[0].clone()]);
            }
            builds.push(Build { arguments, shipped: declared.packages.clone() });
        }
        declared.text = text;
        declared
    }

    /// A command that somebody has written somewhere.
    fn command(&mut self) -> Vec<String> {
        let mut arguments: Vec<String> = Vec::new();
        let member = self.random.usize(..self.members);
        match self.random.u8(..7) {
            0 => arguments.push("--all-features".to_owned()),
            1 => {
                let needed = self.random.usize(..self.crates);
                let feature = self.pick(&["fa", "fb"]);
                arguments.extend(["--features".to_owned(), format!("r{needed}/{feature}")]);
            }
            2 | 3 => {
                let feature = self.pick(&["fa", "fb", "default", "fa,fb"]);
                arguments.extend(["--features".to_owned(), feature.to_owned()]);
            }
            4 => {
                let feature = self.pick(&["fa", "fb"]);
                arguments.extend(["-F".to_owned(), format!("m{member}/{feature}")]);
            }
            5 => arguments.push("--no-default-features".to_owned()),
            _ => {}
        }
        if self.often(40) {
            arguments.extend(["--target".to_owned(), self.pick(TARGETS).to_owned()]);
        }
        if self.often(20) {
            arguments.extend(["-p".to_owned(), format!("m{member}")]);
        }
        arguments
    }

    /// A command as one may write it.
    fn written(&mut self, arguments: &[String]) -> String {
        let line = arguments.join(" ");
        match self.random.u8(..6) {
            0 => format!("cargo build --release {line}\n"),
            1 => format!("      - run: cargo build {line}\n"),
            2 => format!("RUN cargo build --locked \\\n    {}\n", arguments.join(" \\\n    ")),
            3 => {
                let words: Vec<String> =
                    arguments.iter().map(|word| format!("  \"{word}\",\n")).collect();
                format!("cmd = [\"cargo\", \"build\",\n{}]\n", words.concat())
            }
            4 => format!("run: >\n  cargo build\n  {}\n", arguments.join("\n  ")),
            _ => format!("\tcd x && cargo build {line} && cp y z\n"),
        }
    }
}

/// An inline table as lines of a table.
fn spread(value: &str) -> String {
    let inner = value.trim_start_matches("{ ").trim_end_matches(" }");
    let mut text = String::new();
    let mut depth = 0;
    let mut rest = inner.chars().peekable();
    while let Some(character) = rest.next() {
        match character {
            '[' => depth += 1,
            ']' => depth -= 1,
            ',' if depth == 0 => {
                text.push('\n');
                rest.next_if_eq(&' ');
                continue;
            }
            _ => {}
        }
        text.push(character);
    }
    text
}
