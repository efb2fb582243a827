//! Archives that somebody made on purpose, folders that something took apart, and several runs at once.

use std::io::{Cursor, Write};
use std::thread;

use ::zip::ZipWriter;
use ::zip::write::SimpleFileOptions;
use flate2::Compression;
use flate2::write::GzEncoder;

use super::*;

fn store() -> (TempDir, Store) {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::open(&folder.path().join("packages")).unwrap();
    (folder, store)
}

fn zip(entries: &[(&str, &str)]) -> Vec<u8> {
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, text) in entries {
        zip.start_file(*name, SimpleFileOptions::default()).unwrap();
        zip.write_all(text.as_bytes()).unwrap();
    }
    zip.finish().unwrap().into_inner()
}

fn unpack(store: &Store, bytes: &[u8]) -> Result<PathBuf, String> {
    store.unpacked("abc", |to| unpack_zip(bytes, to)).map_err(|error| error.to_string())
}

fn names(folder: &Path) -> Vec<String> {
    let entries = fs::read_dir(folder).unwrap();
    entries.map(|it| it.unwrap().file_name().into_string().unwrap()).collect()
}

#[test]
fn an_archive_is_unpacked_once() {
    let (_folder, store) = store();
    let zip = zip(&[("node_modules/glim/package.json", "{}"), ("./node_modules/glim/x.js", "x")]);
    let content = unpack(&store, &zip).unwrap();
    assert_eq!(fs::read_to_string(content.join("node_modules/glim/x.js")).unwrap(), "x");
    let again = store.unpacked("abc", |_| panic!("it is unpacked a second time"));
    assert_eq!(again.unwrap(), content);
    assert_eq!(names(&store.folder), ["abc"]);
}

#[test]
fn a_name_that_leads_outside_is_refused_and_nothing_is_left() {
    for name in [
        "../evil.js",
        "node_modules/../../evil.js",
        "/evil.js",
        "node_modules//evil.js",
        "..\\evil.js",
        "C:\\evil.js",
        "node_modules/\u{1b}[2J.js",
        ".",
    ] {
        let (folder, store) = store();
        let refused = unpack(&store, &zip(&[("fine.js", ""), (name, "evil")])).unwrap_err();
        assert!(refused.ends_with("would lie outside of it"), "{name}: {refused}");
        assert!(names(&store.folder).is_empty(), "{name}");
        assert!(!folder.path().join("evil.js").exists(), "{name}");
    }
}

#[test]
fn a_link_is_refused() {
    let (_folder, store) = store();
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    zip.add_symlink("node_modules/glim", "../../..", SimpleFileOptions::default()).unwrap();
    let refused = unpack(&store, &zip.finish().unwrap().into_inner()).unwrap_err();
    assert_eq!(refused, "`node_modules/glim` is no regular file");
}

#[test]
fn what_is_in_an_archive_twice_is_refused() {
    let (_folder, store) = store();
    let refused = unpack(&store, &zip(&[("glim/x.js", "1"), ("./glim/x.js", "2")])).unwrap_err();
    assert_eq!(refused, "`./glim/x.js` is in it twice");
}

#[test]
fn a_damaged_archive_is_refused() {
    let (_folder, store) = store();
    let mut cut = zip(&[("x.js", &"text ".repeat(1000))]);
    assert!(unpack(&store, &cut[..40]).unwrap_err().starts_with("it is damaged"));
    cut[60] ^= 0xff;
    assert!(unpack(&store, &cut).unwrap_err().starts_with("it is damaged"));
    assert!(names(&store.folder).is_empty());
}

#[test]
fn what_is_too_large_or_too_much_is_refused() {
    let zip = zip(&[("a.js", "12345"), ("b.js", "12345")]);
    for (most_files, most_bytes, fits) in [(2, 10, true), (1, 10, false), (2, 9, false)] {
        let (_folder, store) = store();
        let unpacked = store.unpacked("abc", |to| {
            to.limit(most_files, most_bytes);
            unpack_zip(&zip, to)
        });
        assert_eq!(unpacked.is_ok(), fits, "{most_files} {most_bytes}");
    }
}

#[test]
fn what_is_not_whole_any_more_is_unpacked_again() {
    let (_folder, store) = store();
    let zip = zip(&[("a.js", "12345"), ("lib/b.js", "12345")]);
    let content = unpack(&store, &zip).unwrap();
    let damages: [&dyn Fn(); 4] = [
        &|| fs::remove_file(content.join("lib/b.js")).unwrap(),
        &|| fs::write(content.join("a.js"), "123").unwrap(),
        &|| fs::remove_dir_all(&content).unwrap(),
        &|| fs::write(store.folder.join("abc").join(LISTING), "").unwrap(),
    ];
    for damage in damages {
        damage();
        unpack(&store, &zip).unwrap();
        assert_eq!(fs::read_to_string(content.join("lib/b.js")).unwrap(), "12345");
        assert_eq!(fs::read_to_string(content.join("a.js")).unwrap(), "12345");
        assert_eq!(names(&store.folder), ["abc"]);
    }
}

