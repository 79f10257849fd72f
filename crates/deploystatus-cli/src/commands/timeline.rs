//! Shows what happened to a deployment.

use deploystatus::Timeline;

use crate::error::Error;
use crate::exit::Code;
use crate::output::{Cell, Form, Output, Style, Table, length};
use crate::settings::Settings;

pub(crate) async fn run(settings: &Settings, output: &Output) -> Result<Code, Error> {
    let deployment = settings.deployment()?;
    let timeline = deployment.timeline().await;
    let timeline = timeline.map_err(Error::call("read the timeline"))?;
    match output.form() {
        Form::Plain if timeline.newest().is_none() => output.remark("there is no status yet"),
        Form::Plain => {
            output.table(&table(&timeline, output.style()))?;
            output.answer(&format!("{}\n", summary(&timeline, output.style())))?;
        }
        Form::Json => output.json(&timeline)?,
        Form::JsonLines => {
            for stretch in timeline.stretches() {
                output.json(&stretch)?;
            }
        }
    }
    Ok(Code::Done)
}

/// The states one after the other, oldest first.
pub(crate) fn table(timeline: &Timeline, style: Style) -> Table {
    let mut table = Table::new(&["SINCE", "STATE", "LASTED", "BY", "DESCRIPTION"]);
    for stretch in timeline.stretches() {
        let lasted = stretch.lasted().map(|time| length(time.as_secs()));
        let creator = stretch.by.as_ref().map(|it| it.login().to_owned());
        table.row(vec![
            Cell::Text(style.moment(stretch.since)),
            Cell::State(stretch.state),
            Cell::Text(lasted.unwrap_or_default()),
            Cell::Text(creator.unwrap_or_default()),
            Cell::Text(stretch.description.unwrap_or_default()),
        ]);
    }
    table
}

/// Whether it is live, how long it took, and how often it was tried, in one sentence.
pub(crate) fn summary(timeline: &Timeline, style: Style) -> String {
    let mut parts = Vec::new();
    match (timeline.live(), timeline.newest()) {
        (Some(live), _) => parts.push(format!("live since {}", style.moment(live.since))),
        (None, Some(newest)) => parts.push(format!("not live, {}", newest.state)),
        (None, None) => parts.push("nothing was reported".to_owned()),
    }
    if let Some(took) = timeline.took() {
        parts.push(format!("took {}", length(took.as_secs())));
    }
    match timeline.retries() {
        0 => {}
        1 => parts.push("tried again once".to_owned()),
        times => parts.push(format!("tried again {times} times")),
    }
    parts.join("; ")
}
