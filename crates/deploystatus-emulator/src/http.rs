//! Requests and responses: parsing, headers, conditional requests and rate limits.

pub(crate) mod api_version;
pub(crate) mod cors;
pub(crate) mod etag;
pub(crate) mod headers;
pub(crate) mod media;
pub(crate) mod path;
pub(crate) mod rate_limiter;
pub(crate) mod request;
pub(crate) mod response;
