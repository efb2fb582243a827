use super::*;
use tempfile::TempDir;

/// A folder with these files in it; a name that ends in `/` is a folder.
fn folder(entries: &[(&str, &str)]) -> TempDir {
    let root = tempfile::tempdir().unwrap();
    for (path, text) in entries {
        let path = root.path().join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }
    root
}

fn below(root: &TempDir, paths: &BTreeSet<PathBuf>) -> Vec<String> {
    paths
        .iter()
        .map(|path| path.strip_prefix(root.path()).unwrap().to_string_lossy().into_owned())
        .collect()
}

#[test]
fn lockfiles_are_found_at_any_depth_and_installed_copies_are_not() {
    let root = folder(&[
        ("Cargo.lock", ""),
        ("web/package-lock.json", ""),
        (".hidden/deep/npm-shrinkwrap.json", ""),
        ("web/node_modules/a/package-lock.json", ""),
        ("target/package/Cargo.lock", ""),
        (".git/Cargo.lock", ""),
        ("other.lock", ""),
    ]);
    let found = find(root.path(), Extent::WorkTree);
    assert_eq!(
        below(&root, &found.lockfiles),
        [".hidden/deep/npm-shrinkwrap.json", "Cargo.lock", "web/package-lock.json"]
    );
    assert!(found.ignored.is_empty());
}

#[test]
fn a_shrinkwrap_and_the_package_lock_beside_it_both_count() {
    let root =
        folder(&[("npm-shrinkwrap.json", ""), ("package-lock.json", ""), ("Cargo.lock", "")]);
    let found = find(root.path(), Extent::WorkTree);
    assert_eq!(
        below(&root, &found.lockfiles),
        ["Cargo.lock", "npm-shrinkwrap.json", "package-lock.json"]
    );
}

#[test]
fn what_git_ignores_is_passed_over_and_said() {
    let root = folder(&[
        (".gitignore", "/a/package-lock.json\n"),
        ("a/package-lock.json", ""),
        ("b/package-lock.json", ""),
    ]);
    let found = find(root.path(), Extent::WorkTree);
    assert_eq!(below(&root, &found.lockfiles), ["b/package-lock.json"]);
    assert_eq!(below(&root, &found.ignored), ["a/package-lock.json"]);
}

#[test]
fn a_persons_own_ignore_files_do_not_count() {
    let root = folder(&[
        (".ignore", "Cargo.lock\n"),
        (".git/info/exclude", "Cargo.lock\n"),
        ("Cargo.lock", ""),
    ]);
    assert_eq!(below(&root, &find(root.path(), Extent::WorkTree).lockfiles), ["Cargo.lock"]);
}

#[test]
fn an_ignore_file_above_the_repository_does_not_count() {
    let root = folder(&[
        (".gitignore", "*\n"),
        ("repository/.git/HEAD", ""),
        ("repository/sub/Cargo.lock", ""),
    ]);
    for start in ["repository", "repository/sub"] {
        let found = find(&root.path().join(start), Extent::WorkTree);
        assert_eq!(below(&root, &found.lockfiles), ["repository/sub/Cargo.lock"], "{start}");
    }
}

#[test]
fn without_a_repository_nothing_above_the_folder_counts() {
    let root = folder(&[
        (".gitignore", "*\n"),
        ("a/.gitignore", "/b/Cargo.lock\n"),
        ("a/Cargo.lock", ""),
        ("a/b/Cargo.lock", ""),
    ]);
    let found = find(&root.path().join("a"), Extent::WorkTree);
    assert_eq!(below(&root, &found.lockfiles), ["a/Cargo.lock"]);
    assert_eq!(below(&root, &found.ignored), ["a/b/Cargo.lock"]);
}

#[test]
fn a_repository_inside_another_one_has_ignore_files_of_its_own() {
    let root = folder(&[
        (".git/HEAD", ""),
        (".gitignore", "Cargo.lock\n"),
        ("module/.git", ""),
        ("module/Cargo.lock", ""),
    ]);
    let found = find(root.path(), Extent::WorkTree);
    assert_eq!(below(&root, &found.lockfiles), ["module/Cargo.lock"]);
}

#[cfg(unix)]
#[test]
fn a_link_of_the_name_of_a_lockfile_is_one_wherever_it_leads() {
    let root = folder(&[("elsewhere/real", ""), ("a/b", "")]);
    std::os::unix::fs::symlink("../elsewhere/real", root.path().join("a/Cargo.lock")).unwrap();
    std::os::unix::fs::symlink("gone", root.path().join("a/package-lock.json")).unwrap();
    let found = find(root.path(), Extent::WorkTree);
    assert_eq!(below(&root, &found.lockfiles), ["a/Cargo.lock", "a/package-lock.json"]);
}

#[cfg(unix)]
#[test]
fn a_circle_of_links_comes_to_an_end() {
    let root = folder(&[("a/Cargo.lock", "")]);
    std::os::unix::fs::symlink("..", root.path().join("a/up")).unwrap();
    assert_eq!(below(&root, &find(root.path(), Extent::WorkTree).lockfiles), ["a/Cargo.lock"]);
}

