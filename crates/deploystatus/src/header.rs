//! The headers that GitHub answers with, as names that need not be parsed for each answer.

use reqwest::header::HeaderName;

pub(crate) use reqwest::header::{CONTENT_TYPE, DATE, ETAG, LINK, RETRY_AFTER};

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
