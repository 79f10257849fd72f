//! Delivers what an outbox still holds.

use std::path::Path;

use deploystatus::{Delivered, Flushed, Outbox, Overtaken, Undelivered};
use serde_json::{Value, json};

use super::list;
use crate::arguments::FlushArguments;
use crate::error::{self, Error};
use crate::exit::{self, Code};
use crate::output::{Form, Output};
use crate::settings::Settings;

pub(crate) async fn run(
    arguments: &FlushArguments,
    settings: &Settings,
    output: &Output,
) -> Result<Code, Error> {
    let directory = settings.outbox(&arguments.outbox)?;
    if !directory.exists() {
        let text = format!(
            "there is no outbox at {}, so nothing is kept",
            directory.display()
        );
        output.remark(&text);
        answer(&Flushed::default(), output)?;
        return Ok(Code::Done);
    }
    let client = settings.client()?;
    let overtaken = if arguments.drop_overtaken {
        Overtaken::Drop
    } else {
        Overtaken::Send
    };
    let outbox = Outbox::open(&directory).map_err(Error::call("open the outbox"))?;
    let flushed = outbox.flush(&client, overtaken).await;
    let flushed = flushed.map_err(Error::call("flush the outbox"))?;
    answer(&flushed, output)?;
    tell(&flushed, &directory, output);
    Ok(end(flushed, output))
}

/// What was delivered; as one document, also what was not.
fn answer(flushed: &Flushed, output: &Output) -> Result<(), Error> {
    match output.form() {
        Form::Plain if flushed.delivered.is_empty() => Ok(()),
        Form::Plain => {
            let delivered = flushed.delivered.iter().map(Delivered::status);
            output.table(&list::table(delivered, output.style()))
        }
        Form::JsonLines => flushed
            .delivered
            .iter()
            .try_for_each(|delivered| output.json(delivered.status())),
        Form::Json => {
            let delivered: Vec<_> = flushed.delivered.iter().map(Delivered::status).collect();
            let unreadable: Vec<_> = flushed.unreadable.iter().map(in_full).collect();
            output.json(&json!({
                "delivered": delivered,
                "dropped": reports(&flushed.dropped),
                "kept": reports(&flushed.kept),
                "left": flushed.left,
                "unreadable": unreadable,
            }))
        }
    }
}

/// What is not delivered, and why.
fn tell(flushed: &Flushed, directory: &Path, output: &Output) {
    for report in &flushed.dropped {
        output.remark(&format!(
            "dropped, because others have reported since: {}",
            name(report)
        ));
    }
    for path in &flushed.left {
        output.warning(&format!(
            "left for later, because it is for another server, waits for an older one, or is being sent just now: {}",
            path.display()
        ));
    }
    for error in &flushed.unreadable {
        output.warning(&in_full(error));
    }
    if flushed.is_complete() && flushed.delivered.is_empty() && flushed.dropped.is_empty() {
        output.remark(&format!("nothing is kept in {}", directory.display()));
    }
}

/// What could not be delivered is an error, and the first one decides how the command ends.
fn end(flushed: Flushed, output: &Output) -> Code {
    let mut end = Code::Done;
    if !flushed.left.is_empty() || !flushed.unreadable.is_empty() {
        end = Code::Failed;
    }
    for (index, report) in flushed.kept.into_iter().enumerate() {
        let error = Error::Call {
            doing: "deliver what is kept",
            source: report.into(),
        };
        output.error(&error);
        if index == 0 {
            end = exit::code_of(&error);
        }
    }
    end
}

fn reports(reports: &[Undelivered]) -> Vec<Value> {
    let reports = reports.iter().map(|report| json!(report));
    reports.collect()
}

fn name(report: &Undelivered) -> String {
    format!(
        "the end of deployment {} of {}",
        report.deployment(),
        report.repository()
    )
}

fn in_full(error: &deploystatus::Error) -> String {
    format!("{error}{}", error::causes(error))
}
