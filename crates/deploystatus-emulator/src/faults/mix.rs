//! Faults at random, the same for the same seed.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::{Fault, Moment, RetryAfter};

/// Faults drawn at random, the same for the same seed and the same number of requests.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FaultMix {
    seed: u64,
    #[serde(default = "half")]
    percent: u8,
    #[serde(default = "unlimited")]
    at_most: u32,
    #[serde(default = "ten_seconds")]
    longest_wait_ms: u64,
}

impl FaultMix {
    /// Something goes wrong with half of all requests.
    #[must_use]
    pub fn seeded(seed: u64) -> FaultMix {
        FaultMix {
            seed,
            percent: half(),
            at_most: unlimited(),
            longest_wait_ms: ten_seconds(),
        }
    }

    /// Something goes wrong with this share of requests, out of a hundred.
    #[must_use]
    pub fn percent(mut self, percent: u8) -> Self {
        self.percent = percent;
        self
    }

    /// All goes well after this many faults.
    #[must_use]
    pub fn at_most(mut self, faults: u32) -> Self {
        self.at_most = faults;
        self
    }

    /// No delay, lateness or `Retry-After` is longer than this, instead of ten seconds.
    #[must_use]
    pub fn longest_wait(mut self, wait: Duration) -> Self {
        self.longest_wait_ms = u64::try_from(wait.as_millis()).unwrap_or(u64::MAX);
        self
    }

    pub(super) fn draw(&mut self) -> Option<Fault> {
        // Three numbers for each request, so that a request draws the same whatever those before it drew.
        let (chance, kind, wait) = (self.next(), self.next(), self.next());
        if self.at_most == 0 || chance % 100 >= u64::from(self.percent) {
            return None;
        }
        self.at_most -= 1;
        let wait = wait % self.longest_wait_ms.saturating_add(1);
        Some(fault_of(kind, Duration::from_millis(wait)))
    }

    /// The generator known as splitmix64.
    fn next(&mut self) -> u64 {
        self.seed = self.seed.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.seed;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ (mixed >> 31)
    }
}

fn fault_of(kind: u64, wait: Duration) -> Fault {
    match kind % 16 {
        0 => Fault::status(500),
        1 => Fault::status(500).after_work(),
        2 => Fault::status(502),
        3 => Fault::status(502).after_work(),
        4 => Fault::status(502).work_later(wait),
        5 => Fault::html(503),
        6 => Fault::status(504).after_work(),
        7 => Fault::close(Moment::BeforeReading),
        8 => Fault::close(Moment::BeforeWork),
        9 => Fault::close(Moment::AfterWork),
        10 => Fault::cut_body(),
        11 => Fault::dribble(Duration::from_millis(10)),
        12 => Fault::delay(wait),
        13 => Fault::secondary_limit(RetryAfter::Seconds(wait.as_secs())),
        14 => Fault::secondary_limit(RetryAfter::Date(wait.as_secs())).code(429),
        _ => Fault::close(Moment::BeforeWork).work_later(wait),
    }
}

fn half() -> u8 {
    50
}

fn unlimited() -> u32 {
    u32::MAX
}

fn ten_seconds() -> u64 {
    10_000
}
