//! Progress reports.

use std::time::Duration;

use deploystatus::{NewStatus, Pacing, State};
use deploystatus_emulator::{Fault, Operation};
use tests::Scene;
use tokio::time::{Instant, sleep};

use super::{an_hour, first, history};

async fn seconds(seconds: u64) {
    sleep(Duration::from_secs(seconds)).await;
}

fn descriptions(scene: &Scene) -> Vec<String> {
    let history = history(scene).into_iter();
    history.map(|(_, description)| description).collect()
}

#[tokio::test(start_paused = true)]
async fn progress_is_limited_by_interval_and_change() {
    let scene = Scene::start().await;
    let rollout = scene.deployment.rollout(first());
    let rollout = rollout.progress_interval(Duration::from_secs(65));
    let rollout = rollout.begin().await.unwrap();
    for second in 0..300 {
        rollout.progress(format!("{} of 15 pods", second / 20));
        seconds(1).await;
    }
    let requests = scene.github.requests();
    let posts = requests.iter().filter(|request| request.method == "POST");
    let times: Vec<_> = posts.map(|post| post.at).collect();
    for pair in times.windows(2) {
        let apart = pair[1].duration_since(pair[0]).as_secs();
        assert!((64..=81).contains(&apart), "{apart}");
    }
    assert_eq!(history(&scene)[1].1, "3 of 15 pods");
    assert_eq!(scene.stored().len(), 5);
    rollout.succeed().await.unwrap();
}

#[tokio::test(start_paused = true)]
async fn progress_never_holds_up_the_work() {
    let scene = Scene::start().await;
    let rollout = scene.deployment.rollout(first()).begin().await.unwrap();
    seconds(11).await;
    scene.fault(Fault::delay(Duration::from_secs(25)).times(9));
    let began = Instant::now();
    for number in 0..100 {
        rollout.progress(format!("{number} of 100"));
    }
    assert_eq!(began.elapsed(), Duration::ZERO);
    an_hour().await;
    assert_eq!(descriptions(&scene), ["", "99 of 100"]);
    rollout.succeed().await.unwrap();
}

#[tokio::test(start_paused = true)]
async fn newest_progress_is_sent_after_the_interval() {
    let scene = Scene::start().await;
    let rollout = scene.deployment.rollout(first()).begin().await.unwrap();
    rollout.progress("first");
    seconds(5).await;
    rollout.progress("second");
    assert_eq!(descriptions(&scene), [""]);
    seconds(6).await;
    assert_eq!(descriptions(&scene), ["", "second"]);
    rollout.progress("third");
    rollout.succeed().await.unwrap();
    assert_eq!(scene.stored(), ["in_progress", "in_progress", "success"]);
}

#[tokio::test(start_paused = true)]
async fn unchanged_progress_is_not_repeated() {
    let scene = Scene::start().await;
    let rollout = scene.deployment.rollout(first()).begin().await.unwrap();
    rollout.progress("half");
    an_hour().await;
    rollout.progress("half");
    an_hour().await;
    assert_eq!(scene.stored().len(), 2);
    rollout.environment_url("https://example.com").unwrap();
    rollout.progress("half");
    an_hour().await;
    assert_eq!(scene.stored().len(), 3);
    rollout.succeed().await.unwrap();
}

#[tokio::test(start_paused = true)]
async fn first_in_progress_ignores_the_interval() {
    let scene = Scene::start().await;
    let queued = NewStatus::new(State::Queued);
    let rollout = scene.deployment.rollout(queued).begin().await.unwrap();
    rollout.progress("off");
    seconds(1).await;
    assert_eq!(scene.stored(), ["queued", "in_progress"]);
    rollout.progress("on");
    seconds(1).await;
    assert_eq!(scene.stored(), ["queued", "in_progress"]);
    rollout.succeed().await.unwrap();
}

#[tokio::test(start_paused = true)]
async fn failed_progress_does_not_end_the_rollout() {
    let scene = Scene::start().await;
    let rollout = scene.deployment.rollout(first()).begin().await.unwrap();
    scene.fault(Fault::status(502).times(2).on(Operation::CreateStatus));
    rollout.progress("half");
    an_hour().await;
    rollout.succeed().await.unwrap();
    assert_eq!(scene.stored(), ["in_progress", "success"]);
}

#[tokio::test(start_paused = true)]
async fn late_progress_does_not_hide_the_end() {
    for more in [None, Some("2 of 2")] {
        let scene = Scene::start().await;
        let rollout = scene.deployment.rollout(first());
        let rollout = rollout.progress_interval(Duration::ZERO);
        let rollout = rollout.begin().await.unwrap();
        let late = Fault::status(502).work_later(Duration::from_secs(9));
        scene.fault(late.on(Operation::CreateStatus));
        // The list cannot be read, so the client does not know when the progress is stored.
        scene.fault(Fault::status(403).on(Operation::ListStatuses));
        rollout.progress("1 of 2");
        seconds(1).await;
        if let Some(more) = more {
            rollout.progress(more);
            seconds(1).await;
        }
        rollout.succeed().await.unwrap();
        an_hour().await;
        assert_eq!(scene.stored().last().unwrap(), "success");
        assert_eq!(scene.stored().len(), 3 + more.iter().count());
    }
}

#[tokio::test(start_paused = true)]
async fn progress_after_the_end_is_not_reported() {
    let scene = Scene::start().await;
    let rollout = scene.deployment.rollout(first()).begin().await.unwrap();
    let handle = rollout.handle();
    rollout.succeed().await.unwrap();
    an_hour().await;
    handle.progress("more");
    an_hour().await;
    assert_eq!(scene.stored(), ["in_progress", "success"]);
}

#[tokio::test(start_paused = true)]
async fn progress_interval_defaults_to_ten_seconds() {
    let scene = Scene::start().await;
    let rollout = scene.deployment.rollout(first()).begin().await.unwrap();
    rollout.progress("half");
    seconds(9).await;
    assert_eq!(scene.stored().len(), 1);
    seconds(2).await;
    assert_eq!(scene.stored().len(), 2);
    rollout.succeed().await.unwrap();
}

#[tokio::test(start_paused = true)]
async fn overlong_interval_is_accepted() {
    let scene = Scene::start().await;
    let rollout = scene.deployment.rollout(first());
    let rollout = rollout.progress_interval(Duration::MAX);
    let rollout = rollout.begin().await.unwrap();
    rollout.progress("half");
    an_hour().await;
    rollout.succeed().await.unwrap();
    assert_eq!(scene.stored(), ["in_progress", "success"]);
}

#[tokio::test(start_paused = true)]
async fn progress_that_waits_for_limits_does_not_delay_the_end() {
    let scene = Scene::with_client(|client| client.pacing(Pacing::new())).await;
    let rollout = scene.deployment.rollout(first());
    let rollout = rollout.begin().await.unwrap();
    // The token has 100 requests left for the next hour.
    let reset = scene.github.now().as_second() + 3600;
    let low = Fault::status(200)
        .body("[]")
        .header("x-ratelimit-limit", "5000")
        .header("x-ratelimit-remaining", "100")
        .header("x-ratelimit-reset", reset.to_string());
    scene.fault(low);
    scene.deployment.latest_status().await.unwrap();
    rollout.progress("Copying");
    // The interval is over, and the progress waits.
    seconds(11).await;
    let started = Instant::now();
    rollout.succeed().await.unwrap();
    assert_eq!(started.elapsed().as_secs(), 0);
    assert_eq!(scene.stored(), ["in_progress", "success"]);
}
