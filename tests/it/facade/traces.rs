//! Spans and events of calls.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::fmt::Debug;
use std::sync::Once;

use deploystatus::{NewStatus, ServerProfile, State};
use deploystatus_emulator::{Fault, Operation};
use tests::{Scene, TOKEN, in_paused_time, on_tokio_time};
use tracing::field::{Empty, Field, Visit};
use tracing::span::{Attributes, Id, Record};
use tracing::subscriber::Interest;
use tracing::{Event, Instrument, Metadata, Subscriber};
use tracing_subscriber::layer::{Context, Layer, SubscriberExt};
use tracing_subscriber::registry::LookupSpan;

type Fields = BTreeMap<String, String>;

thread_local! {
    /// The records of this thread. A test in paused time has only one thread.
    static KEPT: RefCell<Option<Kept>> = const { RefCell::new(None) };
}

#[derive(Default)]
struct Kept {
    /// `true` if the spans of the library are filtered out.
    is_muted: bool,
    spans: Vec<(Id, Fields)>,
    events: Vec<Fields>,
}

/// Records the spans and events of the library on threads that request it.
///
/// It is the subscriber of the whole process, because tracing caches for all threads which callsites are enabled.
struct Keeper;

struct Noted<'a>(&'a mut Fields);

impl Visit for Noted<'_> {
    fn record_debug(&mut self, field: &Field, value: &dyn Debug) {
        let text = format!("{value:?}");
        let text = text.trim_matches('"').to_owned();
        self.0.insert(field.name().to_owned(), text);
    }
}

fn keep(note: impl FnOnce(&mut Kept)) {
    KEPT.with_borrow_mut(|kept| kept.as_mut().map(note));
}

impl<S: Subscriber + for<'a> LookupSpan<'a>> Layer<S> for Keeper {
    fn register_callsite(&self, metadata: &'static Metadata<'static>) -> Interest {
        let target = metadata.target();
        if target == "deploystatus" || target.starts_with("deploystatus::") {
            Interest::sometimes()
        } else {
            Interest::never()
        }
    }

    fn enabled(&self, metadata: &Metadata<'_>, _: Context<'_, S>) -> bool {
        let is_muted = |kept: &Kept| kept.is_muted && metadata.name() == "deploystatus";
        KEPT.with_borrow(|kept| kept.as_ref().is_some_and(|kept| !is_muted(kept)))
    }

    fn on_new_span(&self, attributes: &Attributes<'_>, id: &Id, _: Context<'_, S>) {
        keep(|kept| {
            let mut fields = Fields::new();
            attributes.record(&mut Noted(&mut fields));
            kept.spans.push((id.clone(), fields));
        });
    }

    fn on_record(&self, id: &Id, values: &Record<'_>, _: Context<'_, S>) {
        keep(|kept| {
            let mut spans = kept.spans.iter_mut().rev();
            if let Some((_, fields)) = spans.find(|(known, _)| known == id) {
                values.record(&mut Noted(fields));
            }
        });
    }

    fn on_event(&self, event: &Event<'_>, _: Context<'_, S>) {
        keep(|kept| {
            let mut fields = Fields::new();
            event.record(&mut Noted(&mut fields));
            kept.events.push(fields);
        });
    }
}

/// Returns the spans and events of calls on a scene in paused time.
fn traced(calls: impl AsyncFnOnce(&Scene)) -> (Vec<Fields>, Vec<Fields>) {
    record(Kept::default(), async || {
        calls(&Scene::start().await).await;
    })
}

fn record(kept: Kept, calls: impl AsyncFnOnce()) -> (Vec<Fields>, Vec<Fields>) {
    static LISTENING: Once = Once::new();
    LISTENING.call_once(|| {
        let subscriber = tracing_subscriber::registry().with(Keeper);
        tracing::subscriber::set_global_default(subscriber).unwrap();
    });
    // Other tests may have reached these spans before the subscriber was set.
    tracing::callsite::rebuild_interest_cache();
    KEPT.set(Some(kept));
    in_paused_time(|| async { calls().await });
    let kept = KEPT.take().unwrap();
    let spans = kept.spans.into_iter().map(|(_, fields)| fields).collect();
    (spans, kept.events)
}

fn messages(events: &[Fields]) -> Vec<&str> {
    events
        .iter()
        .map(|event| event["message"].as_str())
        .collect()
}

