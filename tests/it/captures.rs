//! Recorded responses of real servers since 2014, read by the generated client.

use deploystatus_generated::Body;
use deploystatus_generated::types::{DeploymentStatus, ReposCreateDeploymentStatusBody};
use serde_json::{Value, json};
use tests::{Corpus, OneCall};
use wiremock::ResponseTemplate;

#[tokio::test]
async fn recorded_statuses_and_errors_are_decoded() {
    let Some(corpus) = Corpus::from_env("DEPLOYSTATUS_CAPTURES") else {
        return;
    };
    let (mut read, mut kept) = (0, 0);
    for (name, capture) in corpus.documents() {
        let response = &capture["response"];
        let status = u16::try_from(response["status"].as_u64().unwrap()).unwrap();
        let path = capture["request"]["path"].as_str().unwrap();
        if path.contains("/deployments/") && path.contains("/statuses") && status < 300 {
            read += 1;
            check_statuses(&name, &replay(&capture).await.unwrap(), &response["body"]);
        } else if status >= 300 {
            kept += 1;
            let template = ResponseTemplate::new(status).set_body_string(text(&response["body"]));
            let call = OneCall::with_response(template).await;
            let outcome = call
                .client
                .repos_get_deployment_status(&call.owner, &call.repo, 1, 2);
            assert!(
                outcome.await.is_err(),
                "{name}: a {status} was decoded as a status"
            );
            let recorded = call.response();
            assert_eq!(recorded.status, status, "{name}");
            assert_eq!(
                recorded.body,
                Body::Complete(text(&response["body"]).into()),
                "{name}"
            );
        }
    }
    assert!(
        read > 10 && kept > 10,
        "only {read} statuses and {kept} rejections were recorded"
    );
}

/// Sends a recorded response to the operation that it was recorded from.
async fn replay(
    capture: &Value,
) -> Result<Vec<DeploymentStatus>, deploystatus_generated::Error<()>> {
    let response = &capture["response"];
    let status = if capture["request"]["method"] == "POST" {
        201
    } else {
        200
    };
    assert_eq!(response["status"], status);
    let call =
        OneCall::with_response(ResponseTemplate::new(status).set_body_json(&response["body"]))
            .await;
    let (client, owner, repo) = (&call.client, &call.owner, &call.repo);
    if status == 201 {
        let body: ReposCreateDeploymentStatusBody =
            serde_json::from_value(json!({"state": "success"})).unwrap();
        let created = client
            .repos_create_deployment_status(owner, repo, 1, &body)
            .await?;
        Ok(vec![created.into_inner()])
    } else if response["body"].is_array() {
        let listed = client
            .repos_list_deployment_statuses(owner, repo, 1, None, None)
            .await?;
        Ok(listed.into_inner())
    } else {
        let got = client
            .repos_get_deployment_status(owner, repo, 1, 2)
            .await?;
        Ok(vec![got.into_inner()])
    }
}

fn check_statuses(name: &str, read: &[DeploymentStatus], body: &Value) {
    let recorded = body
        .as_array()
        .map_or(std::slice::from_ref(body), Vec::as_slice);
    assert_eq!(read.len(), recorded.len(), "{name}");
    for (status, body) in read.iter().zip(recorded) {
        assert_eq!(json!(status.id), body["id"], "{name}");
        assert_eq!(json!(status.state), body["state"], "{name}");
        assert_eq!(json!(status.created_at), body["created_at"], "{name}");
        for (field, value) in [
            ("description", &status.description),
            ("environment", &status.environment),
            ("log_url", &status.log_url),
            ("node_id", &status.node_id),
        ] {
            let recorded = body.get(field).and_then(Value::as_str);
            assert_eq!(value.as_deref(), recorded, "{name}: `{field}`");
        }
        let creator = status.creator.as_ref().unwrap().get().unwrap();
        assert_eq!(json!(creator.login), body["creator"]["login"], "{name}");
    }
}

fn text(body: &Value) -> String {
    match body {
        Value::Null => String::new(),
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}
