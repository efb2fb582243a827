use proptest::prelude::*;

use super::*;

fn origin(name: &str, version: &str, source: PackageSource) -> Origin {
    Origin { name: name.into(), version: version.into(), source, called: None }
}

/// What has the address of another package than what the entry calls it.
fn called(name: &str, origin: Origin) -> Origin {
    Origin { called: Some(name.into()), ..origin }
}

#[test]
fn the_registry_is_assumed_where_no_address_is_given() {
    let expected = origin("a", "1.0.0", PackageSource::PublicRegistry);
    assert_eq!(of_package("a", "1.0.0", None), expected);
    assert_eq!(of_dependency("a", "1.0.0", None), expected);
}

#[test]
fn an_alias_is_known_by_its_real_name() {
    assert_eq!(
        of_dependency("mine", "npm:@scope/real@1.2.3", None),
        origin("@scope/real", "1.2.3", PackageSource::PublicRegistry)
    );
}

#[test]
fn the_address_tells_what_is_installed() {
    let address = format!("{DEFAULT_REGISTRY}real/-/real-2.0.0.tgz");
    assert_eq!(
        of_package("shown", "1.0.0", Some(&address)),
        called("shown", origin("real", "2.0.0", PackageSource::PublicRegistry))
    );
    let scoped = format!("{DEFAULT_REGISTRY}@types%2fnode/-/node-12.0.1.tgz");
    assert_eq!(
        of_package("@types/node", "12.0.1", Some(&scoped)),
        origin("@types/node", "12.0.1", PackageSource::PublicRegistry)
    );
    let plain_http = scoped.replace("https://", "http://");
    assert!(of_package("@types/node", "12.0.1", Some(&plain_http)).source.is_public());
}

proptest! {
    #[test]
    fn a_usual_address_says_what_it_says_taken_apart(
        name in "(@[a@.-]{0,2}/)?[a-c@./%~-]{0,4}",
        of in "(@[a@.-]{0,2}/)?[a-c@./%~-]{0,4}",
        is_own in any::<bool>(),
        version in "[0-2]\\.[0-9a+.-]{0,4}",
        served in "[0-2]\\.[0-9a+./%-]{0,4}",
        is_served in any::<bool>(),
    ) {
        let of = if is_own { &name } else { &of };
        let served = if is_served { &version } else { &served };
        let own = of.rsplit('/').next().unwrap_or_default();
        let address = format!("{DEFAULT_REGISTRY}{of}/-/{own}-{served}.tgz");
        if is_usual(&name, &version, &address) {
            let usual = of_package(&name, &version, Some(&address));
            prop_assert_eq!(usual, of_unusual_address(&name, &version, &address));
        }
    }
}

#[test]
fn most_addresses_are_usual() {
    for (name, version) in [("a", "1.0.0"), ("@s/a.b", "1.0.0-rc.1"), ("A_b-c", "0.0.1-next-2")] {
        let own = name.rsplit('/').next().unwrap_or_default();
        let address = format!("{DEFAULT_REGISTRY}{name}/-/{own}-{version}.tgz");
        assert!(is_usual(name, version, &address), "{address}");
    }
}

#[test]
fn build_metadata_is_no_difference() {
    let address = format!("{DEFAULT_REGISTRY}a/-/a-1.0.0.tgz");
    assert_eq!(of_package("a", "1.0.0+build", Some(&address)).version, "1.0.0+build");
}

#[test]
fn the_mirror_that_yarn_writes_is_the_public_registry() {
    let address = format!("https://registry.{}/a/-/a-1.0.0.tgz", PUBLIC_DOMAINS[0]);
    assert!(of_package("a", "1.0.0", Some(&address)).source.is_public());
    let lookalike = format!("https://registry.{}.evil.example/a/-/a-1.0.0.tgz", PUBLIC_DOMAINS[0]);
    assert!(!of_package("a", "1.0.0", Some(&lookalike)).source.is_public());
    let prefixed = format!("{}evil/", DEFAULT_REGISTRY.trim_end_matches('/'));
    assert!(
        !of_package("a", "1.0.0", Some(&format!("{prefixed}a/-/a-1.0.0.tgz"))).source.is_public()
    );
}

#[test]
fn other_sources_are_told_apart() {
    let cases = [
        ("git+ssh://git@github.com/a/b.git#0123", "git"),
        ("git://github.com/a/b.git#0123", "git"),
        ("github:a/b#0123", "git"),
        ("a/b#0123", "git"),
        ("https://codeload.github.com/a/b/tar.gz/0123", "git"),
        ("https://gitlab.com/a/b/-/archive/v1/b-v1.tar.gz", "git"),
        ("https://npm.example.com/archive/a-1.0.0.tgz", "archive"),
        ("https://npm.example.com/tarball/a", "archive"),
        ("https://example.com/a-1.0.0.tgz", "archive"),
        ("https://npm.example.com/a/-/a-1.0.0.tgz", "other registry"),
        ("file:../a", "local"),
        ("file:a-1.0.0.tgz", "local"),
        ("packages/a", "local"),
    ];
    for (address, expected) in cases {
        let found = of_package("a", "1.0.0", Some(address)).source;
        let word = match &found {
            PackageSource::PublicRegistry => "public registry",
            PackageSource::OtherRegistry(_) | PackageSource::NamedRegistry { .. } => {
                "other registry"
            }
            PackageSource::Git(_) => "git",
            PackageSource::Local => "local",
            PackageSource::Archive(_) => "archive",
            PackageSource::Elsewhere(_) => "elsewhere",
        };
        assert_eq!(word, expected, "{address}");
        assert_eq!(of_dependency("a", address, None).source, found, "{address}");
    }
}

