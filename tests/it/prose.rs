//! No sentence of GitHub's own description has come into this project.

use std::collections::HashSet;
use std::fs;

use serde_json::Value;
use tests::{Corpus, checkout};

/// So many words in a row, taken over, would be a sentence of somebody else's.
const RUN: usize = 8;

#[test]
fn no_eight_words_in_a_row_are_githubs() {
    let Some(corpus) = Corpus::from_env("DEPLOYSTATUS_OFFICIAL") else {
        return;
    };
    let mut theirs = HashSet::new();
    for (_, document) in corpus.documents() {
        prose(&document, &mut |text| theirs.extend(runs(text)));
    }
    assert!(
        theirs.len() > 10_000,
        "the official descriptions hold hardly a word"
    );

    let (root, files) = checkout();
    for file in files {
        let name = file
            .strip_prefix(&root)
            .unwrap()
            .to_string_lossy()
            .into_owned();
        // Lock files hold no prose, and licences are everybody's.
        if name.starts_with("LICENSE") || name == "Cargo.lock" {
            continue;
        }
        let Ok(text) = fs::read_to_string(&file) else {
            continue;
        };
        if let Some(shared) = runs(&text).find(|run| theirs.contains(run)) {
            panic!("{name} shares words with GitHub's description: {shared}");
        }
    }
}

#[test]
fn a_shared_sentence_would_be_found() {
    let theirs: HashSet<_> = runs("One two three, four five six seven eight; nine!").collect();
    let has = |ours: &str| runs(ours).any(|run| theirs.contains(&run));
    assert!(has(
        "// Zero. Two three four\n// five six SEVEN eight nine ten"
    ));
    assert!(!has("one two three four five six seven"));
    assert!(!has("rest#one-two-three-four-five-six-seven-eight"));
}

/// Shows the words of a description, which stand under these keys, to a visitor.
fn prose(value: &Value, visit: &mut impl FnMut(&str)) {
    match value {
        Value::Object(object) => {
            for (key, value) in object {
                match value {
                    Value::String(text) if ["description", "summary"].contains(&key.as_str()) => {
                        visit(text);
                    }
                    _ => prose(value, visit),
                }
            }
        }
        Value::Array(array) => array.iter().for_each(|value| prose(value, visit)),
        _ => {}
    }
}

/// Every eight words in a row, however they are written and wherever their lines break.
///
/// An address or a path is one word, for these are facts.
fn runs(text: &str) -> impl Iterator<Item = String> {
    const JOINTS: &[char] = &['-', '_', '/', '#', ':', '.'];
    let words: Vec<String> = text
        .split(|letter: char| !letter.is_alphanumeric() && !JOINTS.contains(&letter))
        .map(|word| word.trim_matches(JOINTS).to_lowercase())
        .filter(|word| !word.is_empty())
        .collect();
    let last = (words.len() + 1).saturating_sub(RUN);
    (0..last).map(move |start| words[start..start + RUN].join(" "))
}
