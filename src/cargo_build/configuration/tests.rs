use super::*;

/// What a repository with this `.cargo/config.toml` configures.
fn read(text: &str) -> Result<RepositoryConfiguration, BuildProblem> {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path().canonicalize().unwrap();
    fs::create_dir_all(root.join(".cargo")).unwrap();
    fs::create_dir_all(root.join("vendor")).unwrap();
    fs::write(root.join(".cargo/config.toml"), text).unwrap();
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
fn vendored_sources_are_handed_on_with_whole_paths() {
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

#[test]
fn what_names_a_program_is_not_handed_on() {
    let configuration = read(
        "[build]\nrustc = \"./rustc\"\nrustc-wrapper = \"./wrapper\"\nrustdoc = \"./rustdoc\"\n\
         [env]\nLD_PRELOAD = \"./library.so\"\n[alias]\ntree = \"run\"\n\
         [registry]\nglobal-credential-providers = [\"./provider\"]\n",
    );
    assert_eq!(configuration, Ok(RepositoryConfiguration::default()));
}

#[test]
fn the_target_that_is_built_for_by_itself_is_told_with_its_line() {
    let configuration = read(
        "[build]\ntarget = [\"wasm32-unknown-unknown\",\n  \"host-tuple\"]\n\
         [target.x86_64-pc-windows-msvc]\nrustflags = [\"--cfg\", \"fast\"]\n\
         [target.'cfg(unix)']\nrustflags = \"-C opt-level=3\"\n",
    )
    .unwrap();
    let placed = |text: &str, line| Placed { text: text.into(), location: at(line) };
    assert_eq!(configuration.ordered, [placed("wasm32-unknown-unknown", 2)]);
}

#[test]
fn what_changes_the_resolution_otherwise_is_refused_with_its_line() {
    for (text, line) in [
        ("paths = [\"../other\"]", 1),
        ("\ninclude = \"other.toml\"", 2),
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
