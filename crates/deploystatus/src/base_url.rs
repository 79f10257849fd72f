//! Where the API is, made from what people have at hand.

use std::net::IpAddr;

use reqwest::Url;

use crate::{Invalid, ServerProfile};

/// The address of an API, without a slash at its end.
pub(crate) struct BaseUrl {
    pub(crate) url: Url,
    pub(crate) text: String,
}

impl BaseUrl {
    /// Reads an address and completes it: `github.com` has its API at `api.github.com`,
    /// a tenant of ghe.com at `api.TENANT.ghe.com`, an Enterprise Server below `/api/v3`.
    ///
    /// An address with a path is taken as it is, and so is a loopback one, where tests and tunnels are.
    pub(crate) fn read(text: &str, is_github: bool) -> Result<Self, Invalid> {
        let invalid = |why: &str| Invalid::new("base_url", format!("{why}: {}", shown(text)));
        let mut url: Url = text
            .trim()
            .parse()
            .map_err(|_| invalid("is not an address such as https://github.example.com/api/v3"))?;
        if !matches!(url.scheme(), "http" | "https") {
            return Err(invalid("has to start with https:// or http://"));
        }
        if !url.username().is_empty() || url.password().is_some() {
            return Err(invalid("must not have a name or password in it"));
        }
        if url.query().is_some() || url.fragment().is_some() {
            return Err(invalid("must not have a query or fragment"));
        }
        let path = url.path().trim_end_matches('/').to_owned();
        url.set_path(&path);
        let host = url.host_str().unwrap_or_default().to_owned();
        if path.is_empty() && !is_loopback(&url) {
            if host == "github.com" || host == "www.github.com" {
                url.set_host(Some("api.github.com"))
                    .map_err(|_| invalid("has an odd host"))?;
            } else if host.ends_with(".ghe.com") && !host.starts_with("api.") {
                url.set_host(Some(&format!("api.{host}")))
                    .map_err(|_| invalid("has an odd host"))?;
            } else if !is_github && !is_githubs(&host) {
                url.set_path("/api/v3");
            }
        }
        let text = url.as_str().trim_end_matches('/').to_owned();
        Ok(Self { url, text })
    }

    /// What to think of the server before its first answer.
    pub(crate) fn expected_profile(&self) -> ServerProfile {
        if self.url.path().ends_with("/api/v3") {
            ServerProfile::enterprise_of_unknown_version()
        } else {
            ServerProfile::github()
        }
    }

    /// Whether the address is GitHub's own, which limits requests for sure.
    pub(crate) fn is_githubs(&self) -> bool {
        is_githubs(self.url.host_str().unwrap_or_default())
    }

    /// Whether what is sent there can be read on the way.
    pub(crate) fn is_exposed(&self) -> bool {
        self.url.scheme() == "http" && !is_loopback(&self.url)
    }
}

fn is_githubs(host: &str) -> bool {
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

/// The address for an error text, without what may be a password.
fn shown(text: &str) -> String {
    match text.rsplit_once('@') {
        Some((_, rest)) => format!("…@{rest}"),
        None => text.to_owned(),
    }
}
