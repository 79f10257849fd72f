//! `cargo xtask trim`: what is kept, what is told, and what is refused.

use std::ffi::OsStr;
use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};

use flate2::Compression;
use flate2::write::GzEncoder;
use serde_json::{Value, json};

use crate::checkout::Checkout;

const STATUSES: &str = "/repos/{owner}/{repo}/deployments/{deployment_id}/statuses";

fn status_fields(document: &mut Value) -> &mut Value {
    &mut document["components"]["schemas"]["deployment-status"]["properties"]
}

#[test]
fn trimming_what_is_trimmed_changes_nothing() {
    let checkout = Checkout::new();
    let before = checkout.text_of_description();
    checkout.trim(&checkout.published(|_| {})).succeeds();
    assert_eq!(checkout.text_of_description(), before);
}

#[test]
fn words_examples_links_and_extensions_are_dropped_and_fields_of_those_names_kept() {
    let checkout = Checkout::new();
    let before = checkout.text_of_description();
    let full = checkout.published(|document| {
        document["x-webhooks"] = json!({});
        document["tags"] = json!([{"name": "repos", "description": "theirs"}]);
        document["externalDocs"] = json!({"url": "https://example.com"});
        document["paths"]["/somewhere/else"] = json!({"get": {"operationId": "else"}});
        let list = &mut document["paths"][STATUSES]["get"];
        list["description"] = json!("theirs");
        list["x-octokit"] = json!({});
        list["responses"]["200"]["content"]["application/json"]["examples"] =
            json!({"default": {"$ref": "#/components/examples/not-even-there"}});
        let description = &mut status_fields(document)["description"];
        description["description"] = json!("theirs");
        description["example"] = json!("theirs");
        description["title"] = json!("theirs");
        document["components"]["schemas"]["unrelated"] = json!({"type": "string"});
    });
    checkout.trim(&full).succeeds();
    assert_eq!(checkout.text_of_description(), before);
    assert_eq!(
        status_fields(&mut checkout.description())["description"]["maxLength"],
        140
    );
}

#[test]
fn a_compressed_description_is_read_like_a_plain_one() {
    let checkout = Checkout::new();
    let plain = fs::read(checkout.published(|_| {})).unwrap();
    let compressed = checkout.path("published.json.gz");
    let mut encoder = GzEncoder::new(fs::File::create(&compressed).unwrap(), Compression::fast());
    encoder.write_all(&plain).unwrap();
    encoder.finish().unwrap();
    checkout
        .trim_check(&compressed)
        .succeeds()
        .says("no difference");
}

/// What `trim --check` says of a description changed in this way, which must not be written.
#[track_caller]
fn told(change: impl FnOnce(&mut Value)) -> String {
    let checkout = Checkout::new();
    let before = checkout.text_of_description();
    let outcome = checkout.trim_check(&checkout.published(change));
    outcome.fails().says("to follow it, run: cargo xtask trim ");
    assert_eq!(checkout.text_of_description(), before);
    outcome.said
}

#[test]
fn differences_are_told_as_a_person_would() {
    let said = told(|document| {
        let words = &mut status_fields(document)["state"]["enum"];
        *words = json!([
            "error",
            "inactive",
            "pending",
            "success",
            "queued",
            "in_progress",
            "waiting"
        ]);
        document["paths"][STATUSES]["get"]["parameters"]
            .as_array_mut()
            .unwrap()
            .pop();
        let body = &mut document["paths"][STATUSES]["post"]["requestBody"]["content"]["application/json"]
            ["schema"];
        body["properties"]["ref"] = json!({"type": "string"});
        body["required"] = json!(["state", "ref"]);
        document["paths"][STATUSES]["post"]["responses"]["403"] = json!({"description": "No."});
        document["paths"][STATUSES]["post"]["x-github-breaking-changes"] =
            json!([{"changeset": "some", "version": "2027-01-01"}]);
        let fields = status_fields(document);
        fields["id"].as_object_mut().unwrap().remove("format");
        fields["description"]["maxLength"] = json!(280);
        fields["description"]["nullable"] = json!(true);
        fields.as_object_mut().unwrap().remove("target_url");
    });
    for sentence in [
        "`state` of deployment-status gained `waiting`\n",
        "`state` of deployment-status lost `failure`\n",
        "`page` is gone from list\n",
        "`ref` is new in the body of create\n",
        "`ref` is now required in the body of create\n",
        "create may now answer 403\n",
        "create gained the change in API version `2027-01-01`\n",
        "`id` of deployment-status: `format` is gone, it was \"int64\"\n",
        "`description` of deployment-status: `maxLength` was 140 and is 280\n",
        "`description` of deployment-status may now be null\n",
        "`target_url` is gone from deployment-status\n",
    ] {
        assert!(
            said.contains(sentence),
            "{sentence:?} is not in what was said:\n{said}"
        );
    }
    assert_eq!(said.lines().count(), 12, "{said}");
}

#[test]
fn a_server_that_wants_previews_is_told_apart() {
    let said = told(|document| {
        document["paths"][STATUSES]["get"]["x-github"] =
            json!({"previews": [{"name": "flash", "note": "theirs"}, {"name": "ant-man"}]});
    });
    assert!(said.contains("list gained the preview `flash`"), "{said}");
    assert!(said.contains("list gained the preview `ant-man`"), "{said}");
    assert!(!said.contains("theirs"), "{said}");
}

#[test]
fn another_order_is_a_difference_too() {
    let said = told(|document| {
        let words = status_fields(document)["state"]["enum"]
            .as_array_mut()
            .unwrap();
        words.reverse();
    });
    assert!(said.contains("the words of `state` of deployment-status stand in another order"));
}

