//! The same without `async`, for small tools.
//!
//! A blocking client has a thread of its own for its connections, and every call keeps the calling thread until it is done.
//! It may be called from inside a runtime; there it keeps that runtime's thread too, so a service is better off with the other one.
//!
//! ```
//! use deploystatus::{Client, NewStatus, Outcome, State, WaitPolicy};
//!
//! # let (stop, stopped) = std::sync::mpsc::channel::<()>();
//! # let (told, tell) = std::sync::mpsc::channel();
//! # let emulator = std::thread::spawn(move || {
//! #     let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
//! #     let github = runtime.block_on(deploystatus_emulator::Emulator::start()).unwrap();
//! #     let new = deploystatus_emulator::NewDeployment::new("main");
//! #     let id = github.create_deployment("octocat/example", new).unwrap().id;
//! #     told.send((github.api_url(), id)).unwrap();
//! #     stopped.recv().ok();
//! # });
//! # let (address, id) = tell.recv()?;
//! # let token = "t";
//! let client = Client::builder().token(token);
//! # let client = client.base_url(address);
//! let client = client.build_blocking()?;
//! let deployment = client.deployment("octocat/example", id)?;
//!
//! deployment.create_status(NewStatus::new(State::InProgress))?;
//! deployment.create_status(NewStatus::new(State::Success))?;
//!
//! let outcome = deployment.wait(&WaitPolicy::new()).run()?;
//! assert!(matches!(outcome, Outcome::Succeeded(_)));
//! for status in deployment.statuses() {
//!     println!("{}", status?.state);
//! }
//! # drop(stop);
//! # emulator.join().unwrap();
//! # Ok::<_, Box<dyn std::error::Error>>(())
//! ```

mod client;
mod deployment;
mod pages;
mod rollout;
mod thread;
mod wait;

pub use client::Client;
pub use deployment::Deployment;
pub use pages::{StatusPages, Statuses};
pub use rollout::{NewRollout, Ongoing, Rollout};
pub use wait::Wait;
