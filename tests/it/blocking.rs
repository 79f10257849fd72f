//! The surface without `async`, from outside and from inside a runtime.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::Duration;

use deploystatus::blocking::{Client, Deployment};
use deploystatus::{
    Delivered, NewStatus, Outbox, Outcome, Overtaken, Pacing, Progress, State, WaitPolicy,
};
use deploystatus_emulator as emulator;
use emulator::{Emulator, Fault, NewDeployment, Operation, Stage};
use tokio::runtime::{Builder, Runtime};

/// An emulator on threads of its own, and a handle on its one deployment.
struct Scene {
    github: Emulator,
    client: Client,
    deployment: Deployment,
    _runtime: Option<Runtime>,
}

impl Scene {
    /// For tests that are in no runtime.
    fn start() -> Self {
        let runtime = Builder::new_multi_thread()
            .worker_threads(1)
            .enable_all()
            .build()
            .unwrap();
        let github = runtime.block_on(Emulator::start()).unwrap();
        Self::with(github, Some(runtime))
    }

    fn with(github: Emulator, runtime: Option<Runtime>) -> Self {
        let new = NewDeployment::new("main");
        let id = github.create_deployment("octocat/example", new).unwrap().id;
        let client = Client::builder()
            .base_url(github.api_url())
            .token("t")
            .pacing(Pacing::off())
            .build_blocking()
            .unwrap();
        let deployment = client.deployment("octocat/example", id).unwrap();
        Self {
            github,
            client,
            deployment,
            _runtime: runtime,
        }
    }
}

/// Uses all of it once.
fn report_and_read(deployment: &Deployment) {
    let new = NewStatus::new(State::InProgress);
    let created = deployment.create_status(new.clone()).unwrap();
    assert!(matches!(created, Delivered::Created(_)), "{created:?}");
    let again = deployment.create_status_if_changed(new).unwrap();
    assert!(matches!(again, Delivered::AlreadyThere(_)), "{again:?}");
    let created = created.into_status();
    assert_eq!(deployment.get_status(created.id).unwrap(), created);
    let newest = deployment.statuses().newest().unwrap();
    assert_eq!(newest.as_ref(), Some(&created));

    let policy = WaitPolicy::new().timeout(Duration::ZERO);
    let outcome = deployment.wait(&policy).run().unwrap();
    assert!(
        matches!(outcome, Outcome::StillRunning { polls: 1, .. }),
        "{outcome:?}"
    );
    let reached = deployment.wait_for(State::InProgress, &policy).run();
    assert_eq!(reached.unwrap(), Outcome::Reached(created));

    deployment
        .create_status(NewStatus::new(State::Success))
        .unwrap();
    let outcome = deployment.wait(&policy).run().unwrap();
    assert!(matches!(outcome, Outcome::Succeeded(_)), "{outcome:?}");
    assert!(deployment.timeline().unwrap().is_live());
}

