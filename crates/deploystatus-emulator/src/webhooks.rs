//! Signed deliveries of what happened to those who asked to be told.

mod delivery;
mod payload;
mod post;

use std::sync::{Arc, Mutex, PoisonError};

use tokio::sync::{mpsc, watch};

pub use delivery::Delivery;
pub(crate) use payload::Event;

use crate::Error;
use crate::clock::Clock;
use crate::profile::Profile;
use delivery::Hook;

/// An address that is told of deployments and their statuses.
#[derive(Clone, Debug)]
pub struct Webhook {
    url: String,
    secret: Option<String>,
}

impl Webhook {
    /// Tells this `http://` address.
    pub fn new(url: impl Into<String>) -> Webhook {
        Webhook {
            url: url.into(),
            secret: None,
        }
    }

    /// Signs deliveries with this secret.
    #[must_use]
    pub fn secret(mut self, secret: impl Into<String>) -> Self {
        self.secret = Some(secret.into());
        self
    }
}

/// The hooks, and what was sent to them.
#[derive(Debug)]
pub(crate) struct Webhooks {
    hooks: Vec<Queue>,
    deliveries: Arc<Mutex<Vec<Delivery>>>,
    /// How many are still to be tried.
    waiting: watch::Sender<usize>,
}

/// Each hook has a queue of its own, so that a slow one delays no other and each is told in order.
#[derive(Debug)]
struct Queue {
    hook: Arc<Hook>,
    jobs: mpsc::UnboundedSender<Delivery>,
}

impl Webhooks {
    /// Starts a task for each hook; they end with the emulator.
    pub(crate) fn start(
        webhooks: &[Webhook],
        profile: Profile,
        clock: &Clock,
    ) -> Result<Webhooks, Error> {
        let deliveries = Arc::new(Mutex::new(Vec::new()));
        let (waiting, _) = watch::channel(0);
        let mut hooks = Vec::new();
        for (number, webhook) in (1..).zip(webhooks) {
            let target = post::Target::parse(&webhook.url)?;
            let hook = Hook {
                id: number,
                url: webhook.url.clone(),
                secret: webhook.secret.clone(),
                enterprise_version: profile.enterprise_version(),
            };
            let (jobs, mut queue) = mpsc::unbounded_channel::<Delivery>();
            let (log, clock, waiting) = (Arc::clone(&deliveries), clock.clone(), waiting.clone());
            tokio::spawn(async move {
                while let Some(mut delivery) = queue.recv().await {
                    delivery.outcome(target.post(&delivery).await, clock.now());
                    note(&log, delivery);
                    waiting.send_modify(|it| *it -= 1);
                }
            });
            hooks.push(Queue {
                hook: Arc::new(hook),
                jobs,
            });
        }
        Ok(Webhooks {
            hooks,
            deliveries,
            waiting,
        })
    }

    /// Queues a delivery for every hook.
    pub(crate) fn announce(&self, event: &Event<'_>) {
        if self.hooks.is_empty() || !event.is_announced() {
            return;
        }
        let body = event.body();
        for queue in &self.hooks {
            let delivery = Delivery::new(&queue.hook, event, body.clone(), self.count());
            self.send(queue, delivery);
        }
    }

    /// Sends a delivery once more; only people do that, GitHub never repeats one by itself.
    pub(crate) fn redeliver(&self, id: &str) -> Result<Delivery, Error> {
        let unknown = || Error::UnknownDelivery(id.to_owned());
        let first = self.all().into_iter().find(|it| it.id == id);
        let again = first.ok_or_else(unknown)?.again();
        let queue = self.hooks.iter().find(|it| it.hook.id == again.hook_id);
        self.send(queue.ok_or_else(unknown)?, again.clone());
        Ok(again)
    }

    /// All deliveries, in the order in which they were made.
    pub(crate) fn all(&self) -> Vec<Delivery> {
        lock(&self.deliveries).clone()
    }

    /// Returns as soon as every delivery was tried.
    pub(crate) async fn tried(&self) {
        // The sender lives as long as the emulator, so there is always somebody to wait for.
        let _ = self.waiting.subscribe().wait_for(|it| *it == 0).await;
    }

    pub(crate) fn forget(&self) {
        lock(&self.deliveries).clear();
    }

    fn count(&self) -> usize {
        lock(&self.deliveries).len()
    }

    fn send(&self, queue: &Queue, delivery: Delivery) {
        lock(&self.deliveries).push(delivery.clone());
        self.waiting.send_modify(|it| *it += 1);
        if queue.jobs.send(delivery).is_err() {
            self.waiting.send_modify(|it| *it -= 1);
        }
    }
}

/// Replaces what was noted of a delivery when it was queued.
fn note(log: &Mutex<Vec<Delivery>>, delivery: Delivery) {
    let mut log = lock(log);
    let queued = log
        .iter_mut()
        .find(|it| it.id == delivery.id && it.attempt == delivery.attempt);
    if let Some(queued) = queued {
        *queued = delivery;
    }
}

fn lock(log: &Mutex<Vec<Delivery>>) -> std::sync::MutexGuard<'_, Vec<Delivery>> {
    log.lock().unwrap_or_else(PoisonError::into_inner)
}
