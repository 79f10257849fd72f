//! Command lines for another shell that use the emulator.

use std::env;
use std::fs;
use std::path::Path;

use deploystatus_emulator::Emulator;
use serde_json::{Value, json};

use super::session;
use crate::escape::message::Message;
use crate::escape::shell::{quote, quote_path};

/// The deployment that the commands use, and a token that may use it.
struct Target {
    repository: String,
    deployment: u64,
    token: String,
    /// `true` if the commands must create the deployment.
    is_new: bool,
}

/// Returns commands that create a status, and its deployment if there is none yet.
pub(super) fn instructions(emulator: &Emulator, page: &str, seed: Option<&Path>) -> Message {
    let target = target(emulator, seed);
    let mut message = Message::from(format!("Page: {page}"));
    message.push_line("Press Ctrl-C to stop. In another shell:");
    message.push_line(&format!(
        "  export GITHUB_API_URL={} GITHUB_TOKEN={} GITHUB_REPOSITORY={}",
        emulator.api_url(),
        quote(&target.token),
        quote(&target.repository)
    ));
    let id = target.deployment;
    if target.is_new {
        let deployment = json!({ "repository": target.repository, "id": id, "ref": "main" });
        let missing = session::repository(emulator).is_none();
        let missing = missing.then(|| json!({ "name": target.repository }));
        let repositories = Vec::from_iter(missing);
        let seed = json!({ "repositories": repositories, "deployments": [deployment] }).to_string();
        let (url, seed) = (emulator.url(), quote(&seed));
        message.push_line(&format!("  curl -sf {url}/_emulator/seed -d {seed}"));
    }
    let program = program();
    message.push_line(&format!("  {program} create in_progress --deployment {id}"));
    message
}

/// Returns the last deployment of the seed, or a new one if the seed has none or a snapshot replaced it.
fn target(emulator: &Emulator, seed: Option<&Path>) -> Target {
    let seed: Value = seed
        .and_then(|path| serde_json::from_slice(&fs::read(path).ok()?).ok())
        .unwrap_or_default();
    // Without tokens in the seed, the emulator accepts any.
    let token = seed["tokens"][0]["token"].as_str().unwrap_or("any");
    let seeded = seed["deployments"].as_array().and_then(|all| all.last());
    let existing = seeded.and_then(|deployment| {
        let id = deployment["id"].as_u64()?;
        emulator.deployment(id)?;
        Some((deployment["repository"].as_str()?.to_owned(), id))
    });
    let is_new = existing.is_none();
    let (repository, deployment) = existing.unwrap_or_else(|| {
        let repository = session::repository(emulator);
        let repository = repository.unwrap_or_else(|| session::DEFAULT_REPOSITORY.to_owned());
        let is_free = |id: &u64| emulator.deployment(*id).is_none();
        (repository, (42..10_000).find(is_free).unwrap_or(42))
    });
    Target {
        repository,
        deployment,
        token: token.to_owned(),
        is_new,
    }
}

/// Returns the command as another shell finds it: its name if it is in the search path, or its absolute path.
fn program() -> String {
    let name = env::args_os().next().unwrap_or_default();
    let is_path = Path::new(&name).components().count() > 1;
    match env::current_exe() {
        // After `cargo run` the command is not in the search path.
        Ok(path) if is_path => quote_path(&path),
        _ => "deploystatus".to_owned(),
    }
}
