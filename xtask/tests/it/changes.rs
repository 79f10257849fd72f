//! Changes that GitHub may make to its description, and that need no change of the tools.

use serde_json::{Value, json};

use crate::checkout::STATUSES;

/// A name and a change of the description.
pub(crate) type Change = (&'static str, fn(&mut Value));

pub(crate) const CHANGES: &[Change] = &[
    ("unchanged", |_| {}),
    ("optional_body_property", |document| {
        body(document)["properties"]["ref"] = json!({"type": "string", "default": "main"});
    }),
    ("required_body_property", |document| {
        let body = body(document);
        body["properties"]["ref"] = json!({"type": "string", "nullable": true});
        body["required"] = json!(["state", "ref"]);
    }),
    ("fields_of_every_kind", |document| {
        for (name, schema) in kinds() {
            status(document)["properties"][&name] = schema.clone();
            let required = format!("required_{name}");
            status(document)["required"]
                .as_array_mut()
                .unwrap()
                .push(json!(required));
            status(document)["properties"][&required] = schema;
        }
    }),
    ("required_field_may_be_null", |document| {
        for field in ["created_at", "description", "state"] {
            status(document)["properties"][field]["nullable"] = json!(true);
        }
    }),
    ("new_state", |document| {
        for state in [response_state, body_state] {
            add_state(state(document), "rolled_back");
        }
        describe_state(document, "rolled_back");
    }),
    ("state_in_responses_only", |document| {
        add_state(response_state(document), "waiting");
        let values = &mut response_state(document)["x-values"];
        values["waiting"]
            .as_object_mut()
            .unwrap()
            .remove("undocumented");
    }),
    ("state_in_requests_only", |document| {
        add_state(body_state(document), "rolled_back");
        describe_state(document, "rolled_back");
    }),
    ("removed_state", |document| {
        for state in [response_state, body_state] {
            remove_state(state(document), "queued");
        }
    }),
    ("new_parameters", |document| {
        let parameters = document["paths"][STATUSES]["get"]["parameters"].as_array_mut();
        parameters.unwrap().extend([
            parameter(
                "since",
                "query",
                &json!({"type": "string", "format": "date-time"}),
            ),
            parameter(
                "sort",
                "query",
                &json!({"type": "string", "enum": ["created", "updated"]}),
            ),
            parameter(
                "X-Version",
                "header",
                &json!({"type": "string", "enum": ["2026-03-10"]}),
            ),
            parameter(
                "limit",
                "query",
                &json!({"type": "integer", "minimum": 1, "maximum": 9}),
            ),
        ]);
    }),
    ("renamed_component", |document| {
        let text = document.to_string();
        let text = text.replace(
            "schemas/deployment-status\"",
            "schemas/status-of-deployment\"",
        );
        *document = serde_json::from_str(&text).unwrap();
        let schemas = document["components"]["schemas"].as_object_mut().unwrap();
        let status = schemas.remove("deployment-status").unwrap();
        schemas.insert("status-of-deployment".to_owned(), status);
    }),
    ("state_in_a_component", |document| {
        for (name, field) in [
            ("state", response_state as Field),
            ("new-state", body_state),
        ] {
            let state = field(document).take();
            document["components"]["schemas"][name] = state;
            *field(document) = json!({"$ref": format!("#/components/schemas/{name}")});
        }
    }),
    ("body_in_a_component", |document| {
        let schema = body(document).take();
        document["components"]["schemas"]["new-status"] = schema;
        *body(document) = json!({"$ref": "#/components/schemas/new-status"});
    }),
    ("accounts_are_never_null", |document| {
        let fields = &mut status(document)["properties"];
        fields["creator"] = json!({"$ref": "#/components/schemas/simple-user"});
    }),
    ("environment_is_an_enumeration", |document| {
        let environments = json!(["production", "staging", "qa"]);
        body(document)["properties"]["environment"]["enum"] = environments.clone();
        status(document)["properties"]["environment"]["enum"] = environments;
    }),
    ("deprecation", |document| {
        status(document)["properties"]["target_url"]["deprecated"] = json!(true);
        body(document)["properties"]["target_url"]["deprecated"] = json!(true);
        document["paths"][STATUSES]["get"]["deprecated"] = json!(true);
        document["components"]["parameters"]["page"]["deprecated"] = json!(true);
    }),
    ("strict_status", |document| {
        status(document)["additionalProperties"] = json!(false);
        status(document)["properties"]["node_id"]["minLength"] = json!(1);
        status(document)["properties"]["id"]["minimum"] = json!(1);
    }),
    ("fourth_operation", |document| {
        document["paths"]["/repos/{owner}/{repo}/deployments/{deployment_id}"] = json!({"get": {
            "operationId": "repos/get-deployment",
            "parameters": document["paths"][STATUSES]["post"]["parameters"],
            "responses": {
                "200": {"description": "The deployment.", "content": {"application/json": {
                    "schema": {"$ref": "#/components/schemas/deployment"}
                }}},
                "404": {"$ref": "#/components/responses/not_found"}
            }
        }});
        document["components"]["schemas"]["deployment"] = deployment();
    }),
];

type Field = fn(&mut Value) -> &mut Value;

pub(crate) fn status(document: &mut Value) -> &mut Value {
    &mut document["components"]["schemas"]["deployment-status"]
}

pub(crate) fn body(document: &mut Value) -> &mut Value {
    let body = &mut document["paths"][STATUSES]["post"]["requestBody"];
    &mut body["content"]["application/json"]["schema"]
}

pub(crate) fn response_state(document: &mut Value) -> &mut Value {
    &mut status(document)["properties"]["state"]
}

pub(crate) fn body_state(document: &mut Value) -> &mut Value {
    &mut body(document)["properties"]["state"]
}

pub(crate) fn add_state(schema: &mut Value, state: &str) {
    schema["enum"].as_array_mut().unwrap().push(json!(state));
}

pub(crate) fn remove_state(schema: &mut Value, state: &str) {
    schema["enum"]
        .as_array_mut()
        .unwrap()
        .retain(|known| known != state);
}

pub(crate) fn describe_state(document: &mut Value, state: &str) {
    response_state(document)["x-values"][state] =
        json!({"description": "Something new.", "final": true});
}

fn parameter(name: &str, location: &str, schema: &Value) -> Value {
    json!({"name": name, "in": location, "required": location == "header", "schema": schema})
}

/// Returns a schema of every kind by name, plain and nullable.
fn kinds() -> Vec<(String, Value)> {
    let object = json!({"type": "object", "required": ["name"], "properties": {
        "name": {"type": "string"}, "extra": {"type": "string", "nullable": true}
    }});
    let kinds = [
        ("text", json!({"type": "string"})),
        ("time", json!({"type": "string", "format": "date-time"})),
        ("uuid", json!({"type": "string", "format": "uuid"})),
        ("word", json!({"type": "string", "enum": ["one", "two"]})),
        ("level", json!({"type": "integer", "enum": [1, 2]})),
        ("flag", json!({"type": "boolean"})),
        (
            "share",
            json!({"type": "number", "minimum": 0, "maximum": 1}),
        ),
        ("object", object.clone()),
        (
            "open",
            json!({"type": "object", "additionalProperties": true}),
        ),
        (
            "map",
            json!({"type": "object", "additionalProperties": {"type": "string"}}),
        ),
        ("any", json!({})),
        (
            "choice",
            json!({"oneOf": [object.clone(), {"type": "string"}]}),
        ),
        (
            "list",
            json!({"type": "array", "items": {"type": "string"}, "maxItems": 2}),
        ),
        (
            "set",
            json!({"type": "array", "items": {"type": "string"}, "uniqueItems": true}),
        ),
        ("objects", json!({"type": "array", "items": object})),
        (
            "users",
            json!({"type": "array", "items": {"$ref": "#/components/schemas/simple-user"}}),
        ),
        (
            "user",
            json!({"allOf": [{"$ref": "#/components/schemas/simple-user"}]}),
        ),
    ];
    let nullable = kinds.clone().map(|(name, mut schema)| {
        schema["nullable"] = json!(true);
        (format!("nullable_{name}"), schema)
    });
    kinds
        .into_iter()
        .map(|(name, schema)| (name.to_owned(), schema))
        .chain(nullable)
        .collect()
}

fn deployment() -> Value {
    json!({
        "type": "object",
        "description": "A deployment.",
        "required": ["id", "sha", "payload", "creator", "created_at", "description"],
        "properties": {
            "id": {"type": "integer", "format": "int64"},
            "sha": {"type": "string"},
            "payload": {"oneOf": [
                {"type": "object", "additionalProperties": true},
                {"type": "string"}
            ]},
            "description": {"type": "string", "nullable": true},
            "creator": {"$ref": "#/components/schemas/nullable-simple-user"},
            "created_at": {"type": "string", "format": "date-time"},
            "transient_environment": {"type": "boolean"}
        }
    })
}
