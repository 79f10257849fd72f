//! The words for a state are those of the description, and all others are kept.

use std::collections::BTreeSet;
use std::fs;

use deploystatus_generated::State;
use serde_json::Value;
use tests::checkout;

#[test]
fn the_known_words_are_the_documented_ones_and_waiting() {
    let (root, _) = checkout();
    let text = fs::read_to_string(root.join("openapi/deployment-statuses.json")).unwrap();
    let description: Value = serde_json::from_str(&text).unwrap();
    let words =
        &description["components"]["schemas"]["deployment-status"]["properties"]["state"]["enum"];
    let mut expected: BTreeSet<&str> = words
        .as_array()
        .unwrap()
        .iter()
        .map(|word| word.as_str().unwrap())
        .collect();
    assert_eq!(expected.len(), 7);
    expected.insert("waiting");

    let known: BTreeSet<&str> = State::KNOWN.iter().map(State::as_str).collect();
    assert_eq!(known, expected);
}

#[test]
fn every_word_comes_back_as_it_went_in() {
    let unknown = [
        "",
        "paused",
        "SUCCESS",
        "in progress",
        " success",
        "Zustand ✓",
        "unknown",
    ];
    let words = State::KNOWN.iter().map(State::as_str).chain(unknown);
    for word in words {
        let state: State = word.into();
        assert_eq!(state.to_string(), word);
        assert_eq!(
            matches!(state, State::Unknown(_)),
            unknown.contains(&word),
            "{word:?}"
        );

        let json = serde_json::to_string(&state).unwrap();
        assert_eq!(json, serde_json::to_string(word).unwrap());
        assert_eq!(serde_json::from_str::<State>(&json).unwrap(), state);
    }
}

#[test]
fn a_state_is_a_word_and_nothing_else() {
    for json in ["null", "1", "true", "[]", "{}"] {
        assert!(serde_json::from_str::<State>(json).is_err(), "{json}");
    }
}
