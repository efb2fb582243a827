//! Claims about what npm installs, beyond the tables under `fixtures/installed/`.

use std::io::{Cursor, Write};

use sha2::{Digest, Sha512};
use zip::ZipWriter;
use zip::write::SimpleFileOptions;

use crate::harness::Project;

/// A proof about npm that nobody wrote down.
#[test]
fn what_npm_leaves_out_everywhere_is_cleared_without_a_claim() {
    let shipped = "[npm]\nplatforms = [\"linux-x64\", \"linux-arm64-musl\"]";
    for (npm, automatic, expected) in [
        (shipped, "auto = [\"platform\"]", (0, "not-affected")),
        (shipped, "auto = [\"not-built\"]", (1, "block")),
        (shipped, "auto = []", (1, "block")),
        ("[npm]\nplatforms = [\"win32-x64\"]", "auto = [\"platform\"]", (1, "block")),
        ("", "auto = [\"platform\"]", (1, "block")),
    ] {
        let project = Project::copy_of("fixtures/installed/platform");
        let advisory = "{\"id\": \"GHSA-case-0001-rots\", \"modified\": \"2026-01-01T00:00:00Z\", \
                        \"affected\": [{\"package\": {\"ecosystem\": \"npm\", \"name\": \"rotten\"}, \
                        \"ranges\": [{\"type\": \"SEMVER\", \"events\": [{\"introduced\": \"0\"}]}]}]}";
        project.write("advisories/GHSA-case-0001-rots.json", advisory);
        let policy = format!(
            "schema = 1\n{npm}\n[evidence]\n{automatic}\n[database]\nmax-age = \"3650d\"\n\
             sources = [{{ kind = \"osv\", path = \"advisories\" }}]"
        );
        project.write("lockgate.toml", policy);
        let run = project.run(&["check", "--report", "json"]);
        let finding = &run.json()["findings"][0];
        let found = (run.code, finding["disposition"].as_str().unwrap());
        assert_eq!(found, expected, "{npm} {automatic}");
        let proof = &finding["evidence"][0]["kind"];
        assert_eq!(*proof == "platform", expected.0 == 0, "{finding:#}");
    }
}

/// The archives of Yarn are unpacked once, and reports speak of the archives.
#[test]
fn what_lies_in_an_archive_of_yarn_is_followed() {
    let project = Project::copy_of("fixtures/installed/plug-n-play");
    let larch = ".yarn/unplugged/larch-npm-3.0.0-1/node_modules/larch";
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    for file in ["package.json", "index.js", "shade.js"] {
        let name = format!("node_modules/larch/{file}");
        zip.start_file(name, SimpleFileOptions::default()).unwrap();
        zip.write_all(project.read(&format!("{larch}/{file}")).as_bytes()).unwrap();
    }
    let zip = zip.finish().unwrap().into_inner();
    let checksum = format!("{:x}", Sha512::digest(&zip));
    let archive = ".yarn/cache/larch-npm-3.0.0-1-10c0.zip";
    project.remove(larch).write(archive, zip);
    let map = project.read(".pnp.data.json");
    let unplugged = ".yarn/unplugged/larch-npm-3.0.0-1/";
    project.write(".pnp.data.json", map.replace(unplugged, &format!("{archive}/")));
    let lockfile = project.read("yarn.lock");
    let (before, behind) = lockfile.split_once("10c0/f1").unwrap();
    let (_, behind) = behind.split_once('\n').unwrap();
    project.write("yarn.lock", format!("{before}10c0/{checksum}\n{behind}"));
    project.write("src/app.js", "require('larch/shade');\n");
    write_word(&project);
    for _ in 0..2 {
        let run = project.run(&["check", "--report", "json"]);
        let evidence = &run.json()["findings"][0]["evidence"];
        let refuted = evidence.as_array().unwrap().iter().find(|it| it["result"] == "refuted");
        let places = &refuted.unwrap_or_else(|| panic!("{evidence:#}"))["locations"];
        assert_eq!(places[0]["file"], "src/app.js");
        assert_eq!(places[1]["file"], format!("{archive}/node_modules/larch/shade.js"));
        let unpacked = format!("cache/lockgate/node_modules/{checksum}/content/node_modules/larch");
        assert_eq!(project.read(&format!("{unpacked}/shade.js")).lines().count(), 1);
    }
}

/// An advisory about `rotten`, and a person's word that nothing imports it.
fn write_word(project: &Project) {
    let advisory = "{\"id\": \"GHSA-case-0001-rots\", \"modified\": \"2026-01-01T00:00:00Z\", \
                    \"affected\": [{\"package\": {\"ecosystem\": \"npm\", \"name\": \"rotten\"}, \
                    \"ranges\": [{\"type\": \"SEMVER\", \"events\": [{\"introduced\": \"0\"}]}]}]}";
    project.write("advisories/GHSA-case-0001-rots.json", advisory);
    project.write(
        "lockgate.toml",
        "schema = 1\n[database]\nmax-age = \"3650d\"\n\
         sources = [{ kind = \"osv\", path = \"advisories\" }]\n\
         [[suppress]]\nadvisory = \"GHSA-case-0001-rots\"\n\
         claim = { attested = true, not-imported = true }\n\
         reason = \"nobody loads it\"\nowner = \"@acme/web\"\nexpires = 2027-01-01\n",
    );
}
