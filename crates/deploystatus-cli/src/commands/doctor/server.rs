//! What the headers of one answer tell: the server, the token, the clock and the budget.

use jiff::fmt::rfc2822;
use jiff::{SignedDuration, Timestamp};

use super::finding::Finding;
use super::probe::{Probe, Reply};
use crate::exit::Code;
use crate::output::length;
use crate::settings::TokenSource;

/// Which server it is.
pub(crate) fn kind(probe: &Probe, reply: &Reply) -> Finding {
    let base = probe.base();
    if let Some(version) = reply.header("x-github-enterprise-version") {
        let previews = if needs_previews(version) {
            ", which needs previews for these statuses; they are asked for"
        } else {
            ""
        };
        let release = version
            .rsplit_once('.')
            .map_or(version, |(release, _)| release);
        let message = format!(
            "GitHub Enterprise Server {version} at {base} (profile ghes:{release}{previews})"
        );
        return Finding::ok("server", message);
    }
    if reply.header("x-github-request-id").is_some() {
        return Finding::ok("server", format!("GitHub at {base} (profile github)"));
    }
    let status = reply.status;
    let message = format!("{base} answers with {status}, and not as GitHub's API does");
    Finding::problem("server", message, Code::NoAnswer).fix(
        "Check the address (an Enterprise Server's ends in /api/v3) and any proxy between here and it.",
    )
}

/// What the token is.
pub(crate) fn token(token: &TokenSource, reply: &Reply) -> Finding {
    let kind = token
        .read()
        .map_or("a token", |token| kind_of_token(&token));
    let origin = token.origin();
    if reply.status == 401 {
        let message = format!("{kind} from {origin} is wrong, revoked or expired");
        return Finding::problem("token", message, Code::NotAllowed)
            .fix("Give a fresh one in GITHUB_TOKEN or GH_TOKEN, or as --token-file.");
    }
    let mut message = format!("{kind} from {origin}");
    match reply.header("x-oauth-scopes") {
        Some("") => message.push_str(", without scopes"),
        Some(scopes) => message = format!("{message}, with the scopes {scopes}"),
        None => {}
    }
    if let Some(moment) = reply.header("github-authentication-token-expiration") {
        message = format!("{message}, until {moment}");
    }
    Finding::ok("token", message)
}

/// How far this machine's clock is from the server's.
pub(crate) fn clock(reply: &Reply) -> Option<Finding> {
    let date = rfc2822::DateTimeParser::new();
    let date = date.parse_timestamp(reply.header("date")?).ok()?;
    let skew = Timestamp::now().duration_since(date);
    let seconds = skew.unsigned_abs().as_secs();
    // The header is cut to seconds, and the answer took its time.
    if seconds <= 5 {
        return Some(Finding::ok("clock", "agrees with the server's"));
    }
    let direction = if skew > SignedDuration::ZERO {
        "ahead of"
    } else {
        "behind"
    };
    let message = format!("this machine is {} {direction} the server", length(seconds));
    Some(Finding::warning("clock", message).fix(
        "Statuses carry the server's time, so they are right. Tokens of apps are refused when the clock is wrong: synchronise it.",
    ))
}

/// How many requests the token has left.
pub(crate) fn budget(reply: &Reply) -> Finding {
    let number = |name| reply.header(name)?.parse::<u64>().ok();
    let (Some(limit), Some(left)) = (number("x-ratelimit-limit"), number("x-ratelimit-remaining"))
    else {
        return Finding::ok("budget", "the server does not say that it limits requests");
    };
    let reset = number("x-ratelimit-reset").and_then(|it| i64::try_from(it).ok());
    let until = reset.and_then(|second| Timestamp::from_second(second).ok());
    let until = until.map(|moment| format!(" until {moment}"));
    let message = format!(
        "{left} of {limit} requests are left{}",
        until.unwrap_or_default()
    );
    if left == 0 {
        return Finding::problem("budget", message, Code::RateLimited)
            .fix("Wait until then, or use another token.");
    }
    if left < limit / 20 {
        return Finding::warning("budget", message)
            .fix("Something uses this token a lot; this command goes slower from here on.");
    }
    Finding::ok("budget", message)
}

fn kind_of_token(token: &str) -> &'static str {
    let kinds = [
        ("ghp_", "a classic personal token"),
        ("github_pat_", "a fine-grained personal token"),
        (
            "ghs_",
            "the token of an app's installation or of a workflow run",
        ),
        ("ghu_", "a token of an app for a user"),
        ("gho_", "an OAuth token"),
    ];
    let known = kinds.iter().find(|(start, _)| token.starts_with(start));
    known.map_or("a token", |(_, kind)| kind)
}

/// Enterprise Servers before 3.3 show and take these statuses in full only with previews.
fn needs_previews(version: &str) -> bool {
    let mut numbers = version.split('.').map(str::parse::<u16>);
    match (numbers.next(), numbers.next()) {
        (Some(Ok(major)), Some(Ok(minor))) => (major, minor) < (3, 3),
        _ => false,
    }
}
