//! A creation whose answer is lost, one situation at a time.

use std::time::Duration;

use deploystatus::{Client, Delivered, NewStatus, Pacing, RetryPolicy, State};
use deploystatus_emulator::{Fault, Operation, RetryAfter, Stage};

use super::{Scene, TOKEN, in_paused_time, on_tokio_time};

async fn scene() -> Scene {
    Scene::with(on_tokio_time(), |client| client).await
}

fn report() -> NewStatus {
    NewStatus::new(State::Success).log_url("https://ci.example.com/7")
}

#[test]
fn a_status_that_was_stored_before_the_answer_was_lost_is_adopted() {
    let faults = [
        Fault::status(500).after_work(),
        Fault::status(502).after_work(),
        Fault::html(503).after_work(),
        Fault::status(504).after_work(),
        Fault::close(Stage::AfterWork),
        Fault::cut_body(),
        Fault::status(200).body("fine").after_work(),
        Fault::status(201).body("<html>").after_work(),
        Fault::delay(Duration::from_secs(31)),
    ];
    for fault in faults {
        in_paused_time(|| async {
            let scene = scene().await;
            scene
                .github
                .fault(fault.clone().on(Operation::CreateStatus));
            let delivered = scene.deployment.create_status(report()).await.unwrap();
            assert!(
                matches!(delivered, Delivered::Adopted(_)),
                "{fault:?}: {delivered:?}"
            );
            assert_eq!(scene.stored(), ["success"], "{fault:?}");
            assert_eq!(scene.requests("POST"), 1, "{fault:?}");
            let stored = scene.github.history(scene.deployment.id());
            assert_eq!(delivered.status().id, stored[0].id);
        });
    }
}

#[test]
fn a_status_that_was_not_stored_is_sent_again_when_the_grace_is_over() {
    let faults = [
        Fault::status(500),
        Fault::status(502),
        Fault::html(503),
        Fault::close(Stage::BeforeWork),
        Fault::close(Stage::BeforeReading),
    ];
    for fault in faults {
        in_paused_time(|| async {
            let scene = scene().await;
            scene
                .github
                .fault(fault.clone().on(Operation::CreateStatus));
            let started = tokio::time::Instant::now();
            let delivered = scene.deployment.create_status(report()).await.unwrap();
            assert!(
                matches!(delivered, Delivered::Created(_)),
                "{fault:?}: {delivered:?}"
            );
            assert_eq!(scene.stored(), ["success"], "{fault:?}");
            assert!(started.elapsed() >= Duration::from_secs(10), "{fault:?}");
        });
    }
}

#[test]
fn a_status_that_is_stored_late_is_adopted_and_not_sent_again() {
    in_paused_time(|| async {
        let scene = scene().await;
        let late = Fault::status(502).work_later(Duration::from_secs(9));
        scene.github.fault(late.on(Operation::CreateStatus));
        let delivered = scene.deployment.create_status(report()).await.unwrap();
        assert!(matches!(delivered, Delivered::Adopted(_)), "{delivered:?}");
        assert_eq!(scene.stored(), ["success"]);
    });
}

#[test]
fn nothing_is_sent_again_while_the_list_cannot_be_read() {
    in_paused_time(|| async {
        let scene = scene().await;
        scene
            .github
            .fault(Fault::status(502).after_work().on(Operation::CreateStatus));
        scene
            .github
            .fault(Fault::status(503).times(8).on(Operation::ListStatuses));
        let delivered = scene.deployment.create_status(report()).await.unwrap();
        assert!(matches!(delivered, Delivered::Adopted(_)), "{delivered:?}");
        assert_eq!(scene.stored(), ["success"]);
    });
}

#[test]
fn an_outcome_that_cannot_be_found_out_says_what_to_look_for() {
    in_paused_time(|| async {
        let scene = scene().await;
        scene
            .github
            .fault(Fault::status(502).after_work().on(Operation::CreateStatus));
        scene
            .github
            .fault(Fault::status(503).times(1000).on(Operation::ListStatuses));
        let error = scene.deployment.create_status(report()).await.unwrap_err();
        assert!(error.is_outcome_unknown(), "{error:?}");
        let text = error.to_string();
        assert!(
            text.starts_with("the status was sent and it is unknown whether it is stored: look for `success`, log_url \"https://ci.example.com/7\" since 20"),
            "{text}"
        );
        assert_eq!(error.status(), Some(503));
        assert!(error.hint().unwrap().contains("before you report it again"));
        assert_eq!(scene.requests("POST"), 1);
    });
}

#[test]
fn a_token_that_may_not_read_leaves_the_outcome_unknown_at_once() {
    in_paused_time(|| async {
        let scene = scene().await;
        scene
            .github
            .fault(Fault::status(502).after_work().on(Operation::CreateStatus));
        scene
            .github
            .fault(Fault::status(403).on(Operation::ListStatuses));
        let error = scene.deployment.create_status(report()).await.unwrap_err();
        assert!(error.is_outcome_unknown(), "{error:?}");
        assert_eq!(scene.requests("GET"), 1);
    });
}

#[test]
fn the_number_of_sendings_is_bounded_and_then_the_outcome_is_unknown() {
    in_paused_time(|| async {
        let scene = Scene::with(on_tokio_time(), |client| {
            client.retry(RetryPolicy::new().attempts(3))
        })
        .await;
        scene
            .github
            .fault(Fault::status(502).times(1000).on(Operation::CreateStatus));
        let error = scene.deployment.create_status(report()).await.unwrap_err();
        assert!(error.is_outcome_unknown(), "{error:?}");
        assert_eq!(scene.requests("POST"), 3);
        assert!(scene.stored().is_empty());
    });
}

