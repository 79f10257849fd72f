//! Shows the newest status.

use serde_json::Value;

use crate::error::Error;
use crate::exit::Code;
use crate::output::{Form, Output};
use crate::settings::Settings;

pub(crate) async fn run(settings: &Settings, output: &Output) -> Result<Code, Error> {
    let deployment = settings.deployment()?;
    let newest = deployment.statuses().newest().await;
    let newest = newest.map_err(Error::call("read the newest status"))?;
    if let Some(status) = newest {
        output.status(&status, &[])?;
        output.tell_workflow(&status);
        return Ok(Code::Done);
    }
    if output.form() == Form::Json {
        output.json(&Value::Null)?;
    }
    output.remark("there is no status yet");
    Ok(Code::Done)
}
