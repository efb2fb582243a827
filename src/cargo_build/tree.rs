//! The output of `cargo tree` (Cargo book, "cargo tree").
//!
//! With `--prefix depth` every line begins with its depth, from which the graph can be rebuilt: a
//! package is needed by the nearest line above it that is one step nearer to the root. A package that
//! already listed is listed again without its dependencies.

use std::collections::BTreeSet;
use std::process::Command;

use super::toolchain::first_line;
use super::{BuildProblem, CargoView, Cell, PackageKey, Purpose, process};

/// Package and features, separated by a character that occurs in neither.
const FORMAT: &str = "{p}\t{f}";

const NAME: &str = "cargo tree";

/// Asks Cargo about cells that differ only in their targets: what is built for all of them
/// together. `command` lacks only its arguments, `members` are the identifiers of the packages
/// to build; empty means all of them.
pub(super) fn ask(
    command: &mut Command,
    cells: &[&Cell],
    members: &[String],
    purpose: Purpose,
) -> Result<CargoView, BuildProblem> {
    let with_development = cells.iter().any(|cell| cell.builds_development(purpose));
    let edges = if with_development { "normal,build,dev" } else { "normal,build" };
    command.args(["--edges", edges, "--prefix", "depth", "--format", FORMAT, "--charset", "ascii"]);
    for cell in cells {
        // With `all` Cargo ignores all conditions.
        command.args(["--target", cell.target.triple().unwrap_or("all")]);
    }
    for member in members {
        command.args(["--package", member]);
    }
    if members.is_empty() {
        command.arg("--workspace");
    }
    let first = cells.iter().take(1);
    command.args(first.flat_map(|cell| cell.feature_arguments()));
    let output = process::run(NAME, command)?;
    if !output.success {
        return Err(refusal(cells, &output.stderr));
    }
    let unreadable = |reason| BuildProblem::Unreadable { program: NAME.to_owned(), reason };
    let mut view = read(&output.stdout).map_err(unreadable)?;
    if let Some(cell) = cells.first().filter(|cell| !cell.beside.is_empty()) {
        view.keep_only(&cell.members);
    }
    Ok(view)
}

impl CargoView {
    /// Keeps the transitive dependencies of some members. The features stay the same.
    fn keep_only(&mut self, members: &[String]) {
        self.starts.retain(|start| members.contains(&start.name));
        let mut reached: BTreeSet<PackageKey> = BTreeSet::new();
        let mut pending: Vec<PackageKey> = self.starts.iter().cloned().collect();
        while let Some(next) = pending.pop() {
            if reached.insert(next.clone()) {
                pending.extend(self.dependencies.get(&next).into_iter().flatten().cloned());
            }
        }
        self.packages.retain(|package, _| reached.contains(package));
        self.dependencies.retain(|package, _| reached.contains(package));
    }
}

fn refusal(cells: &[&Cell], errors: &str) -> BuildProblem {
    let mut written = cells.iter().filter(|cell| cell.target_from.is_some());
    if let Some(cell) =
        written.find(|cell| cell.target.triple().is_some_and(|triple| errors.contains(triple)))
    {
        return BuildProblem::Matrix {
            location: cell.target_from.clone(),
            reason: format!("rustc cannot build for `{}`", cell.target),
        };
    }
    let about = cells.first().map_or_else(String::new, |cell| format!(" ({cell})"));
    BuildProblem::Refused { message: format!("{}{about}", first_line(errors)) }
}

