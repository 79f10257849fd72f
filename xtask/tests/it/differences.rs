//! `cargo xtask trim --check`: the differences it prints.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use crate::changes::{add_state, body, remove_state, response_state, status};
use crate::checkout::{Checkout, STATUSES};

/// Checks that exactly these differences are printed for a changed description, and that nothing is written.
#[track_caller]
fn differences(change: impl FnOnce(&mut Value), expected: &[&str]) {
    let checkout = Checkout::new();
    let before = checkout.description_text();
    let outcome = checkout.trim_check(&checkout.publish(change));
    outcome
        .fails()
        .prints("; to update it, run: cargo xtask trim ");
    assert_eq!(checkout.description_text(), before);
    let (printed, _) = outcome.output.trim_end().rsplit_once('\n').unwrap();
    let printed: BTreeSet<_> = printed.lines().collect();
    assert_eq!(printed, expected.iter().copied().collect());
}

#[test]
fn operations_are_compared() {
    let change = |document: &mut Value| {
        let list = &mut document["paths"][STATUSES]["get"];
        let schema = json!({"type": "string"});
        let parameters = list["parameters"].as_array_mut().unwrap();
        parameters.pop();
        parameters.push(json!({"name": "since", "in": "query", "schema": schema}));
        parameters.push(json!({"name": "X-A", "in": "header", "required": true, "schema": schema}));
        list["deprecated"] = json!(true);
        document["components"]["parameters"]["per-page"]["required"] = json!(true);
        let create = &mut document["paths"][STATUSES]["post"];
        create["responses"]["403"] = json!({"description": "Forbidden."});
        create["responses"].as_object_mut().unwrap().remove("422");
        create["x-github-breaking-changes"] = json!([{"changeset": "a", "version": "2027-01-01"}]);
    };
    differences(
        change,
        &[
            "list lost the optional query parameter `page`",
            "`per_page` of list became `required`",
            "list gained the optional query parameter `since`",
            "list gained the required header parameter `X-A`",
            "list became `deprecated`",
            "create lost the response `422`",
            "create gained the response `403`",
            "create gained the change in API version `2027-01-01`",
            "the description lost the schema `validation-error`",
            "the description lost the response `validation_failed`",
        ],
    );
}

#[test]
fn bodies_are_compared() {
    let change = |document: &mut Value| {
        let body = body(document);
        body["properties"]["ref"] = json!({"type": "string"});
        body["required"] = json!(["state", "ref"]);
        body["properties"]["environment"]["enum"] = json!(["production", "qa"]);
        body["properties"]
            .as_object_mut()
            .unwrap()
            .remove("target_url");
    };
    differences(
        change,
        &[
            "the body of create lost the field `target_url`",
            "`environment` of the body of create is limited to `production`, `qa`",
            "the body of create gained the field `ref`",
            "the body of create gained the required field `ref`",
        ],
    );
}

#[test]
fn responses_are_compared() {
    let change = |document: &mut Value| {
        add_state(response_state(document), "waiting");
        remove_state(response_state(document), "failure");
        let fields = &mut status(document)["properties"];
        fields["id"].as_object_mut().unwrap().remove("format");
        fields["description"]["maxLength"] = json!(280);
        fields["description"]["nullable"] = json!(true);
        fields["creator"] = json!({"$ref": "#/components/schemas/simple-user"});
        fields["log_url"] = json!({"type": "array", "items": {"type": "string"}});
    };
    differences(
        change,
        &[
            "the description lost the schema `nullable-simple-user`",
            "`id` of deployment-status lost `format`: `int64`",
            "`state` of deployment-status gained the value `waiting`",
            "`state` of deployment-status lost the value `failure`",
            "`creator` of deployment-status was `nullable-simple-user` and is `simple-user`",
            "`maxLength` of `description` of deployment-status was 140 and is 280",
            "`description` of deployment-status became `nullable`",
            "`type` of `log_url` of deployment-status was `string` and is `array`",
            "`log_url` of deployment-status lost `format`: `uri`",
            "`log_url` of deployment-status lost `default`: ``",
            "`log_url` of deployment-status gained `items`: {\"type\":\"string\"}",
        ],
    );
}

#[test]
fn previews_are_compared() {
    let change = |document: &mut Value| {
        document["paths"][STATUSES]["get"]["x-github"] =
            json!({"previews": [{"name": "flash", "note": "theirs"}, {"name": "ant-man"}]});
    };
    differences(
        change,
        &[
            "list gained the preview `ant-man`",
            "list gained the preview `flash`",
        ],
    );
}

#[test]
fn order_is_compared() {
    differences(
        |document| {
            response_state(document)["enum"]
                .as_array_mut()
                .unwrap()
                .reverse();
        },
        &["the list `enum` of `state` of deployment-status has another order"],
    );
    differences(
        |document| {
            let parameters = &mut document["paths"][STATUSES]["get"]["parameters"];
            parameters.as_array_mut().unwrap().reverse();
        },
        &["parts of the description have other names or another order"],
    );
}
