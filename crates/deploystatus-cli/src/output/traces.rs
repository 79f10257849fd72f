//! Traces of requests, printed to standard error.

use std::io::{self, Write};

use serde_json::json;
use tracing::level_filters::LevelFilter;
use tracing_subscriber::filter::Targets;
use tracing_subscriber::fmt::format::FmtSpan;
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::SubscriberInitExt;

use super::format::Format;
use super::print::{print_json, print_line};
use crate::escape::{Log, escape};

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
    // A subscriber exists already only if this function has run before.
    let _ = tracing_subscriber::fmt()
        .with_max_level(level)
        .with_writer(move || Traces { format, log })
        .with_ansi(false)
        // A call is one span: its beginning names the operation, and its end has all fields.
        .with_span_events(FmtSpan::NEW | FmtSpan::CLOSE)
        .finish()
        .with(targets)
        .try_init();
}

/// A writer that escapes what it prints, because traces contain text from servers.
struct Traces {
    format: Format,
    log: Log,
}

impl Write for Traces {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let text = String::from_utf8_lossy(bytes);
        let text = text.trim_end_matches('\n');
        match self.format {
            Format::Text => print_line(&escape(text, self.log)),
            Format::Json | Format::JsonLines => print_json(&json!({ "trace": text })),
        }
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
