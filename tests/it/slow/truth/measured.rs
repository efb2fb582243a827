//! Every case: what Node.js loads in it, and what is said about it.

use std::collections::BTreeSet;
use std::path::Path;
use std::sync::LazyLock;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use lockgate::inside::{
    Answer, Fetching, Imports, ImportsRequest, Means, NpmPolicy, Places, read_lockfile,
};
use tempfile::TempDir;

use super::case::{Case, positives, twins};
use super::disk;
use super::node::{Node, Program, Ran};
use super::rewriting::{OTHER, TARGET};
use super::tables::Tables;

/// How many cases one process of Node.js runs.
const TOGETHER: usize = 200;

/// What is said about the package, or about its module: the one that clears, if one of them does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Said {
    Loaded,
    Unknown,
    NotLoaded,
}

/// A case, run and looked at.
pub(super) struct Measurement {
    /// The position of its way in the tables.
    pub(super) way: usize,
    /// Its way, and what is written differently.
    pub(super) name: String,
    pub(super) said: Said,
    /// Its files, but for those of the package and the lockfile.
    files: String,
    /// Whether there is a Node.js that ran it.
    pub(super) is_run: bool,
    pub(super) loads_what_it_says: bool,
    pub(super) loaded: BTreeSet<String>,
    pub(super) error: String,
}

pub(super) struct Measured {
    pub(super) tables: Tables,
    pub(super) positives: Vec<Measurement>,
    pub(super) twins: Vec<Measurement>,
}

/// Measured once for all tests.
pub(super) static MEASURED: LazyLock<Measured> = LazyLock::new(|| {
    let tables = Tables::read();
    let node = Node::find("the truth about not-imported");
    let positives = measure(&positives(&tables), &tables, node.as_ref(), TARGET);
    let twins = measure(&twins(&tables), &tables, node.as_ref(), OTHER);
    Measured { tables, positives, twins }
});

impl Measurement {
    pub(super) fn shown(&self) -> String {
        format!("{}\n{}", self.name, self.files)
    }
}

/// Cases that load a package, on two processors.
fn measure(
    cases: &[Case],
    tables: &Tables,
    node: Option<&Node>,
    package: &str,
) -> Vec<Measurement> {
    let folder = TempDir::new().unwrap();
    let root = folder.path().canonicalize().unwrap();
    let groups: Vec<&[Case]> = cases.chunks(TOGETHER).collect();
    let next = AtomicUsize::new(0);
    let work = || {
        let mut done = Vec::new();
        loop {
            let position = next.fetch_add(1, Ordering::Relaxed);
            let Some(group) = groups.get(position) else { return done };
            let work = root.join(position.to_string());
            done.push((position, measure_group(group, tables, node, package, &work)));
        }
    };
    let mut done = thread::scope(|scope| {
        let threads = [scope.spawn(work), scope.spawn(work)];
        threads.into_iter().flat_map(|thread| thread.join().unwrap()).collect::<Vec<_>>()
    });
    done.sort_by_key(|(position, _)| *position);
    done.into_iter().flat_map(|(_, measured)| measured).collect()
}

fn measure_group(
    cases: &[Case],
    tables: &Tables,
    node: Option<&Node>,
    package: &str,
    work: &Path,
) -> Vec<Measurement> {
    let programs = cases.iter().enumerate().map(|(number, case)| {
        let folder = work.join(number.to_string());
        let id = format!("{}-{number}", work.file_name().unwrap().display());
        disk::write(case, &id, &folder);
        Program { id, folder, start: case.start.clone() }
    });
    let programs: Vec<Program> = programs.collect();
    // Before it runs: some write files.
    let said: Vec<Said> = cases
        .iter()
        .zip(&programs)
        .map(|(case, program)| ask(&program.folder, &tables.ways[case.way].loads))
        .collect();
    let Ran { mut loaded, mut errors } =
        node.map(|node| node.run(&programs, work)).unwrap_or_default();
    cases
        .iter()
        .zip(programs)
        .zip(said)
        .map(|((case, program), said)| {
            let way = &tables.ways[case.way];
            let loaded = loaded.remove(&program.id).unwrap_or_default();
            Measurement {
                way: case.way,
                name: format!("{}: {}", way.name, case.rewriting),
                said,
                files: shown(case),
                is_run: node.is_some(),
                loads_what_it_says: loaded.contains(&format!("{package}/{}", way.loads))
                    && (package == TARGET
                        || !loaded.iter().any(|module| module.starts_with(TARGET))),
                loaded,
                error: errors.remove(&program.id).unwrap_or_default(),
            }
        })
        .collect()
}

fn shown(case: &Case) -> String {
    let is_shown = |path: &str| {
        path != "package-lock.json"
            && ![TARGET, OTHER].iter().any(|name| path.contains(&format!("modules/{name}/")))
    };
    let files = case.files.iter().filter(|(path, _)| is_shown(path));
    let lines = files.map(|(path, text)| {
        let text = text.trim_end().replace('\n', "\n    ");
        format!("  {path}: {text}")
    });
    let text = lines.collect::<Vec<_>>().join("\n");
    text.chars().take(1_000).collect()
}

/// What is said about the package and about one of its modules.
fn ask(folder: &Path, module: &str) -> Said {
    let path = folder.join("package-lock.json");
    let lockfile =
        read_lockfile(&path).unwrap_or_else(|error| panic!("{}: {error:?}", path.display()));
    let packages = lockfile.packages.iter().enumerate();
    let copies = packages.filter(|(_, locked)| locked.id.name.as_str() == TARGET);
    let copies: Vec<usize> = copies.map(|(package, _)| package).collect();
    let request = ImportsRequest {
        module_cache: None,
        lockfile: &lockfile,
        path: &path,
        policy: &NpmPolicy::default(),
        advisories: &[],
        means: Means { unpacked: None, fetching: Fetching::Off },
    };
    // What is installed is what is locked, in every case.
    let imports = Imports::find(&request).unwrap();
    let of_package = imports.package(&copies, Places::Open);
    let of_module = imports.module_of(&copies, module, Places::Open);
    match (said(&of_package), said(&of_module)) {
        (Said::NotLoaded, _) | (_, Said::NotLoaded) => Said::NotLoaded,
        (package, _) => package,
    }
}

fn said(answer: &Answer) -> Said {
    match answer {
        Answer::No(_) => Said::NotLoaded,
        Answer::Yes { .. } => Said::Loaded,
        // What names nothing is refused.
        Answer::Perhaps { .. } | Answer::NamesNothing(_) => Said::Unknown,
    }
}
