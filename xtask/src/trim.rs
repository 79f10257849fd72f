//! The command `trim`: compares or replaces the committed description.

use std::fs;
use std::path::Path;
use std::process::ExitCode;

use anyhow::{Context, Result};

use crate::checkout::{Checkout, Mode};
use crate::console::print;
use crate::differences::differences;
use crate::{document, structure, wording};

/// `cargo xtask trim FULL.json [--check]`
pub(crate) fn run(checkout: &Checkout, full: &Path, mode: Mode) -> Result<ExitCode> {
    let source = full.display();
    let new =
        structure::of(&document::read(full)?).with_context(|| format!("cannot trim {source}"))?;
    let file = checkout.description();
    let name = checkout.short(&file);
    if mode == Mode::Write {
        let worded = wording::apply(&new, &checkout.wording())?;
        document::write(&file, &document::to_text(&worded)?)?;
        print(&format!("wrote {name}"));
        return Ok(ExitCode::SUCCESS);
    }

    let differences = differences(&structure::of(&document::read(&file)?)?, &new);
    for difference in &differences {
        print(difference);
    }
    if !differences.is_empty() {
        print(&format!(
            "{name} differs from {source}; to update it, run: cargo xtask trim {source}"
        ));
        return Ok(ExitCode::FAILURE);
    }
    let worded = wording::apply(&new, &checkout.wording())?;
    if document::to_text(&worded)? != fs::read_to_string(&file)? {
        print(&format!(
            "{name} does not contain the sentences of openapi/wording.json; \
             to insert them, run: cargo xtask trim {name}"
        ));
        return Ok(ExitCode::FAILURE);
    }
    print(&format!("{name} has the structure of {source}"));
    Ok(ExitCode::SUCCESS)
}
