//! Tables in Markdown, and their sections in files.

use std::fmt::Write as _;
use std::fs;
use std::path::Path;

/// Tables between two marks of a file.
pub(crate) struct Section {
    file: &'static str,
    name: &'static str,
    pub(crate) markdown: String,
    pub(crate) headlines: Vec<Headline>,
    pub(crate) is_exceeded: bool,
    is_incomplete: bool,
}

/// An upper limit of a measurement.
pub(crate) struct Limit {
    pub(crate) name: String,
    /// The measurement, or `None` if it was not possible on this machine.
    pub(crate) measured: Option<f64>,
    pub(crate) at_most: f64,
}

/// A measurement for the first page of the project.
#[derive(Clone)]
pub(crate) struct Headline {
    pub(crate) subject: &'static str,
    /// The program with which the library or the command is compared.
    pub(crate) than: &'static str,
    pub(crate) ours: f64,
    pub(crate) theirs: f64,
    pub(crate) unit: &'static str,
}

impl Headline {
    fn row(&self) -> Vec<String> {
        let unit = self.unit;
        vec![
            self.subject.to_owned(),
            format!("{} of {}", ratio(self.ours / self.theirs), self.than),
            format!("{} {unit}", figure(self.ours)),
            format!("{} {unit}", figure(self.theirs)),
        ]
    }
}

impl Section {
    /// Creates the section of the project's README.
    pub(crate) fn first_page(headlines: &[Headline]) -> Self {
        let mut section = Self::new("README.md", "costs");
        let rows: Vec<_> = headlines.iter().map(Headline::row).collect();
        section.table(1, &["", "ratio", "deploystatus", "the other"], &rows);
        section
    }

    pub(crate) fn headline(&mut self, headline: Headline) {
        self.headlines.push(headline);
    }

    pub(crate) fn new(file: &'static str, name: &'static str) -> Self {
        Self {
            file,
            name,
            markdown: String::new(),
            headlines: Vec::new(),
            is_exceeded: false,
            is_incomplete: false,
        }
    }

    pub(crate) fn line(&mut self, text: &str) {
        writeln!(self.markdown, "{text}\n").unwrap();
    }

    /// Adds a line about a measurement that was not possible, and prevents the section from being written.
    pub(crate) fn missing(&mut self, text: &str) {
        self.line(text);
        self.is_incomplete = true;
    }

    /// Adds a table whose first `names` columns contain text. Numbers are aligned to the right.
    pub(crate) fn table(&mut self, names: usize, header: &[&str], rows: &[Vec<String>]) {
        let is_text = |column| column < names || header[column] == "verdict";
        let rule = |column| if is_text(column) { "---" } else { "---:" };
        let rule: Vec<_> = (0..header.len()).map(rule).collect();
        let text = &mut self.markdown;
        writeln!(text, "| {} |", header.join(" | ")).unwrap();
        writeln!(text, "|{}|", rule.join("|")).unwrap();
        for row in rows {
            writeln!(text, "| {} |", row.join(" | ")).unwrap();
        }
        text.push('\n');
    }

    /// Adds a table of limits and their verdicts.
    pub(crate) fn limits(&mut self, limits: &[Limit]) {
        let rows: Vec<_> = limits
            .iter()
            .map(|limit| {
                let is_held = limit.measured.map(|measured| measured <= limit.at_most);
                let verdict = match is_held {
                    Some(true) => "held",
                    Some(false) => "missed",
                    None => "not measured",
                };
                self.is_exceeded |= is_held == Some(false);
                let measured = limit.measured.map_or("—".to_owned(), ratio);
                vec![
                    limit.name.clone(),
                    measured,
                    ratio(limit.at_most),
                    verdict.to_owned(),
                ]
            })
            .collect();
        self.table(1, &["bar", "measured", "at most", "verdict"], &rows);
    }

    /// Replaces the section in its file, unless a measurement is missing.
    pub(crate) fn write(&self, root: &Path) {
        if self.is_incomplete {
            eprintln!("did not write {}: a measurement is missing", self.name);
            return;
        }
        let file = root.join(self.file);
        let text = fs::read_to_string(&file).unwrap();
        let begin = format!("<!-- {}: written by the bench -->\n", self.name);
        let end = format!("<!-- {}: end -->", self.name);
        let (before, rest) = text.split_once(&begin).unwrap();
        let (_, after) = rest.split_once(&end).unwrap();
        let text = format!("{before}{begin}\n{}{end}{after}", self.markdown);
        fs::write(&file, text).unwrap();
        eprintln!("wrote {} into {}", self.name, self.file);
    }
}

/// Formats a number with two decimal places.
pub(crate) fn ratio(number: f64) -> String {
    format!("{number:.2}")
}

/// Formats a number with thousands separators, or with one decimal place if it is small.
pub(crate) fn figure(number: f64) -> String {
    if number < 1e3 && number.fract() > 0.0 {
        return format!("{number:.1}");
    }
    let digits = format!("{number:.0}");
    let mut text = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}
