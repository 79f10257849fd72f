//! A running emulator and an HTTP client for it.

use deploystatus_emulator::{Deployment, Emulator, EmulatorBuilder, NewDeployment};
use reqwest::redirect::Policy;
use reqwest::{Client, Method, RequestBuilder};
use serde_json::Value;

pub(super) struct Github {
    pub(super) emulator: Emulator,
    http: Client,
}

/// A response with its complete body.
#[derive(Debug)]
pub(super) struct Response {
    pub(super) status: u16,
    pub(super) headers: reqwest::header::HeaderMap,
    pub(super) body: String,
}

impl Github {
    pub(super) async fn start() -> Github {
        Github::from(Emulator::builder()).await
    }

    pub(super) async fn from(builder: EmulatorBuilder) -> Github {
        Github {
            emulator: builder.start().await.unwrap(),
            http: Client::builder()
                .user_agent("tests")
                .redirect(Policy::none())
                .build()
                .unwrap(),
        }
    }

    /// Creates a request with a token. The path is relative to the API.
    pub(super) fn request(&self, method: Method, path: &str) -> RequestBuilder {
        self.anonymous(method, path).bearer_auth("token")
    }

    pub(super) fn anonymous(&self, method: Method, path: &str) -> RequestBuilder {
        let url = format!("{}{path}", self.emulator.api_url());
        self.http.request(method, url)
    }

    pub(super) async fn get(&self, path: &str) -> Response {
        send(self.request(Method::GET, path)).await
    }

    pub(super) async fn post(&self, path: &str, body: Value) -> Response {
        send(self.request(Method::POST, path).json(&body)).await
    }

    /// Creates a deployment of `octocat/example`.
    pub(super) fn deployment(&self) -> Deployment {
        self.deployment_to("production")
    }

    pub(super) fn deployment_to(&self, environment: &str) -> Deployment {
        let new = NewDeployment::new("main").environment(environment);
        self.emulator
            .create_deployment("octocat/example", new)
            .unwrap()
    }
}

/// Sends a request and reads the response.
pub(super) async fn send(request: RequestBuilder) -> Response {
    let response = request.send().await.unwrap();
    Response {
        status: response.status().as_u16(),
        headers: response.headers().clone(),
        body: response.text().await.unwrap(),
    }
}

impl Response {
    /// Returns the value of a header, or an empty text.
    pub(super) fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |it| it.to_str().unwrap())
    }

    #[track_caller]
    pub(super) fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap()
    }

    /// Asserts the status code.
    #[track_caller]
    pub(super) fn expect(self, status: u16) -> Response {
        assert_eq!(self.status, status, "{}", self.body);
        self
    }
}

/// Returns the path of a deployment's statuses.
pub(super) fn statuses(deployment: &Deployment) -> String {
    format!(
        "/repos/octocat/example/deployments/{}/statuses",
        deployment.id
    )
}
