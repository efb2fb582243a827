use std::sync::Arc;

use jiff::civil::date;
use proptest::prelude::*;

use super::*;
use crate::policy::{ClaimKind, GateAction, GateKey};
use crate::problem::SourceText;
use crate::scope::Scope;
use crate::severity::SeverityLevel;

mod every_key;

const ATTESTED: &str = "[[suppress]]\nadvisory = \"CVE-2026-0001\"\nclaim = { attested = true }\n\
                        reason = \"r\"\nowner = \"@a\"\nexpires = 2026-12-31\n";
const PROVED: &str = "[[suppress]]\nadvisory = \"CVE-2026-0001\"\n\
                      claim = { development-only = true }\nreason = \"r\"\n";

const FEATURE: &str = "[[suppress]]\nadvisory = \"CVE-2026-0001\"\n\
                       claim = { feature-off = \"time/local-offset\" }\nreason = \"r\"\n";

fn policy(text: &str) -> Policy {
    let source = Arc::new(SourceText::new("lockgate.toml", format!("schema = 1\n{text}")));
    Policy::parse(source, date(2026, 11, 22)).unwrap_or_else(|error| panic!("{text}: {error:?}"))
}

/// The changes, each with its effect in front.
fn said(base: &str, head: &str) -> Vec<String> {
    compare(&policy(base), &policy(head))
        .changes
        .into_iter()
        .map(|change| format!("{}: {}", change.effect.as_str(), change.text))
        .collect()
}

#[test]
fn every_key_has_a_direction_and_a_description() {
    for (base, head, expected) in [
        ("", "", &[][..]),
        (
            "",
            "[gate]\nmedium = \"ticket\"",
            &["loosened: `medium` goes from \"block\" to \"ticket\""],
        ),
        (
            "[gate]\nmedium = \"ticket\"",
            "",
            &["tightened: `medium` goes from \"ticket\" to \"block\""],
        ),
        (
            "",
            "[gate.development]\nhigh = \"note\"",
            &["loosened: `high` goes from \"block\" to \"note\" for what only development needs"],
        ),
        (
            "[gate]\nhigh = \"ticket\"\n[gate.build]\nhigh = \"ticket\"",
            "[gate.build]\nhigh = \"ticket\"",
            &["tightened: `high` goes from \"ticket\" to \"block\""],
        ),
        // The same effect is no change, in any table.
        ("[gate]\nhigh = \"block\"", "[gate.build]\nhigh = \"block\"", &[]),
        (
            "[database]\nmax-age = \"24h\"",
            "[database]\nmax-age = \"36h\"",
            &["loosened: `max-age` goes from 1d to 36h"],
        ),
        (
            "[database]\nmax-age = \"24h\"",
            "[database]\nmax-age = \"90m\"",
            &["tightened: `max-age` goes from 1d to 90m"],
        ),
        (
            "[database]\nsources = [{ kind = \"folder\", path = \"own\" }]",
            "[database]\nsources = [{ kind = \"folder\", path = \"other\" }]",
            &[
                "loosened: source `folder` (other) is added",
                "loosened: source `folder` (own) is removed",
            ],
        ),
        (
            "[database]\nsources = [{ kind = \"rustsec\" }]",
            "[database]\nsources = [{ kind = \"rustsec\" }, { kind = \"folder\", path = \"own\" }]",
            &["tightened: source `folder` (own) is added"],
        ),
        (
            "[database]\nsources = [{ kind = \"rustsec\" }]",
            "[database]\nsources = [{ kind = \"rustsec\" }, { kind = \"osv-api\" }]",
            &["loosened: source `osv-api` (https://api.osv.dev/) is added"],
        ),
        ("[database]\nyanked = true", "", &["loosened: yanked versions are looked up no more"]),
        ("", "[database]\nyanked = true", &["tightened: yanked versions are looked up"]),
        (
            "[registries]\nmirrors = [\"https://a.example\"]",
            "[registries]\nmirrors = [\"https://b.example\"]",
            &[
                "loosened: `https://a.example` is removed from `mirrors` in [registries]",
                "tightened: `https://b.example` is added to `mirrors` in [registries]",
            ],
        ),
        (
            "[registries]\nprivate = [\"https://a.example\"]",
            "[registries]\nprivate = [\"https://b.example\"]",
            &[
                "loosened: `https://b.example` is added to `private` in [registries]",
                "tightened: `https://a.example` is removed from `private` in [registries]",
            ],
        ),
        ("", "[incident]\nprojects = [\"shop\"]", &["tightened: [incident] is added"]),
        ("[incident]\nprojects = [\"shop\"]", "", &["loosened: [incident] is removed"]),
        (
            "[incident]\nprojects = [\"shop\"]",
            "[incident]\nlockfiles = [\"web/**\"]\npublic = true\ndeadline = \"96h\"",
            &[
                "loosened: `shop` is removed from `projects` in [incident]",
                "loosened: `public` in [incident] is changed",
                "loosened: `deadline` in [incident] is changed",
                "tightened: `web/**` is added to `lockfiles` in [incident]",
            ],
        ),
        (
            "",
            "[history]\nenvironments = { production = \"v*\" }",
            &["loosened: `environments` in [history] is changed"],
        ),
        (
            "[lockfiles]\nexclude = [\"a\"]",
            "[lockfiles]\nexclude = [\"b\"]",
            &[
                "loosened: `b` is added to `exclude` in [lockfiles]",
                "tightened: `a` is removed from `exclude` in [lockfiles]",
            ],
        ),
        (
            "[evidence]\nauto = [\"platform\"]",
            "[evidence]\nauto = [\"not-built\"]",
            &[
                "loosened: `not-built` is added to `auto` in [evidence]",
                "tightened: `platform` is removed from `auto` in [evidence]",
            ],
        ),
        (
            "[ticket]\nmost-new = 5",
            "[ticket]\nmost-new = 6\ndue = { high = \"1d\", low = \"100d\" }\nlabel = \"x\"",
            &[
                "loosened: `due` of `low` in [ticket] goes from 90d to 100d",
                "loosened: `most-new` in [ticket] goes from 5 to 6",
                "loosened: `label` in [ticket] is changed",
                "tightened: `due` of `high` in [ticket] goes from 7d to 1d",
            ],
        ),
    ] {
        assert_eq!(said(base, head), expected, "{base} -> {head}");
    }
}

