//! HTTP without operations: servers, connections, tokens, headers and links.

pub(crate) mod base_url;
pub(crate) mod headers;
pub(crate) mod link;
pub(crate) mod profile;
pub(crate) mod rate_limit;
pub(crate) mod redirect;
pub(crate) mod response;
pub(crate) mod token;
pub(crate) mod transport;
