//! Preflight requests of browsers.

use http::header::{
    ACCESS_CONTROL_ALLOW_HEADERS, ACCESS_CONTROL_ALLOW_METHODS, ACCESS_CONTROL_MAX_AGE,
};
use http::{HeaderValue, StatusCode};
use jiff::Timestamp;

use super::headers::common;
use super::response::{HttpResponse, full_body};
use crate::model::profile::Profile;

const HEADERS: &str = "Authorization, Content-Type, If-Match, If-Modified-Since, If-None-Match, \
                       If-Unmodified-Since, X-GitHub-OTP, X-Requested-With";
const METHODS: &str = "GET, POST, PATCH, PUT, DELETE";

/// Creates the response to `OPTIONS`, which is the same for all paths of the API.
pub(crate) fn preflight(profile: Profile, now: Timestamp, number: u64) -> HttpResponse {
    let mut response = HttpResponse::new(full_body(""));
    *response.status_mut() = StatusCode::NO_CONTENT;
    let mut headers = common(profile, now, number);
    for (name, value) in [
        (ACCESS_CONTROL_ALLOW_HEADERS, HEADERS),
        (ACCESS_CONTROL_ALLOW_METHODS, METHODS),
        (ACCESS_CONTROL_MAX_AGE, "86400"),
    ] {
        headers.insert(name, HeaderValue::from_static(value));
    }
    *response.headers_mut() = headers;
    response
}
