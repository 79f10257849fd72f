//! Work that is carried out as a rollout.

use std::any::Any;
use std::fmt::Display;
use std::future::Future;
use std::panic::{AssertUnwindSafe, resume_unwind};

use futures_util::FutureExt;

use super::builder::RolloutBuilder;
use super::driver::log_undelivered;
use super::error::RolloutError;
use super::handle::RolloutHandle;
use crate::model::create_outcome::CreateOutcome;

/// Result of work that succeeded and was reported.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Finished<T> {
    /// The value that the work returned.
    pub value: T,
    /// The `success` status as stored by the server.
    pub outcome: CreateOutcome,
}

impl RolloutBuilder {
    /// Reports the start, does the work, and reports its result.
    ///
    /// `Ok` is reported as `success`, and `Err` as `failure` with the first line of the error.
    /// A panic is reported as `error` and then resumed. If this future is dropped or its task is aborted,
    /// `error` is reported in the background, as described at [`Rollout`](crate::Rollout).
    ///
    /// # Errors
    ///
    /// Returns [`RolloutError::NotBegun`] if the start cannot be reported; the work is not started then.
    /// Returns [`RolloutError::Failed`] with the error of the work, and the report of it if that was not delivered.
    /// Returns [`RolloutError::NotReported`] with the value of the work if its success could not be reported.
    pub async fn run<T, E, F, W>(self, work: F) -> Result<Finished<T>, RolloutError<T, E>>
    where
        E: Display,
        F: FnOnce(RolloutHandle) -> W,
        W: Future<Output = Result<T, E>>,
    {
        let rollout = self.begin().await.map_err(RolloutError::NotBegun)?;
        let handle = rollout.handle();
        // The async block also catches a panic of the closure itself.
        let working = AssertUnwindSafe(async move { work(handle).await });
        match working.catch_unwind().await {
            Ok(Ok(value)) => match rollout.succeed().await {
                Ok(outcome) => Ok(Finished { value, outcome }),
                Err(undelivered) => Err(RolloutError::NotReported { value, undelivered }),
            },
            Ok(Err(error)) => {
                let description = first_line(&error.to_string()).to_owned();
                let undelivered = rollout.fail(description).await.err();
                Err(RolloutError::Failed { error, undelivered })
            }
            Err(panic) => {
                if let Err(undelivered) = rollout.cancel(description_of_panic(&*panic)).await {
                    log_undelivered(&undelivered);
                }
                resume_unwind(panic)
            }
        }
    }
}

/// Returns the first line that is not empty.
fn first_line(text: &str) -> &str {
    let line = text.lines().map(str::trim).find(|line| !line.is_empty());
    line.unwrap_or("The rollout failed")
}

fn description_of_panic(panic: &(dyn Any + Send)) -> String {
    let message = match panic.downcast_ref::<String>() {
        Some(message) => Some(message.as_str()),
        None => panic.downcast_ref::<&str>().copied(),
    };
    match message {
        Some(message) => format!("The rollout panicked: {}", first_line(message)),
        None => "The rollout panicked".to_owned(),
    }
}
