//! `latest`: shows the newest status.

use serde_json::Value;

use crate::error::Error;
use crate::exit::Code;
use crate::output::{Format, Output};
use crate::settings::Settings;

pub(crate) async fn run(settings: &Settings, output: &Output) -> Result<Code, Error> {
    let deployment = settings.deployment()?;
    let newest = deployment.latest_status().await;
    let newest = newest.map_err(Error::call("read the newest status"))?;
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
