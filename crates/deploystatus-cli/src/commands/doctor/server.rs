//! Checks of the server, the token, the clock and the rate limit, from the headers of one response.

use std::env;

use deploystatus::ServerProfile;
use jiff::fmt::rfc2822;
use jiff::{SignedDuration, Timestamp};

use super::finding::Finding;
use super::probe::{Probe, Response};
use crate::advice::NEW_TOKEN;
use crate::duration;
use crate::escape::message::Message;
use crate::exit::Code;
use crate::settings::token::TokenSource;

/// Identifies the server.
pub(crate) fn kind(probe: &Probe, response: &Response) -> Finding {
    let base = probe.base();
    let status = response.status;
    if status >= 500 {
        let message = format!("{base} responded {status}");
        return Finding::problem("server", message, Code::NoResponse)
            .fix("Try again later. If the server works, check the API URL and proxies.");
    }
    if let Some(version) = response.header(VERSION) {
        let message = format!("GitHub Enterprise Server {version} at {base}");
        return Finding::ok("server", message);
    }
    if response.header("x-github-request-id").is_some() {
        return Finding::ok("server", format!("GitHub at {base}"));
    }
    let message = format!("{base} is not GitHub's API (it responded {status})");
    Finding::problem("server", message, Code::NoResponse)
        .fix("Check the API URL (on Enterprise Server it ends in /api/v3) and proxies.")
}

/// Describes the headers that all commands send to this server, at first and after its first response.
pub(crate) fn profile(first: &ServerProfile, response: &Response) -> Finding {
    let detected = match response.header(VERSION) {
        Some(version) => format!("ghes {version}")
            .parse()
            .unwrap_or_else(|_| ServerProfile::enterprise_of_unknown_version()),
        None => first.clone(),
    };
    let mut message = describe(&detected);
    if detected != *first {
        let mut headers = Message::from("Before the first response: ");
        headers.append_lines(&describe(first));
        message.push_lines(&headers);
    }
    Finding::ok("profile", message)
}

/// Returns a profile and its headers.
fn describe(profile: &ServerProfile) -> Message {
    let previews: Vec<_> = profile
        .previews()
        .iter()
        .map(|preview| preview.name())
        .collect();
    let previews = if previews.is_empty() {
        String::new()
    } else {
        format!(" with the previews {}", previews.join(" and "))
    };
    let api_version = profile.api_version().unwrap_or("not sent");
    let accept = profile.accept();
    let mut message = Message::from(format!("{profile}{previews}"));
    message.push_line(&format!("Accept: {accept}"));
    message.push_line(&format!("X-GitHub-Api-Version: {api_version}"));
    message
}

/// Name of the header that contains the version of an Enterprise Server.
const VERSION: &str = "x-github-enterprise-version";

/// Describes the token.
pub(crate) fn token(token: &TokenSource, response: &Response) -> Finding {
    let kind = token.token().map_or("token", |token| kind_of_token(&token));
    let origin = token.origin();
    match response.status {
        401 => {
            let message = format!("{kind} (from {origin}) is invalid, revoked or expired");
            return Finding::problem("token", message, Code::NotAllowed).fix(NEW_TOKEN);
        }
        _ if response.is_rate_limited() => {
            let message = format!("{kind} (from {origin}) is rate-limited");
            return Finding::problem("token", message, Code::RateLimited)
                .fix("Wait, or use another token.");
        }
        403 => {
            let message = format!("{kind} (from {origin}): {}", response.message());
            return Finding::problem("token", message, Code::NotAllowed);
        }
        // Enterprise Server responds with 404 if its rate limits are off.
        200..=299 | 404 => {}
        status => {
            let message =
                format!("{kind} (from {origin}) was not checked: the server responded {status}");
            return Finding::warning("token", message);
        }
    }
    let mut message = format!("{kind} (from {origin})");
    match response.header("x-oauth-scopes").as_deref() {
        Some("") => message.push_str(", no scopes"),
        Some(scopes) => message = format!("{message}, scopes: {scopes}"),
        None => {}
    }
    if let Some(time) = response.header("github-authentication-token-expiration") {
        message = format!("{message}, expires {time}");
    }
    Finding::ok("token", message)
}

