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
    let lines: Vec<u32> = statements.iter().map(|statement| statement.location.line).collect();
    assert_eq!(lines, [6, 9, 12, 13]);
    let clears: Vec<bool> = statements.iter().map(|statement| statement.clears).collect();
    assert_eq!(clears, [true, true, false, false]);
    assert_eq!(statements[0].vulnerabilities, ids(&["CVE-2026-1", "GHSA-aaaa-bbbb-cccc"]));
    assert_eq!(statements[0].packages, [rotten()]);
    assert_eq!(statements[0].justification, Some(Justification::ComponentNotPresent));
    assert_eq!(statements[1].packages, [NamedPackage::parse("pkg:cargo/rsa").unwrap()]);
}

#[test]
fn analyses_of_cyclonedx_are_about_the_components_that_they_refer_to() {
    let linked = "urn:cdx:3e671687-395b-41f5-a30f-a58921a69b79/1#r1";
    for (reference, version) in
        [("r1", "1.4"), (linked, "1.6"), ("pkg:npm/rotten@1.0.0", "1.7"), ("r1", "1.5")]
    {
        let text = format!(
            r#"{{ "bomFormat": "CycloneDX", "specVersion": "{version}",
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
        assert_eq!(statements.len(), 2, "{reference}");
        assert!(statements[0].clears && !statements[1].clears);
        assert_eq!(statements[0].location.line, 5);
        assert_eq!(statements[0].packages, [rotten()]);
        assert_eq!(statements[0].checks(), [ClaimKind::Platform]);
        assert_eq!(statements[0].vulnerabilities, ids(&["CVE-2026-1", "GHSA-aaaa-bbbb-cccc"]));
    }
}

#[test]
fn an_unknown_document_is_refused_with_its_line() {
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
        clears: true,
        age: Age::default(),
        products: BTreeSet::new(),
        named: Vec::new(),
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

/// A document of OpenVEX with a time and these statements.
fn openvex_of(file: &str, time: &str, statements: &[String]) -> Vec<Statement> {
    let text = format!(
        "{{\"@context\": \"{}\", \"timestamp\": \"{time}\", \"statements\": [\n{}]}}",
        openvex::CONTEXT,
        statements.join(",\n")
    );
    read(&Arc::new(SourceText::new(file, text))).unwrap()
}

/// A statement about CVE-2026-1. `more` are further keys, each with a comma in front.
fn says(status: &str, product: &str, more: &str) -> String {
    format!(
        r#"{{"vulnerability": {{"name": "CVE-2026-1"}}, "products": [{product}], "status": "{status}"{more}}}"#
    )
}

fn at(time: &str) -> String {
    format!(r#", "timestamp": "{time}""#)
}

fn rotten_package() -> PackageId {
    PackageId {
        ecosystem: crate::package::Ecosystem::Npm,
        name: "rotten".into(),
        version: "1.0.0".into(),
    }
}

/// How many statements count for the one finding, and the remarks about the others.
fn counted(all: Vec<Statement>) -> (usize, Vec<String>) {
    let statements = Statements::new(all);
    let (ids, package) = (ids(&["CVE-2026-1"]), rotten_package());
    let counted = statements.about(&ids, &package).len();
    (counted, statements.remarks(std::iter::once((ids, &package))))
}

const ROTTEN: &str = r#"{"@id": "pkg:npm/rotten@1.0.0"}"#;
const MARCH: &str = "2026-03-01T00:00:00Z";
const APRIL: &str = "2026-04-01T00:00:00Z";
const MAY: &str = "2026-05-01T00:00:00Z";

#[test]
fn the_newest_statement_about_the_same_counts() {
    let good = |more: &str| says("not_affected", ROTTEN, more);
    let bad = |more: &str| says("affected", ROTTEN, more);
    for (what, statements, counts) in [
        ("one alone", vec![good("")], 1),
        ("an earlier word against it", vec![bad(""), good("")], 1),
        ("a later word against it", vec![good(""), bad("")], 0),
        ("times decide over the order", vec![bad(&at(MARCH)), good(&at(APRIL))], 1),
        ("times decide over the order", vec![good(&at(APRIL)), bad(&at(MARCH))], 1),
        ("times decide over the order", vec![bad(&at(MAY)), good(&at(APRIL))], 0),
        ("one time: the order", vec![good(&at(APRIL)), bad(&at(APRIL))], 0),
        ("one time: the order", vec![bad(&at(APRIL)), good(&at(APRIL))], 1),
        ("no time of its own, and a later one", vec![good(""), bad(&at(MARCH))], 0),
        ("a time that cannot be read", vec![good(&at("soon")), bad(&at(MARCH))], 0),
        ("a word between two", vec![good(&at(MARCH)), bad(&at(APRIL)), good(&at(MAY))], 1),
    ] {
        let (found, said) = counted(openvex_of("v.json", APRIL, &statements));
        assert_eq!(found, counts, "{what}: {statements:?}");
        let clearing = statements.iter().filter(|text| text.contains("not_affected"));
        assert_eq!(said.len(), clearing.count() - counts, "{said:?}");
        assert!(said.iter().all(|remark| remark.starts_with("v.json:")), "{said:?}");
    }
}

#[test]
fn documents_are_compared_by_their_times() {
    let good = |file: &str, time: &str| openvex_of(file, time, &[says("not_affected", ROTTEN, "")]);
    let bad = |file: &str, time: &str| openvex_of(file, time, &[says("affected", ROTTEN, "")]);
    for (first, second, counts) in [
        (good("a.json", MARCH), bad("b.json", APRIL), 0),
        (good("a.json", APRIL), bad("b.json", MARCH), 1),
        (bad("a.json", MARCH), good("b.json", APRIL), 1),
        (good("a.json", APRIL), bad("b.json", APRIL), 0),
        (good("a.json", APRIL), bad("b.json", "some day"), 0),
    ] {
        assert_eq!(counted([first, second].concat()).0, counts);
    }
    // CycloneDX has no order: with equal times the one that does not clear counts.
    let analysis = |state: &str, time: &str| {
        format!(
            r#"{{"id": "CVE-2026-1", "analysis": {{"state": "{state}", "lastUpdated": "{time}"}},
            "affects": [{{"ref": "pkg:npm/rotten@1.0.0"}}]}}"#
        )
    };
    for (analyses, counts) in [
        ([analysis("exploitable", APRIL), analysis("not_affected", APRIL)], 0),
        ([analysis("exploitable", MARCH), analysis("not_affected", APRIL)], 1),
        ([analysis("not_affected", MARCH), analysis("in_triage", APRIL)], 0),
    ] {
        let text = format!(
            r#"{{"bomFormat": "CycloneDX", "specVersion": "1.6", "vulnerabilities": [{}]}}"#,
            analyses.join(",")
        );
        assert_eq!(counted(read_text(&text).unwrap()).0, counts, "{analyses:?}");
    }
}

#[test]
fn a_word_about_another_product_overrules_nothing() {
    let image = |name: &str| format!(r#"{{"@id": "pkg:oci/{name}", "subcomponents": [{ROTTEN}]}}"#);
    for (first, second, counts) in [
        (image("app"), image("app"), 0),
        (image("app"), image("other"), 1),
        (image("app"), ROTTEN.to_owned(), 0),
        (ROTTEN.to_owned(), image("app"), 0),
        (format!("{}, {}", image("app"), image("web")), image("web"), 0),
    ] {
        let statements = [says("fixed", &first, ""), says("affected", &second, "")];
        assert_eq!(counted(openvex_of("v.json", APRIL, &statements)).0, counts, "{first} {second}");
    }
    let unlike = says("affected", r#"{"@id": "pkg:npm/rotten@2.0.0"}"#, "");
    let statements = [says("fixed", ROTTEN, ""), unlike];
    assert_eq!(counted(openvex_of("v.json", APRIL, &statements)).0, 1);
}

#[test]
fn a_statement_that_names_nothing_says_why() {
    for (product, reason) in [
        (
            r#"{"@id": "pkg:npm/rotten@9.9.9"}"#,
            "it is about npm rotten 9.9.9, and rotten 1.0.0 is locked",
        ),
        (r#"{"@id": "pkg:npm/fresh"}"#, "it is about npm fresh, and rotten 1.0.0 is locked"),
        (r#"{"@id": "pkg:cargo/rotten@1.0.0"}"#, "it is about cargo rotten 1.0.0"),
        (
            r#"{"@id": "pkg:oci/app"}"#,
            "it is about `pkg:oci/app` and names no package of npm or Cargo",
        ),
        (
            r#"{"@id": "https://example.com/app"}"#,
            "`https://example.com/app`, which is not a package URL",
        ),
        ("{}", "it names no product"),
    ] {
        let statements = [says("not_affected", product, ""), says("affected", product, "")];
        let (found, said) = counted(openvex_of("v.json", APRIL, &statements));
        assert_eq!((found, said.len()), (0, 1), "{said:?}");
        let start = "v.json:2: the statement about CVE-2026-1 names no finding: ";
        assert!(said[0].starts_with(start) && said[0].contains(reason), "{said:?}");
    }
}

#[test]
fn unrelated_statements_are_only_counted() {
    let elsewhere = |number: usize| {
        says("fixed", ROTTEN, "").replace("CVE-2026-1", &format!("CVE-2026-{number}"))
    };
    let one = counted(openvex_of("v.json", APRIL, &[elsewhere(77)])).1;
    assert_eq!(one, ["v.json:2: the statement about CVE-2026-77 names no finding"]);
    let many: Vec<String> = (100..300).map(elsewhere).collect();
    let said = counted(openvex_of("v.json", APRIL, &many)).1;
    assert_eq!(said, ["v.json: 200 statements name no finding"]);
    let near: Vec<String> = (0..20)
        .map(|number| says("fixed", &format!(r#"{{"@id": "pkg:npm/p{number}"}}"#), ""))
        .collect();
    let said = counted(openvex_of("v.json", APRIL, &near)).1;
    assert_eq!(said.len(), 6);
    assert_eq!(said[5], "15 more VEX statements do not count");
}
