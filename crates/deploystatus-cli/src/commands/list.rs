//! `list`: lists the statuses of a deployment, newest first.

use deploystatus::{DeploymentStatus, StatusPages};
use futures_util::TryStreamExt;

use super::time_limit::TimeLimit;
use crate::arguments::ListArgs;
use crate::error::{Error, TimedOut};
use crate::exit::Code;
use crate::output::Output;
use crate::output::format::Format;
use crate::output::style::{Span, Times};
use crate::output::table::Table;
use crate::settings::Settings;

pub(crate) async fn run(
    arguments: &ListArgs,
    settings: &Settings,
    output: &Output,
) -> Result<Code, Error> {
    let time = TimeLimit::new(arguments.time.timeout);
    let deployment = settings.deployment(output)?;
    let pages = deployment.with_retry_policy(time.retry_policy()).statuses();
    let limit = (!arguments.all).then_some(arguments.limit);
    if output.format() == Format::JsonLines {
        let print = print_lines(pages, limit.unwrap_or(usize::MAX), &time, output);
        time.run(TimedOut::Reading, print).await?;
        return Ok(Code::Done);
    }
    let read = async { read(pages, limit, &time).await.map_err(list_error()) };
    let statuses = time.run(TimedOut::Reading, read).await?;
    let shown = &statuses[..statuses.len().min(limit.unwrap_or(usize::MAX))];
    match output.format() {
        Format::Text if shown.is_empty() => output.note("the deployment has no status"),
        Format::Text => output.table(&table(shown, output.times()))?,
        Format::Json | Format::JsonLines => output.json(&shown)?,
    }
    if shown.len() < statuses.len() {
        output.note(&format!(
            "these are the newest {}; use --all to show all statuses",
            shown.len()
        ));
    }
    Ok(Code::Done)
}

/// Prints each status as it arrives.
async fn print_lines(
    pages: StatusPages,
    limit: usize,
    time: &TimeLimit,
    output: &Output,
) -> Result<(), Error> {
    let mut statuses = pages.per_page(page_size(limit)).into_stream();
    for _ in 0..limit {
        match statuses.try_next().await.map_err(list_error())? {
            Some(status) if !output.is_closed() => output.json(&status)?,
            _ => break,
        }
        time.on_progress();
    }
    Ok(())
}

/// Reads all statuses, or up to one more than the limit, which shows that there are more.
async fn read(
    pages: StatusPages,
    limit: Option<usize>,
    time: &TimeLimit,
) -> Result<Vec<DeploymentStatus>, deploystatus::Error> {
    let mut statuses = Vec::new();
    let Some(limit) = limit else {
        // The stream reads several pages concurrently.
        let mut all = pages.into_stream();
        while let Some(status) = all.try_next().await? {
            statuses.push(status);
            time.on_progress();
        }
        return Ok(statuses);
    };
    let wanted = limit.saturating_add(1);
    let mut pages = pages.per_page(page_size(wanted));
    while statuses.len() < wanted {
        match pages.next_page().await? {
            Some(page) => statuses.extend(page),
            None => break,
        }
        time.on_progress();
    }
    statuses.truncate(wanted);
    Ok(statuses)
}

fn page_size(wanted: usize) -> u8 {
    u8::try_from(wanted).unwrap_or(100).min(100)
}

/// Creates a table with a row for each status.
pub(crate) fn table<'a>(
    statuses: impl IntoIterator<Item = &'a DeploymentStatus>,
    times: Times,
) -> Table {
    let mut table = Table::new(&["ID", "STATE", "CREATED", "BY", "ENVIRONMENT", "DESCRIPTION"]);
    for status in statuses {
        let creator = status.creator.as_ref().map(|it| it.login().to_owned());
        table.row(vec![
            Span::plain(status.id.to_string()),
            Span::state(&status.state),
            Span::plain(times.format(status.created_at)),
            Span::plain(creator.unwrap_or_default()),
            Span::plain(status.environment.clone().unwrap_or_default()),
            Span::plain(status.description.clone().unwrap_or_default()),
        ]);
    }
    table
}

fn list_error() -> impl FnOnce(deploystatus::Error) -> Error {
    Error::call("list the statuses")
}
