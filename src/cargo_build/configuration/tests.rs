use std::fs;

use super::*;

/// The configuration of a repository with this `.cargo/config.toml`.
fn read(text: &str) -> Result<RepositoryConfiguration, BuildProblem> {
    read_with(text, &[])
}

/// The same with other files beside it.
fn read_with(text: &str, others: &[(&str, &str)]) -> Result<RepositoryConfiguration, BuildProblem> {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path().canonicalize().unwrap();
    fs::create_dir_all(root.join(".cargo")).unwrap();
    fs::create_dir_all(root.join("vendor")).unwrap();
    fs::write(root.join(".cargo/config.toml"), text).unwrap();
    for (path, text) in others {
        fs::create_dir_all(root.join(path).parent().unwrap()).unwrap();
        fs::write(root.join(path), text).unwrap();
    }
    let shown = |path: &Path| path.strip_prefix(&root).unwrap().to_string_lossy().into_owned();
    RepositoryConfiguration::read(&root, &root, None, &shown).map(|mut configuration| {
        configuration.handed_on = configuration.handed_on.replace(root.to_str().unwrap(), "ROOT");
        configuration
    })
}

fn at(line: u32) -> Location {
    Location { file: ".cargo/config.toml".into(), line }
}

#[test]
fn vendored_sources_are_passed_on_with_absolute_paths() {
    let configuration = read(
        "[source.crates-io]\nreplace-with = \"vendored\"\n\
         [source.vendored]\ndirectory = \"vendor\"\n\
         [registries.ours]\nindex = \"https://example.com/index\"\ncredential-provider = [\"./x\"]\n",
    )
    .unwrap();
    assert_eq!(
        configuration.handed_on,
        "[registries.ours]\nindex = \"https://example.com/index\"\n\n\
         [source.crates-io]\nreplace-with = \"vendored\"\n\n\
         [source.vendored]\ndirectory = \"ROOT/vendor\"\n"
    );
}

/// As pnpm writes it for crates that it installs (pnpm documentation, "Cargo dependencies").
const INCLUDE: &str = "[[include]]\npath = \"../.pnpm/crates/config.toml\"\noptional = true\n";

#[test]
fn an_included_file_counts_from_its_own_folder_and_is_overridden() {
    let included = "[source.crates-io]\nreplace-with = \"a\"\n[source.a]\ndirectory = \"crates/all\"\n\
                    [build]\ntarget = \"wasm32-unknown-unknown\"\n";
    let configuration = read_with(
        &format!("{INCLUDE}[source.crates-io]\nreplace-with = \"b\"\n"),
        &[(".pnpm/crates/config.toml", included)],
    )
    .unwrap();
    assert_eq!(
        configuration.handed_on,
        "[source.a]\ndirectory = \"ROOT/.pnpm/crates/all\"\n\n\
         [source.crates-io]\nreplace-with = \"b\"\n"
    );
    let place = Location { file: ".pnpm/crates/config.toml".into(), line: 6 };
    assert_eq!(configuration.ordered[0].location, place);
}

#[test]
fn what_an_included_file_says_is_refused_where_it_would_be_in_the_file_itself() {
    for (included, line) in [("\npaths = [\"x\"]\n", 2), ("include = \"more.toml\"\n", 1)] {
        let problem = read_with(INCLUDE, &[(".pnpm/crates/config.toml", included)]).unwrap_err();
        let place = Location { file: ".pnpm/crates/config.toml".into(), line };
        assert_eq!(problem.location(), Some(&place), "{included}: {problem}");
    }
}

#[test]
fn a_setting_that_names_a_program_is_not_passed_on() {
    let configuration = read(
        "[build]\nrustc = \"./rustc\"\nrustc-wrapper = \"./wrapper\"\nrustdoc = \"./rustdoc\"\n\
         [env]\nLD_PRELOAD = \"./library.so\"\n[alias]\ntree = \"run\"\n\
         [registry]\nglobal-credential-providers = [\"./provider\"]\n",
    );
    assert_eq!(configuration, Ok(RepositoryConfiguration::default()));
}

#[test]
fn the_default_target_is_read_with_its_line() {
    let configuration = read(
        "[build]\ntarget = [\"wasm32-unknown-unknown\",\n  \"host-tuple\"]\n\
         [target.x86_64-pc-windows-msvc]\nrustflags = [\"--cfg\", \"fast\"]\n\
         [target.'cfg(unix)']\nrustflags = \"-C opt-level=3\"\n",
    )
    .unwrap();
    let placed = |text: &str, line| LocatedWord { text: text.into(), location: at(line) };
    assert_eq!(configuration.ordered, [placed("wasm32-unknown-unknown", 2)]);
}

#[test]
fn other_settings_that_affect_the_resolution_are_refused_with_their_line() {
    for (text, line) in [
        ("paths = [\"../other\"]", 1),
        ("\ninclude = \"other.toml\"", 2),
        ("\ninclude = [{ path = \"other.toml\", optional = true }]", 2),
        ("[[include]]\npath = \"../../outside.toml\"", 2),
        ("[patch.crates-io]\nalpha = { path = \"alpha\" }", 1),
        ("[unstable]\nbuild-std = [\"core\"]", 1),
        ("[source.vendored]\ndirectory = \"../elsewhere\"", 2),
        ("[source.vendored]\ndirectory = \"/etc\"", 2),
        ("[source.crates-io]\nprocess = \"./program\"", 2),
        ("[build\n", 1),
    ] {
        let problem = read(text).unwrap_err();
        assert_eq!(problem.location(), Some(&at(line)), "{text}: {problem}");
    }
}
