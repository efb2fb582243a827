//! Sources that are asked at each check, over a real connection.

use crate::harness::{Project, Run};
use crate::server::{Page, Recorded, Server};

/// Where npm's registries are asked for advisories.
const BULK: &str = "/-/npm/v1/security/advisories/bulk";

const PACKAGES: &str = r#"{"name":"harbour","version":"0.1.0","lockfileVersion":3,"packages":{
    "":{"name":"harbour","version":"0.1.0","dependencies":{"glim":"^1.0.0","@acme/secret":"^1.0.0"}},
    "node_modules/glim":{"version":"1.4.0"},
    "node_modules/@acme/secret":{"version":"1.0.0"}}}"#;

const CRATES: &str = "version = 4\n\n[[package]]\nname = \"harbour\"\nversion = \"0.1.0\"\ndependencies = [\n \
    \"tarn\",\n]\n\n[[package]]\nname = \"tarn\"\nversion = \"1.4.0\"\n\
    source = \"registry+https://github.com/rust-lang/crates.io-index\"\n";

fn check(project: &Project) -> Run {
    project
        .command(&["check", "--report", "json"])
        .env_remove("LOCKGATE_OFFLINE")
        .output()
        .unwrap()
        .into()
}

/// A registry that knows a flaw of `glim`.
fn registry() -> Server {
    let server = Server::start();
    let answer = |request: &Recorded| {
        let asked: serde_json::Value = serde_json::from_slice(&request.body).unwrap();
        let about_glim = r#"{"glim":[{"id":1,"url":"https://github.com/advisories/GHSA-aaaa-bbbb-cccc",
            "title":"A flaw","severity":"high","vulnerable_versions":"<2.0.0"}]}"#;
        let answer = if asked.get("glim").is_some() { about_glim } else { "{}" };
        answer.as_bytes().to_vec()
    };
    server.route(BULK, Page::computed(answer));
    server
}

/// What a registry was told, and with what credentials.
fn told(server: &Server) -> Vec<(Vec<String>, Option<String>)> {
    let requests = server.requests();
    let told = requests.iter().map(|request| {
        let asked: serde_json::Value = serde_json::from_slice(&request.body).unwrap();
        let names = asked.as_object().unwrap().keys().cloned().collect();
        (names, request.header("authorization").map(str::to_owned))
    });
    told.collect()
}

#[test]
fn a_registry_that_the_policy_names_is_asked_and_told_nothing_of_private_scopes() {
    let (named, private, default) = (registry(), registry(), registry());
    let project = Project::empty();
    project.write("package-lock.json", PACKAGES).write(
        "lockgate.toml",
        format!(
            "schema = 1\n[[database.sources]]\nkind = \"npm-registry\"\nurl = \"{}\"\n",
            named.url("")
        ),
    );
    let (host, its_host) = (named.url("/"), private.url("/"));
    let place = |url: &url::Url| url.as_str().trim_start_matches("http:").to_owned();
    let configuration = |credentials: &str| {
        format!(
            "registry={}\n@acme:registry={its_host}\n{}:_authToken=hers\n{credentials}",
            default.url("/"),
            place(&its_host)
        )
    };
    let expected = ["glim".to_owned()].to_vec();
    for (credentials, sent) in [
        (String::new(), None),
        (format!("{}:_authToken=ours\n", place(&host)), Some("Bearer ours".to_owned())),
    ] {
        project.write(".npmrc", configuration(&credentials));
        let run = check(&project);
        run.assert_code(1);
        assert_eq!(run.json()["findings"][0]["id"], "GHSA-aaaa-bbbb-cccc");
        assert_eq!(told(&named).pop(), Some((expected.clone(), sent)));
        let hers = (["@acme/secret".to_owned()].to_vec(), Some("Bearer hers".to_owned()));
        assert_eq!(told(&private).pop(), Some(hers));
    }
    assert_eq!(default.connections(), 0);
}

