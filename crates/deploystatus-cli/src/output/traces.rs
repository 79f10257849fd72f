//! Traces of calls and requests, printed to standard error.

mod call;

use std::fmt::{Debug, Write as _};
use std::time::Duration;

use jiff::Timestamp;
use serde_json::json;
use tracing::field::{Field, Visit};
use tracing::level_filters::LevelFilter;
use tracing::span::{Attributes, Id, Record};
use tracing::{Event, Subscriber};
use tracing_subscriber::filter::Targets;
use tracing_subscriber::layer::{Context, Layer, SubscriberExt};
use tracing_subscriber::registry::LookupSpan;
use tracing_subscriber::util::SubscriberInitExt;

use super::format::Format;
use super::print::{print_json, print_line};
use crate::escape::{Log, escape};
use call::Call;

/// Starts printing traces; `verbosity` is the number of `--verbose` flags.
pub(super) fn start(verbosity: u8, format: Format, log: Log) {
    let level = match verbosity {
        0 => return,
        1 => LevelFilter::INFO,
        2 => LevelFilter::DEBUG,
        _ => LevelFilter::TRACE,
    };
    // Other crates trace URLs with passwords, such as those of proxies.
    let targets = Targets::new().with_target("deploystatus", level);
    let traces = Traces { format, log }.with_filter(targets);
    // A subscriber exists already only if this function has run before.
    let _ = tracing_subscriber::registry().with(traces).try_init();
}

/// Prints a line when a call starts, for each of its responses and repetitions, and for each event.
struct Traces {
    format: Format,
    log: Log,
}

impl Traces {
    fn print(&self, text: &str) {
        let line = format!("{:.3} {text}", Timestamp::now());
        match self.format {
            Format::Text => print_line(&escape(&line, self.log)),
            Format::Json | Format::JsonLines => print_json(&json!({ "trace": line })),
        }
    }
}

impl<S: Subscriber + for<'a> LookupSpan<'a>> Layer<S> for Traces {
    fn on_new_span(&self, attributes: &Attributes<'_>, id: &Id, context: Context<'_, S>) {
        let Some(span) = context.span(id) else {
            return;
        };
        let mut call = Call::default();
        attributes.record(&mut call);
        span.extensions_mut().insert(call);
    }

    fn on_record(&self, id: &Id, values: &Record<'_>, context: Context<'_, S>) {
        let Some(span) = context.span(id) else {
            return;
        };
        let mut extensions = span.extensions_mut();
        let Some(call) = extensions.get_mut::<Call>() else {
            return;
        };
        values.record(call);
        if let Some(line) = call.take_line() {
            self.print(&line);
        }
    }

    fn on_enter(&self, id: &Id, context: Context<'_, S>) {
        let Some(span) = context.span(id) else {
            return;
        };
        let mut extensions = span.extensions_mut();
        if let Some(line) = extensions.get_mut::<Call>().and_then(Call::resume) {
            self.print(&line);
        }
    }

    fn on_event(&self, event: &Event<'_>, context: Context<'_, S>) {
        let mut text = Text::default();
        event.record(&mut text);
        self.print(&format!("{}{}", text.message, text.fields));
        if let (Some(attempt), Some(span)) = (text.attempt, context.event_span(event))
            && let Some(call) = span.extensions_mut().get_mut::<Call>()
        {
            call.pause(attempt, text.pause);
        }
    }
}

/// The text of an event.
#[derive(Default)]
struct Text {
    message: String,
    fields: String,
    /// Number of the attempt that has failed, if the event is about one.
    attempt: Option<u64>,
    /// Time until the next attempt.
    pause: Duration,
}

impl Visit for Text {
    fn record_u64(&mut self, field: &Field, value: u64) {
        if field.name() == "attempt" {
            self.attempt = Some(value);
        }
        self.record_debug(field, &value);
    }

    fn record_u128(&mut self, field: &Field, value: u128) {
        if field.name() == "milliseconds" {
            self.pause = Duration::from_millis(value.try_into().unwrap_or(u64::MAX));
        }
        self.record_debug(field, &value);
    }

    fn record_debug(&mut self, field: &Field, value: &dyn Debug) {
        if field.name() == "message" {
            self.message = format!("{value:?}");
        } else {
            let _ = write!(self.fields, " {}={value:?}", field.name());
        }
    }
}
