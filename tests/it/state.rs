//! The states of the API description, and unknown ones.

use std::collections::BTreeSet;
use std::fs;

use deploystatus::State;
use serde_json::Value;
use tests::checkout;

#[test]
fn known_states_are_documented_ones_and_waiting() {
    let (root, _) = checkout();
    let text = fs::read_to_string(root.join("openapi/deployment-statuses.json")).unwrap();
    let description: Value = serde_json::from_str(&text).unwrap();
    let states =
        &description["components"]["schemas"]["deployment-status"]["properties"]["state"]["enum"];
    let mut expected: BTreeSet<&str> = states
        .as_array()
        .unwrap()
        .iter()
        .map(|name| name.as_str().unwrap())
        .collect();
    assert_eq!(expected.len(), 7);
    expected.insert("waiting");

    let known: BTreeSet<&str> = State::KNOWN.iter().map(State::as_str).collect();
    assert_eq!(known, expected);
}

#[test]
fn states_round_trip_as_text() {
    let unknown = [
        "",
        "paused",
        "SUCCESS",
        "in progress",
        " success",
        "Zustand ✓",
        "unknown",
    ];
    let states = State::KNOWN.iter().map(State::as_str).chain(unknown);
    for name in states {
        let state: State = name.into();
        assert_eq!(state.to_string(), name);
        assert_eq!(
            matches!(state, State::Unknown(_)),
            unknown.contains(&name),
            "{name:?}"
        );

        let json = serde_json::to_string(&state).unwrap();
        assert_eq!(json, serde_json::to_string(name).unwrap());
        assert_eq!(serde_json::from_str::<State>(&json).unwrap(), state);
    }
}

#[test]
fn state_must_be_a_string() {
    for json in ["null", "1", "true", "[]", "{}"] {
        assert!(serde_json::from_str::<State>(json).is_err(), "{json}");
    }
}
