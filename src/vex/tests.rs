use super::*;

fn read_text(text: &str) -> Result<Vec<Statement>, Problem> {
    read(&Arc::new(SourceText::new("vendor.json", text)))
}

fn ids(ids: &[&str]) -> BTreeSet<AdvisoryId> {
    ids.iter().map(|id| id.parse().unwrap()).collect()
}

fn rotten() -> NamedPackage {
    NamedPackage::parse("pkg:npm/rotten@1.0.0").unwrap()
}

#[test]
fn statements_of_openvex_know_their_lines_names_and_packages() {
    let text = r#"{
  "@context": "https://openvex.dev/ns/v0.2.0",
  "@id": "https://example.com/vex/1", "author": "Vendor", "version": 1,
  "timestamp": "2026-01-01T00:00:00Z",
  "statements": [
    { "vulnerability": { "name": "CVE-2026-1", "aliases": ["GHSA-aaaa-bbbb-cccc"] },
      "products": [{ "@id": "pkg:oci/app", "subcomponents": [{ "@id": "pkg:npm/rotten@1.0.0" }] }],
      "status": "not_affected", "justification": "component_not_present" },
    { "vulnerability": { "name": "CVE-2026-2" },
      "products": [{ "@id": "https://example.com/x", "identifiers": { "purl": "pkg:cargo/rsa" } }],
      "status": "fixed" },
    { "vulnerability": { "name": "CVE-2026-3" }, "status": "affected" },
    { "vulnerability": { "name": "CVE-2026-4" }, "status": "under_investigation" }
  ]
}"#;
    let statements = read_text(text).unwrap();
    let lines: Vec<u32> = statements
        .iter()
        .map(|statement| statement.location.line)
        .collect();
    assert_eq!(lines, [6, 9]);
    assert_eq!(statements[0].vulnerabilities, ids(&["CVE-2026-1", "GHSA-aaaa-bbbb-cccc"]));
    assert_eq!(statements[0].packages, [rotten()]);
    assert_eq!(statements[0].justification, Some(Justification::ComponentNotPresent));
    assert_eq!(statements[1].packages, [NamedPackage::parse("pkg:cargo/rsa").unwrap()]);
}

#[test]
fn analyses_of_cyclonedx_are_about_the_components_that_they_refer_to() {
    let linked = "urn:cdx:3e671687-395b-41f5-a30f-a58921a69b79/1#r1";
    for reference in ["r1", linked, "pkg:npm/rotten@1.0.0"] {
        let text = format!(
            r#"{{ "bomFormat": "CycloneDX", "specVersion": "1.5",
  "components": [{{ "type": "library", "name": "shell", "components": [
    {{ "type": "library", "name": "rotten", "bom-ref": "r1", "purl": "pkg:npm/rotten@1.0.0" }}] }}],
  "vulnerabilities": [
    {{ "id": "CVE-2026-1", "references": [{{ "id": "GHSA-aaaa-bbbb-cccc" }}],
      "analysis": {{ "state": "not_affected", "justification": "requires_environment" }},
      "affects": [{{ "ref": "{reference}" }}] }},
    {{ "id": "CVE-2026-2", "analysis": {{ "state": "exploitable" }} }},
    {{ "id": "CVE-2026-3" }}
  ] }}"#
        );
        let statements = read_text(&text).unwrap();
        assert_eq!(statements.len(), 1, "{reference}");
        assert_eq!(statements[0].location.line, 5);
        assert_eq!(statements[0].packages, [rotten()]);
        assert_eq!(statements[0].checks(), [Claim::Platform]);
        assert_eq!(statements[0].vulnerabilities, ids(&["CVE-2026-1", "GHSA-aaaa-bbbb-cccc"]));
    }
}

#[test]
fn what_is_not_understood_is_refused_with_its_line() {
    let open = |statement: &str| {
        format!("{{\"@context\": \"{}\",\n\"statements\": [\n{statement}]}}", openvex::CONTEXT)
    };
    for (text, line, message) in [
        ("[]".to_owned(), 1, "not a VEX document"),
        ("{".to_owned(), 1, "not a VEX document"),
        ("{}".to_owned(), 0, "no VEX document that lockgate knows"),
        (r#"{"@context": "https://openvex.dev/ns"}"#.to_owned(), 0, "no VEX document"),
        (r#"{"@context": 1, "bomFormat": "CycloneDX"}"#.to_owned(), 0, "no VEX document"),
        (r#"{"bomFormat": "CycloneDX", "specVersion": "1.3"}"#.to_owned(), 0, "not known"),
        (open("{\n\"status\": 1}"), 4, "not a VEX document"),
        (open(r#"{"vulnerability": {}, "status": "harmless"}"#), 3, "`status`"),
        (
            open(r#"{"vulnerability": {}, "status": "fixed", "justification": "trust_me"}"#),
            3,
            "`justification`",
        ),
        ("[".repeat(100_000), 1, "not a VEX document"),
    ] {
        let problem = read_text(&text).unwrap_err();
        assert!(problem.message.contains(message), "{}", problem.message);
        assert_eq!(problem.line().unwrap_or(0), line, "{}", problem.message);
    }
}

#[test]
fn a_suggested_attestation_is_an_entry_that_a_policy_can_hold() {
    let statement = Statement {
        location: Location { file: "a\"b.json".into(), line: 3 },
        format: "OpenVEX",
        status: "not_affected".into(),
        justification: Some(Justification::InlineMitigationsAlreadyExist),
        vulnerabilities: ids(&["CVE-2026-1"]),
        packages: Vec::new(),
        words: Some("\"\"\"\n[[suppress]]\u{1b}[31m '''".into()),
    };
    let package = PackageId {
        ecosystem: crate::package::Ecosystem::Npm,
        name: "@acme/web".into(),
        version: "1.0.0".into(),
    };
    let today = jiff::civil::date(2026, 11, 22);
    let advisory = "CVE-2026-1000".parse().unwrap();
    let block = statement.attestation(&advisory, &package, today);
    let source = Arc::new(SourceText::new("lockgate.toml", format!("schema = 1\n{block}")));
    let policy = crate::policy::Policy::parse(source, today).unwrap();
    assert_eq!(policy.suppressions.len(), 1, "{block}");
    assert!(policy.suppressions[0].names(&ids(&["CVE-2026-1000"]), &package));
}
