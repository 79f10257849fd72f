//! The properties, checked for the fuzz corpora and for inputs derived from them.

mod made_of;

use std::fs;
use std::path::PathBuf;

use made_of::{Made, made_of};
use proptest::test_runner::{Config, RngAlgorithm, RngSeed, TestRunner};
use tests::checkout;
use tests::properties::PROPERTIES;

/// Returns the committed files of a property, sorted by name.
fn corpus(property: &str) -> Vec<(PathBuf, Vec<u8>)> {
    let (root, _) = checkout();
    let folder = root.join("fuzz/corpus").join(property);
    let entries = fs::read_dir(&folder)
        .unwrap_or_else(|error| panic!("{}: {error}", folder.display()))
        .map(|entry| entry.unwrap().path());
    let mut files: Vec<_> = entries
        .map(|path| (path.clone(), fs::read(path).unwrap()))
        .collect();
    files.sort();
    files
}

#[test]
fn every_property_has_target_and_corpus() {
    let (root, _) = checkout();
    let manifest = fs::read_to_string(root.join("fuzz/Cargo.toml")).unwrap();
    let targets = manifest.lines().filter(|line| *line == "[[bin]]").count();
    assert_eq!(targets, PROPERTIES.len());
    for (name, _) in PROPERTIES {
        assert!(
            manifest.contains(&format!("path = \"fuzz_targets/{name}.rs\"")),
            "{name} is not a target"
        );
        let target = root.join(format!("fuzz/fuzz_targets/{name}.rs"));
        let target = fs::read_to_string(target).unwrap();
        assert!(target.contains(&format!("tests::properties::{name}(bytes)")));
        let files = corpus(name);
        assert!((5..=40).contains(&files.len()), "{name}: {}", files.len());
        for (path, bytes) in files {
            assert!(bytes.len() <= 8 * 1024, "{} is large", path.display());
        }
    }
}

#[test]
fn committed_corpora_satisfy_properties() {
    for (name, property) in PROPERTIES {
        for (path, bytes) in corpus(name) {
            let outcome = std::panic::catch_unwind(|| property(&bytes));
            assert!(outcome.is_ok(), "{} violates the property", path.display());
        }
    }
}

/// Checks a property for inputs derived from its corpus, the same ones in each run.
fn holds(name: &str, cases: u32) {
    let (_, property) = PROPERTIES
        .into_iter()
        .find(|(property, _)| *property == name)
        .unwrap();
    let config = Config {
        cases,
        failure_persistence: None,
        rng_algorithm: RngAlgorithm::ChaCha,
        rng_seed: RngSeed::Fixed(0x5EED),
        max_shrink_iters: 500,
        ..Config::default()
    };
    let files = corpus(name).into_iter().map(|(_, bytes)| bytes).collect();
    TestRunner::new(config)
        .run(&made_of(files), |Made(bytes)| {
            property(&bytes);
            Ok(())
        })
        .unwrap_or_else(|error| panic!("{error}"));
}

#[test]
fn error_body_becomes_one_line_without_token() {
    holds("error_body", 300);
}

#[test]
fn link_header_stays_on_server_without_loops() {
    holds("link_header", 150);
}

#[test]
fn seed_is_loaded_completely_or_rejected() {
    holds("seed", 200);
}

#[test]
fn snapshot_round_trips() {
    holds("snapshot", 200);
}

#[test]
fn statuses_are_decoded_leniently() {
    holds("statuses", 300);
}

#[test]
fn webhook_body_is_parsed_leniently() {
    holds("webhook_body", 300);
}

#[test]
fn webhook_signature_is_verified_strictly() {
    holds("webhook_signature", 300);
}
