//! One call of the generated client against a server of its own.

use deploystatus_generated::{Client, Exchange, PathSegment, RecordedResponse};
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;
use wiremock::matchers::any;
use wiremock::{Mock, MockServer, Request, ResponseTemplate};

/// A generated client, the arguments of its calls and their exchange.
pub struct OneCall {
    /// The client.
    pub client: Client,
    /// The owner, `octocat`.
    pub owner: PathSegment,
    /// The repository, `example`.
    pub repo: PathSegment,
    /// The exchange, which records the response.
    pub exchange: Exchange,
    server: Option<MockServer>,
}

impl OneCall {
    /// Creates a client of a server that sends the same response to every request.
    pub async fn with_response(response: ResponseTemplate) -> Self {
        Self::with_exchange(response, Exchange::new()).await
    }

    /// Creates a client with this exchange, of a server that sends the same response to every request.
    pub async fn with_exchange(response: ResponseTemplate, exchange: Exchange) -> Self {
        let server = MockServer::start().await;
        Mock::given(any())
            .respond_with(response)
            .mount(&server)
            .await;
        let call = Self::at(&server.uri(), exchange);
        Self {
            server: Some(server),
            ..call
        }
    }

    /// Creates a client of a server that reads a request, writes these bytes and closes the connection.
    pub async fn with_raw_response(bytes: impl Into<Vec<u8>>) -> Self {
        let bytes = bytes.into();
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        tokio::spawn(async move {
            let (mut connection, _) = listener.accept().await.unwrap();
            let mut request = [0; 4096];
            assert_ne!(connection.read(&mut request).await.unwrap(), 0);
            connection.write_all(&bytes).await.unwrap();
        });
        Self::at(&format!("http://{address}"), Exchange::new())
    }

    fn at(address: &str, exchange: Exchange) -> Self {
        let client = Client::new_with_client(address, reqwest::Client::new(), exchange.clone());
        let [owner, repo] = ["octocat", "example"].map(|name| name.parse().unwrap());
        Self {
            client,
            owner,
            repo,
            exchange,
            server: None,
        }
    }

    /// Returns the request that the server received. Panics unless there was exactly one.
    pub async fn request(&self) -> Request {
        let server = self.server.as_ref().unwrap();
        let mut requests = server.received_requests().await.unwrap();
        assert_eq!(requests.len(), 1, "expected exactly one request");
        requests.remove(0)
    }

    /// Returns the response that the exchange recorded. Panics if there is none.
    #[must_use]
    pub fn response(&self) -> RecordedResponse {
        self.exchange.take_response().unwrap()
    }
}

/// Returns the JSON of a status in the form that github.com uses today.
#[must_use]
pub fn status_body() -> Value {
    json!({
        "url": "https://api.github.com/repos/octocat/example/deployments/42/statuses/5000000001",
        "id": 5_000_000_001_u64,
        "node_id": "DES_kwDOAAAAAc8AAAABKgXyAQ",
        "state": "success",
        "creator": {"login": "octocat", "id": 1, "type": "User", "site_admin": false},
        "description": "Shipped.",
        "environment": "production",
        "target_url": "https://ci.example/runs/7",
        "created_at": "2026-03-14T09:26:53Z",
        "updated_at": "2026-03-14T09:26:54Z",
        "deployment_url": "https://api.github.com/repos/octocat/example/deployments/42",
        "repository_url": "https://api.github.com/repos/octocat/example",
        "environment_url": "https://example.com",
        "log_url": "https://ci.example/runs/7",
        "performed_via_github_app": null
    })
}
