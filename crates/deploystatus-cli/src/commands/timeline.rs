//! `timeline`: shows the history of a deployment.

use deploystatus::Timeline;
use futures_util::TryStreamExt;

use super::time_limit::TimeLimit;
use crate::arguments::ProgressTimeoutArgs;
use crate::duration;
use crate::error::{Activity, Error};
use crate::exit::Code;
use crate::output::Output;
use crate::output::format::Format;
use crate::output::style::{Span, Times};
use crate::output::table::{Column, Table};
use crate::settings::Settings;

pub(crate) async fn run(
    arguments: ProgressTimeoutArgs,
    settings: &Settings,
    output: &Output,
) -> Result<Code, Error> {
    let limit = TimeLimit::new(arguments.timeout, output);
    let deployment = limit.deployment(settings)?;
    let read = async {
        let mut statuses = deployment.statuses().into_stream();
        let mut timeline = Timeline::default();
        while let Some(status) = statuses.try_next().await.map_err(read_error())? {
            timeline.extend([status]);
            limit.on_progress();
        }
        Ok(timeline)
    };
    let timeline = limit.run(Activity::Reading, read).await?;
    match output.format() {
        Format::Text if timeline.newest().is_none() => output.note("the deployment has no status"),
        Format::Text => {
            output.table(&table(&timeline, output.times()))?;
            output.text(summary(&timeline, output.times()))?;
        }
        Format::Json => output.json(&timeline)?,
        Format::JsonLines => {
            for period in timeline.periods() {
                output.json(&period)?;
            }
        }
    }
    Ok(Code::Done)
}

fn read_error() -> impl FnOnce(deploystatus::Error) -> Error {
    Error::call("read the timeline")
}

/// Creates a table of the states, oldest first.
pub(crate) fn table(timeline: &Timeline, times: Times) -> Table {
    let mut table = Table::new(&[
        Column::Fixed("SINCE"),
        Column::Fixed("STATE"),
        Column::Fixed("LASTED"),
        Column::Text("BY"),
        Column::Text("DESCRIPTION"),
    ]);
    for period in timeline.periods() {
        let lasted = period.duration();
        let lasted = lasted.map(|time| duration::format(time.as_secs()));
        let creator = period.creator.as_ref().map(|it| it.login().to_owned());
        table.row(vec![
            Span::plain(times.format(period.started_at)),
            Span::state(&period.state),
            Span::plain(lasted.unwrap_or_default()),
            Span::plain(creator.unwrap_or_default()),
            Span::plain(period.description.unwrap_or_default()),
        ]);
    }
    table
}

/// Returns one line: the current state, the duration and the number of retries.
pub(crate) fn summary(timeline: &Timeline, times: Times) -> String {
    let mut parts = Vec::new();
    match (timeline.live(), timeline.newest()) {
        (Some(live), _) => parts.push(format!("live since {}", times.format(live.started_at))),
        (None, Some(newest)) => parts.push(format!("not live, {}", newest.state)),
        (None, None) => parts.push("no status".to_owned()),
    }
    if let Some(took) = timeline.duration() {
        parts.push(format!("took {}", duration::format(took.as_secs())));
    }
    match timeline.retries() {
        0 => {}
        1 => parts.push("retried once".to_owned()),
        count => parts.push(format!("retried {count} times")),
    }
    parts.join("; ")
}