#[test]
fn call_is_one_span_with_opentelemetry_names() {
    let (spans, events) = traced(async |scene| {
        scene
            .deployment
            .create_status(NewStatus::new(State::Success))
            .await
            .unwrap();
    });
    assert_eq!(spans.len(), 1, "{spans:?}");
    let span = &spans[0];
    assert_eq!(span["deploystatus.operation"], "create");
    assert_eq!(span["deploystatus.repository"], "octocat/example");
    assert_eq!(span["http.request.method"], "POST");
    assert_eq!(span["http.response.status_code"], "201");
    assert_eq!(span["http.request.resend_count"], "0");
    assert_eq!(span["server.address"], "127.0.0.1");
    assert!(span["github.ratelimit.remaining"].parse::<u64>().is_ok());
    assert!(!span["github.request_id"].is_empty());
    assert!(events.is_empty(), "{events:?}");
}

#[test]
fn retries_and_redirects_are_events() {
    let (spans, events) = traced(async |scene| {
        scene.fault(Fault::status(502).on(Operation::ListStatuses));
        scene.deployment.latest_status().await.unwrap();
        scene.fault(Fault::status(502).after_work().on(Operation::CreateStatus));
        let report = NewStatus::new(State::Success).description("hush");
        scene.deployment.create_status(report).await.unwrap();
        scene
            .github
            .rename_repository("octocat/example", "octocat/renamed")
            .unwrap();
        scene.deployment.latest_status().await.unwrap();
        scene.deployment.latest_status().await.unwrap();
    });
    assert_eq!(spans.len(), 4);
    assert_eq!(spans[0]["http.request.resend_count"], "1");
    assert_eq!(
        messages(&events),
        [
            "waiting for the next attempt",
            "the response was lost; searching for the status",
            "found the status that was sent",
            "following a redirect",
            "the repository was renamed or moved; update its name",
        ]
    );
    let all = format!("{spans:?} {events:?}");
    assert!(!all.contains(TOKEN) && !all.contains("hush"), "{all}");
}

#[test]
fn deprecation_is_logged_once_per_client() {
    let (_, events) = traced(async |scene| {
        let retiring = Fault::status(200)
            .body("[]")
            .header("deprecation", "Tue, 10 Mar 2026 00:00:00 GMT")
            .header("sunset", "Fri, 10 Mar 2028 00:00:00 GMT")
            .header(
                "link",
                "<https://docs.example.com>; rel=\"deprecation\"; type=\"text/html\"",
            );
        scene.fault(retiring.times(2));
        for _ in 0..2 {
            let all: Vec<_> = scene.deployment.statuses().collect().await.unwrap();
            assert!(all.is_empty());
        }
    });
    assert_eq!(events.len(), 1, "{events:?}");
    assert_eq!(events[0]["deprecation"], "Tue, 10 Mar 2026 00:00:00 GMT");
    assert_eq!(events[0]["sunset"], "Fri, 10 Mar 2028 00:00:00 GMT");
}

#[test]
fn contradicting_profile_is_logged_once_per_client() {
    let (_, events) = record(Kept::default(), async || {
        let github = on_tokio_time().profile("ghes:3.12".parse().unwrap());
        let profile = ServerProfile::enterprise(3, 20);
        let scene = Scene::with(github, |client| client.profile(profile)).await;
        for _ in 0..2 {
            scene.deployment.latest_status().await.unwrap();
            scene.another_handle().latest_status().await.unwrap();
        }
    });
    assert_eq!(events.len(), 1, "{events:?}");
    assert_eq!(events[0]["explicit"], "ghes 3.20");
    assert_eq!(events[0]["detected"], "ghes 3.12");
}

#[test]
fn span_of_the_caller_is_not_written() {
    let muted = Kept {
        is_muted: true,
        ..Kept::default()
    };
    let (spans, _) = record(muted, async || {
        let scene = Scene::start().await;
        scene.fault(Fault::status(502));
        let span = tracing::info_span!(
            target: "deploystatus::caller",
            "caller",
            http.response.status_code = Empty,
            http.request.resend_count = Empty,
            github.request_id = Empty,
            error.r#type = Empty,
            note = "own",
        );
        let reading = scene.deployment.latest_status().instrument(span);
        reading.await.unwrap();
    });
    let own = Fields::from([("note".to_owned(), "own".to_owned())]);
    assert_eq!(spans, [own]);
}

#[test]
fn error_type_is_cleared_by_a_later_success() {
    let (spans, _) = traced(async |scene| {
        scene.fault(Fault::status(502));
        scene.deployment.latest_status().await.unwrap();
        scene.fault(Fault::status(404));
        scene.deployment.latest_status().await.unwrap_err();
    });
    let types: Vec<_> = spans
        .iter()
        .map(|span| span["error.type"].as_str())
        .collect();
    assert_eq!(types, ["", "rejected"]);
}
