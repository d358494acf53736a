//! What holds for the seeds of every fuzz crate.

use std::fs;
use std::path::{Path, PathBuf};

use super::TARGETS;

fn files(folder: &str) -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join(folder);
    let entries = fs::read_dir(&folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
    let mut paths: Vec<_> = entries.map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    paths
}

fn names(folder: &str) -> Vec<String> {
    files(folder).iter().map(|path| path.file_stem().unwrap().to_str().unwrap().to_owned()).collect()
}

#[test]
fn every_seed_keeps_every_promise() {
    for (target, run) in TARGETS {
        let seeds = files(&format!("seeds/{target}"));
        assert!(seeds.len() >= 2, "{target} has {} seeds", seeds.len());
        for seed in seeds {
            println!("{}", seed.display());
            run(&fs::read(&seed).unwrap());
        }
    }
}

#[test]
fn every_target_has_its_program_and_its_seeds() {
    let listed: Vec<_> = TARGETS.iter().map(|(target, _)| (*target).to_owned()).collect();
    assert_eq!(names("fuzz_targets"), listed);
    assert_eq!(names("seeds"), listed);
    let manifest = include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/Cargo.toml"));
    assert!(listed.iter().all(|target| manifest.contains(&format!("path = \"fuzz_targets/{target}.rs\""))));
}