#[test]
fn the_shipped_set_may_only_grow() {
    const LINUX: &str = "[cargo]\ntargets = [\"x86_64-unknown-linux-gnu\"]";
    const MUSL: &str = "[cargo]\ntargets = [\"x86_64-unknown-linux-musl\"]";
    let targets = |base: &str, head: &str| -> Vec<String> {
        let compared = compare(&policy(base), &policy(head));
        let targets = compared.effective.cargo.targets.into_iter();
        targets.map(|target| target.text).collect()
    };
    let (linux, musl) = ("x86_64-unknown-linux-gnu", "x86_64-unknown-linux-musl");
    assert_eq!(targets(LINUX, MUSL), [musl, linux]);
    assert!(targets(LINUX, "").is_empty(), "every target is more");
    assert!(targets("", LINUX).is_empty());
    let features = |base: &str, head: &str| {
        let choice = |text: &str| format!("[cargo]\nfeatures = {text}");
        compare(&policy(&choice(base)), &policy(&choice(head))).effective.cargo.features.unwrap()
    };
    let narrowed = features("{ all = true }", "{ default = false, names = [\"tls\"] }");
    assert!(narrowed.all && narrowed.default);
    assert_eq!(narrowed.names.len(), 1);
    let packages = |base: &str, head: &str| {
        let list = |text: &str| format!("[cargo]\npackages = {text}");
        compare(&policy(&list(base)), &policy(&list(head))).effective.cargo.packages.len()
    };
    assert_eq!(packages("[\"a\"]", "[\"b\"]"), 2);
    let every = compare(&policy(""), &policy("[cargo]\npackages = [\"a\"]"));
    assert!(every.effective.cargo.packages.is_empty());
    assert_eq!(every.changes[0].effect, PolicyEffect::Loosened);
    let chosen = compare(&policy("[cargo]\nfeatures = { default = true }"), &policy(""));
    assert!(chosen.effective.cargo.features.is_none(), "every feature is more");
    assert_eq!(chosen.changes[0].effect, PolicyEffect::Tightened);
}

