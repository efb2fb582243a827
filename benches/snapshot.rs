//! What a snapshot costs: to build, to open and to ask about a thousand names, alone and among
//! 300,000 malicious packages.
//!
//! `cargo bench --bench snapshot`. Each reading is taken in a fresh process, as `lockgate check` is
//! one: memory that is touched for the first time is a good part of the cost.

#![expect(clippy::print_stdout, reason = "the numbers are what this program is for")]
#![expect(clippy::disallowed_methods, reason = "it measures time")]

use std::collections::{BTreeMap, BTreeSet};
use std::error::Error;
use std::fmt;
use std::path::Path;
use std::process::Command;
use std::time::Instant;

use jiff::Timestamp;
use lockgate::inside::{
    AdvisoriesByPackage, Advisory, AdvisoryKind, Affected, AffectedRange, Ecosystem,
    PackageAdvisories, PackageName, RangeEvent, Severity, Snapshot, SnapshotContent, write,
};

/// Names with advisories of ordinary length.
const ORDINARY: u64 = 2_500;
/// Names added by records of malicious packages.
const MALICIOUS: u64 = 300_000;
/// Names asked for, and how many of them have advisories.
const ASKED: u64 = 1_000;
const HITS: u64 = 60;
/// Fresh processes for each reading.
const PROCESSES: usize = 61;

type Outcome<T> = Result<T, Box<dyn Error>>;

fn main() -> Outcome<()> {
    let arguments: Vec<String> = std::env::args().collect();
    match arguments.iter().position(|argument| argument == "--read") {
        Some(at) => read(Path::new(arguments.get(at + 1).ok_or("--read needs a file")?)),
        None => compare(),
    }
}

/// One reading: microseconds for opening, for all look-ups by name, and the growth of memory in KiB.
fn read(path: &Path) -> Outcome<()> {
    let names: Vec<String> =
        (0..ASKED)
            .map(|number| {
                if number < HITS {
                    ordinary(number * 41)
                } else {
                    format!("clean-{:x}", mix(number))
                }
            })
            .collect();
    let names = names.iter().map(|name| PackageName::new(Ecosystem::Npm, name));
    let memory = peak_memory()?;
    let start = Instant::now();
    let snapshot = Snapshot::open(path)?;
    let opened = start.elapsed();
    let found = snapshot.lookup_all(names)?;
    let answered = start.elapsed();
    if found.len() as u64 != HITS {
        return Err(format!("{} names found instead of {HITS}", found.len()).into());
    }
    println!(
        "{} {} {}",
        opened.as_nanos() / 1000,
        answered.as_nanos() / 1000,
        peak_memory()? - memory
    );
    Ok(())
}

fn compare() -> Outcome<()> {
    let folder = tempfile::tempdir()?;
    let sizes = [ORDINARY, ORDINARY + MALICIOUS];
    let mut paths = Vec::new();
    for names in sizes {
        let path = folder.path().join(format!("{names}.db"));
        let packages = packages(names)?;
        let content = SnapshotContent {
            packages: &packages,
            sources: &[],
            unattributed: &[],
            built_at: Timestamp::UNIX_EPOCH,
        };
        let start = Instant::now();
        write(&content, &path)?;
        let built = start.elapsed().as_millis();
        let start = Instant::now();
        Snapshot::open(&path)?.verify()?;
        let verified = start.elapsed().as_millis();
        let bytes = path.metadata()?.len();
        println!("{names:>7} names: built in {built} ms, verified in {verified} ms, {bytes} bytes");
        paths.push(path);
    }
    // Alternating, so that a busy moment of the machine hits both alike.
    let mut readings = vec![Vec::new(); sizes.len()];
    for _ in 0..PROCESSES {
        for (path, readings) in paths.iter().zip(&mut readings) {
            readings.push(read_in_fresh_process(path)?);
        }
    }
    for (names, readings) in sizes.iter().zip(&readings) {
        let [opened, answered, memory] = [0, 1, 2].map(|column| Spread::of(readings, column));
        println!("{names:>7} names: open {opened} µs, open and ask {answered} µs, {memory} KiB");
    }
    Ok(())
}

fn read_in_fresh_process(path: &Path) -> Outcome<Vec<u64>> {
    let output = Command::new(std::env::current_exe()?).arg("--read").arg(path).output()?;
    if !output.status.success() {
        return Err(String::from_utf8_lossy(&output.stderr).into());
    }
    let numbers = String::from_utf8(output.stdout)?;
    Ok(numbers.split_whitespace().map(str::parse).collect::<Result<_, _>>()?)
}

/// The least and the middle of several readings.
struct Spread {
    least: u64,
    median: u64,
}

impl Spread {
    fn of(readings: &[Vec<u64>], column: usize) -> Self {
        let mut values: Vec<u64> =
            readings.iter().filter_map(|reading| reading.get(column).copied()).collect();
        values.sort_unstable();
        let at = |index: usize| values.get(index).copied().unwrap_or_default();
        Self { least: at(0), median: at(values.len() / 2) }
    }
}

impl fmt::Display for Spread {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{} (least {})", self.median, self.least)
    }
}

/// The peak of resident memory so far, in KiB; 0 where the system does not say.
fn peak_memory() -> Outcome<u64> {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    Ok(line.and_then(|line| line.split_whitespace().next()).unwrap_or("0").parse()?)
}

fn packages(names: u64) -> Outcome<AdvisoriesByPackage> {
    let mut packages = BTreeMap::new();
    for number in 0..names {
        let malicious = number >= ORDINARY;
        let name = if malicious {
            format!("{:x}-evil-{number}", mix(number) & 0xf_ffff)
        } else {
            ordinary(number)
        };
        let words = if malicious { 8 } else { 100 + mix(number) % 800 };
        let advisories = vec![advisory(number, &name, words)?];
        packages.insert(
            PackageName::new(Ecosystem::Npm, &name),
            PackageAdvisories { advisories, unreadable: Vec::new() },
        );
    }
    Ok(packages)
}

fn advisory(number: u64, name: &str, words: u64) -> Outcome<Advisory> {
    Ok(Advisory {
        id: format!("MAL-2026-{number}").parse()?,
        aliases: BTreeSet::new(),
        kind: AdvisoryKind::Malicious,
        severity: Severity::UNKNOWN,
        title: "Malicious code in a package".to_owned(),
        details: (0..words).fold(String::new(), |details, word| {
            details + &format!("{:x} ", mix(number * 1_000 + word) & 0xffff)
        }),
        url: None,
        published: Some(Timestamp::UNIX_EPOCH),
        modified: None,
        withdrawn: None,
        source: "osv".into(),
        affected: vec![Affected {
            ecosystem: Ecosystem::Npm,
            package: name.into(),
            ranges: vec![AffectedRange { events: vec![RangeEvent::Introduced("0".into())] }],
            versions: Vec::new(),
            patched: Vec::new(),
            functions: BTreeMap::new(),
            os: Vec::new(),
            arch: Vec::new(),
        }],
    })
}

fn ordinary(number: u64) -> String {
    format!("package-{:x}-{number}", mix(number) & 0xff_ffff)
}

/// A number that looks random (the finaliser of `SplitMix64`).
fn mix(number: u64) -> u64 {
    let first = (number ^ (number >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let second = (first ^ (first >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    second ^ (second >> 31)
}