#[test]
fn a_refusal_is_not_repeated_and_not_looked_up() {
    for status in [400, 401, 403, 404, 409, 422] {
        in_paused_time(|| async {
            let scene = scene().await;
            scene
                .github
                .fault(Fault::status(status).on(Operation::CreateStatus));
            let error = scene.deployment.create_status(report()).await.unwrap_err();
            assert_eq!(error.status(), Some(status));
            assert!(!error.is_outcome_unknown());
            assert_eq!(scene.github.requests().len(), 1);
        });
    }
}

#[test]
fn a_rate_limited_creation_is_simply_sent_again_later() {
    in_paused_time(|| async {
        let scene = scene().await;
        let limit = Fault::secondary_limit(RetryAfter::Seconds(20));
        scene.github.fault(limit.on(Operation::CreateStatus));
        let started = tokio::time::Instant::now();
        let delivered = scene.deployment.create_status(report()).await.unwrap();
        assert!(matches!(delivered, Delivered::Created(_)), "{delivered:?}");
        assert!(started.elapsed() >= Duration::from_secs(20));
        assert_eq!((scene.requests("POST"), scene.requests("GET")), (2, 0));
    });
}

#[test]
fn a_creation_that_never_reached_a_server_is_simply_sent_again() {
    in_paused_time(|| async {
        // A port that was just free has no listener.
        let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        drop(listener);
        let client = Client::builder()
            .base_url(format!("http://{address}"))
            .token(TOKEN)
            .pacing(Pacing::off())
            .build()
            .unwrap();
        let deployment = client.deployment("octocat/example", 42).unwrap();
        let error = deployment.create_status(report()).await.unwrap_err();
        assert_eq!(error.to_string(), "no connection to the server was made");
        assert!(!error.is_outcome_unknown());
    });
}

#[test]
fn an_earlier_report_of_this_handle_is_never_taken_for_the_lost_one() {
    in_paused_time(|| async {
        let scene = scene().await;
        scene.deployment.create_status(report()).await.unwrap();
        scene
            .github
            .fault(Fault::close(Stage::BeforeWork).on(Operation::CreateStatus));
        let second = scene
            .deployment
            .clone()
            .create_status(report())
            .await
            .unwrap();
        assert!(matches!(second, Delivered::Created(_)), "{second:?}");
        assert_eq!(scene.stored(), ["success", "success"]);
    });
}

#[test]
fn tasks_that_report_through_clones_of_one_handle_do_not_take_each_others_statuses() {
    in_paused_time(|| async {
        let scene = scene().await;
        scene.github.fault(
            Fault::status(502)
                .after_work()
                .times(2)
                .on(Operation::CreateStatus),
        );
        scene.github.fault(
            Fault::close(Stage::BeforeWork)
                .times(2)
                .on(Operation::CreateStatus),
        );
        let tasks: Vec<_> = (0..6)
            .map(|_| {
                let deployment = scene.deployment.clone();
                tokio::spawn(async move { deployment.create_status(report()).await.unwrap() })
            })
            .collect();
        let mut ids = Vec::new();
        for task in tasks {
            ids.push(task.await.unwrap().status().id);
        }
        ids.sort_unstable();
        ids.dedup();
        assert_eq!(ids.len(), 6);
        assert_eq!(scene.stored().len(), 6);
    });
}

#[test]
fn another_writers_status_is_not_adopted_when_it_says_something_else() {
    in_paused_time(|| async {
        let scene = scene().await;
        let other = scene
            .client
            .deployment("octocat/example", scene.deployment.id())
            .unwrap();
        scene
            .github
            .fault(Fault::close(Stage::BeforeWork).on(Operation::CreateStatus));
        let ours = scene.deployment.create_status(report().description("ours"));
        let theirs = other.create_status(report().description("theirs"));
        let (ours, theirs) = tokio::join!(ours, theirs);
        assert_eq!(ours.unwrap().status().description.as_deref(), Some("ours"));
        assert_eq!(
            theirs.unwrap().status().description.as_deref(),
            Some("theirs")
        );
        assert_eq!(scene.stored().len(), 2);
    });
}

#[test]
fn a_marked_status_is_told_apart_from_the_same_of_another_process() {
    in_paused_time(|| async {
        let scene = scene().await;
        let other = scene
            .client
            .deployment("octocat/example", scene.deployment.id())
            .unwrap();
        scene
            .github
            .fault(Fault::close(Stage::BeforeWork).on(Operation::CreateStatus));
        let (ours, theirs) = tokio::join!(
            scene.deployment.create_status(report().marker()),
            other.create_status(report().marker())
        );
        assert_ne!(ours.unwrap().status().id, theirs.unwrap().status().id);
        assert_eq!(scene.stored().len(), 2);
    });
}

#[test]
fn an_answer_lost_behind_a_redirect_is_looked_up_at_the_new_place() {
    in_paused_time(|| async {
        let scene = scene().await;
        scene
            .github
            .rename_repository("octocat/example", "octocat/renamed")
            .unwrap();
        let path = format!(
            "/repositories/*/deployments/{}/statuses",
            scene.deployment.id()
        );
        scene
            .github
            .fault(Fault::status(502).after_work().method("POST").path(path));
        let delivered = scene.deployment.create_status(report()).await.unwrap();
        assert!(matches!(delivered, Delivered::Adopted(_)), "{delivered:?}");
        assert_eq!(scene.stored(), ["success"]);
    });
}
