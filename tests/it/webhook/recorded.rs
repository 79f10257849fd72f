//! Deliveries that GitHub and its Enterprise Servers really sent.

use deploystatus::webhook::{Event, Rejected};
use tests::Corpus;

#[test]
fn every_recorded_delivery_is_read() {
    let Some(corpus) = Corpus::from_env("DEPLOYSTATUS_WEBHOOKS") else {
        return;
    };
    let mut kinds = [0, 0, 0];
    for (name, document) in corpus.documents() {
        let body = serde_json::to_vec(&document).unwrap();
        let read = |event: &str| Event::read(event, &body);
        if document.get("deployment_status").is_some() {
            let event = read("deployment_status").unwrap_or_else(|it| panic!("{name}: {it:?}"));
            let Event::DeploymentStatus(event) = event else {
                panic!("{name}: {event:?}")
            };
            let (told, meant) = (&document["deployment_status"], &event.deployment_status);
            assert_eq!(told["id"], meant.id, "{name}");
            assert_eq!(told["state"], *meant.state.as_str(), "{name}");
            kinds[0] += 1;
        } else if document.get("workflow_job").is_some() {
            // Another event, which holds a deployment all the same.
            let refused = read("workflow_job").unwrap_err();
            assert!(matches!(refused, Rejected::AnotherEvent(_)), "{name}");
            kinds[2] += 1;
        } else {
            kinds[1] += 1;
        }
        let event = read("deployment").unwrap_or_else(|it| panic!("{name}: {it:?}"));
        let told = &document["deployment"];
        let meant = event.details();
        assert_eq!(told["id"], meant.id, "{name}");
        assert_eq!(told["ref"], *meant.reference, "{name}");
        assert_eq!(
            told["creator"]["login"],
            *meant.creator.as_ref().unwrap().login(),
            "{name}"
        );
        assert_eq!(
            document["repository"]["full_name"],
            *event.repository().full_name,
            "{name}"
        );
        let Event::Deployment(event) = event else {
            panic!("{name}: {event:?}")
        };
        for (field, is_read) in [
            ("workflow", event.workflow.is_some()),
            ("workflow_run", event.workflow_run.is_some()),
            ("installation", event.installation.is_some()),
            ("organization", event.organization.is_some()),
            ("enterprise", event.enterprise.is_some()),
            ("sender", event.sender.is_some()),
        ] {
            let is_told = document.get(field).is_some_and(|it| !it.is_null());
            assert_eq!(is_read, is_told, "{name}: {field}");
        }
    }
    assert!(kinds.iter().all(|kind| *kind > 0), "{kinds:?}");
}