#[test]
fn runs_beside_each_other_share_what_they_unpack() {
    let (_folder, store) = store();
    let zip = zip(&[("a.js", "12345"), ("lib/b.js", "12345")]);
    thread::scope(|scope| {
        for _ in 0..8 {
            scope.spawn(|| {
                let content = unpack(&store, &zip).unwrap();
                assert_eq!(fs::read_to_string(content.join("lib/b.js")).unwrap(), "12345");
            });
        }
    });
    assert_eq!(names(&store.folder), ["abc"]);
}

#[test]
fn what_nobody_uses_is_removed_after_a_month() {
    let (_folder, mut store) = store();
    unpack(&store, &zip(&[("a.js", "")])).unwrap();
    fs::create_dir(store.folder.join(format!("{TEMPORARY}killed"))).unwrap();
    store.sweep();
    assert_eq!(names(&store.folder).len(), 2);
    store.now += 2 * DAY;
    store.sweep();
    assert_eq!(names(&store.folder), ["abc"]);
    store.now += MONTH;
    store.sweep();
    assert!(names(&store.folder).is_empty());
}

#[test]
fn what_is_used_stays() {
    let (_folder, mut store) = store();
    let zip = zip(&[("a.js", "")]);
    unpack(&store, &zip).unwrap();
    let marker = store.folder.join("abc").join(USED);
    let old = store.now - 2 * MONTH;
    File::options().write(true).open(&marker).unwrap().set_modified(old).unwrap();
    unpack(&store, &zip).unwrap();
    store.sweep();
    assert_eq!(names(&store.folder), ["abc"]);
    store.now += Duration::from_secs(1);
    assert!(store.age(&marker) < DAY);
}

type Header<'a> = (tar::EntryType, &'a str, &'a [u8]);

/// An archive with these entries, whatever their names are.
fn tarball(entries: &[Header<'_>]) -> Vec<u8> {
    let packed = GzEncoder::new(Vec::new(), Compression::fast());
    let mut tar = tar::Builder::new(packed);
    for (kind, name, content) in entries {
        let mut header = tar::Header::new_gnu();
        header.set_entry_type(*kind);
        header.set_size(content.len() as u64);
        header.set_mode(0o644);
        let field = &mut header.as_mut_bytes()[..name.len()];
        field.copy_from_slice(name.as_bytes());
        header.set_cksum();
        tar.append(&header, *content).unwrap();
    }
    tar.into_inner().unwrap().finish().unwrap()
}

fn unpack_packed(store: &Store, bytes: &[u8]) -> Result<PathBuf, String> {
    let unpacked = store.unpacked("abc", |to| unpack_tarball(bytes, "node_modules/glim", to));
    unpacked.map_err(|error| error.to_string())
}

const FILE: tar::EntryType = tar::EntryType::Regular;

#[test]
fn the_first_folder_of_what_a_registry_serves_has_any_name() {
    let (_folder, store) = store();
    let archive = tarball(&[
        (tar::EntryType::XGlobalHeader, "pax_global_header", b"13 comment=a\n"),
        (tar::EntryType::Directory, "any/lib/", b""),
        (FILE, "any/lib/x.js", b"x"),
        (FILE, "./any/y.js", b"y"),
        (FILE, "beside", b""),
    ]);
    let content = unpack_packed(&store, &archive).unwrap();
    let glim = content.join("node_modules/glim");
    let mut found = names(&glim);
    found.sort();
    assert_eq!(found, ["lib", "y.js"]);
    assert_eq!(fs::read(glim.join("lib/x.js")).unwrap(), b"x");
}

#[test]
fn what_a_registry_serves_stays_in_its_folder() {
    for (kind, name, said) in [
        (FILE, "package/../../../evil.js", "would lie outside of it"),
        (FILE, "package//etc/evil.js", "would lie outside of it"),
        (tar::EntryType::Symlink, "package/link", "is no regular file"),
        (tar::EntryType::Link, "package/link", "is no regular file"),
        (tar::EntryType::Fifo, "package/pipe", "is no regular file"),
    ] {
        let (folder, store) = store();
        let refused = unpack_packed(&store, &tarball(&[(kind, name, b"")])).unwrap_err();
        assert!(refused.ends_with(said), "{name}: {refused}");
        assert!(names(&store.folder).is_empty(), "{name}");
        assert!(!folder.path().join("evil.js").exists(), "{name}");
    }
}

#[test]
fn what_would_fill_the_memory_is_refused() {
    let (_folder, store) = store();
    let long = vec![b'a'; 2 << 20];
    for kind in [tar::EntryType::GNULongName, tar::EntryType::XHeader] {
        let archive = tarball(&[(kind, "././@LongLink", &long), (FILE, "package/x.js", b"")]);
        assert!(archive.len() < 100_000);
        let refused = unpack_packed(&store, &archive).unwrap_err();
        assert!(refused.starts_with("it is larger than"), "{refused}");
    }
}

#[test]
fn what_is_no_compressed_archive_is_refused() {
    let (_folder, store) = store();
    let whole = tarball(&[(FILE, "package/x.js", &b"text".repeat(1000))]);
    for bytes in [&b"<html>"[..], &whole[..whole.len() / 2], b""] {
        let refused = unpack_packed(&store, bytes).unwrap_err();
        assert!(refused.starts_with("it is damaged"), "{refused}");
    }
}
