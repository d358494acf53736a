//! `docs/security.md` names the tests of every threat and the patches of `tests/defences`: whatever it names is there.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

fn rust_files(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()) {
        if entry.is_dir() && !entry.ends_with("target") {
            rust_files(&entry, found);
        } else if entry.extension().is_some_and(|extension| extension == "rs") {
            found.push(entry);
        }
    }
}

/// What stands between backticks.
fn quoted(text: &str) -> impl Iterator<Item = &str> {
    text.lines().flat_map(|line| line.split('`').skip(1).step_by(2))
}

fn is_path(text: &str) -> bool {
    text.contains("::") && text.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_' || byte == b':')
}

#[test]
fn every_test_that_it_names_exists() {
    let manual = std::fs::read_to_string(root().join("docs/security.md")).unwrap();
    let mut files = Vec::new();
    rust_files(&root().join("crates"), &mut files);
    let sources: Vec<_> = files.into_iter().map(|path| (path.display().to_string(), std::fs::read_to_string(&path).unwrap())).collect();
    let named: BTreeSet<_> = quoted(&manual).filter(|text| is_path(text)).collect();
    assert!(named.len() > 50, "{named:?}");
    for path in named {
        let (modules, test) = path.rsplit_once("::").unwrap();
        let modules: Vec<_> = modules.split("::").filter(|module| *module != "tests").collect();
        let declared = format!("fn {test}(");
        let there = sources.iter().any(|(file, source)| {
            source.contains(&declared) && modules.iter().all(|module| file.split(['/', '.']).any(|part| part == *module))
        });
        assert!(there, "docs/security.md names {path}, which is not there");
    }
}

#[test]
fn every_patch_that_it_names_exists() {
    let manual = std::fs::read_to_string(root().join("docs/security.md")).unwrap();
    let rows = manual.lines().filter(|line| line.starts_with('|') && line.matches('|').count() == 5);
    let named: BTreeSet<String> =
        rows.flat_map(|row| quoted(row.rsplit('|').nth(1).unwrap()).map(str::to_owned).collect::<Vec<_>>()).collect();
    let patches: BTreeSet<String> = std::fs::read_dir(root().join("tests/defences"))
        .unwrap()
        .filter_map(|entry| entry.unwrap().file_name().into_string().ok()?.strip_suffix(".patch").map(str::to_owned))
        .collect();
    assert!(named.len() > 50, "{named:?}");
    assert_eq!(named.difference(&patches).collect::<Vec<_>>(), Vec::<&String>::new(), "named, but not there");
}