#[test]
fn a_folder_that_is_not_there_is_a_problem() {
    let root = folder(&[]);
    assert_eq!(find(&root.path().join("gone"), Extent::WorkTree).problems.len(), 1);
}

#[test]
fn an_ignored_folder_hides_no_lockfile_in_silence() {
    let root = folder(&[
        (".git/HEAD", ""),
        (".gitignore", "services/\n"),
        ("services/api/Cargo.lock", ""),
        ("services/api/node_modules/a/package-lock.json", ""),
        ("services/target/Cargo.lock", ""),
        ("Cargo.lock", ""),
    ]);
    let found = find(root.path(), Extent::WorkTree);
    assert_eq!(below(&root, &found.lockfiles), ["Cargo.lock"]);
    assert_eq!(below(&root, &found.ignored), ["services/api/Cargo.lock"]);
    assert!(found.unsearched.is_empty());
}

#[cfg(unix)]
#[test]
fn a_link_out_of_the_folder_is_not_followed_and_that_is_said() {
    let outside = folder(&[("deep/Cargo.lock", "")]);
    let root = folder(&[("a/Cargo.lock", "")]);
    std::os::unix::fs::symlink(outside.path(), root.path().join("out")).unwrap();
    std::os::unix::fs::symlink("a", root.path().join("within")).unwrap();
    let found = find(root.path(), Extent::WorkTree);
    assert_eq!(below(&root, &found.lockfiles), ["a/Cargo.lock"]);
    assert_eq!(below(&root, &found.linked), ["out/deep/Cargo.lock"]);
}

#[test]
fn an_ignored_folder_too_large_to_look_through_is_said() {
    let root = folder(&[(".gitignore", "vendor/\n"), ("vendor/a/b", "")]);
    for index in 0..200 {
        let below = root.path().join(format!("vendor/{index}"));
        fs::create_dir(&below).unwrap();
        for file in 0..110 {
            fs::write(below.join(file.to_string()), "").unwrap();
        }
    }
    assert_eq!(below(&root, &find(root.path(), Extent::WorkTree).unsearched), ["vendor"]);
}

#[test]
fn manifests_and_repositories_are_found_on_the_way() {
    let root = folder(&[
        ("Cargo.toml", ""),
        ("web/package.json", ""),
        ("web/node_modules/a/package.json", ""),
        ("target/package/Cargo.toml", ""),
        ("module/.git", "gitdir: elsewhere"),
        ("module/Cargo.toml", ""),
        ("clone/.git/HEAD", ""),
    ]);
    let found = find(root.path(), Extent::WorkTree);
    assert_eq!(
        below(&root, &found.manifests),
        ["Cargo.toml", "module/Cargo.toml", "web/package.json"]
    );
    assert_eq!(below(&root, &found.repositories), ["clone", "module"]);
}

#[test]
fn in_the_tree_of_a_commit_everything_counts() {
    let root = folder(&[
        (".gitignore", "a/\n"),
        ("a/Cargo.lock", ""),
        ("target/Cargo.lock", ""),
        ("web/node_modules/x/package-lock.json", ""),
    ]);
    assert_eq!(
        below(&root, &find(root.path(), Extent::Commit).lockfiles),
        ["a/Cargo.lock", "target/Cargo.lock", "web/node_modules/x/package-lock.json"]
    );
}

#[test]
fn the_lockfiles_of_every_package_manager_of_npm_are_known() {
    for (name, is_read) in [
        ("yarn.lock", true),
        ("pnpm-lock.yaml", true),
        ("pnpm-lock.main.yaml", true),
        ("pnpm-lock.feature!login.yaml", true),
        ("shrinkwrap.yaml", false),
        ("bun.lock", true),
        ("bun.lockb", false),
        ("deno.lock", true),
        ("vlt-lock.json", false),
        ("aube-lock.yaml", false),
        ("aube-lock.main.yaml", false),
        ("nub.lock", false),
        ("cotton.lock", false),
        ("package-lock.kdl", false),
    ] {
        assert!(is_looked_for(OsStr::new(name)), "{name}");
        assert_eq!(is_unread_name(OsStr::new(name)), !is_read, "{name}");
    }
    for name in ["pnpm-lock.", "pnpm-workspace.yaml", "yarn.lock.md", ".package-lock.json"] {
        assert!(!is_looked_for(OsStr::new(name)), "{name}");
    }
}

#[cfg(unix)]
#[test]
fn an_ignore_file_that_never_ends_is_a_problem_and_not_read() {
    for place in [".gitignore", "a/.gitignore"] {
        let root = folder(&[("a/package-lock.json", ""), ("Cargo.lock", "")]);
        std::os::unix::fs::symlink("/dev/zero", root.path().join(place)).unwrap();
        let problems = find(root.path(), Extent::WorkTree).problems;
        assert_eq!(problems.len(), 1, "{problems:?}");
        assert!(problems[0].file.ends_with(place), "{problems:?}");
    }
    let root = folder(&[("a/package-lock.json", ""), ("a/.gitignore", &"x\n".repeat(600_000))]);
    assert_eq!(find(root.path(), Extent::WorkTree).problems.len(), 1);
}
