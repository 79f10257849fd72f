//! Shows the statuses of a deployment, newest first.

use deploystatus::{DeploymentStatus, StatusPages};
use futures_util::TryStreamExt;

use crate::arguments::ListArguments;
use crate::error::Error;
use crate::exit::Code;
use crate::output::{Cell, Form, Output, Style, Table};
use crate::settings::Settings;

pub(crate) async fn run(
    arguments: &ListArguments,
    settings: &Settings,
    output: &Output,
) -> Result<Code, Error> {
    let pages = settings.deployment()?.statuses();
    let limit = (!arguments.all).then_some(usize::try_from(arguments.limit).unwrap_or(usize::MAX));
    if output.form() == Form::JsonLines {
        stream(pages, limit.unwrap_or(usize::MAX), output).await?;
        return Ok(Code::Done);
    }
    let statuses = read(pages, limit).await.map_err(failed())?;
    let shown = &statuses[..statuses.len().min(limit.unwrap_or(usize::MAX))];
    match output.form() {
        Form::Plain if shown.is_empty() => output.remark("there is no status yet"),
        Form::Plain => output.table(&table(shown, output.style()))?,
        Form::Json | Form::JsonLines => output.json(&shown)?,
    }
    if shown.len() < statuses.len() {
        output.remark(&format!(
            "these are the newest {}; --all shows the others too",
            shown.len()
        ));
    }
    Ok(Code::Done)
}

/// Each status as it arrives.
async fn stream(pages: StatusPages, limit: usize, output: &Output) -> Result<(), Error> {
    let mut statuses = pages.per_page(page_size(limit)).into_stream();
    for _ in 0..limit {
        match statuses.try_next().await.map_err(failed())? {
            Some(status) if !output.is_closed() => output.json(&status)?,
            _ => break,
        }
    }
    Ok(())
}

/// All statuses; or as many as were asked for, and one more if there is one.
async fn read(
    pages: StatusPages,
    limit: Option<usize>,
) -> Result<Vec<DeploymentStatus>, deploystatus::Error> {
    let Some(limit) = limit else {
        return pages.collect().await;
    };
    let wanted = limit.saturating_add(1);
    let mut pages = pages.per_page(page_size(wanted));
    let mut statuses = Vec::new();
    while statuses.len() < wanted {
        match pages.next_page().await? {
            Some(page) => statuses.extend(page),
            None => break,
        }
    }
    statuses.truncate(wanted);
    Ok(statuses)
}

fn page_size(wanted: usize) -> u8 {
    u8::try_from(wanted).unwrap_or(100).min(100)
}

/// One row a status.
pub(crate) fn table<'a>(
    statuses: impl IntoIterator<Item = &'a DeploymentStatus>,
    style: Style,
) -> Table {
    let mut table = Table::new(&["ID", "STATE", "CREATED", "BY", "ENVIRONMENT", "DESCRIPTION"]);
    for status in statuses {
        let creator = status.creator.as_ref().map(|it| it.login().to_owned());
        table.row(vec![
            Cell::Text(status.id.to_string()),
            Cell::State(status.state.clone()),
            Cell::Text(style.moment(status.created_at)),
            Cell::Text(creator.unwrap_or_default()),
            Cell::Text(status.environment.clone().unwrap_or_default()),
            Cell::Text(status.description.clone().unwrap_or_default()),
        ]);
    }
    table
}

fn failed() -> impl FnOnce(deploystatus::Error) -> Error {
    Error::call("list the statuses")
}
