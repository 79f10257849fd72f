//! Random faults.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::fault::{Fault, RetryAfter, Stage};
use crate::model::scramble;

/// Random faults. The same seed and sequence of requests give the same faults.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FaultMix {
    seed: u64,
    #[serde(default = "half")]
    percent: u8,
    #[serde(default = "unlimited", skip_serializing_if = "is_unlimited")]
    max_faults: u32,
    #[serde(default = "ten_seconds")]
    max_delay_ms: u64,
    /// Number of random numbers that were drawn.
    #[serde(skip)]
    drawn: u64,
}

impl FaultMix {
    /// Creates a mix in which half of all requests fail.
    #[must_use]
    pub fn seeded(seed: u64) -> FaultMix {
        FaultMix {
            seed,
            percent: half(),
            max_faults: unlimited(),
            max_delay_ms: ten_seconds(),
            drawn: 0,
        }
    }

    /// Sets the percentage of requests that fail. Defaults to 50.
    #[must_use]
    pub fn percent(mut self, percent: u8) -> Self {
        self.percent = percent;
        self
    }

    /// Sets the maximum number of faults. Defaults to no limit.
    #[must_use]
    pub fn max_faults(mut self, faults: u32) -> Self {
        self.max_faults = faults;
        self
    }

    /// Sets the maximum of delays, late work and `Retry-After`. Defaults to 10 seconds.
    #[must_use]
    pub fn max_delay(mut self, delay: Duration) -> Self {
        self.max_delay_ms = u64::try_from(delay.as_millis()).unwrap_or(u64::MAX);
        self
    }

    /// Returns `true` if no request will fail any more.
    pub(super) fn is_exhausted(&self) -> bool {
        self.max_faults == 0 || self.percent == 0
    }

    pub(super) fn draw(&mut self) -> Option<Fault> {
        // Every request draws three numbers, so that its fault does not depend on earlier ones.
        let (chance, kind, delay) = (self.next(), self.next(), self.next());
        if self.max_faults == 0 || chance % 100 >= u64::from(self.percent) {
            return None;
        }
        self.max_faults -= 1;
        let delay = delay % self.max_delay_ms.saturating_add(1);
        Some(fault_of(kind, Duration::from_millis(delay)))
    }

    /// Returns the next number of the splitmix64 generator.
    fn next(&mut self) -> u64 {
        let step = self.drawn.wrapping_mul(0x9E37_79B9_7F4A_7C15);
        self.drawn = self.drawn.wrapping_add(1);
        scramble(self.seed.wrapping_add(step))
    }
}

fn fault_of(kind: u64, delay: Duration) -> Fault {
    match kind % 16 {
        0 => Fault::status(500),
        1 => Fault::status(500).after_work(),
        2 => Fault::status(502),
        3 => Fault::status(502).after_work(),
        4 => Fault::status(502).work_later(delay),
        5 => Fault::html(503),
        6 => Fault::status(504).after_work(),
        7 => Fault::close(Stage::BeforeReading),
        8 => Fault::close(Stage::BeforeWork),
        9 => Fault::close(Stage::AfterWork),
        10 => Fault::cut_body(),
        11 => Fault::dribble(Duration::from_millis(10)),
        12 => Fault::delay(delay),
        13 => Fault::secondary_limit(RetryAfter::Seconds(delay.as_secs())),
        14 => Fault::secondary_limit(RetryAfter::Date(delay.as_secs())).code(429),
        _ => Fault::close(Stage::BeforeWork).work_later(delay),
    }
}

fn half() -> u8 {
    50
}

fn unlimited() -> u32 {
    u32::MAX
}

#[expect(
    clippy::trivially_copy_pass_by_ref,
    reason = "serde passes a reference"
)]
fn is_unlimited(faults: &u32) -> bool {
    *faults == unlimited()
}

fn ten_seconds() -> u64 {
    10_000
}
