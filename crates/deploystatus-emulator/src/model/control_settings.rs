//! Settings of the control API.

use std::net::IpAddr;

/// Settings that decide who can use the control API and what it shows.
#[derive(Clone, Debug, Default)]
pub(crate) struct ControlSettings {
    /// Enables the control API on addresses other than loopback.
    pub(crate) is_exposed: bool,
    /// Additional values of `Host`, in lower case and without a port.
    pub(crate) allowed_hosts: Vec<String>,
    /// Shows tokens in the log of requests.
    pub(crate) shows_credentials: bool,
}

impl ControlSettings {
    /// Returns `true` if the control API is enabled for a listener on this address.
    pub(crate) fn is_enabled(&self, listener: IpAddr) -> bool {
        self.is_exposed || listener.is_loopback()
    }

    /// Returns `true` if a host without port is known. A rebound name of a web page is not.
    pub(crate) fn allows_host(&self, host: &str, listener: IpAddr) -> bool {
        let host = host.to_ascii_lowercase();
        let literal = host.trim_start_matches('[').trim_end_matches(']');
        match literal.parse::<IpAddr>() {
            Ok(ip) => ip == listener || ip.is_loopback() || listener.is_unspecified(),
            Err(_) => host == "localhost" || self.allowed_hosts.contains(&host),
        }
    }
}
