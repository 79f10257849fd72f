//! States as text.

use deploystatus_generated::State;
use serde_json::json;

#[test]
fn states_survive_a_round_trip() {
    let unknown = State::Unknown("paused".to_owned());
    for state in State::KNOWN.iter().chain([&unknown]) {
        let name = state.to_string();
        assert_eq!(State::from(name.as_str()), *state);
        assert_eq!(name.parse(), Ok(state.clone()));
        assert_eq!(serde_json::to_value(state).unwrap(), json!(name));
        assert_eq!(
            serde_json::from_value::<State>(json!(name)).unwrap(),
            *state
        );
    }
}

#[test]
fn values_that_are_not_text_are_refused() {
    for value in [json!(null), json!(1), json!(["success"]), json!({})] {
        assert!(serde_json::from_value::<State>(value).is_err());
    }
}

#[test]
fn predicates_agree_with_the_api() {
    let with = |predicate: fn(&State) -> bool| {
        let states = State::KNOWN.iter().filter(|state| predicate(state));
        let mut names: Vec<_> = states.map(State::as_str).collect();
        names.sort_unstable();
        names
    };
    assert_eq!(
        with(State::is_finished),
        ["error", "failure", "inactive", "success"]
    );
    assert_eq!(with(State::is_successful), ["success"]);
    assert_eq!(with(|state| !state.can_be_reported()), ["waiting"]);
    let unknown = State::Unknown("paused".to_owned());
    assert!(!unknown.is_finished() && !unknown.is_successful() && !unknown.can_be_reported());
}
