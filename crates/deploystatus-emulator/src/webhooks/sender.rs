//! Webhooks and the tasks that send their deliveries.

use std::sync::{Arc, Mutex};

use tokio::sync::{mpsc, watch};

use super::delivery::{Delivery, Hook, Message, Record};
use super::event::Event;
use super::log::DeliveryLog;
use super::post::Target;
use crate::error::Error;
use crate::model::clock::Clock;
use crate::model::lock;
use crate::model::profile::Profile;

/// A URL that receives an event for every new deployment and status.
#[derive(Clone, Debug)]
pub struct Webhook {
    url: String,
    secret: Option<String>,
}

impl Webhook {
    /// Creates a webhook with an `http://` URL. Deliveries are not signed.
    pub fn new(url: impl Into<String>) -> Webhook {
        Webhook {
            url: url.into(),
            secret: None,
        }
    }

    /// Sets the secret with which deliveries are signed.
    #[must_use]
    pub fn secret(mut self, secret: impl Into<String>) -> Self {
        self.secret = Some(secret.into());
        self
    }
}

/// The webhooks of an emulator and the log of their deliveries.
#[derive(Debug)]
pub(crate) struct Webhooks {
    queues: Vec<Queue>,
    clock: Clock,
    log: Arc<Mutex<DeliveryLog>>,
    /// Number of deliveries that have not finished.
    unfinished: watch::Sender<usize>,
}

/// The queue of one webhook. A slow webhook does not delay others, and each receives its events in order.
#[derive(Debug)]
struct Queue {
    hook: Hook,
    records: mpsc::UnboundedSender<Record>,
}

impl Webhooks {
    /// Starts one task per webhook. The tasks end when `self` is dropped.
    pub(crate) fn start(
        webhooks: &[Webhook],
        profile: Profile,
        clock: &Clock,
    ) -> Result<Webhooks, Error> {
        let log = Arc::new(Mutex::new(DeliveryLog::default()));
        let (unfinished, _) = watch::channel(0);
        let mut queues = Vec::new();
        for (id, webhook) in (1..).zip(webhooks) {
            let target = Target::parse(&webhook.url)?;
            let (records, mut receiver) = mpsc::unbounded_channel::<Record>();
            let (log, clock, unfinished) = (Arc::clone(&log), clock.clone(), unfinished.clone());
            tokio::spawn(async move {
                while let Some(record) = receiver.recv().await {
                    let result = target.post(&record.message).await;
                    lock(&log).finish(record.number, clock.now(), result);
                    unfinished.send_modify(|count| *count -= 1);
                }
            });
            let hook = Hook {
                id,
                url: webhook.url.clone(),
                secret: webhook.secret.clone(),
                enterprise_version: profile.enterprise_version(),
            };
            queues.push(Queue { hook, records });
        }
        Ok(Webhooks {
            queues,
            clock: clock.clone(),
            log,
            unfinished,
        })
    }

    /// Queues a delivery of an event for every webhook.
    pub(crate) fn notify(&self, event: &Event<'_>) {
        if self.queues.is_empty() || !event.is_delivered() {
            return;
        }
        let body = event.payload();
        for queue in &self.queues {
            let number = lock(&self.log).next_number();
            let message = Message::new(&queue.hook, event, body.clone(), number);
            self.send(queue, Arc::new(message), 1);
        }
    }

    /// Queues another attempt of a delivery. GitHub does this only on request.
    pub(crate) fn redeliver(&self, id: &str) -> Result<Delivery, Error> {
        let unknown = || Error::UnknownDelivery(id.to_owned());
        let last = lock(&self.log).find(id).cloned().ok_or_else(unknown)?;
        let mut queues = self.queues.iter();
        let queue = queues.find(|it| it.hook.id == last.message.hook_id);
        let queue = queue.ok_or_else(unknown)?;
        let record = self.send(queue, last.message, last.attempt + 1);
        Ok(Delivery::from(&record))
    }

    /// Returns the deliveries with a number above `since`, oldest first, and at most `limit` of the newest.
    pub(crate) fn list(&self, since: u64, limit: usize) -> Vec<Delivery> {
        lock(&self.log).list(since, limit)
    }

    /// Returns the newest failed deliveries, newest first, and the number of all.
    pub(crate) fn failed(&self, max: usize) -> (Vec<Delivery>, usize) {
        lock(&self.log).failed(max)
    }

    /// Waits until all queued deliveries have finished.
    pub(crate) async fn wait(&self) {
        // The wait cannot fail, because `self` owns the sender.
        let _ = self.unfinished.subscribe().wait_for(|it| *it == 0).await;
    }

    pub(crate) fn clear(&self) {
        lock(&self.log).clear();
    }

    fn send(&self, queue: &Queue, message: Arc<Message>, attempt: u32) -> Record {
        let record = lock(&self.log).add(message, attempt, self.clock.now());
        self.unfinished.send_modify(|count| *count += 1);
        if queue.records.send(record.clone()).is_err() {
            self.unfinished.send_modify(|count| *count -= 1);
        }
        record
    }
}
