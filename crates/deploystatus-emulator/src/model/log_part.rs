//! Parts of a log whose entries have rising numbers.

use std::collections::VecDeque;
use std::ops::Range;

/// A part of a log.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum LogPart {
    All,
    /// The newest entries.
    Newest {
        limit: usize,
    },
    /// The oldest entries with a higher number than `since`.
    ///
    /// A client that continues with the last number it received misses no entry.
    After {
        since: u64,
        limit: usize,
    },
}

impl LogPart {
    /// Returns the indexes of the entries in this part.
    pub(crate) fn range<T>(self, log: &VecDeque<T>, number: impl Fn(&T) -> u64) -> Range<usize> {
        let end = log.len();
        match self {
            LogPart::All => 0..end,
            LogPart::Newest { limit } => end.saturating_sub(limit)..end,
            LogPart::After { since, limit } => {
                let start = log.partition_point(|it| number(it) <= since);
                start..start.saturating_add(limit).min(end)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_have_at_most_the_limit() {
        let log = VecDeque::from([5, 6, 7, 8]);
        for (part, expected) in [
            (LogPart::All, 0..4),
            (LogPart::Newest { limit: 2 }, 2..4),
            (LogPart::Newest { limit: 9 }, 0..4),
            (LogPart::After { since: 0, limit: 2 }, 0..2),
            (LogPart::After { since: 5, limit: 2 }, 1..3),
            (
                LogPart::After {
                    since: 7,
                    limit: usize::MAX,
                },
                3..4,
            ),
            (LogPart::After { since: 8, limit: 2 }, 4..4),
        ] {
            assert_eq!(part.range(&log, |it| *it), expected, "{part:?}");
        }
    }
}
