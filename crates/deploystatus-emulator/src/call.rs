//! A request, once it is known who makes it and how they came.

use std::collections::HashMap;

use axum::extract::{FromRequestParts, RawPathParams};
use bytes::Bytes;
use http::header::{ACCEPT, ACCEPT_ENCODING, HOST, USER_AGENT};
use http::request::Parts;
use http::{HeaderMap, Method};

use crate::access::Actor;
use crate::answer::Answer;
use crate::media::Media;
use crate::operation::Operation;
use crate::profile::Profile;
use crate::switches::Switches;
use crate::wire::{Base, Style};

/// A request that was understood, as the handlers see it.
#[derive(Clone, Debug)]
pub(crate) struct Call {
    pub(crate) operation: Option<Operation>,
    pub(crate) method: Method,
    /// With the front, without the query.
    pub(crate) path: String,
    pub(crate) query: String,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
    pub(crate) base: Base,
    pub(crate) media: Media,
    pub(crate) actor: Actor,
    /// The API version it is answered in, on servers that know of versions.
    pub(crate) version: Option<&'static str>,
    pub(crate) profile: Profile,
    pub(crate) switches: Switches,
}

impl Call {
    pub(crate) fn header(&self, name: impl http::header::AsHeaderName) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }

    /// The path without the front of Enterprise Server.
    pub(crate) fn route(&self) -> &str {
        self.path.strip_prefix("/api/v3").unwrap_or(&self.path)
    }

    /// How bodies are written for this request.
    pub(crate) fn style(&self) -> Style {
        Style::new(self.profile, &self.media, self.switches.ghost)
    }

    /// Whether bodies are written for people, as GitHub does for browsers and curl.
    pub(crate) fn wants_pretty(&self) -> bool {
        const FOR_PEOPLE: [&str; 4] = ["curl", "Wget", "Safari", "Firefox"];
        let agent = self.header(USER_AGENT).unwrap_or_default();
        FOR_PEOPLE.iter().any(|it| agent.contains(it))
    }

    pub(crate) fn wants_gzip(&self) -> bool {
        let accepted = self.header(ACCEPT_ENCODING).unwrap_or_default();
        accepted.split(',').any(|part| {
            let mut pieces = part.split(';').map(str::trim);
            pieces.next() == Some("gzip") && pieces.next() != Some("q=0")
        })
    }

    /// The page about this operation.
    pub(crate) fn documentation(&self) -> String {
        let page = self.operation.map_or("", Operation::documentation);
        format!("{}{page}", self.profile.documentation())
    }

    pub(crate) fn accept(headers: &HeaderMap) -> Option<&str> {
        headers.get(ACCEPT)?.to_str().ok()
    }

    /// Where the request reached the emulator.
    pub(crate) fn base_of(headers: &HeaderMap, path: &str, origin: &str) -> Base {
        let text = |name: &str| headers.get(name).and_then(|it| it.to_str().ok());
        let scheme = text("x-forwarded-proto").unwrap_or("http");
        let host = text(HOST.as_str()).filter(|it| !it.is_empty());
        let origin = match host {
            Some(host) => format!("{scheme}://{host}"),
            None => origin.to_owned(),
        };
        Base::new(&origin, path.starts_with("/api/v3"))
    }
}

/// What the path names.
#[derive(Debug)]
pub(crate) struct Target(HashMap<String, String>);

impl Target {
    pub(crate) fn text(&self, name: &str) -> &str {
        self.0.get(name).map_or("", String::as_str)
    }

    /// A number in the path; what is not a number leads nowhere.
    pub(crate) fn number(&self, name: &str) -> Option<u64> {
        self.0.get(name)?.parse().ok()
    }
}

impl<S: Send + Sync> FromRequestParts<S> for Target {
    type Rejection = Answer;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Target, Answer> {
        let params = RawPathParams::from_request_parts(parts, state).await;
        let params = params.map_err(|_| Answer::empty(http::StatusCode::NOT_FOUND))?;
        let named = params.iter().map(|(k, v)| (k.to_owned(), v.to_owned()));
        Ok(Target(named.collect()))
    }
}