#[test]
fn names_of_a_registry_that_nobody_has_named_are_told_to_nobody() {
    let record = r#"{"id": "CVE-2026-0009", "modified": "2026-11-20T00:00:00Z", "affected": [{
        "package": {"ecosystem": "npm", "name": "other"}, "versions": ["1.0.0"]}]}"#;
    let ours = "https://npm.harbour.example/all";
    let packages = PACKAGES.replace(
        r#""node_modules/@acme/secret":{"version":"1.0.0"}"#,
        &format!(
            r#""node_modules/@acme/secret":{{"version":"1.0.0",
                "resolved":"{ours}/@acme/secret/-/secret-1.0.0.tgz"}}"#
        ),
    );
    for (more, code, is_told) in [
        ("", 1, false),
        ("[[database.sources]]\nkind = \"osv\"\npath = \"advisories\"\n", 1, false),
        ("[registries]\nmirrors = [\"https://npm.harbour.example\"]\n", 1, true),
        ("[registries]\nprivate = [\"https://npm.harbour.example\"]\n", 1, false),
    ] {
        let named = registry();
        let project = Project::empty();
        project
            .write("package-lock.json", &packages)
            .write("advisories/CVE-2026-0009.json", record)
            .write(
                "lockgate.toml",
                format!(
                    "schema = 1\n[database]\nmax-age = \"3650d\"\n[[database.sources]]\nkind = \
                     \"npm-registry\"\nurl = \"{}\"\n{more}",
                    named.url("")
                ),
            );
        let run = check(&project);
        run.assert_code(code);
        let (said, _) = told(&named).pop().unwrap();
        assert_eq!(said.contains(&"@acme/secret".to_owned()), is_told, "{more}");
        let report = run.json();
        let words = "nobody was asked about 1 package of registries that the policy does not name";
        let is_in = |key: &str| report[key].to_string().contains(words);
        assert_eq!(is_in("gaps"), more.is_empty(), "{more}{}", report["gaps"]);
        assert_eq!(is_in("remarks"), more.contains("advisories"), "{more}");
    }
}

#[test]
fn a_registry_that_the_policy_names_and_that_does_not_answer_is_a_gap() {
    let named = Server::start();
    let project = Project::empty();
    project.write("package-lock.json", PACKAGES).write(
        "lockgate.toml",
        format!(
            "schema = 1\n[[database.sources]]\nkind = \"npm-registry\"\nurl = \"{}\"\n",
            named.url("/npm")
        ),
    );
    let run = check(&project);
    run.assert_code(3);
    assert_eq!(run.json()["gaps"][0]["code"], "database-unreadable");
    assert_eq!(named.count(&format!("/npm{BULK}")), 1);
}

#[test]
fn the_policy_says_whether_yanked_versions_are_looked_up() {
    let line = r#"{"name":"tarn","vers":"1.4.0","deps":[],"cksum":"5454545454545454545454545454545454545454545454545454545454545454","features":{},"yanked":true}"#;
    for (policy, asked, code) in [
        ("", false, 3),
        ("[database]\nyanked = true\n", true, 3),
        ("[gate]\nyanked = \"block\"\n", true, 1),
        ("[gate]\nyanked = \"note\"\n", true, 3),
        ("[database]\nyanked = true\n[gate]\nyanked = \"block\"\n", true, 1),
        ("[database]\nyanked = false\n[gate]\nyanked = \"block\"\n", false, 3),
    ] {
        let server = Server::start();
        server.route("/index/ta/rn/tarn", Page::new(line));
        let project = Project::empty();
        project
            .write("Cargo.lock", CRATES)
            .write("lockgate.toml", format!("schema = 1\n{policy}"))
            .write(
                ".cargo/config.toml",
                format!(
                    "[source.crates-io]\nreplace-with = \"here\"\n[source.here]\nregistry = \"sparse+{}\"\n",
                    server.url("/index/")
                ),
            );
        // The advisories themselves are missing, which is exit code 3, unless something blocks.
        let mut command = project.command(&["check", "--report", "json", "--db", "absent"]);
        let run: Run = command.env_remove("LOCKGATE_OFFLINE").output().unwrap().into();
        assert_eq!(
            server.count("/index/ta/rn/tarn") > 0,
            asked,
            "{policy}\n{}{:?}",
            run.stdout,
            server.requests()
        );
        assert_eq!(run.code, code, "{policy}\n{}", run.stdout);
        let kinds = run.json()["findings"].to_string();
        assert_eq!(kinds.contains("yanked"), asked, "{policy}");
    }
}
