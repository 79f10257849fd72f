//! What holds of any bytes, asked of the corpora of the fuzz targets and of what is made of them.

mod made_of;

use std::fs;
use std::path::PathBuf;

use made_of::{Made, made_of};
use proptest::test_runner::{Config, RngAlgorithm, RngSeed, TestRunner};
use tests::checkout;
use tests::properties::PROPERTIES;

/// The files that were committed for a property, by name.
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
fn every_property_has_a_target_and_a_small_corpus() {
    let (root, _) = checkout();
    let manifest = fs::read_to_string(root.join("fuzz/Cargo.toml")).unwrap();
    let targets = manifest.lines().filter(|line| *line == "[[bin]]").count();
    assert_eq!(targets, PROPERTIES.len());
    for (name, _) in PROPERTIES {
        assert!(
            manifest.contains(&format!("path = \"fuzz_targets/{name}.rs\"")),
            "{name} is no target"
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
fn the_corpora_keep_their_promises() {
    for (name, property) in PROPERTIES {
        for (path, bytes) in corpus(name) {
            let outcome = std::panic::catch_unwind(|| property(&bytes));
            assert!(outcome.is_ok(), "{} breaks it", path.display());
        }
    }
}

/// Asks a property of bytes that are made of its corpus, the same ones in each run.
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
fn an_error_body_gives_one_short_line_without_the_token() {
    holds("error_body", 300);
}

#[test]
fn an_event_file_tells_of_its_deployment_or_is_refused_with_its_place() {
    holds("event_file", 300);
}

#[test]
fn a_link_header_leads_to_no_other_server_and_not_round_in_circles() {
    holds("link_header", 150);
}

#[test]
fn a_seed_is_in_the_emulator_as_it_was_written_or_not_at_all() {
    holds("seed", 200);
}

#[test]
fn a_snapshot_is_the_same_when_it_is_read_and_saved_again() {
    holds("snapshot", 200);
}

#[test]
fn a_status_is_read_word_by_word_whatever_else_is_odd_in_it() {
    holds("statuses", 300);
}

#[test]
fn a_signed_event_is_read_whatever_is_odd_in_what_it_can_be_without() {
    holds("webhook_body", 300);
}

#[test]
fn only_the_signature_of_one_of_the_secrets_is_taken() {
    holds("webhook_signature", 300);
}
