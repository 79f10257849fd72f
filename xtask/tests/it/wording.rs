//! `cargo xtask trim`: our sentences in the description.

use serde_json::{Value, json};

use crate::changes::{add_state, remove_state, response_state, status};
use crate::checkout::{Checkout, STATUSES};

/// Checks that exactly these paths of `wording.json` are printed, and that nothing is written.
#[track_caller]
fn refused(checkout: &Checkout, change: impl FnOnce(&mut Value), reason: &str, paths: &[&str]) {
    let before = checkout.description_text();
    let outcome = checkout.trim(&checkout.publish(change));
    outcome.fails().prints(reason);
    let printed: Vec<_> = outcome.output.lines().skip(1).collect();
    assert_eq!(printed, paths);
    assert_eq!(checkout.description_text(), before);
}

const MISSING: &str = "for parts of the description; add:";
const STALE: &str = "for parts that the description does not have; remove:";

#[test]
fn missing_sentences_are_printed_as_paths() {
    let change = |document: &mut Value| {
        status(document)["properties"]["mood"] = json!({"type": "object", "properties": {
            "name": {"type": "string"}
        }});
        let list = &mut document["paths"][STATUSES]["get"];
        let since = json!({"name": "since", "in": "query", "schema": {"type": "string"}});
        list["parameters"].as_array_mut().unwrap().push(since);
        list["responses"]["206"] = json!({"headers": {"X-Rest": {"schema": {"type": "string"}}}});
    };
    let list = ".paths[\"/repos/{owner}/{repo}/deployments/{deployment_id}/statuses\"].get";
    let mood = ".components.schemas[\"deployment-status\"].properties.mood";
    refused(
        &Checkout::new(),
        change,
        MISSING,
        &[
            &format!("{list}.parameters.since.description"),
            &format!("{list}.responses[\"206\"].description"),
            &format!("{list}.responses[\"206\"].headers[\"X-Rest\"].description"),
            &format!("{mood}.description"),
            &format!("{mood}.properties.name.description"),
        ],
    );
}

#[test]
fn stale_sentences_are_printed_as_paths() {
    let change = |document: &mut Value| {
        status(document)["properties"]
            .as_object_mut()
            .unwrap()
            .remove("log_url");
        document["paths"][STATUSES]["get"]["parameters"]
            .as_array_mut()
            .unwrap()
            .pop();
    };
    refused(
        &Checkout::new(),
        change,
        STALE,
        &[
            ".components.parameters.page",
            ".components.schemas[\"deployment-status\"].properties.log_url",
        ],
    );
}

#[test]
fn new_state_requires_a_sentence_and_finality() {
    let values = ".components.schemas[\"deployment-status\"].properties.state[\"x-values\"]";
    let checkout = Checkout::new();
    let change = |document: &mut Value| add_state(response_state(document), "rolled_back");
    let sentence = format!("{values}.rolled_back.description");
    let finality = format!("{values}.rolled_back.final");
    refused(&checkout, change, MISSING, &[&sentence, &finality]);

    checkout.change_wording(|wording| {
        response_state(wording)["x-values"]["rolled_back"] =
            json!({"description": "The deployment was undone.", "final": true});
    });
    checkout.trim(&checkout.publish(change)).succeeds();
    checkout.run(["generate"]).succeeds();
    assert!(
        checkout
            .generated()
            .contains("/// The deployment was undone.")
    );
}

#[test]
fn removed_state_leaves_a_stale_sentence() {
    let values = ".components.schemas[\"deployment-status\"].properties.state[\"x-values\"]";
    let change = |document: &mut Value| {
        remove_state(response_state(document), "queued");
        let text = document.to_string().replace("\"queued\",", "");
        *document = serde_json::from_str(&text).unwrap();
    };
    refused(
        &Checkout::new(),
        change,
        STALE,
        &[&format!("{values}.queued")],
    );
}

#[test]
fn documented_state_needs_no_mark() {
    let values = ".components.schemas[\"deployment-status\"].properties.state[\"x-values\"]";
    let change = |document: &mut Value| add_state(response_state(document), "waiting");
    refused(
        &Checkout::new(),
        change,
        STALE,
        &[&format!("{values}.waiting.undocumented")],
    );
}

#[test]
fn states_elsewhere_are_stale() {
    let checkout = Checkout::new();
    checkout.change_wording(|wording| {
        let fields = &mut status(wording)["properties"];
        fields["environment"]["x-values"] = json!({"production": {"description": "Live."}});
    });
    let path = ".components.schemas[\"deployment-status\"].properties.environment[\"x-values\"]";
    refused(&checkout, |_| {}, STALE, &[path]);
}

#[test]
fn check_compares_the_sentences() {
    let checkout = Checkout::new();
    checkout.change_description(|document| document["info"]["title"] = json!("Something else"));
    let outcome = checkout.trim_check(&checkout.publish(|_| {}));
    outcome
        .fails()
        .prints("does not contain the sentences of openapi/wording.json");
}

#[test]
fn unknown_keywords_are_stale() {
    let checkout = Checkout::new();
    checkout.change_wording(|wording| {
        let fields = &mut status(wording)["properties"];
        fields["url"]["caption"] = json!("A sentence.");
        fields["node_id"] = json!("A sentence.");
    });
    let fields = ".components.schemas[\"deployment-status\"].properties";
    let paths = [format!("{fields}.url.caption"), format!("{fields}.node_id")];
    refused(&checkout, |_| {}, STALE, &[&paths[0], &paths[1]]);
}