#[test]
fn a_change_may_not_leave_its_own_files_out_of_the_search() {
    const SERVER: &str = "[cargo]\nscripts = [\"/server/**\"]";
    const TOOLS: &str = "[cargo]\nscripts = [\"/tools/**\"]";
    let scripts = |base: &str, head: &str| {
        let compared = compare(&policy(base), &policy(head));
        let effect = compared.changes.first().map(|change| change.effect);
        (compared.effective.cargo.scripts.len(), effect)
    };
    assert_eq!(scripts(SERVER, SERVER), (1, None));
    assert_eq!(scripts("", SERVER), (0, Some(PolicyEffect::Loosened)), "every file is searched");
    assert_eq!(scripts(SERVER, ""), (0, Some(PolicyEffect::Tightened)));
    assert_eq!(scripts(SERVER, TOOLS).0, 2);
}

#[test]
fn a_line_ignored_in_one_file_counts_in_others() {
    let answer = |file: &str| {
        format!("[npm]\nignore = [{{ line = \"npm ci\", why = \"it only tests\"{file} }}]")
    };
    let (one, all) = (answer(", file = \"ci/test\""), answer(""));
    let kept = |base: &str, head: &str| {
        let compared = compare(&policy(base), &policy(head));
        compared.effective.npm.ignore.len()
    };
    assert_eq!([kept(&one, &one), kept(&all, &all)], [1, 1]);
    assert_eq!([kept(&one, &all), kept(&all, &one), kept("", &all)], [0, 0, 0]);
}

#[test]
fn a_change_may_not_ignore_its_own_lines() {
    let answer = |line: &str| {
        format!("[cargo]\nignore = [{{ line = \"{line}\", why = \"it only tests\" }}]")
    };
    let ignored = |base: &str, head: &str| {
        let compared = compare(&policy(base), &policy(head));
        let lines = compared.effective.cargo.ignored.into_iter().map(|line| line.line);
        (lines.collect::<Vec<_>>(), compared.changes.first().map(|change| change.effect))
    };
    let (a, b) = (answer("make a"), answer("make b"));
    assert_eq!(ignored(&a, &a), (vec!["make a".to_owned()], None));
    assert_eq!(ignored("", &a), (Vec::new(), Some(PolicyEffect::Loosened)));
    assert_eq!(ignored(&a, ""), (Vec::new(), Some(PolicyEffect::Tightened)));
    assert_eq!(ignored(&a, &b), (Vec::new(), Some(PolicyEffect::Loosened)));
}

#[test]
fn a_change_may_not_answer_for_the_archive_that_it_brings() {
    let word = |version: &str, compared: &str, why: &str| {
        format!(
            "[npm]\nbundled = [{{ package = \"npm@{version}\", compared = {compared}, why = \"{why}\" }}]"
        )
    };
    let given = word("10.9.2", "2026-11-10", "patched");
    let kept = |head: &str| {
        let compared = compare(&policy(&given), &policy(head)).effective.npm.bundled.into_iter();
        compared.map(|it| format!("{it} {} {}", it.compared, it.why)).collect::<Vec<_>>()
    };
    let day =
        "the day in `bundled` in [npm] on which npm@10.9.2 was compared goes from 2026-11-10 to";
    for (head, expected, changes) in [
        (given.clone(), &["npm@10.9.2 2026-11-10 patched"][..], &[][..]),
        (
            word("10.9.3", "2026-11-10", "patched"),
            &[],
            &[
                "loosened: `bundled` in [npm] answers for npm@10.9.3, compared on 2026-11-10",
                "tightened: `bundled` in [npm] no longer answers for npm@10.9.2",
            ],
        ),
        (
            word("10.9.2", "2026-11-20", "patched"),
            &["npm@10.9.2 2026-11-10 patched"],
            &[&format!("loosened: {day} 2026-11-20")],
        ),
        (
            word("10.9.2", "2026-11-01", "patched"),
            &["npm@10.9.2 2026-11-01 patched"],
            &[&format!("tightened: {day} 2026-11-01")],
        ),
        (
            word("10.9.2", "2026-11-10", "another"),
            &["npm@10.9.2 2026-11-10 patched"],
            &["loosened: the reason in `bundled` in [npm] for npm@10.9.2 is changed"],
        ),
        (String::new(), &[], &["tightened: `bundled` in [npm] no longer answers for npm@10.9.2"]),
    ] {
        assert_eq!(kept(&head), expected, "{head}");
        assert_eq!(said(&given, &head), changes, "{head}");
    }
}

