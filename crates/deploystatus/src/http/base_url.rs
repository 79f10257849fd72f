//! The base URL of the API.

use std::net::IpAddr;

use reqwest::Url;

use super::profile::ServerProfile;
use crate::error::text::clean;
use crate::model::invalid_value::InvalidValue;

/// The base URL of the API, without a slash at its end.
pub(crate) struct BaseUrl {
    pub(crate) url: Url,
    pub(crate) text: String,
}

impl BaseUrl {
    /// Parses and completes a base URL.
    ///
    /// `github.com` becomes `api.github.com`, `TENANT.ghe.com` becomes `api.TENANT.ghe.com`,
    /// and `/api/v3` is added to other hosts. A URL with a path and loopback addresses stay as they are.
    pub(crate) fn parse(text: &str, is_github: bool) -> Result<Self, InvalidValue> {
        let invalid = |expected: &str| {
            InvalidValue::new("base_url", format!("invalid base URL {:?}", redacted(text)))
                .expected(expected)
        };
        let mut url: Url = text
            .trim()
            .parse()
            .map_err(|_| invalid("expected a URL such as https://github.example.com/api/v3"))?;
        if !matches!(url.scheme(), "http" | "https") {
            return Err(invalid("expected https:// or http://"));
        }
        if !url.username().is_empty() || url.password().is_some() {
            return Err(invalid("expected no user name or password"));
        }
        if url.query().is_some() || url.fragment().is_some() {
            return Err(invalid("expected no query or fragment"));
        }
        let path = url.path().trim_end_matches('/').to_owned();
        url.set_path(&path);
        if !is_loopback(&url) {
            complete(&mut url, &path, is_github).map_err(|()| invalid("expected a valid host"))?;
        }
        let text = url.as_str().trim_end_matches('/').to_owned();
        Ok(Self { url, text })
    }

    /// Returns the profile to use before the first response.
    pub(crate) fn expected_profile(&self) -> ServerProfile {
        if self.url.path().ends_with("/api/v3") && !self.is_github() {
            ServerProfile::enterprise_of_unknown_version()
        } else {
            ServerProfile::github()
        }
    }

    /// Returns `true` for github.com and ghe.com, which are known to have rate limits.
    pub(crate) fn is_github(&self) -> bool {
        is_github_api(self.url.host_str().unwrap_or_default())
    }

    /// Returns `true` if machines on the network path could read the requests.
    pub(crate) fn is_exposed(&self) -> bool {
        self.url.scheme() == "http" && !self.is_loopback()
    }

    pub(crate) fn is_loopback(&self) -> bool {
        is_loopback(&self.url)
    }
}

fn complete(url: &mut Url, path: &str, is_github: bool) -> Result<(), ()> {
    let host = url.host_str().unwrap_or_default().to_owned();
    let is_tenant = host.ends_with(".ghe.com");
    // Users often add the path of Enterprise Server to the address of a tenant.
    if is_tenant && matches!(path, "" | "/api/v3") {
        url.set_path("");
        if !host.starts_with("api.") {
            url.set_host(Some(&format!("api.{host}"))).map_err(drop)?;
        }
    } else if path.is_empty() && matches!(host.as_str(), "github.com" | "www.github.com") {
        url.set_host(Some("api.github.com")).map_err(drop)?;
    } else if path.is_empty() && !is_github && !is_github_api(&host) {
        url.set_path("/api/v3");
    }
    Ok(())
}

fn is_github_api(host: &str) -> bool {
    host == "api.github.com" || host.ends_with(".ghe.com")
}

fn is_loopback(url: &Url) -> bool {
    let host = url.host_str().unwrap_or_default();
    let address = host.trim_start_matches('[').trim_end_matches(']');
    host == "localhost"
        || host.ends_with(".localhost")
        || address
            .parse::<IpAddr>()
            .is_ok_and(|address| address.is_loopback())
}

const MAX_SHOWN: usize = 200;

/// Returns a URL for an error message without parts that may be secret.
fn redacted(text: &str) -> String {
    let text = text.split(['?', '#']).next().unwrap_or_default();
    let text = match text.rsplit_once('@') {
        Some((_, rest)) => format!("…@{rest}"),
        None => text.to_owned(),
    };
    clean(&text, MAX_SHOWN)
}
