//! `man`: prints manual pages, or writes all of them to a directory.

use std::fs;
use std::io;
use std::path::Path;

use clap::{Command, CommandFactory};
use clap_mangen::Man;

use crate::arguments::{Arguments, ManArgs};
use crate::error::Error;
use crate::exit::Code;
use crate::output::Output;

pub(crate) fn run(arguments: &ManArgs, output: &Output) -> Result<Code, Error> {
    let mut root = Arguments::command();
    root.build();
    if let Some(directory) = &arguments.all {
        write_all(&root, directory)?;
        return Ok(Code::Done);
    }
    let Some(name) = &arguments.command else {
        output.generated(page(&root, None)?)?;
        return Ok(Code::Done);
    };
    let subcommand = root.find_subcommand(name).ok_or_else(|| {
        Error::Usage(format!(
            "unknown subcommand {name:?}; `deploystatus --help` lists the subcommands"
        ))
    })?;
    output.generated(page(&root, Some(subcommand))?)?;
    Ok(Code::Done)
}

/// Writes the page of the command and of each subcommand.
fn write_all(root: &Command, directory: &Path) -> Result<(), Error> {
    let write = |name: &str, page: String| {
        let path = directory.join(format!("{name}.1"));
        fs::write(&path, page).map_err(|source| Error::File {
            action: "write manual page",
            path,
            source,
        })
    };
    fs::create_dir_all(directory).map_err(|source| Error::File {
        action: "create directory",
        path: directory.to_owned(),
        source,
    })?;
    write("deploystatus", page(root, None)?)?;
    for subcommand in subcommands(root) {
        let name = page_name(subcommand);
        write(&name, page(root, Some(subcommand))?)?;
    }
    Ok(())
}

fn subcommands(root: &Command) -> impl Iterator<Item = &Command> {
    root.get_subcommands()
        .filter(|command| command.get_name() != "help")
}

/// Returns the name of a subcommand's page, which contains a hyphen instead of a space.
fn page_name(subcommand: &Command) -> String {
    format!("deploystatus-{}", subcommand.get_name())
}

fn page(root: &Command, subcommand: Option<&Command>) -> Result<String, Error> {
    let name = subcommand.map_or_else(|| "deploystatus".to_owned(), page_name);
    let command = subcommand.unwrap_or(root).clone().display_name(name);
    let notes = command.get_after_help().map(ToString::to_string);
    let man = Man::new(command);
    let mut page = Vec::new();
    standard_sections(&man, subcommand.is_none(), &mut page).map_err(Error::Output)?;
    let text = String::from_utf8_lossy(&page);
    // Each section starts with the definitions that are needed once.
    let mut text = format!("{DEFINITIONS}{}", text.replace(DEFINITIONS, ""));
    text.push_str(&notes_and_examples(&notes.unwrap_or_default()));
    if subcommand.is_some_and(|command| command.get_name() == "run") {
        text.push_str(&section("SIGNALS", &terms(&SIGNALS)));
    }
    text.push_str(&section("ENVIRONMENT", &terms(&ENVIRONMENT)));
    text.push_str(&section("FILES", &terms(&FILES)));
    let codes = Code::ALL.map(|code| (code.number().to_string(), code.meaning()));
    let codes: Vec<_> = codes.iter().map(|(code, text)| (&**code, *text)).collect();
    text.push_str(&section("EXIT STATUS", &terms(&codes)));
    text.push_str(&section("SEE ALSO", &see_also(root, subcommand)));
    Ok(text)
}

fn standard_sections(man: &Man, has_subcommands: bool, page: &mut Vec<u8>) -> io::Result<()> {
    man.render_title(page)?;
    man.render_name_section(page)?;
    man.render_synopsis_section(page)?;
    man.render_description_section(page)?;
    man.render_options_section(page)?;
    if has_subcommands {
        man.render_subcommands_section(page)?;
    }
    Ok(())
}

