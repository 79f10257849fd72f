//! Header names, and the headers of a request.

use reqwest::header::{ACCEPT, HeaderMap, HeaderName, HeaderValue, IF_NONE_MATCH, USER_AGENT};
pub(crate) use reqwest::header::{
    ACCEPT_ENCODING, AUTHORIZATION, CONTENT_TYPE, DATE, ETAG, LINK, LOCATION, RETRY_AFTER,
};

use super::profile::ServerProfile;

pub(crate) const ACCEPTED_PERMISSIONS: HeaderName =
    HeaderName::from_static("x-accepted-github-permissions");
pub(crate) const ACCEPTED_SCOPES: HeaderName = HeaderName::from_static("x-accepted-oauth-scopes");
pub(crate) const DEPRECATION: HeaderName = HeaderName::from_static("deprecation");
pub(crate) const ENTERPRISE_VERSION: HeaderName =
    HeaderName::from_static("x-github-enterprise-version");
pub(crate) const RATE_LIMIT: HeaderName = HeaderName::from_static("x-ratelimit-limit");
pub(crate) const RATE_REMAINING: HeaderName = HeaderName::from_static("x-ratelimit-remaining");
pub(crate) const RATE_RESET: HeaderName = HeaderName::from_static("x-ratelimit-reset");
pub(crate) const REQUEST_ID: HeaderName = HeaderName::from_static("x-github-request-id");
pub(crate) const SSO: HeaderName = HeaderName::from_static("x-github-sso");
pub(crate) const SUNSET: HeaderName = HeaderName::from_static("sunset");
pub(crate) const TOKEN_EXPIRATION: HeaderName =
    HeaderName::from_static("github-authentication-token-expiration");
const API_VERSION: HeaderName = HeaderName::from_static("x-github-api-version");

/// Returns the headers of a request.
pub(crate) fn request_headers(
    profile: &ServerProfile,
    user_agent: &HeaderValue,
    token: Option<HeaderValue>,
    etag: Option<&HeaderValue>,
) -> HeaderMap {
    let mut headers = HeaderMap::with_capacity(6);
    if let Ok(accept) = HeaderValue::from_str(profile.accept()) {
        headers.insert(ACCEPT, accept);
    }
    headers.insert(USER_AGENT, user_agent.clone());
    if let Some(version) = profile.api_version_header() {
        headers.insert(API_VERSION, version.clone());
    }
    if let Some(token) = token {
        headers.insert(AUTHORIZATION, token);
    }
    if let Some(etag) = etag {
        headers.insert(IF_NONE_MATCH, etag.clone());
    }
    headers
}
