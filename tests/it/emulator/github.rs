//! A running emulator with an HTTP client that speaks to it.

use deploystatus_emulator::{Deployment, Emulator, EmulatorBuilder, NewDeployment};
use reqwest::redirect::Policy;
use reqwest::{Client, Method, RequestBuilder, Response};
use serde_json::Value;

pub(super) struct Github {
    pub(super) emulator: Emulator,
    http: Client,
}

/// An answer that was read to its end.
#[derive(Debug)]
pub(super) struct Answer {
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

    /// A request with a token, to a path below the API.
    pub(super) fn request(&self, method: Method, path: &str) -> RequestBuilder {
        self.anonymous(method, path).bearer_auth("token")
    }

    pub(super) fn anonymous(&self, method: Method, path: &str) -> RequestBuilder {
        let url = format!("{}{path}", self.emulator.api_url());
        self.http.request(method, url)
    }

    pub(super) async fn get(&self, path: &str) -> Answer {
        Answer::to(self.request(Method::GET, path)).await
    }

    pub(super) async fn post(&self, path: &str, body: Value) -> Answer {
        Answer::to(self.request(Method::POST, path).json(&body)).await
    }

    /// A deployment of `octocat/example`.
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

impl Answer {
    #[track_caller]
    pub(super) fn to(request: RequestBuilder) -> impl Future<Output = Answer> {
        let sent = request.send();
        async { Answer::read(sent.await.unwrap()).await }
    }

    pub(super) async fn read(response: Response) -> Answer {
        Answer {
            status: response.status().as_u16(),
            headers: response.headers().clone(),
            body: response.text().await.unwrap(),
        }
    }

    /// The value of a header; empty if there is none.
    pub(super) fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |it| it.to_str().unwrap())
    }

    #[track_caller]
    pub(super) fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap()
    }

    /// Fails unless it has this status.
    #[track_caller]
    pub(super) fn expect(self, status: u16) -> Answer {
        assert_eq!(self.status, status, "{}", self.body);
        self
    }
}

/// The path of a deployment's statuses.
pub(super) fn statuses(deployment: &Deployment) -> String {
    format!(
        "/repos/octocat/example/deployments/{}/statuses",
        deployment.id
    )
}
