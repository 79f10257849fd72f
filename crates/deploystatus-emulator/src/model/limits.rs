//! Rate limits to be enforced.

use serde::{Deserialize, Serialize};

/// The rate limits that the emulator enforces. Defaults to none.
///
/// In JSON, `{"primary": {}, "secondary": {}}` stands for GitHub's numbers.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Limits {
    pub(crate) primary: Option<PrimaryLimits>,
    pub(crate) secondary: Option<SecondaryLimits>,
}

/// Limits on the number of requests in an hour.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct PrimaryLimits {
    authenticated: u64,
    anonymous: u64,
}

/// Limits on bursts of requests.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct SecondaryLimits {
    pub(crate) concurrent: usize,
    pub(crate) points_per_minute: u64,
    pub(crate) creations_per_minute: usize,
    pub(crate) creations_per_hour: usize,
}

impl Limits {
    /// Creates GitHub's primary and secondary limits.
    #[must_use]
    pub fn github() -> Limits {
        Limits::default()
            .primary(PrimaryLimits::default())
            .secondary(SecondaryLimits::default())
    }

    /// Sets the limits on the number of requests in an hour.
    #[must_use]
    pub fn primary(mut self, limits: PrimaryLimits) -> Self {
        self.primary = Some(limits);
        self
    }

    /// Sets the limits on bursts.
    #[must_use]
    pub fn secondary(mut self, limits: SecondaryLimits) -> Self {
        self.secondary = Some(limits);
        self
    }
}

impl PrimaryLimits {
    /// Sets the number of requests in an hour with a token. Defaults to 5,000.
    #[must_use]
    pub fn authenticated(mut self, requests: u64) -> Self {
        self.authenticated = requests;
        self
    }

    /// Sets the number of requests in an hour without a token. Defaults to 60.
    #[must_use]
    pub fn anonymous(mut self, requests: u64) -> Self {
        self.anonymous = requests;
        self
    }

    /// Returns the number of requests in an hour for an account, or for clients without one.
    pub(crate) fn hourly(self, login: Option<&str>) -> u64 {
        match login {
            Some(_) => self.authenticated,
            None => self.anonymous,
        }
    }
}

impl Default for PrimaryLimits {
    fn default() -> Self {
        PrimaryLimits {
            authenticated: 5_000,
            anonymous: 60,
        }
    }
}

impl SecondaryLimits {
    /// Sets the number of concurrent requests. Defaults to 100.
    #[must_use]
    pub fn concurrent(mut self, requests: usize) -> Self {
        self.concurrent = requests;
        self
    }

    /// Sets the points per minute and endpoint. Defaults to 900. A read costs 1 point, a write 5.
    #[must_use]
    pub fn points_per_minute(mut self, points: u64) -> Self {
        self.points_per_minute = points;
        self
    }

    /// Sets the number of creations in a minute. Defaults to 80.
    #[must_use]
    pub fn creations_per_minute(mut self, creations: usize) -> Self {
        self.creations_per_minute = creations;
        self
    }

    /// Sets the number of creations in an hour. Defaults to 500.
    #[must_use]
    pub fn creations_per_hour(mut self, creations: usize) -> Self {
        self.creations_per_hour = creations;
        self
    }
}

impl Default for SecondaryLimits {
    fn default() -> Self {
        SecondaryLimits {
            concurrent: 100,
            points_per_minute: 900,
            creations_per_minute: 80,
            creations_per_hour: 500,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn defaults_are_those_of_github() {
        let primary = PrimaryLimits::default();
        assert_eq!(primary.hourly(Some("octocat")), 5_000);
        assert_eq!(primary.hourly(None), 60);
        let secondary = Limits::github().secondary.unwrap();
        assert_eq!(secondary.concurrent, 100);
        assert_eq!(secondary.points_per_minute, 900);
        assert_eq!(secondary.creations_per_minute, 80);
        assert_eq!(secondary.creations_per_hour, 500);
    }
}