#[test]
fn alone_and_development_take_the_stricter_side() {
    let cargo = |base: &str, head: &str| {
        let table = |text: &str| format!("[cargo]\npackages = [\"a\"]\n{text}");
        compare(&policy(&table(base)), &policy(&table(head))).effective.cargo
    };
    assert!(cargo("alone = true", "alone = true").is_alone);
    assert!(!cargo("", "alone = true").is_alone);
    assert!(!cargo("alone = true", "").is_alone);
    assert!(cargo("development = true", "").development.is_some());
    assert!(cargo("", "development = true").development.is_some());
    assert!(cargo("", "").development.is_none());
}

#[test]
fn platforms_are_proved_over_only_where_both_sides_say_what_is_shipped() {
    let platforms = |base: &[&str], head: &[&str]| {
        let list = |names: &[&str]| match names {
            [] => String::new(),
            names => format!("[npm]\nplatforms = {names:?}"),
        };
        let compared = compare(&policy(&list(base)), &policy(&list(head)));
        compared.effective.npm.platforms.len()
    };
    assert_eq!(platforms(&[], &["linux-x64"]), 0);
    assert_eq!(platforms(&["linux-x64"], &[]), 0);
    assert_eq!(platforms(&["linux-x64"], &["darwin-arm64"]), 2);
    assert_eq!(platforms(&["linux-x64"], &["linux-x64"]), 1);
}

/// The expiry and the claims of the entries that apply.
fn counting(base: &str, head: &str) -> Vec<(String, Vec<ClaimKind>)> {
    let compared = compare(&policy(base), &policy(head));
    let entries = compared.effective.suppressions.into_iter();
    let expires = |entry: &crate::policy::Suppression| {
        entry.expires.map_or_else(String::new, |day| day.to_string())
    };
    entries.map(|entry| (expires(&entry), entry.kinds().collect())).collect()
}

#[test]
fn a_proof_applies_at_once_and_a_word_applies_as_at_the_base() {
    let later = ATTESTED.replace("2026-12-31", "2027-03-31");
    let other_feature = FEATURE.replace("local-offset", "std");
    let word = |day: &str| vec![(day.to_owned(), vec![ClaimKind::Attested])];
    let proof = vec![(String::new(), vec![ClaimKind::DevelopmentOnly])];
    for (case, base, head, expected, change) in [
        ("unchanged", ATTESTED, ATTESTED, word("2026-12-31"), None),
        ("a word is added", "", ATTESTED, vec![], Some(PolicyEffect::Loosened)),
        ("a word is renewed", ATTESTED, &*later, word("2026-12-31"), Some(PolicyEffect::Loosened)),
        ("a word is removed", ATTESTED, "", vec![], Some(PolicyEffect::Tightened)),
        ("a proof is added", "", PROVED, proof.clone(), Some(PolicyEffect::Proved)),
        ("a word becomes a proof", ATTESTED, PROVED, proof.clone(), Some(PolicyEffect::Proved)),
        ("a proof becomes a word", PROVED, ATTESTED, proof.clone(), Some(PolicyEffect::Loosened)),
        ("a proof is removed", PROVED, "", vec![], Some(PolicyEffect::Tightened)),
        // Which feature the vulnerability needs is a person's word, and a disabled one is easily found.
        ("a feature is added", "", FEATURE, vec![], Some(PolicyEffect::Loosened)),
        (
            "another feature is named",
            FEATURE,
            &*other_feature,
            vec![(String::new(), vec![ClaimKind::FeatureOff])],
            Some(PolicyEffect::Loosened),
        ),
        ("a proof becomes a feature", PROVED, FEATURE, proof, Some(PolicyEffect::Loosened)),
    ] {
        assert_eq!(counting(base, head), expected, "{case}");
        let effects: Vec<_> =
            compare(&policy(base), &policy(head)).changes.iter().map(|it| it.effect).collect();
        assert_eq!(effects, Vec::from_iter(change), "{case}");
    }
    assert_eq!(
        said("", FEATURE),
        ["loosened: a suppression of CVE-2026-0001 is proposed: feature-off time/local-offset"]
    );
    assert_eq!(
        said(ATTESTED, &later),
        ["loosened: the suppression of CVE-2026-0001 is edited: `expires` 2027-03-31, was \
          2026-12-31"]
    );
}

