//! `completions`: prints shell completions.

use clap::CommandFactory;
use clap_complete::{Shell, generate};

use crate::arguments::Arguments;
use crate::error::Error;
use crate::exit::Code;
use crate::output::Output;

pub(crate) fn run(shell: Shell, output: &Output) -> Result<Code, Error> {
    let mut script = Vec::new();
    generate(
        shell,
        &mut Arguments::command(),
        "deploystatus",
        &mut script,
    );
    output.generated(String::from_utf8_lossy(&script).into_owned())?;
    Ok(Code::Done)
}
