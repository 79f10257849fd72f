//! Verified, typed deliveries of `deployment` and `deployment_status` events.
//!
//! GitHub tells a webhook when a deployment is asked for and when one of its statuses is reported
//! (of `inactive` ones it does not tell).
//! A [`Verifier`] takes the headers and the body of such a delivery, in whatever server they arrived,
//! and gives an [`Event`] or says why not.
//!
//! ```
//! # tokio::runtime::Builder::new_current_thread().enable_all().build()?.block_on(async {
//! # use http::{HeaderMap, HeaderName};
//! # use deploystatus_emulator::{Emulator, NewDeployment, Webhook};
//! use deploystatus::webhook::{Event, Verifier};
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
//! let delivery = verifier.receive(&headers, body)?;
//! if let Event::Deployment(event) = &delivery.event {
//!     println!("deploy {} to {}", event.deployment.sha, event.deployment.environment);
//!     let deployment = event.deployment(&client)?;
//!     deployment.create_status(NewStatus::new(State::InProgress)).await?;
//! }
//! # assert_eq!(github.history(github.deployments()[0].id).len(), 1);
//! # Ok::<_, Box<dyn std::error::Error>>(())
//! # })?;
//! # Ok::<_, Box<dyn std::error::Error>>(())
//! ```

mod actions;
mod details;
mod event;
mod lenient;
mod payload;
mod rejected;
mod repository;
mod signature;
mod verifier;

pub use actions::{CheckRun, Workflow, WorkflowRun};
pub use details::DeploymentDetails;
pub use event::{DeploymentEvent, DeploymentStatusEvent, Event};
pub use payload::Payload;
pub use rejected::Rejected;
pub use repository::{Enterprise, Installation, Repository};
pub use verifier::{Delivery, Verifier};
