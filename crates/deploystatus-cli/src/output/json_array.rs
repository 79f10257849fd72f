//! A JSON array that is printed while its elements arrive.

use serde::Serialize;

use super::Output;
use crate::error::Error;
use crate::escape::{Safe, escape_json};

/// A JSON array in the form of [`Output::json`].
///
/// Nothing is printed before the first element. An array without [`JsonArray::end`] is not closed,
/// so that a list that could not be read to its end is not a valid document.
#[must_use]
pub(crate) struct JsonArray<'a> {
    output: &'a Output,
    separator: &'static str,
}

impl<'a> JsonArray<'a> {
    pub(super) fn new(output: &'a Output) -> Self {
        Self {
            output,
            separator: FIRST,
        }
    }

    /// Prints an element.
    pub(crate) fn push(&mut self, element: &impl Serialize) -> Result<(), Error> {
        let text = serde_json::to_string_pretty(element);
        let text = text.map_err(|error| Error::Output(error.into()))?;
        // Line feeds are only between the values of a document.
        let indented = format!("  {}", text.replace('\n', "\n  "));
        let mut part = Safe::default();
        part.push_static(std::mem::replace(&mut self.separator, NEXT));
        part.push(&escape_json(&indented));
        self.output.write(&part)
    }

    /// Prints the end of the array.
    pub(crate) fn end(mut self) -> Result<(), Error> {
        let mut end = Safe::default();
        end.push_static(match std::mem::take(&mut self.separator) {
            FIRST => "[]\n",
            _ => "\n]\n",
        });
        self.output.write(&end)
    }
}

/// Ends the last line of an array that is not closed.
impl Drop for JsonArray<'_> {
    fn drop(&mut self) {
        if self.separator == NEXT {
            let mut end = Safe::default();
            end.push_static("\n");
            // The reason why the array is not closed is already an error.
            let _ = self.output.write(&end);
        }
    }
}

/// Text before the first element.
const FIRST: &str = "[\n";
/// Text before each further element.
const NEXT: &str = ",\n";