/// Returns a warning for the token of a workflow run, whose changes start no workflows.
///
/// The tokens of other apps look the same, so outside of a workflow only the variable shows the difference.
pub(crate) fn workflow_token(token: &TokenSource) -> Option<Finding> {
    let value = token.token()?;
    let is_installation = value.starts_with("ghs_");
    let is_set = |name, expected: &str| env::var_os(name).is_some_and(|value| value == expected);
    let is_of_workflow = token.origin() == "GITHUB_TOKEN"
        || is_set("GITHUB_TOKEN", &value)
        || is_set("GITHUB_ACTIONS", "true");
    (is_installation && is_of_workflow).then(|| {
        let message =
            "deployments and statuses created with a workflow's own token start no workflows";
        Finding::warning("token", message)
            .fix("If workflows must start, use the token of an app or a personal access token.")
    })
}

/// Compares the clock of this machine with the server's.
pub(crate) fn clock(response: &Response) -> Option<Finding> {
    let parser = rfc2822::DateTimeParser::new();
    let date = parser.parse_timestamp(&response.header("date")?).ok()?;
    let difference = Timestamp::now().duration_since(date);
    let seconds = difference.unsigned_abs().as_secs();
    // The header has a resolution of one second, and the response took some time.
    if seconds <= 5 {
        return Some(Finding::ok("clock", "same time as the server"));
    }
    let direction = if difference > SignedDuration::ZERO {
        "ahead of"
    } else {
        "behind"
    };
    let difference = duration::format(seconds);
    let message = format!("this machine is {difference} {direction} the server");
    Some(Finding::warning("clock", message).fix(
        "Synchronise the clock: GitHub rejects the tokens of apps whose clock is wrong. Statuses have the server's time.",
    ))
}

/// Checks the number of requests that are left.
pub(crate) fn budget(response: &Response) -> Finding {
    let number = |name| response.header(name)?.parse::<u64>().ok();
    let (Some(limit), Some(left)) = (number("x-ratelimit-limit"), number("x-ratelimit-remaining"))
    else {
        return if response.is_rate_limited() {
            Finding::problem("budget", response.rate_limit(), Code::RateLimited)
                .fix("Wait, or use another token.")
        } else {
            Finding::ok("budget", "the server reports no rate limit")
        };
    };
    let reset = number("x-ratelimit-reset").and_then(|it| i64::try_from(it).ok());
    let reset = reset.and_then(|second| Timestamp::from_second(second).ok());
    let until = reset.map(|time| format!(" until {time}"));
    let message = format!(
        "{left} of {limit} requests left{}",
        until.unwrap_or_default()
    );
    if response.is_rate_limited() && left > 0 {
        let message = format!("{message}; {}", response.rate_limit());
        return Finding::problem("budget", message, Code::RateLimited)
            .fix("Wait, or use another token.");
    }
    if left == 0 {
        return Finding::problem("budget", message, Code::RateLimited)
            .fix("Wait until then, or use another token.");
    }
    if left < limit / 20 {
        return Finding::warning("budget", message)
            .fix("Other programs use most of this token's requests; this command will slow down.");
    }
    Finding::ok("budget", message)
}

fn kind_of_token(token: &str) -> &'static str {
    let kinds = [
        ("ghp_", "classic personal access token"),
        ("github_pat_", "fine-grained personal access token"),
        ("ghs_", "token of an app installation or workflow run"),
        ("ghu_", "user token of an app"),
        ("gho_", "OAuth token"),
    ];
    let known = kinds.iter().find(|(prefix, _)| token.starts_with(prefix));
    known.map_or("token", |(_, kind)| kind)
}
