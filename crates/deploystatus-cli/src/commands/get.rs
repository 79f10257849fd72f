//! `get`: shows one status.

use crate::arguments::GetArgs;
use crate::error::Error;
use crate::exit::Code;
use crate::output::Output;
use crate::settings::Settings;

pub(crate) async fn run(
    arguments: &GetArgs,
    settings: &Settings,
    output: &Output,
) -> Result<Code, Error> {
    let deployment = settings.deployment()?;
    let status = deployment.get_status(arguments.status_id).await;
    let status = status.map_err(Error::call("read the status"))?;
    output.set_outputs(&status);
    output.status(&status, &[])?;
    Ok(Code::Done)
}
