use super::*;
use crate::{NewStatus, State, status};

const SENT: &str = "2026-01-06T10:00:00Z";

/// Statuses as a server lists them, newest first: id, seconds after the sending, and more fields.
fn listed(statuses: &[(u64, i64, &str)]) -> Vec<DeploymentStatus> {
    let sent: Timestamp = SENT.parse().unwrap();
    let statuses: Vec<_> = statuses
        .iter()
        .map(|(id, after, more)| {
            let at = sent + jiff::SignedDuration::from_secs(*after);
            let comma = if more.is_empty() { "" } else { "," };
            format!(r#"{{"id": {id}, "state": "success", "created_at": "{at}"{comma}{more}}}"#)
        })
        .collect();
    status::page(
        format!("[{}]", statuses.join(",")).as_bytes(),
        &status::LastCreator::default(),
    )
    .unwrap()
}

fn found(statuses: &[(u64, i64, &str)], new: &NewStatus, returned: &[u64]) -> Option<u64> {
    let mut known = Returned::default();
    for id in returned {
        known.note(*id);
    }
    let body = new.body(0);
    let wanted = Wanted {
        body: &body,
        since: Bound::Time(SENT.parse().unwrap()),
        returned: &known,
    };
    let statuses = listed(statuses);
    find(&statuses, &wanted, true).map(|place| statuses[place].id)
}

fn success() -> NewStatus {
    NewStatus::new(State::Success)
}

#[test]
fn a_status_stored_since_the_sending_is_found() {
    assert_eq!(found(&[(7, 0, "")], &success(), &[]), Some(7));
    assert_eq!(found(&[(7, -1, "")], &success(), &[]), None);
    assert_eq!(found(&[], &success(), &[]), None);
}

#[test]
fn a_status_that_was_returned_before_is_not_found_again() {
    let statuses = [(9, 2, ""), (8, 1, ""), (7, 0, "")];
    assert_eq!(found(&statuses, &success(), &[]), Some(9));
    assert_eq!(found(&statuses, &success(), &[9]), Some(8));
    assert_eq!(found(&statuses, &success(), &[7, 8, 9]), None);
}

#[test]
fn every_field_has_to_say_the_same() {
    let shown = r#""description": "Live", "log_url": "https://a/1", "target_url": "https://a/1",
        "environment": "staging", "environment_url": "https://b""#;
    let same = || {
        success()
            .description("Live")
            .log_url("https://a/1")
            .environment("staging")
            .environment_url("https://b")
    };
    let is_found = |new: NewStatus| found(&[(7, 0, shown)], &new, &[]).is_some();
    assert!(is_found(same()));
    assert!(!is_found(NewStatus {
        state: State::Failure,
        ..same()
    }));
    assert!(!is_found(same().description("")));
    assert!(!is_found(same().description("Alive")));
    assert!(!is_found(same().log_url("https://a/2")));
    assert!(!is_found(same().environment("production")));
    assert!(!is_found(same().environment_url("")));
}

#[test]
fn log_url_and_target_url_mirror_each_other_and_log_url_wins() {
    let both = r#""log_url": "https://a/1", "target_url": "https://a/1""#;
    let old_server = r#""target_url": "https://a/1""#;
    for shown in [both, old_server] {
        let statuses = [(7, 0, shown)];
        assert!(found(&statuses, &success().log_url("https://a/1"), &[]).is_some());
        assert!(found(&statuses, &success().target_url("https://a/1"), &[]).is_some());
        let two = success().log_url("https://a/1").target_url("https://a/2");
        assert!(found(&statuses, &two, &[]).is_some());
        assert!(found(&statuses, &success(), &[]).is_none());
    }
}

#[test]
fn an_environment_that_was_not_given_is_inherited_from_the_status_before() {
    let staging = r#""environment": "staging""#;
    let production = r#""environment": "production""#;
    let old = (6, -100, staging);
    assert_eq!(found(&[(7, 0, staging), old], &success(), &[]), Some(7));
    assert_eq!(found(&[(7, 0, production), old], &success(), &[]), None);
    assert_eq!(found(&[(7, 0, production)], &success(), &[]), Some(7));
}

#[test]
fn what_an_old_server_does_not_show_is_not_held_against_a_status() {
    let new = success()
        .environment("staging")
        .environment_url("https://b");
    assert_eq!(found(&[(7, 0, "")], &new, &[]), Some(7));
    assert_eq!(
        found(&[(7, 0, r#""environment_url": """#)], &new, &[]),
        None
    );
}

#[test]
fn the_last_of_a_page_waits_for_the_page_after_it() {
    let body = success().body(0);
    let wanted = Wanted {
        body: &body,
        since: Bound::Time(SENT.parse().unwrap()),
        returned: &Returned::default(),
    };
    let statuses = listed(&[(7, 0, "")]);
    assert_eq!(find(&statuses, &wanted, false), None);
    assert_eq!(find(&statuses, &wanted, true), Some(0));
}

#[test]
fn a_status_is_told_from_older_ones_by_its_number_where_the_moment_is_not_known() {
    let statuses = listed(&[(9, 500, ""), (7, 0, ""), (5, -500, "")]);
    let body = success().body(0);
    for (after, newest) in [(4, Some(9)), (8, Some(9)), (9, None)] {
        let wanted = Wanted {
            body: &body,
            since: Bound::Id(after),
            returned: &Returned::default(),
        };
        let found = find(&statuses, &wanted, true);
        assert_eq!(found.map(|place| statuses[place].id), newest, "{after}");
    }
}