#[test]
fn a_second_entry_about_an_advisory_is_not_taken_for_an_edit_of_the_first() {
    let both = format!("{ATTESTED}{}", PROVED.replace("claim", "package = \"x\"\nclaim"));
    assert_eq!(
        said(ATTESTED, &both),
        ["proved: a suppression of CVE-2026-0001 in x is added: development-only"]
    );
    assert_eq!(counting(ATTESTED, &both).len(), 2);
}

#[test]
fn what_a_change_loosens_is_explained_by_the_line_at_the_base() {
    let mut base = policy("[gate]\nmedium = \"block\"");
    for rule in base.gate.rules.values_mut() {
        rule.location.file = "1a2b3c4:lockgate.toml".to_owned();
    }
    let head = policy("[gate]\nmedium = \"note\"\nlow = \"note\"");
    let gate = compare(&base, &head).effective.gate;
    let place = |level| {
        let decision = gate.decide(GateKey::Severity(level), Scope::Runtime);
        assert_eq!(decision.action, GateAction::Block);
        decision.rule.map(|rule| rule.location.to_string())
    };
    assert_eq!(place(SeverityLevel::Medium).as_deref(), Some("1a2b3c4:lockgate.toml:3"));
    assert_eq!(place(SeverityLevel::Low), None);
}

/// A gate with any lines in any tables.
fn any_gate() -> impl Strategy<Value = String> {
    let action = prop::sample::select(vec!["block", "ticket", "note"]);
    let keys: Vec<&str> = GateKey::DEFAULTS.iter().map(|(key, _)| key.as_str()).collect();
    let table = move || {
        prop::collection::btree_map(prop::sample::select(keys.clone()), action.clone(), 0..6)
    };
    let lines = |table: &std::collections::BTreeMap<&str, &str>| -> String {
        let lines = table.iter().map(|(key, action)| format!("{key} = \"{action}\"\n"));
        lines.collect::<Vec<_>>().concat()
    };
    (table(), table(), table()).prop_map(move |(gate, build, development)| {
        format!(
            "[gate]\n{}[gate.build]\n{}[gate.development]\n{}",
            lines(&gate),
            lines(&build),
            lines(&development)
        )
    })
}

/// The other tables, each with one of some values.
fn any_tables() -> impl Strategy<Value = String> {
    let choice = |texts: &'static [&'static str]| prop::sample::select(texts);
    (
        choice(&["", "[database]\nmax-age = \"2h\"\n", "[database]\nyanked = false\n"]),
        choice(&[
            "",
            "[registries]\nmirrors = [\"https://a.example\"]\n",
            "[registries]\nprivate = [\"https://a.example\"]\n",
        ]),
        choice(&[
            "",
            "[lockfiles]\nexclude = [\"a\", \"b\"]\n",
            "[lockfiles]\nexclude = [\"b\"]\n",
        ]),
        choice(&[
            "",
            "[evidence]\nauto = [\"platform\"]\n",
            "[incident]\nprojects = [\"a\"]\n",
            "[incident]\nprojects = [\"b\"]\n",
        ]),
        choice(&[
            "",
            "[npm]\nplatforms = [\"linux-x64\"]\n",
            "[npm]\nbundled = [{ package = \"a@1.0.0\", compared = 2026-11-10, why = \"w\" }]\n",
            "[npm]\nbundled = [{ package = \"a@1.0.0\", compared = 2026-11-20, why = \"x\" }]\n",
        ]),
        choice(&["", "[ticket]\nmost-new = 3\ndue = { high = \"3d\" }\n"]),
        choice(&["", ATTESTED, PROVED, FEATURE]),
    )
        .prop_map(|(a, b, c, d, e, f, g)| [a, b, c, d, e, f, g].concat())
}

