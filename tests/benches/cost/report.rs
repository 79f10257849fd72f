//! Tables as Markdown has them, and where they stand.

use std::fmt::Write as _;
use std::fs;
use std::path::Path;

/// The tables between two marks of a file.
pub(crate) struct Section {
    file: &'static str,
    name: &'static str,
    pub(crate) markdown: String,
    pub(crate) missed: bool,
    /// Whether something could not be measured here.
    lacks: bool,
}

/// A promise: what is measured is at most so much.
pub(crate) struct Bar {
    pub(crate) what: String,
    /// Nothing when it could not be measured here.
    pub(crate) measured: Option<f64>,
    pub(crate) at_most: f64,
}

impl Section {
    pub(crate) fn new(file: &'static str, name: &'static str) -> Self {
        Self {
            file,
            name,
            markdown: String::new(),
            missed: false,
            lacks: false,
        }
    }

    pub(crate) fn line(&mut self, text: &str) {
        writeln!(self.markdown, "{text}\n").unwrap();
    }

    /// Says what could not be measured here, and why.
    pub(crate) fn lacks(&mut self, text: &str) {
        self.line(text);
        self.lacks = true;
    }

    /// The first columns are names, which stand on the left; so does what is no number.
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

    pub(crate) fn bars(&mut self, bars: &[Bar]) {
        let rows: Vec<_> = bars
            .iter()
            .map(|bar| {
                let held = bar.measured.map(|measured| measured <= bar.at_most);
                let verdict = match held {
                    Some(true) => "held",
                    Some(false) => "missed",
                    None => "not measured",
                };
                self.missed |= held == Some(false);
                let measured = bar.measured.map_or("—".to_owned(), ratio);
                vec![
                    bar.what.clone(),
                    measured,
                    ratio(bar.at_most),
                    verdict.to_owned(),
                ]
            })
            .collect();
        self.table(1, &["bar", "measured", "at most", "verdict"], &rows);
    }

    /// Puts the tables into their file, in place of those that are there, unless they would be poorer.
    pub(crate) fn write(&self, root: &Path) {
        if self.lacks {
            eprintln!("did not write {}: not all was measured", self.name);
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

pub(crate) fn ratio(number: f64) -> String {
    format!("{number:.2}")
}

/// A number with commas, and a small one with a digit more.
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
