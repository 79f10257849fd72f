//! `list`: lists the statuses of a deployment, newest first.

use deploystatus::{DeploymentStatus, StatusPages};
use futures_util::TryStreamExt;

use super::time_limit::TimeLimit;
use crate::arguments::ListArgs;
use crate::error::{Activity, Error};
use crate::exit::Code;
use crate::output::Output;
use crate::output::format::Format;
use crate::output::style::{Span, Times};
use crate::output::table::{Column, Table};
use crate::settings::Settings;

pub(crate) async fn run(
    arguments: &ListArgs,
    settings: &Settings,
    output: &Output,
) -> Result<Code, Error> {
    let time = TimeLimit::new(arguments.time.timeout, output);
    let pages = time.deployment(settings)?.statuses();
    let limit = (!arguments.all).then_some(arguments.limit);
    let print = print(pages, limit, &time, output);
    let rest = time.run(Activity::Reading, print).await?;
    if let (Rest::More, Some(limit)) = (rest, limit) {
        output.note(format!(
            "these are the newest {limit}; use --all to show all statuses"
        ));
    }
    Ok(Code::Done)
}

/// The statuses after those that were read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Rest {
    None,
    More,
}

/// Prints the statuses: JSON as it arrives, a table at the end.
async fn print(
    pages: StatusPages,
    limit: Option<usize>,
    time: &TimeLimit<'_>,
    output: &Output,
) -> Result<Rest, Error> {
    match output.format() {
        Format::Text => {
            let mut statuses = Vec::new();
            let add = |status| {
                statuses.push(status);
                Ok(())
            };
            let rest = read(pages, limit, time, output, add).await?;
            if statuses.is_empty() {
                output.note("the deployment has no status");
            } else {
                output.table(&table(&statuses, output.times()))?;
            }
            Ok(rest)
        }
        Format::Json => {
            let mut array = output.json_array();
            let rest = read(pages, limit, time, output, |status| array.push(&status)).await?;
            array.end()?;
            Ok(rest)
        }
        Format::JsonLines => read(pages, limit, time, output, |status| output.json(&status)).await,
    }
}

/// Passes each status to `visit`, and reads one more than the limit, which shows that there are more.
async fn read(
    mut pages: StatusPages,
    limit: Option<usize>,
    time: &TimeLimit<'_>,
    output: &Output,
    mut visit: impl FnMut(DeploymentStatus) -> Result<(), Error>,
) -> Result<Rest, Error> {
    let Some(limit) = limit else {
        // The stream reads several pages concurrently.
        let mut all = pages.into_stream();
        while let Some(status) = all.try_next().await.map_err(list_error())? {
            visit(status)?;
            time.on_progress();
            if output.is_closed() {
                break;
            }
        }
        return Ok(Rest::None);
    };
    pages = pages.per_page(page_size(limit.saturating_add(1)));
    let mut left = limit;
    while let Some(page) = pages.next_page().await.map_err(list_error())? {
        for status in page {
            if left == 0 {
                return Ok(Rest::More);
            }
            left -= 1;
            visit(status)?;
        }
        time.on_progress();
        if output.is_closed() {
            break;
        }
    }
    Ok(Rest::None)
}

fn page_size(wanted: usize) -> u8 {
    u8::try_from(wanted).unwrap_or(100).min(100)
}

/// Creates a table with a row for each status.
pub(crate) fn table<'a>(
    statuses: impl IntoIterator<Item = &'a DeploymentStatus>,
    times: Times,
) -> Table {
    let mut table = Table::new(&[
        Column::Fixed("ID"),
        Column::Fixed("STATE"),
        Column::Fixed("CREATED"),
        Column::Text("BY"),
        Column::Text("ENVIRONMENT"),
        Column::Text("DESCRIPTION"),
    ]);
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
