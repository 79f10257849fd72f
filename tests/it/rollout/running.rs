//! Work whose end is reported whatever happens.

use std::io;
use std::panic::AssertUnwindSafe;
use std::time::Duration;

use deploystatus::{Error, State};
use deploystatus_emulator::{Fault, Operation};
use futures_util::FutureExt;

use super::{an_hour, first, scene};
use crate::facade::in_paused_time;

async fn ship() -> Result<&'static str, io::Error> {
    tokio::task::yield_now().await;
    Ok("https://staging.example.com")
}

#[test]
fn work_that_goes_well_is_a_success() {
    in_paused_time(|| async {
        let scene = scene().await;
        let mut shipped = None;
        let running = scene.deployment.rollout(first()).run(async |rollout| {
            let url = ship().await?;
            rollout.environment_url(url)?;
            rollout.progress("Checking").await;
            shipped = Some(url);
            Ok(())
        });
        let success = running.await.unwrap();
        assert_eq!(success.delivered().status().state, State::Success);
        assert_eq!(scene.stored(), ["in_progress", "success"]);
        assert_eq!(shipped, ship().await.ok());
    });
}

#[test]
fn work_that_fails_is_a_failure_with_the_first_line_of_the_error() {
    in_paused_time(|| async {
        let scene = scene().await;
        for (text, said) in [
            ("no space left\non device", "no space left".to_owned()),
            ("\n  \r\n  exit code 1\r\nmore", "exit code 1".to_owned()),
            ("", "The rollout failed".to_owned()),
            (&"long ".repeat(100), format!("{}long…", "long ".repeat(27))),
        ] {
            let running = scene
                .deployment
                .rollout(first())
                .run(async |_| Err(io::Error::other(text).into()));
            let error = running.await.unwrap_err();
            assert!(matches!(error, Error::WorkFailed(_)), "{error:?}");
            assert_eq!(error.to_string(), "the work of the rollout failed");
            let cause = std::error::Error::source(&error).unwrap();
            assert!(cause.downcast_ref::<io::Error>().is_some());
            assert_eq!(cause.to_string(), text);
            let (state, remark) = scene.told().pop().unwrap();
            assert_eq!(
                (state.as_str(), remark.as_str()),
                ("failure", said.as_str())
            );
            assert!(remark.chars().count() <= 140);
        }
    });
}

#[test]
fn work_that_panics_is_an_error_and_the_panic_goes_on() {
    in_paused_time(|| async {
        let scene = scene().await;
        let running = scene.deployment.rollout(first()).run(async |_| {
            tokio::task::yield_now().await;
            let missing = 7;
            panic!("no replica {missing}\nat all");
        });
        let panic = AssertUnwindSafe(running).catch_unwind().await.unwrap_err();
        assert_eq!(
            panic.downcast_ref::<String>().unwrap(),
            "no replica 7\nat all"
        );
        // It is there when the panic goes on, and not some time later.
        assert_eq!(
            scene.told().pop().unwrap(),
            ("error".into(), "The rollout panicked: no replica 7".into())
        );
    });
}

#[test]
fn a_panic_before_the_work_became_a_future_is_an_error_too() {
    in_paused_time(|| async {
        let scene = scene().await;
        let running = scene
            .deployment
            .rollout(first())
            .run(|_| -> std::future::Ready<_> { panic!("at once") });
        let panic = AssertUnwindSafe(running).catch_unwind().await.unwrap_err();
        assert_eq!(*panic.downcast_ref::<&str>().unwrap(), "at once");
        assert_eq!(scene.stored(), ["in_progress", "error"]);
    });
}

#[test]
fn work_that_is_dropped_or_aborted_is_an_error() {
    in_paused_time(|| async {
        let scene = scene().await;
        let deployment = scene.deployment.clone();
        let running = async move {
            let rollout = deployment.rollout(first());
            rollout.run(async |_| std::future::pending().await).await
        };
        let task = tokio::spawn(running);
        tokio::time::sleep(Duration::from_secs(60)).await;
        assert_eq!(scene.stored(), ["in_progress"]);
        task.abort();
        tokio::time::sleep(Duration::from_secs(1)).await;
        assert_eq!(scene.stored(), ["in_progress", "error"]);
    });
}

#[test]
fn work_is_not_begun_when_its_beginning_cannot_be_reported() {
    in_paused_time(|| async {
        let scene = scene().await;
        scene
            .github
            .fault(Fault::status(404).on(Operation::CreateStatus));
        let running = scene
            .deployment
            .rollout(first())
            .run(async |_| unreachable!("the work was begun"));
        assert!(running.await.unwrap_err().is_not_found());
        an_hour().await;
        assert!(scene.stored().is_empty());
    });
}

#[test]
fn an_end_that_cannot_be_reported_comes_with_the_error_of_the_work() {
    in_paused_time(|| async {
        let scene = scene().await;
        for fails in [true, false] {
            scene.github.clear_faults();
            let refused = Fault::status(403).times(9).skip(1);
            scene.github.fault(refused.on(Operation::CreateStatus));
            let running = scene.deployment.rollout(first()).run(async |_| {
                if fails {
                    return Err("no space left".into());
                }
                Ok(())
            });
            let error = running.await.unwrap_err();
            let state = if fails { "failure" } else { "success" };
            let report = format!(
                "the end of the rollout, `{state}` on deployment {} of octocat/example, was not delivered",
                scene.deployment.id()
            );
            let text = error.to_string();
            if fails {
                assert_eq!(
                    text,
                    format!("the work of the rollout failed, and {report}")
                );
            } else {
                assert_eq!(text, report);
                assert_eq!(error.status(), Some(403));
            }
            assert!(error.hint().unwrap().contains("`Undelivered::redeliver`"));
            assert!(error.undelivered().is_some());
            scene.github.clear_faults();
            let report = error.into_undelivered().unwrap();
            report.redeliver(&scene.client).await.unwrap();
            assert_eq!(scene.stored().pop().unwrap(), state);
        }
    });
}

#[test]
fn every_future_of_a_rollout_can_be_sent_to_another_thread() {
    fn is_send<T: Send>(value: T) -> T {
        value
    }
    in_paused_time(|| async {
        let scene = scene().await;
        let text = String::from("borrowed");
        let running = is_send(scene.deployment.rollout(first()).run(async |rollout| {
            rollout.progress(text.as_str()).await;
            Ok(())
        }));
        running.await.unwrap();
        let rollout = is_send(
            is_send(scene.deployment.rollout(first()).begin())
                .await
                .unwrap(),
        );
        is_send(rollout.progress("half")).await;
        is_send(rollout.succeed()).await.unwrap();
        let rollout = scene.deployment.rollout(first()).begin().await.unwrap();
        is_send(rollout.fail("no")).await.unwrap();
        let rollout = scene.deployment.rollout(first()).begin().await.unwrap();
        is_send(rollout.abandon("no")).await.unwrap();
    });
}
