//! Work that is carried out as a rollout.

use std::error::Error as StdError;
use std::io;
use std::panic::AssertUnwindSafe;
use std::time::Duration;

use deploystatus::{RolloutError, State};
use deploystatus_emulator::{Fault, Operation};
use futures_util::FutureExt;
use tests::Scene;

use super::{an_hour, first, history, pair};

type BoxError = Box<dyn StdError + Send + Sync>;

/// A value without `Debug`, as work may return it.
struct Version(&'static str);

#[tokio::test(start_paused = true)]
async fn successful_work_is_success() {
    let scene = Scene::start().await;
    let work = async |rollout: deploystatus::RolloutHandle| -> Result<Version, BoxError> {
        rollout.environment_url("https://staging.example.com")?;
        rollout.progress("Checking");
        Ok(Version("1.2.3"))
    };
    let finished = scene.deployment.rollout(first()).run(work).await.unwrap();
    assert_eq!(finished.value.0, "1.2.3");
    assert_eq!(finished.outcome.status.state, State::Success);
    assert_eq!(scene.stored(), ["in_progress", "success"]);
}

#[tokio::test(start_paused = true)]
async fn failed_work_reports_first_error_line() {
    let scene = Scene::start().await;
    for (text, reported) in [
        ("no space left\non device", "no space left".to_owned()),
        ("\n  \r\n  exit code 1\r\nmore", "exit code 1".to_owned()),
        ("", "The rollout failed".to_owned()),
        (&"long ".repeat(100), format!("{}long…", "long ".repeat(27))),
    ] {
        let running = scene
            .deployment
            .rollout(first())
            .run(async |_| Err::<Version, _>(io::Error::other(text)));
        let Err(RolloutError::Failed {
            error, undelivered, ..
        }) = running.await
        else {
            panic!("the work succeeded");
        };
        assert_eq!(error.to_string(), text);
        assert!(undelivered.is_none());
        assert_eq!(history(&scene).pop().unwrap(), pair("failure", &reported));
    }
}

#[tokio::test(start_paused = true)]
async fn panic_is_reported_and_resumed() {
    let scene = Scene::start().await;
    let work = async |_| -> Result<(), BoxError> {
        tokio::task::yield_now().await;
        let missing = 7;
        panic!("no replica {missing}\nat all");
    };
    let running = scene.deployment.rollout(first()).run(work);
    let panic = AssertUnwindSafe(running).catch_unwind().await.unwrap_err();
    let message = panic.downcast_ref::<String>().unwrap();
    assert_eq!(message, "no replica 7\nat all");
    // The report is stored before the panic resumes.
    let reported = pair("error", "The rollout panicked: no replica 7");
    assert_eq!(history(&scene).pop().unwrap(), reported);
}

#[tokio::test(start_paused = true)]
async fn panic_in_closure_is_reported_and_resumed() {
    let scene = Scene::start().await;
    let rollout = scene.deployment.rollout(first());
    let running = rollout
        .run(|_| -> std::future::Ready<Result<(), BoxError>> { panic!("before the first await") });
    let panic = AssertUnwindSafe(running).catch_unwind().await.unwrap_err();
    assert_eq!(
        *panic.downcast_ref::<&str>().unwrap(),
        "before the first await"
    );
    assert_eq!(scene.stored(), ["in_progress", "error"]);
}

#[tokio::test(start_paused = true)]
async fn dropped_or_aborted_work_is_error() {
    let scene = Scene::start().await;
    let deployment = scene.deployment.clone();
    let running = async move {
        let rollout = deployment.rollout(first());
        let work = async |_| -> Result<(), BoxError> { std::future::pending().await };
        rollout.run(work).await
    };
    let task = tokio::spawn(running);
    tokio::time::sleep(Duration::from_secs(60)).await;
    assert_eq!(scene.stored(), ["in_progress"]);
    task.abort();
    tokio::time::sleep(Duration::from_secs(1)).await;
    assert_eq!(scene.stored(), ["in_progress", "error"]);
}

#[tokio::test(start_paused = true)]
async fn rejected_start_prevents_the_work() {
    let scene = Scene::start().await;
    scene.fault(Fault::status(404).on(Operation::CreateStatus));
    let work = async |_| -> Result<(), BoxError> { unreachable!("the work was started") };
    let error = scene.deployment.rollout(first()).run(work).await;
    let error = error.unwrap_err();
    assert!(error.error().unwrap().is_not_found());
    assert!(matches!(error, RolloutError::NotBegun(_)));
    let text = "the start of the rollout could not be reported";
    assert_eq!(error.to_string(), text);
    an_hour().await;
    assert!(scene.stored().is_empty());
}

#[tokio::test(start_paused = true)]
async fn unreported_failure_comes_with_the_work_error() {
    let scene = Scene::start().await;
    let rejected = Fault::status(403).times(9).skip(1);
    scene.fault(rejected.on(Operation::CreateStatus));
    let work = async |_| -> Result<(), BoxError> { Err("no space left".into()) };
    let error = scene.deployment.rollout(first()).run(work).await;
    let error = error.unwrap_err();
    let text = "the rollout failed: no space left; the failure could not be reported";
    assert_eq!(error.to_string(), text);
    let source = error.source().unwrap().to_string();
    let id = scene.deployment.id();
    let expected = format!("could not report failure for deployment {id} of octocat/example");
    assert_eq!(source, expected);
    scene.github.clear_faults();
    let report = error.into_undelivered().unwrap();
    report.redeliver(&scene.client).await.unwrap();
    assert_eq!(scene.stored(), ["in_progress", "failure"]);
}

#[tokio::test(start_paused = true)]
async fn unreported_success_keeps_the_value() {
    let scene = Scene::start().await;
    let rejected = Fault::status(403).times(9).skip(1);
    scene.fault(rejected.on(Operation::CreateStatus));
    let work = async |_| Ok::<_, BoxError>(Version("1.2.3"));
    let Err(error) = scene.deployment.rollout(first()).run(work).await else {
        panic!("the success was reported");
    };
    let text = "the rollout succeeded, but its success could not be reported";
    assert_eq!(error.to_string(), text);
    assert_eq!(error.error().unwrap().status(), Some(403));
    assert!(!format!("{error:?}").contains("1.2.3"));
    let RolloutError::NotReported {
        value, undelivered, ..
    } = error
    else {
        panic!("another error");
    };
    assert_eq!(value.0, "1.2.3");
    scene.github.clear_faults();
    undelivered.redeliver(&scene.client).await.unwrap();
    assert_eq!(scene.stored(), ["in_progress", "success"]);
}

#[tokio::test(start_paused = true)]
async fn rollout_errors_convert_into_boxed_errors() {
    async fn program(scene: &Scene) -> Result<(), BoxError> {
        let rollout = scene.deployment.rollout(first());
        let work = async |_| -> Result<(), BoxError> { Err("exit code 1".into()) };
        rollout.run(work).await?;
        Ok(())
    }
    let scene = Scene::start().await;
    let error = program(&scene).await.unwrap_err();
    assert_eq!(error.to_string(), "the rollout failed: exit code 1");
}

#[tokio::test(start_paused = true)]
async fn futures_are_send() {
    fn is_send<T: Send>(value: T) -> T {
        value
    }
    let scene = Scene::start().await;
    let text = String::from("borrowed");
    let running = scene.deployment.rollout(first()).run(async |rollout| {
        rollout.progress(text.as_str());
        Ok::<_, BoxError>(())
    });
    is_send(running).await.unwrap();
    let mut rollout = is_send(
        is_send(scene.deployment.rollout(first()).begin())
            .await
            .unwrap(),
    );
    is_send(rollout.wait_begun()).await.unwrap();
    is_send(rollout.succeed()).await.unwrap();
    let rollout = scene.deployment.rollout(first()).begin().await.unwrap();
    is_send(rollout.fail("no")).await.unwrap();
    let rollout = scene.deployment.rollout(first()).begin().await.unwrap();
    is_send(rollout.cancel("no")).await.unwrap();
    let folder = tempfile::tempdir().unwrap();
    let outbox = deploystatus::Outbox::open(folder.path()).unwrap();
    is_send(outbox.flush(&scene.client, deploystatus::OnSuperseded::Drop))
        .await
        .unwrap();
}
