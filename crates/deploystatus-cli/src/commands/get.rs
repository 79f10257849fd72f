//! `get`: shows one status.

use super::time_limit::TimeLimit;
use crate::arguments::GetArgs;
use crate::error::{Activity, Error};
use crate::exit::Code;
use crate::output::Output;
use crate::settings::Settings;

pub(crate) async fn run(
    arguments: &GetArgs,
    settings: &Settings,
    output: &Output,
) -> Result<Code, Error> {
    let limit = TimeLimit::new(arguments.time.timeout, output);
    let deployment = limit.deployment(settings)?;
    let read = async {
        let status = deployment.get_status(arguments.status_id).await;
        status.map_err(Error::call("read the status"))
    };
    let status = limit.run(Activity::Reading, read).await?;
    output.set_outputs(&status);
    output.status(&status, &[])?;
    Ok(Code::Done)
}
