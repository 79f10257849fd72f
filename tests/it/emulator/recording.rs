//! Recorded exchanges with GitHub.

use std::collections::BTreeMap;
use std::path::Path;

use deploystatus_emulator::{
    Clock, Emulator, EmulatorBuilder, NewDeployment, NewRepository, NewStatus, Profile, Seed, Token,
};
use jiff::Timestamp;
use jiff::fmt::rfc2822::DateTimeParser;
use serde_json::Value;

/// A recorded exchange about deployment statuses.
pub(super) struct Recording {
    pub(super) name: String,
    pub(super) method: String,
    pub(super) path: String,
    pub(super) request_body: Value,
    pub(super) status: u16,
    pub(super) headers: BTreeMap<String, String>,
    pub(super) body: Value,
}

impl Recording {
    /// Reads all recordings in a folder that are about statuses.
    pub(super) fn of_statuses(folder: &Path) -> Vec<Recording> {
        let mut files: Vec<_> = std::fs::read_dir(folder)
            .unwrap()
            .map(|it| it.unwrap().path())
            .filter(|it| it.extension().is_some_and(|it| it == "json"))
            .collect();
        files.sort();
        let recordings = files.iter().map(|it| Recording::read(it));
        recordings.filter(Recording::is_about_statuses).collect()
    }

    fn read(file: &Path) -> Recording {
        let text = without_placeholders(&std::fs::read_to_string(file).unwrap());
        let recorded: Value = serde_json::from_str(&text).unwrap();
        let (request, response) = (&recorded["request"], &recorded["response"]);
        let headers = response["headers"].as_object().unwrap().iter();
        Recording {
            name: file.file_stem().unwrap().to_string_lossy().into_owned(),
            method: request["method"].as_str().unwrap().to_owned(),
            path: request["path"].as_str().unwrap().to_owned(),
            request_body: request["body"].clone(),
            status: u16::try_from(response["status"].as_u64().unwrap()).unwrap(),
            headers: headers
                .map(|(name, value)| (name.to_lowercase(), text_of(value)))
                .collect(),
            body: response["body"].clone(),
        }
    }

    fn is_about_statuses(&self) -> bool {
        let parts = self.parts();
        parts.len() >= 7
            && parts[1] == "repos"
            && parts[4] == "deployments"
            && parts[6] == "statuses"
    }

    /// Returns the segments of the path. The first is empty.
    fn parts(&self) -> Vec<&str> {
        let path = self.path.split('?').next().unwrap();
        path.split('/').collect()
    }

    pub(super) fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).map(String::as_str)
    }

    /// Returns the time of the exchange, or `None` if the headers were not recorded.
    pub(super) fn date(&self) -> Option<Timestamp> {
        let date = self.header("date")?;
        Some(DateTimeParser::new().parse_timestamp(date).unwrap())
    }

    pub(super) fn happened_before(&self, date: &str) -> bool {
        let limit: Timestamp = format!("{date}T00:00:00Z").parse().unwrap();
        self.date().is_some_and(|it| it < limit)
    }

    /// Returns the statuses in the response.
    pub(super) fn statuses(&self) -> Vec<&Value> {
        match &self.body {
            Value::Array(list) => list.iter().collect(),
            Value::Object(one) if one.contains_key("id") => vec![&self.body],
            _ => Vec::new(),
        }
    }

    /// Reconstructs `Accept` from the media type that the server echoed.
    pub(super) fn accept(&self) -> String {
        let understood = self
            .header("x-github-media-type")
            .unwrap_or("github.v3; format=json");
        let media = understood.split(", ").map(|it| {
            let mut pieces = it.split("; ");
            let version = pieces.next().unwrap_or_default();
            let parameter = pieces.find_map(|it| it.strip_prefix("param="));
            match parameter {
                Some(parameter) => format!("application/vnd.{version}.{parameter}+json"),
                None => format!("application/vnd.{version}+json"),
            }
        });
        media.collect::<Vec<_>>().join(", ")
    }

    pub(super) fn was_compressed(&self) -> bool {
        self.headers.contains_key("content-encoding")
            || self.header("etag").is_some_and(|it| it.starts_with("W/"))
    }

    pub(super) fn was_anonymous(&self) -> bool {
        self.header("x-ratelimit-limit") == Some("60")
    }

    /// Creates an emulator in the state of the server at that time.
    ///
    /// While GitHub had previews, its behaviour was that of the Enterprise Server released then.
    pub(super) fn situation(&self) -> EmulatorBuilder {
        let profile = if self.happened_before("2020-08-01") {
            Profile::enterprise(2, 21).unwrap()
        } else if self.happened_before("2021-10-01") {
            Profile::enterprise(2, 22).unwrap()
        } else {
            Profile::GITHUB
        };
        let clock = Clock::manual().starting_at(self.date().unwrap_or(Timestamp::UNIX_EPOCH));
        Emulator::builder()
            .profile(profile)
            .clock(clock)
            .seed(self.seed())
    }

    fn seed(&self) -> Seed {
        let parts = self.parts();
        let repository = format!("{}/{}", parts[2], parts[3]);
        let deployment: u64 = parts[5].parse().unwrap();
        let statuses = self.statuses();
        let first = statuses.first();
        let login = first.map_or("octocat", |it| it["creator"]["login"].as_str().unwrap());
        let scopes = self.header("x-oauth-scopes").unwrap_or("repo");
        let environment = first.and_then(|it| it["environment"].as_str());
        let new = NewDeployment::new("main")
            .id(deployment)
            .environment(environment.unwrap_or("production"));
        let mut token = Token::classic("token").login(login).scopes(scopes);
        if let Some(end) = self.header("github-authentication-token-expiration") {
            let end = end.replace(" UTC", "Z").replace(' ', "T");
            token = token.expires_at(end.parse().unwrap());
        }
        let seed = Seed::empty()
            .repository(NewRepository::new(&repository))
            .token(token);
        if self.method == "GET" {
            let oldest_first = statuses.iter().rev().map(|it| status(it)).collect();
            return seed.deployment(repository, new, oldest_first);
        }
        let seed = seed.deployment(&repository, new, Vec::new());
        match first.and_then(|it| it["id"].as_u64()) {
            Some(id) => seed.next_status_id(id),
            None => seed,
        }
    }
}

/// Returns the status that the recorded one was created from.
fn status(recorded: &Value) -> NewStatus {
    let text = |name: &str| recorded[name].as_str().unwrap_or_default();
    let mut status = NewStatus::new(text("state"))
        .id(recorded["id"].as_u64().unwrap())
        .description(text("description"))
        .environment_url(text("environment_url"))
        .log_url(text("target_url"))
        .created_at(text("created_at").parse().unwrap())
        .creator(recorded["creator"]["login"].as_str().unwrap());
    if let Some(environment) = recorded["environment"].as_str() {
        status = status.environment(environment);
    }
    status
}

/// Replaces placeholders in angle brackets, which some recorders wrote for names and IDs.
fn without_placeholders(text: &str) -> String {
    let text = text
        .replace("<GITHUB_LOGIN>", "octocat")
        .replace("<GITHUB_TEST_REPOSITORY>", "example");
    let mut plain = String::new();
    let mut rest = text.as_str();
    while let Some((before, after)) = rest.split_once('<') {
        plain.push_str(before);
        match after.split_once('>') {
            Some((word, after)) if word.bytes().all(|it| it.is_ascii_uppercase() || it == b'_') => {
                plain.push('1');
                rest = after;
            }
            _ => {
                plain.push('<');
                rest = after;
            }
        }
    }
    plain + rest
}

fn text_of(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}
