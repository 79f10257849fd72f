//! `cargo xtask trim`: what it keeps and what it refuses.

use std::ffi::OsStr;
use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};

use flate2::Compression;
use flate2::write::GzEncoder;
use serde_json::json;

use crate::changes::status;
use crate::checkout::{Checkout, STATUSES};

#[test]
fn trimmed_description_does_not_change() {
    let checkout = Checkout::new();
    let before = checkout.description_text();
    checkout.trim(&checkout.publish(|_| {})).succeeds();
    assert_eq!(checkout.description_text(), before);
}

#[test]
fn prose_is_dropped_and_fields_of_such_names_are_kept() {
    let checkout = Checkout::new();
    let before = checkout.description_text();
    let full = checkout.publish(|document| {
        document["x-webhooks"] = json!({});
        document["tags"] = json!([{"name": "repos", "description": "theirs"}]);
        document["externalDocs"] = json!({"url": "https://example.com"});
        document["paths"]["/somewhere/else"] = json!({"get": {"operationId": "else"}});
        let list = &mut document["paths"][STATUSES]["get"];
        list["description"] = json!("theirs");
        list["x-octokit"] = json!({});
        list["responses"]["200"]["content"]["application/json"]["examples"] =
            json!({"default": {"$ref": "#/components/examples/missing"}});
        let description = &mut status(document)["properties"]["description"];
        description["description"] = json!("theirs");
        description["example"] = json!("theirs");
        description["title"] = json!("theirs");
        document["components"]["schemas"]["unrelated"] = json!({"type": "string"});
        document["components"]["schemas"]["cycle"] =
            json!({"items": {"$ref": "#/components/schemas/cycle"}});
    });
    checkout.trim(&full).succeeds();
    assert_eq!(checkout.description_text(), before);
    let mut document = checkout.description();
    assert_eq!(
        status(&mut document)["properties"]["description"]["maxLength"],
        140
    );
}

#[test]
fn compressed_description_is_read() {
    let checkout = Checkout::new();
    let plain = fs::read(checkout.publish(|_| {})).unwrap();
    let compressed = checkout.path("published.json.gz");
    let file = fs::File::create(&compressed).unwrap();
    let mut encoder = GzEncoder::new(file, Compression::fast());
    encoder.write_all(&plain).unwrap();
    encoder.finish().unwrap();
    let outcome = checkout.trim_check(&compressed);
    outcome.succeeds().prints("has the structure of");
}

/// Checks that a file is refused with these texts by both modes, and that nothing is written.
#[track_caller]
fn refused(checkout: &Checkout, file: &Path, texts: &[&str]) {
    let before = checkout.description_text();
    for outcome in [checkout.trim(file), checkout.trim_check(file)] {
        outcome.fails().prints(file.to_str().unwrap());
        for text in texts {
            outcome.prints(text);
        }
    }
    assert_eq!(checkout.description_text(), before);
}

#[test]
fn only_openapi_3_0_is_read() {
    let checkout = Checkout::new();
    let file = checkout.path("published.json");
    refused(&checkout, &checkout.path("nowhere.json"), &["cannot read"]);
    for (text, reason) in [
        ("{\"openapi\": ", "is not JSON"),
        ("[]", "it has no field `openapi`"),
        ("{\"swagger\": \"2.0\"}", "it has no field `openapi`"),
        (
            "{\"openapi\": \"3.1.0\"}",
            "unsupported OpenAPI version \"3.1.0\"",
        ),
    ] {
        fs::write(&file, text).unwrap();
        refused(&checkout, &file, &[reason]);
    }
    let broken = checkout.path("broken.json.gz");
    fs::write(&broken, [0x1f, 0x8b, 0x08, 0x00, 0x01]).unwrap();
    refused(&checkout, &broken, &["cannot decompress"]);
}

#[test]
fn missing_operation_names_the_list_to_edit() {
    let checkout = Checkout::new();
    let list = "change the list OPERATIONS in xtask/src/operations.rs";
    let without_method = checkout.publish(|document| {
        document["paths"][STATUSES]
            .as_object_mut()
            .unwrap()
            .remove("post");
    });
    refused(
        &checkout,
        &without_method,
        &[&format!("`post {STATUSES}`"), list],
    );
    let without_path = checkout.publish(|document| {
        document["paths"].as_object_mut().unwrap().remove(STATUSES);
    });
    refused(
        &checkout,
        &without_path,
        &[&format!("`get {STATUSES}`"), list],
    );
}

#[test]
fn dangling_references_are_refused() {
    let checkout = Checkout::new();
    let dangling = checkout.publish(|document| {
        let schemas = document["components"]["schemas"].as_object_mut();
        schemas.unwrap().remove("enterprise");
    });
    let owner =
        "`/components/schemas/nullable-integration` refers to `#/components/schemas/enterprise`";
    refused(&checkout, &dangling, &[owner]);
    let elsewhere = checkout.publish(|document| {
        status(document)["properties"]["creator"] = json!({"$ref": "other.json#/user"});
    });
    refused(&checkout, &elsewhere, &["refers to `other.json#/user`"]);
}

/// Returns an official description, if a variable names their folder.
fn official(file: &str) -> Option<PathBuf> {
    let folder = std::env::var_os("DEPLOYSTATUS_OFFICIAL");
    if folder.as_deref().is_none_or(OsStr::is_empty) {
        #[expect(
            clippy::print_stderr,
            reason = "a skipped test reports that it is skipped"
        )]
        {
            eprintln!("skipped: DEPLOYSTATUS_OFFICIAL is not set");
        }
        return None;
    }
    Some(PathBuf::from(folder?).join(file))
}

#[test]
fn official_description_has_no_difference() {
    if let Some(file) = official("api.github.com.json.gz") {
        Checkout::new().trim_check(&file).succeeds();
    }
}

#[test]
fn enterprise_server_2_22_has_known_differences() {
    let Some(file) = official("ghes-2.22.json.gz") else {
        return;
    };
    let outcome = Checkout::new().trim_check(&file);
    for sentence in [
        "list gained the preview `flash`",
        "create gained the preview `ant-man`",
        "get gained the response `415`",
        "`id` of deployment-status lost `format`: `int64`",
        "`environment` of the body of create is limited to `production`, `qa`, `staging`",
        "`creator` of deployment-status was `nullable-simple-user` and is `simple-user`",
        "simple-user lost the field `user_view_type`",
        "basic-error lost the field `status`",
    ] {
        outcome.fails().prints(sentence);
    }
}
