use npmrc_config_rs::registry::DEFAULT_REGISTRY;

use super::*;

fn shown(locator: &str) -> String {
    match named(locator, "0.9.0", &Registries::default()) {
        Named::Project(name, folder) => format!("{name} in {folder}"),
        Named::Package(Origin { name, version, source, called }) => {
            assert_eq!(called, None, "{locator}");
            format!("{name} {version} {source:?}")
        }
    }
}

#[test]
fn a_locator_names_one_package() {
    let archive = DEFAULT_REGISTRY.replace(':', "%3A").replace('/', "%2F");
    for (locator, expected) in [
        ("a@npm:1.2.3", "a 1.2.3 PublicRegistry"),
        ("@s/a@npm:1.2.3-beta.1+x", "@s/a 1.2.3-beta.1+x PublicRegistry"),
        ("alias@npm:@s/a@1.2.3", "@s/a 1.2.3 PublicRegistry"),
        ("a@workspace:.", "a in ."),
        ("@s/a@workspace:packages/a", "@s/a in packages/a"),
        // What is patched is the package.
        (
            "a@patch:a@npm%3A1.2.3#~builtin<compat/a>::version=1.2.3&hash=1",
            "a 1.2.3 PublicRegistry",
        ),
        ("a@patch:a@1.2.3#./p.patch::locator=r%40workspace%3A.", "a 1.2.3 PublicRegistry"),
        (
            "a@patch:@s/a@npm%3A1.2.3#.yarn-patches/@s/a.patch::version=1.2.3",
            "@s/a 1.2.3 PublicRegistry",
        ),
        ("a@patch:a%40npm%3A1.2.3#<builtin>&checksum=11", "a 1.2.3 PublicRegistry"),
        (
            "a@patch:a@patch%3Aa@npm%253A1.2.3%23~builtin<compat/a>#./p.patch",
            "a 1.2.3 PublicRegistry",
        ),
        ("a@portal:../a::locator=r%40workspace%3A.", "a 0.9.0 Local"),
        ("a@link:./a::locator=r%40workspace%3A.", "a 0.9.0 Local"),
        ("a@file:../a#../a::hash=1&locator=r%40workspace%3A.", "a 0.9.0 Local"),
        ("a@file:./a.tgz#./a.tgz::hash=1", "a 0.9.0 Local"),
        (
            "a@https://github.com/o/a.git#commit=12",
            "a 0.9.0 Git(\"https://github.com/o/a.git#commit=12\")",
        ),
        ("a@git@github.com:o/a.git#commit=12", "a 0.9.0 Git(\"git@github.com:o/a.git#commit=12\")"),
        ("a@ssh://git@example.com/a#commit:12", "a 0.9.0 Git(\"ssh://example.com/a#commit:12\")"),
        ("a@https://example.com/a.tgz", "a 0.9.0 Archive(\"https://example.com/a.tgz\")"),
        ("@std/path@jsr:1.0.8", "@std/path 0.9.0 Archive(\"jsr:1.0.8\")"),
        ("@builtin/node@builtin:24.1.0", "@builtin/node 0.9.0 Archive(\"builtin:24.1.0\")"),
    ] {
        assert_eq!(shown(locator), expected, "{locator}");
    }
    let elsewhere = "a@npm:1.2.3::__archiveUrl=https%3A%2F%2Fnpm.example.com%2Fa%2F-%2Fa-1.2.3.tgz";
    assert_eq!(
        shown(elsewhere),
        "a 1.2.3 OtherRegistry(\"https://npm.example.com/a/-/a-1.2.3.tgz\")"
    );
    let unusual = "a@npm:1.2.3::__archiveUrl=https%3A%2F%2Fnpm.example.com%2Fdownload%2F12";
    assert_eq!(shown(unusual), "a 1.2.3 OtherRegistry(\"https://npm.example.com\")");
    let public = format!("a@npm:1.2.3::__archiveUrl={archive}a%2F-%2Fa-1.2.3.tgz");
    assert_eq!(shown(&public), "a 1.2.3 PublicRegistry");
}

#[test]
fn patches_on_top_of_each_other_come_to_an_end() {
    let mut locator = "a@npm:1.0.0".to_owned();
    for _ in 0..12 {
        locator = format!("a@patch:{}#p", locator.replace('%', "%25").replace([':', '#'], "%3A"));
    }
    assert!(shown(&locator).starts_with("a "));
}
