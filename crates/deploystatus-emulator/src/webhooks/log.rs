//! The log of deliveries.

use std::collections::{HashMap, VecDeque};
use std::sync::Arc;

use jiff::Timestamp;

use super::delivery::{Delivery, HookResponse, Message, Record};
use crate::model::clock::order_now;
use crate::model::log_part::LogPart;

/// Maximum number of deliveries in the log. Older ones are dropped.
const MAX_DELIVERIES: usize = 10_000;

/// The newest deliveries, in the order in which they were queued.
#[derive(Debug, Default)]
pub(super) struct DeliveryLog {
    last_number: u64,
    records: VecDeque<Record>,
    /// The number of the newest attempt, by ID.
    numbers: HashMap<String, u64>,
}

impl DeliveryLog {
    /// Returns the number that the next delivery will have.
    pub(super) fn next_number(&self) -> u64 {
        self.last_number + 1
    }

    /// Adds a delivery that has not finished, and returns its number.
    pub(super) fn add(&mut self, message: Arc<Message>, attempt: u32, now: Timestamp) -> u64 {
        self.last_number += 1;
        let record = Record {
            number: self.last_number,
            message,
            attempt,
            created_at: now,
            order: order_now(),
            outcome: None,
        };
        if self.records.len() == MAX_DELIVERIES {
            self.remove_oldest();
        }
        let id = record.message.id.clone();
        self.numbers.insert(id, record.number);
        self.records.push_back(record);
        self.last_number
    }

    /// Stores the outcome of a delivery, if that is still in the log.
    pub(super) fn finish(
        &mut self,
        number: u64,
        time: Timestamp,
        result: Result<HookResponse, String>,
    ) {
        if let Some(index) = self.index(number) {
            self.records[index].outcome = Some((time, result));
        }
    }

    /// Returns the newest attempt of the delivery with this ID.
    pub(super) fn find(&self, id: &str) -> Option<&Record> {
        let index = self.index(*self.numbers.get(id)?)?;
        self.records.get(index)
    }

    /// Returns the deliveries in a part of the log, oldest first.
    pub(super) fn list(&self, part: LogPart) -> Vec<Delivery> {
        let range = part.range(&self.records, |it| it.number);
        self.records.range(range).map(Delivery::from).collect()
    }

    /// Returns the newest failed deliveries, newest first, and the number of all.
    pub(super) fn failed(&self, max: usize) -> (Vec<Delivery>, usize) {
        let failed = || self.records.iter().rev().filter(|it| it.is_failed());
        let newest = failed().take(max).map(Delivery::from).collect();
        (newest, failed().count())
    }

    pub(super) fn clear(&mut self) {
        self.records = VecDeque::new();
        self.numbers = HashMap::new();
    }

    fn remove_oldest(&mut self) {
        let Some(oldest) = self.records.pop_front() else {
            return;
        };
        let id = &oldest.message.id;
        if self.numbers.get(id) == Some(&oldest.number) {
            self.numbers.remove(id);
        }
    }

    fn index(&self, number: u64) -> Option<usize> {
        let first = self.records.front()?.number;
        let index = usize::try_from(number.checked_sub(first)?).ok()?;
        (index < self.records.len()).then_some(index)
    }
}

#[cfg(test)]
mod tests {
    use bytes::Bytes;

    use super::*;
    use crate::webhooks::delivery::Message;

    fn add(log: &mut DeliveryLog, id: &str, attempt: u32) -> u64 {
        let message = Arc::new(Message::with_id(id));
        log.add(message, attempt, Timestamp::UNIX_EPOCH)
    }

    #[test]
    fn log_holds_the_last_ten_thousand_deliveries() {
        let mut log = DeliveryLog::default();
        for number in 1..=10_001 {
            let id = format!("delivery {number}");
            assert_eq!(add(&mut log, &id, 1), number);
        }
        let deliveries = log.list(LogPart::All);
        assert_eq!(deliveries.len(), 10_000);
        assert_eq!(deliveries[0].number, 2);
        assert!(log.find("delivery 1").is_none());
        assert_eq!(log.find("delivery 2").unwrap().number, 2);
        for (number, status) in [(1, 200), (2, 202)] {
            let body = Bytes::new();
            log.finish(
                number,
                Timestamp::UNIX_EPOCH,
                Ok(HookResponse { status, body }),
            );
        }
        assert_eq!(log.list(LogPart::All)[0].status, Some(202));
        log.clear();
        assert!(log.list(LogPart::All).is_empty());
        assert!(log.find("delivery 2").is_none());
    }

    #[test]
    fn newest_attempt_is_found() {
        let mut log = DeliveryLog::default();
        add(&mut log, "a", 1);
        add(&mut log, "b", 1);
        add(&mut log, "a", 2);
        assert_eq!(log.find("a").unwrap().attempt, 2);
        assert_eq!(log.find("b").unwrap().attempt, 1);
    }
}
