//! What our crates depend on: little, and nothing that surprises.

use std::collections::BTreeSet;

use anyhow::{Context, Result, bail, ensure};
use serde_json::Value;

use crate::checkout::Checkout;
use crate::tell;

/// Crates that a debug build of the generated crate pulls in: its features, and how many there may be.
const BUDGETS: [(&str, usize); 2] = [("--no-default-features", 85), ("--features rustls", 100)];

/// What a generator likes to bring along and this project does without.
const UNWANTED: [&str; 4] = ["chrono", "uuid", "regress", "rand"];

/// Fails if there are too many dependencies, unwanted ones, or ones that need a newer Rust than we promise.
pub(crate) fn check(checkout: &Checkout) -> Result<()> {
    are_few(checkout)?;
    only_the_http_client_has_base64(checkout)?;
    none_needs_a_newer_rust(checkout)
}

fn are_few(checkout: &Checkout) -> Result<()> {
    for (features, budget) in BUDGETS {
        let crates = tree(
            checkout,
            &format!("-p deploystatus-generated {features} --no-dedupe"),
        )?;
        tell(&format!(
            "deploystatus-generated {features}: {} crates, {budget} allowed",
            crates.len()
        ));
        ensure!(crates.len() <= budget, "too many crates");
        for unwanted in UNWANTED {
            if let Some(found) = crates
                .iter()
                .find(|name| name.split(' ').next() == Some(unwanted))
            {
                bail!("{found} is in the tree; see who brings it: cargo tree -i {unwanted}");
            }
        }
    }
    Ok(())
}

/// It encodes proxy passwords with it, and cannot be told not to.
fn only_the_http_client_has_base64(checkout: &Checkout) -> Result<()> {
    let users = tree(checkout, "-p deploystatus-generated -i base64 --depth 1")?;
    let users: Vec<&str> = users
        .iter()
        .filter_map(|name| name.split(' ').next())
        .collect();
    let known = ["base64", "hyper-util", "reqwest"];
    ensure!(
        users.iter().all(|name| known.contains(name)),
        "base64 is brought by {users:?}, and only the HTTP client may"
    );
    Ok(())
}

fn tree(checkout: &Checkout, words: &str) -> Result<BTreeSet<String>> {
    let words = format!("tree -e normal --prefix none --format {{p}} --locked {words}");
    Ok(said_by_cargo(checkout, &words)?
        .lines()
        .map(str::trim)
        .filter(|line| !line.is_empty())
        .map(str::to_owned)
        .collect())
}

/// The resolver chooses versions for the Rust of the manifest, and somebody may have chosen others.
fn none_needs_a_newer_rust(checkout: &Checkout) -> Result<()> {
    let metadata = said_by_cargo(checkout, "metadata --format-version 1 --locked")?;
    let metadata: Value = serde_json::from_str(&metadata)?;
    let packages = metadata["packages"].as_array().context("no packages")?;
    let promised = packages
        .iter()
        .find(|package| package["name"] == "deploystatus")
        .and_then(rust_version)
        .context("the manifest promises no Rust")?;
    for package in packages {
        ensure!(
            rust_version(package).is_none_or(|needed| needed <= promised),
            "{} {} needs Rust {}, which is newer than the one the manifest promises",
            package["name"],
            package["version"],
            package["rust_version"]
        );
    }
    Ok(())
}

/// The minor number of the Rust that a package asks for.
fn rust_version(package: &Value) -> Option<u32> {
    let version = package["rust_version"].as_str()?;
    version.split('.').nth(1)?.parse().ok()
}

fn said_by_cargo(checkout: &Checkout, words: &str) -> Result<String> {
    let output = checkout.cargo(words).output();
    let output = output.context("cannot start cargo")?;
    ensure!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr).trim()
    );
    Ok(String::from_utf8(output.stdout)?)
}
