//! Data that all clones of a client and all its handles share.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use jiff::Timestamp;
use reqwest::header::HeaderValue;
use tokio::time::Instant;

use super::cache::Cache;
use super::delay::Listener;
use super::pacing::Pacer;
use super::retry::RetryPolicy;
use crate::error::text::clean;
use crate::http::base_url::BaseUrl;
use crate::http::headers::{DATE, DEPRECATION, ENTERPRISE_VERSION, SUNSET};
use crate::http::profile::ServerProfile;
use crate::http::response::Response;
use crate::http::token::Token;
use crate::http::transport::Transport;

/// Data that all clones of a client and all its handles share.
pub(crate) struct Core {
    pub(crate) base: BaseUrl,
    pub(crate) token: Option<Token>,
    pub(crate) user_agent: HeaderValue,
    pub(crate) timeout: Duration,
    pub(crate) transport: Transport,
    pub(crate) retry: RetryPolicy,
    pub(crate) pacer: Pacer,
    pub(crate) profile: Mutex<ServerProfile>,
    /// `true` if the caller set the profile, so that it is not detected.
    pub(crate) has_explicit_profile: bool,
    pub(crate) cache: Cache,
    pub(crate) warned: Warned,
    pub(crate) clock: Clock,
    pub(crate) listener: Listener,
}

/// Warnings that are logged once per client.
#[derive(Debug, Default)]
pub(crate) struct Warned {
    deprecation: AtomicBool,
    profile: AtomicBool,
}

/// The server's clock, as the newest response has shown it.
#[derive(Debug, Default)]
pub(crate) struct Clock(Mutex<Option<(Timestamp, Instant)>>);

impl Clock {
    fn observe(&self, response: &Response) {
        if response.header(&DATE).is_some() {
            let shown = (response.server_time(), response.received);
            *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(shown);
        }
    }

    /// Returns the server's time now, or `None` if the server has never responded.
    pub(crate) fn now(&self) -> Option<Timestamp> {
        let (time, at) = (*self.0.lock().unwrap_or_else(PoisonError::into_inner))?;
        time.checked_add(at.elapsed()).ok()
    }
}

/// Result of reading the server's version from a response.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Detection {
    /// The profile of the client has changed.
    NewProfile,
    Nothing,
}

const MAX_HEADER: usize = 200;

impl Core {
    pub(crate) fn profile(&self) -> ServerProfile {
        self.profile
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }

    /// Reads the rate limit, the server's clock, the server's version and deprecations from a response.
    ///
    /// `explicit` is the profile that the caller has set, which the server's version does not replace.
    pub(crate) fn learn(&self, response: &Response, explicit: Option<&ServerProfile>) -> Detection {
        self.pacer.observe(response);
        self.clock.observe(response);
        self.warn_of_deprecation(response);
        let version = response.header(&ENTERPRISE_VERSION);
        let Some(detected) = version.and_then(ServerProfile::from_version) else {
            return Detection::Nothing;
        };
        if let Some(explicit) = explicit {
            self.warn_of_contradiction(explicit, &detected);
            return Detection::Nothing;
        }
        let mut profile = self.profile.lock().unwrap_or_else(PoisonError::into_inner);
        if profile.is_same_server(&detected) {
            return Detection::Nothing;
        }
        tracing::debug!(%detected, "detected the server's version");
        *profile = detected;
        Detection::NewProfile
    }

    fn warn_of_contradiction(&self, explicit: &ServerProfile, detected: &ServerProfile) {
        if !explicit.is_same_server(detected) && !self.warned.profile.swap(true, Ordering::Relaxed)
        {
            tracing::warn!(%detected, %explicit, "the server's version does not match the profile");
        }
    }

    fn warn_of_deprecation(&self, response: &Response) {
        let value = |name| {
            let value = response.scrubbed_header(name)?;
            Some(clean(&value, MAX_HEADER))
        };
        let (deprecation, sunset) = (value(&DEPRECATION), value(&SUNSET));
        if (deprecation.is_some() || sunset.is_some())
            && !self.warned.deprecation.swap(true, Ordering::Relaxed)
        {
            tracing::warn!(
                deprecation,
                sunset,
                "the server announced the removal of this operation or API version"
            );
        }
    }
}
