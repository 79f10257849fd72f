//! `man`: prints manual pages.

use std::fmt::Write as _;

use clap::CommandFactory;
use clap_mangen::Man;

use crate::arguments::Arguments;
use crate::error::Error;
use crate::exit::Code;
use crate::output::Output;

pub(crate) fn run(subcommand: Option<&str>, output: &Output) -> Result<Code, Error> {
    let mut root = Arguments::command();
    root.build();
    let (command, name) = match subcommand {
        None => (root, "deploystatus".to_owned()),
        Some(word) => {
            let found = root.find_subcommand(word).cloned();
            let command = found.ok_or_else(|| {
                Error::Usage(format!(
                    "unknown subcommand {word:?}; `deploystatus --help` lists the subcommands"
                ))
            })?;
            (command, format!("deploystatus-{word}"))
        }
    };
    // The page's name contains a hyphen, its synopsis a space.
    let mut page = Vec::new();
    Man::new(command.display_name(name))
        .render(&mut page)
        .map_err(Error::Output)?;
    let mut text = String::from_utf8_lossy(&page).into_owned();
    text.push_str(".SH \"EXIT STATUS\"\n");
    for code in Code::ALL {
        let _ = writeln!(text, ".TP\n\\fB{}\\fR\n{}", code.number(), code.meaning());
    }
    output.generated(text)?;
    Ok(Code::Done)
}