proptest! {
    #[test]
    fn each_key_is_as_strict_as_the_stricter_of_both(base in any_gate(), head in any_gate()) {
        let (base, head) = (policy(&base), policy(&head));
        let effective = compare(&base, &head).effective;
        for scope in [Scope::Runtime, Scope::Build, Scope::Development] {
            for (key, _) in GateKey::DEFAULTS {
                let action = |policy: &Policy| policy.gate.decide(*key, scope).action;
                prop_assert_eq!(action(&effective), action(&base).max(action(&head)));
            }
        }
    }

    #[test]
    fn equal_policies_give_no_change_and_decide_as_they_are(
        gate in any_gate(),
        tables in any_tables(),
    ) {
        let policy = policy(&(gate + &tables));
        let compared = compare(&policy, &policy);
        prop_assert_eq!(&compared.changes, &[]);
        let mut effective = compared.effective;
        for scope in [Scope::Runtime, Scope::Build, Scope::Development] {
            for (key, _) in GateKey::DEFAULTS {
                prop_assert_eq!(effective.gate.decide(*key, scope), policy.gate.decide(*key, scope));
            }
        }
        effective.gate.clone_from(&policy.gate);
        prop_assert_eq!(effective, policy);
    }

    #[test]
    fn nothing_is_looser_than_at_the_base(base in any_tables(), head in any_tables()) {
        let (base, head) = (policy(&base), policy(&head));
        let effective = compare(&base, &head).effective;
        prop_assert!(effective.database.max_age <= base.database.max_age);
        let (registries, effective_ones) = (&base.registries, &effective.registries);
        prop_assert!(registries.mirrors.iter().all(|one| effective_ones.mirrors.contains(one)));
        prop_assert!(effective_ones.private.iter().all(|one| registries.private.contains(one)));
        let excluded = &effective.excluded_lockfiles;
        prop_assert!(excluded.iter().all(|glob| base.excluded_lockfiles.contains(glob)));
        prop_assert!(effective.automatic.is_subset(&base.automatic));
        if let Some(incident) = &base.incident {
            let marked = &effective.incident.as_ref().unwrap().projects;
            prop_assert!(incident.projects.iter().all(|project| marked.contains(project)));
        }
        prop_assert!(effective.ticket.issues.most_new <= base.ticket.issues.most_new);
        for (level, due) in &effective.ticket.due {
            prop_assert!(*due <= base.ticket.due[level]);
        }
        for archive in &effective.npm.bundled {
            let is_approved = |known: &crate::policy::ComparedArchive| {
                known.package == archive.package && known.compared >= archive.compared
            };
            prop_assert!(base.npm.bundled.iter().any(is_approved));
        }
        for word in &effective.suppressions {
            let is_approved = base.suppressions.iter().any(|known| known.says_the_same(word));
            prop_assert!(is_approved || !word.rests_on_a_word());
        }
    }

    #[test]
    fn reported_changes_are_real_and_real_changes_are_reported(
        base in any_gate(),
        head in any_gate(),
    ) {
        let (base, head) = (policy(&base), policy(&head));
        let differs = [Scope::Runtime, Scope::Build, Scope::Development].iter().any(|scope| {
            GateKey::DEFAULTS.iter().any(|(key, _)| {
                base.gate.decide(*key, *scope).action != head.gate.decide(*key, *scope).action
            })
        });
        let gate_changes = compare(&base, &head).changes
            .iter()
            .filter(|change| change.text.contains(" goes from "))
            .count();
        prop_assert_eq!(gate_changes > 0, differs);
    }
}

/// A claim that rests on places which a person has reviewed for a reason.
fn reviewed(why: &str) -> String {
    format!(
        "[[suppress]]\nadvisory = \"CVE-2026-0001\"\nclaim = {{ not-imported = true }}\nreason = \"r\"\n\
         reviewed = [{{ site = \"a.js:1\", hash = \"{}\", why = \"{why}\" }}]\n",
        "0".repeat(64)
    )
}

#[test]
fn what_a_person_has_reviewed_counts_after_merging() {
    let claimed = "[[suppress]]\nadvisory = \"CVE-2026-0001\"\nclaim = { not-imported = true }\n\
                   reason = \"r\"\n";
    let counting = |base: &str, head: &str| {
        let policy = compare(&policy(base), &policy(head)).effective;
        let places = policy.suppressions.iter().map(|entry| entry.reviewed.len());
        places.collect::<Vec<_>>()
    };
    assert_eq!(counting("", &reviewed("w")), [0; 0]);
    assert_eq!(counting(claimed, &reviewed("w")), [0]);
    assert_eq!(counting(&reviewed("w"), &reviewed("w")), [1]);
    assert_eq!(counting(&reviewed("w"), claimed), [0]);
    assert_eq!(
        said("", &reviewed("w")),
        [
            "loosened: a suppression of CVE-2026-0001 is proposed: not-imported, with 1 reviewed place"
        ]
    );
    assert_eq!(
        said(&reviewed("w"), &reviewed("x")),
        [
            "loosened: the suppression of CVE-2026-0001 is edited: `reviewed` a.js:1 (00000000…, “x”), \
          was a.js:1 (00000000…, “w”)"
        ]
    );
}
