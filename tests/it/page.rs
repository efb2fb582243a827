//! The HTML report, opened in Chromium and clicked through.

use std::fmt::Write;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::git::{ADVISORY, LOCKED, Repository};
use crate::harness::Project;
use crate::skip::skip;

/// Drives a browser that is already installed; brings none of its own.
const DRIVER: &str = "puppeteer-core@24.43.1";
const BROWSERS: &[&str] =
    &["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"];

/// What goes wrong in the page or asks for anything on the network fails the script as well.
#[test]
fn a_person_can_use_the_page() {
    let Some((folder, browser)) = driver_and_browser() else {
        return;
    };
    let pages = Project::empty();
    let write = |project: &Project, name: &str| {
        let file = pages.path().join(name);
        let report = format!("html={}", file.display());
        project.run(&["check", "--report", &report]).assert_code(1);
        file
    };
    let demo = write(&Project::copy_of("fixtures/demo"), "demo.html");
    let large = write(&project_with(1_000, "A flaw"), "large.html");
    let hostile =
        "</script><script>alert(1)</script><img src=x onerror=alert(1)> <!-- ]]> ${{ x }}";
    let hostile = write(&project_with(1, hostile), "hostile.html");

    let script = folder.join("clicks.mjs");
    fs::write(&script, include_str!("page/clicks.mjs")).unwrap();
    let mut command = Command::new("node");
    command.arg(script).arg(browser).args([demo, large, hostile, changed(&pages)]);
    let output = command.output().unwrap();
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{}\n{said}", String::from_utf8_lossy(&output.stdout));
}

/// A page about a change that adds one finding, mends one, leaves two and loosens the policy.
fn changed(pages: &Project) -> PathBuf {
    let after = project_with(3, "A flaw");
    let lockfile = after.read("Cargo.lock");
    let harmless = lockfile.replacen(
        "\"crate-0000\"\nversion = \"1.0.0\"",
        "\"crate-0000\"\nversion = \"1.0.1\"",
        1,
    );
    let (_, tarn) = LOCKED.split_once("\n\n[[package]]\nname = \"tarn\"").unwrap();
    let tarn = format!("\n[[package]]\nname = \"tarn\"{}", tarn.replace("{version}", "1.1.0"));
    let needs_tarn = "dependencies = [\n \"tarn\",\n \"crate-0000\"";
    let before = harmless.replacen("dependencies = [\n \"crate-0000\"", needs_tarn, 1) + &tarn;
    let policy = after.read("lockgate.toml").replace(
        "sources = [",
        "sources = [{ kind = \"osv\", path = \"advisories\", name = \"ours\" }, ",
    );
    let mut repository = Repository::with(&policy, ADVISORY);
    for number in 0..3 {
        let path = format!("crates/crate-{number:04}/RUSTSEC-2026-{:04}.md", number + 1);
        let path = format!("advisories/{path}");
        repository.project.write(&path, after.read(&path));
    }
    repository.commit(&before);
    repository
        .project
        .write("Cargo.lock", lockfile)
        .write("lockgate.toml", format!("{policy}[gate]\nlow = \"note\"\n"));
    let page = pages.path().join("change.html");
    let report = format!("html={}", page.display());
    repository.run(&["check", "--base", "HEAD", "--report", &report]).assert_code(1);
    page
}

#[test]
fn a_page_with_a_thousand_findings_is_small() {
    let page = project_with(1_000, "A flaw")
        .run(&["check", "--report", "html"])
        .assert_code(1)
        .stdout
        .len();
    assert!(page < 2_000_000, "{page} bytes");
}

/// A chain of so many packages in groups of ten, each with an advisory of that title.
fn project_with(packages: usize, title: &str) -> Project {
    let project = Project::empty();
    let mut lockfile = "version = 4\n".to_owned();
    let all: Vec<String> =
        (0..packages).map(|number| format!(" \"crate-{number:04}\",\n")).collect();
    let all = all.concat();
    let _ = write!(
        lockfile,
        "\n[[package]]\nname = \"app\"\nversion = \"0.1.0\"\ndependencies = [\n{all}]\n"
    );
    for number in 0..packages {
        let needed = match number % 10 {
            9 => String::new(),
            _ if number + 1 == packages => String::new(),
            _ => format!("dependencies = [\n \"crate-{:04}\",\n]\n", number + 1),
        };
        let _ = write!(
            lockfile,
            "\n[[package]]\nname = \"crate-{number:04}\"\nversion = \"1.0.0\"\n\
             source = \"registry+https://github.com/rust-lang/crates.io-index\"\n\
             checksum = \"{number:064x}\"\n{needed}"
        );
        let advisory = format!(
            "```toml\n[advisory]\nid = \"RUSTSEC-2026-{:04}\"\npackage = \"crate-{number:04}\"\n\
             date = \"2026-11-01\"\n\n[versions]\npatched = [\">=1.0.1\"]\n```\n\n# {title}\n\nText.\n",
            number + 1
        );
        let id = format!("RUSTSEC-2026-{:04}", number + 1);
        project.write(&format!("advisories/crates/crate-{number:04}/{id}.md"), advisory);
    }
    project.write("Cargo.lock", lockfile).write(
        "lockgate.toml",
        "schema = 1\n[database]\nmax-age = \"3650d\"\nsources = [{ kind = \"rustsec\", path = \"advisories\" }]\n",
    );
    project
}

/// The folder in which Node finds the driver, and a browser; `None` with a visible remark where
/// either is not to be had.
fn driver_and_browser() -> Option<(PathBuf, &'static str)> {
    let browser = BROWSERS.iter().find(|path| Path::new(path).exists());
    let Some(browser) = browser else {
        skip("chromium", "the HTML report in a browser", "there is no Chromium");
        return None;
    };
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(DRIVER);
    if !folder.join("node_modules").is_dir() {
        let fresh = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR")).unwrap();
        let status = Command::new("npm")
            .args(["install", "--ignore-scripts", "--no-audit", "--no-fund", "--silent", DRIVER])
            .current_dir(fresh.path())
            .status();
        if !status.is_ok_and(|status| status.success()) {
            skip("npm", "the HTML report in a browser", format_args!("npm cannot fetch {DRIVER}"));
            return None;
        }
        // Another test run may have been quicker; then its folder is as good.
        let _ = fs::rename(fresh.path(), &folder);
    }
    Some((folder, browser))
}