#[test]
fn everything_works_outside_a_runtime() {
    let scene = Scene::start();
    report_and_read(&scene.deployment);
    assert_eq!(scene.client.base_url(), scene.github.api_url());
    assert!(scene.client.rate_limit().is_some());
    assert_eq!(scene.deployment.repository(), "octocat/example");
    let error = scene.deployment.get_status(999).unwrap_err();
    assert!(error.is_not_found());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn everything_works_inside_a_runtime_with_many_threads() {
    let scene = Scene::with(Emulator::start().await.unwrap(), None);
    report_and_read(&scene.deployment);
    let deployment = scene.deployment.clone();
    tokio::spawn(async move { report_and_read(&deployment) })
        .await
        .unwrap();
}

#[test]
fn everything_works_inside_a_runtime_with_one_thread() {
    let scene = Scene::start();
    let runtime = Builder::new_current_thread().enable_all().build().unwrap();
    let Scene {
        github,
        client,
        deployment,
        _runtime,
    } = scene;
    runtime.block_on(async move {
        report_and_read(&deployment);
        // The last of them ends the thread of the client, from in here.
        drop((deployment, client));
    });
    assert_eq!(github.deployments().len(), 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_task_that_makes_hundreds_of_calls_does_not_run_out_of_turns() {
    let scene = Scene::with(Emulator::start().await.unwrap(), None);
    let github = scene.github;
    let deployment = scene.deployment;
    let id = deployment.id();
    for _ in 0..250 {
        github
            .create_status(id, emulator::NewStatus::new("queued"))
            .unwrap();
    }
    tokio::spawn(async move {
        for _ in 0..100 {
            deployment.statuses().newest().unwrap();
        }
        assert_eq!(deployment.statuses().per_page(1).into_iter().count(), 250);
    })
    .await
    .unwrap();
}

#[test]
fn statuses_are_iterated_over_page_by_page() {
    let scene = Scene::start();
    let id = scene.deployment.id();
    for _ in 0..25 {
        scene
            .github
            .create_status(id, emulator::NewStatus::new("queued"))
            .unwrap();
    }
    scene.github.clear_requests();
    let pages = scene.deployment.statuses().per_page(10);
    let first: Vec<_> = pages.clone().into_iter().take(10).collect();
    assert_eq!((first.len(), scene.github.requests().len()), (10, 1));
    let all: Result<Vec<_>, _> = pages.clone().into_iter().collect();
    assert_eq!(all.unwrap(), pages.at_once(2).collect::<Vec<_>>().unwrap());
    scene.github.fault(Fault::status(401));
    let mut refused = scene.deployment.statuses().into_iter();
    assert_eq!(refused.next().unwrap().unwrap_err().status(), Some(401));
    assert_eq!(refused.count(), 25);
}

#[test]
fn a_status_whose_answer_was_lost_is_adopted() {
    let scene = Scene::start();
    let lost = Fault::close(Stage::AfterWork).on(Operation::CreateStatus);
    scene.github.fault(lost);
    let new = NewStatus::new(State::Success);
    let delivered = scene.deployment.create_status(new).unwrap();
    assert!(matches!(delivered, Delivered::Adopted(_)), "{delivered:?}");
    assert_eq!(scene.github.history(scene.deployment.id()).len(), 1);
}

#[test]
fn what_is_told_of_polls_may_call_in_turn_and_borrow() {
    let scene = Scene::start();
    let new = NewStatus::new(State::Success);
    scene.deployment.create_status(new).unwrap();
    let mut told = Vec::new();
    let outcome = scene
        .deployment
        .wait(&WaitPolicy::new())
        .on_poll(|progress| {
            let timeline = scene.deployment.timeline().unwrap();
            told.push((progress.polls, timeline.is_live()));
        })
        .run();
    assert!(outcome.unwrap().is_good());
    assert_eq!(told, [(1, true)]);
}

#[test]
fn a_panic_on_the_way_goes_on_and_spoils_nothing() {
    let scene = Scene::start();
    let wait = scene.deployment.wait(&WaitPolicy::new());
    let panics = thread::spawn(move || wait.on_poll(|_| panic!("on purpose")).run());
    assert!(panics.join().is_err());
    report_and_read(&scene.deployment);
}

#[test]
fn many_threads_share_a_client() {
    let scene = Scene::start();
    let asked = AtomicUsize::new(0);
    thread::scope(|threads| {
        for number in 0..8 {
            let (deployment, asked) = (&scene.deployment, &asked);
            threads.spawn(move || {
                let remark = format!("part {number}");
                let new = NewStatus::new(State::InProgress).description(remark);
                deployment.create_status(new).unwrap();
                asked.fetch_add(1, Ordering::Relaxed);
            });
        }
    });
    assert_eq!(asked.into_inner(), 8);
    let all: Vec<_> = scene.deployment.statuses().collect().unwrap();
    assert_eq!(all.len(), 8);
}

#[test]
fn a_token_can_be_asked_for() {
    let scene = Scene::start();
    scene.github.add_token(emulator::Token::classic("fresh"));
    let client = Client::builder()
        .base_url(scene.github.api_url())
        .token_source(|| async { Ok::<_, std::io::Error>("fresh".to_owned()) })
        .build_blocking()
        .unwrap();
    let id = scene.deployment.id();
    let deployment = client.deployment_in("octocat", "example", id).unwrap();
    report_and_read(&deployment);
}

/// The states of a deployment's history, oldest first.
fn states(scene: &Scene) -> Vec<String> {
    let history = scene.github.history(scene.deployment.id());
    history.into_iter().map(|status| status.state).collect()
}

fn begun() -> NewStatus {
    NewStatus::new(State::InProgress)
}

#[test]
fn a_rollout_is_reported_from_its_beginning_to_its_end() {
    let scene = Scene::start();
    let rollout = scene.deployment.rollout(begun()).begin().unwrap();
    let ongoing = rollout.ongoing().clone();
    assert!(matches!(ongoing.progress("soon"), Progress::TooSoon));
    ongoing.environment_url("https://example.com").unwrap();
    let succeeded = rollout.succeed().unwrap();
    let status = succeeded.delivered().status();
    assert_eq!(
        status.environment_url.as_deref(),
        Some("https://example.com")
    );
    assert!(matches!(ongoing.progress("too late"), Progress::Over));
    assert_eq!(states(&scene), ["in_progress", "success"]);
}

#[test]
fn the_work_of_a_rollout_may_report_on_the_way() {
    let scene = Scene::start();
    let rollout = scene
        .deployment
        .rollout(begun())
        .progress_interval(Duration::ZERO);
    let outcome = rollout.run(|ongoing| {
        assert!(ongoing.progress("3 of 7 pods").is_reported());
        Err("no space left\non any disk".into())
    });
    assert!(outcome.is_err());
    assert_eq!(states(&scene), ["in_progress", "in_progress", "failure"]);
    let last = scene.github.history(scene.deployment.id()).pop().unwrap();
    assert_eq!(last.description, "no space left");
}

#[test]
fn a_rollout_whose_work_panics_is_an_error_and_the_panic_goes_on() {
    let scene = Scene::start();
    let rollout = scene.deployment.rollout(begun());
    let panics = thread::spawn(move || rollout.run(|_| panic!("on purpose")));
    assert!(panics.join().is_err());
    assert_eq!(states(&scene), ["in_progress", "error"]);
}

#[test]
fn a_rollout_that_is_dropped_is_reported_before_the_drop_is_over() {
    let Scene {
        github,
        client,
        deployment,
        _runtime,
    } = Scene::start();
    let id = deployment.id();
    let rollout = deployment.rollout(begun()).begin().unwrap();
    // The rollout is then all that keeps the client's thread.
    drop((deployment, client));
    drop(rollout);
    let history = github.history(id);
    assert_eq!(history.last().unwrap().state, "error");
    assert_eq!(history.len(), 2);
}

#[test]
fn an_end_that_was_not_delivered_is_kept_and_flushed_later() {
    let scene = Scene::start();
    let folder = tempfile::tempdir().unwrap();
    let outbox = Outbox::open(folder.path()).unwrap();
    let rollout = scene
        .deployment
        .rollout(begun())
        .outbox(&outbox)
        .begin()
        .unwrap();
    // It is refused and stored all the same, so that the flush finds it at its first look.
    let lies = Fault::status(403).after_work().on(Operation::CreateStatus);
    scene.github.fault(lies);
    let undelivered = rollout.succeed().unwrap_err();
    assert!(undelivered.kept_in().is_some());

    drop(undelivered);
    let flushed = scene.client.flush(&outbox, Overtaken::Send).unwrap();
    assert!(outbox.files().unwrap().is_empty(), "{flushed:?}");
    assert_eq!(states(&scene), ["in_progress", "success"]);
}

#[test]
fn an_end_that_was_not_delivered_is_sent_later_by_itself() {
    let scene = Scene::start();
    let rollout = scene.deployment.rollout(begun()).begin().unwrap();
    scene
        .github
        .fault(Fault::status(403).on(Operation::CreateStatus));
    let undelivered = rollout.abandon("a reason").unwrap_err();
    scene.client.redeliver(undelivered).unwrap();
    assert_eq!(states(&scene), ["in_progress", "error"]);
}
