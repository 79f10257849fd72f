//! A build without TLS.

use deploystatus_generated::{Client, Error, Exchange, PathSegment};

#[tokio::test]
async fn https_without_tls_is_refused() {
    let http = reqwest::Client::new();
    let client = Client::new_with_client("https://127.0.0.1:1", http, Exchange::new());
    let name: PathSegment = "octocat".parse().unwrap();
    let outcome = client.repos_get_deployment_status(&name, &name, 1, 2).await;
    let Err(Error::Custom(message)) = outcome else {
        panic!("the request was sent");
    };
    assert_eq!(
        message,
        "this build has no TLS and cannot call an https:// URL; \
         enable the feature `rustls` or `native-tls`"
    );
}
