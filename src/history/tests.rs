use super::*;
use crate::policy::NamePattern;

fn at(second: i64) -> Timestamp {
    Timestamp::from_second(second).unwrap()
}

fn affected(version: &str) -> Exposure {
    Exposure::Affected([format!("rsa {version}")].into())
}

fn states(exposures: &[Exposure]) -> Vec<LockfileState> {
    exposures
        .iter()
        .zip(1..)
        .map(|(exposure, second)| LockfileState {
            since: Moment { commit: format!("c{second}"), time: at(second) },
            exposure: exposure.clone(),
        })
        .collect()
}

#[test]
fn a_window_opens_with_the_first_affected_state_and_closes_with_the_first_clear_one() {
    let history = lockfile_history(
        "Cargo.lock".to_owned(),
        &states(&[
            Exposure::Clear,
            affected("0.9.1"),
            affected("0.9.2"),
            Exposure::Clear,
            Exposure::Clear,
            affected("0.9.2"),
        ]),
        Vec::new(),
        &HistoryPolicy::default(),
    );
    let shown: Vec<_> = history
        .windows
        .iter()
        .map(|window| (window.from.as_str(), window.to.as_deref(), window.packages.len()))
        .collect();
    assert_eq!(shown, [("c2", Some("c4"), 2), ("c6", None, 1)]);
}

#[test]
fn an_unreadable_state_counts_as_exposed() {
    let unknown = Exposure::Unknown("no lockfile".to_owned());
    let history = lockfile_history(
        "Cargo.lock".to_owned(),
        &states(&[Exposure::Clear, unknown, Exposure::Clear]),
        Vec::new(),
        &HistoryPolicy::default(),
    );
    assert_eq!(history.windows.len(), 1);
    assert!(history.windows[0].is_uncertain);
}

#[test]
fn tags_name_releases_and_environments() {
    let release = |tag: &str, second: i64, exposure: Exposure| Release {
        tag: tag.to_owned(),
        time: at(second),
        exposure,
    };
    let history = lockfile_history(
        "Cargo.lock".to_owned(),
        &[],
        vec![
            release("production/3", 30, Exposure::Clear),
            release("v1", 5, affected("0.9.1")),
            release("production/2", 20, affected("0.9.1")),
            release("staging/1", 1, Exposure::Clear),
            release("production/1", 10, Exposure::Clear),
        ],
        &HistoryPolicy::default(),
    );
    let shipped: Vec<_> = history.releases.iter().map(|release| release.tag.as_str()).collect();
    assert_eq!(shipped, ["v1", "production/2"]);
    let production = &history.environments["production"][0];
    assert_eq!(
        (production.since, production.until, production.to.as_deref()),
        (at(20), Some(at(30)), Some("production/3"))
    );
    assert!(!history.environments.contains_key("staging"));
}

#[test]
fn the_policy_says_which_tags_are_releases_to_which_environment() {
    let release = |tag: &str, second: i64, exposure: Exposure| Release {
        tag: tag.to_owned(),
        time: at(second),
        exposure,
    };
    let patterns = |patterns: &[&str]| -> Vec<NamePattern> {
        patterns.iter().map(|text| NamePattern::new(*text)).collect()
    };
    let policy = HistoryPolicy {
        environments: BTreeMap::from([
            ("production".to_owned(), patterns(&["v*"])),
            ("staging".to_owned(), patterns(&["rc-*", "v2"])),
            ("never".to_owned(), patterns(&["none-*"])),
        ]),
    };
    let history = lockfile_history(
        "Cargo.lock".to_owned(),
        &[],
        vec![
            release("v1", 10, affected("0.9.1")),
            release("production/9", 15, affected("0.9.2")),
            release("v2", 20, Exposure::Clear),
            release("rc-1", 5, Exposure::Clear),
        ],
        &policy,
    );
    let production = &history.environments["production"];
    assert_eq!(production.len(), 1, "a tag with a / counts beside the patterns");
    assert_eq!((production[0].since, production[0].until), (at(10), Some(at(20))));
    assert_eq!(production[0].packages.len(), 2);
    assert_eq!(history.environments["staging"], [], "it is known that it never was");
    assert!(!history.environments.contains_key("never"), "nothing is known about it");
}
