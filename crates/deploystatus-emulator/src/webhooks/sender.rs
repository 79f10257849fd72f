//! Webhooks and the tasks that send their deliveries.

use std::sync::{Arc, Mutex};

use tokio::runtime::Handle;
use tokio::sync::{mpsc, watch};
use tokio::task::AbortHandle;

use super::delivery::{Delivery, Hook, Message};
use super::event::Event;
use super::log::DeliveryLog;
use super::post::Target;
use crate::error::Error;
use crate::model::clock::Clock;
use crate::model::lock;
use crate::model::log_part::LogPart;
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

/// Maximum number of deliveries that wait for a webhook. Further ones fail.
const MAX_WAITING: usize = 10_000;

/// The webhooks of an emulator and the log of their deliveries.
#[derive(Debug)]
pub(crate) struct Webhooks {
    queues: Vec<Queue>,
    clock: Clock,
    log: Arc<Mutex<DeliveryLog>>,
    /// Number of deliveries that have not finished.
    unfinished: watch::Sender<usize>,
    /// A reset starts new workers, also outside of the runtime.
    runtime: Handle,
}

/// The queue of one webhook. A slow webhook does not delay others, and each receives its events in order.
#[derive(Debug)]
struct Queue {
    hook: Hook,
    target: Target,
    worker: Mutex<Worker>,
}

/// The task that sends the deliveries of one webhook. When dropped, it ends and drops them.
#[derive(Debug)]
struct Worker {
    waiting: mpsc::Sender<Waiting>,
    task: AbortHandle,
}

/// A delivery that has not finished.
#[derive(Debug)]
struct Waiting {
    number: u64,
    message: Arc<Message>,
    _unfinished: Unfinished,
}

/// Part of the number of unfinished deliveries.
#[derive(Debug)]
struct Unfinished(watch::Sender<usize>);

impl Unfinished {
    fn new(count: &watch::Sender<usize>) -> Unfinished {
        count.send_modify(|it| *it += 1);
        Unfinished(count.clone())
    }
}

impl Drop for Unfinished {
    fn drop(&mut self) {
        self.0.send_modify(|it| *it -= 1);
    }
}

impl Drop for Worker {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl Webhooks {
    /// Starts one worker per webhook on the current runtime.
    pub(crate) fn start(
        webhooks: &[Webhook],
        profile: Profile,
        clock: &Clock,
    ) -> Result<Webhooks, Error> {
        let mut started = Webhooks {
            queues: Vec::new(),
            clock: clock.clone(),
            log: Arc::default(),
            unfinished: watch::channel(0).0,
            runtime: Handle::current(),
        };
        for (id, webhook) in (1..).zip(webhooks) {
            let target = Target::parse(&webhook.url)?;
            let hook = Hook {
                id,
                url: webhook.url.clone(),
                secret: webhook.secret.clone(),
                enterprise_version: profile.enterprise_version(),
            };
            let worker = started.start_worker(&target).into();
            started.queues.push(Queue {
                hook,
                target,
                worker,
            });
        }
        Ok(started)
    }

    fn start_worker(&self, target: &Target) -> Worker {
        let (waiting, mut receiver) = mpsc::channel::<Waiting>(MAX_WAITING);
        let (log, clock, target) = (Arc::clone(&self.log), self.clock.clone(), target.clone());
        let task = self.runtime.spawn(async move {
            while let Some(delivery) = receiver.recv().await {
                let result = target.post(&delivery.message).await;
                lock(&log).finish(delivery.number, clock.now(), result);
            }
        });
        let task = task.abort_handle();
        Worker { waiting, task }
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
        self.send(queue, last.message, last.attempt + 1);
        let log = lock(&self.log);
        log.find(id).map(Delivery::from).ok_or_else(unknown)
    }

    /// Returns the deliveries in a part of the log, oldest first.
    pub(crate) fn list(&self, part: LogPart) -> Vec<Delivery> {
        lock(&self.log).list(part)
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

    /// Empties the log, and drops the deliveries that have not finished.
    pub(crate) fn clear(&self) {
        for queue in &self.queues {
            *lock(&queue.worker) = self.start_worker(&queue.target);
        }
        lock(&self.log).clear();
    }

    fn send(&self, queue: &Queue, message: Arc<Message>, attempt: u32) {
        let now = self.clock.now();
        let number = lock(&self.log).add(Arc::clone(&message), attempt, now);
        let delivery = Waiting {
            number,
            message,
            _unfinished: Unfinished::new(&self.unfinished),
        };
        if lock(&queue.worker).waiting.try_send(delivery).is_err() {
            let error = format!("queue is full: {MAX_WAITING} deliveries are waiting");
            lock(&self.log).finish(number, now, Err(error));
        }
    }
}
