//! Prints the manual page, of the command or of one of its subcommands.

use std::fmt::Write as _;

use clap::CommandFactory;
use clap_mangen::Man;

use crate::arguments::Arguments;
use crate::error::Error;
use crate::exit::Code;
use crate::output::Output;

pub(crate) fn run(subcommand: Option<&str>, output: &Output) -> Result<Code, Error> {
    let mut whole = Arguments::command();
    whole.build();
    let (command, name) = match subcommand {
        None => (whole, "deploystatus".to_owned()),
        Some(word) => {
            let found = whole.find_subcommand(word).cloned();
            let command = found.ok_or_else(|| {
                Error::Usage(format!(
                    "there is no command {word:?}; `deploystatus --help` lists them"
                ))
            })?;
            (command, format!("deploystatus-{word}"))
        }
    };
    // The page is found under the name with dashes, and the synopsis has the one with spaces.
    let mut page = Vec::new();
    Man::new(command.display_name(name))
        .render(&mut page)
        .map_err(Error::Output)?;
    let mut text = String::from_utf8_lossy(&page).into_owned();
    text.push_str(".SH \"EXIT STATUS\"\n");
    for code in Code::ALL {
        let _ = writeln!(text, ".TP\n\\fB{}\\fR\n{}", code.number(), code.meaning());
    }
    output.answer(&text)?;
    Ok(Code::Done)
}
