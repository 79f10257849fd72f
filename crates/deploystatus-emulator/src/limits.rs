//! Rate limits, as they are chosen.

use serde::{Deserialize, Serialize};

/// The rate limits that are enforced; none unless asked for.
///
/// In JSON: `{"primary": {}, "secondary": {}}` for GitHub's numbers, or with numbers of your own.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Limits {
    pub(crate) primary: Option<PrimaryLimits>,
    pub(crate) secondary: Option<SecondaryLimits>,
    /// An Enterprise Server says nothing of limits it does not have.
    #[serde(skip)]
    pub(crate) silent: bool,
}

/// Requests in an hour, by whom.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct PrimaryLimits {
    pub(crate) authenticated: u64,
    pub(crate) anonymous: u64,
}

/// The limits against bursts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct SecondaryLimits {
    pub(crate) concurrent: usize,
    pub(crate) points_per_minute: u64,
    pub(crate) creations_per_minute: usize,
    pub(crate) creations_per_hour: usize,
}

impl Limits {
    /// GitHub's limits, the primary and the secondary.
    #[must_use]
    pub fn github() -> Limits {
        Limits::default()
            .primary(PrimaryLimits::default())
            .secondary(SecondaryLimits::default())
    }

    /// Enforces these hourly limits.
    #[must_use]
    pub fn primary(mut self, limits: PrimaryLimits) -> Self {
        self.primary = Some(limits);
        self
    }

    /// Enforces these limits against bursts.
    #[must_use]
    pub fn secondary(mut self, limits: SecondaryLimits) -> Self {
        self.secondary = Some(limits);
        self
    }

    pub(crate) fn hourly(&self, authenticated: bool) -> Option<u64> {
        self.primary.map(|it| it.hourly(authenticated))
    }

    pub(crate) fn announced(&self, authenticated: bool) -> Option<u64> {
        (!self.silent).then(|| PrimaryLimits::default().hourly(authenticated))
    }
}

impl PrimaryLimits {
    /// Replaces the 5,000 requests an hour of those with a token.
    #[must_use]
    pub fn authenticated(mut self, requests: u64) -> Self {
        self.authenticated = requests;
        self
    }

    /// Replaces the 60 requests an hour of those without.
    #[must_use]
    pub fn anonymous(mut self, requests: u64) -> Self {
        self.anonymous = requests;
        self
    }

    fn hourly(self, authenticated: bool) -> u64 {
        if authenticated {
            self.authenticated
        } else {
            self.anonymous
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
    /// Replaces the 100 requests at a time.
    #[must_use]
    pub fn concurrent(mut self, requests: usize) -> Self {
        self.concurrent = requests;
        self
    }

    /// Replaces the 900 points a minute and endpoint; a read costs one, a write five.
    #[must_use]
    pub fn points_per_minute(mut self, points: u64) -> Self {
        self.points_per_minute = points;
        self
    }

    /// Replaces the 80 creations a minute.
    #[must_use]
    pub fn creations_per_minute(mut self, creations: usize) -> Self {
        self.creations_per_minute = creations;
        self
    }

    /// Replaces the 500 creations an hour.
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
    fn the_defaults_are_githubs() {
        let limits = Limits::github();
        assert_eq!(limits.hourly(true), Some(5_000));
        assert_eq!(limits.hourly(false), Some(60));
        let secondary = limits.secondary.unwrap();
        assert_eq!(secondary.concurrent, 100);
        assert_eq!(secondary.points_per_minute, 900);
        assert_eq!(secondary.creations_per_minute, 80);
        assert_eq!(secondary.creations_per_hour, 500);
    }
}