/// Returns the sections for the text after the help, whose examples are its last paragraph.
fn notes_and_examples(text: &str) -> String {
    let mut notes = Vec::new();
    let mut sections = String::new();
    for paragraph in text.split("\n\n") {
        match paragraph.split_once(":\n") {
            Some((title, examples)) if title.starts_with("Example") => {
                let lines = examples.lines().map(|line| roff(line.trim()));
                let lines: Vec<_> = lines.collect();
                sections = section("EXAMPLES", &format!(".nf\n{}\n.fi\n", lines.join("\n")));
            }
            _ => notes.push(roff(paragraph)),
        }
    }
    notes.retain(|note| !note.is_empty());
    if notes.is_empty() {
        return sections;
    }
    section("NOTES", &format!("{}\n", notes.join("\n.PP\n"))) + &sections
}

fn see_also(root: &Command, subcommand: Option<&Command>) -> String {
    let pages: Vec<_> = match subcommand {
        Some(_) => vec!["\\fBdeploystatus\\fR(1)".to_owned()],
        None => subcommands(root)
            .map(|command| format!("\\fB{}\\fR(1)", roff(&page_name(command))))
            .collect(),
    };
    format!("{}\n", pages.join(",\n"))
}

fn section(title: &str, body: &str) -> String {
    format!(".SH \"{title}\"\n{body}")
}

fn terms(rows: &[(&str, &str)]) -> String {
    let rows = rows.iter().map(|(term, text)| {
        let (term, text) = (roff(term), roff(text));
        format!(".TP\n\\fB{term}\\fR\n{text}\n")
    });
    rows.collect()
}

/// Escapes text for roff: backslashes, hyphens, and control characters at the start of a line.
fn roff(text: &str) -> String {
    let text = text.replace('\\', "\\e").replace('-', "\\-");
    let lines = text.lines().map(|line| match line.chars().next() {
        Some('.' | '\'') => format!("\\&{line}"),
        _ => line.to_owned(),
    });
    lines.collect::<Vec<_>>().join("\n")
}

const DEFINITIONS: &str = ".ie \\n(.g .ds Aq \\(aq\n.el .ds Aq '\n";

const SIGNALS: [(&str, &str); 4] = [
    (
        "SIGINT, SIGTERM, SIGHUP, SIGQUIT",
        "Forwarded to the command and reported as error, with the name of the first signal. In a pipeline, the command is killed when --grace is over.",
    ),
    (
        "exit of the parent process",
        "In a pipeline: SIGTERM is sent to the command, error is reported, and the command is killed after two seconds. On Linux, processes between the shell of the job and run count too.",
    ),
    (
        "any of these before the command starts",
        "Reported as error; the command is not started.",
    ),
    (
        "SIGKILL",
        "Not reported by run itself; `deploystatus flush` sends the report that is left in the outbox.",
    ),
];

const ENVIRONMENT: [(&str, &str); 13] = [
    ("GITHUB_API_URL", "Base URL of the API (--api-url)."),
    ("GITHUB_REPOSITORY", "Repository as OWNER/NAME (--repo)."),
    ("GITHUB_TOKEN, GH_TOKEN", "Token (--token-file)."),
    ("DEPLOYSTATUS_DEPLOYMENT", "Deployment ID (--deployment)."),
    (
        "GITHUB_EVENT_PATH",
        "File of the event that started the workflow; its deployment is the default of --deployment.",
    ),
    (
        "GITHUB_OUTPUT",
        "File that receives the outputs status_id, state and environment_url.",
    ),
    (
        "GITHUB_ACTIONS",
        "If true, errors are printed as annotations and log_url is the URL of the workflow run.",
    ),
    (
        "CI, GITHUB_ACTIONS",
        "If one is set and not false, run and flush treat the process as part of a pipeline (--stop-with-parent).",
    ),
    (
        "GITHUB_STEP_SUMMARY",
        "File to which create, wait and run add the status.",
    ),
    (
        "CI_JOB_URL, BUILDKITE_BUILD_URL, CIRCLE_BUILD_URL, BUILD_URL",
        "Default of --log-url outside of GitHub Actions.",
    ),
    (
        "DEPLOYSTATUS_OUTBOX",
        "Directory for unsent reports (--outbox).",
    ),
    ("NO_COLOR", "Disables colours if not empty."),
    (
        "HTTPS_PROXY, HTTP_PROXY, NO_PROXY",
        "Proxies, and the hosts that are reached without one.",
    ),
];

const FILES: [(&str, &str); 1] = [(
    "~/.local/state/deploystatus/outbox",
    "Default directory for unsent reports; XDG_STATE_HOME replaces ~/.local/state.",
)];
