//! `latest`: shows the newest status.

use serde_json::Value;

use super::time_limit::TimeLimit;
use crate::arguments::TimeoutArgs;
use crate::error::{Activity, Error};
use crate::exit::Code;
use crate::output::Output;
use crate::output::format::Format;
use crate::settings::Settings;

pub(crate) async fn run(
    arguments: TimeoutArgs,
    settings: &Settings,
    output: &Output,
) -> Result<Code, Error> {
    let limit = TimeLimit::new(arguments.timeout, output);
    let deployment = limit.deployment(settings)?;
    let read = async {
        let newest = deployment.latest_status().await;
        newest.map_err(Error::call("read the newest status"))
    };
    let newest = limit.run(Activity::Reading, read).await?;
    if let Some(status) = newest {
        output.set_outputs(&status);
        output.status(&status, &[])?;
        return Ok(Code::Done);
    }
    if output.format() == Format::Json {
        output.json(&Value::Null)?;
    }
    output.note("the deployment has no status");
    Ok(Code::Done)
}