#[test]
fn credentials_are_not_kept() {
    let found = of_package("a", "1.0.0", Some("https://me:secret@npm.example.com/a/-/a-1.0.0.tgz"));
    assert_eq!(
        found.source,
        PackageSource::OtherRegistry("https://npm.example.com/a/-/a-1.0.0.tgz".into())
    );
}

#[test]
fn an_address_is_the_same_however_it_is_spelt() {
    let plain = format!("{DEFAULT_REGISTRY}real/-/real-2.0.0.tgz");
    let host = plain.trim_start_matches("https://").split('/').next().unwrap();
    for address in [
        plain.replace("https:", "HTTPS:"),
        plain.replace(host, &host.to_uppercase()),
        plain.replace(host, &format!("{host}:443")),
        plain.replace(host, &format!("{host}.")),
        plain.replace(host, &format!("me:secret@{host}")),
        plain.replace("real/-/", "%72eal/-/"),
        plain.replace("/real/-/", "/other/../real/-/"),
        format!("  {plain}"),
        format!("{plain}?cache=0"),
        format!("{plain}#0123456789"),
    ] {
        assert_eq!(
            of_package("shown", "1.0.0", Some(&address)),
            called("shown", origin("real", "2.0.0", PackageSource::PublicRegistry)),
            "{address}"
        );
    }
}

#[test]
fn a_mirror_serves_what_its_address_says() {
    for (address, name, version) in [
        ("https://npm.example.com/all/real/-/real-2.0.0.tgz", "real", "2.0.0"),
        ("https://npm.example.com/all/@s/real/-/@s/real-2.0.0.tgz", "@s/real", "2.0.0"),
        ("https://npm.example.com/all/@s%2freal/-/real-2.0.0.tgz", "@s/real", "2.0.0"),
        // Not the layout of a registry, so its names mean nothing.
        ("https://git.example.com/group/project/-/package_files/1/download", "shown", "1.0.0"),
    ] {
        let found = of_package("shown", "1.0.0", Some(address));
        assert_eq!((found.name.as_str(), found.version.as_str()), (name, version), "{address}");
        assert!(matches!(found.source, PackageSource::OtherRegistry(_)), "{address}");
    }
}

#[test]
fn what_is_no_place_does_not_hide_a_package() {
    let public = |name: &str, version: &str| origin(name, version, PackageSource::PublicRegistry);
    for resolved in [None, Some(""), Some(" "), Some("latest")] {
        assert_eq!(of_package("a", "1.0.0", resolved), public("a", "1.0.0"), "{resolved:?}");
        assert_eq!(of_dependency("a", "1.0.0", resolved), public("a", "1.0.0"), "{resolved:?}");
    }
    assert_eq!(of_dependency("mine", "npm:real", None), public("real", ""));
    assert_eq!(of_dependency("mine", "npm:@s/real", None), public("@s/real", ""));
    assert_eq!(of_package("mine", "npm:real@1.0.0", None), public("real", "1.0.0"));
    for unknown in ["ftp://example.com/a-1.0.0.tgz", "https://", "unheard-of:a"] {
        let found = of_package("a", "1.0.0", Some(unknown)).source;
        assert!(matches!(found, PackageSource::Archive(_)), "{unknown}: it must be remarked");
    }
    for local in ["C:\\a", "~/a", "/a", "..", "link:../a", "a-1.0.0.tgz"] {
        let found = of_package("a", "1.0.0", Some(local)).source;
        assert_eq!(found, PackageSource::Local, "{local}");
    }
}

#[test]
fn a_version_that_only_the_file_tells_is_read_from_its_name() {
    for (name, address, version) in [
        ("a", "https://files.example.com/a-1.0.0.tgz", "1.0.0"),
        ("@s/a", "https://files.example.com/x/a-1.0.0-rc.1.tgz?x=1", "1.0.0-rc.1"),
        ("a", "https://files.example.com/b-1.0.0.tgz", "https://files.example.com/b-1.0.0.tgz"),
        ("a", "https://files.example.com/a-latest.tgz", "https://files.example.com/a-latest.tgz"),
    ] {
        let found = of_dependency(name, address, None);
        assert_eq!((found.name.as_str(), found.version.as_str()), (name, version), "{address}");
        assert!(matches!(found.source, PackageSource::Archive(_)), "{address}");
    }
}

#[test]
fn a_long_row_of_aliases_comes_to_an_end() {
    let specifier = "npm:".repeat(1_000_000);
    assert!(of_dependency("a", &specifier, None).source.is_public());
}
