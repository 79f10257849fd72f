//! A build without TLS says so, in place of a riddle from the depths of the HTTP client.

#![cfg(not(any(feature = "rustls", feature = "native-tls")))]

use deploystatus_generated::{Client, Error, Exchange, PathSegment};

#[tokio::test]
async fn an_https_address_is_refused_in_plain_words() {
    let http = reqwest::Client::new();
    let client = Client::new_with_client("https://127.0.0.1:1", http, Exchange::new());
    let name: PathSegment = "octocat".parse().unwrap();
    let Err(Error::Custom(words)) = client.repos_get_deployment_status(&name, &name, 1, 2).await
    else {
        panic!("the call was made");
    };
    assert_eq!(
        words,
        "this build has no TLS and cannot call an https:// address; \
         enable the feature `rustls` or `native-tls`"
    );
}
