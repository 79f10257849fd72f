//! Verified, typed webhook events: `deployment` and `deployment_status`.
//!
//! GitHub sends a webhook delivery when a deployment or a deployment status is created.
//! A [`Verifier`] checks the signature of a delivery and parses its body into an [`Event`].
//! It works with any HTTP server that provides the headers and the unchanged body.
//!
//! - GitHub sends no event for `inactive` statuses.
//! - Events can arrive in any order. Compare the `id` or `created_at` of two statuses to find the newer one.
//! - GitHub does not deliver payloads larger than 25 MB.
//!
//! ```
//! # tokio::runtime::Builder::new_current_thread().enable_all().build()?.block_on(async {
//! # use http::{HeaderMap, HeaderName};
//! # use deploystatus_emulator::{Emulator, NewDeployment, Webhook};
//! use deploystatus::webhook::{EventContent, Verifier};
//! use deploystatus::{Client, NewStatus, State};
//!
//! # let hook = Webhook::new("http://127.0.0.1:9/").secret("It's a Secret to Everybody");
//! # let github = Emulator::builder().webhook(hook).start().await?;
//! # github.create_deployment("octocat/example", NewDeployment::new("main"))?;
//! # let sent = &github.deliveries()[0];
//! # let (mut headers, body) = (HeaderMap::new(), sent.body.as_bytes());
//! # for (name, value) in &sent.headers {
//! #     headers.insert(name.parse::<HeaderName>()?, value.parse()?);
//! # }
//! # let client = Client::builder().base_url(github.api_url()).token("t").build()?;
//! let verifier = Verifier::new("It's a Secret to Everybody")?;
//!
//! let event = verifier.receive(&headers, body)?;
//! if let EventContent::Deployment = event.content {
//!     println!("deploy {} to {}", event.deployment.sha, event.deployment.environment);
//!     let deployment = event.handle(&client)?;
//!     deployment.create_status(NewStatus::new(State::InProgress)).await?;
//! }
//! # assert_eq!(github.history(github.deployments()[0].id).len(), 1);
//! # Ok::<_, Box<dyn std::error::Error>>(())
//! # })?;
//! # Ok::<_, Box<dyn std::error::Error>>(())
//! ```

mod details;
mod event;
mod payload;
mod signature;
mod verifier;
mod verify_error;

pub use http::HeaderMap;

pub use details::DeploymentDetails;
pub use event::{Enterprise, Event, EventContent, Installation, Repository};
pub use payload::Payload;
pub use verifier::{MAX_PAYLOAD_SIZE, Verifier};
pub use verify_error::VerifyError;
