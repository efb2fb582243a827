//! A lockfile that was cut off or damaged is never a smaller clean one.

use proptest::prelude::*;

use super::*;

/// A file that was cut off anywhere is refused, or something is known to be missing, or all packages are
/// still there.
#[test]
fn a_file_that_was_cut_off_is_noticed_or_names_every_package() {
    for text in LAYOUTS {
        let (whole, _) = read(text, &MANIFESTS).unwrap();
        let whole = packages(&whole);
        for end in 0..text.len() {
            let Ok((lockfile, misfits)) = read(&text[..end], &MANIFESTS) else {
                continue;
            };
            let is_noticed = !misfits.is_empty() || !lockfile.missing.is_empty();
            assert!(is_noticed || packages(&lockfile) == whole, "{}", &text[..end]);
        }
    }
}

fn read_or_refuse(text: &str) {
    match read(text, &MANIFESTS) {
        Ok((lockfile, _)) => {
            for package in &lockfile.packages {
                let shown = text.get(package.span.clone());
                assert!(shown.is_some_and(|shown| !shown.is_empty()), "{text}");
            }
            for edge in &lockfile.edges {
                assert!(edge.from < lockfile.packages.len() && edge.to < lockfile.packages.len());
            }
        }
        Err(error) => {
            let problem = error.problem();
            assert!(problem.help.is_some(), "{problem}");
            if let Some(span) = &problem.span {
                assert!(text.get(span.clone()).is_some(), "{span:?}\n{text}");
            }
        }
    }
}

proptest! {
    #[test]
    fn any_text_is_read_or_refused(text in any::<String>()) {
        read_or_refuse(&text);
        read_or_refuse(&format!("lockfileVersion: '9.0'\n{text}\n"));
    }

    #[test]
    fn a_damaged_lockfile_is_read_or_refused(
        layout in prop::sample::select(&LAYOUTS[..]),
        damages in prop::collection::vec(
            (
                any::<prop::sample::Index>(),
                0..40_usize,
                prop::sample::select(&[
                    "", "\n", "  ", ":", "'", "{", "}", "(", ")", "@", "/", "link:", "file:", "null", "~", "a: b\n",
                    "[", "]", ",", "\t", "é", "\r\n", "---\n", "1.0.0", "dependencies:\n", "_",
                ][..]),
            ),
            1..4,
        ),
    ) {
        let mut text = layout.to_owned();
        for (place, length, inserted) in &damages {
            let start = text.floor_char_boundary(place.index(text.len() + 1));
            let end = text.ceil_char_boundary((start + length).min(text.len()));
            text.replace_range(start..end, inserted);
        }
        read_or_refuse(&text);
    }
}

/// pnpm writes checksums in plain letters; in others they could not be held against each other.
#[test]
fn a_checksum_with_escapes_is_refused() {
    let plain = "{integrity: sha512-";
    assert!(VERSION_9.contains(plain));
    let escaped = VERSION_9.replacen(plain, "{integrity: \"\\x73ha512-a==\", x: sha512-", 1);
    let error = parse(&escaped).unwrap_err();
    assert!(error.problem().message.contains("escapes"), "{error}");
}
