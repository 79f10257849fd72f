//! Transcripts: a command line, its output, and its exit code.

use std::fmt::Write as _;
use std::process::Output;

use serde_json::{Value, json};
use snapbox::{Assert, IntoData};

/// Compares with a stored transcript; `SNAPSHOTS=overwrite` replaces it.
#[track_caller]
pub(crate) fn check(transcript: impl Into<String>, expected: impl IntoData) {
    Assert::new()
        .action_env("SNAPSHOTS")
        .normalize_paths(false)
        .eq(transcript.into(), expected);
}

/// Returns the transcript of a command; `replacements` are values that differ from run to run.
pub(crate) fn transcript(
    line: &str,
    output: &Output,
    replacements: &[(String, &'static str)],
) -> String {
    let redact = |bytes: &[u8]| {
        let text = String::from_utf8(bytes.to_vec()).unwrap();
        let replace = |text: String, (from, to): &(String, &str)| text.replace(from, to);
        let text = replacements.iter().fold(text, replace);
        // The numbers of errors differ between systems, and waits have jitter.
        let text = replace_number(&text, " (os error ", ")", "");
        let text = replace_number(&text, " of 5 in ", "s", " of 5 in Ns");
        let text = replace_number(&text, " after ", "s", " after Ns");
        with_short_json(&text)
    };
    let mut transcript = format!("$ deploystatus {line}\n{}", redact(&output.stdout));
    if !output.stderr.is_empty() {
        let _ = write!(transcript, "--- stderr\n{}", redact(&output.stderr));
    }
    let _ = writeln!(transcript, "--- exit {}", output.status.code().unwrap());
    transcript
}

/// Replaces each number between two texts, and the texts.
fn replace_number(text: &str, start: &str, end: &str, replacement: &str) -> String {
    let mut parts = text.split(start);
    let mut kept = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let rest = part.trim_start_matches(|character: char| character.is_ascii_digit());
        match rest.strip_prefix(end) {
            Some(rest) if rest.len() < part.len() - end.len() => kept.extend([replacement, rest]),
            _ => kept.extend([start, part]),
        }
    }
    kept
}

/// Shortens the accounts in a JSON document, or in each line that is one.
fn with_short_json(text: &str) -> String {
    let is_one_line = text.lines().count() == 1;
    if let (Ok(document), false) = (serde_json::from_str(text), is_one_line) {
        return format!("{:#}\n", shortened(document));
    }
    let lines = text.lines().map(|line| match serde_json::from_str(line) {
        Ok(document @ Value::Object(_)) => format!("{}\n", shortened(document)),
        _ => format!("{line}\n"),
    });
    lines.collect()
}

/// Leaves only the login of each account.
fn shortened(value: Value) -> Value {
    match value {
        Value::Object(fields) => match fields.get("login") {
            Some(login) => json!({ "login": login }),
            None => fields.into_iter().map(|(k, v)| (k, shortened(v))).collect(),
        },
        Value::Array(values) => values.into_iter().map(shortened).collect(),
        value => value,
    }
}

/// Parses the outputs of a workflow step: a name and a delimiter, the value, the delimiter.
pub(crate) fn step_outputs(text: &str) -> Vec<(String, String)> {
    let mut outputs = Vec::new();
    let mut lines = text.lines();
    while let Some(line) = lines.next() {
        let (name, delimiter) = line.split_once("<<").unwrap();
        let value: Vec<_> = lines.by_ref().take_while(|it| *it != delimiter).collect();
        outputs.push((name.to_owned(), value.join("\n")));
    }
    outputs
}