/// Parses the lines. An error describes what is wrong with them. Every build contains its members: an output
/// without any is not an answer, and an empty answer must not prove that nothing is built.
fn read(output: &str) -> Result<CargoView, String> {
    let mut view = CargoView::default();
    let mut path: Vec<PackageKey> = Vec::new();
    for line in output.lines().filter(|line| !line.is_empty()) {
        let no_line = || format!("`{line}` is not a line of it");
        let (depth, package, features) = read_line(line).ok_or_else(no_line)?;
        if depth > path.len() {
            return Err(no_line());
        }
        path.truncate(depth);
        match path.last() {
            Some(parent) => {
                let needs = view.dependencies.entry(parent.clone()).or_default();
                needs.insert(package.clone());
            }
            None => {
                view.starts.insert(package.clone());
            }
        }
        view.packages.entry(package.clone()).or_default().extend(features);
        path.push(package);
    }
    if view.starts.is_empty() {
        return Err("it names no package".to_owned());
    }
    Ok(view)
}

/// `2serde v1.0.228 (proc-macro)` TAB `default,derive (*)`.
fn read_line(line: &str) -> Option<(usize, PackageKey, BTreeSet<String>)> {
    let (package, features) = line.split_once('\t')?;
    let (name, rest) = package.split_once(" v")?;
    let digits = name.bytes().take_while(u8::is_ascii_digit).count();
    let (depth, name) = name.split_at(digits);
    let version = rest.split(' ').next()?;
    if name.is_empty() || version.is_empty() {
        return None;
    }
    let features = features.trim_end_matches(" (*)").split(',');
    let features = features.filter(|feature| !feature.is_empty()).map(str::to_owned);
    let key = PackageKey { name: name.to_owned(), version: version.to_owned() };
    Some((depth.parse().ok()?, key, features.collect()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(text: &str) -> PackageKey {
        let (name, version) = text.split_once(' ').unwrap();
        PackageKey { name: name.into(), version: version.into() }
    }

    #[test]
    fn the_lines_give_back_the_graph_and_the_features() {
        let view = read(
            "0app v0.1.0 (/folder of v2/app)\ttls\n\
             1alpha v1.0.0\t\n\
             2gamma v2.0.0+build (proc-macro)\tdefault,std\n\
             1beta v1.0.0\t\n\
             2alpha v1.0.0\tx (*)\n\
             \n\
             0tool v0.1.0 (/folder/tool)\t\n\
             1gamma v2.0.0+build (proc-macro)\tdefault,std (*)\n",
        )
        .unwrap();
        let starts: BTreeSet<_> = [key("app 0.1.0"), key("tool 0.1.0")].into();
        assert_eq!(view.starts, starts);
        assert_eq!(view.packages[&key("alpha 1.0.0")], BTreeSet::from(["x".to_owned()]));
        assert_eq!(
            view.packages[&key("gamma 2.0.0+build")],
            BTreeSet::from(["default".to_owned(), "std".to_owned()])
        );
        assert_eq!(view.dependencies[&key("beta 1.0.0")], [key("alpha 1.0.0")].into());
        assert_eq!(
            view.dependencies[&key("app 0.1.0")],
            [key("alpha 1.0.0"), key("beta 1.0.0")].into()
        );
    }

    #[test]
    fn packages_of_other_members_are_left_out() {
        let mut view = read(
            "0app v0.1.0 (/app)\t\n1common v1.0.0\tfast\n2alpha v1.0.0\t\n\
             0tool v0.1.0 (/tool)\t\n1beta v1.0.0\t\n1common v1.0.0\tfast (*)\n",
        )
        .unwrap();
        view.keep_only(&["app".to_owned()]);
        let kept: Vec<_> = view.packages.keys().map(ToString::to_string).collect();
        assert_eq!(kept, ["alpha 1.0.0", "app 0.1.0", "common 1.0.0"]);
        assert!(view.packages[&key("common 1.0.0")].contains("fast"));
    }

    #[test]
    fn an_unreadable_line_is_never_skipped() {
        for line in ["[build-dependencies]", "0app v0.1.0", "app v0.1.0\t", "2far v1.0.0\t", "0x\t"]
        {
            assert_eq!(read(line), Err(format!("`{line}` is not a line of it")));
        }
    }

    #[test]
    fn an_output_without_packages_is_not_an_answer() {
        assert_eq!(read("\n"), Err("it names no package".to_owned()));
    }
}
