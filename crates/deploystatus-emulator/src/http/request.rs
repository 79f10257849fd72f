//! Requests as handlers see them.

use bytes::Bytes;
use http::header::{ACCEPT_ENCODING, AsHeaderName, HOST, USER_AGENT};
use http::{HeaderMap, Method};
use jiff::{SignedDuration, Timestamp};

use super::api_version::ApiVersion;
use super::media::Media;
use super::path::PathParameters;
use crate::access::Actor;
use crate::json::style::{BaseUrls, Style};
use crate::model::operation::{Need, Operation};
use crate::model::profile::Profile;
use crate::model::quirks::Quirks;

/// Prefix of all paths on an Enterprise Server.
const ENTERPRISE_PREFIX: &str = "/api/v3";

/// A request whose head was parsed and whose body was read.
#[derive(Clone, Debug)]
pub(crate) struct Request {
    /// Number of the request in the log.
    pub(crate) number: u64,
    /// The operation, or `None` if the path or method is unknown.
    pub(crate) operation: Option<Operation>,
    pub(crate) parameters: PathParameters,
    pub(crate) method: Method,
    /// The path with prefix and without query.
    pub(crate) path: String,
    pub(crate) query: String,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
    pub(crate) base: BaseUrls,
    /// The accepted media types, or `None` if JSON is not accepted.
    pub(crate) media: Option<Media>,
    pub(crate) actor: Actor,
    pub(crate) version: ApiVersion,
    pub(crate) profile: Profile,
    pub(crate) quirks: Quirks,
    /// Time at which the request was received.
    pub(crate) received_at: Timestamp,
}

impl Request {
    pub(crate) fn header(&self, name: impl AsHeaderName) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }

    /// Returns the path without the prefix of Enterprise Server.
    pub(crate) fn route(&self) -> &str {
        strip_prefix(&self.path)
    }

    /// Returns the access to the repository that the operation needs.
    pub(crate) fn need(&self) -> Need {
        self.operation.map_or(Need::See, Operation::need)
    }

    pub(crate) fn has_preview(&self, name: &str) -> bool {
        let media = self.media.as_ref();
        media.is_some_and(|it| it.has_preview(name))
    }

    /// Returns the time of the state that this read shows, or `None` for the current state.
    pub(crate) fn replica_time(&self) -> Option<Timestamp> {
        let lag = self.quirks.replica_lag.of_request(self.number);
        if lag.is_zero() {
            return None;
        }
        let lag = SignedDuration::try_from(lag).unwrap_or(SignedDuration::MAX);
        Some(
            self.received_at
                .saturating_sub(lag)
                .unwrap_or(Timestamp::MIN),
        )
    }

    /// Returns the style in which bodies are rendered for this request.
    pub(crate) fn style(&self) -> Style {
        Style::new(self.profile, self.quirks.ghost, |name| {
            self.has_preview(name)
        })
    }

    /// Returns `true` if bodies are indented, which GitHub does for browsers and curl.
    pub(crate) fn wants_indented_body(&self) -> bool {
        const AGENTS: [&str; 4] = ["curl", "Wget", "Safari", "Firefox"];
        let agent = self.header(USER_AGENT).unwrap_or_default();
        AGENTS.iter().any(|it| agent.contains(it))
    }

    pub(crate) fn accepts_gzip(&self) -> bool {
        let accepted = self.header(ACCEPT_ENCODING).unwrap_or_default();
        accepted.split(',').any(|part| {
            let mut pieces = part.split(';').map(str::trim);
            pieces.next() == Some("gzip") && pieces.next() != Some("q=0")
        })
    }

    /// Returns `true` if a known route was requested with an invalid credential.
    ///
    /// GitHub omits the API version and the rate limits from the response to such a request.
    pub(crate) fn has_bad_credential(&self) -> bool {
        matches!(self.actor, Actor::Unknown) && self.operation.is_some()
    }

    /// Returns the URL of the operation's documentation.
    pub(crate) fn documentation(&self) -> String {
        let page = self.operation.map_or("", Operation::documentation);
        format!("{}{page}", self.profile.documentation())
    }
}

/// Removes the prefix of Enterprise Server from a path.
pub(crate) fn strip_prefix(path: &str) -> &str {
    path.strip_prefix(ENTERPRISE_PREFIX).unwrap_or(path)
}

/// Returns the base URLs at which a client reached the emulator.
pub(crate) fn base_urls(headers: &HeaderMap, path: &str, origin: &str) -> BaseUrls {
    let text = |name: &str| headers.get(name).and_then(|it| it.to_str().ok());
    let scheme = text("x-forwarded-proto").unwrap_or("http");
    let host = text(HOST.as_str()).filter(|it| !it.is_empty());
    let origin = match host {
        Some(host) => format!("{scheme}://{host}"),
        None => origin.to_owned(),
    };
    BaseUrls::new(&origin, path.starts_with(ENTERPRISE_PREFIX))
}