#[test]
fn words_that_are_not_ours_are_noticed() {
    let checkout = Checkout::new();
    checkout.change_description(|document| document["info"]["title"] = json!("Something else"));
    checkout
        .trim_check(&checkout.published(|_| {}))
        .fails()
        .says("does not have the words of openapi/wording.json; run: cargo xtask trim");
}

#[test]
fn a_new_field_wants_words() {
    let checkout = Checkout::new();
    let before = checkout.text_of_description();
    let full =
        checkout.published(|document| status_fields(document)["mood"] = json!({"type": "string"}));
    checkout
        .trim(&full)
        .fails()
        .says("has no words for `mood` of `deployment-status`");
    assert_eq!(checkout.text_of_description(), before);
}

#[test]
fn words_for_what_is_gone_are_refused() {
    let checkout = Checkout::new();
    let before = checkout.text_of_description();
    let full = checkout.published(|document| {
        status_fields(document)
            .as_object_mut()
            .unwrap()
            .remove("log_url");
    });
    checkout
        .trim(&full)
        .fails()
        .says("speaks of what the description does not have")
        .says("log_url");
    assert_eq!(checkout.text_of_description(), before);
}

/// Checks that a file is refused with these words, whether it is to be written or compared.
#[track_caller]
fn refused(checkout: &Checkout, file: &Path, words: &[&str]) {
    let before = checkout.text_of_description();
    for outcome in [checkout.trim(file), checkout.trim_check(file)] {
        outcome.fails().says(file.to_str().unwrap());
        for words in words {
            outcome.says(words);
        }
    }
    assert_eq!(checkout.text_of_description(), before);
}

fn written(checkout: &Checkout, text: &str) -> PathBuf {
    let file = checkout.path("published.json");
    fs::write(&file, text).unwrap();
    file
}

#[test]
fn what_is_not_openapi_3_0_is_refused_with_its_place() {
    let checkout = Checkout::new();
    refused(&checkout, &checkout.path("nowhere.json"), &["cannot read"]);
    refused(
        &checkout,
        &written(&checkout, "{\"openapi\": "),
        &["is not JSON", "line 1"],
    );
    refused(
        &checkout,
        &written(&checkout, "[]"),
        &["there is no `openapi`"],
    );
    refused(
        &checkout,
        &written(&checkout, "{\"swagger\": \"2.0\"}"),
        &["there is no `openapi`"],
    );
    let newer = checkout.published(|document| document["openapi"] = json!("3.1.0"));
    refused(&checkout, &newer, &["`openapi` is \"3.1.0\"", "3.0"]);
    let broken = checkout.path("broken.json.gz");
    fs::write(&broken, [0x1f, 0x8b, 0x08, 0x00, 0x01]).unwrap();
    refused(&checkout, &broken, &["cannot decompress"]);
}

#[test]
fn a_missing_operation_is_refused_with_its_place() {
    let checkout = Checkout::new();
    let without = checkout.published(|document| {
        document["paths"][STATUSES]
            .as_object_mut()
            .unwrap()
            .remove("post");
    });
    refused(&checkout, &without, &["there is no `post`", STATUSES]);
    let without = checkout.published(|document| {
        document["paths"].as_object_mut().unwrap().remove(STATUSES);
    });
    refused(&checkout, &without, &["under `paths`", STATUSES]);
}

#[test]
fn a_dangling_reference_is_refused_with_its_place() {
    let checkout = Checkout::new();
    let dangling = checkout.published(|document| {
        document["components"]["schemas"]
            .as_object_mut()
            .unwrap()
            .remove("enterprise");
    });
    refused(
        &checkout,
        &dangling,
        &[
            "`#/components/schemas/enterprise`",
            "nullable-integration → properties → owner",
        ],
    );
    let elsewhere = checkout.published(|document| {
        status_fields(document)["creator"] = json!({"$ref": "other.json#/user"});
    });
    refused(&checkout, &elsewhere, &["`other.json#/user`", "creator"]);
}

/// The official descriptions, when a variable names their folder.
fn official(file: &str) -> Option<PathBuf> {
    let folder = std::env::var_os("DEPLOYSTATUS_OFFICIAL");
    if folder.as_deref().is_none_or(OsStr::is_empty) {
        #[expect(clippy::print_stderr, reason = "a test that is skipped says so")]
        {
            eprintln!("skipped: DEPLOYSTATUS_OFFICIAL names no folder");
        }
        return None;
    }
    Some(PathBuf::from(folder?).join(file))
}

#[test]
fn todays_official_description_has_no_difference() {
    let Some(file) = official("api.github.com.json.gz") else {
        return;
    };
    Checkout::new()
        .trim_check(&file)
        .succeeds()
        .says("no difference");
}

#[test]
fn the_description_of_enterprise_server_2_22_is_told_truly() {
    let Some(file) = official("ghes-2.22.json.gz") else {
        return;
    };
    let outcome = Checkout::new().trim_check(&file);
    for sentence in [
        "list gained the preview `flash`",
        "create gained the preview `ant-man`",
        "get may now answer 415",
        "`id` of deployment-status: `format` is gone, it was \"int64\"",
        "`environment` of the body of create is now one of `production`, `staging`, `qa`",
        "`creator` of deployment-status is described by `simple-user`, no longer by `nullable-simple-user`",
        "`user_view_type` is gone from simple-user",
        "`owner` of integration is `simple-user`, no longer either of `simple-user`, `enterprise`",
        "`status` is gone from basic-error",
    ] {
        outcome.fails().says(sentence);
    }
}
